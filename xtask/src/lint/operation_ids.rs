//! Checks that there are operations, and that each has a name of its own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Findings, Problem};
use crate::generate::rust_name::value_name;
use openapi::document::Document;
use openapi::operation::Operation;
use openapi::place::Place;

pub fn check(document: &Document, operations: &[Operation<'_>], findings: &mut Findings) {
    if operations.is_empty() {
        findings.add(Place::root().at("paths"), Problem::NoOperation);
    }
    let paths = document.root().get("paths").and_then(Value::as_object);
    for (path, _) in paths.into_iter().flatten() {
        let place = Place::root().at("paths").at(path);
        if !path.starts_with('/') {
            findings.add(place, Problem::PathWithoutSlash);
        }
    }
    let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
    for operation in operations {
        let place = operation.place.at("operationId");
        let is_name = |id: &&str| id.contains(char::is_alphanumeric);
        let Some(id) = operation.id().filter(is_name) else {
            let suggestion = suggestion(operation);
            findings.add(place, Problem::OperationIdMissing { suggestion });
            continue;
        };
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

/// A name with the method and the path: `get_orders_by_order_id`.
fn suggestion(operation: &Operation<'_>) -> String {
    let path = operation.path.replace('{', " by ");
    value_name(&format!("{} {path}", operation.method))
}
