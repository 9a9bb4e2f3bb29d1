//! The secrets that the specification's own examples hold: what must not show up in the clear.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::secret_text::visit;
use openapi::specification::Specification;

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

/// The secrets in one value, by its schema.
#[must_use]
pub fn secrets_of(document: &Value, schema: &Value, value: &Value) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    collect(document, schema, value, &mut secrets);
    secrets
}

fn collect(document: &Value, schema: &Value, value: &Value, secrets: &mut BTreeSet<String>) {
    visit(document, schema, &mut value.clone(), &mut |text, _| {
        let query = text.split_once('?').map(|(_, query)| query.to_owned());
        secrets.extend(query);
        secrets.insert(text.clone());
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::documented_secrets;
    use openapi::specification::Specification;

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
