//! A YAML document as a JSON value that remembers the order of the file: the value itself has its members by
//! name.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer as _};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::place::Place;

/// The members of an object, or the items of an array by their numbers, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Order(Vec<(String, Order)>);

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
        let (value, order) = (Value::Object(object), Order(order));
        Self { value, order }
    }

    /// A list of these items.
    #[must_use]
    pub fn array(items: Vec<Self>) -> Self {
        let (mut array, mut order) = (Vec::new(), Vec::new());
        for item in items {
            order.push((array.len().to_string(), item.order));
            array.push(item.value);
        }
        let (value, order) = (Value::Array(array), Order(order));
        Self { value, order }
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
    let nothing = Order::default();
    let of = |position: usize| order.0.get(position).map_or(&nothing, |(_, order)| order);
    let (begin, end) = match value {
        Value::Object(_) => ('{', '}'),
        Value::Array(_) => ('[', ']'),
        _ => return write!(f, "{value}"),
    };
    write!(f, "{begin}")?;
    let mut separator = "";
    if let Value::Object(members) = value {
        let position = |name: &str| order.0.iter().position(|(other, _)| other == name);
        let members = members.iter();
        let mut members: Vec<(usize, &String, &Value)> = members
            .map(|(name, member)| (position(name).unwrap_or(order.0.len()), name, member))
            .collect();
        members.sort_by_key(|(position, ..)| *position);
        for (position, name, member) in members {
            write!(f, "{separator}{}:", Value::from(name.as_str()))?;
            write(f, member, of(position))?;
            separator = ",";
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        f.write_str(separator)?;
        write(f, item, of(index))?;
        separator = ",";
    }
    write!(f, "{end}")
}

impl Order {
    /// Where a name stands among the members of the object at that place; behind all others if it is not
    /// there.
    #[must_use]
    pub fn position(&self, place: &Place, name: &str) -> usize {
        let members = self.within(place).map_or(&[][..], |order| &order.0);
        let position = members.iter().position(|(other, _)| other == name);
        position.unwrap_or(members.len())
    }

    /// The order of what stands at that place.
    #[must_use]
    pub fn within(&self, place: &Place) -> Option<&Self> {
        place.steps().iter().try_fold(self, |order, step| {
            let mut members = order.0.iter();
            members.find(|(name, _)| name == step).map(|(_, one)| one)
        })
    }
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OrderedVisitor)
    }
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
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Ordered::object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Ordered, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
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

    use super::Ordered;
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
