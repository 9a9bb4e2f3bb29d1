//! The vendor extensions of the specification; `openapi/README.md` explains them to its authors.

use serde_json::Value;

/// On the document: where the envelope of all bodies holds its code and its message, and the schema of that of an error.
pub const ENVELOPE: &str = "x-par-envelope";
/// On a server: name of the preset that stands for it.
pub const ENVIRONMENT: &str = "x-par-environment";
/// On an operation: `Content-Type` that is sent although there is no body.
pub const CONTENT_TYPE: &str = "x-par-content-type";
/// On a header parameter: where its value comes from unless the call gives one.
pub const DEFAULT_FROM: &str = "x-par-default-from";
/// On a named schema: type of the runtime that stands for it.
pub const RUNTIME_TYPE: &str = "x-par-runtime-type";
/// On a schema or a parameter whose name looks like that of a secret: `false`, if it is none.
pub const SECRET: &str = "x-par-secret";

/// The member that says what is sent unless a setting is set.
const UNLESS_SET: &str = "default";

/// Where a header's value comes from unless the call gives one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultFrom<'a> {
    /// A setting of the client, by its name.
    Setting(&'a str),
    /// Something the runtime makes afresh for each call, by its name.
    Generated(&'a str),
    /// Always the same text.
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
            return Err("has a `default` that is empty or holds something else than visible ASCII");
        }
        match kind.as_str() {
            "setting" if !value.chars().any(|c| c.is_ascii_alphanumeric()) => {
                Err("has a `setting` that is not a name such as `api-version`")
            }
            "setting" => Ok(Some(Self::Setting(value))),
            "generated" => Ok(Some(Self::Generated(value))),
            "constant" if !is_visible(value) => {
                Err("has a `constant` that is empty or holds something else than visible ASCII")
            }
            "constant" => Ok(Some(Self::Constant(value))),
            _ => Err(expected),
        }
    }

    /// What is sent unless the setting is set.
    pub fn unless_set(parameter: &'a Value) -> Option<&'a str> {
        parameter[DEFAULT_FROM][UNLESS_SET].as_str()
    }
}

fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, b' '..=b'~'))
}
