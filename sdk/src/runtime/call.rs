//! One call: what is known from its start, and what every request of it gets.

pub(crate) mod argument;
pub(crate) mod attempts;
pub(crate) mod check;
mod events;
pub(crate) mod extra;
pub(crate) mod form;
mod headers;
pub mod hook;
#[cfg(feature = "httpmock")]
pub(crate) mod json;
pub(crate) mod null;
pub(crate) mod operation;
pub(crate) mod parameter;
pub(crate) mod path;
pub(crate) mod raw_request;
pub(crate) mod request;
pub(crate) mod telemetry;
mod time_limit;
pub(crate) mod transport;

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use tokio::time::Instant;
use uuid::Uuid;

use crate::runtime::call::attempts::Attempts;
use crate::runtime::call::events::Events;
use crate::runtime::call::operation::{Credential, Operation};
use crate::runtime::call::path::has_shape_of;
use crate::runtime::call::request::{Request, RequestBuilder};
use crate::runtime::call::time_limit::within;
use crate::runtime::client::authorization::{authorization, token_in};
use crate::runtime::client::customer::{Customer, Provided, ProviderFailure};
use crate::runtime::client::{Client, Shared};
use crate::runtime::error::Error;
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::response::raw::RawResponse;
use crate::runtime::response::{OfCall, Response, ResponseValue};
use crate::runtime::secret::Secret;
use crate::runtime::secret::credentials::Credentials;

/// The answer to come.
type Answering<'a> = Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send + 'a>>;

/// One call of an operation.
pub(crate) struct Call<'a> {
    settings: &'a Client,
    operation: &'static Operation,
    request_id: Arc<str>,
    /// `None` if it is later than an `Instant` can express.
    deadline: Option<Instant>,
    attempts: AtomicU32,
    /// Whether a repeated attempt may have had an effect.
    may_have_had_effect: AtomicBool,
    events: Events<'a>,
}

impl<'a> Call<'a> {
    pub(crate) fn begin(
        settings: &'a Client,
        operation: &'static Operation,
        request_id: Option<String>,
    ) -> Self {
        let shared = settings.shared();
        let request_id = request_id.map_or_else(new_request_id, Arc::from);
        let (base_url, hooks) = (&shared.base_url, &shared.hooks);
        Self {
            events: Events::of_call(operation, base_url, hooks, Arc::clone(&request_id)),
            settings,
            operation,
            request_id,
            deadline: Instant::now().checked_add(settings.deadline()),
            attempts: AtomicU32::new(0),
            may_have_had_effect: AtomicBool::new(false),
        }
    }

    /// Reports the start of the call and builds its request. `write` adds the arguments.
    pub(crate) fn request(
        &self,
        write: impl FnOnce(&mut RequestBuilder<'a>) -> Result<(), Failure>,
    ) -> Result<Request, Failure> {
        let mut request = self.begin_request()?;
        write(&mut request)?;
        self.finish_request(request)
    }

    fn begin_request(&self) -> Result<RequestBuilder<'a>, Failure> {
        self.events.started()?;
        let Shared {
            base_url,
            max_request_body,
            ..
        } = self.settings.shared();
        Ok(RequestBuilder::new(
            base_url,
            self.operation,
            *max_request_body,
        ))
    }

    /// Adds what the caller added to the call, builds the request, and checks its path.
    fn finish_request(&self, mut request: RequestBuilder<'_>) -> Result<Request, Failure> {
        if let Some(extra) = self.settings.extra() {
            extra.write(self.operation, &mut request)?;
        }
        let request = request.build();
        let base_path = self.settings.shared().base_url.path();
        if self.operation.is_declared()
            && !has_shape_of(request.url.path(), base_path, self.operation.path)
        {
            return Err(Failure::new(
                ErrorKind::InvalidRequest,
                "a parameter in the path is empty, `.` or `..`",
            ));
        }
        Ok(request)
    }

    /// Sends the request, as often as the policy allows.
    ///
    /// The future is boxed: each future that contains another one by value would have it twice, as an argument and
    /// while it awaits it.
    pub(crate) fn send(&self, request: Result<Request, Failure>) -> Answering<'_> {
        match request {
            Ok(request) => Box::pin(self.events.around(self.answer(request))),
            Err(failure) => Box::pin(ready(Err(failure))),
        }
    }

    /// Ends the call. `read` decodes the answer. Adds the operation and the request to the result.
    pub(crate) fn end<T, E>(
        &self,
        answer: Result<Response, Failure>,
        read: impl FnOnce(Response) -> Result<ResponseValue<T>, Error<E>>,
    ) -> Result<ResponseValue<T>, Error<E>> {
        let result = answer.map_err(Error::from).and_then(read);
        let attempts = self.attempts.load(Ordering::Relaxed);
        self.events.ended(result.as_ref(), attempts);
        let of_call = OfCall {
            operation_id: self.operation.id,
            request_id: Arc::clone(&self.request_id),
            attempts,
            may_have_had_effect: self.may_have_had_effect.load(Ordering::Relaxed)
                || (attempts > 0 && !self.settings.shared().http.is_ours),
        };
        match result {
            Ok(response) => Ok(response.of_call(of_call)),
            Err(error) => Err(error.of_call(of_call)),
        }
    }

    #[allow(
        clippy::manual_async_fn,
        reason = "an `async fn` contains its arguments twice"
    )]
    fn answer(
        &self,
        mut request: Request,
    ) -> impl Future<Output = Result<Response, Failure>> + Send {
        async move {
            if let Some(provided) = self.fill_in_headers(&mut request)? {
                let token = self.in_time(provided.token()).await?;
                let token = token.map_err(without_token)?;
                let authorization = provided_authorization("provided", &token)?;
                request.headers.insert(AUTHORIZATION, authorization);
            }
            self.events
                .sends(request.body.as_ref().map_or(0, Bytes::len));
            // Credentials that were sent and are not among the headers of the request.
            let mut others = Vec::new();
            let mut outcome = self.attempts(&request, 0, &mut others).await;
            // A 401 minted nothing, so one repetition with a new token does no harm.
            if status(&outcome) == Some(StatusCode::UNAUTHORIZED)
                && let Some(provided) = self.customer().and_then(Customer::provided)
            {
                // Boxed, because most calls do without it.
                let renewed = self.renewed(provided, &mut request, outcome, &mut others);
                outcome = Box::pin(renewed).await;
            }
            let headers = std::mem::take(&mut request.headers);
            Ok(self.response(outcome?, headers, others))
        }
    }

    /// Renews the token and tries again. Returns `outcome` as it is if the request has no token to renew.
    async fn renewed(
        &self,
        provided: &Provided,
        request: &mut Request,
        outcome: Result<Box<RawResponse>, Failure>,
        others: &mut Vec<HeaderValue>,
    ) -> Result<Box<RawResponse>, Failure> {
        let headers = &mut request.headers;
        let Some(rejected) = headers.get(AUTHORIZATION).and_then(token_in) else {
            return outcome;
        };
        let renewed = self.in_time(provided.refresh(&rejected)).await;
        let renewed = renewed
            .and_then(|renewed| renewed.map_err(without_token))
            .and_then(|token| Ok((provided_authorization("renewed", &token)?, token)));
        let (authorization, token) = match renewed {
            Ok(renewed) => renewed,
            Err(failure) => {
                let (headers, others) = (std::mem::take(headers), std::mem::take(others));
                return Err(match outcome {
                    Ok(answer) => failure.with_answer(self.response(answer, headers, others)),
                    Err(broken) => match broken.response() {
                        Some(response) => failure.with_response(Box::new(response.clone())),
                        None => failure,
                    },
                });
            }
        };
        others.extend(headers.insert(AUTHORIZATION, authorization));
        let outcome = self.attempts(request, 1, others).await;
        if status(&outcome) == Some(StatusCode::UNAUTHORIZED) {
            // Useful, but not important enough to miss the deadline: another renewal may be running.
            let _ = self.in_time(provided.forget(&token)).await;
        }
        outcome
    }

    /// Attempts, `allowance` of them beyond the limit of the policy. Adds to `others` what hooks add to the headers.
    #[allow(
        clippy::manual_async_fn,
        reason = "an `async fn` contains its arguments twice"
    )]
    fn attempts(
        &self,
        request: &Request,
        allowance: u32,
        others: &mut Vec<HeaderValue>,
    ) -> impl Future<Output = Result<Box<RawResponse>, Failure>> + Send {
        async move {
            let Shared {
                http,
                max_body,
                retry_budget,
                ..
            } = self.settings.shared();
            let policy = self.settings.retry();
            let attempts = Attempts {
                policy,
                budget: retry_budget,
                deadline: self.deadline,
                count: &self.attempts,
                may_have_had_effect: &self.may_have_had_effect,
                allowance,
                events: &self.events,
            };
            let exchange = |added: Option<Box<HeaderMap>>| {
                others.extend(added.iter().flat_map(|added| added.values()).cloned());
                let timeout = policy.timeout_of_attempt();
                transport::send(http, request, added, self.deadline, timeout, *max_body)
            };
            attempts.run(exchange).await
        }
    }

    /// An answer, with the credentials that it must not show.
    fn response(
        &self,
        mut raw: Box<RawResponse>,
        headers: HeaderMap,
        others: Vec<HeaderValue>,
    ) -> Response {
        let credentials = &mut raw.credentials;
        *credentials = Credentials::new(headers, others);
        if let Some(extra) = self.settings.extra() {
            credentials.extend(extra.values_of_query());
        }
        credentials.extend(self.credentials_of_query());
        Response {
            raw,
            envelope: &self.operation.envelope,
        }
    }

    /// The customer, if the call sends its token and may be repeated with a new one.
    fn customer(&self) -> Option<&'a Customer> {
        let is_asked = |way: &[Credential]| {
            let mut way = way.iter();
            way.any(|one| matches!(one, Credential::Customer { .. }))
        };
        self.settings
            .customer()
            .filter(|_| self.operation.is_declared() && self.way().is_some_and(is_asked))
    }

    async fn in_time<F: Future>(&self, token: F) -> Result<F::Output, Failure> {
        let problem = "the customer's token was not provided in time";
        within(self.deadline, token)
            .await
            .ok_or_else(|| Failure::new(ErrorKind::Credentials, problem))
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.events.dropped(self.attempts.load(Ordering::Relaxed));
    }
}

fn new_request_id() -> Arc<str> {
    let mut text = Uuid::encode_buffer();
    Arc::from(&*Uuid::new_v4().as_hyphenated().encode_lower(&mut text))
}

/// What a provider told is not the caller's to correct.
fn provided_authorization(which: &str, token: &Secret) -> Result<HeaderValue, Failure> {
    authorization(token).map_err(|refused| {
        let problem = Failure::from(refused);
        let problem = problem.problem().unwrap_or_default();
        let problem = format!("the {which} token: {problem}");
        Failure::new(ErrorKind::Credentials, problem)
    })
}

fn without_token(failure: ProviderFailure) -> Failure {
    match failure {
        ProviderFailure::Failed(error) => {
            let problem = "the customer's token could not be provided";
            Failure::new(ErrorKind::Credentials, problem).caused_by_callers(error)
        }
        ProviderFailure::Panicked => Failure::new(
            ErrorKind::Credentials,
            "the provider of the customer's token panicked",
        ),
    }
}

/// The status that arrived, even if the rest of the answer did not.
fn status(outcome: &Result<Box<RawResponse>, Failure>) -> Option<StatusCode> {
    match outcome {
        Ok(answer) => Some(answer.status),
        Err(failure) => failure.response().map(|response| response.status),
    }
}
