//! A field that can be absent, `null` or a value.

use serde::{Deserialize, Deserializer};

use crate::runtime::response::absence::optional_object;

/// Reads a field that is there: `Some(None)` where it is `null`.
#[allow(dead_code, reason = "needed by types with such a field")]
pub(crate) fn nullable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// Reads an object that is there: `Some(None)` where it is `null`, or the `[]` that backends in PHP write for an empty
/// one.
#[allow(dead_code, reason = "needed by types with such a field")]
pub(crate) fn nullable_object<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    optional_object(deserializer).map(Some)
}

/// Reads a field that is there, also where its value is `null`.
#[allow(dead_code, reason = "needed by types with such a field")]
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}
