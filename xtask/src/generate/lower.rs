//! Lowering: makes the specification that the generator needs from the true one. The true one describes what the API
//! needs; a call need not give what the client fills in.

pub mod alternatives;
pub mod answers;
mod anything;
mod direction;
mod hoist;
mod scalars;
mod stand_alone;
mod walk;

use openapiv3::OpenAPI;
use serde_json::{Value, json};

use crate::generate::lower::answers::Answers;
use crate::generate::lower::walk::every_schema;
use crate::generate::written::Written;
use openapi::body::{Encoding, chosen};
use openapi::document::{Document, is_data, reference};
use openapi::extension::{DEFAULT_FROM, RUNTIME_TYPE, SECRET};
use openapi::operation::Operation;
use openapi::schema::{is_unsigned, links};
use openapi::secret::is_secret;

use crate::generate::call_name::{given, named};
/// The input of the generator.
pub struct Lowered {
    pub spec: OpenAPI,
    /// Named schemas that a type of the runtime replaces: schema, type.
    pub runtime_types: Vec<(String, String)>,
    /// Named schemas whose type we write.
    pub written: Vec<Written>,
    pub answers: Answers,
}

/// `Err` names the part of the document that is not OpenAPI.
pub fn lower(
    document: &Document,
) -> Result<Lowered, serde_path_to_error::Error<serde_json::Error>> {
    let mut root = document.root().clone();
    operations_are_plain(document, &mut root);
    let answers = answers::apart(document, &mut root);
    // First, because what follows leaves less of each property.
    every_schema(&mut root, &mut direction::one_way_is_optional);
    anything::keep(&mut root);
    stand_alone::stand_alone(&mut root);
    let written = hoist::hoist(&mut root);
    visit_objects("", &mut root, &mut |object| {
        supplied_headers_are_optional(object);
        secrets_are_bare(object);
        runtime_types_go_by_name(object);
        bodies_have_one_encoding(object);
    });
    every_schema(&mut root, &mut |schema| {
        scalars::numbers_are_wide(schema);
        scalars::texts_are_texts(schema);
        scalars::have_no_bounds(schema);
    });
    let runtime_types = runtime_types(&root);
    let spec = serde_path_to_error::deserialize(root)?;
    Ok(Lowered {
        spec,
        runtime_types,
        written,
        answers,
    })
}

/// The builders are written from the specification itself, so they support what the generator does not: styles, names
/// that are the same in Rust, references, and schemas of which only a type is needed. A parameter is a scalar, an
/// enumeration, or a list of either.
fn operations_are_plain(document: &Document, root: &mut Value) {
    let mut paths = Vec::new();
    for operation in Operation::all(document) {
        let mut path = operation.path.to_owned();
        let mut parameters = Vec::new();
        for parameter in named(&operation) {
            let part = &parameter.part;
            let wire = part.value["name"].as_str().unwrap_or_default();
            let name = parameter.given();
            if part.value["in"] == "path" {
                path = path.replace(&format!("{{{wire}}}"), &format!("{{{name}}}"));
            }
            let mut parameter = json!({
                "name": name,
                "in": part.value["in"],
                "required": part.value["required"] == true || part.value["in"] == "path",
                "schema": plain(document, &part.value["schema"]),
            });
            for key in [DEFAULT_FROM, "description"] {
                if let Some(value) = part.value.get(key) {
                    parameter[key] = value.clone();
                }
            }
            parameters.push(parameter);
        }
        paths.push((path, operation.method, operation.value.clone(), parameters));
    }
    root["paths"] = json!({});
    for (path, method, mut operation, parameters) in paths {
        if let Some(operation) = operation.as_object_mut() {
            // Extensions of others may mean something to the generator, but not to us.
            operation.retain(|key, _| !key.starts_with("x-") || key.starts_with("x-par-"));
            operation.insert("parameters".to_owned(), Value::Array(parameters));
            operation.insert("responses".to_owned(), answers::none());
            if let Some(id) = operation.get_mut("operationId")
                && let Some(name) = id.as_str().map(|id| given(id).into_owned())
            {
                *id = name.into();
            }
            root["paths"][path][method] = operation.clone().into();
        }
    }
    if let Some(components) = root.get_mut("components").and_then(Value::as_object_mut) {
        components.remove("parameters");
    }
}

/// The schema of a parameter without what makes a type of its own; an enumeration keeps its name.
fn plain(document: &Document, schema: &Value) -> Value {
    let links: Vec<&Value> = links(document.root(), schema).collect();
    let (name, target) = match links[..] {
        [.., last, target] => (reference(last), target),
        _ => (None, schema),
    };
    match (target["type"].as_str(), name) {
        (Some("array"), _) => json!({"type": "array", "items": plain(document, &target["items"])}),
        (_, Some(name)) if target.get("enum").is_some() => json!({"$ref": name}),
        _ if target.get("enum").is_some() => {
            let mut target = target.clone();
            if let Some(target) = target.as_object_mut() {
                target.remove("nullable");
            }
            target
        }
        (Some("integer"), _) if is_unsigned(target) => {
            json!({"type": "integer", "format": "uint64"})
        }
        (Some(ty @ ("string" | "integer" | "number" | "boolean")), _) => {
            match target.get("format") {
                Some(format) if target.get(SECRET).is_none() => {
                    json!({"type": ty, "format": format})
                }
                _ => json!({"type": ty}),
            }
        }
        // Whatever its type is, it is sent as a text.
        _ => json!({"type": "string"}),
    }
}

/// A header that the runtime fills in is optional in the builder.
fn supplied_headers_are_optional(object: &mut serde_json::Map<String, Value>) {
    if object.contains_key(DEFAULT_FROM) {
        object.insert("required".to_owned(), Value::Bool(false));
    }
}

/// The generator replaces a secret string by the type of the runtime only if its schema is exactly `{type: string,
/// format: password}`. The runtime does not look into secrets anyway.
fn secrets_are_bare(object: &mut serde_json::Map<String, Value>) {
    for schema in object.values_mut() {
        if is_secret(schema)
            && let Some(schema) = schema.as_object_mut()
        {
            let can_be_null = schema.get("nullable") == Some(&Value::Bool(true));
            schema.retain(|key, _| {
                matches!(
                    key.as_str(),
                    "type" | "format" | "description" | RUNTIME_TYPE
                )
            });
            if can_be_null {
                let description = schema.remove("description").unwrap_or_default();
                let bare = std::mem::take(schema);
                schema.insert("nullable".to_owned(), true.into());
                schema.insert("allOf".to_owned(), json!([bare]));
                schema.insert("description".to_owned(), description);
            }
        }
    }
}

/// A schema that a type of the runtime replaces must not look like a secret string too: the generator would use the
/// type of secrets.
fn runtime_types_go_by_name(object: &mut serde_json::Map<String, Value>) {
    if object.contains_key(RUNTIME_TYPE) {
        object.remove("format");
    }
}

/// The generator accepts one media type of four. The table of operations has the one that is sent, and its name.
fn bodies_have_one_encoding(object: &mut serde_json::Map<String, Value>) {
    let body = object.get_mut("requestBody");
    let content = body.and_then(|body| body.get_mut("content"));
    let Some(content) = content.and_then(Value::as_object_mut) else {
        return;
    };
    let Some((encoding, media_type)) = chosen(content.keys().map(String::as_str)) else {
        return;
    };
    let media_type = media_type.to_owned();
    let mut holder = content.remove(&media_type).unwrap_or_default();
    let (name, raw) = match encoding {
        Encoding::Json => ("application/json", None),
        Encoding::Form => ("application/x-www-form-urlencoded", None),
        Encoding::Text => ("text/plain", Some(json!({"type": "string"}))),
        Encoding::Bytes => (
            "application/octet-stream",
            Some(json!({"type": "string", "format": "binary"})),
        ),
    };
    if let Some(holder) = holder.as_object_mut() {
        holder.remove("encoding");
        match raw {
            Some(schema) => {
                holder.insert("schema".to_owned(), schema);
            }
            None => {
                holder.entry("schema").or_insert_with(|| json!({}));
            }
        }
    }
    *content = serde_json::Map::from_iter([(name.to_owned(), holder)]);
}

fn runtime_types(root: &Value) -> Vec<(String, String)> {
    let schemas = root["components"]["schemas"].as_object();
    schemas
        .into_iter()
        .flatten()
        .filter_map(|(name, schema)| {
            let runtime_type = schema.get(RUNTIME_TYPE)?.as_str()?;
            Some((name.clone(), runtime_type.to_owned()))
        })
        .collect()
}

fn visit_objects(
    parent: &str,
    value: &mut Value,
    visit: &mut impl FnMut(&mut serde_json::Map<String, Value>),
) {
    match value {
        Value::Object(object) => {
            visit(object);
            for (key, member) in object.iter_mut() {
                if !is_data(parent, key) {
                    visit_objects(key, member, visit);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                visit_objects("", item, visit);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn lowered(parameter: &str, schema: &str) -> Lowered {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n      \
             parameters: [{{name: Key, in: header, required: true, {parameter}}}]\n      \
             responses: {{}}\ncomponents: {{schemas: {{Thing: {{{schema}}}}}}}\n"
        );
        let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
        lower(&document).unwrap_or_else(|error| panic!("{error} in {text}"))
    }

    fn header(lowered: &Lowered) -> openapiv3::ParameterData {
        let operations: Vec<_> = lowered.spec.operations().collect();
        let parameter = operations[0].2.parameters[0].as_item().unwrap();
        parameter.parameter_data_ref().clone()
    }

    #[test]
    fn a_header_that_the_client_supplies_is_optional_and_any_other_stays_required() {
        let supplied = lowered(
            "schema: {type: string}, x-par-default-from: {setting: key}",
            "",
        );
        assert!(!header(&supplied).required);
        let asked_for = lowered("schema: {type: string}", "");
        assert!(header(&asked_for).required);
    }

    #[test]
    fn bounds_and_formats_of_texts_are_left_to_who_sends_a_value() {
        let schema = |schema: &str| {
            let lowered = lowered(&format!("schema: {{{schema}}}"), "");
            let header = serde_json::to_value(header(&lowered)).unwrap();
            header["schema"].clone()
        };
        let cases = [
            (
                "type: string, minLength: 1, pattern: a",
                json!({"type": "string"}),
            ),
            ("type: string, format: uuid", json!({"type": "string"})),
            (
                "type: string, format: password, minLength: 1",
                json!({"type": "string", "format": "password"}),
            ),
            (
                "type: integer, format: int64, minimum: 1, default: 2",
                json!({"type": "integer", "format": "int64"}),
            ),
            (
                "type: integer, format: int32",
                json!({"type": "integer", "format": "int64"}),
            ),
            (
                "type: integer, maximum: 18446744073709551615",
                json!({"type": "integer", "format": "uint64"}),
            ),
            (
                "type: array, maxItems: 2, items: {type: number, maximum: 3}",
                json!({"type": "array", "items": {"type": "number"}}),
            ),
        ];
        for (written, expected) in cases {
            assert_eq!(schema(written), expected, "{written}");
        }
    }

    #[test]
    fn a_body_has_the_one_encoding_that_the_generator_takes_for_it() {
        let lowered = |content: &str| {
            let text = format!(
                "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{/a: {{post: {{requestBody: {{content: \
                 {{{content}}}}}, responses: {{}}}}}}}}"
            );
            let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
            let lowered = lower(&document).unwrap_or_else(|error| panic!("{error} in {text}"));
            let spec = serde_json::to_value(lowered.spec).unwrap();
            spec["paths"]["/a"]["post"]["requestBody"]["content"].clone()
        };
        let cases = [
            (
                "application/merge-patch+json: {schema: {type: integer}}",
                json!({"application/json": {"schema": {"type": "integer", "format": "int64"}}}),
            ),
            (
                "multipart/form-data: {}, application/x-www-form-urlencoded: {schema: {type: integer}}",
                json!({"application/x-www-form-urlencoded": {"schema": {"type": "integer", "format": "int64"}}}),
            ),
            (
                "text/csv: {schema: {type: string, maxLength: 9}}",
                json!({"text/plain": {"schema": {"type": "string"}}}),
            ),
            (
                "image/png: {}",
                json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}),
            ),
        ];
        for (written, expected) in cases {
            assert_eq!(lowered(written), expected, "{written}");
        }
    }

    #[test]
    fn runtime_types_are_found_among_the_named_schemas() {
        let lowered = lowered("schema: {type: string}", "x-par-runtime-type: Opaque");
        assert_eq!(
            lowered.runtime_types,
            [("Thing".to_owned(), "Opaque".to_owned())]
        );
    }
}
