//! Which schemas are secrets, and the secrets within a value, by its schema.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::Document;
use crate::extension::{RUNTIME_TYPE, SECRET};
use crate::schema::behind;
use crate::specification::Specification;

/// The kind of a secret text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// All of it is secret.
    Text,
    /// The address of a payment page: its query is secret.
    PaymentUrl,
}

/// Whether a schema is that of a secret string.
pub fn is_secret(schema: &Value) -> bool {
    schema["type"] == "string" && schema["format"] == "password" && schema[SECRET] != false
}

/// Passes each secret within `value` to `see`, which may change it.
pub fn visit(
    document: &Document,
    schema: &Value,
    value: &mut Value,
    see: &mut impl FnMut(&mut String, SecretKind),
) {
    visit_one_of(document, &[schema], value, see);
}

/// A value that fits all of these schemas, or one of them.
fn visit_one_of(
    document: &Document,
    schemas: &[&Value],
    value: &mut Value,
    see: &mut impl FnMut(&mut String, SecretKind),
) {
    let mut plain = Vec::new();
    for schema in schemas {
        flatten(document, schema, 0, &mut plain);
    }
    match value {
        Value::String(text) => {
            let is_plain = |schema: &&&Value| schema["type"] == "string" && !is_secret(schema);
            let secret = plain.iter().find(|schema| is_secret(schema));
            let opaque = plain.iter().find(|schema| is_opaque(schema));
            let secret = secret.or(opaque.filter(|_| !plain.iter().any(|one| is_plain(&one))));
            match secret.map(|schema| schema[RUNTIME_TYPE].as_str()) {
                Some(Some("PaymentUrl")) => see(text, SecretKind::PaymentUrl),
                Some(_) => see(text, SecretKind::Text),
                None => {}
            }
        }
        Value::Array(items) => {
            let of_items: Vec<&Value> = plain.iter().map(|schema| &schema["items"]).collect();
            for item in items {
                visit_one_of(document, &of_items, item, see);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let named = plain.iter();
                let named = named.filter_map(|schema| schema["properties"].get(name));
                let mut of_member: Vec<&Value> = named.collect();
                if of_member.is_empty() {
                    let others = plain.iter().map(|schema| &schema["additionalProperties"]);
                    of_member = others.collect();
                }
                visit_one_of(document, &of_member, member, see);
            }
        }
        _ => {}
    }
}

/// The schemas behind references and combinations.
fn flatten<'a>(
    document: &'a Document,
    schema: &'a Value,
    depth: usize,
    plain: &mut Vec<&'a Value>,
) {
    let schema = behind(document.root(), schema);
    let parts = ["allOf", "oneOf", "anyOf"].iter();
    let parts = parts.filter_map(|keyword| schema[keyword].as_array());
    let mut is_made = false;
    // Deeper than this, a schema contains itself.
    for part in parts.flatten().filter(|_| depth < 32) {
        is_made = true;
        // A schema that only restricts another says nothing about secrets.
        if !is_opaque(part) || part.get("$ref").is_some() || is_combined(part) {
            flatten(document, part, depth + 1, plain);
        }
    }
    if !is_made || !is_opaque(schema) {
        plain.push(schema);
    }
}

fn is_combined(schema: &Value) -> bool {
    let keywords = ["allOf", "oneOf", "anyOf"];
    keywords.iter().any(|keyword| schema.get(keyword).is_some())
}

/// The contents of a value without a type are not known, so it counts as a secret.
fn is_opaque(schema: &Value) -> bool {
    let says = ["type", "properties", "enum"];
    says.iter().all(|keyword| schema.get(keyword).is_none())
}

/// The secrets in one value. For a URL the query is listed too, because it is the secret part.
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

/// The secrets in the examples of the specification: they must never be shown.
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
                        "means": {"number": "in an alternative", "kind": "no"},
                        "both": {"secret": "in one of several parts", "note": "no", "pin": "in a part of a part"},
                        "either": "in a text of either kind",
                        "short": "no",
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
                        "means": {"oneOf": [
                            {"type": "object", "properties": {"number": secret, "kind": {"type": "string"}}},
                            {"type": "object", "properties": {"iban": {"type": "string"}}},
                        ]},
                        "both": {"allOf": [
                            {"$ref": "#/components/schemas/Item"},
                            {"properties": {"note": {"type": "string"}}, "required": ["note"]},
                            {"allOf": [{"properties": {"pin": secret}}, {"maxProperties": 3}]},
                        ]},
                        "either": {"anyOf": [{"type": "string"}, secret]},
                        "short": {"allOf": [{"type": "string"}, {"maxLength": 3}]},
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
            "in a part of a part",
            "in a query",
            "in a text of either kind",
            "in a value of any kind",
            "in an alternative",
            "in one of several parts",
        ];
        assert_eq!(secrets, expected);
    }
}
