//! The trace that a request belongs to goes on to the API, as the W3C's Trace Context has it.

use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::{BuildHasher as _, Hasher as _};

use par_ordering::hook::{Attempt, Hook, HookError};

tokio::task_local! {
    static TRACE: Trace;
}

/// What stays the same of `traceparent` on the way from service to service.
#[derive(Clone, Copy)]
struct Trace {
    id: u128,
    flags: u8,
}

/// Runs what is done for a request within the trace that its `traceparent` tells of, or else within a new one.
pub async fn within<F: Future>(traceparent: Option<&str>, work: F) -> F::Output {
    let new = Trace {
        id: u128::from(random()) << 64 | u128::from(random()),
        flags: 0,
    };
    let trace = traceparent.and_then(read).unwrap_or(new);
    TRACE.scope(trace, work).await
}

/// `00-<32 digits>-<16 digits>-<2 digits>`
fn read(traceparent: &str) -> Option<Trace> {
    let mut parts = traceparent.split('-');
    let [version, id, _span, flags] = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    let id = u128::from_str_radix(id, 16).ok()?;
    let flags = u8::from_str_radix(flags, 16).ok()?;
    (version == "00" && id != 0).then_some(Trace { id, flags })
}

fn random() -> u64 {
    RandomState::new().build_hasher().finish() | 1
}

/// Each attempt is a span of its own.
pub struct TraceContext;

impl Hook for TraceContext {
    fn before_attempt(&self, attempt: &mut Attempt<'_>) -> Result<(), HookError> {
        // Hooks are called within the future of the call, and so within the task of the request.
        if let Ok(Trace { id, flags }) = TRACE.try_get() {
            let span = random();
            attempt.header(
                "traceparent",
                format!("00-{id:032x}-{span:016x}-{flags:02x}"),
            )?;
        }
        Ok(())
    }
}
