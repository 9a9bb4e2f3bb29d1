//! Query parameters, which are scalars by the rules of this crate's specification.

use serde::ser::{Error as _, Serialize, SerializeSeq as _, Serializer};
use serde_json::Value;

/// One query parameter; an absent value adds nothing to the query.
pub(crate) struct QueryParam<'a, T> {
    name: &'static str,
    value: &'a T,
}

impl<'a, T: Serialize> QueryParam<'a, T> {
    pub(crate) fn new(name: &'static str, value: &'a T) -> Self {
        Self { name, value }
    }
}

impl<T: Serialize> Serialize for QueryParam<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = serde_json::to_value(self.value).map_err(|_| S::Error::custom(self.name))?;
        let text = match value {
            Value::Null => None,
            Value::String(text) => Some(text),
            Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
            Value::Array(_) | Value::Object(_) => return Err(S::Error::custom(self.name)),
        };
        let mut pairs = serializer.serialize_seq(Some(usize::from(text.is_some())))?;
        if let Some(text) = text {
            pairs.serialize_element(&(self.name, text))?;
        }
        pairs.end()
    }
}
