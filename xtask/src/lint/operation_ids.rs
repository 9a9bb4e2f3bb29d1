//! There are operations, and each has a name of its own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Findings, Problem};
use openapi::document::{Document, reference};
use openapi::operation::Operation;
use openapi::place::Place;

pub fn check(document: &Document, operations: &[Operation<'_>], findings: &mut Findings) {
    if operations.is_empty() {
        findings.add(Place::root().at("paths"), Problem::NoOperation);
    }
    let paths = document.root().get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        let place = Place::root().at("paths").at(path);
        if reference(item).is_some() {
            findings.add(place.clone(), Problem::PathReference);
        }
        if !path.starts_with('/') {
            findings.add(place, Problem::PathWithoutSlash);
        }
    }
    let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
    for operation in operations {
        let place = operation.place.at("operationId");
        let Some(id) = operation.id().filter(|id| !id.is_empty()) else {
            findings.add(place, Problem::OperationIdMissing);
            continue;
        };
        if !has_plain_characters(id) {
            findings.add(place.clone(), Problem::OperationIdCharacters);
        }
        if let Some(first) = seen.insert(id, &operation.place) {
            findings.add(
                place,
                Problem::OperationIdDuplicate {
                    id: id.to_owned(),
                    first: first.clone(),
                },
            );
        }
    }
}

fn has_plain_characters(id: &str) -> bool {
    id.starts_with(|first: char| first.is_ascii_alphabetic())
        && id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}
