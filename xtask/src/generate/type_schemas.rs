//! Which schema each type of the API is made from.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::generate::call_name::given;
use crate::generate::lower::answers;
use crate::generate::rust_name::type_name;
use openapi::answer::Answer;
use openapi::body::Body;
use openapi::document::{Document, reference};
use openapi::extension::RUNTIME_TYPE;
use openapi::operation::Operation;

/// The schema of each type, by the name of the type.
pub struct TypeSchemas<'a>(BTreeMap<String, &'a Value>);

impl<'a> TypeSchemas<'a> {
    /// Those of a document and its operations.
    pub fn of_all(document: &'a Document, operations: &[Operation<'a>]) -> Self {
        Self(schemas(document, operations))
    }

    /// The schema of a type; null if it has none.
    pub fn of(&self, name: &str) -> &'a Value {
        self.0.get(name).copied().unwrap_or(&Value::Null)
    }
}

fn schemas<'a>(
    document: &'a Document,
    operations: &[Operation<'a>],
) -> BTreeMap<String, &'a Value> {
    let mut schemas = BTreeMap::new();
    let named = document.root()["components"]["schemas"].as_object();
    let named = || {
        let named = named.into_iter().flatten();
        named.filter(|(_, schema)| schema.get(RUNTIME_TYPE).is_none())
    };
    // A named schema has that name, whatever its title is, and whatever is called so within others.
    schemas.extend(named().map(|(name, schema)| (type_name(name), schema)));
    for (name, schema) in named() {
        add_parts(document, name, schema, &mut schemas);
    }
    for operation in operations {
        let Some(id) = operation.id().map(given) else {
            continue;
        };
        let body = Body::of(operation).map(|body| (format!("{id}-body"), body.schema()));
        let all = Answer::all(operation);
        let answers = all.iter().filter_map(|answer| {
            let name = answers::name(&id, &all, answer.statuses);
            Some((name, answers::schema(answer)?))
        });
        for (name, schema) in body.into_iter().chain(answers) {
            if reference(schema).is_none() {
                add(document, &name, schema, &mut schemas);
            }
        }
    }
    schemas
}

fn add<'a>(
    document: &'a Document,
    name: &str,
    schema: &'a Value,
    schemas: &mut BTreeMap<String, &'a Value>,
) {
    // An addition to a reference belongs to the type behind it, which may contain itself.
    if let Some([one]) = schema["allOf"].as_array().map(Vec::as_slice)
        && reference(one).is_some()
        && schema.get("properties").is_none()
    {
        return;
    }
    let name = schema["title"].as_str().unwrap_or(name);
    // A plain text or number gets no type, so its name may be that of another one.
    if schema.get("properties").is_some() || schema.get("allOf").is_some() {
        schemas.entry(type_name(name)).or_insert(schema);
    }
    add_parts(document, name, schema, schemas);
}

/// Adds the inline schemas of a schema, under the names that the generator gives them.
fn add_parts<'a>(
    document: &'a Document,
    name: &str,
    schema: &'a Value,
    schemas: &mut BTreeMap<String, &'a Value>,
) {
    let properties = schema["properties"].as_object();
    let mut parts: Vec<(&str, &Value)> = Vec::new();
    parts.extend(
        properties
            .into_iter()
            .flatten()
            .map(|(key, part)| (key.as_str(), part)),
    );
    parts.extend(schema.get("items").map(|items| ("item", items)));
    let of_rest = if properties.is_some() {
        "extra_value"
    } else {
        "value"
    };
    parts.extend(
        schema
            .get("additionalProperties")
            .map(|rest| (of_rest, rest)),
    );
    for (key, part) in parts {
        if part.is_object() && reference(part).is_none() {
            add(document, &format!("{name}_{key}"), part, schemas);
        }
    }
    for part in all_of(document, schema) {
        add_parts(document, name, part, schemas);
    }
}

/// The other schemas that a value must fit.
fn all_of<'a>(document: &'a Document, schema: &'a Value) -> impl Iterator<Item = &'a Value> {
    let parts = schema["allOf"].as_array().into_iter().flatten();
    parts.filter_map(|part| document.resolve(part))
}

/// The schema of a field, in any part of a schema.
pub fn property<'a>(document: &'a Document, schema: &'a Value, key: &str) -> Option<&'a Value> {
    let own = schema["properties"].get(key);
    own.or_else(|| all_of(document, schema).find_map(|part| property(document, part, key)))
}
