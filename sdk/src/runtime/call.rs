//! One call: what is known from its start, and what every request of it gets.

pub(crate) mod argument;
pub(crate) mod attempts;
pub(crate) mod check;
mod events;
pub(crate) mod extra;
pub(crate) mod form;
mod headers;
pub mod hook;
pub(crate) mod json;
pub(crate) mod null;
pub(crate) mod operation;
pub(crate) mod parameter;
pub(crate) mod path;
pub(crate) mod raw_request;
pub(crate) mod request;
pub(crate) mod telemetry;
pub(crate) mod transport;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Body, Request, StatusCode};
use tokio::time::Instant;
use uuid::Uuid;

use crate::runtime::call::attempts::Attempts;
use crate::runtime::call::events::Events;
use crate::runtime::call::operation::{Credential, Operation};
use crate::runtime::call::path::has_shape_of;
use crate::runtime::call::request::RequestBuilder;
use crate::runtime::client::authorization::{authorization, token_in};
use crate::runtime::client::customer::{Customer, ProviderFailure};
use crate::runtime::client::{Client, Shared};
use crate::runtime::error::Error;
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::response::raw::RawResponse;
use crate::runtime::response::{OfCall, Response, ResponseValue};
use crate::runtime::retry::Cause;
use crate::runtime::secret::Secret;
use crate::runtime::secret::credentials::Credentials;

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

    /// Begins the request.
    pub(crate) fn request(&self) -> RequestBuilder<'a> {
        let shared = self.settings.shared();
        RequestBuilder::new(&shared.base_url, self.operation, shared.max_request_body)
    }

    /// Runs the generated code of the operation. Adds the operation and the request to its result.
    ///
    /// The future is boxed: each future that contains another one by value would have it twice, as an argument and
    /// while it awaits it. Together they had twenty kilobytes, which were moved with every call.
    pub(crate) async fn run<T, E>(
        &self,
        body: Pin<Box<impl Future<Output = Result<ResponseValue<T>, Error<E>>>>>,
    ) -> Result<ResponseValue<T>, Error<E>> {
        let result = self.events.around(body).await;
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

    /// Sets what the call itself did not set.
    async fn prepare(&self, request: &mut Request) -> Result<(), Failure> {
        let base_path = self.settings.shared().base_url.path();
        if self.operation.is_declared()
            && !has_shape_of(request.url().path(), base_path, self.operation.path)
        {
            return Err(Failure::new(
                ErrorKind::InvalidRequest,
                "a parameter in the path is empty, `.` or `..`",
            ));
        }
        self.fill_in_headers(request).await
    }

    /// The request, with what the caller added to it.
    fn with_extra(&self, mut request: RequestBuilder<'_>) -> Result<Request, Failure> {
        if let Some(extra) = self.settings.extra() {
            extra.write(self.operation, &mut request)?;
        }
        Ok(request.build())
    }

    /// Sends the request, as often as the policy allows.
    pub(crate) async fn send(&self, request: RequestBuilder<'_>) -> Result<Response, Failure> {
        let mut request = self.with_extra(request)?;
        self.prepare(&mut request).await?;
        let body = request.body().and_then(Body::as_bytes).unwrap_or_default();
        self.events.sends(body.len());
        let mut credentials = Credentials::of(request.headers().values());
        if let Some(extra) = self.settings.extra() {
            extra
                .values_of_query()
                .for_each(|value| credentials.add(value));
        }
        for value in self.credentials_of_query() {
            credentials.add(value);
        }
        let shared = self.settings.shared();
        let mut attempts = Attempts {
            policy: self.settings.retry(),
            budget: &shared.retry_budget,
            deadline: self.deadline,
            count: &self.attempts,
            may_have_had_effect: &self.may_have_had_effect,
            allowance: 0,
            events: &self.events,
        };
        let mut outcome = attempts
            .run(|added| {
                credentials.add_all(added.values());
                self.exchange(&request, added)
            })
            .await;
        // A 401 minted nothing, so one repetition with a new token does no harm.
        if status(&outcome) == Some(StatusCode::UNAUTHORIZED)
            && let Some(provided) = self.customer().and_then(Customer::provided)
            && let Some(rejected) = request.headers().get(AUTHORIZATION).and_then(token_in)
        {
            let renewed = self.in_time(|| provided.refresh(&rejected)).await;
            let renewed = renewed
                .and_then(|renewed| renewed.map_err(without_token))
                .and_then(|token| Ok((provided_authorization("renewed", &token)?, token)));
            let (authorization, token) = match renewed {
                Ok(renewed) => renewed,
                Err(failure) => return Err(self.with_answer(failure, outcome, credentials)),
            };
            credentials.add(authorization.clone());
            request.headers_mut().insert(AUTHORIZATION, authorization);
            attempts.allowance = 1;
            outcome = attempts
                .run(|added| {
                    credentials.add_all(added.values());
                    self.exchange(&request, added)
                })
                .await;
            if status(&outcome) == Some(StatusCode::UNAUTHORIZED) {
                // Useful, but not important enough to miss the deadline: another renewal may be running.
                let _ = self.in_time(|| provided.forget(&token)).await;
            }
        }
        Ok(self.response(outcome?, credentials))
    }

    /// The failure of a renewal, with the 401 that made it necessary.
    fn with_answer(
        &self,
        failure: Failure,
        outcome: Result<RawResponse, Failure>,
        credentials: Credentials,
    ) -> Failure {
        match outcome {
            Ok(answer) => failure.with_answer(self.response(answer, credentials)),
            Err(broken) => match broken.response() {
                Some(response) => failure.with_response(response.clone()),
                None => failure,
            },
        }
    }

    fn response(&self, raw: RawResponse, credentials: Credentials) -> Response {
        Response {
            raw,
            envelope: self.operation.envelope,
            credentials,
        }
    }

    /// One attempt.
    async fn exchange(
        &self,
        request: &Request,
        added: HeaderMap,
    ) -> Result<RawResponse, (Failure, Cause)> {
        let timeout = self.settings.retry().timeout_of_attempt();
        let Shared { http, max_body, .. } = self.settings.shared();
        transport::send(http, request, added, self.deadline, timeout, *max_body).await
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

    async fn in_time<F: Future>(&self, token: impl FnOnce() -> F) -> Result<F::Output, Failure> {
        let problem = "the customer's token was not provided in time";
        transport::within(self.deadline, token)
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
fn status(outcome: &Result<RawResponse, Failure>) -> Option<StatusCode> {
    match outcome {
        Ok(answer) => Some(answer.status),
        Err(failure) => failure.response().map(|response| response.status),
    }
}
