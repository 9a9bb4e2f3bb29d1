//! Visits the schemas of a document with independent operations.

use serde_json::{Map, Value};

use openapi::document::reference;
use openapi::operation::METHODS;

/// Every schema that is not a reference, before the schemas in it.
pub fn every_schema(root: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    let schemas = root.pointer_mut("/components/schemas");
    let schemas = schemas.and_then(Value::as_object_mut);
    for (_, schema) in schemas.into_iter().flatten() {
        every(schema, visit);
    }
    each_of_operations(&mut root["paths"], &mut |_, schema| {
        every(schema, visit);
    });
}

fn every(schema: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    if reference(schema).is_some() {
        return;
    }
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    visit(members);
    for (key, member) in members {
        match (key.as_str(), member) {
            ("properties", Value::Object(properties)) => {
                for property in properties.values_mut() {
                    every(property, visit);
                }
            }
            ("items" | "additionalProperties", member) => every(member, visit),
            ("allOf" | "oneOf" | "anyOf", Value::Array(parts)) => {
                for part in parts {
                    every(part, visit);
                }
            }
            _ => {}
        }
    }
}

/// The inline schemas of a schema, with the names that the generator gives them.
pub fn each_part(name: &str, schema: &mut Value, visit: &mut impl FnMut(&str, &mut Value)) {
    let has_properties = schema.get("properties").is_some();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (key, property) in properties.into_iter().flatten() {
        visit(&format!("{name}_{key}"), property);
    }
    if let Some(items) = schema.get_mut("items") {
        visit(&format!("{name}_item"), items);
    }
    if let Some(rest) = schema.get_mut("additionalProperties")
        && rest.is_object()
    {
        let of_rest = if has_properties {
            "extra_value"
        } else {
            "value"
        };
        visit(&format!("{name}_{of_rest}"), rest);
    }
    // The parts of a combined schema have its name.
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    for part in parts.into_iter().flatten() {
        if part.get("enum").is_none() && reference(part).is_none() {
            each_part(name, part, visit);
        }
    }
    for keyword in ["oneOf", "anyOf"] {
        let parts = schema.get_mut(keyword).and_then(Value::as_array_mut);
        for (index, part) in parts.into_iter().flatten().enumerate() {
            visit(&format!("{name}_variant{index}"), part);
        }
    }
}

/// The inline schemas of the operations.
pub fn each_of_operations(paths: &mut Value, visit: &mut impl FnMut(&str, &mut Value)) {
    let items = paths.as_object_mut().into_iter().flatten();
    for (_, item) in items {
        for method in METHODS {
            let Some(operation) = item.get_mut(method) else {
                continue;
            };
            let id = operation["operationId"].as_str().unwrap_or_default();
            let id = id.to_owned();
            let parameters = operation
                .get_mut("parameters")
                .and_then(Value::as_array_mut);
            for parameter in parameters.into_iter().flatten() {
                let name = format!("{id}-{}", parameter["name"].as_str().unwrap_or_default());
                // What the schema does not say, the parameter does.
                let said = parameter.get("description").cloned();
                if let Some(schema) = parameter.get_mut("schema") {
                    if let (Some(said), Some(members)) = (said, schema.as_object_mut())
                        && !members.contains_key("$ref")
                    {
                        members.entry("description").or_insert(said);
                    }
                    visit(&name, schema);
                }
            }
            each_content(
                &format!("{id}-body"),
                operation.get_mut("requestBody"),
                visit,
            );
            let responses = operation
                .get_mut("responses")
                .and_then(Value::as_object_mut);
            for (_, response) in responses.into_iter().flatten() {
                each_content(&format!("{id}-response"), Some(response), visit);
            }
        }
    }
}

fn each_content(name: &str, holder: Option<&mut Value>, visit: &mut impl FnMut(&str, &mut Value)) {
    let content = holder.and_then(|holder| holder.get_mut("content"));
    let content = content.and_then(Value::as_object_mut);
    for (_, content) in content.into_iter().flatten() {
        if let Some(schema) = content.get_mut("schema") {
            visit(name, schema);
        }
    }
}
