//! The shape of an example: which fields it has, of which kinds, in all entries of its lists.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use openapi::schema::type_of;

/// What is known about the field at a path such as `data.tokens[].url`.
#[derive(Default)]
struct Leaf {
    kinds: BTreeSet<&'static str>,
    /// The scalars, in their order.
    values: Vec<Value>,
    /// How often it occurs.
    count: usize,
}

/// How two shapes differ at one path.
#[derive(Clone, Debug, PartialEq)]
pub enum ShapeChange {
    Added {
        kind: String,
    },
    Removed {
        kind: String,
    },
    Retyped {
        old: String,
        new: String,
    },
    /// It is in some entries of a list and was in all, or the other way round.
    Presence {
        all: bool,
    },
    Value,
}

/// Fields by their path; the path of the example itself is empty.
type Shape = BTreeMap<String, Leaf>;

fn of(example: &Value) -> Shape {
    let mut shape = Shape::new();
    collect("", example, &mut shape);
    shape
}

fn collect(path: &str, value: &Value, shape: &mut Shape) {
    let leaf = shape.entry(path.to_owned()).or_default();
    leaf.kinds.insert(type_of(value));
    leaf.count += 1;
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let separator = if path.is_empty() { "" } else { "." };
                collect(&format!("{path}{separator}{name}"), member, shape);
            }
        }
        Value::Array(items) => {
            for item in items {
                collect(&format!("{path}[]"), item, shape);
            }
        }
        scalar => leaf.values.push(scalar.clone()),
    }
}

/// The changes from one example to the other. Of added or removed parts, only the top is named.
pub fn changes(old: &Value, new: &Value) -> Vec<(String, ShapeChange)> {
    let (old, new) = (of(old), of(new));
    let mut changes = Vec::new();
    let mut covered: Vec<&str> = Vec::new();
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for path in paths {
        if covered.iter().any(|top| is_below(path, top)) {
            continue;
        }
        let change = match (old.get(path), new.get(path)) {
            (None, Some(leaf)) => {
                covered.push(path);
                Some(ShapeChange::Added { kind: kinds(leaf) })
            }
            (Some(leaf), None) => {
                covered.push(path);
                Some(ShapeChange::Removed { kind: kinds(leaf) })
            }
            (Some(one), Some(other)) if one.kinds != other.kinds => {
                covered.push(path);
                let (old, new) = (kinds(one), kinds(other));
                Some(ShapeChange::Retyped { old, new })
            }
            (Some(one), Some(other)) => {
                let (before, after) = (in_all(&old, path, one), in_all(&new, path, other));
                if before != after {
                    Some(ShapeChange::Presence { all: after })
                } else {
                    (one.values != other.values).then_some(ShapeChange::Value)
                }
            }
            (None, None) => None,
        };
        changes.extend(change.map(|change| (path.clone(), change)));
    }
    changes
}

fn is_below(path: &str, top: &str) -> bool {
    match path.strip_prefix(top) {
        Some(rest) => top.is_empty() || rest.starts_with('.') || rest.starts_with("[]"),
        None => false,
    }
}

/// Whether a field is in every object at its place.
fn in_all(shape: &Shape, path: &str, leaf: &Leaf) -> bool {
    if path.ends_with("[]") {
        return true;
    }
    let holder = path.rsplit_once('.').map_or("", |(holder, _)| holder);
    shape
        .get(holder)
        .is_none_or(|holder| leaf.count >= holder.count)
}

fn kinds(leaf: &Leaf) -> String {
    let kinds: Vec<&str> = leaf.kinds.iter().copied().collect();
    kinds.join(" or ")
}

impl fmt::Display for ShapeChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { kind } => write!(f, "added ({kind})"),
            Self::Removed { kind } => write!(f, "removed ({kind})"),
            Self::Retyped { old, new } => write!(f, "{old} → {new}"),
            Self::Presence { all: true } => f.write_str("in some entries → in all"),
            Self::Presence { all: false } => f.write_str("in all entries → in some"),
            Self::Value => f.write_str("another value"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn between(old: Value, new: Value) -> Vec<String> {
        changes(&old, &new)
            .into_iter()
            .map(|(path, change)| format!("{path}: {change}"))
            .collect()
    }

    #[test]
    fn changes_name_the_path_and_only_the_top_of_what_came_or_went() {
        let old = json!({"data": {"list": [{"id": 1, "on": true}, {"id": 2, "on": true}]}});
        assert_eq!(between(old.clone(), old.clone()), Vec::<String>::new());
        let new = json!({"data": {"list": [{"id": "1", "on": true}, {"id": "2"}], "more": {"deep": [1]}}});
        assert_eq!(
            between(old, new),
            [
                "data.list[].id: integer → string",
                "data.list[].on: in all entries → in some",
                "data.more: added (object)",
            ]
        );
        assert_eq!(
            between(json!({"a": [1]}), json!({"a": []})),
            ["a[]: removed (integer)"]
        );
        assert_eq!(
            between(json!({"a": 1, "ab": 1}), json!({"ab": 2})),
            ["a: removed (integer)", "ab: another value"]
        );
        assert_eq!(between(json!({"a": 1}), json!([])), [": object → array"]);
    }
}
