//! Every status with every kind of body, for the operation that documents the most answers: the status decides which
//! answer it is, and neither the status nor the request id is ever lost.

use conformance::agreement::calls::{call, client_of};
use conformance::agreement::parameters::documented_arguments;
use conformance::agreement::round_trip::entry;
use conformance::mock_server::MockServer;
use conformance::workspace;
use openapi::specification::{Operation, Response};
use par_ordering::conformance::{Operation as Entry, Outcome};
use par_ordering::{ErrorKind, StatusCode};
use serde_json::Value;

/// The bodies of an answer; the examples are those of the documented answers.
fn bodies(operation: &Operation) -> Vec<(String, String)> {
    let mut bodies: Vec<(String, String)> = [
        ("empty", ""),
        ("null", "null"),
        ("an empty object", "{}"),
        ("HTML", "<html><body>Bad gateway</body></html>"),
        ("cut", r#"{"status": "#),
    ]
    .map(|(name, body)| (name.to_owned(), body.to_owned()))
    .into();
    let with_example = operation
        .responses
        .iter()
        .filter_map(|response| Some((response, response.examples.first()?)));
    let mut known: Vec<String> = Vec::new();
    for (response, example) in with_example {
        let body = response.written(&example.value);
        if bodies.len() < 8 && !known.contains(&response.schema.to_string()) {
            known.push(response.schema.to_string());
            bodies.push((format!("example of {}", response.statuses), body));
        }
    }
    while bodies.len() < 8 {
        let number = bodies.len();
        bodies.push((format!("list of {number}"), format!("[{number}]")));
    }
    bodies
}

/// The result of an answer: the status, and the beginning of the decoded value, if it was decoded.
#[derive(Debug, PartialEq)]
struct Read {
    is_success: bool,
    kind: Option<ErrorKind>,
    /// The variant, if there are several.
    variant: Option<String>,
}

/// Whether the answers of its side differ.
fn differs(operation: &Operation, response: &Response) -> bool {
    let side = |one: &&Response| (one.status < 400) == (response.status < 400);
    let of_side = operation.responses.iter().filter(side);
    let mut others = of_side.map(|other| (other.encoding, &other.schema));
    let own = (response.encoding, &response.schema);
    others.any(|other| other != own)
}

fn variant(response: &Response) -> String {
    let words = response.statuses.words();
    let words = words.split(|c: char| !c.is_alphanumeric());
    let words = words.map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + &rest.to_lowercase()
    });
    words.collect()
}

fn expected(operation: &Operation, entry: &Entry, status: u16, body: &str) -> Read {
    let code = StatusCode::from_u16(status).unwrap();
    let Some(response) = operation.response(status) else {
        return Read {
            is_success: false,
            kind: Some(ErrorKind::UndocumentedStatus(code)),
            variant: None,
        };
    };
    let mut known = entry.responses.iter();
    let known = known.find(|one| one.status == response.status).unwrap();
    let is_read = !response.has_body() || (known.decode)(body.as_bytes()).is_ok();
    let variant = (is_read && differs(operation, response)).then(|| variant(response));
    let code_in_envelope = serde_json::from_str(body)
        .ok()
        .and_then(|value: Value| value["code"].as_i64())
        .filter(|code| *code >= 400 && response.has_value());
    match (status < 400, code_in_envelope) {
        (true, Some(code)) => Read {
            is_success: false,
            kind: Some(ErrorKind::ErrorEnvelope(code)),
            variant: None,
        },
        (true, None) if is_read => Read {
            is_success: true,
            kind: None,
            variant,
        },
        (true, None) => Read {
            is_success: false,
            kind: Some(ErrorKind::NotDecodable),
            variant: None,
        },
        (false, _) => Read {
            is_success: false,
            kind: Some(ErrorKind::DocumentedStatus(code)),
            variant,
        },
    }
}

#[tokio::test]
async fn the_status_decides_which_answer_it_is_and_nothing_is_lost() {
    let specification = workspace::specification().unwrap();
    let operations = specification.operations.iter();
    let operation = operations
        .max_by_key(|operation| operation.responses.len())
        .unwrap();
    let entry = entry(&operation.id).unwrap();
    let server = MockServer::start(specification.clone()).await.unwrap();
    let client = client_of(server.url()).unwrap();
    let arguments = documented_arguments(operation, entry).unwrap();
    let mut failures = Vec::new();
    for status in 200..=599u16 {
        for (name, body) in bodies(operation) {
            let body = if matches!(status, 204 | 205 | 304) {
                String::new()
            } else {
                body
            };
            server.answer_raw(status, "application/json", body.clone());
            let outcome = call(&client, entry, &arguments).await.unwrap();
            let (read, told, request_id, raw) = match outcome {
                Outcome::Success(success) => (
                    Read {
                        is_success: true,
                        kind: None,
                        variant: differs(operation, operation.response(status).unwrap())
                            .then(|| variant_in(&success.debug)),
                    },
                    Some(success.status),
                    success.request_id,
                    Some(success.raw_body),
                ),
                Outcome::Failure(failure) => {
                    let of_error = operation.response(failure.status.unwrap_or_default());
                    let of_error = of_error.filter(|one| one.status >= 400);
                    let variant = failure
                        .envelope_debug
                        .filter(|_| of_error.is_some_and(|one| differs(operation, one)))
                        .map(|shown| first_word(&shown));
                    (
                        Read {
                            is_success: false,
                            kind: Some(failure.kind),
                            variant,
                        },
                        failure.status,
                        failure.request_id,
                        failure.raw_body,
                    )
                }
            };
            let expected = expected(operation, entry, status, &body);
            if read != expected {
                failures.push(format!("{status}, {name}: {read:?}, not {expected:?}"));
            }
            if told != Some(status)
                || request_id.is_empty()
                || raw.as_deref() != Some(body.as_bytes())
            {
                failures.push(format!(
                    "{status}, {name}: {told:?}, {request_id:?}, {raw:?}"
                ));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// The variant within the `Debug` of a response.
fn variant_in(shown: &str) -> String {
    let (_, value) = shown.split_once("value: ").unwrap();
    first_word(value)
}

fn first_word(shown: &str) -> String {
    let mut words = shown.split(|c: char| !c.is_alphanumeric());
    words.next().unwrap_or_default().to_owned()
}
