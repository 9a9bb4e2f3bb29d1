//! The vendor extensions of the specification; `openapi/README.md` explains them to its authors.

use serde_json::Value;

/// On the document: where the envelope of all bodies holds its code and its message.
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
        let expected = "is no object with one of the members `setting`, `generated`, `constant`";
        let members = value.as_object().ok_or(expected)?;
        let mut members = members.iter();
        let (Some((kind, value)), None) = (members.next(), members.next()) else {
            return Err(expected);
        };
        let value = value.as_str().ok_or("has a member that is no string")?;
        match kind.as_str() {
            "setting" => Ok(Some(Self::Setting(value))),
            "generated" => Ok(Some(Self::Generated(value))),
            "constant" if value.is_empty() || !value.bytes().all(|b| matches!(b, b' '..=b'~')) => {
                Err("has a `constant` that is empty or holds something else than visible ASCII")
            }
            "constant" => Ok(Some(Self::Constant(value))),
            _ => Err(expected),
        }
    }
}
