//! What calls and answers cost in memory. The counts are of one thread each.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test a panic is the report"
)]

mod budgets;
mod in_flight;
mod size_cap;
