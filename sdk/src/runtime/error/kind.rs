//! The kinds of failure.

use reqwest::StatusCode;

/// What a caller would tell failures apart by. The status decides, not the shape of the body.
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
///     ErrorKind::NotConnected | ErrorKind::ConnectTimeout => "nothing was sent: try again",
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
    /// No connection could be made; the request was never sent.
    NotConnected,
    /// The server refused the request before handling it, as HTTP/2 allows.
    Refused,
    /// The connection broke; the request may have been sent.
    Interrupted,
    /// The customer's token could not be provided: the provider failed, took too long or panicked. The status
    /// is 401 if that was when a rejected token should have been renewed; nothing was sent otherwise.
    Credentials,
    /// The call was refused before anything was sent: a parameter or a header can't be sent as it is.
    InvalidRequest,
}
