//! Checks that the generated code can write a request body.

use serde_json::Value;

use super::extensions::is_media_type;
use super::{Findings, Problem};
use openapi::body::{Body, Encoding};
use openapi::document::{Document, Part};
use openapi::operation::Operation;

/// Methods without a body in HTTP: servers and proxies may drop one.
const WITHOUT_BODY: [&str; 3] = ["get", "head", "trace"];

pub fn check(operation: &Operation<'_>, document: &Document, findings: &mut Findings) {
    let Some(part) = operation.request_body() else {
        return;
    };
    if WITHOUT_BODY.contains(&operation.method) {
        let method = operation.method.to_uppercase();
        findings.add(part.place, Problem::RequestBodyMethod { method });
        return;
    }
    let content = part.member("content");
    let is_empty = content.members().next().is_none();
    // Of several media types, the others are not sent and may be anything.
    match Body::of(operation) {
        None if is_empty => findings.add(content.place, Problem::RequestBodyEmpty),
        None => findings.add(content.place, Problem::RequestBodyMultipart),
        Some(body) if !is_media_type(body.media_type) || body.media_type.contains('*') => {
            findings.add(body.content.place, Problem::RequestBodyType);
        }
        Some(body) if !body.encoding.is_of_a_value() => {}
        Some(body) if body.schema().is_null() => {
            findings.add(body.content.place, Problem::RequestBodySchema);
        }
        Some(body) if body.encoding == Encoding::Form => {
            form(&body.content.member("schema"), document, findings);
        }
        Some(_) => {}
    }
}

/// A form is an object of pairs.
fn form(schema: &Part<'_>, document: &Document, findings: &mut Findings) {
    let place = &schema.place;
    let schema = document.resolve(schema.value).unwrap_or(&Value::Null);
    let Some(properties) = schema["properties"].as_object() else {
        findings.add(place.clone(), Problem::FormShape);
        return;
    };
    for (name, property) in properties {
        if !is_flat(document, property, true) {
            findings.add(place.at("properties").at(name), Problem::FormShape);
        }
    }
    if let Some(rest) = schema.get("additionalProperties")
        && *rest != false
        && !is_flat(document, rest, true)
    {
        findings.add(place.at("additionalProperties"), Problem::FormShape);
    }
}

/// Whether a value is one text, or a list of them.
fn is_flat(document: &Document, schema: &Value, may_be_list: bool) -> bool {
    let schema = document.resolve(schema).unwrap_or(&Value::Null);
    match schema["type"].as_str() {
        Some("string" | "integer" | "number" | "boolean") => true,
        Some("array") => may_be_list && is_flat(document, &schema["items"], false),
        _ => false,
    }
}
