//! Checks that references lead to a part of the right kind within the document.

use serde_json::Value;

use super::{Findings, Problem};
use openapi::document::{Document, reference};
use openapi::element::{self, Kind};
use openapi::place::Place;

pub fn check(document: &Document, findings: &mut Findings) {
    element::walk(document, &mut |place, kind, value| {
        if let Some(target) = reference(value) {
            one(document, place, kind, value, target, findings);
        }
    });
}

fn one(
    document: &Document,
    place: &Place,
    kind: Kind,
    value: &Value,
    target: &str,
    findings: &mut Findings,
) {
    for field in value
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys())
    {
        if !says_nothing_of_a_value(field) {
            let field = field.clone();
            findings.add(place.at(&field), Problem::BesideReference { field });
        }
    }
    let place = place.at("$ref");
    let owned = target.to_owned();
    if !target.starts_with("#/") {
        findings.add(place, Problem::ExternalReference { target: owned });
    } else if document.target(target).is_none() {
        findings.add(place, Problem::DanglingReference { target: owned });
    } else if document.resolve(value).is_none() {
        findings.add(place, Problem::CircularReference { target: owned });
    } else if let Some(section) = section(kind) {
        let name = target
            .strip_prefix("#/components/")
            .and_then(|rest| rest.strip_prefix(section)?.strip_prefix('/'));
        if name.is_none_or(|name| name.is_empty() || name.contains('/')) {
            let target = owned;
            findings.add(place, Problem::ReferenceTarget { target, section });
        }
    }
}

/// Fields beside a reference that OpenAPI ignores, and that nobody misses.
fn says_nothing_of_a_value(field: &str) -> bool {
    let is_ours = field.starts_with("x-par-");
    let is_documentation = matches!(
        field,
        "$ref"
            | "deprecated"
            | "description"
            | "example"
            | "examples"
            | "externalDocs"
            | "summary"
            | "title"
            | "xml"
    );
    is_documentation || field.starts_with("x-") && !is_ours
}

/// The section of `components` for a part of this kind.
fn section(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Schema => Some("schemas"),
        Kind::Parameter => Some("parameters"),
        Kind::Response => Some("responses"),
        Kind::RequestBody => Some("requestBodies"),
        Kind::Example => Some("examples"),
        Kind::Header => Some("headers"),
        Kind::SecurityScheme => Some("securitySchemes"),
        _ => None,
    }
}
