//! A value that the API passes on without saying what it is.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Any JSON, of which only the payment processor knows the meaning; treated as a secret.
///
/// `Debug` tells no more than its kind; [`expose_secret`](Self::expose_secret) reads it.
///
/// ```
/// use par_ordering::OpaqueValue;
///
/// let value = OpaqueValue::from(serde_json::json!({"terminal": "7"}));
/// assert_eq!(format!("{value:?}"), "[redacted object]");
/// assert_eq!(value.expose_secret()["terminal"], "7");
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpaqueValue(Value);

impl OpaqueValue {
    /// The value itself.
    #[must_use]
    pub fn expose_secret(&self) -> &Value {
        &self.0
    }
}

impl From<Value> for OpaqueValue {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl fmt::Debug for OpaqueValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Value::Null => "null",
            Value::Bool(_) => "[redacted boolean]",
            Value::Number(_) => "[redacted number]",
            Value::String(_) => "[redacted string]",
            Value::Array(_) => "[redacted array]",
            Value::Object(_) => "[redacted object]",
        })
    }
}
