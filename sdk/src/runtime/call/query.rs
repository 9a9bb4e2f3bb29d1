//! Query parameters, which are scalars by the rules of this crate's specification.

use serde::Serialize;
use serde_json::Value;

use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;

/// One query parameter; an absent value adds nothing to the query.
pub(crate) struct QueryParam<'a, T> {
    name: &'static str,
    value: &'a T,
}

impl<'a, T: Serialize> QueryParam<'a, T> {
    pub(crate) fn new(name: &'static str, value: &'a T) -> Self {
        Self { name, value }
    }

    /// Name and text; `None` if there is no value.
    pub(crate) fn pair(&self) -> Result<Option<(&'static str, String)>, Failure> {
        let text = match serde_json::to_value(self.value) {
            Ok(Value::Null) => None,
            Ok(Value::String(text)) => Some(text),
            Ok(value @ (Value::Bool(_) | Value::Number(_))) => Some(value.to_string()),
            Ok(Value::Array(_) | Value::Object(_)) | Err(_) => {
                let problem = format!("the query parameter {} is no single value", self.name);
                return Err(Failure::new(ErrorKind::InvalidRequest, problem));
            }
        };
        Ok(text.map(|text| (self.name, text)))
    }
}
