//! One operation has one type of success and one type of error: the generator panics on a mixture, and
//! on content that is not JSON it streams, which the runtime does not do.

use serde_json::Value;

use super::{Findings, Problem};
use openapi::document::{Part, reference};
use openapi::operation::Operation;

pub fn check(operation: &Operation<'_>, findings: &mut Findings) {
    let mut successes: Option<(String, &Value)> = None;
    let mut errors: Option<(String, &Value)> = None;
    let mut succeeds = false;
    for (status, response) in operation.responses() {
        let Some(code) = single_status(status) else {
            findings.add(
                operation.place.at("responses").at(status),
                Problem::ResponseStatus {
                    status: status.to_owned(),
                },
            );
            continue;
        };
        succeeds |= code < 400;
        let Some(schema) = body(&response, findings) else {
            continue;
        };
        let (first_of_group, group) = if code < 400 {
            (&mut successes, "success")
        } else {
            (&mut errors, "error")
        };
        match first_of_group {
            None => *first_of_group = Some((status.to_owned(), schema)),
            Some((_, first)) if same_schema(first, schema) => {}
            Some((first, _)) => findings.add(
                response.place.clone(),
                Problem::MixedResponses {
                    group,
                    first: first.clone(),
                },
            ),
        }
    }
    if !succeeds {
        findings.add(operation.place.at("responses"), Problem::NoSuccess);
    }
}

fn single_status(status: &str) -> Option<u16> {
    status
        .parse()
        .ok()
        .filter(|code| (200..=599).contains(code))
}

/// The schema of the body, null where the response has none; `None` if there is a finding instead.
fn body<'a>(response: &Part<'a>, findings: &mut Findings) -> Option<&'a Value> {
    let Some(content) = response.value.get("content").and_then(Value::as_object) else {
        return Some(&Value::Null);
    };
    let place = response.place.at("content");
    if !content.keys().eq(["application/json"]) {
        findings.add(place, Problem::ResponseType);
        return None;
    }
    let schema = content["application/json"].get("schema");
    if schema.is_none() {
        findings.add(place.at("application/json"), Problem::ResponseSchema);
    }
    schema
}

/// The same type for the generator: the same reference, or no schema both times. Equal schemas written
/// out twice become two types.
fn same_schema(one: &Value, other: &Value) -> bool {
    match (reference(one), reference(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.is_null() && other.is_null(),
    }
}
