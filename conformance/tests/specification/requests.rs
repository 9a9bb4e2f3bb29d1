//! What each operation puts on the wire: what the specification documents, and nothing of its own making.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test a panic is the report"
)]

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use conformance::agreement::calls::{call, client_of};
use conformance::agreement::parameters::{documented_arguments, pairs};
use conformance::agreement::round_trip::entry;
use conformance::testing::capture::{Capture, json_answer};
use conformance::testing::snapshot::{UPDATE, unreferenced};
use openapi::specification::{Operation, Position, Specification};
use par_ordering::conformance::Arguments;

/// Headers that HTTP and the media types call for.
const STANDARD: [&str; 6] = [
    "accept",
    "authorization",
    "content-length",
    "content-type",
    "host",
    "user-agent",
];

#[tokio::test]
async fn a_request_is_what_the_specification_documents() {
    let specification = Specification::of_workspace().unwrap();
    let mut failures = Vec::new();
    let mut names = Vec::new();
    for operation in &specification.operations {
        let id = operation.id.as_str();
        let arguments = documented_arguments(operation, entry(id).unwrap()).unwrap();
        let documented = request(operation, &arguments).await;
        let bare = request(operation, &required_alone(operation)).await;
        for (which, request) in [("documented", &documented), ("bare", &bare)] {
            let problems = problems(operation, request, which == "documented").into_iter();
            failures.extend(problems.map(|problem| format!("{id}, {which}: {problem}")));
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_omit_expression(true);
        settings.set_description("The request with the documented example of each parameter");
        let asserted = AssertUnwindSafe(|| {
            settings.bind(|| insta::assert_snapshot!(id, in_order(&documented)));
        });
        if catch_unwind(asserted).is_err() {
            failures.push(format!("the snapshot {id} differs; {UPDATE}"));
        }
        names.push(id);
    }
    let left = unreferenced("requests", names).unwrap().into_iter();
    failures.extend(left.map(|file| format!("nobody asks for {file}: delete it")));
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

async fn request(operation: &Operation, arguments: &Arguments) -> String {
    let mut responses = operation.responses.iter();
    let success = responses
        .find(|response| response.status < 400)
        .expect("an operation has a success");
    let body = success.examples.first().map(|one| one.value.to_string());
    let answer = json_answer(success.status, &body.unwrap_or_default());
    let capture = Capture::start(answer).await.unwrap();
    let url = capture.url();
    let client = client_of(url.clone()).unwrap();
    let entry = entry(&operation.id).unwrap();
    call(&client, entry, arguments).await.unwrap();
    let request = capture.request().await.unwrap();
    // The port is another one each time.
    request.replace(url.trim_start_matches("http://"), "[address]")
}

/// What must be given: the client supplies the rest.
fn required_alone(operation: &Operation) -> Arguments {
    let mut arguments = Arguments::default();
    for (parameter, builder) in pairs(operation, entry(&operation.id).unwrap()) {
        if let (Some(builder), Some(example)) = (builder, &parameter.example)
            && builder.required
        {
            arguments.set(builder.name, example);
        }
    }
    arguments
}

fn problems(operation: &Operation, request: &str, with_examples: bool) -> Vec<String> {
    let mut problems = Vec::new();
    let mut headers: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for line in request.lines().skip(1).take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        headers.entry(name.to_lowercase()).or_default().push(value);
    }
    let documented: BTreeMap<String, _> = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.position == Position::Header)
        .map(|parameter| (parameter.name.to_lowercase(), parameter))
        .collect();
    for (name, values) in &headers {
        if values.len() > 1 {
            problems.push(format!("{name} is sent {} times", values.len()));
        }
        if !STANDARD.contains(&name.as_str()) && !documented.contains_key(name) {
            problems.push(format!("{name} is sent and not documented"));
        }
    }
    for (name, parameter) in documented {
        let sent = headers
            .get(&name)
            .and_then(|values| values.first().copied());
        if sent.is_none() && parameter.required {
            problems.push(format!("{name} is required and not sent"));
        }
        if with_examples && sent != parameter.example.as_deref() {
            problems.push(format!("{name} is {sent:?}"));
        }
    }
    let line = request.lines().next().unwrap_or_default();
    if !line.starts_with(&format!("{} /", operation.method)) || line.contains('{') {
        problems.push(format!("the request line is {line}"));
    }
    problems
}

/// The request with its headers in the order of the alphabet: theirs is not documented.
fn in_order(request: &str) -> String {
    let (head, body) = request.split_once("\r\n\r\n").unwrap_or((request, ""));
    let mut lines: Vec<&str> = head.lines().collect();
    if let [_, headers @ ..] = &mut lines[..] {
        headers.sort_unstable();
    }
    format!("{}\n\n{body}", lines.join("\n"))
}
