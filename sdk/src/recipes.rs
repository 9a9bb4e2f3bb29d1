//! Recipes for common tasks. Each example is complete, and is run as a test of this crate.
//!
//! - [Renew a token](#renew-a-token)
//! - [Record metrics](#record-metrics)
//! - [Pass on the trace context](#pass-on-the-trace-context)
//! - [Retry a call](#retry-a-call)
//! - [Test without a network](#test-without-a-network)
//! - [Use a proxy](#use-a-proxy)
//! - [Serve several brands](#serve-several-brands)
//!
//! # Renew a token
//!
//! Implement [`TokenProvider`](crate::TokenProvider) for the type that keeps the session of a customer. After a 401 the
//! client calls `refresh` and repeats the call once. Calls that fail at the same time share one refresh.
//!
//! This provider renews the token through the API itself. It uses a client without a customer, because a call of that
//! client never asks the provider.
//!
//! ```
//! use par_ordering::{Client, Customer, Method};
//! use par_ordering::{ProviderError, Secret, TokenProvider};
//! use serde::Deserialize;
//! use tokio::sync::Mutex;
//!
//! struct Session {
//!     client: Client,
//!     refresh_token: Secret,
//!     token: Mutex<Secret>,
//! }
//!
//! #[derive(Deserialize)]
//! struct Renewed {
//!     token: Secret,
//! }
//!
//! impl TokenProvider for Session {
//!     async fn token(&self) -> Result<Secret, ProviderError> {
//!         Ok(self.token.lock().await.clone())
//!     }
//!
//!     async fn refresh(
//!         &self,
//!         _rejected: &Secret,
//!     ) -> Result<Secret, ProviderError> {
//!         let answer = self
//!             .client
//!             .request(Method::POST, "/customers/refresh")
//!             .form(&[("refresh_token", &self.refresh_token)])
//!             .send()
//!             .await?;
//!         if !answer.status().is_success() {
//!             let status = answer.status();
//!             return Err(format!("the login service answers {status}").into());
//!         }
//!         let renewed = answer.json::<Renewed>()?.token;
//!         *self.token.lock().await = renewed.clone();
//!         Ok(renewed)
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use par_ordering::httpmock::{MockServer, MockServerExt as _};
//! # let server = MockServer::start_async().await;
//! # let renewal = server.mock(|when, then| {
//! #     when.path("/customers/refresh").form_urlencoded_tuple("refresh_token", "of this customer");
//! #     then.status(200).body(r#"{"token":"renewed"}"#);
//! # });
//! # server.generate_tokens(|when, then| {
//! #     when.bearer_token("expired");
//! #     then.unauthorized_illustrative();
//! # });
//! # server.generate_tokens(|when, then| {
//! #     when.bearer_token("renewed");
//! #     then.ok_documented();
//! # });
//! # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
//! let session = Session {
//!     client: client.clone(),
//!     refresh_token: "of this customer".into(),
//!     token: Mutex::new("expired".into()),
//! };
//! let customer = client.for_customer(Customer::provided_by(session));
//! let response = customer.generate_tokens().send().await?;
//! assert_eq!(response.attempts(), 2);
//! # assert_eq!(renewal.calls(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Record metrics
//!
//! A [`Hook`](crate::hook::Hook) is told when an attempt ends, with all that OpenTelemetry asks for its metric
//! `http.client.request.duration`. This one keeps the durations in memory. The example `metrics` of the repository
//! records them with the crate `opentelemetry`.
//!
//! ```
//! use std::sync::{Arc, Mutex};
//! use std::time::Duration;
//! use par_ordering::Client;
//! use par_ordering::hook::{AttemptEnd, Hook};
//!
//! #[derive(Debug, PartialEq)]
//! struct Attributes {
//!     method: String,
//!     server_address: String,
//!     server_port: u16,
//!     status_code: Option<u16>,
//!     error_type: Option<String>,
//! }
//!
//! #[derive(Default)]
//! struct Durations(Mutex<Vec<(Duration, Attributes)>>);
//!
//! impl Hook for Durations {
//!     fn attempt_ended(&self, attempt: &AttemptEnd<'_>) {
//!         let (call, outcome) = (attempt.call(), attempt.outcome());
//!         let attributes = Attributes {
//!             method: call.method().to_string(),
//!             server_address: call.server_address().to_owned(),
//!             server_port: call.server_port(),
//!             status_code: outcome.status().map(|status| status.as_u16()),
//!             error_type: outcome.error_type().map(str::to_owned),
//!         };
//!         if let Ok(mut durations) = self.0.lock() {
//!             durations.push((attempt.duration(), attributes));
//!         }
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use par_ordering::httpmock::{MockServer, MockServerExt as _};
//! # let server = MockServer::start_async().await;
//! # server.generate_tokens(|_, then| { then.not_found_illustrative(); });
//! let durations = Arc::new(Durations::default());
//! let client = Client::builder()
//!     .base_url(server.base_url())
//!     .application("key")
//!     .hook(Arc::clone(&durations))
//!     .build()?;
//! client.generate_tokens().send().await.unwrap_err();
//!
//! let (_, attributes) = &durations.0.lock().unwrap()[0];
//! let expected = Attributes {
//!     method: "POST".to_owned(),
//!     server_address: "127.0.0.1".to_owned(),
//!     server_port: server.port(),
//!     status_code: Some(404),
//!     error_type: Some("404".to_owned()),
//! };
//! assert_eq!(*attributes, expected);
//! # Ok(())
//! # }
//! ```
//!
//! # Pass on the trace context
//!
//! A hook may add headers to an attempt, such as the header `traceparent` of W3C Trace Context. Return an error to fail
//! the call before it is sent.
//!
//! ```
//! use par_ordering::Client;
//! use par_ordering::hook::{Attempt, Hook, HookError};
//!
//! /// Your tracing library knows the current trace and span.
//! fn current_context() -> (u128, u64) {
//!     (0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736, 1)
//! }
//!
//! struct TraceContext;
//!
//! impl Hook for TraceContext {
//!     fn before_attempt(
//!         &self,
//!         attempt: &mut Attempt<'_>,
//!     ) -> Result<(), HookError> {
//!         let (trace, span) = current_context();
//!         let context = format!("00-{trace:032x}-{span:016x}-01");
//!         attempt.header("traceparent", context)?;
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use par_ordering::httpmock::{MockServer, MockServerExt as _};
//! # let server = MockServer::start_async().await;
//! # let mock = server.generate_tokens(|when, then| {
//! #     when.into_inner().header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000001-01");
//! #     then.ok_documented();
//! # });
//! let client = Client::builder()
//!     .base_url(server.base_url())
//!     .application("key")
//!     .hook(TraceContext)
//!     .build()?;
//! client.generate_tokens().send().await?;
//! # mock.assert();
//! # Ok(())
//! # }
//! ```
//!
//! # Retry a call
//!
//! By default the client repeats a call only if no connection was made: then the server minted nothing.
//! [`RetryPolicy`](crate::RetryPolicy) sets how often and how long to wait.
//!
//! ```
//! use std::time::Duration;
//! use par_ordering::{Client, RetryPolicy};
//!
//! let policy = RetryPolicy::safe()
//!     .max_attempts(5)
//!     .base_delay(Duration::from_millis(50));
//! let client = Client::builder()
//!     .base_url("https://api.example.com")
//!     .application("key")
//!     .retry(policy)
//!     .build()?;
//! // This view tries each call once.
//! let once = client.with_retry(RetryPolicy::never());
//! # Ok::<(), par_ordering::BuildError>(())
//! ```
//!
//! [`RetryPolicy::transient`](crate::RetryPolicy::transient) also repeats after 429, 502, 503 and 504. **It may mint
//! tokens twice.** To decide by yourself, ask the error:
//!
//! ```
//! use std::time::Duration;
//! use par_ordering::Error;
//!
//! /// How long to wait before the same call is made again, if at all.
//! fn wait_before_retry(error: &Error) -> Option<Duration> {
//!     if !error.is_worth_repeating() {
//!         return None; // somebody has to change something first
//!     }
//!     if !error.is_safe_to_repeat() {
//!         return None; // the server may have minted tokens
//!     }
//!     Some(error.retry_after().unwrap_or(Duration::from_secs(1)))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use par_ordering::Client;
//! let nobody_listens = "http://127.0.0.1:1";
//! let client = Client::builder()
//!     .base_url(nobody_listens)
//!     .application("key")
//!     .build()?;
//! let error = client.generate_tokens().send().await.unwrap_err();
//! assert_eq!(wait_before_retry(&error), Some(Duration::from_secs(1)));
//! # Ok(())
//! # }
//! ```
//!
//! # Test without a network
//!
//! The feature `httpmock` has a mock of the API; [its page](crate::httpmock) shows a whole test. The mock can also answer
//! what the API does not document. For a test that needs no server at all there is
//! [`ResponseValue::fake`](crate::ResponseValue::fake).
//!
//! ```
//! use par_ordering::Client;
//! use par_ordering::httpmock::{MockServer, MockServerExt as _};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!
//! let server = MockServer::start_async().await;
//! let overloaded = server.generate_tokens(|when, then| {
//!     when.bearer_token("a customer");
//!     then.into_inner().status(503).header("retry-after", "2");
//! });
//! let client = Client::builder()
//!     .base_url(server.base_url())
//!     .application("any key")
//!     .build()?;
//!
//! let customer = client.for_customer("a customer");
//! let error = customer.generate_tokens().send().await.unwrap_err();
//! assert_eq!(error.status().unwrap(), 503);
//! assert_eq!(error.retry_after().unwrap().as_secs(), 2);
//! overloaded.assert(); // it was called once: a 503 is not repeated
//! # Ok(())
//! # }
//! ```
//!
//! # Use a proxy
//!
//! The client uses the proxy that `HTTPS_PROXY` names, except for the hosts that `NO_PROXY` lists. It never uses one to
//! reach this machine, nor over plain http. To set a proxy in code, build an HTTP client of your own with the
//! [version of reqwest](crate::reqwest) that this crate exports:
//!
//! ```
//! use par_ordering::{Client, RetryPolicy, reqwest};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use par_ordering::httpmock::{MockServer, MockServerExt as _};
//! # let proxy = MockServer::start_async().await;
//! # let mock = proxy.generate_tokens(|_, then| { then.ok_documented(); });
//! # let (proxy_url, base_url) = (proxy.base_url(), "http://127.0.0.1:1");
//!
//! let http = reqwest::Client::builder()
//!     .proxy(reqwest::Proxy::all(proxy_url)?)
//!     .redirect(reqwest::redirect::Policy::none())
//!     .retry(reqwest::retry::never())
//!     .build()?;
//! let client = Client::builder()
//!     .base_url(base_url)
//!     .application("key")
//!     .http_client(http)
//!     .retry(RetryPolicy::never())
//!     .build()?;
//! client.generate_tokens().send().await?;
//! # mock.assert();
//! # Ok(())
//! # }
//! ```
//!
//! Turn redirects and retries off, as here: a redirect would send the application key to another host, and a retry could
//! mint tokens twice. [`ClientBuilder::http_client`](crate::ClientBuilder::http_client) says what else changes.
//!
//! # Serve several brands
//!
//! Each brand is an application of the API with a key of its own. Build one client, and make a view for each brand: views
//! share connections, settings and hooks. Brands on different servers need a client each.
//!
//! ```
//! use std::collections::HashMap;
//! use par_ordering::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use par_ordering::httpmock::{MockServer, MockServerExt as _};
//! # let server = MockServer::start_async().await;
//! # let mock = server.generate_tokens(|when, then| {
//! #     when.application("key of the burger brand").bearer_token("a customer");
//! #     then.ok_documented();
//! # });
//!
//! let client = Client::builder().base_url(server.base_url()).build()?;
//! let brands = HashMap::from([
//!     ("burger", client.with_application("key of the burger brand")),
//!     ("pizza", client.with_application("key of the pizza brand")),
//! ]);
//!
//! let customer = brands["burger"].for_customer("a customer");
//! customer.generate_tokens().send().await?;
//! # mock.assert();
//! # Ok(())
//! # }
//! ```
