//! What the conformance tests of this workspace need in addition to the public interface: the generated tables and
//! their types.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::Url;
use reqwest::header::HeaderMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use crate::generated::conformance::{OPERATIONS, TYPES};
use crate::generated::environment::Environment;
#[cfg(feature = "httpmock")]
pub use crate::generated::httpmock::{ANSWERS, EXPECTATIONS};
use crate::generated::operations::ENVELOPE;
use crate::generated::settings::SETTINGS;
use crate::runtime::call::hook;
use crate::runtime::call::request::encode_json;
use crate::runtime::client::settings::of_variable;
use crate::runtime::contract::EnvelopeCode;
use crate::runtime::response::decode::{DecodeError, decode as decode_body};
use crate::runtime::response::success;
use crate::runtime::retry::retry_after::retry_after as asked_pause;
use crate::runtime::secret::shown::{Show, Shown};
use crate::runtime::{
    BuildError, Client, ClientBuilder, Customer, Error, ErrorKind, Headers, Number, OpaqueValue,
    ParseNumberError, PaymentPage, PaymentUrl, PaymentUrlError, PaymentUrlPolicy, RawBody,
    RawRequest, ResponseValue, RetryPolicy, Secret, Text, UnknownEnvironment,
};

/// One operation.
pub struct Operation {
    pub id: &'static str,
    pub parameters: &'static [Parameter],
    pub body: Option<Body>,
    pub responses: &'static [Response],
    pub call: Call,
}

/// A type that callers can use. Creating this value checks that the type has the traits of its kind.
pub struct PublicType {
    /// Its path within the crate.
    pub name: &'static str,
}

impl PublicType {
    /// A type that threads can share.
    pub const fn shared<T: Send + Sync + 'static>(name: &'static str) -> Self {
        Self { name }
    }

    /// A type that is also a value: it can be copied, compared and printed.
    pub const fn value<T: Clone + fmt::Debug + PartialEq + Send + Sync + 'static>(
        name: &'static str,
    ) -> Self {
        Self::shared::<T>(name)
    }
}

/// All types that are hand-written.
pub static WRITTEN_TYPES: &[PublicType] = &[
    PublicType::shared::<hook::Attempt<'static>>("Attempt"),
    PublicType::shared::<hook::AttemptEnd<'static>>("AttemptEnd"),
    PublicType::shared::<BuildError>("BuildError"),
    PublicType::shared::<hook::CallEnd<'static>>("CallEnd"),
    PublicType::shared::<hook::CallInfo<'static>>("CallInfo"),
    PublicType::shared::<Client>("Client"),
    PublicType::shared::<ClientBuilder>("ClientBuilder"),
    PublicType::shared::<Customer>("Customer"),
    PublicType::value::<Environment>("Environment"),
    PublicType::shared::<Error<ErrorKind>>("Error"),
    PublicType::value::<ErrorKind>("ErrorKind"),
    PublicType::shared::<Headers>("Headers"),
    PublicType::value::<Number>("Number"),
    PublicType::value::<OpaqueValue>("OpaqueValue"),
    PublicType::value::<hook::Outcome>("Outcome"),
    PublicType::value::<ParseNumberError>("ParseNumberError"),
    PublicType::shared::<PaymentPage<'static>>("PaymentPage"),
    PublicType::value::<PaymentUrl>("PaymentUrl"),
    PublicType::value::<PaymentUrlError>("PaymentUrlError"),
    PublicType::shared::<PaymentUrlPolicy>("PaymentUrlPolicy"),
    PublicType::shared::<RawBody>("RawBody"),
    PublicType::shared::<RawRequest>("RawRequest"),
    PublicType::value::<hook::RefusedHeader>("RefusedHeader"),
    PublicType::shared::<ResponseValue<ErrorKind>>("ResponseValue"),
    PublicType::value::<RetryPolicy>("RetryPolicy"),
    PublicType::value::<Secret>("Secret"),
    PublicType::shared::<Text>("Text"),
    PublicType::value::<UnknownEnvironment>("UnknownEnvironment"),
];

/// Decodes a body into its type and encodes it again.
pub type Decode = fn(&[u8]) -> Result<Decoded, NotDecoded>;

/// Calls an operation through its builder.
pub type Call = for<'a> fn(&'a Client, &'a Arguments) -> Calling<'a>;
type Calling<'a> = Pin<Box<dyn Future<Output = Result<Outcome, ArgumentError>> + Send + 'a>>;

/// One parameter of an operation's builder.
pub struct Parameter {
    /// The name of its setter.
    pub name: &'static str,
    /// The name that is sent.
    pub wire: &'static str,
    /// `path`, `query` or `header`.
    pub position: &'static str,
    /// Whether the operation can't be called without it.
    pub required: bool,
    /// JSON schema of its type.
    #[cfg(feature = "schemars")]
    pub schema: fn() -> Value,
}

/// The body of a call of an operation.
pub struct Body {
    /// As it is sent.
    pub media_type: &'static str,
    /// Whether the operation can't be called without it.
    pub required: bool,
    /// Decodes a body into its type and encodes it again; `None` if it is only bytes.
    pub decode: Option<Decode>,
    /// JSON schema of its type.
    #[cfg(feature = "schemars")]
    pub schema: Option<fn() -> Value>,
}

/// One documented answer of an operation.
pub struct Response {
    /// A status that has this answer.
    pub status: u16,
    /// Decodes a body into the type of this status and encodes it again.
    pub decode: Decode,
    /// JSON schema of the type of this status; `None` if its body is not a value.
    #[cfg(feature = "schemars")]
    pub schema: Option<fn() -> Value>,
}

/// An answer of the typed mock.
#[cfg(feature = "httpmock")]
pub struct Answer {
    pub operation: &'static str,
    pub status: u16,
    /// Name of the example in the specification.
    pub example: &'static str,
    /// JSON pointer to the list whose length can be chosen.
    pub list: Option<&'static str>,
    /// Makes a server give it, with that many entries.
    pub mock: fn(&httpmock::MockServer, usize),
    /// The value of the answer, with that many entries.
    pub value: fn(usize) -> Value,
}

/// An operation whose calls the typed mock can expect.
#[cfg(feature = "httpmock")]
pub struct Expectation {
    pub operation: &'static str,
    /// Makes a server expect these arguments.
    pub mock: Expect,
}

#[cfg(feature = "httpmock")]
pub type Expect =
    for<'a> fn(&'a httpmock::MockServer, &Arguments) -> Result<httpmock::Mock<'a>, ArgumentError>;

/// Why a body does not have the type of its status.
#[derive(Clone, Debug)]
pub struct NotDecoded {
    /// JSON path, `.` for the body itself.
    pub path: String,
    pub problem: String,
}

/// A decoded body without its type.
pub struct Decoded {
    pub debug: String,
    pub json: Value,
    /// The value encoded as text, which unlike `json` rounds no number.
    pub encoded: Vec<u8>,
}

/// Values of parameters as text, entry by entry for lists, by the name of the setter.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    parameters: BTreeMap<String, Vec<String>>,
    body: Option<Vec<u8>>,
}

/// An argument that does not have the type of the parameter.
#[derive(Debug)]
pub struct ArgumentError(String);

/// The result of a call.
pub enum Outcome {
    Success(Success),
    Failure(Failure),
}

pub struct Success {
    pub status: u16,
    pub request_id: String,
    pub debug: String,
    pub json: Value,
    pub headers: HeaderMap,
    pub raw_body: Vec<u8>,
}

pub struct Failure {
    pub kind: ErrorKind,
    pub status: Option<u16>,
    pub operation_id: &'static str,
    pub request_id: String,
    pub display: String,
    pub debug: String,
    pub pretty: String,
    /// `Display` of each error behind this one.
    pub sources: Vec<String>,
    /// The envelope, encoded again.
    pub envelope: Option<Value>,
    /// `Debug` of the envelope.
    pub envelope_debug: Option<String>,
    pub headers: Option<HeaderMap>,
    pub raw_body: Option<Vec<u8>>,
    pub is_unauthorized: bool,
    pub is_timeout: bool,
    pub is_safe_to_repeat: bool,
    pub is_worth_repeating: bool,
}

impl Arguments {
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.set_list(name, vec![value.into()]);
    }

    pub fn set_list(&mut self, name: impl Into<String>, entries: Vec<String>) {
        self.parameters.insert(name.into(), entries);
    }

    /// Sets the value of the body: JSON if it has a type, otherwise its bytes.
    pub fn set_body(&mut self, body: impl Into<Vec<u8>>) {
        self.body = Some(body.into());
    }

    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<Option<T>, ArgumentError> {
        let body = self.body.as_deref();
        let value = body.map(|body| decode_body(body)).transpose();
        value.map_err(|error: DecodeError| ArgumentError(format!("the body: {error}")))
    }

    pub(crate) fn raw_body(&self) -> Option<Vec<u8>> {
        self.body.clone()
    }

    pub(crate) fn parse<T: FromStr>(&self, name: &str) -> Result<Option<T>, ArgumentError> {
        Ok(self
            .list(name)?
            .and_then(|values| values.into_iter().next()))
    }

    pub(crate) fn list<T: FromStr>(&self, name: &str) -> Result<Option<Vec<T>>, ArgumentError> {
        let Some(texts) = self.parameters.get(name) else {
            return Ok(None);
        };
        let values = texts.iter().map(|text| {
            let value = text.parse();
            value.map_err(|_| ArgumentError(format!("`{text}` is not a value for `{name}`")))
        });
        values.collect::<Result<_, _>>().map(Some)
    }
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ArgumentError {}

pub(crate) fn decode<T>(body: &[u8]) -> Result<Decoded, NotDecoded>
where
    T: DeserializeOwned + Serialize + fmt::Debug,
{
    let value: T = decode_body(body).map_err(|error: DecodeError| NotDecoded {
        problem: error.to_string(),
        path: error.path,
    })?;
    Ok(Decoded {
        debug: format!("{value:#?}"),
        json: encode(&value),
        encoded: serde_json::to_vec(&value).map_err(|error| NotDecoded {
            path: ".".to_owned(),
            problem: format!("what was decoded can't be encoded: {error}"),
        })?,
    })
}

/// A body that is a text as a whole.
pub(crate) fn decode_text(body: &[u8]) -> Result<Decoded, NotDecoded> {
    let text = String::from_utf8_lossy(body).into_owned();
    Ok(Decoded {
        debug: format!("{:#?}", Shown(&text)),
        encoded: text.as_bytes().to_vec(),
        json: text.into(),
    })
}

/// A body that is just bytes.
pub(crate) fn decode_bytes(body: &[u8]) -> Result<Decoded, NotDecoded> {
    let bytes = Bytes::copy_from_slice(body);
    Ok(Decoded {
        debug: format!("{:#?}", Shown(&bytes)),
        json: encode(&bytes),
        encoded: body.to_vec(),
    })
}

/// Encodes a body as a call does, but of any size; `None` if it is not JSON.
pub fn encode_body<T: Serialize>(value: &T) -> Option<Bytes> {
    encode_json(value, usize::MAX).ok()
}

/// Sets each setting of the specification that there is a text for, by its name: `user:password` where it is that.
#[must_use]
pub fn with_settings(
    builder: ClientBuilder,
    text: impl Fn(&str) -> Option<String>,
) -> ClientBuilder {
    let settings = SETTINGS.iter().enumerate();
    settings.fold(builder, |builder, (index, setting)| {
        match text(setting.name) {
            Some(text) => builder.setting(index, of_variable(setting, text)),
            None => builder,
        }
    })
}

/// The same on a view of a client.
#[must_use]
pub fn with_settings_of_view(client: &Client, text: impl Fn(&str) -> Option<String>) -> Client {
    let settings = SETTINGS.iter().enumerate();
    settings.fold(client.clone(), |client, (index, setting)| {
        match text(setting.name) {
            Some(text) => client.with_setting(index, of_variable(setting, text)),
            None => client,
        }
    })
}

/// A text for each setting without a default. None of them is in the documentation.
#[must_use]
pub fn configured(builder: ClientBuilder) -> ClientBuilder {
    with_settings(builder, |name| {
        let setting = SETTINGS.iter().find(|setting| setting.name == name)?;
        let password = if setting.basic {
            ":configured-password"
        } else {
            ""
        };
        let text = format!("configured-{name}{password}");
        setting.default.is_none().then_some(text)
    })
}

/// Reads the value of a success as a call does; `None` if the body does not have one.
pub fn read_success<T: DeserializeOwned + EnvelopeCode>(body: &[u8]) -> Option<T> {
    success::read(body, &ENVELOPE).ok()
}

/// The base URL of a client, and whether it is on this machine.
pub fn base_url(client: &Client) -> (Url, bool) {
    let base_url = &client.shared().base_url;
    (base_url.below(""), base_url.is_loopback())
}

/// Masks a text, with these secrets.
pub fn mask<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    let secrets: Vec<&[u8]> = secrets.into_iter().map(str::as_bytes).collect();
    crate::runtime::secret::masking::mask(text, &secrets)
}

/// Reads how long an answer asks to wait, as a call does.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    asked_pause(headers, SystemTime::now())
}

/// Encodes a value in a path, as a call does.
pub fn encode_path(value: &str) -> String {
    crate::runtime::call::path::encode_path(value)
}

/// The schema that the type derives, with the schemas it refers to under `$defs`.
#[cfg(feature = "schemars")]
pub(crate) fn schema<T: schemars::JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}

pub(crate) fn outcome<T, E>(result: Result<ResponseValue<T>, Error<E>>) -> Outcome
where
    T: Serialize + Show,
    E: Serialize + Show + 'static,
{
    match result {
        Ok(response) => Outcome::Success(Success {
            status: response.status().as_u16(),
            request_id: response.request_id().to_owned(),
            debug: format!("{response:#?}"),
            json: encode(&*response),
            headers: response.headers().expose_secret().clone(),
            raw_body: response.raw_body().expose_secret().to_owned(),
        }),
        Err(error) => Outcome::Failure(Failure {
            kind: error.kind(),
            status: error.status().map(|status| status.as_u16()),
            operation_id: error.operation_id(),
            request_id: error.request_id().to_owned(),
            display: error.to_string(),
            debug: format!("{error:?}"),
            pretty: format!("{error:#?}"),
            sources: sources(error.source()),
            envelope: error.envelope().map(encode),
            envelope_debug: error
                .envelope()
                .map(|envelope| format!("{:?}", Shown(envelope))),
            headers: error
                .headers()
                .map(|headers| headers.expose_secret().clone()),
            raw_body: error.raw_body().map(|body| body.expose_secret().to_owned()),
            is_unauthorized: error.is_unauthorized(),
            is_timeout: error.is_timeout(),
            is_safe_to_repeat: error.is_safe_to_repeat(),
            is_worth_repeating: error.is_worth_repeating(),
        }),
    }
}

/// An encoding that fails becomes a text that differs from every example.
pub(crate) fn encode(value: &impl Serialize) -> Value {
    serde_json::to_value(value)
        .unwrap_or_else(|error| Value::String(format!("failed to encode: {error}")))
}

fn sources(mut source: Option<&(dyn std::error::Error + 'static)>) -> Vec<String> {
    let mut sources = Vec::new();
    while let Some(error) = source {
        sources.push(error.to_string());
        source = error.source();
    }
    sources
}
