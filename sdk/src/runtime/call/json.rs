//! JSON for tests: what they compare with what is sent, and what their mocks answer.

use serde::Serialize;
use serde_json::Value;

/// A value that can't be written becomes a text that differs from every other value.
pub(crate) fn json_value(value: &impl Serialize) -> Value {
    let value = serde_json::to_value(value);
    value.unwrap_or_else(|error| format!("failed to encode: {error}").into())
}

/// The text of a value, with its numbers as they are.
#[cfg(feature = "httpmock")]
#[expect(
    clippy::panic,
    reason = "in a test a panic is the report: a type of its own can't be written as JSON"
)]
pub(crate) fn json_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| panic!("failed to encode: {error}"))
}
