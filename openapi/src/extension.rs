//! The vendor extensions of the specification; `openapi/README.md` explains them to its authors.

use serde_json::Value;

/// On the document: where the envelope of all bodies has its code and its message, and the schema of the envelope of
/// an error.
pub const ENVELOPE: &str = "x-par-envelope";
/// On a server: name of its preset.
pub const ENVIRONMENT: &str = "x-par-environment";
/// On an operation: the `Content-Type` of a request without a body.
pub const CONTENT_TYPE: &str = "x-par-content-type";
/// On a header parameter: where its value comes from if the call sets none.
pub const DEFAULT_FROM: &str = "x-par-default-from";
/// On a named schema: the type of the runtime that replaces it.
pub const RUNTIME_TYPE: &str = "x-par-runtime-type";
/// On a schema or a parameter whose name looks like that of a secret: `false`, if it is not a secret.
pub const SECRET: &str = "x-par-secret";

/// The member with the value that is sent if a setting is not set.
const UNLESS_SET: &str = "default";

/// Where a header's value comes from if the call sets none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultFrom<'a> {
    /// A setting of the client, by its name.
    Setting(&'a str),
    /// A new value for each call, by its name.
    Generated(&'a str),
    /// A constant text.
    Constant(&'a str),
}

impl<'a> DefaultFrom<'a> {
    /// Reads the extension of a header parameter; `Err` says what is wrong with it.
    pub fn of(parameter: &'a Value) -> Result<Option<Self>, &'static str> {
        let Some(value) = parameter.get(DEFAULT_FROM) else {
            return Ok(None);
        };
        let expected = "is not an object with one of the members `setting` (and its `default`), `generated`, `constant`";
        let members = value.as_object().ok_or(expected)?;
        if members.values().any(|value| !value.is_string()) {
            return Err("has a member that is not a string");
        }
        let is_default = |name: &str| name == UNLESS_SET && members.contains_key("setting");
        let mut members = members.iter().filter(|(name, _)| !is_default(name));
        let (Some((kind, value)), None) = (members.next(), members.next()) else {
            return Err(expected);
        };
        let value = value.as_str().unwrap_or_default();
        if Self::unless_set(parameter).is_some_and(|default| !is_visible(default)) {
            return Err(
                "has a `default` that is empty or contains something other than visible ASCII",
            );
        }
        match kind.as_str() {
            "setting" if !value.chars().any(|c| c.is_ascii_alphanumeric()) => {
                Err("has a `setting` that is not a name such as `api-version`")
            }
            "setting" => Ok(Some(Self::Setting(value))),
            "generated" => Ok(Some(Self::Generated(value))),
            "constant" if !is_visible(value) => {
                Err("has a `constant` that is empty or contains something other than visible ASCII")
            }
            "constant" => Ok(Some(Self::Constant(value))),
            _ => Err(expected),
        }
    }

    /// What is sent if the setting is not set.
    pub fn unless_set(parameter: &'a Value) -> Option<&'a str> {
        parameter[DEFAULT_FROM][UNLESS_SET].as_str()
    }
}

fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, b' '..=b'~'))
}
