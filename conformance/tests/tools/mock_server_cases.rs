//! How the mock server handles any specification, by the table in `mock_server/cases.yaml`.

use conformance::mock_server::MockServer;
use conformance::testing::message::{Message, send};
use conformance::workspace;
use openapi::document::{Document, Part};
use openapi::place::Place;

use crate::rules;

/// It is in what is sent, and never in an answer.
const CANARY: &str = "canary";

#[tokio::test]
async fn each_request_gets_the_answer_of_the_table() {
    let folder = workspace::root()
        .unwrap()
        .join("conformance/tests/tools/mock_server");
    let table = Document::load(&folder.join("cases.yaml")).unwrap();
    let groups = Part::at(Place::root(), table.root())
        .member("groups")
        .items();
    assert!(!groups.is_empty());
    let mut failures = Vec::new();
    for group in groups {
        let name = group.value["name"].as_str().unwrap();
        let text = group.value["spec"].as_str().unwrap();
        let document = Document::parse(name.as_ref(), text.as_bytes()).unwrap();
        let server = MockServer::start(document).await.unwrap();
        let cases = group.member("cases");
        let requests = table.names(&cases);
        assert!(!requests.is_empty(), "{name}");
        for request in requests {
            let expected = cases.value[request].as_str().unwrap();
            // A made value is always the same.
            for _ in 0..2 {
                let answer = send(&server.url(), &bytes(request)).await.unwrap();
                if let Some(problem) = unlike(&answer, expected) {
                    let found = format!("{}\n{}", answer.head, answer.body);
                    failures.push(format!("{name}\n{request}\n{expected}\n{problem}\n{found}"));
                    break;
                }
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// A request as it is sent.
fn bytes(request: &str) -> Vec<u8> {
    let (head, body) = request.split_once(" <- ").unwrap_or((request, ""));
    let body = body.replace("\\r\\n", "\r\n");
    let mut parts = head.split(" | ");
    let line = parts.next().unwrap();
    let headers: String = parts.map(|header| format!("{header}\r\n")).collect();
    let length = match body.len() {
        0 => String::new(),
        length => format!("Content-Length: {length}\r\n"),
    };
    format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}{length}\r\n{body}").into()
}

/// The parts of an answer that are not as expected.
fn unlike(answer: &Message, expected: &str) -> Option<String> {
    let (head, violations) = match expected.split_once(" !! ") {
        Some((head, violations)) => (head, Some(violations)),
        None => (expected, None),
    };
    let (head, body) = match head.split_once(" <-") {
        Some((head, body)) => (head, Some(body.strip_prefix(' ').unwrap_or(body))),
        None => (head, None),
    };
    let mut parts = head.split(" | ");
    let status: u16 = parts.next()?.parse().unwrap();
    if answer.status != status {
        return Some("another status".to_owned());
    }
    for header in parts {
        let (name, value) = header.split_once(": ").unwrap();
        let expected = Some(value).filter(|value| *value != "-");
        if answer.header(name) != expected {
            return Some(format!("another {name}"));
        }
    }
    if body.is_some_and(|body| body != answer.body) {
        return Some("another body".to_owned());
    }
    if violations.is_some_and(|violations| rules(&answer.json()) != violations) {
        return Some("other violations".to_owned());
    }
    let is_told = answer.head.contains(CANARY) || answer.body.contains(CANARY);
    is_told.then(|| "it says what was sent".to_owned())
}
