//! For which customer a call is made: a fixed token, or one that can be renewed when it has expired.

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

use tokio::sync::Mutex;

use super::secret::Secret;

/// Why a provider has no token. The caller's own words: they end up in the source of the call's error.
pub type ProviderError = Box<dyn std::error::Error + Send + Sync>;

/// Tells the token of one customer, and renews it when the server no longer accepts it.
///
/// ```
/// use std::sync::Mutex;
/// use par_ordering::{Client, Customer, ProviderError, Secret, TokenProvider};
///
/// /// Keeps the token in memory and asks the login service for a new one.
/// struct Login {
///     current: Mutex<Secret>,
/// }
///
/// impl TokenProvider for Login {
///     async fn token(&self) -> Result<Secret, ProviderError> {
///         Ok(self.current.lock().map_err(|_| "the lock is broken")?.clone())
///     }
///
///     async fn refresh(&self, _rejected: &Secret) -> Result<Secret, ProviderError> {
///         let renewed = Secret::from("renewed"); // by another endpoint
///         *self.current.lock().map_err(|_| "the lock is broken")? = renewed.clone();
///         Ok(renewed)
///     }
/// }
///
/// let client = Client::builder().base_url("http://127.0.0.1:1").application("key").build()?;
/// let customer = Customer::provided_by(Login { current: Mutex::new("expired".into()) });
/// let calls_of_the_customer = client.for_customer(customer.clone());
/// # Ok::<(), par_ordering::BuildError>(())
/// ```
pub trait TokenProvider: Send + Sync + 'static {
    /// The token to send; asked for once for each call, so it should be at hand.
    fn token(&self) -> impl Future<Output = Result<Secret, ProviderError>> + Send;

    /// A new token in the place of one that the server answered 401 to. Asked for once, however many calls
    /// met the same 401 at the same time; if the call that asks is dropped, another one asks again.
    fn refresh(
        &self,
        rejected: &Secret,
    ) -> impl Future<Output = Result<Secret, ProviderError>> + Send;
}

/// For which customer a call is made.
///
/// A text is a fixed token. A [provider](Self::provided_by) can renew it: a 401, which minted nothing, then
/// leads to one refresh and one repetition of the call. Clones share the provider and its refresh.
#[derive(Clone)]
pub struct Customer(Source);

#[derive(Clone)]
enum Source {
    Fixed(Secret),
    Provided(Arc<Provided>),
}

struct Provided {
    provider: Box<dyn AnyProvider>,
    /// Held while a token is renewed.
    last: Mutex<Option<Renewal>>,
    /// How many renewals have come to an end.
    ended: AtomicU64,
}

/// A renewal that came to an end.
struct Renewal {
    rejected: Secret,
    outcome: Result<Secret, ProviderFailure>,
}

/// Why there is no token.
#[derive(Clone)]
pub(crate) enum ProviderFailure {
    Failed(Arc<dyn std::error::Error + Send + Sync>),
    Panicked,
}

impl Customer {
    /// A customer whose token is told, and renewed, by a provider.
    #[must_use]
    pub fn provided_by(provider: impl TokenProvider) -> Self {
        Self(Source::Provided(Arc::new(Provided {
            provider: Box::new(provider),
            last: Mutex::default(),
            ended: AtomicU64::new(0),
        })))
    }

    pub(crate) async fn token(&self) -> Result<Secret, ProviderFailure> {
        match &self.0 {
            Source::Fixed(token) => Ok(token.clone()),
            Source::Provided(provided) => without_panicking(provided.provider.token()).await,
        }
    }

    /// A token in the place of a rejected one; `None` if a fixed token was rejected.
    pub(crate) async fn refresh(
        &self,
        rejected: &Secret,
    ) -> Option<Result<Secret, ProviderFailure>> {
        match &self.0 {
            Source::Fixed(_) => None,
            Source::Provided(provided) => Some(provided.refresh(rejected).await),
        }
    }
}

impl Provided {
    async fn refresh(&self, rejected: &Secret) -> Result<Secret, ProviderFailure> {
        let ended_before = self.ended.load(Ordering::SeqCst);
        // Dropping the call that holds the lock lets the next one in: nothing is lost with it.
        let mut last = self.last.lock().await;
        if let Some(renewal) = &*last
            && same(&renewal.rejected, rejected)
        {
            let ended_meanwhile = self.ended.load(Ordering::SeqCst) != ended_before;
            match &renewal.outcome {
                Ok(token) => return Ok(token.clone()),
                // A failure is shared by those who waited for it. Who comes later may try again.
                Err(failure) if ended_meanwhile => return Err(failure.clone()),
                Err(_) => {}
            }
        }
        let current = without_panicking(self.provider.token()).await;
        let outcome = match current {
            Ok(token) if !same(&token, rejected) => Ok(token),
            _ => without_panicking(self.provider.refresh(rejected)).await,
        };
        *last = Some(Renewal {
            rejected: rejected.clone(),
            outcome: outcome.clone(),
        });
        self.ended.fetch_add(1, Ordering::SeqCst);
        outcome
    }
}

fn same(one: &Secret, other: &Secret) -> bool {
    one.expose_secret() == other.expose_secret()
}

type Providing<'a> = Pin<Box<dyn Future<Output = Result<Secret, ProviderError>> + Send + 'a>>;

/// A provider whose type is forgotten.
trait AnyProvider: Send + Sync {
    fn token(&self) -> Providing<'_>;
    fn refresh<'a>(&'a self, rejected: &'a Secret) -> Providing<'a>;
}

impl<P: TokenProvider> AnyProvider for P {
    fn token(&self) -> Providing<'_> {
        // Called within the future, so that a panic of the call itself is caught as well.
        Box::pin(async move { TokenProvider::token(self).await })
    }

    fn refresh<'a>(&'a self, rejected: &'a Secret) -> Providing<'a> {
        Box::pin(async move { TokenProvider::refresh(self, rejected).await })
    }
}

async fn without_panicking(work: Providing<'_>) -> Result<Secret, ProviderFailure> {
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        // After a panic the future is dropped and never polled again.
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(Ok(token))) => Poll::Ready(Ok(token)),
            Ok(Poll::Ready(Err(error))) => {
                Poll::Ready(Err(ProviderFailure::Failed(Arc::from(error))))
            }
            Err(_) => Poll::Ready(Err(ProviderFailure::Panicked)),
        }
    })
    .await
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::Fixed(_) => "Customer([redacted])",
            Source::Provided(_) => "Customer(provided)",
        })
    }
}

impl From<Secret> for Customer {
    fn from(token: Secret) -> Self {
        Self(Source::Fixed(token))
    }
}

impl From<String> for Customer {
    fn from(token: String) -> Self {
        Secret::from(token).into()
    }
}

impl From<&str> for Customer {
    fn from(token: &str) -> Self {
        Secret::from(token).into()
    }
}
