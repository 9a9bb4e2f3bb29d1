//! For which customer a call is made: a fixed token, or one that can be renewed when it has expired.

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

/// Why a provider has no token. The caller's own words: they end up in the source of the call's error.
pub type ProviderError = Box<dyn std::error::Error + Send + Sync>;

/// Tells the token of one customer, and renews it when the server no longer accepts it.
///
/// One that renews through the API itself does so through the plain client, whose calls carry no customer's token and so
/// ask no provider: they neither wait for the renewal nor begin another one.
///
/// ```
/// # use httpmock::MockServer;
/// # let server = MockServer::start();
/// # let renewal = server.mock(|when, then| {
/// #     when.path("/customers/refresh").form_urlencoded_tuple("refresh_token", "of this customer");
/// #     then.status(200).body(r#"{"token":"renewed"}"#);
/// # });
/// # server.mock(|when, then| {
/// #     when.header("authorization", "Bearer expired");
/// #     then.status(401).body(r#"{"code":401}"#);
/// # });
/// # server.mock(|when, then| {
/// #     when.header("authorization", "Bearer renewed");
/// #     then.status(200).body(r#"{"status":"OK","code":200,"data":{"tokens":[]}}"#);
/// # });
/// use std::sync::Mutex;
/// use par_ordering::{Client, Customer, Method, ProviderError, Secret, TokenProvider};
/// use serde::Deserialize;
///
/// /// Keeps the token in memory, and has another one minted for it.
/// struct Login {
///     client: Client, // the plain one
///     refresh_token: Secret,
///     current: Mutex<Secret>,
/// }
///
/// #[derive(Deserialize)]
/// struct Renewed {
///     token: Secret,
/// }
///
/// impl TokenProvider for Login {
///     async fn token(&self) -> Result<Secret, ProviderError> {
///         Ok(self.current.lock().map_err(|_| "the lock is broken")?.clone())
///     }
///
///     async fn refresh(&self, _rejected: &Secret) -> Result<Secret, ProviderError> {
///         let call = self.client.request(Method::POST, "/customers/refresh");
///         let answer = call.form(&[("refresh_token", &self.refresh_token)]).send().await?;
///         if !answer.status().is_success() {
///             return Err(format!("the login service answers {}", answer.status()).into());
///         }
///         let renewed = answer.json::<Renewed>()?.token;
///         *self.current.lock().map_err(|_| "the lock is broken")? = renewed.clone();
///         Ok(renewed)
///     }
/// }
///
/// # let client = Client::builder().base_url(server.base_url()).application("key").build()?;
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let login = Login {
///     client: client.clone(),
///     refresh_token: "of this customer".into(),
///     current: Mutex::new("expired".into()),
/// };
/// let customer = client.for_customer(Customer::provided_by(login));
/// let response = customer.generate_tokens().send().await?;
/// # assert_eq!(response.attempts(), 2);
/// # assert_eq!(renewal.calls(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Where it is not known before run time which provider it is, [`DynTokenProvider`] stands for any.
pub trait TokenProvider: Send + Sync + 'static {
    /// The token to send; asked for once for each call, so it should be at hand.
    fn token(&self) -> impl Future<Output = Result<Secret, ProviderError>> + Send;

    /// A new token in the place of one that the server answered 401 to, which is given as it was sent: without the
    /// word `Bearer`. Asked for once, however many calls met the same 401 at the same time; if the call that asks is
    /// dropped, another one asks again.
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

/// A [`TokenProvider`] whose type is forgotten: every provider is one, and a `Box` or an `Arc` of it is a provider.
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
/// let client = Client::builder().base_url("http://127.0.0.1:1").application("key").build()?;
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
        // Called within the future, so that a panic of the call itself is caught as well.
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

/// For which customer a call is made.
///
/// A text is a fixed token. A [provider](Self::provided_by) can renew it: a 401, which minted nothing, then
/// leads to one refresh and one repetition of the call. Clones share the provider and its refresh.
#[derive(Clone)]
pub struct Customer(Source);

/// Where a customer's token comes from.
#[derive(Clone)]
pub(crate) enum Source {
    /// The header that every call carries, or why none can.
    Fixed(Result<HeaderValue, InvalidHeader>),
    Provided(Arc<Provided>),
}

/// A provider, and what its last renewal came to.
pub(crate) struct Provided {
    provider: Box<dyn DynTokenProvider>,
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
    /// A customer whose token is told, and renewed, by a provider; [`TokenProvider`] has an example. What it
    /// fails with comes back as an error of the kind [`Credentials`](crate::ErrorKind::Credentials).
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

    /// Forgets a renewed token that was rejected in its turn: the provider is to be asked again.
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

    /// A token in the place of a rejected one.
    pub(crate) async fn refresh(&self, rejected: &Secret) -> Result<Secret, ProviderFailure> {
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

/// Whether two tokens are sent as the same.
fn same(one: &Secret, other: &Secret) -> bool {
    bare(one.expose_secret()) == bare(other.expose_secret())
}

async fn without_panicking(mut work: Providing<'_>) -> Result<Secret, ProviderFailure> {
    let outcome = std::future::poll_fn(|context| {
        let polled = contain(|| work.as_mut().poll(context));
        polled.map_or_else(|panicked| Poll::Ready(Err(panicked)), |poll| poll.map(Ok))
    })
    .await;
    // What the future holds is the provider's as well, and may panic as it is dropped.
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

/// A customer whose token the provider tells and renews, as [`Customer::provided_by`] has it.
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

    /// Renews `old` into `new`, as often as permits are given, and counts how often it is asked.
    struct Login {
        renewals: AtomicUsize,
        permits: Arc<Semaphore>,
        outcome: fn(usize) -> Result<Secret, ProviderError>,
        /// What it tells unasked.
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
        // Also who comes when all is over, although this provider still tells the old token.
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
        // On one thread: once the first has asked and yielded, all of them wait.
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

    /// Panics as it is dropped.
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
        /// A future that is done, and not easily got rid of.
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
