//! The example response, in JSON. A key that appears twice is an error: the page does not say which of the two it
//! means.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::lines::{Line, Lines};
use super::{COPYRIGHT, Expected, PageError};

/// The line below the example.
const LABEL: &str = "Example response";

/// The line in place of the example if an answer has no body.
const NO_BODY: &str = "No Body";

/// The example and its label; neither if the page shows no answer.
pub fn read(lines: &mut Lines<'_>) -> Result<Option<Value>, PageError> {
    let line = lines.peek_filled(Expected::Example)?;
    if line.text.starts_with(COPYRIGHT) {
        return Ok(None);
    }
    let example = if line.text == NO_BODY {
        lines.next_filled(Expected::Example)?;
        None
    } else if line.text.starts_with(['{', '[', '"']) {
        Some(json(&line, lines)?)
    } else {
        return Err(line.unexpected(Expected::Example));
    };
    let label = lines.next_filled(Expected::ExampleLabel)?;
    if label.text != LABEL {
        return Err(label.unexpected(Expected::ExampleLabel));
    }
    Ok(example)
}

fn json(line: &Line<'_>, lines: &mut Lines<'_>) -> Result<Value, PageError> {
    let mut values = serde_json::Deserializer::from_str(lines.rest()).into_iter::<Unambiguous>();
    match values.next() {
        Some(Ok(Unambiguous(value))) => {
            lines.skip(values.byte_offset());
            Ok(value)
        }
        Some(Err(error)) if error.is_eof() => Err(PageError::Ends {
            expected: Expected::Example,
        }),
        Some(Err(error)) => Err(PageError::Example {
            line: line.number + error.line().saturating_sub(1),
            message: without_position(&error.to_string()).to_owned(),
        }),
        None => Err(PageError::Ends {
            expected: Expected::Example,
        }),
    }
}

/// The position at the end of the message counts from the beginning of the example.
fn without_position(message: &str) -> &str {
    let parts = message.rsplit_once(" at line ");
    parts.map_or(message, |(message, _)| message)
}

/// A value in which no object has a key twice.
struct Unambiguous(Value);

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Keys).map(Self)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Unambiguous(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(array.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.contains_key(&key) {
                // As JSON, so that the message is one line.
                let key = Value::from(key);
                return Err(A::Error::custom(format_args!("it has the key {key} twice")));
            }
            let Unambiguous(value) = members.next_value()?;
            object.insert(key, value);
        }
        Ok(object.into())
    }
}
