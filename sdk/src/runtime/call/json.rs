//! JSON of the typed mock: what it answers, and what it compares with the body of a call.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::runtime::Number;

/// The text of a value, with its numbers as they are.
#[expect(
    clippy::panic,
    reason = "in a test a panic is the report: a caller's own type can't be written as JSON"
)]
pub(crate) fn json_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| panic!("failed to encode: {error}"))
}

/// The one spelling of JSON that is the same value: compact, with its members in order, and with `7.0` as `7`. What is
/// not JSON stays as it is.
pub(crate) fn one_spelling(json: &[u8]) -> Vec<u8> {
    let value: Option<&RawValue> = serde_json::from_slice(json).ok();
    let text = value.and_then(|value| spelled(value.get()).ok());
    text.map_or_else(|| json.to_owned(), String::into_bytes)
}

fn spelled(json: &str) -> serde_json::Result<String> {
    Ok(match json.as_bytes().first() {
        Some(b'{') => {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(json)?;
            let members = members.into_iter().map(|(name, value)| {
                let name = serde_json::to_string(&name)?;
                Ok(format!("{name}:{}", spelled(value.get())?))
            });
            let members: serde_json::Result<Vec<String>> = members.collect();
            format!("{{{}}}", members?.join(","))
        }
        Some(b'[') => {
            let entries: Vec<&RawValue> = serde_json::from_str(json)?;
            let entries = entries.into_iter().map(|entry| spelled(entry.get()));
            let entries: serde_json::Result<Vec<String>> = entries.collect();
            format!("[{}]", entries?.join(","))
        }
        Some(b'"') => serde_json::to_string(&serde_json::from_str::<String>(json)?)?,
        _ => json
            .parse::<Number>()
            .map_or_else(|_| json.to_owned(), |number| number.canonical()),
    })
}

#[cfg(test)]
mod tests {
    use super::one_spelling;

    #[test]
    fn json_is_compared_by_its_value() {
        let same = [
            ("7", "7.0"),
            ("[1e400]", "[ 10E399 ]"),
            (r#"{"a": 1, "b": "\u0041"}"#, r#"{"b":"A","a":1.0}"#),
            ("null", " null\n"),
            ("not JSON", "not JSON"),
        ];
        for (one, other) in same {
            assert_eq!(
                one_spelling(one.as_bytes()),
                one_spelling(other.as_bytes()),
                "{one}"
            );
        }
        let different = [
            ("7", r#""7""#),
            ("[1, 2]", "[2, 1]"),
            (r#"{"a": null}"#, "{}"),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567891",
            ),
            ("1e400", "1e401"),
            ("[1", "[1]"),
        ];
        for (one, other) in different {
            assert_ne!(
                one_spelling(one.as_bytes()),
                one_spelling(other.as_bytes()),
                "{one}"
            );
        }
    }
}
