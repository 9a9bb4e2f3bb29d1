//! All attempts of one call: each is one exchange over HTTP, and the policy decides on the next.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use reqwest::Request;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::error::Failure;
use super::retry::{Cause, Decision, RetryPolicy, decide};
use super::retry_after::retry_after;
use super::retry_budget::RetryBudget;
use super::transport::{self, RawResponse};

/// What the attempts of one call share.
pub(crate) struct Attempts<'a> {
    pub(crate) client: &'a reqwest::Client,
    pub(crate) policy: &'a RetryPolicy,
    pub(crate) budget: &'a RetryBudget,
    pub(crate) deadline: Option<Instant>,
    pub(crate) max_body: usize,
    /// How many there have been.
    pub(crate) count: &'a AtomicU32,
}

impl Attempts<'_> {
    /// The answer to the request, or the failure of the last attempt.
    pub(crate) async fn run(&self, request: &Request) -> Result<RawResponse, Failure> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            self.count.fetch_add(1, Ordering::Relaxed);
            let outcome = self.one(request).await;
            let cause = match &outcome {
                Ok(answer) => Cause::Answered {
                    status: answer.status.as_u16(),
                    retry_after: retry_after(answer.headers.expose_secret(), SystemTime::now()),
                },
                Err((_, cause)) => *cause,
            };
            let left = self
                .deadline
                .map(|deadline| deadline.saturating_duration_since(Instant::now()));
            match decide(self.policy, attempt, cause, left, randomness()) {
                Decision::After(delay) if self.budget.withdraw() => sleep(delay).await,
                Decision::Stop if attempt == 1 && outcome.is_ok() => {
                    self.budget.deposit();
                    return outcome.map_err(|(failure, _)| failure);
                }
                Decision::After(_) | Decision::Stop => {
                    return outcome.map_err(|(failure, _)| failure);
                }
            }
        }
    }

    async fn one(&self, request: &Request) -> Result<RawResponse, (Failure, Cause)> {
        let request = request.try_clone().ok_or_else(transport::not_repeatable)?;
        let timeout = self.policy.timeout_of_attempt();
        transport::send(self.client, request, self.deadline, timeout, self.max_body).await
    }
}

/// Evenly distributed between 0 and 1. Good enough to spread attempts, and no dependency more: the first 32
/// bits of a random UUID are random.
fn randomness() -> f64 {
    let (first, ..) = Uuid::new_v4().as_fields();
    f64::from(first) / f64::from(u32::MAX)
}
