//! The client: what all calls have in common, and views of it for calls that differ.

pub(crate) mod authorization;
pub(crate) mod base_url;
pub(crate) mod builder;
pub(crate) mod customer;
pub(crate) mod header_value;
pub(crate) mod resolver;
pub(crate) mod settings;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;

use crate::runtime::client::base_url::BaseUrl;
use crate::runtime::client::builder::{BuildError, ClientBuilder};
use crate::runtime::client::customer::Customer;
use crate::runtime::client::settings::{Given, Settings};
use crate::runtime::retry::RetryPolicy;
use crate::runtime::retry::budget::RetryBudget;

/// A client of the API, with one method for each operation.
///
/// Cloning it is cheap, and clones share one pool of connections. So do its views: the client that
/// [`for_customer`](Self::for_customer), [`with_deadline`](Self::with_deadline) and [`with_retry`](Self::with_retry)
/// return; they can be combined.
///
/// ```
/// use std::time::Duration;
/// use par_ordering::{Client, RetryPolicy};
///
/// let client = Client::builder().base_url("https://api.example.com").application("key").build()?;
/// let customer = client.for_customer("the-customers-token");
/// let hurried = customer.with_deadline(Duration::from_secs(3)).with_retry(RetryPolicy::never());
/// let call = hurried.generate_tokens();
/// # Ok::<(), par_ordering::BuildError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
    settings: Settings,
    customer: Option<Customer>,
    deadline: Option<Duration>,
    retry: Option<RetryPolicy>,
}

/// What the views of one client have in common.
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
}

/// The HTTP client. Its `Debug` says nothing: a caller's own client may hold credentials.
#[derive(Clone)]
pub(crate) struct Http {
    pub(crate) client: reqwest::Client,
    /// Whether it was made here, and so neither follows redirects nor tries again by itself.
    pub(crate) is_ours: bool,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Http")
    }
}

impl Client {
    /// Begins to configure a client: it needs a [server](ClientBuilder::base_url) and, unless each call names it,
    /// an [application key](ClientBuilder::application).
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client configured by environment variables, as [`ClientBuilder::from_env`] reads them.
    ///
    /// # Errors
    ///
    /// A variable has a value that can't be used, or no server is named.
    pub fn from_env() -> Result<Self, BuildError> {
        ClientBuilder::from_env()?.build()
    }

    /// A view of this client, on the same connections, whose calls carry that customer's token as
    /// `Authorization: Bearer …` (reference page: optional; guides: expected).
    ///
    /// A text is a fixed token; the word `Bearer` before it, should it have been copied with it, is left out. One that
    /// can't be sent in a header is refused by the call, and so is white space alone. A [`Customer`] with a provider renews the token when it has expired.
    #[must_use]
    pub fn for_customer(&self, customer: impl Into<Customer>) -> Self {
        Self {
            customer: Some(customer.into()),
            ..self.clone()
        }
    }

    /// A view of this client, on the same connections, whose calls take no longer than that in all, whatever
    /// [`ClientBuilder::deadline`] says. A call that does fails as
    /// [`DeadlineExceeded`](crate::ErrorKind::DeadlineExceeded).
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        Self {
            deadline: Some(deadline),
            ..self.clone()
        }
    }

    /// A view of this client, on the same connections, whose calls are tried again as `policy` says.
    #[must_use]
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        Self {
            retry: Some(policy),
            ..self.clone()
        }
    }

    /// A view of this client with another value for a setting.
    #[allow(dead_code, reason = "a specification may name no setting")]
    pub(crate) fn with_setting(&self, index: usize, given: Given) -> Self {
        let mut view = self.clone();
        view.settings.set(index, given);
        view
    }

    pub(crate) fn new(shared: Shared, settings: Settings) -> Self {
        Self {
            shared: Arc::new(shared),
            settings,
            customer: None,
            deadline: None,
            retry: None,
        }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn customer(&self) -> Option<&Customer> {
        self.customer.as_ref()
    }

    pub(crate) fn retry(&self) -> &RetryPolicy {
        self.retry.as_ref().unwrap_or(&self.shared.retry)
    }

    /// How long a call may take in all.
    pub(crate) fn deadline(&self) -> Duration {
        self.deadline.unwrap_or(self.shared.deadline)
    }
}
