//! A value that the API passes on without describing it.

use std::fmt;

use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::runtime::response::strict::AS_JSON;
use crate::runtime::secret::zeroizing::Zeroizing;

/// Any JSON that only the payment processor understands. It is treated as a secret.
///
/// `Debug` shows only which kind of value it is; [`expose_secret`](Self::expose_secret) returns the text and
/// [`parse`](Self::parse) a value. It is kept as the text that was received, so no number is rounded. The memory is
/// zeroed when it is dropped.
///
/// Two values are equal if they are written in the same way: `1.0` is not `1`, and the order of members counts.
/// Comparing them takes the same time wherever they differ.
///
/// ```
/// use std::collections::BTreeMap;
/// use par_ordering::OpaqueValue;
///
/// let value = OpaqueValue::from(serde_json::json!({"terminal": "7"}));
/// assert_eq!(format!("{value:?}"), "[redacted object]");
/// assert_eq!(value.expose_secret(), r#"{"terminal":"7"}"#);
/// assert_eq!(value.parse::<BTreeMap<String, String>>()?["terminal"], "7");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct OpaqueValue(Zeroizing<String>);

impl OpaqueValue {
    /// The value of a text that is JSON.
    pub(crate) fn of_json(json: String) -> Self {
        Self(Zeroizing::new(json))
    }

    /// Returns the value as JSON text.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// Decodes the value into a type of your own.
    ///
    /// # Errors
    ///
    /// The value does not have that type. The message of the error may quote it.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.expose_secret())
    }
}

impl From<Value> for OpaqueValue {
    fn from(value: Value) -> Self {
        Self::of_json(value.to_string())
    }
}

impl<'de> Deserialize<'de> for OpaqueValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(AS_JSON, Json)
    }
}

/// Takes the text of a value by serde_json's means; of a sketch there is none.
struct Json;

impl<'de> Visitor<'de> for Json {
    type Value = OpaqueValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<OpaqueValue, E> {
        Ok(OpaqueValue::of_json("null".to_owned()))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<OpaqueValue, D::Error> {
        let json: Box<str> = Box::<RawValue>::deserialize(deserializer)?.into();
        Ok(OpaqueValue::of_json(json.into()))
    }
}

impl Serialize for OpaqueValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The text is JSON from the beginning, so this can't fail.
        let raw: &RawValue =
            serde_json::from_str(self.expose_secret()).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl fmt::Debug for OpaqueValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.as_bytes().first() {
            Some(b'n') => "null",
            Some(b't' | b'f') => "[redacted boolean]",
            Some(b'"') => "[redacted string]",
            Some(b'[') => "[redacted array]",
            Some(b'{') => "[redacted object]",
            _ => "[redacted number]",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::OpaqueValue;
    use crate::runtime::response::decode::decode;

    #[test]
    fn a_value_is_kept_as_it_is_written_whoever_reads_it() {
        for body in [r#"{"b": 1.0, "a": "\u0041"}"#, "null", "[1e400]"] {
            let ours: OpaqueValue = decode(body.as_bytes()).unwrap();
            let theirs: OpaqueValue = serde_json::from_str(body).unwrap();
            assert_eq!(ours.expose_secret(), body);
            assert_eq!(theirs.expose_secret(), body);
        }
    }
}
