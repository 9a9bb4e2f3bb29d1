//! Checks of a specification before the generator sees it: what the generator would choke on or
//! silently mistranslate, each with its place and what to do.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::document::{Document, reference};
use crate::extension::{DEFAULT_FROM, DefaultFrom};
use crate::operation::Operation;
use crate::place::Place;

/// Something in a specification that must be changed before code can be made of it.
#[derive(Debug)]
pub struct Finding {
    /// Short stable name of the rule.
    pub code: &'static str,
    pub place: Place,
    pub problem: String,
    pub advice: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            place,
            problem,
            advice,
        } = self;
        write!(f, "{place}: {problem}; {advice} [{code}]")
    }
}

/// All findings, in the order of the rules.
pub fn findings(document: &Document) -> Vec<Finding> {
    let mut findings = Findings::default();
    version(document, &mut findings);
    references(document, &mut findings);
    let operations = Operation::all(document);
    operation_ids(document, &operations, &mut findings);
    for operation in &operations {
        parameters(operation, document, &mut findings);
        request_body(operation, &mut findings);
        responses(operation, &mut findings);
    }
    findings.0
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(
        &mut self,
        code: &'static str,
        place: Place,
        problem: impl Into<String>,
        advice: &'static str,
    ) {
        self.0.push(Finding {
            code,
            place,
            problem: problem.into(),
            advice,
        });
    }
}

fn version(document: &Document, findings: &mut Findings) {
    let root = document.root();
    let place = Place::root().at("openapi");
    let advice = "the generator reads OpenAPI 3.0: write `openapi: 3.0.3`";
    match root.get("openapi") {
        None => findings.add("openapi-version", place, "is missing", advice),
        Some(Value::String(version)) if version.starts_with("3.0.") => {}
        Some(other) => findings.add("openapi-version", place, format!("is {other}"), advice),
    }
    if !root["info"]["version"].is_string() {
        findings.add(
            "api-version",
            Place::root().at("info").at("version"),
            "is missing or no string",
            "name the API version that the specification describes, in quotes if it looks like a number",
        );
    }
}

fn references(document: &Document, findings: &mut Findings) {
    document.walk(&mut |place, value| {
        let Some(target) = reference(value) else {
            return;
        };
        let place = place.at("$ref");
        if !target.starts_with("#/") {
            findings.add(
                "external-reference",
                place,
                format!("`{target}` points outside of the document"),
                "copy what it points at into `components`",
            );
        } else if document.target(target).is_none() {
            findings.add(
                "dangling-reference",
                place,
                format!("`{target}` points at nothing"),
                "correct the name or add what it should point at",
            );
        } else if document.resolve(value).is_none() {
            findings.add(
                "circular-reference",
                place,
                format!("`{target}` leads to itself or to nothing"),
                "let one of the references in the chain be the thing itself",
            );
        }
    });
}

fn operation_ids(document: &Document, operations: &[Operation<'_>], findings: &mut Findings) {
    if operations.is_empty() {
        findings.add(
            "no-operation",
            Place::root().at("paths"),
            "holds no operation",
            "add one: there is nothing to generate",
        );
    }
    let paths = document.root().get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        if reference(item).is_some() {
            findings.add(
                "path-reference",
                Place::root().at("paths").at(path),
                "is a reference",
                "the generator does not follow it: write the operations here",
            );
        }
    }
    let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
    for operation in operations {
        let place = operation.place.at("operationId");
        let Some(id) = operation.id().filter(|id| !id.is_empty()) else {
            findings.add(
                "operation-id-missing",
                place,
                "is missing or no string",
                "give the operation a name: the builder and its method are called after it",
            );
            continue;
        };
        if let Some(first) = seen.insert(id, &operation.place) {
            findings.add(
                "operation-id-duplicate",
                place,
                format!("`{id}` also names {first}"),
                "give each operation a name of its own",
            );
        }
    }
}

fn parameters(operation: &Operation<'_>, document: &Document, findings: &mut Findings) {
    for parameter in operation.parameters() {
        let position = parameter.value["in"].as_str().unwrap_or_default();
        if !matches!(position, "path" | "query" | "header") {
            findings.add(
                "parameter-position",
                parameter.place.clone(),
                format!("is a parameter in {}", parameter.value["in"]),
                "only path, query and header parameters can be generated",
            );
        }
        if parameter.value.get("content").is_some() {
            findings.add(
                "parameter-content",
                parameter.place.clone(),
                "is described by `content`",
                "describe it by `schema`",
            );
        } else {
            let schema = document.resolve(&parameter.value["schema"]);
            let kind = schema.and_then(|schema| schema["type"].as_str());
            if !matches!(kind, Some("string" | "integer" | "number" | "boolean")) {
                findings.add(
                    "parameter-type",
                    parameter.place.clone(),
                    format!("has the type {}", kind.unwrap_or("(none)")),
                    "parameters are strings, integers, numbers or booleans: others do not compile in the typed mock",
                );
            }
        }
        let name = parameter.value["name"].as_str().unwrap_or_default();
        let ignored = ["accept", "authorization", "content-type"];
        if position == "header" && ignored.contains(&name.to_ascii_lowercase().as_str()) {
            findings.add(
                "reserved-header",
                parameter.place.clone(),
                format!("names the header {name}, which OpenAPI ignores here"),
                "use the media type of the response, a security scheme, or x-par-content-type",
            );
        }
        match DefaultFrom::of(parameter.value) {
            Err(problem) => findings.add(
                "default-from",
                parameter.place.at(DEFAULT_FROM),
                problem,
                "see openapi/README.md for what it takes",
            ),
            Ok(Some(_)) if position != "header" => findings.add(
                "default-from",
                parameter.place.at(DEFAULT_FROM),
                format!("stands on a {position} parameter"),
                "it works for header parameters only",
            ),
            Ok(_) => {}
        }
    }
}

fn request_body(operation: &Operation<'_>, findings: &mut Findings) {
    let Some(content) = operation.value["requestBody"]["content"].as_object() else {
        return;
    };
    if !content.keys().eq(["application/json"]) {
        findings.add(
            "request-body-type",
            operation.place.at("requestBody").at("content"),
            "is not application/json alone",
            "the runtime sends JSON bodies and no others",
        );
    }
}

/// One operation has one type of success and one type of error: the generator panics on a mixture, and
/// on content that is not JSON it streams, which the runtime does not do.
fn responses(operation: &Operation<'_>, findings: &mut Findings) {
    let mut successes: Option<(String, &Value)> = None;
    let mut errors: Option<(String, &Value)> = None;
    for (status, response) in operation.responses() {
        let code = match status.parse::<u16>() {
            Ok(code @ 200..=599) => code,
            _ => {
                findings.add(
                    "response-status",
                    operation.place.at("responses").at(status),
                    format!("`{status}` is no single status from 200 to 599"),
                    "name each documented status by itself: what is not named is an undocumented status",
                );
                continue;
            }
        };
        let content = response.value.get("content").and_then(Value::as_object);
        let schema = match content {
            None => &Value::Null,
            Some(content) if content.keys().eq(["application/json"]) => {
                &content["application/json"]["schema"]
            }
            Some(_) => {
                findings.add(
                    "response-type",
                    response.place.at("content"),
                    "is not application/json alone",
                    "the runtime decodes JSON and nothing else: leave `content` out to ignore the body",
                );
                continue;
            }
        };
        let (group, name) = if code < 400 {
            (&mut successes, "success")
        } else {
            (&mut errors, "error")
        };
        match group {
            None => *group = Some((status.to_owned(), schema)),
            Some((_, first)) if same_schema(first, schema) => {}
            Some((first, _)) => findings.add(
                "mixed-responses",
                response.place.clone(),
                format!("has another {name} schema than the response {first}"),
                "an operation has one type for all successes and one for all errors: let both refer to the same schema",
            ),
        }
    }
    if successes.is_none() {
        findings.add(
            "no-success",
            operation.place.at("responses"),
            "names no success",
            "add the response of a call that succeeds",
        );
    }
}

/// The same type for the generator: the same reference, or no schema both times. Equal schemas written
/// out twice become two types.
fn same_schema(one: &Value, other: &Value) -> bool {
    match (reference(one), reference(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.is_null() && other.is_null(),
    }
}
