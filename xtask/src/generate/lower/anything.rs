//! Values that the specification does not describe are kept as they are: the type of the generator for them rounds
//! numbers. An object with any members is a map of such values. If others are forbidden, a server may still send them
//! one day.

use serde_json::{Map, Value, json};

use openapi::composition::is_anything;
use openapi::element::change_schemas;
use openapi::extension::RUNTIME_TYPE;

/// The schema for any value, and its type in the runtime.
const ANYTHING: &str = "x-par-anything";
const TYPE: &str = "OpaqueValue";

/// Replaces all such values by the type of the runtime.
pub fn keep(root: &mut Value) {
    let named = root.pointer_mut("/components/schemas");
    let named = named.and_then(Value::as_object_mut);
    for (_, schema) in named.into_iter().flatten() {
        if is_anything(schema) {
            schema[RUNTIME_TYPE] = TYPE.into();
        }
    }
    let mut is_used = false;
    change_schemas(root, &mut |schema| {
        let reference = json!({"$ref": format!("#/components/schemas/{ANYTHING}")});
        let anything = |holder: &mut Map<String, Value>, keyword: &str| {
            holder.insert(keyword.to_owned(), reference.clone());
        };
        if is_anything(schema) {
            *schema = but_described(schema, reference);
            is_used = true;
            return;
        }
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        match members.get("type").and_then(Value::as_str) {
            Some("array") if !members.contains_key("items") => anything(members, "items"),
            Some("object") => {
                let has_none =
                    |properties: &Value| properties.as_object().is_none_or(Map::is_empty);
                let is_bare = members.get("properties").is_none_or(has_none);
                match members.get("additionalProperties") {
                    Some(Value::Bool(false)) if !is_bare => {
                        members.remove("additionalProperties");
                        return;
                    }
                    Some(Value::Bool(_)) => anything(members, "additionalProperties"),
                    None if is_bare => anything(members, "additionalProperties"),
                    _ => return,
                }
                if is_bare {
                    members.remove("properties");
                }
            }
            _ => return,
        }
        is_used = true;
    });
    if is_used {
        root["components"]["schemas"][ANYTHING] = json!({ RUNTIME_TYPE: TYPE });
    }
}

/// A reference with its description.
fn but_described(schema: &Value, reference: Value) -> Value {
    match schema.get("description") {
        Some(description) => json!({"description": description, "allOf": [reference]}),
        None => reference,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::keep;

    #[test]
    fn what_nothing_is_said_of_is_kept_as_it_comes() {
        let any = json!({"$ref": "#/components/schemas/x-par-anything"});
        let kept = |property: Value| {
            let mut root =
                json!({"components": {"schemas": {"It": {"properties": {"it": property}}}}});
            keep(&mut root);
            root["components"]["schemas"]["It"]["properties"]["it"].take()
        };
        let cases = [
            (json!({}), any.clone()),
            (
                json!({"description": "d", "nullable": true}),
                json!({"description": "d", "allOf": [any]}),
            ),
            (
                json!({"type": "array"}),
                json!({"type": "array", "items": any}),
            ),
            (
                json!({"type": "object"}),
                json!({"type": "object", "additionalProperties": any}),
            ),
            (
                json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": true}),
                json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": any}),
            ),
            (
                json!({"type": "object", "additionalProperties": {}}),
                json!({"type": "object", "additionalProperties": any}),
            ),
            (
                json!({"type": "object", "additionalProperties": false}),
                json!({"type": "object", "additionalProperties": any}),
            ),
            (
                json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false}),
                json!({"type": "object", "properties": {"a": {"type": "string"}}}),
            ),
        ];
        for (written, expected) in cases {
            assert_eq!(kept(written.clone()), expected, "{written}");
        }
        for same in [
            json!({"type": "string"}),
            json!({"enum": ["a"]}),
            json!({"type": "object", "properties": {"a": {"type": "string"}}}),
            json!({"$ref": "#/components/schemas/It"}),
        ] {
            assert_eq!(kept(same.clone()), same);
        }
        let mut root = json!({"components": {"schemas": {"It": {"description": "d"}}}});
        keep(&mut root);
        let it = &root["components"]["schemas"]["It"];
        assert_eq!(it["x-par-runtime-type"], "OpaqueValue");
    }
}
