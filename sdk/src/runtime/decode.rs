//! From the bytes of a body to a type, with a description of what is wrong that quotes nothing.

use std::fmt;

use serde::de::DeserializeOwned;

/// Why a body is not of the documented type: where, and never what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DecodeError {
    /// JSON path, `.` for the body itself.
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    Missing(String),
    OtherType,
    Syntax,
    Cut,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::Missing(field) => write!(f, "field `{field}` is missing")?,
            Problem::OtherType => f.write_str("the value is not of the documented type")?,
            Problem::Syntax => f.write_str("the body is no JSON")?,
            Problem::Cut => f.write_str("the body ends too early")?,
        }
        write!(
            f,
            " at `{}` (line {}, column {})",
            self.path, self.line, self.column
        )
    }
}

/// Decodes a body.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| describe(error.path().to_string(), error.inner()))?;
    deserializer
        .end()
        .map_err(|error| describe(".".to_owned(), &error))?;
    Ok(value)
}

fn describe(path: String, error: &serde_json::Error) -> DecodeError {
    DecodeError {
        path,
        line: error.line(),
        column: error.column(),
        problem: match error.classify() {
            serde_json::error::Category::Eof => Problem::Cut,
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
                Problem::Syntax
            }
            serde_json::error::Category::Data => missing_field(error)
                .map(Problem::Missing)
                .unwrap_or(Problem::OtherType),
        },
    }
}

/// serde's messages quote what they found. This one names a field of ours and nothing that was found.
fn missing_field(error: &serde_json::Error) -> Option<String> {
    let message = error.to_string();
    let rest = message.strip_prefix("missing field `")?;
    rest.split_once('`').map(|(field, _)| field.to_owned())
}

#[cfg(test)]
mod tests {
    use super::decode;
    use crate::types::GenerateTokensResponse;

    #[test]
    fn an_error_names_the_place_and_quotes_nothing() {
        let cases = [
            ("", "the body ends too early at `.` (line 1, column 0)"),
            (
                "<html>canary</html>",
                "the body is no JSON at `.` (line 1, column 1)",
            ),
            (
                r#"{"status":"OK","code":200}"#,
                "field `data` is missing at `.` (line 1, column 26)",
            ),
            (
                r#"{"status":"OK","code":200,"data":{}}"#,
                "field `tokens` is missing at `data` (line 1, column 35)",
            ),
            (
                r#"{"status":"OK","code":"canary","data":{"tokens":[]}}"#,
                "the value is not of the documented type at `code` (line 1, column 30)",
            ),
            (
                r#"{"status":"OK","code":200,"data":{"tokens":[{"token":"canary"}]}}"#,
                "field `actions` is missing at `data.tokens[0]` (line 1, column 62)",
            ),
            (
                r#"{"status":"OK","code":200,"data":{"tokens":[]}} canary"#,
                "the body is no JSON at `.` (line 1, column 49)",
            ),
        ];
        for (body, expected) in cases {
            let error = decode::<GenerateTokensResponse>(body.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), expected, "{body}");
        }
    }
}
