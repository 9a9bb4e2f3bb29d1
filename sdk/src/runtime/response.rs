//! Answers: buffered as they came, and with the value decoded from them.

pub(crate) mod absence;
pub(crate) mod decode;
pub(crate) mod number_at;
pub(crate) mod open_object;
pub(crate) mod pointer;
pub(crate) mod raw;
pub(crate) mod strict;
pub(crate) mod success;

use std::fmt;
use std::ops::Deref;

use reqwest::StatusCode;
use reqwest::header::LOCATION;
use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Visitor};
use serde_json::value::RawValue;

use crate::runtime::call::of_call::OfCall;
use crate::runtime::call::operation::Operation;
use crate::runtime::error::Error;
use crate::runtime::error::failure::{Failure, MESSAGE_BYTES};
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::response::decode::{DecodeError, decode};
use crate::runtime::response::pointer::value_at;
use crate::runtime::response::raw::{Headers, RawBody, RawResponse};
use crate::runtime::response::success::NoSuccess;
use crate::runtime::secret::credentials::{Credentials, Forms};

/// An answer, not decoded yet.
pub(crate) struct Response {
    pub(crate) operation: &'static Operation,
    pub(crate) raw: RawResponse,
    /// What the request carried and nobody may read in an error.
    credentials: Credentials,
}

impl Response {
    pub(crate) fn new(
        operation: &'static Operation,
        raw: RawResponse,
        credentials: Credentials,
    ) -> Self {
        Self {
            operation,
            raw,
            credentials,
        }
    }

    /// Where a redirect leads: the host alone, for the rest may hold secrets.
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
        url.host_str().map(str::to_owned)
    }

    /// The body of an error: its words must not carry the call's own credentials any further.
    fn decode_without_credentials<E: DeserializeOwned>(&self) -> Result<E, DecodeError> {
        let forms = self.credentials.forms();
        decode(self.raw.body.expose_secret(), &forms)
    }

    /// The failure that this answer is, with the server's own message.
    pub(crate) fn into_failure(self, failure: Failure) -> Failure {
        let message = self.message();
        failure
            .with_message(message.as_deref())
            .with_response(self.raw)
    }

    /// The server's own message, as much of it as an error shows, without the credentials of the call.
    fn message(&self) -> Option<String> {
        let pointer = self.operation.envelope.message?;
        let message: &RawValue = value_at(self.raw.body.expose_secret(), pointer)?;
        let mut deserializer = serde_json::Deserializer::from_str(message.get());
        Message(&self.credentials.forms())
            .deserialize(&mut deserializer)
            .ok()
    }

    /// For generated code.
    pub(crate) fn status(&self) -> StatusCode {
        self.raw.status
    }
}

/// Reads a message without the credentials: as long as it may be, no more of it is copied than is shown.
struct Message<'c>(&'c Forms);

impl<'de> DeserializeSeed<'de> for Message<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Message<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, message: &str) -> Result<String, E> {
        Ok(self.0.cut_out_of_beginning(message, MESSAGE_BYTES))
    }
}

/// The value of a successful answer, which it dereferences to, and the answer it came in.
///
/// `Debug` masks the secrets of the value. Serialising the value reveals them: it is the caller's explicit wish.
pub struct ResponseValue<T> {
    value: T,
    operation: &'static Operation,
    raw: RawResponse,
    credentials: Credentials,
    of_call: OfCall,
}

impl<T> ResponseValue<T> {
    /// The decoded value alone.
    ///
    /// ```
    /// # use par_ordering::httpmock::{MockServer, MockServerExt as _};
    /// # use par_ordering::Client;
    /// # let server = MockServer::start();
    /// # server.generate_tokens(|_, then| { then.ok_documented_with_tokens(0); });
    /// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let response = client.generate_tokens().x_request_id("mine").send().await?;
    /// let value = response.into_inner();
    /// assert!(value.data.tokens.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The status of the answer.
    ///
    /// ```
    /// # use par_ordering::httpmock::{MockServer, MockServerExt as _};
    /// # use par_ordering::Client;
    /// # let server = MockServer::start();
    /// # server.generate_tokens(|_, then| { then.ok_documented_with_tokens(0); });
    /// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let response = client.generate_tokens().x_request_id("mine").send().await?;
    /// assert_eq!(response.status(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.raw.status
    }

    /// The headers of the answer.
    ///
    /// ```
    /// # use par_ordering::httpmock::{MockServer, MockServerExt as _};
    /// # use par_ordering::Client;
    /// # let server = MockServer::start();
    /// # server.generate_tokens(|_, then| { then.ok_documented_with_tokens(0).into_inner().header("x-served-by", "a"); });
    /// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let response = client.generate_tokens().x_request_id("mine").send().await?;
    /// assert_eq!(response.headers().expose_secret()["x-served-by"], "a");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.raw.headers
    }

    /// The body of the answer as it came: fields that the types do not know are still here.
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
    /// assert!(response.raw_body().expose_secret().ends_with(br#""new":1}"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn raw_body(&self) -> &RawBody {
        &self.raw.body
    }

    /// The identifier that the request was sent with.
    ///
    /// ```
    /// # use par_ordering::httpmock::{MockServer, MockServerExt as _};
    /// # use par_ordering::Client;
    /// # let server = MockServer::start();
    /// # server.generate_tokens(|_, then| { then.ok_documented_with_tokens(0); });
    /// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let response = client.generate_tokens().x_request_id("mine").send().await?;
    /// assert_eq!(response.request_id(), "mine");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.of_call.request_id
    }

    /// How often the request was sent or tried to be sent.
    ///
    /// ```
    /// # use par_ordering::httpmock::{MockServer, MockServerExt as _};
    /// # use par_ordering::Client;
    /// # let server = MockServer::start();
    /// # server.generate_tokens(|_, then| { then.ok_documented_with_tokens(0); });
    /// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let response = client.generate_tokens().x_request_id("mine").send().await?;
    /// assert_eq!(response.attempts(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.of_call.attempts
    }

    /// The operation that was called, as the specification names it.
    ///
    /// ```
    /// # use par_ordering::httpmock::{MockServer, MockServerExt as _};
    /// # use par_ordering::Client;
    /// # let server = MockServer::start();
    /// # server.generate_tokens(|_, then| { then.ok_documented_with_tokens(0); });
    /// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let response = client.generate_tokens().x_request_id("mine").send().await?;
    /// assert_eq!(response.operation_id(), "generate_tokens");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn operation_id(&self) -> &'static str {
        self.operation.id
    }

    pub(crate) fn of_call(mut self, of_call: OfCall) -> Self {
        self.of_call = of_call;
        self
    }

    /// Value and answer, for an error that is made of both.
    pub(crate) fn into_parts(self) -> (T, Response) {
        let response = Response::new(self.operation, self.raw, self.credentials);
        (self.value, response)
    }

    fn new(value: T, response: Response) -> Self {
        Self {
            value,
            operation: response.operation,
            raw: response.raw,
            credentials: response.credentials,
            of_call: OfCall::default(),
        }
    }
}

impl<T: DeserializeOwned + Serialize> ResponseValue<T> {
    /// For generated code: decodes the answer of a documented status.
    pub(crate) async fn from_response<E: DeserializeOwned>(
        response: Response,
    ) -> Result<Self, Error<E>> {
        let status = response.status();
        if status.is_success() {
            let body = response.raw.body.expose_secret();
            let (failure, envelope) = match success::read(body, &response.operation.envelope) {
                Ok(value) => return Ok(Self::new(value, response)),
                Err(NoSuccess::ErrorEnvelope(code)) => {
                    let envelope = response.decode_without_credentials().ok();
                    (Failure::new(ErrorKind::ErrorEnvelope(code), ""), envelope)
                }
                Err(NoSuccess::NotDecodable(error)) => {
                    let problem = error.to_string();
                    (Failure::new(ErrorKind::NotDecodable, problem), None)
                }
            };
            return Err(Error::new(response.into_failure(failure), envelope));
        }
        match response.decode_without_credentials() {
            Ok(value) => Ok(Self::new(value, response)),
            Err(error) => {
                let kind = ErrorKind::DocumentedStatus(status);
                let failure = response.into_failure(Failure::new(kind, error.to_string()));
                Err(Error::new(failure, None))
            }
        }
    }
}

impl ResponseValue<()> {
    /// For generated code: an answer whose body says nothing.
    #[allow(dead_code, reason = "needed by operations that answer without a body")]
    pub(crate) fn empty(response: Response) -> Self {
        Self::new((), response)
    }
}

impl<T> Deref for ResponseValue<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for ResponseValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseValue")
            .field("operation_id", &self.operation_id())
            .field("request_id", &self.request_id())
            .field("attempts", &self.attempts())
            .field("status", &self.raw.status)
            .field("headers", &self.raw.headers)
            .field("raw_body", &self.raw.body)
            .field("value", &self.value)
            .finish()
    }
}
