//! A YAML document as a JSON value that remembers where each part stands in the file: the value itself has its members
//! by name.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer as _};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

use crate::place::Place;

/// The members of an object, or the items of an array by their numbers, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Order {
    members: Vec<(String, Order)>,
    start: Option<Start>,
    written: Written,
}

/// Where in the file, in bytes, a member and its name are written, also where an alias stands for them.
#[derive(Clone, Copy, Debug, Default)]
struct Written {
    name: Option<usize>,
    value: Option<usize>,
}

/// A word without quotes that YAML 1.2 reads as a text, and YAML 1.1 as a boolean.
#[derive(Clone, Debug, PartialEq)]
pub struct AmbiguousWord {
    /// The member that is so named or has that value.
    pub place: Place,
    pub word: String,
}

/// They may also be written in capitals, or with a capital at the beginning.
const AMBIGUOUS_WORDS: [&str; 6] = ["y", "n", "yes", "no", "on", "off"];

/// Where a part begins in the file, counted from 1: a member with its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    pub line: u64,
    /// In characters.
    pub column: u64,
}

static NO_ORDER: Order = Order {
    members: Vec::new(),
    start: None,
    written: Written {
        name: None,
        value: None,
    },
};

/// A value, and the order of its members. Where that tells of none, they come in the order of their names.
#[derive(Clone, Debug)]
pub struct Ordered {
    pub value: Value,
    pub order: Order,
}

impl Ordered {
    /// An object of these members.
    #[must_use]
    pub fn object(members: Vec<(String, Self)>) -> Self {
        let (mut object, mut order) = (Map::new(), Vec::new());
        for (name, member) in members {
            object.insert(name.clone(), member.value);
            order.push((name, member.order));
        }
        Self {
            value: Value::Object(object),
            order: Order::of(order),
        }
    }

    /// A list of these items.
    #[must_use]
    pub fn array(items: Vec<Self>) -> Self {
        let (mut array, mut order) = (Vec::new(), Vec::new());
        for item in items {
            order.push((array.len().to_string(), item.order));
            array.push(item.value);
        }
        Self {
            value: Value::Array(array),
            order: Order::of(order),
        }
    }
}

impl From<Value> for Ordered {
    fn from(value: Value) -> Self {
        let order = Order::default();
        Self { value, order }
    }
}

/// As JSON, with the members in their order.
impl fmt::Display for Ordered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &self.value, &self.order)
    }
}

fn write(f: &mut fmt::Formatter<'_>, value: &Value, order: &Order) -> fmt::Result {
    match value {
        Value::Object(_) => {
            f.write_str("{")?;
            let mut separator = "";
            for (name, member, order) in order.of_members(value) {
                write!(f, "{separator}{}:", Value::from(name))?;
                write(f, member, order)?;
                separator = ",";
            }
            f.write_str("}")
        }
        Value::Array(items) => {
            f.write_str("[")?;
            let mut separator = "";
            for (index, item) in items.iter().enumerate() {
                f.write_str(separator)?;
                write(f, item, order.of_item(index))?;
                separator = ",";
            }
            f.write_str("]")
        }
        _ => write!(f, "{value}"),
    }
}

impl Order {
    fn of(members: Vec<(String, Self)>) -> Self {
        Self {
            members,
            ..NO_ORDER
        }
    }

    /// Where that place begins in the file, or the part around it that is there.
    #[must_use]
    pub fn start(&self, place: &Place) -> Option<Start> {
        let mut order = self;
        let mut start = self.start;
        for step in place.steps() {
            let mut members = order.members.iter();
            let Some((_, next)) = members.find(|(name, _)| name == step) else {
                break;
            };
            order = next;
            start = next.start.or(start);
        }
        start
    }

    /// The members of an object with this order, each with its own; none of what is not an object.
    pub fn of_members<'a>(&'a self, object: &'a Value) -> Vec<(&'a str, &'a Value, &'a Self)> {
        let members = object.as_object().into_iter().flatten();
        let position = |name: &str| self.members.iter().position(|(other, _)| other == name);
        let mut members: Vec<_> = members
            .map(|(name, member)| (position(name).unwrap_or(self.members.len()), name, member))
            .collect();
        members.sort_by_key(|(position, ..)| *position);
        let members = members.into_iter();
        let of = |(position, name, member): (_, &'a String, _)| {
            (name.as_str(), member, self.of_item(position))
        };
        members.map(of).collect()
    }

    /// That of the item with this number.
    #[must_use]
    pub fn of_item(&self, number: usize) -> &Self {
        self.members
            .get(number)
            .map_or(&NO_ORDER, |(_, order)| order)
    }

    /// Where a name stands among the members of the object at that place; behind all others if it is not
    /// there.
    #[must_use]
    pub fn position(&self, place: &Place, name: &str) -> usize {
        let members = self.within(place).map_or(&[][..], |order| &order.members);
        let position = members.iter().position(|(other, _)| other == name);
        position.unwrap_or(members.len())
    }

    /// The words in a value with this order that not every reader of `text`, its file, takes for the same.
    #[must_use]
    pub fn ambiguous_words(&self, value: &Value, text: &str) -> Vec<AmbiguousWord> {
        let mut found = Vec::new();
        self.find_ambiguous_words(&mut Vec::new(), value, text, &mut found);
        found
    }

    fn find_ambiguous_words<'a>(
        &'a self,
        steps: &mut Vec<&'a str>,
        value: &Value,
        text: &str,
        found: &mut Vec<AmbiguousWord>,
    ) {
        for (name, order) in &self.members {
            let value = match value {
                Value::Array(items) => name.parse().ok().and_then(|index: usize| items.get(index)),
                _ => value.get(name),
            };
            steps.push(name);
            let word = value.and_then(Value::as_str);
            let written = [
                (Some(name.as_str()), order.written.name),
                (word, order.written.value),
            ];
            for (word, start) in written {
                if let Some((word, start)) = word.zip(start)
                    && AMBIGUOUS_WORDS
                        .iter()
                        .any(|ambiguous| word.eq_ignore_ascii_case(ambiguous))
                    && is_plain(word, start, text)
                {
                    found.push(AmbiguousWord {
                        place: Place::root().along(steps),
                        word: word.to_owned(),
                    });
                }
            }
            if let Some(value) = value {
                order.find_ambiguous_words(steps, value, text, found);
            }
            steps.pop();
        }
    }

    /// The order of what stands at that place.
    #[must_use]
    pub fn within(&self, place: &Place) -> Option<&Self> {
        place.steps().iter().try_fold(self, |order, step| {
            let mut members = order.members.iter();
            members.find(|(name, _)| name == step).map(|(_, one)| one)
        })
    }
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OrderedVisitor)
    }
}

/// What an alias stands for begins where it is used.
fn start<T>(part: &Spanned<T>) -> Option<Start> {
    let (line, column) = (part.referenced.line(), part.referenced.column());
    (line > 0).then_some(Start { line, column })
}

/// Whether a word that is written there has neither quotes around it nor the sign of a block of text before it.
fn is_plain(word: &str, start: usize, text: &str) -> bool {
    let Some((before, after)) = text.split_at_checked(start) else {
        return false;
    };
    let before = before.trim_end().rsplit(char::is_whitespace).next();
    after.starts_with(word) && !before.is_some_and(|before| before.starts_with(['|', '>']))
}

fn written<T>(part: &Spanned<T>) -> Option<usize> {
    let start = part.defined.span().byte_offset()?;
    usize::try_from(start).ok()
}

struct OrderedVisitor;

/// What has no members is read as any other JSON value is.
macro_rules! without_members {
    ($($visit:ident($ty:ty))*) => {
        $(fn $visit<E: Error>(self, value: $ty) -> Result<Ordered, E> {
            Value::deserialize(value.into_deserializer()).map(Ordered::from)
        })*
    };
}

impl<'de> Visitor<'de> for OrderedVisitor {
    type Value = Ordered;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
        let mut members = Vec::new();
        while let Some((name, member)) = map.next_entry::<Spanned<String>, Spanned<Ordered>>()? {
            let order = Order {
                start: start(&name),
                written: Written {
                    name: written(&name),
                    value: written(&member),
                },
                ..member.value.order
            };
            members.push((
                name.value,
                Ordered {
                    order,
                    ..member.value
                },
            ));
        }
        Ok(Ordered::object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Ordered, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element::<Spanned<Ordered>>()? {
            let order = Order {
                start: start(&item),
                written: Written {
                    name: None,
                    value: written(&item),
                },
                ..item.value.order
            };
            items.push(Ordered {
                order,
                ..item.value
            });
        }
        Ok(Ordered::array(items))
    }

    fn visit_none<E: Error>(self) -> Result<Ordered, E> {
        self.visit_unit()
    }

    fn visit_unit<E: Error>(self) -> Result<Ordered, E> {
        Ok(Value::Null.into())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Ordered, D::Error> {
        deserializer.deserialize_any(self)
    }

    without_members! {
        visit_bool(bool) visit_i64(i64) visit_i128(i128) visit_u64(u64) visit_u128(u128) visit_f64(f64)
        visit_str(&str)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{Ordered, Start};
    use crate::place::Place;

    #[test]
    fn members_stand_in_the_order_of_the_document() {
        let text = "b: 1\na:\n  - {z: x, y: [1.5, true, null]}\n'200': ~\n";
        let Ordered { order, .. } = serde_saphyr::from_str(text).unwrap();
        let rows = [
            ("", "b", 0),
            ("", "a", 1),
            ("", "200", 2),
            ("", "c", 3),
            ("a", "0", 0),
            ("a.0", "z", 0),
            ("a.0", "y", 1),
            ("nowhere", "b", 0),
        ];
        for (place, name, position) in rows {
            let keys = place.split('.').filter(|key| !key.is_empty());
            let place = keys.fold(Place::root(), |place, key| place.at(key));
            assert_eq!(order.position(&place, name), position, "{place}.{name}");
        }
    }

    #[test]
    fn each_part_begins_where_it_is_written_and_one_that_is_missing_where_the_part_around_it_does()
    {
        let yaml = "a:\n  - é: {x: &x 1, 200: 2}\n    y: *x\n  - z\n'b': |\n  text\n";
        let json = "{\n  \"a\": [1, {\"b\": {}}]\n}\n";
        let rows = [
            (yaml, "a", 1, 1),
            (yaml, "a.0", 2, 5),
            (yaml, "a.0.é", 2, 5),
            (yaml, "a.0.é.x", 2, 9),
            (yaml, "a.0.é.200", 2, 18),
            (yaml, "a.0.é.none", 2, 5),
            (yaml, "a.0.y", 3, 5),
            (yaml, "a.1", 4, 5),
            (yaml, "b", 5, 1),
            (json, "a", 2, 3),
            (json, "a.0", 2, 9),
            (json, "a.1.b.none.at.all", 2, 13),
        ];
        for (text, place, line, column) in rows {
            let Ordered { order, .. } = serde_saphyr::from_str(text).unwrap();
            let at = place
                .split('.')
                .fold(Place::root(), |place, key| place.at(key));
            assert_eq!(order.start(&at), Some(Start { line, column }), "{place}");
        }
    }

    #[test]
    fn the_value_is_the_one_that_is_read_without_an_order() {
        let text = "b: [1, -2, 1.5, 1e3, true, null, ~, 'x', 18446744073709551615, 123456789012345678901234567890]\n\
                    200: {c: {}, a: [], n: .nan}\n? yes\n: |\n  text\n";
        let plain: Result<Value, _> = serde_saphyr::from_str(text);
        let ordered: Result<Ordered, _> = serde_saphyr::from_str(text);
        let text_of = |error: serde_saphyr::Error| error.to_string();
        assert_eq!(
            ordered.map(|ordered| ordered.value).map_err(text_of),
            plain.map_err(text_of)
        );
    }
}
