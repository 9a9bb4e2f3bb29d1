//! What the generated code stands on: configuration, the call, transport, errors, secrets. Generated code reaches it
//! through [`contract`] and, for what callers see, through the exports below.

mod call;
mod client;
#[cfg(feature = "conformance")]
#[allow(missing_docs, reason = "hidden: for this workspace's tests alone")]
pub mod conformance;
pub(crate) mod contract;
mod error;
#[cfg(feature = "httpmock")]
mod example;
#[cfg(feature = "schemars")]
mod json_schema;
mod loopback;
mod payment;
mod response;
mod retry;
mod secret;

pub use client::Client;
pub use client::builder::{BuildError, ClientBuilder};
pub use client::customer::{Customer, ProviderError, TokenProvider};
pub use error::Error;
pub use error::kind::ErrorKind;
pub use payment::page::PaymentPage;
pub use payment::url::PaymentUrl;
pub use payment::url_error::PaymentUrlError;
pub use payment::url_policy::PaymentUrlPolicy;
pub use response::ResponseValue;
pub use response::raw::{Headers, RawBody};
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use secret::opaque_value::OpaqueValue;
