//! The secrets within a value, found by its schema.

use serde_json::Value;

use crate::agreement::schema_comparison::resolve;

/// What kind of secret a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// All of it is secret.
    Text,
    /// The address of a payment page: its query is what is secret of it.
    PaymentUrl,
}

/// Shows each secret within `value` to `see`, which may change it. `document` is what the schema refers into.
pub fn visit(
    document: &Value,
    schema: &Value,
    value: &mut Value,
    see: &mut impl FnMut(&mut String, SecretKind),
) {
    let schema = resolve(document, schema);
    // Nobody knows what a value without a type is, so it counts as a secret.
    let is_opaque = schema.get("type").is_none() && schema.get("properties").is_none();
    match value {
        Value::String(text) if is_opaque || schema["format"] == "password" => {
            let kind = match schema["x-par-runtime-type"].as_str() {
                Some("PaymentUrl") => SecretKind::PaymentUrl,
                _ => SecretKind::Text,
            };
            see(text, kind);
        }
        Value::Array(items) => {
            for item in items {
                visit(document, &schema["items"], item, see);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let property = schema["properties"].get(name);
                let schema = property.unwrap_or(&schema["additionalProperties"]);
                visit(document, schema, member, see);
            }
        }
        _ => {}
    }
}
