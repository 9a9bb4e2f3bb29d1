//! The secrets that the specification's own examples hold: what must not show up in the clear.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::schema_comparison::resolve;
use crate::specification::Specification;

/// All of them. Of a URL the query is listed too: it is what is secret of it.
#[must_use]
pub fn documented_secrets(specification: &Specification) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    for operation in &specification.operations {
        for parameter in &operation.parameters {
            let example = parameter.example.clone().map_or(Value::Null, Value::String);
            let document = specification.closed(&parameter.schema);
            collect(&document, &parameter.schema, &example, &mut secrets);
        }
        for response in &operation.responses {
            let document = specification.closed(&response.schema);
            for example in &response.examples {
                collect(&document, &response.schema, &example.value, &mut secrets);
            }
        }
    }
    secrets
}

fn collect(document: &Value, schema: &Value, value: &Value, secrets: &mut BTreeSet<String>) {
    let schema = resolve(document, schema);
    // Nobody knows what a value without a type is, so it counts as a secret.
    let is_opaque = schema.get("type").is_none() && schema.get("properties").is_none();
    match value {
        Value::String(text) if is_opaque || schema["format"] == "password" => {
            let query = text.split_once('?').map(|(_, query)| query.to_owned());
            secrets.extend(query);
            secrets.insert(text.clone());
        }
        Value::Array(items) => {
            for item in items {
                collect(document, &schema["items"], item, secrets);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let property = schema["properties"].get(name);
                let schema = property.unwrap_or(&schema["additionalProperties"]);
                collect(document, schema, member, secrets);
            }
        }
        _ => {}
    }
}
