//! How `Debug` of a generated type shows its parts: texts and numbers of others go through the masking.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;

use crate::runtime::Number;
use crate::runtime::payment::url::PaymentUrl;
use crate::runtime::response::raw::RawBody;
use crate::runtime::secret::Secret;
use crate::runtime::secret::masking::mask;
use crate::runtime::secret::opaque_value::OpaqueValue;

/// A part of a generated type. What shows nothing of a stranger's by itself is shown as its `Debug` says.
pub(crate) trait Show: fmt::Debug {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }

    /// How a map of such values is shown. Its keys are texts of strangers as well.
    fn show_map(map: &BTreeMap<String, Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result
    where
        Self: Sized,
    {
        let entries = map.iter().map(|(key, value)| (Shown(key), Shown(value)));
        f.debug_map().entries(entries).finish()
    }
}

/// Shows a part.
pub(crate) struct Shown<'a, T: ?Sized>(pub(crate) &'a T);

impl<T: Show + ?Sized> fmt::Debug for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show(f)
    }
}

/// Shows how many keys there are that the specification does not name, for their names may be anything.
pub(crate) struct Keys(pub(crate) usize);

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("[1 key]"),
            count => write!(f, "[{count} keys]"),
        }
    }
}

impl Show for bool {}
impl Show for () {}
impl Show for Secret {}
impl Show for PaymentUrl {}
impl Show for RawBody {}
impl Show for Number {}

/// What a body is made of may be anything.
impl Show for Bytes {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted {} bytes]", self.len())
    }
}

impl Show for OpaqueValue {
    fn show_map(map: &BTreeMap<String, Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&Keys(map.len()), f)
    }
}

/// What a schema says nothing of may be anything, as an opaque value may.
impl Show for serde_json::Value {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&OpaqueValue::from(self.clone()), f)
    }
}

impl Show for serde_json::Map<String, serde_json::Value> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&Keys(self.len()), f)
    }
}

impl Show for String {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&mask(self, &[]), f)
    }
}

/// A long number may be somebody's.
macro_rules! show_number {
    ($($number:ty),*) => {
        $(impl Show for $number {
            fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&mask(&format!("{self:?}"), &[]))
            }
        })*
    };
}

show_number!(i8, i16, i32, i64, i128, u8, u16, u32, u64, u128);
show_number!(
    std::num::NonZeroU8,
    std::num::NonZeroU16,
    std::num::NonZeroU32
);
show_number!(std::num::NonZeroU64, std::num::NonZeroU128);

impl<T: Show> Show for Option<T> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_ref().map(Shown), f)
    }
}

impl<T: Show> Show for Vec<T> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Shown)).finish()
    }
}

impl<T: Show> Show for Box<T> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).show(f)
    }
}

impl<T: Show> Show for BTreeMap<String, T> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::show_map(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &impl Show) -> String {
        format!("{:?}", Shown(value))
    }

    #[test]
    fn texts_numbers_and_keys_are_masked_and_opaque_values_counted() {
        let text = |text: &str| text.to_owned();
        let opaque = || OpaqueValue::from(serde_json::json!({"e4c70c07aa": 1}));
        let cases = [
            (shown(&text("a \"word\"")), r#""a \"word\"""#),
            (shown(&text("e4c70c07aa")), r#""[masked]""#),
            (shown(&Some(text("e4c70c07aa"))), r#"Some("[masked]")"#),
            (shown(&None::<String>), "None"),
            (
                shown(&vec![Box::new(text("e4c70c07aa"))]),
                r#"["[masked]"]"#,
            ),
            (
                shown(&BTreeMap::from([(text("e4c70c07aa"), 7_i64)])),
                r#"{"[masked]": 7}"#,
            ),
            (shown(&BTreeMap::from([(text("a"), opaque())])), "[1 key]"),
            (shown(&BTreeMap::<String, OpaqueValue>::new()), "[0 keys]"),
            (shown(&99_999_i64), "99999"),
            (shown(&-460_000_i64), "-[masked]"),
            (shown(&Number::from(12.5)), "12.5"),
            (shown(&Number::from(1234.56)), "1234.56"),
            (shown(&Number::from(0.123_456_7)), "[masked]"),
            (shown(&true), "true"),
            (shown(&Secret::from("a")), "[redacted]"),
            (shown(&opaque()), "[redacted object]"),
            (
                shown(&serde_json::json!(["e4c70c07aa"])),
                "[redacted array]",
            ),
            (
                shown(&serde_json::Map::from_iter([(
                    "e4c70c07aa".to_owned(),
                    1.into(),
                )])),
                "[1 key]",
            ),
        ];
        for (shown, expected) in cases {
            assert_eq!(shown, expected);
        }
    }
}
