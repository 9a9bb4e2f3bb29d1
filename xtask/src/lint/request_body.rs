//! A request body is one that the runtime sends: required, JSON, and of a method that has one.

use super::{Findings, Problem};
use crate::extension::CONTENT_TYPE;
use crate::operation::{Operation, Part};

pub fn check(operation: &Operation<'_>, findings: &mut Findings) {
    // A reference that leads nowhere is a finding of its own.
    let Some(Part { place, value: body }) = operation.request_body() else {
        return;
    };
    if !matches!(operation.method, "post" | "put" | "patch") {
        let method = operation.method.to_uppercase();
        findings.add(place.clone(), Problem::RequestBodyMethod { method });
    }
    if body["required"] != true {
        findings.add(place.clone(), Problem::RequestBodyOptional);
    }
    let content = body["content"].as_object();
    if !content.is_some_and(|content| content.keys().eq(["application/json"])) {
        findings.add(place.at("content"), Problem::RequestBodyType);
    } else if body["content"]["application/json"].get("schema").is_none() {
        findings.add(
            place.at("content").at("application/json"),
            Problem::RequestBodySchema,
        );
    }
    if operation.value.get(CONTENT_TYPE).is_some() {
        findings.add(
            operation.place.at(CONTENT_TYPE),
            Problem::ContentTypeBesideBody,
        );
    }
}
