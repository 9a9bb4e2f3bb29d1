//! What the generated code stands on: configuration, the call, transport, errors, secrets.

mod absence;
mod attempts;
mod authorization;
mod base_url;
mod call;
mod client;
mod client_builder;
#[cfg(feature = "conformance")]
#[allow(missing_docs, reason = "hidden: for this workspace's tests alone")]
pub(crate) mod conformance;
mod contract;
mod credentials;
mod customer;
mod decode;
mod error;
mod error_kind;
#[cfg(feature = "httpmock")]
mod example;
mod failure;
mod header;
#[cfg(feature = "schemars")]
mod json_schema;
mod number_at;
mod of_call;
mod opaque_value;
mod open_object;
pub(crate) mod operation;
mod path;
mod payment_page;
mod payment_url;
mod payment_url_error;
mod payment_url_policy;
mod pointer;
mod query;
mod raw;
mod repeatable;
mod request;
mod response;
mod retry;
mod retry_after;
mod retry_budget;
mod secret;
mod strict;
mod success;
mod telemetry;
mod transport;
mod transport_error;
mod zeroizing;

#[allow(
    unused_imports,
    reason = "which of them are needed depends on the specification"
)]
pub(crate) use absence::{optional_array, optional_map, optional_object};
pub(crate) use call::Call;
pub use client::Client;
pub use client_builder::{BuildError, ClientBuilder};
pub use customer::{Customer, ProviderError, TokenProvider};
pub use error::Error;
pub use error_kind::ErrorKind;
#[cfg(feature = "httpmock")]
#[allow(unused_imports, reason = "needed by responses that have an example")]
pub(crate) use example::Example;
pub(crate) use header::header_value;
pub use opaque_value::OpaqueValue;
#[allow(unused_imports, reason = "needed by types that keep unknown keys")]
pub(crate) use open_object::open_object;
pub(crate) use operation::OperationInfo;
#[allow(
    unused_imports,
    reason = "needed by operations with a parameter in their path"
)]
pub(crate) use path::encode_path;
pub use payment_page::PaymentPage;
pub use payment_url::PaymentUrl;
pub use payment_url_error::PaymentUrlError;
pub use payment_url_policy::PaymentUrlPolicy;
#[allow(unused_imports, reason = "needed by operations with query parameters")]
pub(crate) use query::QueryParam;
pub use raw::{Headers, RawBody};
pub use response::ResponseValue;
pub use retry::RetryPolicy;
pub use secret::Secret;
