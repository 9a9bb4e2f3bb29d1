//! JSON as it is sent: compact, with whole numbers as integers.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
#[cfg(any(feature = "conformance", feature = "httpmock"))]
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter};

use crate::runtime::whole_number::whole;

/// Writes a value. If the schema allows fractions, the number 7 is written as `7` and not as `7.0`: some servers
/// accept only the first.
pub(crate) fn write_json<T: Serialize + ?Sized>(
    writer: impl io::Write,
    value: &T,
) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(writer, WholeNumbers))
}

/// The value that is written. A value that can't be written becomes a text that differs from every other value.
#[cfg(any(feature = "conformance", feature = "httpmock"))]
#[allow(dead_code, reason = "needed by operations that send JSON")]
pub(crate) fn json_value(value: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(value)
        .unwrap_or_else(|error| format!("failed to encode: {error}").into());
    write_whole_numbers(&mut value);
    value
}

#[cfg(any(feature = "conformance", feature = "httpmock"))]
fn write_whole_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(whole) = number.as_f64().and_then(whole) {
                *number = whole.into();
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(write_whole_numbers),
        Value::Object(members) => members.values_mut().for_each(write_whole_numbers),
        _ => {}
    }
}

struct WholeNumbers;

impl Formatter for WholeNumbers {
    #[inline]
    fn write_f32<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        match whole(value.into()) {
            Some(whole) => self.write_i64(writer, whole),
            None => CompactFormatter.write_f32(writer, value),
        }
    }

    #[inline]
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        match whole(value) {
            Some(whole) => self.write_i64(writer, whole),
            None => CompactFormatter.write_f64(writer, value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::write_json;

    #[test]
    fn a_number_without_a_fraction_is_written_without_one() {
        let cases = [
            (307_242.0, "307242"),
            (-1.0, "-1"),
            (0.0, "0"),
            (0.5, "0.5"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (9_007_199_254_740_992.0, "9007199254740992.0"),
            (1e300, "1e+300"),
        ];
        for (value, expected) in cases {
            let mut written = Vec::new();
            write_json(&mut written, &value).unwrap();
            assert_eq!(String::from_utf8(written).unwrap(), expected);
        }
        let mut written = Vec::new();
        write_json(&mut written, &(7.0_f32, 0.5_f32, f64::NAN, "a", 1)).unwrap();
        assert_eq!(written, br#"[7,0.5,null,"a",1]"#);
    }

    #[cfg(any(feature = "conformance", feature = "httpmock"))]
    #[test]
    fn the_value_is_that_of_what_is_written() {
        let value = serde_json::json!({"a": [1.0, 0.5, {"b": 2.0}], "c": null});
        let mut written = Vec::new();
        write_json(&mut written, &value).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(super::json_value(&value), read);
    }
}
