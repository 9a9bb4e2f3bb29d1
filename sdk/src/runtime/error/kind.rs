//! The kinds of failure.

use std::fmt;

use reqwest::StatusCode;

use crate::runtime::secret::masking::mask;

/// What went wrong with a call. The status decides, not the shape of the body.
///
/// The table says whether the same call can be made again without doing anything twice, and whether that may help:
///
/// | kind | [safe to repeat] | [worth repeating] |
/// |---|---|---|
/// | any with the status 401 | yes: it did nothing | no: the same token is refused again |
/// | any with 429, 502, 503 or 504 | no | yes |
/// | any with another status that is not a success | no | no |
/// | [`ErrorEnvelope`](Self::ErrorEnvelope) of 429, 502, 503 or 504 | no | yes |
/// | [`ErrorEnvelope`](Self::ErrorEnvelope) of another code | no | no |
/// | [`NotDecodable`](Self::NotDecodable), [`BodyTooLarge`](Self::BodyTooLarge) | no | no |
/// | [`ConnectTimeout`](Self::ConnectTimeout) | yes | yes |
/// | [`NotConnected`](Self::NotConnected): no address, refused, unreachable | yes | yes |
/// | [`NotConnected`](Self::NotConnected): no secure connection | yes | no |
/// | [`Refused`](Self::Refused) | no | yes |
/// | [`DeadlineExceeded`](Self::DeadlineExceeded), [`Interrupted`](Self::Interrupted) | no | yes |
/// | [`Credentials`](Self::Credentials) | yes | no: only the provider knows |
/// | [`Hook`](Self::Hook) | yes | no: only the hook knows |
/// | [`InvalidRequest`](Self::InvalidRequest) | no: the same call is refused again | no |
///
/// No error is safe to repeat if an earlier attempt of the same call may have had an effect. With an HTTP client of your
/// own, every attempt may have had one.
///
/// [safe to repeat]: crate::Error::is_safe_to_repeat
/// [worth repeating]: crate::Error::is_worth_repeating
///
/// ```
/// # use httpmock::MockServer;
/// # let server = MockServer::start();
/// # server.mock(|_, then| { then.status(302).header("location", "https://elsewhere.example.com"); });
/// use par_ordering::{Client, ErrorKind};
///
/// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let error = client.generate_tokens().send().await.unwrap_err();
/// let advice = match error.kind() {
///     _ if error.is_unauthorized() => "renew the customer's token",
///     ErrorKind::DocumentedStatus(_) => "fix the request",
///     ErrorKind::InvalidRequest => "fix the request",
///     _ if error.is_worth_repeating() && error.is_safe_to_repeat() => {
///         "try again"
///     }
///     _ => "ask the vendor",
/// };
/// assert_eq!(advice, "ask the vendor");
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server answered with an error status that is documented for the operation.
    DocumentedStatus(StatusCode),
    /// The server answered with a status that is not documented for the operation. A redirect is one: it is not followed.
    UndocumentedStatus(StatusCode),
    /// The server answered with a documented success, but its envelope has this code, 400 or more. This is the only case
    /// in which the status does not decide.
    ErrorEnvelope(i64),
    /// The server answered with a documented success, but its body does not have the documented type.
    NotDecodable,
    /// The answer is larger than the client reads.
    BodyTooLarge,
    /// No connection could be made in time; the request was never sent.
    ConnectTimeout,
    /// The call took longer than its deadline; the request may have been sent.
    DeadlineExceeded,
    /// No connection could be made, or the server can't be trusted; the request was never sent. `Display` names the host
    /// and the port, and says why: no address was found for the name, the connection was refused, the certificate has
    /// expired.
    NotConnected,
    /// The server says over HTTP/2 that it did not handle the request. It may have begun to handle it, so this is not safe
    /// to repeat.
    Refused,
    /// The connection broke; the request may have been sent.
    Interrupted,
    /// The provider of the customer's token failed, took too long, panicked, or returned a token that can't be sent. The
    /// status is 401 if it should have renewed a rejected token; otherwise nothing was sent.
    Credentials,
    /// A [hook](crate::hook::Hook) failed the call before an attempt, or panicked. Nothing of that attempt was sent;
    /// [`attempts`](crate::Error::attempts) returns how many there were before.
    Hook,
    /// The request is not valid, so nothing was sent: a parameter, a header or the body can't be sent as it is.
    InvalidRequest,
}

impl ErrorKind {
    /// Returns a name for metrics and alerts. It does not change from version to version. The span of the feature
    /// `tracing` has the same name as its `error.type`, unless there is a status.
    ///
    /// ```
    /// use par_ordering::{ErrorKind, StatusCode};
    ///
    /// let kind = ErrorKind::NotConnected;
    /// assert_eq!(kind.as_str(), "not_connected");
    /// let kind = ErrorKind::DocumentedStatus(StatusCode::NOT_FOUND);
    /// assert_eq!(kind.as_str(), "documented_status");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::DocumentedStatus(_) => "documented_status",
            Self::UndocumentedStatus(_) => "undocumented_status",
            Self::ErrorEnvelope(_) => "error_envelope",
            Self::NotDecodable => "not_decodable",
            Self::BodyTooLarge => "body_too_large",
            Self::ConnectTimeout => "connect_timeout",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::NotConnected => "not_connected",
            Self::Refused => "refused",
            Self::Interrupted => "interrupted",
            Self::Credentials => "credentials",
            Self::Hook => "hook",
            Self::InvalidRequest => "invalid_request",
        }
    }
}

/// A code that a server chose: a long one may be the number of a card.
pub(crate) fn shown_code(code: i64) -> String {
    mask(&code.to_string(), &[])
}

impl fmt::Debug for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut of = |name, what: &dyn fmt::Debug| f.debug_tuple(name).field(what).finish();
        match self {
            Self::DocumentedStatus(status) => of("DocumentedStatus", status),
            Self::UndocumentedStatus(status) => of("UndocumentedStatus", status),
            Self::ErrorEnvelope(code) => {
                of("ErrorEnvelope", &format_args!("{}", shown_code(*code)))
            }
            Self::NotDecodable => f.write_str("NotDecodable"),
            Self::BodyTooLarge => f.write_str("BodyTooLarge"),
            Self::ConnectTimeout => f.write_str("ConnectTimeout"),
            Self::DeadlineExceeded => f.write_str("DeadlineExceeded"),
            Self::NotConnected => f.write_str("NotConnected"),
            Self::Refused => f.write_str("Refused"),
            Self::Interrupted => f.write_str("Interrupted"),
            Self::Credentials => f.write_str("Credentials"),
            Self::Hook => f.write_str("Hook"),
            Self::InvalidRequest => f.write_str("InvalidRequest"),
        }
    }
}
