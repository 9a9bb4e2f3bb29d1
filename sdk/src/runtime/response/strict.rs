//! A deserializer that reads a struct only from an object. serde also fills a struct from an array, by position, so
//! `[200, [[]], "OK"]` would be read as a success without tokens.

use std::fmt;

use serde::de::{
    Deserialize as _, DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use crate::runtime::response::secret_text::{self, SECRET_TEXT};

/// Wraps a deserializer, and everything that it returns. A sketch skips values of which a type asks for the text: the
/// type learns only that they are present.
pub(crate) struct Strict<T, const IS_SKETCH: bool = false>(T);

impl<T> Strict<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self(inner)
    }
}

impl<T> Strict<T, true> {
    pub(crate) fn sketch(inner: T) -> Self {
        Self(inner)
    }
}

/// A type asks for the JSON text of its value by this name.
pub(crate) const AS_JSON: &str = "$par_ordering::as_json";

macro_rules! deserialize {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {
        $(fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($argument,)* Strict::<_, IS_SKETCH>(visitor))
        })*
    };
}

impl<'de, D: Deserializer<'de>, const IS_SKETCH: bool> Deserializer<'de> for Strict<D, IS_SKETCH> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Strict::<_, IS_SKETCH>(visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        if IS_SKETCH && name == AS_JSON {
            IgnoredAny::deserialize(self.0)?;
            return visitor.visit_unit();
        }
        let visitor = Strict::<_, IS_SKETCH>(visitor);
        if name == SECRET_TEXT {
            return secret_text::read(self.0, visitor);
        }
        self.0.deserialize_newtype_struct(name, visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_i64(Whole(visitor))
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_u64(Whole(visitor))
    }

    deserialize! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_ignored_any();
        deserialize_identifier();
        deserialize_map();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! visit {
    ($($method:ident($type:ty);)*) => {
        $(fn $method<E: serde::de::Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>, const IS_SKETCH: bool> Visitor<'de> for Strict<V, IS_SKETCH> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit! {
        visit_bool(bool);
        visit_i8(i8);
        visit_i16(i16);
        visit_i32(i32);
        visit_i64(i64);
        visit_i128(i128);
        visit_u8(u8);
        visit_u16(u16);
        visit_u32(u32);
        visit_u64(u64);
        visit_u128(u128);
        visit_f32(f32);
        visit_f64(f64);
        visit_char(char);
        visit_str(&str);
        visit_borrowed_str(&'de str);
        visit_string(String);
        visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]);
        visit_byte_buf(Vec<u8>);
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Strict::<_, IS_SKETCH>(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        self.0
            .visit_newtype_struct(Strict::<_, IS_SKETCH>(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Strict::<_, IS_SKETCH>(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict::<_, IS_SKETCH>(members))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Strict::<_, IS_SKETCH>(variant))
    }
}

/// Visits an integer, also one that is written as `7.0` or `7e0`: to JSON that is the same number.
struct Whole<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Whole<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit! {
        visit_i64(i64);
        visit_u64(u64);
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<V::Value, E> {
        match whole(value) {
            Some(value) => self.0.visit_i64(value),
            None => self.0.visit_f64(value),
        }
    }
}

/// Below this limit, every whole number has its own floating-point number.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number without a fraction as an integer, if it is known to be that one.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "a number that is changed on the way is none of those that are taken"
)]
#[inline]
fn whole(value: f64) -> Option<i64> {
    let whole = value as i64;
    (whole as f64 == value && value.abs() < EXACT).then_some(whole)
}

impl<'de, A: SeqAccess<'de>, const IS_SKETCH: bool> SeqAccess<'de> for Strict<A, IS_SKETCH> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        self.0.next_element_seed(Strict::<_, IS_SKETCH>(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>, const IS_SKETCH: bool> MapAccess<'de> for Strict<A, IS_SKETCH> {
    type Error = A::Error;

    fn next_key_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        self.0.next_key_seed(Strict::<_, IS_SKETCH>(seed))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.0.next_value_seed(Strict::<_, IS_SKETCH>(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>, const IS_SKETCH: bool> EnumAccess<'de> for Strict<A, IS_SKETCH> {
    type Error = A::Error;
    type Variant = Strict<A::Variant, IS_SKETCH>;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Self::Variant), A::Error> {
        let (value, variant) = self.0.variant_seed(Strict::<_, IS_SKETCH>(seed))?;
        Ok((value, Strict::<_, IS_SKETCH>(variant)))
    }
}

impl<'de, A: VariantAccess<'de>, const IS_SKETCH: bool> VariantAccess<'de>
    for Strict<A, IS_SKETCH>
{
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.0.newtype_variant_seed(Strict::<_, IS_SKETCH>(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, Strict::<_, IS_SKETCH>(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0
            .struct_variant(fields, Strict::<_, IS_SKETCH>(visitor))
    }
}

impl<'de, T: DeserializeSeed<'de>, const IS_SKETCH: bool> DeserializeSeed<'de>
    for Strict<T, IS_SKETCH>
{
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        self.0.deserialize(Strict::<_, IS_SKETCH>(deserializer))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct All {
        text: String,
        absent: Option<String>,
        optional: Option<String>,
        list: Vec<String>,
        map: BTreeMap<String, String>,
        pair: (String, i64),
        newtype: Newtype,
        variants: Vec<Variant>,
        numbers: (u8, i16, f32, f64, u128, i128),
        other: (bool, char, ()),
        any: serde_json::Value,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Newtype(String);

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Variant {
        Alone,
        Newtype(String),
        Pair(String, String),
        Parts { a: String },
    }

    #[test]
    fn what_is_of_its_type_is_read_as_without_it() {
        let body = json!({
            "text": "\na",
            "absent": null,
            "optional": "a",
            "list": ["a", "b"],
            "map": {"a": "a", "b": "\ta"},
            "pair": ["a", -1],
            "newtype": "a",
            "variants": ["alone", {"newtype": "a"}, {"pair": ["a", "b"]}, {"parts": {"a": "a"}}],
            "numbers": [1, -2, 0.5, 0.25, 5, -6],
            "other": [true, "x", null],
            "any": {"a": [{"a": "a"}, 1]},
            "ignored": {"a": ["a"]},
        })
        .to_string();
        let mut deserializer = serde_json::Deserializer::from_str(&body);
        let read = All::deserialize(Strict::new(&mut deserializer)).unwrap();
        assert_eq!(read, serde_json::from_str(&body).unwrap());
    }

    #[test]
    fn an_integer_may_be_written_with_a_fraction_of_nothing() {
        fn read<'de, T: Deserialize<'de>>(body: &'de str) -> Option<T> {
            let mut deserializer = serde_json::Deserializer::from_str(body);
            T::deserialize(Strict::new(&mut deserializer)).ok()
        }
        let cases = [
            ("7", Some(7), Some(7)),
            ("7.0", Some(7), Some(7)),
            ("-7.00", Some(-7), None),
            ("7e2", Some(700), Some(700)),
            ("9223372036854775807", Some(i64::MAX), Some(i64::MAX as u64)),
            ("18446744073709551615", None, Some(u64::MAX)),
            // A floating-point number may be another one.
            ("9007199254740993.0", None, None),
            ("7.5", None, None),
            ("1e400", None, None),
            (r#""7""#, None, None),
            ("null", None, None),
        ];
        for (body, signed, unsigned) in cases {
            assert_eq!(read::<i64>(body), signed, "{body}");
            assert_eq!(read::<u64>(body), unsigned, "{body}");
        }
    }

    #[test]
    fn an_array_is_no_object() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct One {
            a: i64,
        }
        #[derive(Debug, PartialEq, Deserialize)]
        enum Wrapping {
            Parts { a: i64 },
        }
        fn read<'de, T: Deserialize<'de>>(body: &'de str) -> Option<T> {
            let mut deserializer = serde_json::Deserializer::from_str(body);
            T::deserialize(Strict::new(&mut deserializer)).ok()
        }
        assert_eq!(read(r#"{"a":1}"#), Some(One { a: 1 }));
        assert_eq!(read::<One>("[1]"), None);
        assert!(serde_json::from_str::<One>("[1]").is_ok());
        let parts = read(r#"{"Parts":{"a":1}}"#);
        assert_eq!(parts, Some(Wrapping::Parts { a: 1 }));
        // At any depth.
        assert_eq!(read::<Vec<Option<One>>>("[[1]]"), None);
        assert_eq!(read::<BTreeMap<String, One>>(r#"{"a":[1]}"#), None);
    }
}
