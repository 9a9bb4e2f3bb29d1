//! Numbers as they are written: the nearest floating-point number is often another one.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::runtime::secret::masking::mask;

/// A number that may have a fraction, as it is written in JSON. No digit is lost: `19.90` stays `19.90`, and a number
/// of thirty digits is read like any other.
///
/// Integers, floating-point numbers and texts convert into it. [`to_f64`](Self::to_f64) and [`to_i64`](Self::to_i64)
/// calculate with it; [`as_str`](Self::as_str) is what decimal types parse. Numbers are compared by their value, so
/// `7.0` is `7`. A floating-point number counts as its shortest spelling, so `0.1` is `0.1`. `NaN` and the infinities
/// can't be sent: a call with one is an [invalid request](crate::ErrorKind::InvalidRequest). `Debug` masks a long
/// number, which may be somebody's, and shows amounts such as 1234.56; `Display` shows all.
///
/// It is read by serde_json alone, and directly: not by other formats, nor within `flatten` or an untagged or internally
/// tagged enumeration of your own.
///
/// ```
/// use par_ordering::Number;
///
/// let price: Number = serde_json::from_str("19.90")?;
/// assert_eq!(price, 19.9);
/// assert_eq!(price.as_str(), "19.90");
/// assert_eq!(price.to_f64() * 2.0, 39.8);
/// assert!(price < "20.000000000000000000001".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Number(Box<str>);

impl Number {
    /// Returns the number as JSON text. `NaN` and the infinities, which JSON does not have, are `NaN`, `inf` and `-inf`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the nearest floating-point number, or an infinity if the number is too large for one.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        // Rust reads every number of JSON.
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// Returns the integer if it is one of 64 bits, however it is written: `7`, `7.0` and `7e0` are the same.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        if let Ok(value) = self.0.parse() {
            return Some(value);
        }
        let decimal = self.decimal()?;
        let zeros = decimal.zeros();
        if !(0..20).contains(&zeros) {
            return None;
        }
        let sign = if decimal.is_negative { "-" } else { "" };
        let zeros = "0".repeat(usize::try_from(zeros).unwrap_or(0));
        format!("{sign}0{}{zeros}", decimal.digits).parse().ok()
    }

    pub(crate) fn whole(value: i128) -> Self {
        Self(value.to_string().into())
    }

    /// Whether it is that many times another number, digit by digit. The unit of a rule has at most 20 digits.
    pub(crate) fn is_multiple_of(&self, unit: &Self) -> bool {
        let (Some(value), Some(unit)) = (self.decimal(), unit.decimal()) else {
            return false;
        };
        let divisor = unit.digits.parse::<u64>().map_or(0, u128::from);
        if divisor == 0 || value.digits.is_empty() {
            return true;
        }
        // The last digit is not zero, so what has more decimals than the unit is no multiple of it.
        let zeros = value.zeros().saturating_sub(unit.zeros());
        if zeros < 0 {
            return false;
        }
        let digits = value.digits.bytes().map(|digit| digit - b'0');
        // More zeros change nothing: 64 of them hold every 2 and 5 that is in the divisor.
        let zeros = (0..zeros.min(64)).map(|_| 0);
        let rest = |rest: u128, digit: u8| (rest * 10 + u128::from(digit)) % divisor;
        digits.chain(zeros).fold(0, rest) == 0
    }

    /// The one text of all its spellings.
    pub(crate) fn canonical(&self) -> String {
        if let Some(whole) = self.to_i64() {
            return whole.to_string();
        }
        self.decimal().map_or_else(
            || self.0.to_string(),
            |decimal| {
                let sign = if decimal.is_negative { "-" } else { "" };
                format!("{sign}{}e{}", decimal.digits, decimal.zeros())
            },
        )
    }

    pub(crate) fn is_finite(&self) -> bool {
        is_number(self.0.trim_start_matches('-'))
    }

    /// `None` if it is not finite.
    fn decimal(&self) -> Option<Decimal> {
        let is_negative = self.0.starts_with('-');
        let unsigned = self.0.trim_start_matches('-');
        if !self.is_finite() {
            return None;
        }
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let exponent: i64 = match exponent.trim_start_matches('+').parse() {
            Ok(exponent) => exponent,
            Err(_) if exponent.starts_with('-') => i64::MIN,
            Err(_) => i64::MAX,
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let leading = all.len() - significant.len();
        let digits = significant.trim_end_matches('0').to_owned();
        #[allow(clippy::cast_possible_wrap, reason = "no text is that long")]
        let point = (whole.len() as i64 - leading as i64).saturating_add(exponent);
        let is_zero = digits.is_empty();
        Some(Decimal {
            is_negative: is_negative && !is_zero,
            point: if is_zero { 0 } else { point },
            digits,
        })
    }
}

/// A number in the one form that all its spellings have.
#[derive(PartialEq)]
struct Decimal {
    is_negative: bool,
    /// From the first to the last that is not zero.
    digits: String,
    /// How many digits are before the point.
    point: i64,
}

impl Decimal {
    /// How many zeros follow the digits; if it is negative, how many digits are after the point.
    fn zeros(&self) -> i64 {
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        self.point.saturating_sub(length)
    }

    fn sign(&self) -> i8 {
        match self.digits.is_empty() {
            true => 0,
            false if self.is_negative => -1,
            false => 1,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let by_size = || {
            let points = self.point.cmp(&other.point);
            points.then_with(|| self.digits.cmp(&other.digits))
        };
        let order = self.sign().cmp(&other.sign());
        Some(match order {
            Ordering::Equal if self.is_negative => by_size().reverse(),
            Ordering::Equal => by_size(),
            _ => order,
        })
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.decimal(), other.decimal()) {
            (Some(one), Some(other)) => one.partial_cmp(&other),
            // Of a finite number only its sign counts beside an infinity: `1e400` is none.
            (Some(_), None) => 0.0.partial_cmp(&other.to_f64()),
            (None, Some(_)) => self.to_f64().partial_cmp(&0.0),
            (None, None) => self.to_f64().partial_cmp(&other.to_f64()),
        }
    }
}

macro_rules! converted {
    ($($ty:ty)*) => {
        $(
            impl From<$ty> for Number {
                fn from(value: $ty) -> Self {
                    // The shortest text that is read as the same number; `7.0` is written as `7`, because some
                    // servers accept only that.
                    let text = format!("{value:?}");
                    Self(text.strip_suffix(".0").unwrap_or(&text).into())
                }
            }

            impl PartialEq<$ty> for Number {
                fn eq(&self, other: &$ty) -> bool {
                    self.eq(&Self::from(*other))
                }
            }
        )*
    };
}

converted!(i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);

/// The error of a text that is not a number of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseNumberError;

impl fmt::Display for ParseNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a number as JSON writes it, such as -7.5 or 1e3")
    }
}

impl std::error::Error for ParseNumberError {}

impl FromStr for Number {
    type Err = ParseNumberError;

    fn from_str(text: &str) -> Result<Self, ParseNumberError> {
        match serde_json::from_str::<&RawValue>(text) {
            Ok(json) if json.get() == text && is_number(text) => Ok(Self(text.into())),
            _ => Err(ParseNumberError),
        }
    }
}

macro_rules! parsed {
    ($($ty:ty)*) => {
        $(
            impl TryFrom<$ty> for Number {
                type Error = ParseNumberError;

                fn try_from(text: $ty) -> Result<Self, ParseNumberError> {
                    text.parse()
                }
            }
        )*
    };
}

parsed!(&str &String String);

/// Whether JSON is a number.
fn is_number(json: &str) -> bool {
    json.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Json;

        impl<'de> Visitor<'de> for Json {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Number, D::Error> {
                let json: Box<str> = Box::<RawValue>::deserialize(deserializer)?.into();
                if is_number(&json) {
                    Ok(Number(json))
                } else {
                    Err(D::Error::custom("expected a number"))
                }
            }
        }

        deserializer.deserialize_newtype_struct("Number", Json)
    }
}

/// Writes a number as it is.
pub(crate) fn write_number<S: Serializer>(number: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match number.parse::<i64>() {
        Ok(value) if value.to_string() == number => serializer.serialize_i64(value),
        _ => RawValue::from_string(number.to_owned())
            .map_err(S::Error::custom)?
            .serialize(serializer),
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.is_finite() {
            // As serde_json writes it. It is not sent.
            return serializer.serialize_unit();
        }
        write_number(&self.0, serializer)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(&self.0, &[]))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::response::decode::decode;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn a_number_is_kept_as_it_is_written_whoever_reads_it() {
        for body in [
            "19.90",
            "-0.0",
            "1E+400",
            "123456789012345678901234567890.123456789",
        ] {
            let ours: Number = decode(body.as_bytes()).unwrap();
            let theirs: Number = serde_json::from_str(body).unwrap();
            let given = number(body);
            for read in [ours, theirs, given] {
                assert_eq!(read.as_str(), body);
                assert_eq!(serde_json::to_string(&read).unwrap(), body);
            }
        }
        let value: Number = serde_json::from_value(serde_json::json!(0.5)).unwrap();
        assert_eq!(value.as_str(), "0.5");
        assert_eq!(serde_json::to_value(&value).unwrap(), 0.5);
    }

    #[test]
    fn what_is_not_a_number_of_json_is_refused() {
        for text in [
            "", "-", "a", "1,5", "07", ".5", "5.", "+1", "0x1", " 1", "1 ", "NaN", "inf", "null",
            "\"7\"", "[1]", "1e",
        ] {
            assert_eq!(Number::try_from(text), Err(ParseNumberError), "{text:?}");
            assert!(decode::<Number>(text.as_bytes()).is_err() || text.trim() != text);
        }
    }

    #[test]
    fn numbers_are_compared_by_their_value() {
        let ascending: &[&[&str]] = &[
            &["-1e400"],
            &["-12", "-1.2e1", "-12.00"],
            &["-1.9"],
            &["-0.5", "-5e-1"],
            &["0", "-0", "0.0", "0e7"],
            &["1e-99999999999999999999"],
            &["0.049"],
            &["0.5", "0.50", "50e-2"],
            &["9007199254740992"],
            &["9007199254740993", "9007199254740993.0"],
            &["1e30"],
            &["1000000000000000000000000000000.1"],
            &["1e400", "10E399"],
            &["1e99999999999999999999"],
        ];
        for (index, ones) in ascending.iter().enumerate() {
            for (other_index, others) in ascending.iter().enumerate() {
                for (one, other) in ones
                    .iter()
                    .flat_map(|one| others.iter().map(move |o| (one, o)))
                {
                    let expected = Some(index.cmp(&other_index));
                    assert_eq!(
                        number(one).partial_cmp(&number(other)),
                        expected,
                        "{one} and {other}"
                    );
                }
            }
        }
        assert_ne!(Number::from(f64::NAN), f64::NAN);
        let infinity = Number::from(f64::INFINITY);
        assert!(infinity > number("1e400"));
        let infinity = Number::from(f64::NEG_INFINITY);
        assert!(number("-1e400") > infinity);
    }

    #[test]
    fn numbers_convert_from_and_into_those_of_rust() {
        let cases = [
            (Number::from(7.0), "7", Some(7)),
            (Number::from(-0.5), "-0.5", None),
            (Number::from(0.1_f32), "0.1", None),
            (Number::from(1e300), "1e300", None),
            (Number::from(1e-7), "1e-7", None),
            (Number::from(u64::MAX), "18446744073709551615", None),
            (number("-7.00"), "-7.00", Some(-7)),
            (number("1.5e2"), "1.5e2", Some(150)),
            (
                number("0e99999999999999999999"),
                "0e99999999999999999999",
                Some(0),
            ),
            (
                number("9223372036854775807.0"),
                "9223372036854775807.0",
                Some(i64::MAX),
            ),
            (
                number("-9223372036854775808e0"),
                "-9223372036854775808e0",
                Some(i64::MIN),
            ),
            (number("9223372036854775808"), "9223372036854775808", None),
            (number("1e19"), "1e19", None),
            (
                number("1e99999999999999999999"),
                "1e99999999999999999999",
                None,
            ),
            (number("1e-1"), "1e-1", None),
            (
                number("0.1e-99999999999999999999"),
                "0.1e-99999999999999999999",
                None,
            ),
        ];
        for (made, text, whole) in cases {
            assert_eq!(made.as_str(), text);
            assert_eq!(made.to_i64(), whole, "{text}");
        }
        assert_eq!(number("1e400").to_f64(), f64::INFINITY);
        assert_eq!(number("0.1").to_f64(), 0.1);
        assert_eq!(number("7.0"), 7);
        assert_ne!(number("0.1"), 0.1_f64 + f64::EPSILON);
    }

    #[test]
    fn a_multiple_is_told_from_another_number_digit_by_digit() {
        for (value, unit, expected) in [
            ("0.3", "0.1", true),
            ("19.99", "0.01", true),
            ("19.9900000000001", "0.01", false),
            ("10000000.005", "0.01", false),
            ("0.000000000001", "0.01", false),
            ("1000000000.5", "1", false),
            ("0", "7", true),
            ("-7.0", "7", true),
            ("7.5", "2.5", true),
            ("3", "0.5", true),
            ("1e400", "2.5e-3", true),
            ("1e99999999999999999999", "18446744073709551615", false),
            ("1e-400", "0.5", false),
            ("123456789012345678901234567890", "10", true),
            ("123456789012345678901234567890", "11", false),
        ] {
            let is_multiple = number(value).is_multiple_of(&number(unit));
            assert_eq!(is_multiple, expected, "{value} of {unit}");
        }
    }

    #[test]
    fn a_number_of_somebody_is_not_shown() {
        assert_eq!(format!("{:?} {0}", number("12.50")), "12.50 12.50");
        assert_eq!(format!("{:?}", number("4111111111111111")), "[masked]");
    }
}
