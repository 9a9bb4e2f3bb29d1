//! A deserializer that takes an object for an object: serde would also fill a struct from an array, by
//! position, so that `[200, [[]], "OK"]` would pass for a success without tokens. Texts can be
//! changed on the way.

use std::fmt;

use serde::de::{
    Deserialize as _, DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde_json::value::RawValue;

use crate::runtime::secret::zeroizing::Zeroizing;

/// Wraps a deserializer, and in turn all that it hands out.
pub(crate) struct Strict<T, C> {
    inner: T,
    change: C,
}

impl<T, C: Change> Strict<T, C> {
    pub(crate) fn new(inner: T, change: C) -> Self {
        Self { inner, change }
    }
}

/// What becomes of texts: values, and keys of objects that are open to any.
pub(crate) trait Change: Copy {
    /// What to take in the place of a text.
    fn instead_of(self, text: &str) -> Option<String>;

    /// What to take in the place of a value that is kept as the JSON it came in.
    fn instead_of_json(self, json: &str) -> Option<String>;

    /// Whether nobody asks for the text of a value.
    fn is_sketch(self) -> bool {
        false
    }
}

/// Texts stay as they are.
#[derive(Clone, Copy)]
pub(crate) struct Unchanged;

impl Change for Unchanged {
    fn instead_of(self, _: &str) -> Option<String> {
        None
    }

    fn instead_of_json(self, _: &str) -> Option<String> {
        None
    }
}

/// The name by which a type asks for the text of its value, as JSON, instead of its parts.
pub(crate) const AS_JSON: &str = "$par_ordering::as_json";

macro_rules! deserialize {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {
        $(fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($argument,)* Strict::new(visitor, self.change))
        })*
    };
}

impl<'de, D: Deserializer<'de>, C: Change> Deserializer<'de> for Strict<D, C> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner
            .deserialize_map(Strict::new(visitor, self.change))
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        // What a type looks for by its own names is no secret.
        self.inner
            .deserialize_identifier(Strict::new(visitor, Unchanged))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let Self { inner, change } = self;
        if name != AS_JSON {
            return inner.deserialize_newtype_struct(name, Strict::new(visitor, change));
        }
        if change.is_sketch() {
            IgnoredAny::deserialize(inner)?;
            return visitor.visit_unit();
        }
        let json: Box<str> = Box::<RawValue>::deserialize(inner)?.into();
        let json = Zeroizing::new(String::from(json));
        match change.instead_of_json(&json) {
            Some(other) => visitor.visit_string(other),
            None => visitor.visit_string(json.into()),
        }
    }

    deserialize! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
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
        deserialize_map();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! visit {
    ($($method:ident($type:ty);)*) => {
        $(fn $method<E: serde::de::Error>(self, value: $type) -> Result<V::Value, E> {
            self.inner.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>, C: Change> Visitor<'de> for Strict<V, C> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
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
        visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]);
        visit_byte_buf(Vec<u8>);
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<V::Value, E> {
        match self.change.instead_of(text) {
            Some(other) => self.inner.visit_string(other),
            None => self.inner.visit_str(text),
        }
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<V::Value, E> {
        match self.change.instead_of(text) {
            Some(other) => self.inner.visit_string(other),
            None => self.inner.visit_borrowed_str(text),
        }
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<V::Value, E> {
        let other = self.change.instead_of(&text);
        self.inner.visit_string(other.unwrap_or(text))
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner
            .visit_some(Strict::new(deserializer, self.change))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        self.inner
            .visit_newtype_struct(Strict::new(deserializer, self.change))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Strict::new(items, self.change))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Strict::new(members, self.change))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(Strict::new(variant, self.change))
    }
}

impl<'de, A: SeqAccess<'de>, C: Change> SeqAccess<'de> for Strict<A, C> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        self.inner.next_element_seed(Strict::new(seed, self.change))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>, C: Change> MapAccess<'de> for Strict<A, C> {
    type Error = A::Error;

    fn next_key_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        self.inner.next_key_seed(Strict::new(seed, self.change))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.inner.next_value_seed(Strict::new(seed, self.change))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>, C: Change> EnumAccess<'de> for Strict<A, C> {
    type Error = A::Error;
    type Variant = Strict<A::Variant, C>;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Self::Variant), A::Error> {
        let Self { inner, change } = self;
        let (value, variant) = inner.variant_seed(Strict::new(seed, change))?;
        Ok((value, Strict::new(variant, change)))
    }
}

impl<'de, A: VariantAccess<'de>, C: Change> VariantAccess<'de> for Strict<A, C> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.inner
            .newtype_variant_seed(Strict::new(seed, self.change))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.inner
            .tuple_variant(len, Strict::new(visitor, self.change))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.inner
            .struct_variant(fields, Strict::new(visitor, self.change))
    }
}

impl<'de, T: DeserializeSeed<'de>, C: Change> DeserializeSeed<'de> for Strict<T, C> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        self.inner
            .deserialize(Strict::new(deserializer, self.change))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde::de::IntoDeserializer as _;
    use serde::de::value::{BorrowedStrDeserializer, Error, StrDeserializer, StringDeserializer};
    use serde_json::json;

    use super::*;

    /// Writes `o` where `a` stands.
    #[derive(Clone, Copy)]
    struct Vowels;

    impl Change for Vowels {
        fn instead_of(self, text: &str) -> Option<String> {
            text.contains('a').then(|| text.replace('a', "o"))
        }

        fn instead_of_json(self, json: &str) -> Option<String> {
            self.instead_of(json)
        }
    }

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
    fn a_text_is_changed_wherever_it_stands_and_the_names_of_a_type_are_not() {
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
        });
        let text = |text: &str| text.to_owned();
        let expected = All {
            text: text("\no"),
            absent: None,
            optional: Some(text("o")),
            list: vec![text("o"), text("b")],
            map: BTreeMap::from([(text("b"), text("\to")), (text("o"), text("o"))]),
            pair: (text("o"), -1),
            newtype: Newtype(text("o")),
            variants: vec![
                Variant::Alone,
                Variant::Newtype(text("o")),
                Variant::Pair(text("o"), text("b")),
                Variant::Parts { a: text("o") },
            ],
            numbers: (1, -2, 0.5, 0.25, 5, -6),
            other: (true, 'x', ()),
            any: json!({"o": [{"o": "o"}, 1]}),
        };
        let body = body.to_string();
        let mut deserializer = serde_json::Deserializer::from_str(&body);
        let read = All::deserialize(Strict::new(&mut deserializer, Vowels)).unwrap();
        assert_eq!(read, expected);
    }

    #[test]
    fn a_text_is_changed_whoever_owns_it() {
        fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Option<String> {
            String::deserialize(Strict::new(deserializer, Vowels)).ok()
        }
        let borrowed = BorrowedStrDeserializer::<Error>::new("a");
        let passing: StrDeserializer<'_, Error> = "a".into_deserializer();
        let owned: StringDeserializer<Error> = "a".to_owned().into_deserializer();
        let expected = Some("o".to_owned());
        assert_eq!(read(borrowed), expected);
        assert_eq!(read(passing), expected);
        assert_eq!(read(owned), expected);
    }

    #[test]
    fn an_array_is_no_object() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct One {
            a: i64,
        }
        let read = |body: &str| {
            let mut deserializer = serde_json::Deserializer::from_str(body);
            One::deserialize(Strict::new(&mut deserializer, Unchanged)).ok()
        };
        assert_eq!(read(r#"{"a":1}"#), Some(One { a: 1 }));
        assert_eq!(read("[1]"), None);
        assert!(serde_json::from_str::<One>("[1]").is_ok());
    }
}
