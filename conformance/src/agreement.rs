//! Checks that the crate does what the specification says, whatever operations it has.

pub mod calls;
pub mod decoding;
pub mod difference;
pub mod finding;
pub mod masking;
pub mod parameters;
pub mod round_trip;
pub mod schema_comparison;
