//! What the generated code stands on: configuration, the call, transport, errors, secrets.

mod call;
mod client;
#[cfg(feature = "conformance")]
#[allow(missing_docs, reason = "hidden: for this workspace's tests alone")]
pub(crate) mod conformance;
mod contract;
mod error;
#[cfg(feature = "httpmock")]
mod example;
#[cfg(feature = "schemars")]
mod json_schema;
mod payment;
mod response;
mod retry;
mod secret;

pub(crate) use call::Call;
pub(crate) use call::header::header_value;
pub(crate) use call::operation::{self, OperationInfo};
#[allow(
    unused_imports,
    reason = "needed by operations with a parameter in their path"
)]
pub(crate) use call::path::encode_path;
#[allow(unused_imports, reason = "needed by operations with query parameters")]
pub(crate) use call::query::QueryParam;
pub use client::Client;
pub use client::builder::{BuildError, ClientBuilder};
pub use client::customer::{Customer, ProviderError, TokenProvider};
pub use error::Error;
pub use error::kind::ErrorKind;
#[cfg(feature = "httpmock")]
#[allow(unused_imports, reason = "needed by responses that have an example")]
pub(crate) use example::Example;
pub use payment::page::PaymentPage;
pub use payment::url::PaymentUrl;
pub use payment::url_error::PaymentUrlError;
pub use payment::url_policy::PaymentUrlPolicy;
pub use response::ResponseValue;
#[allow(
    unused_imports,
    reason = "which of them are needed depends on the specification"
)]
pub(crate) use response::absence::{optional_array, optional_map, optional_object};
#[allow(unused_imports, reason = "needed by types that keep unknown keys")]
pub(crate) use response::open_object::open_object;
pub use response::raw::{Headers, RawBody};
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use secret::opaque_value::OpaqueValue;
