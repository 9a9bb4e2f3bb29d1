//! A value that is one of several alternatives. The text of the value decides, so that no number is rounded. A value
//! that fits no alternative is kept as it was received.
//!
//! An alternative *fits* if the value has its JSON type and all members that it requires, if each text is one of its
//! listed texts, and if nothing is lost: a member that another alternative has, and that is not `null`, must not be
//! left out. Of the alternatives that fit, the one that has most of the members is taken; of several, the first in
//! the specification. If decoding it fails, the next one is tried. If the value names its alternative by a
//! discriminator, only that one is tried.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Visitor};
use serde_json::value::RawValue;

use crate::runtime::response::strict::{AS_JSON, Strict};
use crate::runtime::{Number, OpaqueValue};

/// One alternative of a `T`.
pub(crate) struct Alternative<T> {
    /// Values of the discriminator that select it.
    pub(crate) names: &'static [&'static str],
    /// The shapes that its values may have.
    pub(crate) shapes: &'static [Shape],
    pub(crate) read: fn(Json<'_>) -> Option<T>,
}

/// The member that selects the alternative.
pub(crate) struct Discriminator {
    pub(crate) member: &'static str,
    /// Whether a name that is not listed selects no alternative.
    pub(crate) is_complete: bool,
}

/// What is visible of a value without decoding it.
pub(crate) enum Shape {
    Anything,
    Array,
    Boolean,
    Integer,
    Number,
    /// Any text, or one of these if there are some.
    Text(&'static [&'static str]),
    Object(Object),
}

pub(crate) struct Object {
    pub(crate) required: &'static [&'static str],
    pub(crate) known: &'static [&'static str],
    /// The texts that a member may have.
    pub(crate) listed: &'static [(&'static str, &'static [&'static str])],
    /// Whether it keeps members that it does not know.
    pub(crate) is_open: bool,
}

/// The text of a value, and how strictly it is read.
#[derive(Clone, Copy)]
pub(crate) struct Json<'a> {
    text: &'a str,
    is_sketch: bool,
}

/// Alternatives are not searched deeper than this: each level needs space on the stack.
const DEPTH: usize = 48;

/// Reads a value of one of these alternatives.
pub(crate) fn one_of<'de, D, T>(
    deserializer: D,
    discriminator: Option<Discriminator>,
    alternatives: &'static [Alternative<T>],
    unrecognized: fn(OpaqueValue) -> T,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    deserializer.deserialize_newtype_struct(
        AS_JSON,
        OneOf {
            discriminator,
            alternatives,
            unrecognized,
        },
    )
}

struct OneOf<T: 'static> {
    discriminator: Option<Discriminator>,
    alternatives: &'static [Alternative<T>],
    unrecognized: fn(OpaqueValue) -> T,
}

impl<'de, T> Visitor<'de> for OneOf<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let json: Box<str> = Box::<RawValue>::deserialize(deserializer)?.into();
        let json = OpaqueValue::of_json(json.into());
        let found = choose(
            json.expose_secret(),
            self.discriminator.as_ref(),
            self.alternatives,
        );
        Ok(found.unwrap_or_else(|| (self.unrecognized)(json)))
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok((self.unrecognized)(OpaqueValue::of_json("null".to_owned())))
    }
}

impl<'a> Json<'a> {
    /// The value, if it is of this type.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Option<T> {
        let mut deserializer = serde_json::Deserializer::from_str(self.text);
        // The inner alternatives can't fail. Searching them again with each outer alternative would take twice as
        // long for each level.
        if self.is_sketch {
            T::deserialize(Strict::sketch(&mut deserializer)).ok()
        } else {
            T::deserialize(Strict::new(&mut deserializer)).ok()
        }
    }
}

type Members<'a> = BTreeMap<String, &'a RawValue>;

fn choose<T>(
    text: &str,
    discriminator: Option<&Discriminator>,
    alternatives: &'static [Alternative<T>],
) -> Option<T> {
    if depth(text) > DEPTH {
        return None;
    }
    let members = members(text);
    if let Some(discriminator) = discriminator
        && let Some(name) = members.get(discriminator.member)
        && let Ok(name) = serde_json::from_str::<String>(name.get())
    {
        let mut all = alternatives.iter();
        let named = all.find(|one| one.names.contains(&name.as_str()));
        if named.is_some() || discriminator.is_complete {
            return (named?.read)(Json {
                text,
                is_sketch: false,
            });
        }
    }
    let known_to_any = |name: &str| {
        let shapes = alternatives.iter().flat_map(|one| one.shapes);
        shapes.into_iter().any(|shape| match shape {
            Shape::Object(object) => object.known.contains(&name),
            _ => false,
        })
    };
    let left_out = |alternative: &Alternative<T>| {
        let shapes = alternative.shapes.iter();
        let all = shapes.filter_map(|shape| left_out(shape, text, &members, &known_to_any));
        all.min()
    };
    let mut fitting: Vec<(usize, &Alternative<T>)> = alternatives
        .iter()
        .filter_map(|one| Some((left_out(one)?, one)))
        .collect();
    fitting.sort_by_key(|(left_out, _)| *left_out);
    let is_only = fitting.len() == 1;
    let json = |is_sketch| Json { text, is_sketch };
    let mut fitting = fitting.into_iter().map(|(_, one)| one);
    let one = fitting.find(|one| is_only || (one.read)(json(true)).is_some())?;
    (one.read)(json(false))
}

/// How many members a value of that shape would lose; `None` if it has another shape.
fn left_out(
    shape: &Shape,
    text: &str,
    members: &Members<'_>,
    known_to_any: &impl Fn(&str) -> bool,
) -> Option<usize> {
    let first = text.as_bytes().first()?;
    let is_number = matches!(first, b'-' | b'0'..=b'9');
    let fits = match shape {
        Shape::Anything => true,
        Shape::Array => *first == b'[',
        Shape::Boolean => matches!(first, b't' | b'f'),
        Shape::Integer => is_number && is_whole(text),
        Shape::Number => is_number,
        Shape::Text(listed) => *first == b'"' && (listed.is_empty() || is_listed(text, listed)),
        Shape::Object(object) => {
            return (*first == b'{').then(|| left_out_of(object, members, known_to_any))?;
        }
    };
    fits.then_some(0)
}

fn left_out_of(
    object: &Object,
    members: &Members<'_>,
    known_to_any: &impl Fn(&str) -> bool,
) -> Option<usize> {
    let has_all = object
        .required
        .iter()
        .all(|name| members.contains_key(*name));
    let are_listed = object.listed.iter().all(|(name, texts)| {
        let value = members.get(*name).map(|value| value.get());
        value.is_none_or(|value| value == "null" || is_listed(value, texts))
    });
    if !has_all || !are_listed {
        return None;
    }
    if object.is_open {
        return Some(0);
    }
    let unknown = members
        .iter()
        .filter(|(name, _)| !object.known.contains(&name.as_str()));
    let mut count = 0;
    for (name, value) in unknown {
        if value.get() != "null" && known_to_any(name) {
            return None;
        }
        count += 1;
    }
    Some(count)
}

fn is_listed(json: &str, texts: &[&str]) -> bool {
    let text: Option<String> = serde_json::from_str(json).ok();
    text.is_some_and(|text| texts.contains(&text.as_str()))
}

/// Whether it is written as an integer, or is one of 64 bits in another spelling such as `7.0`.
fn is_whole(number: &str) -> bool {
    let has_fraction = number.contains(['.', 'e', 'E']);
    !has_fraction
        || number
            .parse::<Number>()
            .is_ok_and(|number| number.to_i64().is_some())
}

/// The members of an object; none of another value.
fn members(text: &str) -> Members<'_> {
    struct Reader<'a>(PhantomData<&'a str>);

    impl<'a> Visitor<'a> for Reader<'a> {
        type Value = Members<'a>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: serde::de::MapAccess<'a>>(
            self,
            mut map: A,
        ) -> Result<Self::Value, A::Error> {
            let mut members = BTreeMap::new();
            while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                members.insert(name, value);
            }
            Ok(members)
        }
    }

    let mut deserializer = serde_json::Deserializer::from_str(text);
    let members = deserializer.deserialize_map(Reader(PhantomData));
    members.unwrap_or_default()
}

/// How deeply arrays and objects are nested.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = text.bytes();
    let mut is_text = false;
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if is_text => {
                bytes.next();
            }
            b'"' => is_text = !is_text,
            b'[' | b'{' if !is_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Deserializer};

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "shown")]
    struct Card {
        number: String,
        holder: Option<String>,
        next: Option<Box<Means>>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "shown")]
    struct Account {
        iban: String,
        holder: Option<String>,
        limit: Option<i64>,
        next: Option<Box<Means>>,
    }

    #[derive(Debug)]
    #[allow(dead_code, reason = "shown")]
    enum Means {
        Card(Card),
        Account(Account),
        Kind(String),
        Text(String),
        Integer(i64),
        Number(Number),
        List(Vec<i64>),
        Unrecognized(OpaqueValue),
    }

    const fn object(
        required: &'static [&'static str],
        known: &'static [&'static str],
        listed: &'static [(&'static str, &'static [&'static str])],
    ) -> Shape {
        Shape::Object(Object {
            required,
            known,
            listed,
            is_open: false,
        })
    }

    impl<'de> Deserialize<'de> for Means {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            const ALTERNATIVES: &[Alternative<Means>] = &[
                Alternative {
                    names: &["card"],
                    shapes: &[object(
                        &["number"],
                        &["number", "holder", "next"],
                        &[("holder", &["me", "you"])],
                    )],
                    read: |json| json.read().map(Means::Card),
                },
                Alternative {
                    names: &["account"],
                    shapes: &[object(&["iban"], &["iban", "holder", "limit", "next"], &[])],
                    read: |json| json.read().map(Means::Account),
                },
                Alternative {
                    names: &[],
                    shapes: &[Shape::Text(&["cash"])],
                    read: |json| json.read().map(Means::Kind),
                },
                Alternative {
                    names: &[],
                    shapes: &[Shape::Text(&[])],
                    read: |json| json.read().map(Means::Text),
                },
                Alternative {
                    names: &[],
                    shapes: &[Shape::Integer],
                    read: |json| json.read().map(Means::Integer),
                },
                Alternative {
                    names: &[],
                    shapes: &[Shape::Number],
                    read: |json| json.read().map(Means::Number),
                },
                Alternative {
                    names: &[],
                    shapes: &[Shape::Array],
                    read: |json| json.read().map(Means::List),
                },
            ];
            let discriminator = Discriminator {
                member: "type",
                is_complete: false,
            };
            one_of(
                deserializer,
                Some(discriminator),
                ALTERNATIVES,
                Self::Unrecognized,
            )
        }
    }

    fn variant(json: &str) -> String {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let ours = Means::deserialize(Strict::new(&mut deserializer));
        let ours = format!("{:?}", ours.unwrap());
        let theirs: Means = serde_json::from_str(json).unwrap();
        assert_eq!(format!("{theirs:?}"), ours, "{json}");
        let name = ours.split('(').next();
        name.unwrap_or_default().to_owned()
    }

    #[test]
    fn a_value_is_of_the_alternative_that_it_fits_best_and_otherwise_of_none() {
        let cases = [
            (r#"{"number":"1"}"#, "Card"),
            (r#"{"iban":"1"}"#, "Account"),
            (r#"{"iban":"1","holder":"we"}"#, "Account"),
            // A required member is missing.
            (r#"{"holder":"me"}"#, "Unrecognized"),
            ("{}", "Unrecognized"),
            // A text that is not listed.
            (r#"{"number":"1","holder":"we"}"#, "Unrecognized"),
            (r#"{"number":"1","holder":null}"#, "Card"),
            // A member of the other alternative would be lost, unless it is `null`.
            (r#"{"number":"1","iban":"1"}"#, "Unrecognized"),
            (r#"{"number":"1","iban":null}"#, "Card"),
            (r#"{"number":"1","unknown":[1e400]}"#, "Card"),
            // An inner value has another type.
            (r#"{"number":1}"#, "Unrecognized"),
            (
                r#"{"iban":"1","limit":309200223163384375330000281485}"#,
                "Unrecognized",
            ),
            // The discriminator decides, unless its value is unknown.
            (r#"{"type":"card","number":"1"}"#, "Card"),
            (r#"{"type":"account","number":"1"}"#, "Unrecognized"),
            (r#"{"type":"coupon","number":"1"}"#, "Card"),
            (r#"{"type":7,"number":"1"}"#, "Card"),
            (r#""cash""#, "Kind"),
            (r#""\u0063ash""#, "Kind"),
            (r#""card""#, "Text"),
            ("7", "Integer"),
            ("-9223372036854775808", "Integer"),
            ("9007199254740993", "Integer"),
            ("9223372036854775808", "Number"),
            ("7.0", "Integer"),
            ("1.10e2", "Integer"),
            ("-0.0", "Integer"),
            ("1e15", "Integer"),
            ("9007199254740993.0", "Number"),
            ("0.1", "Number"),
            // Nothing of these is rounded.
            ("309200223163384375330000281485", "Number"),
            ("0.1000000000000000055511151231257827", "Number"),
            ("1e400", "Number"),
            ("[1,2]", "List"),
            (r#"["1"]"#, "Unrecognized"),
            ("true", "Unrecognized"),
            (r#""\ud800""#, "Unrecognized"),
        ];
        for (json, expected) in cases {
            assert_eq!(variant(json), expected, "{json}");
        }
    }

    #[test]
    fn what_is_nested_deeply_takes_neither_the_stack_nor_more_time_with_each_level() {
        let nested = |levels: usize, within: &str| {
            let open = r#"{"next":"#.repeat(levels);
            let close = r#","number":"1"}"#.repeat(levels);
            format!("{open}{within}{close}")
        };
        let innermost = |mut means: Means| loop {
            match means {
                Means::Card(Card {
                    next: Some(next), ..
                }) => means = *next,
                other => return format!("{other:?}"),
            }
        };
        let read = |json: &str| innermost(serde_json::from_str(json).unwrap());
        assert_eq!(read(&nested(DEPTH, "7")), "Integer(7)");
        // The innermost value turns out to have another type only after everything in it was read.
        let broken = nested(DEPTH - 1, r#"{"number":"1","next":7,"holder":7}"#);
        assert_eq!(read(&broken), "Unrecognized([redacted object])");
        for levels in [DEPTH + 1, 100_000] {
            let outcome = read(&nested(levels, "7"));
            assert_eq!(outcome, "Unrecognized([redacted object])", "{levels}");
        }
    }
}
