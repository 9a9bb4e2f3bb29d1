//! A request body is one that the generated code can write.

use serde_json::Value;

use super::{Findings, Problem};
use openapi::body::Encoding;
use openapi::document::Document;
use openapi::operation::Operation;

pub fn check(operation: &Operation<'_>, document: &Document, findings: &mut Findings) {
    let Some(body) = operation.request_body() else {
        return;
    };
    let place = body.place.at("content");
    let content = body.value["content"].as_object();
    let Some(content) = content.filter(|content| !content.is_empty()) else {
        findings.add(place, Problem::RequestBodyEmpty);
        return;
    };
    if content
        .keys()
        .all(|media_type| Encoding::of(media_type).is_none())
    {
        findings.add(place, Problem::RequestBodyMultipart);
        return;
    }
    for (media_type, holder) in content {
        let place = place.at(media_type);
        let encoding = Encoding::of(media_type);
        let is_value = matches!(encoding, Some(Encoding::Json | Encoding::Form));
        if is_value && holder.get("schema").is_none() {
            findings.add(place, Problem::ResponseSchema);
            continue;
        }
        if encoding == Some(Encoding::Form) {
            let place = place.at("schema");
            let schema = document.resolve(&holder["schema"]).unwrap_or(&Value::Null);
            let Some(properties) = schema["properties"].as_object() else {
                findings.add(place, Problem::FormShape);
                continue;
            };
            for (name, property) in properties {
                if !is_flat(document, property, true) {
                    findings.add(place.at("properties").at(name), Problem::FormShape);
                }
            }
            if let Some(rest) = schema.get("additionalProperties")
                && rest.is_object()
                && !is_flat(document, rest, true)
            {
                findings.add(place.at("additionalProperties"), Problem::FormShape);
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
        _ => false,
    }
}
