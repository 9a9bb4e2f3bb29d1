//! A field that can be absent, `null` or a value.

use serde::{Deserialize, Deserializer};

/// Reads a field that is there: `Some(None)` where it is `null`.
#[allow(dead_code, reason = "needed by types with such a field")]
pub(crate) fn nullable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
