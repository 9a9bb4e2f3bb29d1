//! Checks that the generated code can write a request body.

use serde_json::Value;

use super::extensions::is_media_type;
use super::{Findings, Problem};
use openapi::body::{Body, Encoding};
use openapi::document::Document;
use openapi::operation::Operation;

/// Methods without a body in HTTP: servers and proxies may drop one.
const WITHOUT_BODY: [&str; 3] = ["get", "head", "trace"];

pub fn check(operation: &Operation<'_>, findings: &mut Findings) {
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
        Some(_) => {}
    }
}

/// Checks that a body which is sent as a form is one, once its schemas are put together.
pub fn form(operation: &Operation<'_>, composed: &Document, findings: &mut Findings) {
    let Some(body) = Body::of(operation).filter(|body| body.encoding == Encoding::Form) else {
        return;
    };
    let is_schema = body.schema().is_object();
    let part = body.content.member("schema");
    let schema = composed.resolve(part.value).unwrap_or(&Value::Null);
    let rest = schema
        .get("additionalProperties")
        .filter(|rest| **rest != false);
    if is_schema && schema.get("properties").or(rest).is_none() {
        findings.add(part.place.clone(), Problem::FormShape);
    }
    let properties = schema["properties"].as_object().into_iter().flatten();
    let properties = properties.map(|(name, one)| (part.place.at("properties").at(name), one));
    let rest = rest.map(|one| (part.place.at("additionalProperties"), one));
    for (place, field) in properties.chain(rest) {
        if !is_flat(composed, field, true) {
            findings.add(place, Problem::FormShape);
        }
    }
    for (name, encoding) in body.content.value["encoding"]
        .as_object()
        .into_iter()
        .flatten()
    {
        for (key, value) in encoding.as_object().into_iter().flatten() {
            let is_ours = match key.as_str() {
                "style" => value == "form",
                "explode" => *value == true,
                "allowReserved" => *value == false,
                "contentType" => value == "text/plain",
                // They have a meaning in a multipart body.
                "headers" => true,
                _ => key.starts_with("x-"),
            };
            if !is_ours {
                let place = body.content.place.at("encoding").at(name).at(key);
                findings.add(place, Problem::FormEncoding);
            }
        }
    }
}

/// Whether a value is one text, or a list of them.
fn is_flat(document: &Document, schema: &Value, may_be_list: bool) -> bool {
    let schema = document.resolve(schema).unwrap_or(&Value::Null);
    match schema["type"].as_str() {
        Some("string" | "integer" | "number" | "boolean") => true,
        Some("array") => may_be_list && is_flat(document, &schema["items"], false),
        // The listed values of an enumeration have a type.
        None => schema.get("enum").is_some(),
        _ => false,
    }
}
