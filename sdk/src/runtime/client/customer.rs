//! For which customer a call is made: a fixed token, or a provider that renews the token.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

use reqwest::header::HeaderValue;
use tokio::sync::Mutex;

use crate::runtime::client::authorization::{authorization, bare};
use crate::runtime::client::header_value::InvalidHeader;
use crate::runtime::contain::{Panicked, contain};
use crate::runtime::secret::Secret;

/// Why a provider has no token. It becomes the source of the call's error.
pub type ProviderError = Box<dyn std::error::Error + Send + Sync>;

/// Returns the token of one customer, and renews it when the server no longer accepts it.
///
/// If `refresh` calls the API, make it use a client without a customer: such a call asks no provider, and so can't
/// wait for the renewal that it is part of. The [recipes](crate::recipes#renew-a-token) show that.
///
/// ```
/// # use par_ordering::httpmock::{MockServer, MockServerExt as _};
/// # let server = MockServer::start();
/// # server.generate_tokens(|when, then| {
/// #     when.bearer_token("expired");
/// #     then.unauthorized_illustrative();
/// # });
/// # server.generate_tokens(|when, then| {
/// #     when.bearer_token("renewed");
/// #     then.ok_documented();
/// # });
/// use std::sync::Mutex;
/// use par_ordering::{Client, Customer};
/// use par_ordering::{ProviderError, Secret, TokenProvider};
///
/// struct Session {
///     token: Mutex<Secret>,
/// }
///
/// impl TokenProvider for Session {
///     async fn token(&self) -> Result<Secret, ProviderError> {
///         Ok(self.token.lock().map_err(|_| "poisoned")?.clone())
///     }
///
///     async fn refresh(
///         &self,
///         _rejected: &Secret,
///     ) -> Result<Secret, ProviderError> {
///         let renewed = Secret::from("renewed"); // your login service
///         *self.token.lock().map_err(|_| "poisoned")? = renewed.clone();
///         Ok(renewed)
///     }
/// }
///
/// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let session = Session { token: Mutex::new("expired".into()) };
/// let customer = client.for_customer(Customer::provided_by(session));
/// let response = customer.generate_tokens().send().await?;
/// assert_eq!(response.attempts(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// For a provider whose type is known only at run time there is [`DynTokenProvider`].
pub trait TokenProvider: Send + Sync + 'static {
    /// Returns the token to send. It is called once for each call, so it should be quick.
    fn token(&self) -> impl Future<Output = Result<Secret, ProviderError>> + Send;

    /// Returns a new token, after the server answered 401 to `rejected`, which comes without the word `Bearer`.
    ///
    /// It is called once for all calls that get the same 401 at the same time. If the call that waits for it is dropped,
    /// another call calls it again.
    fn refresh(
        &self,
        rejected: &Secret,
    ) -> impl Future<Output = Result<Secret, ProviderError>> + Send;
}

impl<P: TokenProvider + ?Sized> TokenProvider for Arc<P> {
    fn token(&self) -> impl Future<Output = Result<Secret, ProviderError>> + Send {
        P::token(self)
    }

    fn refresh(
        &self,
        rejected: &Secret,
    ) -> impl Future<Output = Result<Secret, ProviderError>> + Send {
        P::refresh(self, rejected)
    }
}

impl<P: TokenProvider + ?Sized> TokenProvider for Box<P> {
    fn token(&self) -> impl Future<Output = Result<Secret, ProviderError>> + Send {
        P::token(self)
    }

    fn refresh(
        &self,
        rejected: &Secret,
    ) -> impl Future<Output = Result<Secret, ProviderError>> + Send {
        P::refresh(self, rejected)
    }
}

type Providing<'a> = Pin<Box<dyn Future<Output = Result<Secret, ProviderError>> + Send + 'a>>;

/// A [`TokenProvider`] as a trait object. Every provider implements it, and a `Box` or an `Arc` of it is a provider.
///
/// ```
/// # use par_ordering::{Client, ProviderError, Secret};
/// use par_ordering::{DynTokenProvider, TokenProvider};
/// # struct Login;
/// # impl TokenProvider for Login {
/// #     async fn token(&self) -> Result<Secret, ProviderError> { Ok("token".into()) }
/// #     async fn refresh(&self, _: &Secret) -> Result<Secret, ProviderError> { Ok("token".into()) }
/// # }
/// # struct Kiosk;
/// # impl TokenProvider for Kiosk {
/// #     async fn token(&self) -> Result<Secret, ProviderError> { Ok("token".into()) }
/// #     async fn refresh(&self, _: &Secret) -> Result<Secret, ProviderError> { Ok("token".into()) }
/// # }
///
/// fn provider(is_kiosk: bool) -> Box<dyn DynTokenProvider> {
///     if is_kiosk { Box::new(Kiosk) } else { Box::new(Login) }
/// }
///
/// # let client = Client::builder().base_url("http://127.0.0.1:1").application("key").build()?;
/// let calls_of_the_customer = client.for_customer(provider(true));
/// # Ok::<(), par_ordering::BuildError>(())
/// ```
pub trait DynTokenProvider: Send + Sync + 'static {
    /// [`TokenProvider::token`].
    fn dyn_token(&self) -> Providing<'_>;

    /// [`TokenProvider::refresh`].
    fn dyn_refresh<'a>(&'a self, rejected: &'a Secret) -> Providing<'a>;
}

impl<P: TokenProvider> DynTokenProvider for P {
    fn dyn_token(&self) -> Providing<'_> {
        // Called within the future, so that a panic of the call itself is caught too.
        Box::pin(async move { self.token().await })
    }

    fn dyn_refresh<'a>(&'a self, rejected: &'a Secret) -> Providing<'a> {
        Box::pin(async move { self.refresh(rejected).await })
    }
}

impl TokenProvider for dyn DynTokenProvider {
    async fn token(&self) -> Result<Secret, ProviderError> {
        self.dyn_token().await
    }

    async fn refresh(&self, rejected: &Secret) -> Result<Secret, ProviderError> {
        self.dyn_refresh(rejected).await
    }
}

/// The customer of a call: a fixed token, or a [provider](Self::provided_by) of tokens.
///
/// After a 401, which mints nothing, the client asks the provider for a new token and repeats the call, once. Clones
/// share the provider and its renewal.
#[derive(Clone)]
pub struct Customer(Source);

/// Where the token of a customer comes from.
#[derive(Clone)]
pub(crate) enum Source {
    /// The header that every call sends, or why it can't be built.
    Fixed(Result<HeaderValue, InvalidHeader>),
    Provided(Arc<Provided>),
}

/// A provider, and the result of its last renewal.
pub(crate) struct Provided {
    provider: Box<dyn DynTokenProvider>,
    /// Held while a token is renewed.
    last: Mutex<Option<Renewal>>,
    /// How many renewals have ended.
    ended: AtomicU64,
}

/// A renewal that has ended.
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
    /// Returns a customer whose token comes from a provider. [`TokenProvider`] has an example. If the provider fails,
    /// the call fails as [`Credentials`](crate::ErrorKind::Credentials).
    #[must_use]
    pub fn provided_by(provider: impl TokenProvider) -> Self {
        Self(Source::Provided(Arc::new(Provided {
            provider: Box::new(provider),
            last: Mutex::default(),
            ended: AtomicU64::new(0),
        })))
    }

    pub(crate) fn source(&self) -> &Source {
        &self.0
    }

    /// The provider, unless the token is fixed.
    pub(crate) fn provided(&self) -> Option<&Provided> {
        match &self.0 {
            Source::Fixed(_) => None,
            Source::Provided(provided) => Some(provided),
        }
    }
}

impl Provided {
    pub(crate) async fn token(&self) -> Result<Secret, ProviderFailure> {
        without_panicking(self.provider.dyn_token()).await
    }

    /// Forgets a renewed token that was rejected too, so that the provider is asked again.
    pub(crate) async fn forget(&self, rejected: &Secret) {
        let mut last = self.last.lock().await;
        let is_last = |renewal: &Renewal| {
            renewal
                .outcome
                .as_ref()
                .is_ok_and(|token| same(token, rejected))
        };
        if last.as_ref().is_some_and(is_last) {
            *last = None;
        }
    }

    /// Returns a token that replaces a rejected one.
    pub(crate) async fn refresh(&self, rejected: &Secret) -> Result<Secret, ProviderFailure> {
        let ended_before = self.ended.load(Ordering::SeqCst);
        // If the call that has the lock is dropped, the next one gets it: nothing is lost.
        let mut last = self.last.lock().await;
        if let Some(renewal) = &*last
            && same(&renewal.rejected, rejected)
        {
            let ended_meanwhile = self.ended.load(Ordering::SeqCst) != ended_before;
            match &renewal.outcome {
                Ok(token) => return Ok(token.clone()),
                // All calls that waited for it share a failure. A later call may try again.
                Err(failure) if ended_meanwhile => return Err(failure.clone()),
                Err(_) => {}
            }
        }
        let current = self.token().await;
        let outcome = match current {
            Ok(token) if !same(&token, rejected) => Ok(token),
            _ => without_panicking(self.provider.dyn_refresh(rejected)).await,
        };
        *last = Some(Renewal {
            rejected: rejected.clone(),
            outcome: outcome.clone(),
        });
        self.ended.fetch_add(1, Ordering::SeqCst);
        outcome
    }
}

/// Whether two tokens are sent in the same way.
fn same(one: &Secret, other: &Secret) -> bool {
    bare(one.expose_secret()) == bare(other.expose_secret())
}

async fn without_panicking(mut work: Providing<'_>) -> Result<Secret, ProviderFailure> {
    let outcome = std::future::poll_fn(|context| {
        let polled = contain(|| work.as_mut().poll(context));
        polled.map_or_else(|panicked| Poll::Ready(Err(panicked)), |poll| poll.map(Ok))
    })
    .await;
    // The values in the future belong to the provider, and may panic when they are dropped.
    contain(|| drop(work))?;
    outcome?.map_err(|error| ProviderFailure::Failed(Arc::from(error)))
}

impl From<Panicked> for ProviderFailure {
    fn from(_: Panicked) -> Self {
        Self::Panicked
    }
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::Fixed(_) => "Customer([redacted])",
            Source::Provided(_) => "Customer(provided)",
        })
    }
}

/// A customer with a provider, as by [`Customer::provided_by`].
impl<P: TokenProvider> From<P> for Customer {
    fn from(provider: P) -> Self {
        Self::provided_by(provider)
    }
}

impl From<Secret> for Customer {
    fn from(token: Secret) -> Self {
        Self(Source::Fixed(authorization(&token)))
    }
}

impl From<String> for Customer {
    fn from(token: String) -> Self {
        Secret::from(token).into()
    }
}

impl From<&Secret> for Customer {
    fn from(token: &Secret) -> Self {
        token.clone().into()
    }
}

impl From<&String> for Customer {
    fn from(token: &String) -> Self {
        token.as_str().into()
    }
}

impl From<&str> for Customer {
    fn from(token: &str) -> Self {
        Secret::from(token).into()
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::atomic::AtomicUsize;

    use tokio::sync::Semaphore;

    use super::*;

    /// Renews `old` into `new`, once for each permit, and counts how often it is asked.
    struct Login {
        renewals: AtomicUsize,
        permits: Arc<Semaphore>,
        outcome: fn(usize) -> Result<Secret, ProviderError>,
        /// The token that it returns at first.
        current: &'static str,
    }

    impl TokenProvider for Login {
        async fn token(&self) -> Result<Secret, ProviderError> {
            Ok(self.current.into())
        }

        async fn refresh(&self, _: &Secret) -> Result<Secret, ProviderError> {
            let count = self.renewals.fetch_add(1, Ordering::SeqCst) + 1;
            self.permits.acquire().await?.forget();
            (self.outcome)(count)
        }
    }

    fn login(
        permits: usize,
        current: &'static str,
        outcome: fn(usize) -> Result<Secret, ProviderError>,
    ) -> (Arc<Login>, Customer) {
        let login = Arc::new(Login {
            renewals: AtomicUsize::new(0),
            permits: Arc::new(Semaphore::new(permits)),
            outcome,
            current,
        });
        (Arc::clone(&login), Customer::provided_by(login))
    }

    fn succeed(count: usize) -> Result<Secret, ProviderError> {
        Ok(format!("new {count}").into())
    }

    async fn refresh(customer: &Customer) -> Result<String, ProviderFailure> {
        let provided = customer.provided().unwrap();
        let renewed = provided.refresh(&"old".into()).await;
        renewed.map(|token| token.expose_secret().to_owned())
    }

    #[test]
    fn a_fixed_token_is_not_renewed() {
        let customer = Customer::from("fixed");
        assert!(customer.provided().is_none());
        let Source::Fixed(authorization) = customer.source() else {
            panic!("it is fixed");
        };
        assert_eq!(authorization.as_ref().unwrap(), "Bearer fixed");
        assert_eq!(format!("{customer:?}"), "Customer([redacted])");
    }

    #[tokio::test]
    async fn all_who_meet_the_same_rejected_token_share_one_renewal() {
        let (login, customer) = login(100, "old", succeed);
        let calls: Vec<_> = (0..100)
            .map(|_| {
                let customer = customer.clone();
                tokio::spawn(async move { refresh(&customer).await })
            })
            .collect();
        for call in calls {
            assert!(call.await.unwrap().is_ok_and(|token| token == "new 1"));
        }
        // Also a call that comes later, although this provider still returns the old token.
        assert!(refresh(&customer).await.is_ok_and(|token| token == "new 1"));
        assert_eq!(login.renewals.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_renewed_token_that_is_rejected_in_its_turn_is_renewed_again() {
        let (login, customer) = login(100, "old", succeed);
        assert!(refresh(&customer).await.is_ok_and(|token| token == "new 1"));
        let provided = customer.provided().unwrap();
        provided.forget(&"another".into()).await;
        assert!(refresh(&customer).await.is_ok_and(|token| token == "new 1"));
        provided.forget(&"new 1".into()).await;
        assert!(refresh(&customer).await.is_ok_and(|token| token == "new 2"));
        assert_eq!(login.renewals.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_token_that_was_renewed_elsewhere_is_taken_without_asking() {
        let (login, customer) = login(0, "renewed elsewhere", succeed);
        assert!(
            refresh(&customer)
                .await
                .is_ok_and(|token| token == "renewed elsewhere")
        );
        assert_eq!(login.renewals.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn a_waiter_takes_over_when_the_leading_call_is_dropped() {
        let (login, customer) = login(0, "old", succeed);
        let leading = tokio::spawn({
            let customer = customer.clone();
            async move { refresh(&customer).await }
        });
        while login.renewals.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        let waiting = tokio::spawn(async move { refresh(&customer).await });
        tokio::task::yield_now().await;
        leading.abort();
        assert!(leading.await.is_err_and(|error| error.is_cancelled()));
        login.permits.add_permits(1);
        assert!(waiting.await.unwrap().is_ok_and(|token| token == "new 2"));
    }

    #[tokio::test]
    async fn who_waited_shares_the_failure_and_who_comes_later_tries_again() {
        fn fail_once(count: usize) -> Result<Secret, ProviderError> {
            if count == 1 {
                Err("no".into())
            } else {
                succeed(count)
            }
        }
        let (login, customer) = login(0, "old", fail_once);
        let calls: Vec<_> = (0..10)
            .map(|_| {
                let customer = customer.clone();
                tokio::spawn(async move { refresh(&customer).await })
            })
            .collect();
        // On one thread: after the first call asked and yielded, all of them wait.
        while login.renewals.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        tokio::task::yield_now().await;
        login.permits.add_permits(100);
        for call in calls {
            assert!(matches!(
                call.await.unwrap(),
                Err(ProviderFailure::Failed(_))
            ));
        }
        assert_eq!(login.renewals.load(Ordering::SeqCst), 1);
        assert!(refresh(&customer).await.is_ok_and(|token| token == "new 2"));
    }

    #[tokio::test]
    async fn a_token_that_is_told_with_its_scheme_is_still_the_rejected_one() {
        let (login, customer) = login(1, "Bearer old", succeed);
        assert!(refresh(&customer).await.is_ok_and(|token| token == "new 1"));
        assert_eq!(login.renewals.load(Ordering::SeqCst), 1);
    }

    /// Panics when it is dropped.
    struct Grenade;

    impl Drop for Grenade {
        fn drop(&mut self) {
            panic!("as it was dropped");
        }
    }

    #[tokio::test]
    async fn whatever_of_a_provider_panics_does_not_get_out() {
        struct Throws;
        impl TokenProvider for Throws {
            async fn token(&self) -> Result<Secret, ProviderError> {
                std::panic::panic_any(Grenade)
            }

            async fn refresh(&self, _: &Secret) -> Result<Secret, ProviderError> {
                Ok("new".into())
            }
        }
        /// A future that is done, and that panics when it is dropped.
        struct Done(#[allow(dead_code, reason = "it is dropped")] Grenade);
        impl Future for Done {
            type Output = Result<Secret, ProviderError>;

            fn poll(self: Pin<&mut Self>, _: &mut std::task::Context<'_>) -> Poll<Self::Output> {
                Poll::Ready(Ok("a token".into()))
            }
        }
        struct Holds;
        impl TokenProvider for Holds {
            fn token(&self) -> impl Future<Output = Result<Secret, ProviderError>> + Send {
                Done(Grenade)
            }

            async fn refresh(&self, _: &Secret) -> Result<Secret, ProviderError> {
                Ok("new".into())
            }
        }
        let cases = [
            ("the payload of a panic", Customer::provided_by(Throws)),
            ("the future", Customer::provided_by(Holds)),
        ];
        for (what, customer) in cases {
            let told = customer.provided().unwrap().token().await;
            assert!(matches!(told, Err(ProviderFailure::Panicked)), "{what}");
        }
    }

    #[tokio::test]
    async fn a_provider_whose_type_is_forgotten_is_one() {
        let forgotten: [Customer; 4] = [
            login(1, "old", succeed).0.into(),
            (Box::new(login(1, "old", succeed).0) as Box<dyn DynTokenProvider>).into(),
            (Arc::new(login(1, "old", succeed).0) as Arc<dyn DynTokenProvider>).into(),
            Customer::provided_by(Box::new(Arc::new(login(1, "old", succeed).0))),
        ];
        for customer in forgotten {
            let told = customer.provided().unwrap().token().await;
            assert!(told.is_ok_and(|token| token == Secret::from("old")));
            assert!(refresh(&customer).await.is_ok_and(|token| token == "new 1"));
        }
    }

    #[tokio::test]
    async fn a_provider_that_panics_is_a_failure_and_can_be_asked_again() {
        struct Panics;
        impl TokenProvider for Panics {
            async fn token(&self) -> Result<Secret, ProviderError> {
                panic!("in the future")
            }

            #[allow(
                clippy::manual_async_fn,
                reason = "the call itself is to panic, not its future"
            )]
            fn refresh(
                &self,
                _: &Secret,
            ) -> impl Future<Output = Result<Secret, ProviderError>> + Send {
                if true {
                    panic!("before the future");
                }
                pending()
            }
        }
        let customer = Customer::provided_by(Panics);
        assert!(matches!(
            customer.provided().unwrap().token().await,
            Err(ProviderFailure::Panicked)
        ));
        for _ in 0..2 {
            assert!(matches!(
                refresh(&customer).await,
                Err(ProviderFailure::Panicked)
            ));
        }
        assert_eq!(format!("{customer:?}"), "Customer(provided)");
    }
}
