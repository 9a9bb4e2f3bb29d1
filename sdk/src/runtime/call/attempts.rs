//! All attempts of one call. After each, the policy decides on the next.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::SystemTime;

use reqwest::header::HeaderMap;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::runtime::call::events::Events;
use crate::runtime::error::failure::Failure;
use crate::runtime::response::raw::RawResponse;
use crate::runtime::retry::budget::RetryBudget;
use crate::runtime::retry::retry_after::retry_after;
use crate::runtime::retry::{Cause, Decision, RetryPolicy, decide};

/// What the attempts of one call share.
pub(crate) struct Attempts<'a> {
    pub(crate) policy: &'a RetryPolicy,
    pub(crate) budget: &'a RetryBudget,
    pub(crate) deadline: Option<Instant>,
    /// How many attempts were made.
    pub(crate) count: &'a AtomicU32,
    /// Set when an attempt is repeated that may have had an effect.
    pub(crate) may_have_had_effect: &'a AtomicBool,
    /// Attempts beyond the limit of the policy: one after the token was renewed.
    pub(crate) allowance: u32,
    pub(crate) events: &'a Events<'a>,
}

impl Attempts<'_> {
    /// Returns the answer, or the failure of the last attempt. `exchange` makes one attempt, with the headers that
    /// hooks add.
    pub(crate) async fn run<F>(
        &self,
        mut exchange: impl FnMut(Option<Box<HeaderMap>>) -> F,
    ) -> Result<Box<RawResponse>, Failure>
    where
        F: Future<Output = Result<Box<RawResponse>, (Failure, Cause)>>,
    {
        let mut last_answer = None;
        loop {
            let number = self.count.load(Ordering::Relaxed) + 1;
            // A hook that fails the call decides: what is not sent is not repeated.
            let added = match self.events.before_attempt(number) {
                Ok(added) => added,
                Err(failure) => return Err(failure.with_earlier(last_answer)),
            };
            self.count.store(number, Ordering::Relaxed);
            let attempt = self.events.attempt(number);
            let outcome = exchange(added).await;
            attempt.ended(match &outcome {
                Ok(answer) => Ok(answer),
                Err((failure, _)) => Err(failure),
            });
            let cause = match &outcome {
                Ok(answer) if answer.status.is_success() => {
                    self.budget.deposit();
                    return outcome.map_err(|(failure, _)| failure);
                }
                Ok(answer) => Cause::Answered {
                    status: answer.status.as_u16(),
                    retry_after: retry_after(answer.headers.expose_secret(), SystemTime::now()),
                },
                Err((_, cause)) => *cause,
            };
            let left = self
                .deadline
                .map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let attempt = number.saturating_sub(self.allowance);
            match decide(self.policy, attempt, cause, left, randomness) {
                Decision::After(delay) if self.budget.withdraw() => {
                    if cause != Cause::NeverSent {
                        self.may_have_had_effect.store(true, Ordering::Relaxed);
                    }
                    last_answer = outcome.ok().or(last_answer);
                    sleep(delay).await;
                }
                _ => return outcome.map_err(|(failure, _)| failure.with_earlier(last_answer)),
            }
        }
    }
}

/// A random number between 0 and 1: the first 32 bits of a random UUID. Good enough to spread attempts, without
/// another dependency.
fn randomness() -> f64 {
    let (first, ..) = Uuid::new_v4().as_fields();
    f64::from(first) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::Duration;

    use proptest::prelude::*;
    use proptest::test_runner::{RngSeed, TestRunner};
    use reqwest::StatusCode;
    use reqwest::header::{HeaderMap, RETRY_AFTER};

    use super::*;
    use crate::generated::operations::GENERATE_TOKENS;
    use crate::runtime::call::hook::Hooks;
    use crate::runtime::client::base_url::BaseUrl;
    use crate::runtime::error::kind::ErrorKind;
    use crate::runtime::response::raw::RawBody;

    /// What one attempt does, and after how many milliseconds.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        NeverSent(u64),
        AttemptTimeout(u64),
        Final(u64),
        Answer(u64, u16, Option<u64>),
    }

    fn step() -> impl Strategy<Value = Step> {
        let statuses = prop_oneof![
            Just(200u16),
            Just(401),
            Just(429),
            Just(500),
            Just(502),
            Just(503)
        ];
        prop_oneof![
            (0..3_000u64).prop_map(Step::NeverSent),
            (0..3_000u64).prop_map(Step::AttemptTimeout),
            (0..3_000u64).prop_map(Step::Final),
            (0..3_000u64, statuses, proptest::option::of(0..20u64))
                .prop_map(|(time, status, wait)| Step::Answer(time, status, wait)),
        ]
    }

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Scope {
        Never,
        Safe,
        Transient,
    }

    /// A policy, and what the model knows about it.
    #[derive(Clone, Debug)]
    struct Modelled {
        policy: RetryPolicy,
        scope: Scope,
        most: usize,
    }

    fn policy() -> impl Strategy<Value = Modelled> {
        let scope = prop_oneof![
            Just(Scope::Never),
            Just(Scope::Safe),
            Just(Scope::Transient)
        ];
        (scope, 0..8u32, 0..2_000u64).prop_map(|(scope, attempts, delay)| {
            let policy = match scope {
                Scope::Never => RetryPolicy::never(),
                Scope::Safe => RetryPolicy::safe(),
                Scope::Transient => RetryPolicy::transient(),
            };
            Modelled {
                policy: policy
                    .max_attempts(attempts)
                    .base_delay(Duration::from_millis(delay)),
                scope,
                most: attempts.max(1) as usize,
            }
        })
    }

    /// When each attempt began and ended, what it did, and when the call ended.
    struct History {
        attempts: Vec<(Instant, Instant, Step)>,
        ended: Instant,
        outcome: Result<Box<RawResponse>, Failure>,
    }

    async fn history(
        policy: &RetryPolicy,
        budget: &RetryBudget,
        deadline: Instant,
        script: &[Step],
    ) -> History {
        let attempts = RefCell::new(Vec::new());
        let count = AtomicU32::new(0);
        let base_url = BaseUrl::parse("http://127.0.0.1", None).unwrap();
        let outcome = Attempts {
            events: &Events::of_call(
                &GENERATE_TOKENS,
                &base_url,
                &Hooks::default(),
                "mine".into(),
            ),
            policy,
            budget,
            deadline: Some(deadline),
            count: &count,
            may_have_had_effect: &AtomicBool::new(false),
            allowance: 0,
        }
        .run(|_| async {
            let began = Instant::now();
            let step = script[attempts.borrow().len() % script.len()];
            // An exchange observes the deadline itself.
            let until = |time| deadline.min(began + Duration::from_millis(time));
            let fail = |kind, cause| Err((Failure::new(kind, ""), cause));
            let outcome = match step {
                Step::NeverSent(time) => {
                    tokio::time::sleep_until(until(time)).await;
                    fail(ErrorKind::NotConnected, Cause::NeverSent)
                }
                Step::AttemptTimeout(time) => {
                    tokio::time::sleep_until(until(time)).await;
                    fail(ErrorKind::DeadlineExceeded, Cause::Unanswered)
                }
                Step::Final(time) => {
                    tokio::time::sleep_until(until(time)).await;
                    fail(ErrorKind::Interrupted, Cause::Final)
                }
                Step::Answer(time, status, wait) => {
                    tokio::time::sleep_until(until(time)).await;
                    let mut headers = HeaderMap::new();
                    if let Some(wait) = wait {
                        headers.insert(RETRY_AFTER, wait.into());
                    }
                    let status = StatusCode::from_u16(status).unwrap();
                    Ok(RawResponse::new(status, headers, RawBody::default()))
                }
            };
            attempts.borrow_mut().push((began, Instant::now(), step));
            outcome
        })
        .await;
        let attempts = attempts.into_inner();
        assert_eq!(count.load(Ordering::Relaxed) as usize, attempts.len());
        History {
            attempts,
            ended: Instant::now(),
            outcome,
        }
    }

    #[test]
    fn any_script_of_faults_is_met_within_the_bounds_of_the_policy() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let mut runner = TestRunner::new(ProptestConfig {
            cases: 1_000,
            rng_seed: RngSeed::Fixed(11),
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        let repeated = AtomicU32::new(0);
        let calls = (
            policy(),
            proptest::collection::vec(step(), 1..6),
            0..20_000u64,
            1..20usize,
        );
        runner
            .run(&calls, |(policy, script, deadline, calls)| {
                runtime.block_on(async {
                    let budget = RetryBudget::default();
                    let mut repetitions = 0;
                    let mut successes = 0;
                    for _ in 0..calls {
                        let deadline = Instant::now() + Duration::from_millis(deadline);
                        let history = history(&policy.policy, &budget, deadline, &script).await;
                        check(&policy, deadline, &history)?;
                        repetitions += history.attempts.len() - 1;
                        successes += usize::from(
                            history
                                .outcome
                                .is_ok_and(|answer| answer.status.is_success()),
                        );
                    }
                    // Ten in reserve, and one for every ten calls that succeeded.
                    prop_assert!(repetitions <= 10 + successes / 10);
                    repeated.fetch_add(repetitions as u32, Ordering::Relaxed);
                    Ok(())
                })
            })
            .unwrap();
        let repeated = repeated.into_inner();
        assert!(
            repeated > 500,
            "only {repeated} repetitions: the scripts try too little"
        );
    }

    fn check(policy: &Modelled, deadline: Instant, history: &History) -> Result<(), TestCaseError> {
        prop_assert!(history.ended <= deadline, "the deadline was passed");
        for pair in history.attempts.windows(2) {
            let [(_, ended, step), (began, ..)] = pair else {
                continue;
            };
            let waited = *began - *ended;
            // An attempt that may have had an effect is repeated only if the caller asked for it.
            let safe = matches!(step, Step::NeverSent(_));
            let transient = matches!(
                step,
                Step::AttemptTimeout(_) | Step::Answer(_, 429 | 502 | 503 | 504, _)
            );
            let is_allowed = match policy.scope {
                Scope::Never => false,
                Scope::Safe => safe,
                Scope::Transient => safe || transient,
            };
            prop_assert!(is_allowed, "{step:?} was repeated under {policy:?}");
            if let Step::Answer(_, _, Some(wait)) = step {
                prop_assert!(
                    waited >= Duration::from_secs(*wait),
                    "waited only {waited:?}"
                );
            }
        }
        let attempts = history.attempts.len();
        prop_assert!(
            attempts <= policy.most,
            "{attempts} attempts under {policy:?}"
        );
        // The outcome is the one of the last attempt.
        let (.., last) = history.attempts[attempts - 1];
        match (&history.outcome, last) {
            (Ok(answer), Step::Answer(_, status, _)) => prop_assert_eq!(answer.status, status),
            (Err(_), Step::NeverSent(_) | Step::AttemptTimeout(_) | Step::Final(_)) => {}
            _ => prop_assert!(false, "the outcome is not that of {last:?}"),
        }
        Ok(())
    }
}
