//! The JSON value of what is sent, for tests that compare it.

use serde::Serialize;
use serde_json::Value;

/// A value that can't be written becomes a text that differs from every other value.
pub(crate) fn json_value(value: &impl Serialize) -> Value {
    let value = serde_json::to_value(value);
    value.unwrap_or_else(|error| format!("failed to encode: {error}").into())
}
