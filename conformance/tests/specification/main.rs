//! Tests that follow the specification, whatever operations it has, and tests that faults and new endpoints are
//! found.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test a panic is the report"
)]

mod bodies;
mod cases;
// Both are also used to test the commands of xtask.
#[path = "../../../xtask/tests/commands/changes.rs"]
mod changes;
#[path = "../../../xtask/tests/commands/constructs/table.rs"]
mod constructs;
mod copy;
mod credentials;
mod decoding;
mod log;
mod planted_faults;
mod prefer;
mod probe;
mod public_surface;
mod reader;
mod requests;
mod round_trip;
mod snapshots;
mod statuses;
mod tomorrows_endpoint;
mod typed_mock;
mod values;
