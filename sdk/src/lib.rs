//! Unofficial client for PAR's ordering API (formerly MENU); not endorsed by PAR.
//!
//! It asks the API for payment-processor tokens, with which a customer of an ordering app stores a card.
//! Types, calls and the typed mock are generated from an OpenAPI description; the runtime under them shows no
//! secret unless it is asked to, and does nothing on the wire that was not asked for.
//!
//! # Configure
//!
//! One [`Client`] for an application, built once and kept: what differs by call is a view of it and shares its
//! connections. PAR publishes no production host; the base URL and the application key come from PAR.
//!
//! ```
//! use std::time::Duration;
//! use par_ordering::{Client, Environment};
//!
//! # fn configure() -> Result<Client, par_ordering::BuildError> {
//! let client = Client::builder()
//!     .environment(Environment::Demo) // or .base_url("https://…")
//!     .application("your-application-key")
//!     .deadline(Duration::from_secs(10)) // of a whole call; 30 s unless set
//!     .build()?;
//! # Ok(client)
//! # }
//! # configure()?;
//! # Ok::<(), par_ordering::BuildError>(())
//! ```
//!
//! [`Client::from_env`] reads the same settings from the environment.
//!
//! # Call, and send the customer on
//!
//! The customer's token belongs to a call: [`Client::for_customer`] takes it, or a [`TokenProvider`] that renews
//! it when it has expired. Where a payment page is about to be opened, [`PaymentUrl::check`] says whether the
//! address is one that a customer may be sent to.
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
//! let response = client.for_customer(customer_token).generate_tokens().send().await?;
//! for entry in &response.data.tokens {
//!     if let Some(url) = entry.actions.as_ref().and_then(|actions| actions.url.as_ref()) {
//!         let page = url.check(&PaymentUrlPolicy::default())?;
//!         open_in_an_iframe(page.expose_secret());
//!     } else if let Some(token) = &entry.token {
//!         hand_to_the_processors_sdk(token.expose_secret());
//!     }
//! }
//! # Ok(())
//! # }
//! # fn open_in_an_iframe(_: &str) {}
//! # fn hand_to_the_processors_sdk(_: &str) {}
//! ```
//!
//! Then watch for a navigation to the page's [success](PaymentPage::success_url) or
//! [failure](PaymentPage::fail_url) URL. A token, a session key and the query of a payment page's URL print as a
//! placeholder; `expose_secret()` reads them. Serialising a response is the caller's explicit wish and does
//! reveal them.
//!
//! # Handle errors
//!
//! One type, [`Error`], knows the operation and the request id always, and the status, headers, body and envelope
//! if they arrived. The status decides its [kind](ErrorKind), not the shape of the body.
//!
//! ```
//! use par_ordering::{ErrorKind, StatusCode};
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
//!     ErrorKind::DocumentedStatus(StatusCode::UNAUTHORIZED) => "ask the customer to sign in again",
//!     ErrorKind::DocumentedStatus(_) | ErrorKind::InvalidRequest => "fix the request",
//!     _ if error.is_safe_to_repeat() && error.is_worth_repeating() => "try again: nothing was sent",
//!     _ => "find out before trying again: tokens may have been minted",
//! };
//! # assert_eq!(what_to_do, "ask the customer to sign in again");
//! # Ok(())
//! # }
//! ```
//!
//! A call is repeated by itself only where it provably never reached the server, and with an
//! [HTTP client of the caller's own](ClientBuilder::http_client) not at all; [`RetryPolicy`] says how often,
//! and lets a caller opt in to more.
//!
//! # Watch calls
//!
//! A [hook](hook::Hook) is told of each call and each attempt, and may add headers to it: enough for metrics and for trace
//! context, of which its documentation has an example each. It sees no secret, and no result is lost to it.
//!
//! # Test your code
//!
//! With the feature `httpmock`, in your dev-dependencies, the module `httpmock` has a server that answers with the
//! documented examples: see there for a whole test.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `rustls` | yes | TLS by rustls with the platform's root certificates |
//! | `native-tls` | | TLS by the platform's own library, unless `rustls` is enabled as well |
//! | `tracing` | | a span for each call and an event for each attempt, with the attribute names of OpenTelemetry |
//! | `httpmock` | | a typed mock of the API for tests, an extension of the httpmock crate |
//! | `schemars` | | the types tell their JSON schema, by the schemars crate |
//!
//! They add to each other. Without either TLS feature only loopback can be called.
//!
//! # Logs
//!
//! With the feature `tracing` each call is a span of the level INFO, named `par_ordering.call`, and each of its attempts an
//! event of the level DEBUG; a [hook](hook::Hook) that panics too late to fail the call is one of the level ERROR. All of
//! them have the target `par_ordering`, which stays as it is: `par_ordering=debug` is a filter for them. Without the feature
//! this crate logs nothing.
//!
//! Nothing that this crate gives out shows a secret when it is printed. What a server says is shown only after masking:
//! what looks like an identifier, a key, a token, encoded data, a URL, an e-mail address or a number of six digits and more
//! becomes `[masked]`, whoever it belongs to. A text of a few characters, or one that is made of words, can't be told from
//! prose: known credentials are masked besides if they have eight characters or more. What is read through a field or an accessor,
//! or serialised, is what was sent.
//!
//! The HTTP stack logs by itself, and at DEBUG its crate `h2` repeats what a server says as it closes a connection, a
//! credential perhaps. Keep it out: `debug,h2=info` is such a filter, as `RUST_LOG` and the crate `tracing-subscriber`
//! take it.
//!
//! # What it does not do
//!
//! No pagination, no streaming, no blocking interface, no multipart bodies, no types for other endpoints of the API:
//! [`Client::request`] calls them all the same. It never opens a payment page itself, and logs nothing without the
//! feature `tracing`.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

// A packaged crate can't name itself among its dev-dependencies, as it does in its workspace.
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
mod runtime;

pub use generated::environment::Environment;
/// Mocks of the API for tests of code that calls it.
///
/// Each operation is a method of [`MockServer`](httpmock::MockServer) that takes which calls to answer and what with.
/// Answers are the examples of the specification, one method each, those with a list also with as many entries
/// as asked for; [`examples`](httpmock::examples) has them as values, to be changed. Which calls to answer is told by
/// matchers, which take what the setters of a builder take, or `None` for calls without it. The base URL of the client is
/// that of the mock's server; the path of one of the API's servers may follow it, such as `/api`. A whole test:
///
/// ```
/// use par_ordering::Client;
/// use par_ordering::httpmock::{MockServer, MockServerExt as _};
///
/// /// What is tested: how many cards a customer could store.
/// async fn cards(client: &Client, customer_token: &str) -> Option<usize> {
///     let response = client.for_customer(customer_token).generate_tokens().send().await;
///     match response {
///         Ok(response) => Some(response.data.tokens.len()),
///         Err(error) if error.is_unauthorized() => None,
///         Err(error) => panic!("{error}"),
///     }
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
///     assert_eq!(cards(&client, "known customer").await, Some(3));
///     assert_eq!(cards(&client, "expired token").await, None);
///     known.assert();
///     expired.assert();
/// }
/// ```
#[cfg(feature = "httpmock")]
pub use generated::httpmock;
/// Watching the calls of a client: what a hook is told, and what it may do.
pub mod hook {
    pub use crate::runtime::hook::{
        Attempt, AttemptEnd, CallEnd, CallInfo, Hook, HookError, Outcome, RefusedHeader,
    };
}
pub use generated::operations::API_VERSION;
pub use generated::{builder, types};
/// The HTTP library whose client [`ClientBuilder::http_client`] takes, in the version that it takes.
pub use reqwest;
/// Names and values of headers, as [`Headers`] has them.
pub use reqwest::header;
pub use reqwest::{Method, StatusCode};
pub use runtime::{
    BuildError, Client, ClientBuilder, Customer, DynTokenProvider, Error, ErrorKind, Headers,
    OpaqueValue, PaymentPage, PaymentUrl, PaymentUrlError, PaymentUrlPolicy, ProviderError,
    RawBody, RawRequest, ResponseValue, RetryPolicy, Secret, Text, TokenProvider,
    UnknownEnvironment,
};

#[cfg(feature = "conformance")]
#[doc(hidden)]
pub use runtime::conformance;
