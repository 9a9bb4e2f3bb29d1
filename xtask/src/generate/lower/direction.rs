//! Properties that exist in one direction only. A schema that is used in both directions is one type, so such
//! properties can't be required.

use serde_json::{Map, Value};

use openapi::schema::is_one_way;

/// Makes properties optional that only the server sends, or only the caller.
pub fn one_way_is_optional(schema: &mut Map<String, Value>) {
    let one_way = names(schema);
    if !one_way.is_empty() {
        not_required(schema, &one_way);
    }
}

fn names(schema: &Map<String, Value>) -> Vec<String> {
    let mut names = Vec::new();
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        if is_one_way(property) {
            names.push(name.clone());
        }
    }
    let parts = schema.get("allOf").and_then(Value::as_array);
    for part in parts.into_iter().flatten().filter_map(Value::as_object) {
        names.extend(self::names(part));
    }
    names
}

fn not_required(schema: &mut Map<String, Value>, names: &[String]) {
    let required = schema.get_mut("required").and_then(Value::as_array_mut);
    if let Some(required) = required {
        required.retain(|name| !names.iter().any(|other| name == other.as_str()));
    }
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    let parts = parts.into_iter().flatten();
    for part in parts.filter_map(Value::as_object_mut) {
        not_required(part, names);
    }
}
