//! Reads one number out of a value, by letting it serialise itself no further than to there.

use std::fmt::{self, Display};

use serde::Serialize;
use serde::ser::{Impossible, SerializeStruct, Serializer};

/// The number at a JSON pointer (RFC 6901) through the fields of structs, if it is there.
pub(crate) fn number_at<T: Serialize>(value: &T, pointer: &str) -> Option<i64> {
    value.serialize(At(pointer)).ok()?
}

/// What is left of a pointer: empty where the number comes.
struct At<'p>(&'p str);

macro_rules! numbers {
    ($($method:ident($type:ty);)*) => {
        $(fn $method(self, value: $type) -> Result<Option<i64>, NoNumber> {
            Ok(i64::try_from(value).ok().filter(|_| self.0.is_empty()))
        })*
    };
}

macro_rules! others {
    ($($method:ident($($type:ty),*);)*) => {
        $(fn $method(self, $(_: $type),*) -> Result<Option<i64>, NoNumber> {
            Err(NoNumber)
        })*
    };
}

macro_rules! no_structs {
    ($($method:ident($($type:ty),*) -> $compound:ident;)*) => {
        $(
            type $compound = Impossible<Option<i64>, NoNumber>;

            fn $method(self, $(_: $type),*) -> Result<Self::$compound, NoNumber> {
                Err(NoNumber)
            }
        )*
    };
}

impl<'p> Serializer for At<'p> {
    type Ok = Option<i64>;
    type Error = NoNumber;
    type SerializeStruct = Fields<'p>;

    numbers! {
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
    }

    others! {
        serialize_bool(bool);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    no_structs! {
        serialize_seq(Option<usize>) -> SerializeSeq;
        serialize_tuple(usize) -> SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant;
        serialize_map(Option<usize>) -> SerializeMap;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant;
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Option<i64>, NoNumber> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Option<i64>, NoNumber> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Option<i64>, NoNumber> {
        Err(NoNumber)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'p>, NoNumber> {
        let steps = self.0.strip_prefix('/').ok_or(NoNumber)?;
        let (step, rest) = steps.split_at(steps.find('/').unwrap_or(steps.len()));
        let found = None;
        Ok(Fields { step, rest, found })
    }
}

/// The fields of a struct, of which one is looked into.
struct Fields<'p> {
    step: &'p str,
    rest: &'p str,
    found: Option<i64>,
}

impl SerializeStruct for Fields<'_> {
    type Ok = Option<i64>;
    type Error = NoNumber;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NoNumber> {
        if name == self.step {
            self.found = value.serialize(At(self.rest))?;
        }
        Ok(())
    }

    fn end(self) -> Result<Option<i64>, NoNumber> {
        Ok(self.found)
    }
}

/// There is no number there.
#[derive(Debug)]
struct NoNumber;

impl Display for NoNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no number")
    }
}

impl std::error::Error for NoNumber {}

impl serde::ser::Error for NoNumber {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Outer {
        text: &'static str,
        code: i64,
        large: u64,
        absent: Option<i64>,
        inner: Option<Inner>,
        list: [i64; 1],
        half: f64,
        newtype: Newtype,
        variant: Variant,
    }

    #[derive(Serialize)]
    struct Newtype(i64);

    #[derive(Serialize)]
    enum Variant {
        Number(i64),
    }

    #[derive(Serialize)]
    struct Inner {
        code: u16,
    }

    #[test]
    fn a_number_is_found_where_the_pointer_says_and_nowhere_else() {
        let value = Outer {
            text: "1",
            code: -1,
            large: u64::MAX,
            absent: None,
            inner: Some(Inner { code: 2 }),
            list: [3],
            half: 0.5,
            newtype: Newtype(4),
            variant: Variant::Number(5),
        };
        let cases = [
            ("/code", Some(-1)),
            ("/inner/code", Some(2)),
            ("/text", None),
            ("/large", None),
            ("/absent", None),
            ("/inner", None),
            ("/list", None),
            ("/list/0", None),
            ("/half", None),
            ("/newtype", Some(4)),
            ("/variant", None),
            ("/variant/Number", None),
            ("/code/code", None),
            ("/other", None),
            ("", None),
        ];
        for (pointer, expected) in cases {
            assert_eq!(number_at(&value, pointer), expected, "{pointer}");
        }
    }
}
