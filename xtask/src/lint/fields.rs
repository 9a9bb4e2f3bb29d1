//! Checks that OpenAPI has every field, and that it has an effect: a misspelt one would be ignored.

use serde_json::Value;

use super::{Findings, Problem};
use openapi::document::reference;
use openapi::element::{Holds, Kind};
use openapi::place::Place;

pub fn check(place: &Place, kind: Kind, value: &Value, findings: &mut Findings) {
    if reference(value).is_some() {
        return;
    }
    for field in value
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys())
    {
        if field.starts_with("x-") {
            continue;
        }
        let problem = match kind.field(field) {
            None => Problem::UnknownField {
                field: field.clone(),
                kind: kind.name(),
            },
            Some(Holds::Unheeded) => Problem::UnheededField {
                field: field.clone(),
            },
            Some(_) => continue,
        };
        findings.add(place.at(field), problem);
    }
}
