//! Values of which the specification lists some. A server may know others: these are kept as they were received and
//! can be read, and only what a caller sends is checked. The generated code lists the values; this module implements
//! what all such types share.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Visitor};

use crate::runtime::call::check::Breach;

/// The problem of a value that is sent and not listed.
pub(crate) fn not_listed(values: &[&str]) -> Breach {
    Breach::new(format!("must be one of `{}`", values.join("`, `")))
}

/// Reads a text.
pub(crate) fn read_text<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: for<'a> From<&'a str>,
    D: Deserializer<'de>,
{
    struct Text<T>(PhantomData<T>);

    impl<T: for<'a> From<&'a str>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E>(self, text: &str) -> Result<T, E> {
            Ok(T::from(text))
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
}

/// The error for a text that is not an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnInteger;

impl fmt::Display for NotAnInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an integer")
    }
}

impl std::error::Error for NotAnInteger {}

/// Returns the text of an integer.
pub(crate) fn integer(text: &str) -> Result<&str, NotAnInteger> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_json = digits == "0" || !digits.starts_with('0');
    (is_integer && is_json).then_some(text).ok_or(NotAnInteger)
}

/// What texts and numbers share: `$values` are those of the specification.
#[allow(unused_macros, reason = "needed by types that list values")]
macro_rules! open_enumeration {
    ($name:ident, $values:expr, $schema:tt) => {
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl crate::runtime::contract::Check for $name {
            fn check(
                &self,
                _: &'static [crate::runtime::contract::Rule],
            ) -> ::std::result::Result<(), crate::runtime::contract::Breach> {
                match self {
                    Self::Unrecognized(_) => Err(crate::runtime::contract::not_listed(&$values)),
                    _ => Ok(()),
                }
            }
        }

        impl crate::runtime::contract::FormValue for $name {
            fn write(
                &self,
                name: &str,
                form: &mut crate::runtime::contract::FormWriter,
            ) -> ::std::result::Result<(), crate::runtime::contract::NoRoom> {
                form.pair(name, self.as_str())
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($name)).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!($schema)
            }
        }
    };
}

/// An enumeration of texts, with the values of the specification. The type itself has `as_str` and converts from a
/// `&str`.
#[allow(unused_macros, reason = "needed by types that list texts")]
macro_rules! open_text {
    ($name:ident, [$($value:literal),*]) => {
        crate::runtime::contract::open_enumeration!(
            $name, [$($value),*], {"type": "string", "enum": [$($value),*]}
        );

        impl ::std::convert::From<::std::string::String> for $name {
            fn from(value: ::std::string::String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl ::std::convert::From<&::std::string::String> for $name {
            fn from(value: &::std::string::String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                crate::runtime::contract::read_text(deserializer)
            }
        }
    };
}

/// An enumeration of integers, with the values of the specification. The type itself has `as_str` and `from_json`.
#[allow(unused_macros, reason = "needed by types that list integers")]
macro_rules! open_integer {
    ($name:ident, [$($value:literal),*]) => {
        crate::runtime::contract::open_enumeration!(
            $name,
            [$(stringify!($value)),*],
            {"type": "integer", "enum": [$(::std::convert::identity::<i128>($value)),*]}
        );
        crate::runtime::contract::open_integer!(@from $name: i32 i64 u32 u64);

        impl ::std::str::FromStr for $name {
            type Err = crate::runtime::contract::NotAnInteger;

            fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                crate::runtime::contract::integer(value).map(Self::from_json)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                crate::runtime::contract::write_number(self.as_str(), serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let number = <crate::Number as ::serde::Deserialize>::deserialize(deserializer)?;
                // `7.0` is 7, but what is not listed stays as it is written.
                Ok(match number.to_i64().map(Self::from) {
                    None | Some(Self::Unrecognized(_)) => Self::from_json(number.as_str()),
                    Some(listed) => listed,
                })
            }
        }
    };
    (@from $name:ident: $($ty:ty)*) => {
        $(
            impl ::std::convert::From<$ty> for $name {
                fn from(value: $ty) -> Self {
                    Self::from_json(&value.to_string())
                }
            }
        )*
    };
}

#[allow(
    unused_imports,
    reason = "which of them are needed depends on the specification"
)]
pub(crate) use {open_enumeration, open_integer, open_text};

#[cfg(test)]
mod tests {
    use std::fmt;

    use crate::runtime::call::check::Check as _;
    use crate::runtime::contract;
    use crate::runtime::response::decode::decode;

    #[derive(Clone, PartialEq)]
    enum Kind {
        Visa,
        Unrecognized(String),
    }

    impl Kind {
        fn as_str(&self) -> &str {
            match self {
                Self::Visa => "visa",
                Self::Unrecognized(value) => value,
            }
        }
    }

    impl From<&str> for Kind {
        fn from(value: &str) -> Self {
            match value {
                "visa" => Self::Visa,
                other => Self::Unrecognized(other.to_owned()),
            }
        }
    }

    contract::open_text!(Kind, ["visa"]);

    #[derive(Clone, PartialEq)]
    enum Level {
        Value1,
        Unrecognized(String),
    }

    impl Level {
        fn as_str(&self) -> &str {
            match self {
                Self::Value1 => "1",
                Self::Unrecognized(value) => value,
            }
        }

        fn from_json(value: &str) -> Self {
            match value {
                "1" => Self::Value1,
                other => Self::Unrecognized(other.to_owned()),
            }
        }
    }

    contract::open_integer!(Level, [1]);

    impl fmt::Debug for Level {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.as_str())
        }
    }

    #[test]
    fn a_value_that_is_not_listed_comes_back_as_it_came() {
        for json in [r#""visa""#, r#""VISA""#, r#""""#, r#""a \"b\"""#] {
            let kind: Kind = decode(json.as_bytes()).unwrap();
            assert_eq!(serde_json::to_string(&kind).unwrap(), json);
        }
        let far = "123456789012345678901234567890";
        for json in ["1", "2", "-0", "2.0", "1e400", "18446744073709551615", far] {
            let ours: Level = decode(json.as_bytes()).unwrap();
            let theirs: Level = serde_json::from_str(json).unwrap();
            assert_eq!(ours, theirs);
            assert_eq!(ours == Level::Value1, json == "1");
            assert_eq!(serde_json::to_string(&ours).unwrap(), json);
        }
        assert_eq!(decode::<Level>(b"1.0").unwrap(), Level::Value1);
        for json in ["\"1\"", "null", "[1]", "true"] {
            assert!(decode::<Level>(json.as_bytes()).is_err(), "{json}");
        }
    }

    #[test]
    fn a_value_that_is_not_listed_is_not_sent() {
        let said = |breach: Result<(), contract::Breach>| {
            let breach = breach.map_err(|breach| breach.within("it").to_string());
            breach.err().unwrap_or_default()
        };
        assert_eq!(said(Kind::from("visa").check(&[])), "");
        assert_eq!(
            said(Kind::from("VISA").check(&[])),
            "it must be one of `visa`"
        );
        assert_eq!(said(Level::from(1).check(&[])), "");
        assert_eq!(
            said(Level::from(u64::MAX).check(&[])),
            "it must be one of `1`"
        );
    }

    #[test]
    fn a_text_is_a_number_of_json_or_none() {
        for (text, expected) in [("1", true), ("-7", true), ("0", true), ("01", false)] {
            assert_eq!(text.parse::<Level>().is_ok(), expected, "{text}");
        }
        for text in ["", "-", "1.0", "one", "+1"] {
            assert!(text.parse::<Level>().is_err(), "{text}");
        }
    }
}
