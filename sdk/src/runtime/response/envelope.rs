//! What is read from the envelope of a body, whatever else the body contains.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::runtime::response::decode::without_mark;
use crate::runtime::response::strict::Strict;

/// Where the envelope of all bodies has the parts that the runtime reads, as JSON pointers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope {
    pub(crate) code: Option<&'static str>,
    pub(crate) message: Option<&'static str>,
}

/// For generated code: a type of an answer.
pub trait EnvelopeCode {
    /// The code in its envelope, if the type has a field for it.
    fn code(&self) -> Option<i64> {
        None
    }
}

impl Envelope {
    /// The code in a body, or in the value that was decoded from it.
    pub(crate) fn code<T: EnvelopeCode>(&self, body: &[u8], value: Option<&T>) -> Option<i64> {
        // Reading the body again would take as long as decoding it.
        let known = value.and_then(EnvelopeCode::code);
        known.or_else(|| value_at(body, self.code?))
    }

    /// Gives the message of a body to `read`. The message may be long, so it is not copied.
    pub(crate) fn message<T>(&self, body: &[u8], read: impl FnOnce(&str) -> T) -> Option<T> {
        let message: &RawValue = value_at(body, self.message?)?;
        let mut deserializer = serde_json::Deserializer::from_str(message.get());
        ReadText(read).deserialize(&mut deserializer).ok()
    }
}

/// The value at a JSON pointer (RFC 6901, through objects), if it exists and has the type `T`. A body that is not
/// JSON, or has another shape, has no such value.
fn value_at<'de, T: Deserialize<'de>>(body: &'de [u8], pointer: &str) -> Option<T> {
    let mut deserializer = serde_json::Deserializer::from_slice(without_mark(body));
    let steps = pointer.strip_prefix('/')?;
    let found = At(steps).deserialize(&mut deserializer).ok()?;
    // Text after the end of the value means that it is not JSON.
    deserializer.end().ok()?;
    let mut deserializer = serde_json::Deserializer::from_str(found?.get());
    T::deserialize(Strict::new(&mut deserializer)).ok()
}

/// Finds a value in the text, by the steps of the pointer.
struct At<'p>(&'p str);

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (step, rest) = match self.0.split_once('/') {
            Some((step, rest)) => (step, Some(rest)),
            None => (self.0, None),
        };
        let mut found = None;
        while let Some(is_it) = members.next_key_seed(ReadText(|key: &str| key == step))? {
            // If a key appears twice, the last one counts.
            match rest {
                _ if !is_it => {
                    members.next_value::<IgnoredAny>()?;
                }
                Some(rest) => found = members.next_value_seed(At(rest))?,
                None => found = Some(members.next_value()?),
            }
        }
        Ok(found)
    }
}

/// Reads a text in place.
struct ReadText<F>(F);

impl<'de, T, F: FnOnce(&str) -> T> DeserializeSeed<'de> for ReadText<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, F: FnOnce(&str) -> T> Visitor<'_> for ReadText<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(self.0(text))
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
    fn bytes_that_are_no_text_do_no_harm_where_no_text_is_read() {
        let found: Option<&str> = value_at(
            b"{\"data\":{\"title\":\"\xfc\",\"message\":\"gone\"}}",
            "/data/message",
        );
        assert_eq!(found, Some("gone"));
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
