//! Compares schemas: the named ones by their name, the others where they stand.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::{Change, Effect};
use super::difference::{Changes, keys};
use super::direction::{self, Direction};
use crate::generate::lower::BOUNDS;
use openapi::document::{Document, reference};
use openapi::element::Kind;
use openapi::place::Place;

/// Compares `components.schemas`.
pub fn compare_named(old: &Document, new: &Document, changes: &mut Changes) {
    let (before, after) = (direction::of_schemas(old), direction::of_schemas(new));
    let of = |document: &Document| document.root()["components"]["schemas"].clone();
    let (old, new) = (of(old), of(new));
    let section = Place::root().at("components").at("schemas");
    for name in keys(&old, &new) {
        let place = section.at(name);
        match (old.get(name), new.get(name)) {
            (Some(one), Some(other)) => {
                let direction =
                    |all: &BTreeMap<String, Direction>| all.get(name).copied().unwrap_or_default();
                let direction = direction(&before).or(direction(&after));
                compare(&place, one, other, direction, changes);
            }
            (Some(_), None) => changes.add(place, Change::SchemaRemoved),
            (None, _) => changes.add(place, Change::SchemaAdded),
        }
    }
}

/// Compares two schemas at the same place; what a reference points at is compared by itself.
pub fn compare(
    place: &Place,
    old: &Value,
    new: &Value,
    direction: Direction,
    changes: &mut Changes,
) {
    if old == new {
        return;
    }
    if reference(old).is_some() || reference(new).is_some() || !old.is_object() || !new.is_object()
    {
        let shown = |schema: &Value| (!schema.is_null()).then(|| schema.clone());
        changes.add(
            place.clone(),
            Change::Field {
                kind: Kind::Schema,
                name: "schema".to_owned(),
                old: shown(old),
                new: shown(new),
            },
        );
        return;
    }
    let mut except = vec!["required"];
    if values(place, old, new, direction, changes) {
        except.push("enum");
    }
    except.extend(rules(place, old, new, direction, changes));
    changes.fields(place, Kind::Schema, old, new, &except);
    properties(place, old, new, direction, changes);
    required_elsewhere(place, old, new, direction, changes);
    for key in ["items", "additionalProperties"] {
        part(
            &place.at(key),
            old.get(key),
            new.get(key),
            direction,
            changes,
        );
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        let list = |schema: &Value| schema[key].as_array().cloned().unwrap_or_default();
        let (old, new) = (list(old), list(new));
        for index in 0..old.len().max(new.len()) {
            let place = place.at(key).at(index);
            part(&place, old.get(index), new.get(index), direction, changes);
        }
    }
}

/// A schema within a schema, which may be missing or a boolean.
fn part(
    place: &Place,
    old: Option<&Value>,
    new: Option<&Value>,
    direction: Direction,
    changes: &mut Changes,
) {
    let value = |schema: Option<&Value>| schema.cloned().unwrap_or(Value::Null);
    compare(place, &value(old), &value(new), direction, changes);
}

/// Compares the listed values where both list some; returns whether they do.
fn values(
    place: &Place,
    old: &Value,
    new: &Value,
    direction: Direction,
    changes: &mut Changes,
) -> bool {
    let (Some(old), Some(new)) = (old["enum"].as_array(), new["enum"].as_array()) else {
        return false;
    };
    let place = place.at("enum");
    for value in old.iter().filter(|value| !new.contains(value)) {
        let value = value.clone();
        changes.add(place.clone(), Change::ValueRemoved { value });
    }
    for value in new.iter().filter(|value| !old.contains(value)) {
        let value = value.clone();
        changes.add(place.clone(), Change::ValueAdded { value, direction });
    }
    true
}

/// Compares the rules that make no type: what they ask of a value is checked where it is sent, or not at all. Returns the
/// fields that have been compared.
fn rules(
    place: &Place,
    old: &Value,
    new: &Value,
    direction: Direction,
    changes: &mut Changes,
) -> Vec<&'static str> {
    let mut compared = BOUNDS.to_vec();
    if makes_no_type(old) && makes_no_type(new) {
        compared.push("format");
    }
    for field in &compared {
        let (before, after) = (old.get(*field), new.get(*field));
        if before != after {
            let change = Change::Rule {
                old: before.cloned(),
                new: after.cloned(),
                effect: effect(field, before, after),
                direction,
            };
            changes.add(place.at(field), change);
        }
    }
    compared
}

/// Whether the format is one of a text, which stays a text.
fn makes_no_type(schema: &Value) -> bool {
    schema["type"] == "string" && !matches!(schema["format"].as_str(), Some("password" | "binary"))
}

fn effect(field: &str, old: Option<&Value>, new: Option<&Value>) -> Effect {
    let is_narrower = match field {
        "exclusiveMaximum" | "exclusiveMinimum" => new.is_some_and(|flag| flag == true),
        "format" => {
            let is_checked = |format: Option<&Value>| {
                format.is_some_and(|format| format == "uuid" || format == "email")
            };
            if !is_checked(old) && !is_checked(new) {
                return Effect::None;
            }
            is_checked(new)
        }
        _ if field.starts_with("min") => limit(old, f64::MIN) < limit(new, f64::MIN),
        _ if field.starts_with("max") => limit(old, f64::MAX) > limit(new, f64::MAX),
        _ => return Effect::None,
    };
    if is_narrower {
        Effect::Narrower
    } else {
        Effect::Wider
    }
}

/// A bound, or what stands for none.
fn limit(bound: Option<&Value>, none: f64) -> f64 {
    bound.and_then(Value::as_f64).unwrap_or(none)
}

fn properties(
    place: &Place,
    old: &Value,
    new: &Value,
    direction: Direction,
    changes: &mut Changes,
) {
    for name in keys(&old["properties"], &new["properties"]) {
        let place = place.at("properties").at(name);
        let (before, after) = (is_required(old, name), is_required(new, name));
        match (old["properties"].get(name), new["properties"].get(name)) {
            (Some(one), Some(other)) => {
                if before != after {
                    let required = after;
                    changes.add(
                        place.clone(),
                        Change::PropertyRequired {
                            required,
                            direction,
                        },
                    );
                }
                compare(&place, one, other, direction, changes);
            }
            (Some(_), None) => changes.add(place, Change::PropertyRemoved),
            (None, _) => {
                let open = old
                    .get("additionalProperties")
                    .is_some_and(Value::is_object);
                let required = after;
                changes.add(place, Change::PropertyAdded { required, open });
            }
        }
    }
}

/// A part of a composed schema can require what another part describes.
fn required_elsewhere(
    place: &Place,
    old: &Value,
    new: &Value,
    direction: Direction,
    changes: &mut Changes,
) {
    let names: BTreeSet<&str> = [old, new]
        .into_iter()
        .filter_map(|schema| schema["required"].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let described = keys(&old["properties"], &new["properties"]);
    for name in names.difference(&described) {
        let required = is_required(new, name);
        if is_required(old, name) != required {
            let what = Change::PropertyRequired {
                required,
                direction,
            };
            changes.add(place.at("required").at(name), what);
        }
    }
}

fn is_required(schema: &Value, property: &str) -> bool {
    let required = schema["required"].as_array();
    required.is_some_and(|names| names.iter().any(|name| name == property))
}
