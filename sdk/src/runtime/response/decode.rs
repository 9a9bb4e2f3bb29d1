//! Decodes the bytes of a body into a type. The description of an error quotes nothing.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::generated::operations::PROPERTIES;
use crate::runtime::response::secret_text::HALF_A_CHARACTER;
use crate::runtime::response::strict::Strict;

/// Why a body does not have the documented type: the place, but not the value there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DecodeError {
    /// JSON path, `.` for the body itself.
    pub(crate) path: String,
    line: usize,
    column: usize,
    problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    Missing(String),
    Twice(String),
    OtherType,
    Syntax,
    Cut,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::Missing(field) => write!(f, "field `{field}` is missing")?,
            Problem::Twice(field) => write!(f, "field `{field}` appears twice")?,
            Problem::OtherType => f.write_str("the value is not of the documented type")?,
            Problem::Syntax => f.write_str("the body is not JSON")?,
            Problem::Cut => f.write_str("the body ends too early")?,
        }
        write!(
            f,
            " at `{}` (line {}, column {})",
            self.path, self.line, self.column
        )
    }
}

/// Decodes a body. It is checked once that all of it is UTF-8, so that the parser need not check each text.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    if let Ok(text) = std::str::from_utf8(without_mark(body)) {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        if let Ok(value) = T::deserialize(Strict::new(&mut deserializer))
            && deserializer.end().is_ok()
        {
            return Ok(value);
        }
    }
    decode_with_path(body)
}

/// Decodes a body and finds the place of the error. That costs an allocation for each key, so it is done only after
/// decoding failed. A body that is not UTF-8 can be decoded if it is not in a text that is read.
#[cold]
fn decode_with_path<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    let mut deserializer = serde_json::Deserializer::from_slice(without_mark(body));
    let value = serde_path_to_error::deserialize(Strict::new(&mut deserializer))
        .map_err(|error| describe(known_part(error.path()), error.inner()))?;
    deserializer
        .end()
        .map_err(|error| describe(".".to_owned(), &error))?;
    Ok(value)
}

/// The body without a byte-order mark, which some backends send; RFC 8259 lets a reader ignore it.
pub(crate) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// The path up to the error. A key that the specification does not name is the choice of the server and is not shown.
fn known_part(path: &Path) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Segment::Seq { index } => text.push_str(&format!("[{index}]")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                if !text.is_empty() {
                    text.push('.');
                }
                let is_ours = PROPERTIES.binary_search(&key.as_str()).is_ok();
                text.push_str(if is_ours { key } else { "*" });
            }
            Segment::Unknown => {}
        }
    }
    if text.is_empty() {
        ".".to_owned()
    } else {
        text
    }
}

fn describe(path: String, error: &serde_json::Error) -> DecodeError {
    use serde_json::error::Category;

    // The messages of serde quote what they found. These name only a field of ours.
    let message = error.to_string();
    let field = |prefix: &str| {
        let rest = message.strip_prefix(prefix)?;
        rest.split_once('`').map(|(field, _)| field.to_owned())
    };
    let problem = match error.classify() {
        Category::Eof => Problem::Cut,
        _ if message.starts_with("number out of range") => Problem::OtherType,
        Category::Syntax | Category::Io => Problem::Syntax,
        Category::Data if message.starts_with(HALF_A_CHARACTER) => Problem::Syntax,
        Category::Data => match (field("missing field `"), field("duplicate field `")) {
            (Some(field), _) => Problem::Missing(field),
            (_, Some(field)) => Problem::Twice(field),
            _ => Problem::OtherType,
        },
    };
    DecodeError {
        path,
        line: error.line(),
        column: error.column(),
        problem,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[test]
    fn bytes_that_are_not_utf8_cost_an_answer_only_in_a_text_that_is_read() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Read {
            a: String,
        }

        let read = |body: &[u8]| decode(body).map_err(|error| error.to_string());
        let a = Read { a: "é".to_owned() };
        let ignored = b"\xef\xbb\xbf{\"b\":\"\xff\",\"a\":\"\xc3\xa9\"}";
        assert_eq!(read(ignored), Ok(a));
        let problem = "the body is not JSON at `*` (line 1, column 7)".to_owned();
        assert_eq!(read(b"{\"a\":\"\xff\"}"), Err(problem));
    }
}
