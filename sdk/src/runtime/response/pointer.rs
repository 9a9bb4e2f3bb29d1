//! Reads one value out of a JSON text and passes over all others.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use serde_json::value::RawValue;

use crate::runtime::response::decode::without_mark;

/// The value at a JSON pointer (RFC 6901, through objects), if it is there and of the type `T`. A body that
/// is no JSON, or JSON of another shape, has none.
pub(crate) fn value_at<'de, T: Deserialize<'de>>(json: &'de [u8], pointer: &str) -> Option<T> {
    let mut deserializer = serde_json::Deserializer::from_slice(without_mark(json));
    let found = Cell::new(None);
    let steps = pointer.strip_prefix('/')?;
    let at = At {
        steps,
        found: &found,
    };
    at.deserialize(&mut deserializer).ok()?;
    // What goes on after its end is no JSON.
    found.take().filter(|_| deserializer.end().is_ok())
}

struct At<'p, T> {
    /// Steps that are left, without the leading slash.
    steps: &'p str,
    found: &'p Cell<Option<T>>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for At<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for At<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let (step, rest) = match self.steps.split_once('/') {
            Some((step, rest)) => (step, Some(rest)),
            None => (self.steps, None),
        };
        while let Some(is_step) = members.next_key_seed(IsKey(step))? {
            if !is_step {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            // Where a key is there twice, the last one counts.
            match rest {
                Some(steps) => {
                    self.found.take();
                    members.next_value_seed(At { steps, ..self })?;
                }
                None => self.found.set(members.next_value::<Leaf<T>>()?.0),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Tells whether a key is this one, without a copy of it.
struct IsKey<'k>(&'k str);

impl<'de> DeserializeSeed<'de> for IsKey<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsKey<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

/// A value, read as a `T` if it is one. It is taken as text first, so that no buffer comes between.
struct Leaf<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Leaf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&RawValue>::deserialize(deserializer)?;
        Ok(Self(serde_json::from_str(text.get()).ok()))
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
