//! Unofficial client for PAR's ordering API (formerly MENU); not endorsed by PAR.
//!
//! It asks the API for payment-processor tokens, with which a customer of an ordering app stores a card.
//! Types and calls are generated from an OpenAPI description; the runtime under them shows no secret
//! unless it is asked to.
//!
//! ```no_run
//! use par_ordering::{Client, Environment, PaymentUrlPolicy};
//!
//! # async fn store_a_card(customer_token: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder()
//!     .environment(Environment::Demo)
//!     .application("your-application-key")
//!     .build()?;
//!
//! let response = client.for_customer(customer_token).generate_tokens().send().await?;
//! for token in &response.data.tokens {
//!     let page = token.actions.url.check(&PaymentUrlPolicy::default())?;
//!     send_the_customer_to(page.expose_secret());
//! }
//! # Ok(())
//! # }
//! # fn send_the_customer_to(_: &str) {}
//! ```
//!
//! A token, a session key and the query of a payment page's URL print as a placeholder; `expose_secret()`
//! reads them. Serialising a response is the caller's explicit wish and does reveal them.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[rustfmt::skip]
#[allow(
    missing_docs,
    unused_qualifications,
    clippy::all,
    clippy::allow_attributes_without_reason,
    clippy::unwrap_used,
    reason = "generated from the specification; the names and their order are the generator's"
)]
mod generated;
mod runtime;

pub use generated::environment::Environment;
#[cfg(feature = "httpmock")]
pub use generated::httpmock;
pub use generated::operations::API_VERSION;
pub use generated::{builder, types};
pub use reqwest::StatusCode;
pub use runtime::{
    BuildError, Client, ClientBuilder, Customer, Error, ErrorKind, Headers, OpaqueValue,
    PaymentPage, PaymentUrl, PaymentUrlError, PaymentUrlPolicy, ProviderError, RawBody,
    ResponseValue, RetryPolicy, Secret, TokenProvider,
};

/// Tables for the conformance tests of this crate; no part of its public interface.
#[cfg(feature = "conformance")]
#[doc(hidden)]
pub mod conformance {
    pub use crate::generated::conformance::OPERATIONS;
    pub use crate::runtime::conformance::{
        ArgumentError, Arguments, Decoded, Failure, NotDecoded, Operation, Outcome, Parameter,
        Response, Success, read_success,
    };
}
