//! A field that can be absent, `null` or a value.

use serde::{Deserialize, Deserializer};

use crate::runtime::response::absence::optional_object;

/// Reads a field that is present: `Some(None)` if it is `null`.
pub(crate) fn nullable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// Reads an object that is present: `Some(None)` if it is `null` or `[]`, which backends in PHP write for an empty
/// object.
pub(crate) fn nullable_object<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    optional_object(deserializer).map(Some)
}

/// Reads a field that is present, even if its value is `null`.
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}
