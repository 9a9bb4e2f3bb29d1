//! What a caller sees in each case, documented or not: one snapshot for each case and subject, named by operation,
//! status and example.

use std::fmt::{Debug, Write as _};

use conformance::agreement::calls::Calls;
use conformance::workspace;
use insta::{assert_json_snapshot, assert_snapshot};
use openapi::specification::Operation;
use par_ordering::conformance::{Failure, Outcome};
use par_ordering::{ErrorKind, StatusCode};
use serde_json::json;

use crate::snapshots::{self, CASES, Table, case};

/// Statuses that no operation documents.
const UNDOCUMENTED: [u16; 4] = [422, 429, 500, 503];

/// An answer that the specification gives no example of.
struct Answer {
    status: u16,
    name: &'static str,
    content_type: &'static str,
    body: String,
}

#[tokio::test]
async fn what_a_caller_sees_is_as_recorded() {
    let specification = workspace::specification().unwrap();
    let calls = Calls::start(&specification).await.unwrap();
    // Before the snapshots are compared: whoever updates them has seen the difference.
    let edited = snapshots::findings(&specification);
    let mut snapshots = Table::of(CASES);
    let mut failures = Vec::new();
    for operation in &specification.operations {
        for response in &operation.responses {
            if !response.has_body() {
                calls.server.answer_example(response.status, None);
                let outcome = calls.call(operation).await.unwrap();
                record(
                    &mut snapshots,
                    operation,
                    response.status,
                    "no_body",
                    &outcome,
                );
            }
            for example in &response.examples {
                let (status, name) = (response.status, &example.name);
                calls.server.answer_example(status, Some(name));
                let outcome = calls.call(operation).await.unwrap();
                record(&mut snapshots, operation, status, name, &outcome);
            }
        }
        for answer in other_answers(operation) {
            let (status, name) = (answer.status, answer.name);
            calls
                .server
                .answer_raw(status, answer.content_type, answer.body);
            let outcome = calls.call(operation).await.unwrap();
            let expected = expected_kind(operation, status);
            let kind = match &outcome {
                Outcome::Failure(failure) => Some(failure.kind),
                Outcome::Success(_) => None,
            };
            if kind != Some(expected) {
                failures.push(format!(
                    "{}, {status}, {name}: {kind:?} instead of {expected:?}",
                    operation.id
                ));
            }
            record(&mut snapshots, operation, status, name, &outcome);
        }
    }
    failures.extend(snapshots.failures());
    if !failures.is_empty() {
        failures.extend(edited.iter().map(ToString::to_string));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// What a caller would match on.
fn expected_kind(operation: &Operation, status: u16) -> ErrorKind {
    let code = StatusCode::from_u16(status).unwrap();
    match operation.response(status) {
        Some(_) => ErrorKind::DocumentedStatus(code),
        None => ErrorKind::UndocumentedStatus(code),
    }
}

/// Bodies that documented errors have in practice, and statuses that are not documented.
fn other_answers(operation: &Operation) -> Vec<Answer> {
    const JSON: &str = "application/json";
    let mut answers = Vec::new();
    let statuses = operation.responses.iter().map(|response| response.status);
    for status in statuses.filter(|status| *status >= 400) {
        let mut answer = |name, content_type, body: String| {
            answers.push(Answer {
                status,
                name,
                content_type,
                body,
            });
        };
        answer("empty_body", "", String::new());
        let page = "<html><body><h1>Sorry</h1></body></html>";
        answer("html", "text/html", page.to_owned());
        let code = json!({"code": status});
        answer("only_a_code", JSON, code.to_string());
        let message = json!({"data": {"message": "Something is wrong."}});
        answer("only_a_message", JSON, message.to_string());
        let validations = json!({
            "status": "error",
            "code": status,
            "data": {
                "message": "The given data was invalid.",
                "validations": {
                    "application": [
                        {"rule": "required", "message": "The application is required."},
                        {"rule": "string", "message": "The application must be a string."},
                    ],
                    "per_page": [{"rule": "min", "message": "At least 1."}],
                },
            },
        });
        answer("validations", JSON, validations.to_string());
    }
    for status in UNDOCUMENTED {
        if operation.response(status).is_none() {
            let message = "Not what the specification says.";
            let body = json!({"status": "error", "code": status, "data": {"message": message}});
            answers.push(Answer {
                status,
                name: "undocumented",
                content_type: JSON,
                body: body.to_string(),
            });
        }
    }
    answers
}

fn record(
    snapshots: &mut Table,
    operation: &Operation,
    status: u16,
    example: &str,
    outcome: &Outcome,
) {
    let Operation { method, path, .. } = operation;
    let answer = format!("{method} {path} answered with {status}, {example}");
    let name = |subject| case(&operation.id, status, example, subject);
    let json = match outcome {
        Outcome::Success(success) => {
            let description = format!("{answer}: Debug of the response");
            snapshots.assert(name("debug"), &description, |name| {
                assert_snapshot!(name, success.debug);
            });
            Some(&success.json)
        }
        Outcome::Failure(failure) => {
            let description = format!("{answer}: the error");
            snapshots.assert(name("error"), &description, |name| {
                assert_snapshot!(name, shown(failure));
            });
            failure.envelope.as_ref()
        }
    };
    if let Some(json) = json {
        let description = format!("{answer}: the decoded body, encoded again");
        snapshots.assert(name("json"), &description, |name| {
            assert_json_snapshot!(name, json);
        });
    }
}

/// All that a caller can learn from an error without reading its body.
fn shown(failure: &Failure) -> String {
    let mut text = String::new();
    let lines: [(&str, &dyn Debug); 8] = [
        ("kind", &failure.kind),
        ("status", &failure.status),
        ("has an envelope", &failure.envelope.is_some()),
        ("is_unauthorized", &failure.is_unauthorized),
        ("is_timeout", &failure.is_timeout),
        ("is_safe_to_repeat", &failure.is_safe_to_repeat),
        ("is_worth_repeating", &failure.is_worth_repeating),
        ("sources", &failure.sources),
    ];
    for (name, value) in lines {
        writeln!(text, "{name}: {value:?}").unwrap();
    }
    let texts = [
        ("Display", &failure.display),
        ("Debug", &failure.debug),
        ("Debug, {:#?}", &failure.pretty),
    ];
    for (name, value) in texts {
        write!(text, "\n{name}:\n{value}\n").unwrap();
    }
    text
}
