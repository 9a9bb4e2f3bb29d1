//! Whether and when a call is repeated. The decision depends only on what happened.

pub(crate) mod budget;
pub(crate) mod retry_after;

use std::time::Duration;

/// When a failed call is repeated.
///
/// The default is [`safe`](Self::safe): a call presumably mints new tokens, so it is repeated only if it never
/// reached the server. With an [HTTP client of your own](crate::ClientBuilder::http_client) the default is
/// [`never`](Self::never). All attempts of a call have the same request id, and the deadline is for all of them
/// together.
///
/// ```
/// use std::time::Duration;
/// use par_ordering::{Client, Environment, RetryPolicy};
///
/// let policy = RetryPolicy::safe()
///     .max_attempts(5)
///     .base_delay(Duration::from_millis(50));
/// let client = Client::builder()
///     .environment(Environment::Demo)
///     .retry(policy)
///     .build()?;
/// let once = client.with_retry(RetryPolicy::never());
/// # Ok::<(), par_ordering::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    scope: Scope,
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    attempt_timeout: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Never,
    Safe,
    Transient,
}

/// What an attempt came to, as far as repeating it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Nothing of the request was handled by the server.
    NeverSent,
    /// No answer within the time of one attempt, a stream that the server refused, or no connection for an HTTP client of
    /// the caller's own; the request may have been sent.
    Unanswered,
    /// An answer of this status, and how long the server asked to wait.
    Answered {
        status: u16,
        retry_after: Option<Duration>,
    },
    /// Whatever must not be repeated, such as a broken connection or a certificate that is not trusted.
    Final,
}

/// What to do after an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Stop,
    After(Duration),
}

impl RetryPolicy {
    /// Repeats nothing.
    #[must_use]
    pub fn never() -> Self {
        Self::new(Scope::Never)
    }

    /// Repeats a call only if no connection was made. Nothing is repeated after a byte of the request was written, or
    /// if the certificate of the server is not trusted.
    #[must_use]
    pub fn safe() -> Self {
        Self::new(Scope::Safe)
    }

    /// Also repeats a call after 429, 502, 503 and 504, after an [attempt that took too long](Self::attempt_timeout),
    /// and if the server says over HTTP/2 that it [did not handle the request](crate::ErrorKind::Refused).
    ///
    /// **It may mint tokens twice**: the server may have handled the first attempt although the client got no
    /// success.
    #[must_use]
    pub fn transient() -> Self {
        Self::new(Scope::Transient)
    }

    fn new(scope: Scope) -> Self {
        Self {
            scope,
            max_attempts: 3,
            base_delay: Duration::from_millis(100),
            max_delay: Duration::from_secs(5),
            attempt_timeout: None,
        }
    }

    /// Sets how many attempts a call may have, the first included. The default is 3; the least is 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the longest wait before the second attempt. It doubles with each further attempt, and the actual wait is
    /// a random part of it. The default is 100 ms.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the longest wait before any attempt. If the server asks for a longer one, that is used. The default is 5
    /// s.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets how long an attempt may wait for the head of an answer. By default only the deadline limits it. Only
    /// [`transient`](Self::transient) repeats an attempt that took longer.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// The same policy, without what may have had an effect.
    pub(crate) fn only_what_was_never_sent(&self) -> Self {
        let scope = match self.scope {
            Scope::Never => Scope::Never,
            Scope::Safe | Scope::Transient => Scope::Safe,
        };
        Self {
            scope,
            ..self.clone()
        }
    }

    /// The timeout of one attempt, where a repetition may follow it.
    pub(crate) fn timeout_of_attempt(&self) -> Option<Duration> {
        self.attempt_timeout
            .filter(|_| self.scope == Scope::Transient)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::safe()
    }
}

/// The decision after attempt number `attempt`, counted from 1. `left` is the time until the call's deadline,
/// `None` if there is none; `randomness` gives a number between 0 and 1, and is asked only where a call is tried again.
#[cold]
pub(crate) fn decide(
    policy: &RetryPolicy,
    attempt: u32,
    cause: Cause,
    left: Option<Duration>,
    randomness: impl FnOnce() -> f64,
) -> Decision {
    let is_repeatable = match (policy.scope, cause) {
        (Scope::Never, _) | (_, Cause::Final) => false,
        (Scope::Safe | Scope::Transient, Cause::NeverSent) => true,
        (Scope::Transient, Cause::Unanswered) => true,
        (Scope::Transient, Cause::Answered { status, .. }) => is_temporary(status),
        (Scope::Safe, Cause::Unanswered | Cause::Answered { .. }) => false,
    };
    if !is_repeatable || attempt >= policy.max_attempts {
        return Decision::Stop;
    }
    let bound = backoff(policy, attempt);
    let part = bound.as_secs_f64() * randomness().clamp(0.0, 1.0);
    // A bound beyond what the part can be written as is itself beyond any deadline.
    let backoff = Duration::try_from_secs_f64(part).unwrap_or(bound);
    let delay = match cause {
        // The server knows best; what it asks for is a minimum.
        Cause::Answered {
            retry_after: Some(asked),
            ..
        } => asked.max(backoff),
        _ => backoff,
    };
    match left {
        Some(left) if delay >= left => Decision::Stop,
        _ => Decision::After(delay),
    }
}

/// Whether a server that answers with this status may answer otherwise later, although nobody changed anything.
pub(crate) fn is_temporary(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// The longest wait after that attempt.
fn backoff(policy: &RetryPolicy, attempt: u32) -> Duration {
    let doublings = attempt.saturating_sub(1).min(31);
    policy
        .base_delay
        .saturating_mul(1 << doublings)
        .min(policy.max_delay)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    const fn answered(status: u16) -> Cause {
        Cause::Answered {
            status,
            retry_after: None,
        }
    }

    const fn asks_for(status: u16, milliseconds: u64) -> Cause {
        Cause::Answered {
            status,
            retry_after: Some(ms(milliseconds)),
        }
    }

    #[test]
    fn each_policy_repeats_what_it_says_and_nothing_else() {
        // never, safe, transient
        let cases = [
            (Cause::NeverSent, [false, true, true]),
            (Cause::Unanswered, [false, false, true]),
            (Cause::Final, [false, false, false]),
            (answered(429), [false, false, true]),
            (answered(502), [false, false, true]),
            (answered(503), [false, false, true]),
            (answered(504), [false, false, true]),
            (answered(200), [false, false, false]),
            (answered(401), [false, false, false]),
            (answered(408), [false, false, false]),
            (answered(500), [false, false, false]),
            (answered(501), [false, false, false]),
        ];
        let policies = [
            RetryPolicy::never(),
            RetryPolicy::safe(),
            RetryPolicy::transient(),
        ];
        for (cause, expected) in cases {
            let repeats = policies
                .each_ref()
                .map(|policy| decide(policy, 1, cause, None, || 0.5) != Decision::Stop);
            assert_eq!(repeats, expected, "{cause:?}");
        }
        assert_eq!(RetryPolicy::default(), RetryPolicy::safe());
    }

    #[test]
    fn the_wait_is_a_random_part_of_a_bound_that_doubles() {
        let policy = RetryPolicy::safe()
            .max_attempts(100)
            .base_delay(ms(100))
            .max_delay(ms(1_000));
        let cases = [
            (1, 1.0, 100),
            (2, 1.0, 200),
            (3, 1.0, 400),
            (4, 1.0, 800),
            (5, 1.0, 1_000),
            (99, 1.0, 1_000),
            (1, 0.0, 0),
            (2, 0.25, 50),
            (1, 7.0, 100),
            (1, -7.0, 0),
        ];
        let endless = RetryPolicy::safe()
            .base_delay(Duration::MAX)
            .max_delay(Duration::MAX);
        let left = Some(Duration::from_secs(1));
        assert_eq!(
            decide(&endless, 1, Cause::NeverSent, left, || 1.0),
            Decision::Stop
        );
        for (attempt, randomness, expected) in cases {
            assert_eq!(
                decide(&policy, attempt, Cause::NeverSent, None, || randomness),
                Decision::After(ms(expected)),
                "attempt {attempt}, randomness {randomness}"
            );
        }
    }

    #[test]
    fn attempts_and_time_are_bounded() {
        let policy = RetryPolicy::safe().max_attempts(2).base_delay(ms(100));
        let cases = [
            (1, None, Decision::After(ms(100))),
            (2, None, Decision::Stop),
            (3, None, Decision::Stop),
            (1, Some(ms(101)), Decision::After(ms(100))),
            (1, Some(ms(100)), Decision::Stop),
            (1, Some(ms(0)), Decision::Stop),
        ];
        for (attempt, left, expected) in cases {
            let decision = decide(&policy, attempt, Cause::NeverSent, left, || 1.0);
            assert_eq!(decision, expected, "attempt {attempt}, {left:?} left");
        }
        let once = RetryPolicy::safe().max_attempts(0);
        assert_eq!(
            decide(&once, 1, Cause::NeverSent, None, || 1.0),
            Decision::Stop
        );
    }

    #[test]
    fn what_the_server_asks_for_is_a_minimum_and_bounded_by_the_deadline() {
        let policy = RetryPolicy::transient()
            .base_delay(ms(100))
            .max_delay(ms(1_000));
        let cases = [
            (asks_for(503, 7_000), None, Decision::After(ms(7_000))),
            (
                asks_for(429, 7_000),
                Some(ms(7_001)),
                Decision::After(ms(7_000)),
            ),
            (asks_for(429, 7_000), Some(ms(7_000)), Decision::Stop),
            (asks_for(503, 10), None, Decision::After(ms(100))),
            (asks_for(500, 10), None, Decision::Stop),
        ];
        for (cause, left, expected) in cases {
            assert_eq!(
                decide(&policy, 1, cause, left, || 1.0),
                expected,
                "{cause:?}, {left:?} left"
            );
        }
    }

    #[test]
    fn only_what_was_never_sent_is_repeated_in_the_same_way_as_before() {
        let cases = [
            (RetryPolicy::never(), RetryPolicy::never()),
            (RetryPolicy::safe(), RetryPolicy::safe()),
            (RetryPolicy::transient(), RetryPolicy::safe()),
        ];
        let tuned = |policy: RetryPolicy| {
            policy
                .max_attempts(7)
                .base_delay(ms(8))
                .max_delay(ms(9))
                .attempt_timeout(ms(10))
        };
        for (policy, expected) in cases {
            assert_eq!(tuned(policy).only_what_was_never_sent(), tuned(expected));
        }
    }

    #[test]
    fn only_who_repeats_timeouts_has_them() {
        let timeout = Some(ms(7));
        assert_eq!(
            RetryPolicy::safe()
                .attempt_timeout(ms(7))
                .timeout_of_attempt(),
            None
        );
        assert_eq!(
            RetryPolicy::never()
                .attempt_timeout(ms(7))
                .timeout_of_attempt(),
            None
        );
        assert_eq!(
            RetryPolicy::transient()
                .attempt_timeout(ms(7))
                .timeout_of_attempt(),
            timeout
        );
        assert_eq!(RetryPolicy::transient().timeout_of_attempt(), None);
    }
}
