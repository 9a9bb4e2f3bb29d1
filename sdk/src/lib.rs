//! Unofficial client for PAR's ordering API (formerly MENU); not endorsed by PAR.
//!
//! It asks the API for payment-processor tokens, with which a customer of an ordering app can store a card. Types,
//! calls and the typed mock are generated from an OpenAPI description.
//!
//! The [recipes] show how to renew tokens, record metrics, retry, test, use a proxy and serve several brands.
//!
//! # Configure
//!
//! Build one [`Client`] for an application and keep it. Views of it, such as [`Client::for_customer`], differ in one
//! setting and share its connections. PAR publishes no production host: you get the base URL and the application key
//! from PAR.
//!
//! ```
//! use std::time::Duration;
//! use par_ordering::{Client, Environment};
//!
//! # fn configure() -> Result<Client, par_ordering::BuildError> {
//! let client = Client::builder()
//!     .environment(Environment::Demo) // or .base_url("https://…")
//!     .application("your-application-key")
//!     .deadline(Duration::from_secs(10)) // of a whole call; 30 s by default
//!     .build()?;
//! # Ok(client)
//! # }
//! # configure()?;
//! # Ok::<(), par_ordering::BuildError>(())
//! ```
//!
//! [`Client::from_env`] reads the same settings from environment variables.
//!
//! # Make a call, and send the customer to the payment page
//!
//! [`Client::for_customer`] takes the token of the customer, or a [`TokenProvider`] that renews it when it has expired.
//! [`PaymentUrl::check`] checks the address of the payment page before a customer is sent there.
//!
//! ```
//! use par_ordering::PaymentUrlPolicy;
//! # use par_ordering::{Client, httpmock::{MockServer, MockServerExt as _}};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = MockServer::start_async().await;
//! # server.generate_tokens(|_, then| { then.ok_documented(); });
//! # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
//! # let customer_token = "the-customers-token";
//!
//! let customer = client.for_customer(customer_token);
//! let response = customer.generate_tokens().send().await?;
//! for entry in &response.data.tokens {
//!     let actions = entry.actions.as_ref();
//!     if let Some(url) = actions.and_then(|actions| actions.url.as_ref()) {
//!         let page = url.check(&PaymentUrlPolicy::default())?;
//!         open_in_an_iframe(page.expose_secret());
//!     } else if let Some(token) = &entry.token {
//!         pass_to_the_sdk_of_the_processor(token.expose_secret());
//!     }
//! }
//! # Ok(())
//! # }
//! # fn open_in_an_iframe(_: &str) {}
//! # fn pass_to_the_sdk_of_the_processor(_: &str) {}
//! ```
//!
//! Then wait until the page navigates to its [success](PaymentPage::success_url) or [failure](PaymentPage::fail_url)
//! URL.
//!
//! # Handle errors
//!
//! There is one type, [`Error`]. It always knows the operation and the request id, and, if an answer arrived, its status,
//! headers, body and envelope. Its [kind](ErrorKind) follows from the status, not from the shape of the body.
//!
//! ```
//! use par_ordering::ErrorKind;
//! # use par_ordering::{Client, httpmock::{MockServer, MockServerExt as _}};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = MockServer::start_async().await;
//! # server.generate_tokens(|_, then| { then.unauthorized_illustrative(); });
//! # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
//!
//! let Err(error) = client.generate_tokens().send().await else {
//! #   panic!("the mock answers 401");
//!     return Ok(());
//! };
//! let what_to_do = match error.kind() {
//!     _ if error.is_unauthorized() => "ask the customer to sign in again",
//!     ErrorKind::DocumentedStatus(_) => "fix the request",
//!     ErrorKind::InvalidRequest => "fix the request",
//!     _ if error.is_safe_to_repeat() && error.is_worth_repeating() => {
//!         "try again"
//!     }
//!     _ => "check what happened first: tokens may have been minted",
//! };
//! # assert_eq!(what_to_do, "ask the customer to sign in again");
//! # Ok(())
//! # }
//! ```
//!
//! By default the client repeats a call only if no connection was made, and with an
//! [HTTP client of your own](ClientBuilder::http_client) not at all. After a 401, a [`TokenProvider`] lets it repeat the
//! call once. [`RetryPolicy`] sets how often, and can allow more.
//!
//! # Secrets
//!
//! A token, a session key and the query of a payment page's URL print as a placeholder; `expose_secret()` reads them.
//! Serialising a value reveals them.
//!
//! A text that the server sent is masked before it is printed. Whatever looks like an identifier, a key, a token, encoded
//! data, a URL, an e-mail address or a number of six digits or more becomes `[masked]`. The credentials of the call are
//! masked as well, if they have eight characters or more; a shorter one may be shown, because it can't be told from a
//! word. Fields and accessors return what was sent, unmasked.
//!
//! # Logs
//!
//! With the feature `tracing`, each call is a span `par_ordering.call` of the level INFO, and each attempt an event of
//! the level DEBUG. A [hook](hook::Hook) that panics too late to fail the call is an event of the level ERROR. The target
//! of all of them is `par_ordering`, so `par_ordering=debug` is a filter for them. Without the feature this crate logs
//! nothing.
//!
//! The HTTP stack has logs of its own. At DEBUG, the crate `h2` writes what a server says when it closes a connection,
//! and that may contain a credential. Exclude it: for `RUST_LOG` and the crate `tracing-subscriber` the filter is
//! `debug,h2=info`.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `rustls` | yes | TLS by rustls, with the root certificates of the platform |
//! | `native-tls` | | TLS by the library of the platform, unless `rustls` is on as well |
//! | `tracing` | | a span for each call and an event for each attempt, with the attribute names of OpenTelemetry |
//! | `httpmock` | | a typed mock of the API for tests, an extension of the crate httpmock |
//! | `schemars` | | JSON schemas of the types, by the crate schemars |
//!
//! Without a TLS feature, the client can call only this machine, and hosts to which
//! [unencrypted http](ClientBuilder::allow_unencrypted_http_to) is allowed.
//!
//! # What it does not do
//!
//! No pagination, no streaming, no blocking interface, no multipart bodies, no types for other endpoints of the API:
//! use [`Client::request`] to call those. It never opens a payment page.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

// The package can't have itself as a dev-dependency, as the crate has in its workspace.
#[cfg(all(doctest, not(feature = "httpmock")))]
compile_error!("the examples of the documentation need the typed mock: add `--features httpmock`");

#[rustfmt::skip]
#[allow(
    unused_qualifications,
    clippy::all,
    clippy::allow_attributes_without_reason,
    clippy::unwrap_used,
    reason = "generated from the specification; the names and their order are the generator's"
)]
mod generated;
#[cfg(doc)]
pub mod recipes;
// A specification with every construct uses all of it. The tests build one in a copy, and deny unused code there.
#[allow(
    dead_code,
    reason = "which parts are needed depends on the specification"
)]
mod runtime;

pub use generated::environment::Environment;
/// Mocks of the API, to test code that calls it.
///
/// Each operation is a method of [`MockServer`](httpmock::MockServer). Its closure gets two arguments:
///
/// - `when` says which calls to answer. A matcher takes what the setter of the builder takes, or `None` to match calls
///   without that value.
/// - `then` says what to answer: the examples of the specification, one method for each. An example with a list can have
///   any number of entries. [`examples`](httpmock::examples) returns the same examples as values, so that a test can
///   change them.
///
/// Set the base URL of the client to that of the mock server; the path of one of the servers of the API may follow it,
/// such as `/api`. A whole test:
///
/// ```
/// use par_ordering::{Client, Error};
/// use par_ordering::httpmock::{MockServer, MockServerExt as _};
///
/// /// The code under test: it counts the cards that a customer could store.
/// async fn cards(client: &Client, token: &str) -> Result<usize, Error> {
///     let call = client.for_customer(token).generate_tokens();
///     Ok(call.send().await?.data.tokens.len())
/// }
///
/// #[tokio::test]
/// # async fn hidden() {}
/// # #[tokio::main(flavor = "current_thread")] async fn main() { the_tokens_of_a_customer_are_counted().await; }
/// async fn the_tokens_of_a_customer_are_counted() {
///     let server = MockServer::start_async().await;
///     let known = server.generate_tokens(|when, then| {
///         when.bearer_token("known customer");
///         then.ok_documented_with_tokens(3);
///     });
///     let expired = server.generate_tokens(|when, then| {
///         when.bearer_token("expired token");
///         then.unauthorized_illustrative();
///     });
///     let client = Client::builder()
///         .base_url(server.base_url())
///         .application("any key")
///         .build()
///         .expect("these settings are valid");
///
///     assert_eq!(cards(&client, "known customer").await.unwrap(), 3);
///     let error = cards(&client, "expired token").await.unwrap_err();
///     assert!(error.is_unauthorized());
///     known.assert();
///     expired.assert();
/// }
/// ```
#[cfg(feature = "httpmock")]
pub use generated::httpmock;
/// Hooks, which watch the calls of a client and may add headers to them.
pub mod hook {
    pub use crate::runtime::hook::{
        Attempt, AttemptEnd, CallEnd, CallInfo, Hook, HookError, Outcome, RefusedHeader,
    };
}
pub use generated::operations::API_VERSION;
pub use generated::{builder, types};
/// The HTTP library, in the version whose client [`ClientBuilder::http_client`] takes.
pub use reqwest;
/// Names and values of headers, for use with [`Headers`].
pub use reqwest::header;
pub use reqwest::{Method, StatusCode};
pub use runtime::{
    BuildError, Client, ClientBuilder, Customer, DynTokenProvider, Error, ErrorKind, Headers,
    Number, OpaqueValue, ParseNumberError, PaymentPage, PaymentUrl, PaymentUrlError,
    PaymentUrlPolicy, ProviderError, RawBody, RawRequest, ResponseValue, RetryPolicy, Secret, Text,
    TokenProvider, UnknownEnvironment,
};

#[cfg(feature = "conformance")]
#[doc(hidden)]
pub use runtime::conformance;
