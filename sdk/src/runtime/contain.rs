//! Code of the caller's that runs within a call: what panics in it does not get out.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// The caller's code panicked.
#[derive(Debug)]
pub(crate) struct Panicked;

/// What comes of the caller's code, should it not panic.
pub(crate) fn contain<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        // To drop it may be the next panic, so it stays where it is.
        std::mem::forget(payload);
        Panicked
    })
}
