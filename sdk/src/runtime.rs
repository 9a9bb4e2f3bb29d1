//! The runtime under the generated code. Each module uses those above it:
//!
//! - `secret`: texts that nothing prints, zeroed memory, masking of the texts of a server
//! - `number`: numbers as they are written
//! - `response`: an answer, how it is decoded, and the value with its answer
//! - `error`: the error, its kind, and where failures come from
//! - `retry`: the decision whether an attempt is repeated, and after how long
//! - `contain`: code of the caller that may panic
//! - `client`: configuration, base URL, the customer and the provider of tokens
//! - `enumeration`: values of which the specification lists some
//! - `call`: one call, from its headers to the transport, with hooks and `tracing`
//! - `payment`: the URL of a payment page and its check; it uses only `secret`
//!
//! Generated code uses them through [`contract`]; callers through the exports below.

mod call;
mod client;
#[cfg(feature = "conformance")]
#[allow(missing_docs, reason = "hidden: for this workspace's tests alone")]
pub mod conformance;
mod contain;
pub(crate) mod contract;
mod enumeration;
mod error;
#[cfg(feature = "httpmock")]
mod example;
#[cfg(feature = "schemars")]
mod json_schema;
mod loopback;
#[cfg(feature = "httpmock")]
pub(crate) mod matching;
mod number;
mod payment;
mod response;
mod retry;
mod secret;

pub use call::argument::Text;
pub use call::hook;
pub use call::raw_request::RawRequest;
pub use client::Client;
pub use client::builder::{BuildError, ClientBuilder};
pub use client::customer::{Customer, DynTokenProvider, ProviderError, TokenProvider};
pub use client::unknown_environment::UnknownEnvironment;
pub use error::Error;
pub use error::kind::ErrorKind;
pub use number::{Number, ParseNumberError};
pub use payment::page::PaymentPage;
pub use payment::url::PaymentUrl;
pub use payment::url_error::PaymentUrlError;
pub use payment::url_policy::PaymentUrlPolicy;
pub use response::ResponseValue;
pub use response::raw::{Headers, RawBody};
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use secret::opaque_value::OpaqueValue;
