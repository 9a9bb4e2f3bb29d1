//! Changes of a document that a table describes. A change is one of JSON Patch: `add PLACE: VALUE`,
//! `replace PLACE: VALUE`, `remove PLACE:`, and `move PLACE: NEW-PLACE` or `copy`. Places are written as the commands write
//! them, `-` for the end of a list.

use indexmap::IndexMap;
use serde_json::{Value, json};

/// The changes, with their places and values, in their order.
pub type Changes = IndexMap<String, Value>;

/// `info.version` as JSON Patch has it: `/info/version`.
pub fn pointer(place: &str) -> String {
    place
        .split('.')
        .map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1")))
        .collect()
}

/// The document with changes.
pub fn changed(document: &Value, changes: &Changes) -> Value {
    let operations: Vec<Value> = changes
        .iter()
        .map(|(change, value)| match change.split_once(' ') {
            Some((operation @ ("move" | "copy"), from)) => {
                json!({"op": operation, "from": pointer(from), "path": pointer(value.as_str().unwrap())})
            }
            Some((operation, place)) => {
                json!({"op": operation, "path": pointer(place), "value": value})
            }
            None => panic!("`{change}` is no change"),
        })
        .collect();
    let patch: json_patch::Patch = serde_json::from_value(operations.into()).unwrap();
    let mut document = document.clone();
    json_patch::patch(&mut document, &patch).unwrap_or_else(|error| panic!("{error}: {changes:?}"));
    document
}
