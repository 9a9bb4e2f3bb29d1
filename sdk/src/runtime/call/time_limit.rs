//! Limits of time.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use tokio::task::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

/// A point in time, or none. All that it limits shares one timer.
pub(crate) type TimeLimit = Option<Sleep>;

pub(crate) fn time_limit(end: Option<Instant>) -> TimeLimit {
    end.map(sleep_until)
}

/// Runs `work` until the limit. If the limit has passed, `work` is not started.
pub(crate) async fn keep<F: Future>(limit: Pin<&mut TimeLimit>, work: F) -> Option<F::Output> {
    let Some(mut timer) = limit.as_pin_mut() else {
        return Some(work.await);
    };
    if timer.deadline() <= Instant::now() {
        return None;
    }
    let mut work = pin!(work);
    poll_fn(|context| {
        if let Poll::Ready(output) = work.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        // Work that never rests uses up the budget of its task. The timer must be checked even then.
        let mut timer = unconstrained(timer.as_mut());
        Pin::new(&mut timer).poll(context).map(|()| None)
    })
    .await
}

/// Runs `work` until `end`. If `end` has passed, `work` is not started.
pub(crate) async fn within<F: Future>(end: Option<Instant>, work: F) -> Option<F::Output> {
    keep(pin!(time_limit(end)), work).await
}
