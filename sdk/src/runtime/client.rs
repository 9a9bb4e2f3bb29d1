//! The client: what all calls share, and views of it for calls that differ.

pub(crate) mod authorization;
pub(crate) mod base_url;
pub(crate) mod builder;
pub(crate) mod customer;
pub(crate) mod header_value;
pub(crate) mod resolver;
pub(crate) mod settings;
pub(crate) mod unknown_environment;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderValue;

use crate::runtime::Text;
use crate::runtime::call::extra::Extra;
use crate::runtime::call::hook::Hooks;
use crate::runtime::call::raw_request::RawRequest;
use crate::runtime::client::base_url::BaseUrl;
use crate::runtime::client::builder::{BuildError, ClientBuilder};
use crate::runtime::client::customer::Customer;
use crate::runtime::client::settings::{Given, Settings};
use crate::runtime::retry::RetryPolicy;
use crate::runtime::retry::budget::RetryBudget;

/// A client of the API, with one method for each operation.
///
/// Cloning it is cheap, and clones share one pool of connections. So do its views, which
/// [`for_customer`](Self::for_customer), [`with_deadline`](Self::with_deadline), [`with_retry`](Self::with_retry),
/// [`with_header`](Self::with_header) and [`with_query`](Self::with_query) return. Views can be combined.
///
/// ```
/// use std::time::Duration;
/// use par_ordering::{Client, RetryPolicy};
///
/// let client = Client::builder()
///     .base_url("https://api.example.com")
///     .application("key")
///     .build()?;
/// let customer = client.for_customer("the-customers-token");
/// let impatient = customer
///     .with_deadline(Duration::from_secs(3))
///     .with_retry(RetryPolicy::never());
/// let call = impatient.generate_tokens();
/// # Ok::<(), par_ordering::BuildError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
    view: Arc<View>,
}

/// What views of a client differ in.
#[derive(Clone, Debug)]
struct View {
    settings: Settings,
    customer: Option<Customer>,
    deadline: Option<Duration>,
    retry: Option<RetryPolicy>,
    extra: Option<Extra>,
}

/// What all views of a client share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) http: Http,
    pub(crate) base_url: BaseUrl,
    pub(crate) deadline: Duration,
    pub(crate) max_body: usize,
    pub(crate) max_request_body: usize,
    pub(crate) retry: RetryPolicy,
    pub(crate) retry_budget: RetryBudget,
    pub(crate) user_agent: HeaderValue,
    pub(crate) hooks: Hooks,
}

/// The HTTP client. Its `Debug` shows nothing: a client of the caller may contain credentials.
#[derive(Clone)]
pub(crate) struct Http {
    pub(crate) client: reqwest::Client,
    /// Whether we built it, so that it neither follows redirects nor repeats anything.
    pub(crate) is_ours: bool,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Http")
    }
}

impl Client {
    /// Returns a builder. It needs a [server](ClientBuilder::base_url) and an [application
    /// key](ClientBuilder::application), unless each call has a key of its own.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Returns a client that is configured by environment variables, as [`ClientBuilder::from_env`] reads them.
    ///
    /// # Errors
    ///
    /// A variable has a value that can't be used, or the server or the application key is missing. The message names
    /// the variable. To set the missing part in code, begin with [`ClientBuilder::from_env`].
    pub fn from_env() -> Result<Self, BuildError> {
        ClientBuilder::from_env()?.build()
    }

    /// Returns a view whose calls send the token of that customer as `Authorization: Bearer …`.
    ///
    /// A text is a fixed token, with or without the word `Bearer` before it. A [`Customer`] with a provider renews
    /// the token when it has expired. A token that can't be sent in a header, or that is only white space, fails each
    /// call as an [invalid request](crate::ErrorKind::InvalidRequest).
    ///
    /// Source: the reference page marks the header as optional; the guides expect it.
    #[must_use]
    pub fn for_customer(&self, customer: impl Into<Customer>) -> Self {
        let customer = customer.into();
        self.with(|view| view.customer = Some(customer))
    }

    /// Returns a view whose calls take this long at most, instead of [`ClientBuilder::deadline`]. A call that takes
    /// longer fails as [`DeadlineExceeded`](crate::ErrorKind::DeadlineExceeded).
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        self.with(|view| view.deadline = Some(deadline))
    }

    /// Returns a view whose calls are repeated as `policy` says.
    #[must_use]
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        self.with(|view| view.retry = Some(policy))
    }

    /// Returns a view whose calls also send this header, such as `traceparent`. It replaces a header of the same name
    /// that was added before.
    ///
    /// The value is treated as a secret: nothing prints it. Each call fails as an [invalid
    /// request](crate::ErrorKind::InvalidRequest), before anything is sent, if the operation, the client or the HTTP
    /// stack sets a header of that name, or if the header can't be sent.
    #[must_use]
    pub fn with_header(&self, name: impl AsRef<str>, value: impl Into<Text>) -> Self {
        let mut client = self.clone();
        client.add_header(name.as_ref(), value.into());
        client
    }

    /// Returns a view whose calls also send this query parameter. It does not replace another one of the same name.
    ///
    /// The value is treated as a secret: nothing prints it. Each call fails as an [invalid
    /// request](crate::ErrorKind::InvalidRequest), before anything is sent, if the operation declares a parameter of
    /// that name, or if it is a credential.
    #[must_use]
    pub fn with_query(&self, name: impl AsRef<str>, value: impl Into<Text>) -> Self {
        let mut client = self.clone();
        client.add_query(name.as_ref(), value.into());
        client
    }

    /// Begins a call that is not in the specification. It has the settings, the deadline and the limits of this
    /// client, and sends the customer's token in a [view of a customer](Self::for_customer).
    ///
    /// The path is below the base URL and begins with `/`. A path that could lead elsewhere fails the call as an
    /// [invalid request](crate::ErrorKind::InvalidRequest): the address of another server, an empty segment, `.` and
    /// `..`, encoded or not, a query. So does a method other than `GET`, `POST`, `PUT`, `PATCH`, `DELETE`, `HEAD` and
    /// `OPTIONS`.
    ///
    /// Any status is a success, also that of a redirect, which is not followed. The client does not know what such a
    /// call does, so it repeats the call only if nothing reached the server, whatever the [policy](Self::with_retry).
    /// A 401 does not renew the token.
    ///
    /// ```
    /// # use httpmock::MockServer;
    /// # let server = MockServer::start();
    /// # server.mock(|when, then| {
    /// #     when.path("/loyalty/points").query_param("view", "full").header("x-region", "north");
    /// #     then.status(409).body(r#"{"points":7}"#);
    /// # });
    /// use par_ordering::{Client, Method};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Points {
    ///     points: u32,
    /// }
    ///
    /// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let answer = client
    ///     .for_customer("the-customers-token")
    ///     .request(Method::POST, "/loyalty/points")
    ///     .query("view", "full")
    ///     .header("x-region", "north")
    ///     .json(&["milk", "coffee"])
    ///     .send()
    ///     .await?;
    /// assert_eq!(answer.status(), 409);
    /// assert!(answer.bytes().starts_with(b"{"));
    /// assert_eq!(answer.json::<Points>()?.points, 7);
    /// assert_eq!(answer.operation_id(), "request");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn request(&self, method: Method, path: impl Into<String>) -> RawRequest {
        RawRequest::new(self.clone(), method, path.into())
    }

    /// Whatever the policy, a call is repeated only if nothing of it reached the server.
    pub(crate) fn repeat_only_what_was_never_sent(&mut self) {
        let policy = self.retry().only_what_was_never_sent();
        self.view_mut().retry = Some(policy);
    }

    pub(crate) fn add_header(&mut self, name: &str, value: Text) {
        let extra = &mut self.view_mut().extra;
        extra.get_or_insert_default().header(name, value);
    }

    pub(crate) fn add_query(&mut self, name: &str, value: Text) {
        let extra = &mut self.view_mut().extra;
        extra.get_or_insert_default().query(name, value);
    }

    /// What its calls send in addition.
    pub(crate) fn extra(&self) -> Option<&Extra> {
        self.view.extra.as_ref()
    }

    /// A view of this client with another value for a setting.
    pub(crate) fn with_setting(&self, index: usize, given: Given) -> Self {
        self.with(|view| view.settings.set(index, given))
    }

    fn with(&self, change: impl FnOnce(&mut View)) -> Self {
        let mut client = self.clone();
        change(client.view_mut());
        client
    }

    fn view_mut(&mut self) -> &mut View {
        Arc::make_mut(&mut self.view)
    }

    pub(crate) fn new(shared: Shared, settings: Settings) -> Self {
        Self {
            shared: Arc::new(shared),
            view: Arc::new(View {
                settings,
                customer: None,
                deadline: None,
                retry: None,
                extra: None,
            }),
        }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.view.settings
    }

    pub(crate) fn customer(&self) -> Option<&Customer> {
        self.view.customer.as_ref()
    }

    pub(crate) fn retry(&self) -> &RetryPolicy {
        self.view.retry.as_ref().unwrap_or(&self.shared.retry)
    }

    /// How long a call may take in all.
    pub(crate) fn deadline(&self) -> Duration {
        self.view.deadline.unwrap_or(self.shared.deadline)
    }
}
