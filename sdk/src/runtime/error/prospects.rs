//! What may happen if a failed call is repeated: the table in the documentation of [`ErrorKind`](crate::ErrorKind).

use crate::runtime::error::kind::ErrorKind;
use crate::runtime::retry::is_temporary;

/// What may happen if the same call is made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prospects {
    /// Nothing is done twice.
    pub(crate) is_safe: bool,
    /// It may succeed without any change.
    pub(crate) is_worth_it: bool,
}

impl Prospects {
    /// `status` is that of the answer, if one arrived. `is_untrusted` says that a failure to connect was not caused
    /// by the network.
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
            // Only the provider knows whether it will have a token later, and only the hook whether it will allow the
            // call.
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
