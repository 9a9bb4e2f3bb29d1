//! The order in which a document has its members: a JSON value of ours has them by name.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Names of the members of each object, in order, by the object's place: the keys that lead there, with dots
/// between.
#[derive(Clone, Debug, Default)]
pub struct MemberOrder(BTreeMap<String, Vec<String>>);

impl MemberOrder {
    /// The order within a YAML document.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn of_yaml(text: &str) -> Result<Self, serde_saphyr::Error> {
        let node: Node = serde_saphyr::from_str(text)?;
        let mut order = Self::default();
        order.add("", &node);
        Ok(order)
    }

    /// Where a name stands among the members of the object at that place; behind all others if it is not
    /// known.
    #[must_use]
    pub fn position(&self, place: &str, name: &str) -> usize {
        let names = self.0.get(place).map(Vec::as_slice).unwrap_or_default();
        let position = names.iter().position(|other| other == name);
        position.unwrap_or(names.len())
    }

    fn add(&mut self, place: &str, Node(members): &Node) {
        for (name, node) in members {
            let place = if place.is_empty() {
                name.clone()
            } else {
                format!("{place}.{name}")
            };
            self.add(&place, node);
        }
        let names = members.iter().map(|(name, _)| name.clone());
        self.0.insert(place.to_owned(), names.collect());
    }
}

/// The members of an object, or the entries of a list by their numbers; nothing else has any.
struct Node(Vec<(String, Node)>);

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key()? {
            members.push((name, map.next_value()?));
        }
        Ok(Node(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element()? {
            entries.push((entries.len().to_string(), entry));
        }
        Ok(Node(entries))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_i128<E>(self, _: i128) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_u128<E>(self, _: u128) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_str<E>(self, _: &str) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

#[cfg(test)]
mod tests {
    use super::MemberOrder;

    #[test]
    fn members_stand_in_the_order_of_the_document() {
        let text = "b: 1\na:\n  - {z: x, y: [1.5, true, null, 123456789012345678901234567890]}\n'200': ~\n";
        let order = MemberOrder::of_yaml(text).unwrap();
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
            assert_eq!(order.position(place, name), position, "{place}.{name}");
        }
    }
}
