//! Checks the version of OpenAPI and that of the API.

use serde_json::Value;

use super::{Findings, Problem};
use openapi::document::Document;
use openapi::place::Place;

pub fn check(document: &Document, findings: &mut Findings) {
    let root = document.root();
    let found = root.get("openapi");
    let is_known = found
        .and_then(Value::as_str)
        .is_some_and(|version| version.starts_with("3.0."));
    if !is_known {
        let found = found.cloned();
        findings.add(
            Place::root().at("openapi"),
            Problem::OpenApiVersion { found },
        );
    }
    if !root["info"]["version"].is_string() {
        findings.add(Place::root().at("info").at("version"), Problem::ApiVersion);
    }
}
