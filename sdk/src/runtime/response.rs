//! Answers: read as a whole, with the value that is decoded from them.

pub(crate) mod absence;
pub(crate) mod alternatives;
pub(crate) mod decode;
pub(crate) mod envelope;
pub(crate) mod open_object;
pub(crate) mod raw;
pub(crate) mod secret_text;
pub(crate) mod strict;
pub(crate) mod success;
pub(crate) mod undecoded;

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, LOCATION};

use crate::runtime::Text;
use crate::runtime::response::envelope::Envelope;
use crate::runtime::response::raw::{Headers, RawBody, RawResponse};
use crate::runtime::secret::credentials::Credentials;
use crate::runtime::secret::masking::{mask, mask_host};
use crate::runtime::secret::shown::{Show, Shown};
use crate::runtime::secret::zeroizing::Zeroizing;

/// What a response or an error knows about its call.
#[derive(Clone, Debug, Default)]
pub(crate) struct OfCall {
    pub(crate) operation_id: &'static str,
    pub(crate) request_id: Arc<str>,
    pub(crate) attempts: u32,
    /// Whether an earlier attempt may have had an effect, whatever the last one did.
    pub(crate) may_have_had_effect: bool,
}

/// An answer that is not decoded yet.
#[derive(Clone)]
pub(crate) struct Response {
    pub(crate) raw: Box<RawResponse>,
    pub(crate) envelope: &'static Envelope,
}

impl Response {
    /// For generated code.
    pub(crate) fn status(&self) -> StatusCode {
        self.raw.status
    }

    /// The host that a redirect leads to, masked.
    pub(crate) fn redirect_host(&self) -> Option<String> {
        if !self.raw.status.is_redirection() {
            return None;
        }
        let location = self
            .raw
            .headers
            .expose_secret()
            .get(LOCATION)?
            .to_str()
            .ok()?;
        let url = reqwest::Url::parse(location).ok()?;
        let host = url.host_str()?;
        Some(mask_host(host, &self.raw.credentials.known()))
    }

    /// The message of the server, masked.
    pub(crate) fn message(&self) -> Option<String> {
        let known = self.raw.credentials.known();
        let body = self.raw.body.expose_secret();
        self.envelope.message(body, |message| mask(message, &known))
    }
}

/// The value of a successful answer, and the answer itself. It dereferences to the value.
///
/// `Debug` masks what looks like a secret in the texts of the server. Serialising the value reveals them.
///
/// ```
/// # use httpmock::MockServer;
/// # use par_ordering::Client;
/// # let server = MockServer::start();
/// # server.mock(|_, then| {
/// #     let body = r#"{"status":"OK","code":200,"data":{"tokens":[]},"new":1}"#;
/// #     then.status(200).header("x-served-by", "a").body(body);
/// # });
/// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let response = client.generate_tokens().x_request_id("mine").send().await?;
/// assert!(response.data.tokens.is_empty());
///
/// assert_eq!(response.operation_id(), "generate_tokens");
/// assert_eq!(response.request_id(), "mine");
/// assert_eq!(response.attempts(), 1);
/// assert_eq!(response.status(), 200);
/// assert_eq!(response.headers().expose_secret()["x-served-by"], "a");
/// // What the types do not know is still here.
/// assert!(response.raw_body().expose_secret().ends_with(br#""new":1}"#));
///
/// let value = response.into_inner();
/// assert!(value.data.tokens.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ResponseValue<T> {
    value: T,
    raw: Box<RawResponse>,
    of_call: OfCall,
}

impl<T> ResponseValue<T> {
    /// Returns an answer that no server gave, for tests. It has no headers, an empty body, no request id and no
    /// operation, and it took one attempt. The methods below set what a test needs.
    ///
    /// ```
    /// use par_ordering::{ResponseValue, StatusCode, types};
    ///
    /// let tokens: Vec<types::PaymentProcessorToken> = Vec::new();
    /// let data = types::GenerateTokensData::builder().tokens(tokens);
    /// let value: types::GenerateTokensResponse =
    ///     types::GenerateTokensResponse::builder()
    ///         .code(200)
    ///         .status("OK")
    ///         .data(data)
    ///         .try_into()?;
    /// let response = ResponseValue::fake(value.clone(), StatusCode::OK)
    ///     .with_request_id("mine");
    /// assert_eq!(response.status(), StatusCode::OK);
    /// assert_eq!(response.request_id(), "mine");
    /// assert_eq!(response.into_inner(), value);
    /// # Ok::<(), types::error::ConversionError>(())
    /// ```
    #[must_use]
    pub fn fake(value: T, status: StatusCode) -> Self {
        let raw = RawResponse::new(status, Headers::default(), RawBody::default());
        Self {
            value,
            raw,
            of_call: OfCall {
                attempts: 1,
                ..OfCall::default()
            },
        }
    }

    /// Returns the same answer with these headers.
    #[must_use]
    pub fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.raw.headers = headers.into();
        self
    }

    /// Returns the same answer with this body.
    #[must_use]
    pub fn with_raw_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.raw.body = Zeroizing::new(body.into()).into();
        self
    }

    /// Returns the same answer with this identifier of the request.
    #[must_use]
    pub fn with_request_id(mut self, request_id: impl Into<Text>) -> Self {
        self.of_call.request_id = String::from(request_id.into()).into();
        self
    }

    /// Returns the value without the answer.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns the status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.raw.status
    }

    /// Returns the headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.raw.headers
    }

    /// Returns the body of the answer as it was received, with the fields that the types do not know.
    #[must_use]
    pub fn raw_body(&self) -> &RawBody {
        &self.raw.body
    }

    /// Returns the identifier of the request.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.of_call.request_id
    }

    /// Returns how many attempts were made.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.of_call.attempts
    }

    /// Returns the name of the operation in the specification.
    #[must_use]
    pub fn operation_id(&self) -> &'static str {
        self.of_call.operation_id
    }

    /// A success. The credentials of the request are forgotten.
    pub(crate) fn new(value: T, mut response: Response) -> Self {
        response.raw.credentials = Credentials::default();
        Self {
            value,
            raw: response.raw,
            of_call: OfCall::default(),
        }
    }

    pub(crate) fn of_call(mut self, of_call: OfCall) -> Self {
        self.of_call = of_call;
        self
    }

    /// The same answer with another value.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> ResponseValue<U> {
        ResponseValue {
            value: change(self.value),
            raw: self.raw,
            of_call: self.of_call,
        }
    }
}

impl<T> Deref for ResponseValue<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Show> fmt::Debug for ResponseValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseValue")
            .field("operation_id", &self.operation_id())
            .field("request_id", &self.request_id())
            .field("attempts", &self.attempts())
            .field("status", &self.status())
            .field("headers", self.headers())
            .field("raw_body", self.raw_body())
            .field("value", &Shown(&self.value))
            .finish()
    }
}
