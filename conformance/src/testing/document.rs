//! Changes to the text of a specification. A place that does not exist is an error of the test.
#![allow(
    clippy::expect_used,
    reason = "only tests and benches change documents, and there a panic is the report"
)]

use serde_json::Value;

/// The value at a pointer; its last token may be new.
pub fn at<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer has a token");
    let key = key.replace("~1", "/").replace("~0", "~");
    let parent = document.pointer_mut(parent).expect("the place is there");
    match parent {
        Value::Array(items) => &mut items[key.parse::<usize>().expect("an item has a number")],
        parent => &mut parent[&key],
    }
}

/// Removes a member of the object at a pointer.
pub fn remove(document: &mut Value, pointer: &str, key: &str) {
    let object = at(document, pointer).as_object_mut();
    let removed = object.and_then(|object| object.remove(key));
    removed.expect("the member is there");
}

/// Removes an item of the list at a pointer.
pub fn remove_item(document: &mut Value, pointer: &str, item: &Value) {
    let items = at(document, pointer).as_array_mut();
    let items = items.expect("the list is there");
    let place = items.iter().position(|other| other == item);
    items.remove(place.expect("the item is there"));
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
