//! Checks that schemas use only what the generator can turn into types that compile within the sdk.

use std::mem;

use serde_json::Value;

use super::{Findings, Problem};
use openapi::element::Kind;
use openapi::place::Place;
use openapi::schema::type_of;
use openapi::schema_check::is_pattern;

pub fn check(place: &Place, kind: Kind, schema: &Value, findings: &mut Findings) {
    if kind != Kind::Schema {
        return;
    }
    if let Some(found) = schema.get("type") {
        let known = ["string", "integer", "number", "boolean", "array", "object"];
        if !found.as_str().is_some_and(|found| known.contains(&found)) {
            let found = found.clone();
            findings.add(place.at("type"), Problem::SchemaType { found });
        }
    }
    for (exclusive, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        if schema.get(exclusive).is_some() && schema.get(bound).is_none() {
            findings.add(
                place.at(exclusive),
                Problem::ExclusiveWithoutBound { bound },
            );
        }
    }
    if let Some(pattern) = schema["pattern"].as_str()
        && !is_pattern(pattern)
    {
        let pattern = pattern.to_owned();
        findings.add(place.at("pattern"), Problem::Pattern { pattern });
    }
    values(place, schema, findings);
}

/// Listed values have one type, that of the schema, or are null.
fn values(place: &Place, schema: &Value, findings: &mut Findings) {
    let values = schema["enum"].as_array().into_iter().flatten().enumerate();
    let mut values: Vec<(usize, &Value)> = values.filter(|(_, value)| !value.is_null()).collect();
    if let Some(expected) = schema["type"].as_str() {
        values.retain(|(_, value)| !is_of_type(value, expected));
        for (index, found) in values {
            findings.add(
                place.at("enum").at(index),
                Problem::EnumValue {
                    found: found.clone(),
                    expected: expected.to_owned(),
                },
            );
        }
    } else if values
        .windows(2)
        .any(|pair| mem::discriminant(pair[0].1) != mem::discriminant(pair[1].1))
    {
        findings.add(place.at("enum"), Problem::EnumMixed);
    }
}

fn is_of_type(value: &Value, expected: &str) -> bool {
    let found = type_of(value);
    found == expected || (found == "integer" && expected == "number")
}

/// A required property is described. Only for resolved schemas: another part of a schema may name it.
pub fn required(place: &Place, kind: Kind, schema: &Value, findings: &mut Findings) {
    if kind != Kind::Schema || schema["type"] != "object" {
        return;
    }
    let names = schema["required"].as_array().into_iter().flatten();
    for (index, name) in names.enumerate() {
        let property = name.as_str().unwrap_or_default();
        if schema["properties"].get(property).is_none() {
            let property = property.to_owned();
            findings.add(
                place.at("required").at(index),
                Problem::RequiredNotNamed { property },
            );
        }
    }
}
