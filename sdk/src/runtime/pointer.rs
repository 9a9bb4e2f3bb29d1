//! Reads one value out of a JSON text and passes over all others.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use serde_json::value::RawValue;

use super::decode::without_mark;

/// The value at a JSON pointer (RFC 6901, through objects), if it is there and of the type `T`. A body that
/// is no JSON, or JSON of another shape, has none.
pub(crate) fn value_at<'de, T: Deserialize<'de>>(json: &'de [u8], pointer: &str) -> Option<T> {
    let mut deserializer = serde_json::Deserializer::from_slice(without_mark(json));
    let steps = pointer.strip_prefix('/')?;
    At {
        steps,
        result: PhantomData,
    }
    .deserialize(&mut deserializer)
    .ok()
    .flatten()
    // What goes on after its end is no JSON.
    .filter(|_| deserializer.end().is_ok())
}

struct At<'p, T> {
    /// Steps that are left, without the leading slash.
    steps: &'p str,
    result: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for At<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for At<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (step, rest) = match self.steps.split_once('/') {
            Some((step, rest)) => (step, Some(rest)),
            None => (self.steps, None),
        };
        let mut found = None;
        while let Some(key) = members.next_key::<String>()? {
            if key != step {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            found = match rest {
                Some(steps) => members.next_value_seed(At {
                    steps,
                    result: PhantomData,
                })?,
                None => members.next_value::<Leaf<T>>()?.0,
            };
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
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
    fn a_number_is_found() {
        assert_eq!(value_at::<i64>(br#"{"code":403}"#, "/code"), Some(403));
        assert_eq!(value_at::<i64>(br#"{"code":"403"}"#, "/code"), None);
    }
}
