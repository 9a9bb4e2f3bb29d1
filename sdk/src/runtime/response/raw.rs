//! What was received. All of it is treated as a secret, because nobody knows what is in it.

use std::fmt;
use std::sync::Arc;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::runtime::secret::credentials::Credentials;
use crate::runtime::secret::zeroizing::Zeroizing;

/// The body of an answer, byte for byte, after transfer and content coding. `Debug` shows only its length. The memory
/// is zeroed when the last copy is dropped.
///
/// ```
/// # use httpmock::MockServer;
/// # use par_ordering::Client;
/// # let server = MockServer::start();
/// # server.mock(|_, then| { then.status(502).header("x-served-by", "a").body("<html>"); });
/// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let error = client.generate_tokens().send().await.unwrap_err();
/// let body = error.raw_body().unwrap();
/// assert_eq!(format!("{body:?}"), "[redacted 6 bytes]");
/// assert_eq!(body.expose_secret(), b"<html>");
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct RawBody(Arc<Zeroizing<Vec<u8>>>);

impl RawBody {
    /// Returns the bytes.
    #[must_use]
    pub fn expose_secret(&self) -> &[u8] {
        &self.0
    }
}

impl From<Zeroizing<Vec<u8>>> for RawBody {
    fn from(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(Arc::new(bytes))
    }
}

/// For bytes that own their memory.
impl AsRef<[u8]> for RawBody {
    fn as_ref(&self) -> &[u8] {
        self.expose_secret()
    }
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted {} bytes]", self.0.len())
    }
}

/// The headers of an answer. `Debug` shows only how many there are. Their memory belongs to the HTTP stack and is not
/// zeroed.
///
/// ```
/// # use httpmock::MockServer;
/// # use par_ordering::Client;
/// # let server = MockServer::start();
/// # server.mock(|_, then| { then.status(502).header("x-served-by", "a").body("<html>"); });
/// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let error = client.generate_tokens().send().await.unwrap_err();
/// let headers = error.headers().unwrap();
/// assert!(format!("{headers:?}").starts_with("[redacted "));
/// assert_eq!(headers.expose_secret()["x-served-by"], "a");
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Headers(HeaderMap);

impl Headers {
    /// Returns the headers.
    #[must_use]
    pub fn expose_secret(&self) -> &HeaderMap {
        &self.0
    }
}

impl From<HeaderMap> for Headers {
    fn from(headers: HeaderMap) -> Self {
        Self(headers)
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted {} headers]", self.0.len())
    }
}

/// An answer as it was received. It is handed on in a box, because it is large and goes through many hands.
#[derive(Clone, Debug)]
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: Headers,
    /// As much of it as arrived.
    pub(crate) body: RawBody,
    /// The credentials of the request, which an error must not show.
    pub(crate) credentials: Credentials,
}

impl RawResponse {
    pub(crate) fn new(
        status: StatusCode,
        headers: impl Into<Headers>,
        body: impl Into<RawBody>,
    ) -> Box<Self> {
        Box::new(Self {
            status,
            headers: headers.into(),
            body: body.into(),
            credentials: Credentials::default(),
        })
    }
}
