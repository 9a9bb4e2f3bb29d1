//! Which schemas are those of secrets, and the secrets within a value, found by its schema.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::Document;
use crate::extension::{RUNTIME_TYPE, SECRET};
use crate::schema::behind;
use crate::specification::Specification;

/// What kind of secret a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// All of it is secret.
    Text,
    /// The address of a payment page: its query is what is secret of it.
    PaymentUrl,
}

/// Whether a schema is that of a secret string.
pub fn is_secret(schema: &Value) -> bool {
    schema["type"] == "string" && schema["format"] == "password" && schema[SECRET] != false
}

/// Shows each secret within `value` to `see`, which may change it.
pub fn visit(
    document: &Document,
    schema: &Value,
    value: &mut Value,
    see: &mut impl FnMut(&mut String, SecretKind),
) {
    let schema = behind(document.root(), schema);
    // Nobody knows what a value without a type is, so it counts as a secret.
    let is_opaque = schema.get("type").is_none() && schema.get("properties").is_none();
    match value {
        Value::String(text) if is_opaque || is_secret(schema) => {
            let kind = match schema[RUNTIME_TYPE].as_str() {
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

/// The secrets in one value. Of a URL the query is listed too: it is what is secret of it.
#[must_use]
pub fn secrets_of(document: &Document, schema: &Value, value: &Value) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    visit(document, schema, &mut value.clone(), &mut |text, _| {
        let query = text.split_once('?').map(|(_, query)| query.to_owned());
        secrets.extend(query);
        secrets.insert(text.clone());
    });
    secrets
}

/// The secrets that the specification's own examples hold: what must not show up in the clear.
#[must_use]
pub fn documented_secrets(specification: &Specification) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    let mut add = |schema: &Value, value: &Value| {
        secrets.extend(secrets_of(&specification.document, schema, value));
    };
    for operation in &specification.operations {
        for parameter in &operation.parameters {
            if let Some(example) = parameter.example_value() {
                add(&parameter.schema, &example);
            }
        }
        for response in &operation.responses {
            for example in &response.examples {
                add(&response.schema, &example.value);
            }
        }
    }
    secrets
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::documented_secrets;
    use crate::specification::Specification;

    #[test]
    fn secrets_are_found_by_their_schema_wherever_they_stand() {
        let secret = json!({"type": "string", "format": "password"});
        let document = json!({
            "paths": {"/a": {"get": {
                "operationId": "a",
                "parameters": [
                    {"name": "key", "in": "header", "schema": secret, "example": "in a header"},
                    {"name": "page", "in": "query", "schema": {"type": "string"}, "example": "no"},
                ],
                "responses": {"200": {"content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Body"},
                    "examples": {"one": {"value": {
                        "open": "no",
                        "list": [{"secret": "in a list"}],
                        "url": "https://example.com/?in a query",
                        "other": {"deep": ["in a value of any kind"]},
                    }}},
                }}}},
            }}},
            "components": {"schemas": {
                "Body": {
                    "type": "object",
                    "properties": {
                        "open": {"type": "string"},
                        "list": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
                        "url": secret,
                    },
                    "additionalProperties": {},
                },
                "Item": {"type": "object", "properties": {"secret": secret}},
            }},
        });
        let specification = Specification::of(&document).unwrap();
        let secrets: Vec<String> = documented_secrets(&specification).into_iter().collect();
        let expected = [
            "https://example.com/?in a query",
            "in a header",
            "in a list",
            "in a query",
            "in a value of any kind",
        ];
        assert_eq!(secrets, expected);
    }
}
