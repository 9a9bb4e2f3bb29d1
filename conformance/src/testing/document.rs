//! Changes to the text of a specification. A place that does not exist is an error of the test.
#![allow(
    clippy::expect_used,
    reason = "only tests and benches change documents, and there a panic is the report"
)]

use serde_json::Value;

/// Removes a member of the object at a pointer.
pub fn remove(document: &mut Value, pointer: &str, key: &str) {
    let object = document.pointer_mut(pointer).and_then(Value::as_object_mut);
    let removed = object.and_then(|object| object.remove(key));
    removed.expect("the member is there");
}

/// Adds the members of one document to another.
pub fn merge(into: &mut Value, addition: Value) {
    match (into, addition) {
        (Value::Object(into), Value::Object(addition)) => {
            for (key, value) in addition {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, addition) => *into = addition,
    }
}

/// The operations of the document with all schemas and responses once more, under names with this ending.
#[must_use]
pub fn twin(document: &Value, ending: &str) -> Value {
    let mut twin = Value::Null;
    for (path, item) in members(&document["paths"]) {
        twin["paths"][format!("{path}/{ending}")] = item.clone();
    }
    for part in ["schemas", "responses"] {
        for (name, value) in members(&document["components"][part]) {
            twin["components"][part][format!("{name}{ending}")] = value.clone();
        }
    }
    rename(&mut twin, ending);
    twin
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

/// Changes the ids of the operations within the value, and the schemas and responses that it refers to.
fn rename(value: &mut Value, ending: &str) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text)
                        if key == "operationId"
                            || (key == "$ref"
                                && (text.starts_with("#/components/schemas/")
                                    || text.starts_with("#/components/responses/"))) =>
                    {
                        text.push_str(ending);
                    }
                    member => rename(member, ending),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, ending)),
        _ => {}
    }
}
