//! Runs code of the caller within a call, and catches its panics.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// The caller's code panicked.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Returns the result of the caller's code, unless it panics.
pub(crate) fn contain<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        // Dropping it could panic again, so it is not dropped.
        std::mem::forget(payload);
        Panicked
    })
}
