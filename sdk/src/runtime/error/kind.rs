//! The kinds of failure.

use reqwest::StatusCode;

/// What a caller would tell failures apart by. The status decides, not the shape of the body.
///
/// Whether the same call can be made again without doing anything twice, and whether that may help, follows from the
/// kind and the status:
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
/// None is safe to repeat once an earlier attempt of the same call may have had an effect, or with an HTTP client of the
/// caller's own.
///
/// [safe to repeat]: crate::Error::is_safe_to_repeat
/// [worth repeating]: crate::Error::is_worth_repeating
///
/// ```
/// # use httpmock::MockServer;
/// # let server = MockServer::start();
/// # server.mock(|_, then| { then.status(302).header("location", "https://elsewhere.example.com"); });
/// use par_ordering::{Client, ErrorKind, StatusCode};
///
/// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let error = client.generate_tokens().send().await.unwrap_err();
/// let advice = match error.kind() {
///     ErrorKind::DocumentedStatus(StatusCode::UNAUTHORIZED) => "renew the customer's token",
///     ErrorKind::DocumentedStatus(_) | ErrorKind::InvalidRequest => "fix the request",
///     _ if error.is_worth_repeating() && error.is_safe_to_repeat() => "try again",
///     _ => "ask the vendor",
/// };
/// assert_eq!(advice, "ask the vendor");
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server answered with an error status that is documented for the operation.
    DocumentedStatus(StatusCode),
    /// The server answered with a status that is not documented for the operation; a redirect is one, for it
    /// is not followed.
    UndocumentedStatus(StatusCode),
    /// The server answered with a documented success, but the envelope in it holds this code, 400 or more:
    /// the one case in which not the status decides.
    ErrorEnvelope(i64),
    /// The server answered with a documented success whose body is not of the documented type.
    NotDecodable,
    /// The answer is larger than the client reads.
    BodyTooLarge,
    /// No connection could be made in time; the request was never sent.
    ConnectTimeout,
    /// The call took longer than its deadline; the request may have been sent.
    DeadlineExceeded,
    /// No connection could be made, or none to a server that can be trusted; the request was never sent. `Display` says
    /// to which host and port and why not: no address was found for its name, nobody listens there, its certificate has
    /// expired.
    NotConnected,
    /// The server says, as HTTP/2 allows, that it did not handle the request. Whether it had begun to can't be seen, so
    /// this is not called safe to repeat.
    Refused,
    /// The connection broke; the request may have been sent.
    Interrupted,
    /// The customer's token could not be provided: the provider failed, took too long or panicked. The status
    /// is 401 if that was when a rejected token should have been renewed; nothing was sent otherwise.
    Credentials,
    /// A [hook](crate::hook::Hook) failed the call before an attempt, or panicked then. Of that attempt nothing was sent;
    /// [`attempts`](crate::Error::attempts) says how many there were before.
    Hook,
    /// The call was refused before anything was sent: a parameter or a header can't be sent as it is.
    InvalidRequest,
}

impl ErrorKind {
    /// A name that does not change from version to version, for metrics and alerts. The span of the feature `tracing`
    /// has the same one as its `error.type`, unless a status says more.
    ///
    /// ```
    /// use par_ordering::{ErrorKind, StatusCode};
    ///
    /// assert_eq!(ErrorKind::NotConnected.as_str(), "not_connected");
    /// assert_eq!(ErrorKind::DocumentedStatus(StatusCode::NOT_FOUND).as_str(), "documented_status");
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
