//! Decodes and encodes every example of the specification with the type of the crate, and compares every schema with
//! the schema of that type. The example comes from the specification; the type from the table of the crate.

use par_ordering::conformance::{Decode, OPERATIONS, Operation as Entry, Response as Known};
use serde_json::{Value, json};

use crate::agreement::difference::differences;
use crate::agreement::finding::Finding;
use crate::agreement::parameters::pairs;
use crate::agreement::schema_comparison::{Schema, schema_differences};
use crate::json_path;
use openapi::schema::behind;
use openapi::schema_check::{Direction, SchemaCheck};
use openapi::specification::{Operation, Parameter, RequestBody, Response, Specification};

/// The entry in the table of the crate for an operation of the specification.
///
/// # Errors
///
/// There is no entry.
pub fn entry(operation: &str) -> Result<&'static Entry, Finding> {
    let mut entries = OPERATIONS.iter();
    entries
        .find(|entry| entry.id == operation)
        .ok_or_else(|| Finding::of_operation(operation, "the crate has no such operation"))
}

/// Where specification and types differ.
#[must_use]
pub fn findings(specification: &Specification) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Types are made from schemas in which combinations are resolved.
    let specification = &match specification.composed() {
        Ok(composed) => composed,
        Err(error) => return vec![Finding::of_all(error.to_string())],
    };
    for entry in OPERATIONS {
        if specification.operation(entry.id).is_none() {
            let problem = "the specification has no such operation";
            findings.push(Finding::of_operation(entry.id, problem));
        }
    }
    for operation in &specification.operations {
        match entry(&operation.id) {
            Ok(entry) => of_operation(specification, operation, entry, &mut findings),
            Err(finding) => findings.push(finding),
        }
    }
    findings
}

/// The schema of a parameter in the builder. Where its schema tells no type, a text is sent.
fn sent_as(specification: &Specification, parameter: &Parameter) -> Value {
    let root = specification.document.root();
    let is_told = |schema: &Value| {
        let target = behind(root, schema);
        target.get("type").is_some() || target.get("enum").is_some()
    };
    let target = behind(root, &parameter.schema);
    if !is_told(target) {
        json!({"type": "string"})
    } else if target["type"] == "array" && !is_told(&target["items"]) {
        let mut list = target.clone();
        list["items"] = json!({"type": "string"});
        list
    } else {
        parameter.schema.clone()
    }
}

fn of_operation(
    specification: &Specification,
    operation: &Operation,
    entry: &Entry,
    findings: &mut Vec<Finding>,
) {
    for (parameter, builder) in pairs(operation, entry) {
        let mut found = match builder {
            Some(builder) => {
                let schema = sent_as(specification, parameter);
                compare(specification, &schema, &(builder.schema)())
            }
            None => vec![Finding::of_all("the builder has no such parameter")],
        };
        let must_be_given = parameter.required && !parameter.supplied;
        if builder.is_some_and(|builder| builder.required != must_be_given) {
            let problem = if must_be_given {
                "required by the specification, optional in the builder"
            } else {
                "optional in the specification, required by the builder"
            };
            found.push(Finding::of_all(problem));
        }
        let of_parameter = |finding: Finding| finding.of_parameter(operation, parameter);
        findings.extend(found.into_iter().map(of_parameter));
    }
    for builder in entry.parameters {
        let mut known = pairs(operation, entry).filter_map(|(_, builder)| builder);
        if !known.any(|known| known.name == builder.name) {
            let problem = format!("the specification has no parameter `{}`", builder.name);
            findings.push(Finding::of_operation(&operation.id, problem));
        }
    }
    of_body(specification, operation, entry, findings);
    for known in entry.responses {
        if operation.response(known.status).is_none() {
            let problem = format!("the specification has no response {}", known.status);
            findings.push(Finding::of_operation(&operation.id, problem));
        }
    }
    for response in &operation.responses {
        let of_response = |finding: Finding| finding.of_response(operation, response);
        let mut known = entry.responses.iter();
        match known.find(|known| known.status == response.status) {
            None => findings.push(of_response(Finding::of_all(
                "the crate has no such response",
            ))),
            Some(known) if !response.has_value() => {
                if known.schema.is_some() {
                    findings.push(of_response(Finding::of_all(if response.has_body() {
                        "is not a value, and the crate decodes one"
                    } else {
                        "has no body, and the crate decodes one"
                    })));
                }
                if response.has_body() && response.examples.is_empty() {
                    findings.push(of_response(Finding::of_all("has no example")));
                }
            }
            Some(Known { schema: None, .. }) => {
                let problem = "has a value, and the crate has no type of it";
                findings.push(of_response(Finding::of_all(problem)));
            }
            Some(Known {
                schema: Some(schema),
                decode,
                ..
            }) => {
                if response.examples.is_empty() {
                    findings.push(of_response(Finding::of_all("has no example")));
                }
                let derived = schema();
                let found = compare(specification, &response.schema, &derived);
                findings.extend(found.into_iter().map(of_response));
                for example in &response.examples {
                    let value = &example.value;
                    let found =
                        invalid(specification, &response.schema, Direction::Received, value)
                            .into_iter();
                    let found = found.chain(other_code(specification, response, value));
                    let found = found.chain(changed(*decode, value));
                    findings.extend(found.map(|one| one.of_example(operation, response, example)));
                }
            }
        }
    }
}

fn of_body(
    specification: &Specification,
    operation: &Operation,
    entry: &Entry,
    findings: &mut Vec<Finding>,
) {
    let (body, known) = match (&operation.request_body, &entry.body) {
        (None, None) => return,
        (None, Some(_)) => {
            let problem = "the specification has no body, and the crate sends one";
            return findings.push(Finding::of_operation(&operation.id, problem));
        }
        (Some(body), None) => {
            let finding = Finding::of_all("the crate sends no body");
            return findings.push(finding.of_body(operation, body));
        }
        (Some(body), Some(known)) => (body, known),
    };
    let mut found = Vec::new();
    if body.media_type != known.media_type {
        found.push(Finding::of_all(format!(
            "the specification says media type {}, the crate sends {}",
            body.media_type, known.media_type
        )));
    }
    if body.required != known.required {
        found.push(Finding::of_all(if body.required {
            "required by the specification, optional in the builder"
        } else {
            "optional in the specification, required by the builder"
        }));
    }
    if body.examples.is_empty() {
        found.push(Finding::of_all("has no example"));
    }
    match (body.encoding.is_of_a_value(), known.schema) {
        (true, Some(schema)) => found.extend(compare(specification, &body.schema, &schema())),
        (false, None) => {}
        (true, None) => found.push(Finding::of_all("has a schema, and the crate takes bytes")),
        (false, Some(_)) => found.push(Finding::of_all("is bytes, and the crate has a type of it")),
    }
    findings.extend(found.into_iter().map(|one| one.of_body(operation, body)));
    for example in &body.examples {
        let found =
            invalid(specification, &body.schema, Direction::Sent, &example.value).into_iter();
        let found = found.chain(kept(body, known.decode, &example.value));
        findings.extend(found.map(|one| one.of_body_example(operation, example)));
    }
}

/// Where a value of a body does not survive.
fn kept(body: &RequestBody, decode: Option<Decode>, value: &Value) -> Vec<Finding> {
    match decode {
        Some(decode) => changed(decode, value),
        None if value.is_string() || body.encoding.is_of_a_value() => Vec::new(),
        None => vec![Finding::of_all(format!("{value} is not a text"))],
    }
}

/// Where a value changes when it is decoded into its type and encoded again.
fn changed(decode: Decode, value: &Value) -> Vec<Finding> {
    match decode(value.to_string().as_bytes()) {
        Ok(decoded) => differences(value, &decoded.json),
        Err(error) => vec![Finding::at(
            error.path,
            format!("failed to decode: {}", error.problem),
        )],
    }
}

/// Where the code of the envelope is not the status of the response.
fn other_code(
    specification: &Specification,
    response: &Response,
    value: &Value,
) -> Option<Finding> {
    let pointer = specification.envelope_code.as_ref()?;
    let code = value.pointer(pointer)?;
    let problem = format!("the envelope says {code}");
    (*code != response.status).then(|| Finding::at(json_path::of_pointer(pointer), problem))
}

/// How a value fails to fit a schema.
fn invalid(
    specification: &Specification,
    schema: &Value,
    direction: Direction,
    value: &Value,
) -> Vec<Finding> {
    let check = match SchemaCheck::of(&specification.document, schema, direction) {
        Ok(check) => check,
        Err(unusable) => return vec![Finding::of_all(unusable.to_string())],
    };
    let found = check.findings(value).into_iter();
    found
        .map(|found| {
            let path = json_path::of_steps(&found.at, str::to_owned);
            Finding::at(
                path,
                format!("the example is not of its schema: it {}", found.problem),
            )
        })
        .collect()
}

fn compare(specification: &Specification, schema: &Value, derived: &Value) -> Vec<Finding> {
    let specified = Schema {
        document: specification.document.root(),
        schema,
    };
    let derived = Schema {
        document: derived,
        schema: derived,
    };
    schema_differences(specified, derived)
}
