//! What is read from the envelope of a body, whatever the rest of it is.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::runtime::response::decode::without_mark;

/// Where the envelope of all bodies holds what the runtime reads from it, as JSON pointers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope {
    pub(crate) code: Option<&'static str>,
    pub(crate) message: Option<&'static str>,
}

/// For generated code: a type that answers are decoded into.
pub trait EnvelopeCode {
    /// The code in its envelope, if the type has a field for it.
    fn code(&self) -> Option<i64> {
        None
    }
}

/// A text that is borrowed where it is written without escapes.
#[derive(Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

impl Envelope {
    /// The code in a body, and in the value that it was decoded into if it was.
    pub(crate) fn code<T: EnvelopeCode>(&self, body: &[u8], value: Option<&T>) -> Option<i64> {
        // To read the body once more would take as long as to decode it.
        let known = value.and_then(EnvelopeCode::code);
        known.or_else(|| value_at(body, self.code?))
    }

    /// The message in a body.
    pub(crate) fn message<'b>(&self, body: &'b [u8]) -> Option<Text<'b>> {
        value_at(body, self.message?)
    }
}

/// The value at a JSON pointer (RFC 6901, through objects), if it is there and of the type `T`. A body that
/// is no JSON, or JSON of another shape, has none.
fn value_at<'de, T: Deserialize<'de>>(body: &'de [u8], pointer: &str) -> Option<T> {
    let mut json = without_mark(body);
    for step in pointer.strip_prefix('/')?.split('/') {
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let member = deserializer.deserialize_map(Member(step)).ok()?;
        // What goes on after its end is no JSON.
        deserializer.end().ok()?;
        json = member?.get().as_bytes();
    }
    serde_json::from_slice(json).ok()
}

/// Finds one member of an object, as it is written.
struct Member<'k>(&'k str);

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(Text(key)) = members.next_key()? {
            if key == self.0 {
                // Where a key is there twice, the last one counts.
                found = Some(members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::value_at;

    #[test]
    fn a_text_is_found_where_the_pointer_says_and_nowhere_else() {
        let cases = [
            (r#"{"data":{"message":"gone"}}"#, Some("gone")),
            (
                r#"{"a":[1,{"b":null}],"data":{"x":1.5,"message":"gone"},"z":true}"#,
                Some("gone"),
            ),
            (r#"{"message":"elsewhere"}"#, None),
            (r#"{"data":{"message":7}}"#, None),
            (r#"{"data":{"message":{"message":"deeper"}}}"#, None),
            (r#"{"data":"message"}"#, None),
            (r#"{"data":[]}"#, None),
            (r#"[]"#, None),
            (r#"null"#, None),
            ("<html>", None),
            ("", None),
            (r#"{"data":{"message":"cut"#, None),
            (r#"{"data":{"message":"gone"}} and more"#, None),
        ];
        for (json, expected) in cases {
            let found: Option<String> = value_at(json.as_bytes(), "/data/message");
            assert_eq!(found.as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn of_a_key_that_is_there_twice_the_last_counts() {
        let cases = [
            (r#"{"code":200,"code":403}"#, "/code", Some(403)),
            (r#"{"code":403,"code":null}"#, "/code", None),
            (r#"{"a":{"b":1},"a":{"b":2}}"#, "/a/b", Some(2)),
            (r#"{"a":{"b":1},"a":{}}"#, "/a/b", None),
            (r#"{"a":{"b":1},"c":}"#, "/a/b", None),
        ];
        for (json, pointer, last) in cases {
            assert_eq!(value_at::<i64>(json.as_bytes(), pointer), last, "{json}");
        }
    }

    #[test]
    fn a_number_is_found() {
        assert_eq!(value_at::<i64>(br#"{"code":403}"#, "/code"), Some(403));
        assert_eq!(value_at::<i64>(br#"{"code":"403"}"#, "/code"), None);
    }
}
