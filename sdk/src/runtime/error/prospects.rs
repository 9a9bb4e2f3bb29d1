//! What may come of a call that is repeated after it failed: the table in the documentation of
//! [`ErrorKind`](crate::ErrorKind).

use crate::runtime::error::kind::ErrorKind;
use crate::runtime::retry::is_temporary;

/// What may come of the same call if it is made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prospects {
    /// Nothing is done twice.
    pub(crate) is_safe: bool,
    /// It may succeed although nobody changed anything.
    pub(crate) is_worth_it: bool,
}

impl Prospects {
    /// `status` is that of the answer, if one arrived; `is_untrusted` says of a failure to connect that it was not the
    /// network's.
    pub(crate) fn of(kind: ErrorKind, status: Option<u16>, is_untrusted: bool) -> Self {
        let (is_safe, is_worth_it) = match (kind, status) {
            (ErrorKind::ErrorEnvelope(code), _) => {
                (false, u16::try_from(code).is_ok_and(is_temporary))
            }
            // It did nothing, and the same token would be refused again.
            (_, Some(401)) => (true, false),
            (_, Some(status)) if !(200..300).contains(&status) => (false, is_temporary(status)),
            (ErrorKind::ConnectTimeout, _) => (true, true),
            (ErrorKind::NotConnected, _) => (true, !is_untrusted),
            (ErrorKind::Refused | ErrorKind::DeadlineExceeded | ErrorKind::Interrupted, _) => {
                (false, true)
            }
            // Whether it will have a token later is known to the provider alone, and to the hook whether it will let it pass.
            (ErrorKind::Credentials | ErrorKind::Hook, _) => (true, false),
            // Nothing was sent, and the same call would be refused again.
            (ErrorKind::InvalidRequest, _) => (false, false),
            (
                ErrorKind::DocumentedStatus(_)
                | ErrorKind::UndocumentedStatus(_)
                | ErrorKind::NotDecodable
                | ErrorKind::BodyTooLarge,
                _,
            ) => (false, false),
        };
        Self {
            is_safe,
            is_worth_it,
        }
    }
}
