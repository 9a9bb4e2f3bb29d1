//! The request of each operation: what the specification documents, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use conformance::agreement::calls::{call, client_of};
use conformance::agreement::parameters::{body_bytes, documented_arguments, pairs};
use conformance::agreement::round_trip::entry;
use conformance::parameter_text::written;
use conformance::probe::broken_text::{BrokenText, broken_texts};
use conformance::testing::message::{Message, authority, json_answer};
use conformance::testing::script::ScriptedServer;
use conformance::workspace;
use openapi::credential::Carrier;
use openapi::parameter::Layout;
use openapi::specification::{Operation, Position};
use par_ordering::conformance::{Arguments, Outcome};

use crate::snapshots::{REQUESTS, Table};

/// Headers that HTTP and the media types need.
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
    let specification = workspace::specification().unwrap();
    let mut failures = Vec::new();
    let mut snapshots = Table::of(REQUESTS);
    for operation in &specification.operations {
        let id = operation.id.as_str();
        let arguments = documented_arguments(operation, entry(id).unwrap()).unwrap();
        let (documented, address) = request(operation, &arguments).await;
        let (bare, _) = request(operation, &required_alone(operation)).await;
        for (which, request) in [("documented", &documented), ("bare", &bare)] {
            let problems = problems(operation, request, which == "documented").into_iter();
            failures.extend(problems.map(|problem| format!("{id}, {which}: {problem}")));
        }
        let description = "The request with the documented example of each parameter";
        snapshots.assert(id.to_owned(), description, |id| {
            insta::assert_snapshot!(id, in_order(&documented, &address));
        });
    }
    failures.extend(snapshots.failures());
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// The request that a call makes, and the address that it is sent to.
async fn request(operation: &Operation, arguments: &Arguments) -> (Message, String) {
    let mut responses = operation.responses.iter();
    let success = responses
        .find(|response| response.status < 400)
        .expect("an operation has a success");
    let body = success.examples.first().map(|one| one.value.to_string());
    let answer = json_answer(success.status, &body.unwrap_or_default());
    let server = ScriptedServer::answering(answer).await.unwrap();
    let url = server.url();
    let client = client_of(url.clone()).unwrap();
    let entry = entry(&operation.id).unwrap();
    call(&client, entry, arguments).await.unwrap();
    (server.request().unwrap(), authority(&url).to_owned())
}

#[tokio::test]
async fn a_parameter_that_breaks_a_rule_is_refused_by_its_name_before_anything_is_sent() {
    let specification = workspace::specification().unwrap();
    let server = ScriptedServer::answering(json_answer(204, ""))
        .await
        .unwrap();
    let client = client_of(server.url()).unwrap();
    let mut failures = Vec::new();
    let mut refused = 0;
    for operation in &specification.operations {
        let entry = entry(&operation.id).unwrap();
        for (parameter, builder) in pairs(operation, entry) {
            for BrokenText { rule, entries } in broken_texts(&specification, parameter) {
                let mut arguments = documented_arguments(operation, entry).unwrap();
                arguments.set_list(builder.unwrap().name, entries.clone());
                let said = match call(&client, entry, &arguments).await {
                    // It is not a value of the parameter's type, so nobody can give it.
                    Err(_) => continue,
                    Ok(Outcome::Failure(failure)) if failure.status.is_none() => failure.display,
                    Ok(_) => "it is sent".to_owned(),
                };
                let name = parameter.name.to_lowercase();
                let is_named = said.to_lowercase().contains(&name);
                let is_shown = entries
                    .iter()
                    .any(|one| one.len() > 9 && said.contains(one));
                if !is_named || is_shown {
                    failures.push(format!("{} {rule}: {said}", parameter.place));
                }
                refused += 1;
            }
        }
    }
    assert!(refused > 0, "no parameter has a rule");
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// The required parameters: the client supplies the others.
fn required_alone(operation: &Operation) -> Arguments {
    let mut arguments = Arguments::default();
    for (parameter, builder) in pairs(operation, entry(&operation.id).unwrap()) {
        if let (Some(builder), Some(example)) = (builder, &parameter.example)
            && builder.required
        {
            arguments.set_list(builder.name, example.clone());
        }
    }
    if let Some(body) = &operation.request_body
        && body.required
        && let Some(example) = body.examples.first()
    {
        arguments.set_body(body_bytes(body, &example.value));
    }
    arguments
}

fn problems(operation: &Operation, request: &Message, with_examples: bool) -> Vec<String> {
    let mut problems = Vec::new();
    let mut headers: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, value) in request.headers() {
        headers.entry(name).or_default().push(value);
    }
    let documented: BTreeMap<String, _> = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.position == Position::Header)
        .map(|parameter| (parameter.name.to_lowercase(), parameter))
        .collect();
    // All settings are set, so the first alternative of credentials is used.
    let way = operation.credentials.first().into_iter().flatten();
    let carriers: Vec<&Carrier> = way.map(|credential| &credential.carrier).collect();
    let mut carried = BTreeSet::new();
    for carrier in &carriers {
        match carrier {
            Carrier::Bearer => carried.insert("authorization".to_owned()),
            Carrier::Basic { .. } => {
                let sent = headers.get("authorization");
                if sent.is_none_or(|sent| !sent[0].starts_with("Basic ")) {
                    problems.push("the user and the password are not sent".to_owned());
                }
                carried.insert("authorization".to_owned())
            }
            Carrier::Header { name, .. } => carried.insert(name.to_lowercase()),
            Carrier::Query { name, .. } => {
                let sent = format!("{name}=configured-");
                if !request.line().contains(&sent) {
                    problems.push(format!("{name} is not sent in the query"));
                }
                continue;
            }
        };
    }
    for name in &carried {
        if !headers.contains_key(name) {
            problems.push(format!("{name} is not sent"));
        }
    }
    if !carried.contains("authorization") && headers.contains_key("authorization") {
        problems.push("authorization is sent and not asked for".to_owned());
    }
    for (name, values) in &headers {
        if values.len() > 1 {
            problems.push(format!("{name} is sent {} times", values.len()));
        }
        let is_known = STANDARD.contains(&name.as_str()) || carried.contains(name);
        if !is_known && !documented.contains_key(name) {
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
        let expected = parameter
            .example
            .as_ref()
            .map(|entries| match parameter.layout {
                Layout::Joined(separator) => written(Position::Header, separator, entries),
                Layout::Single | Layout::Repeated => entries.concat(),
            });
        if with_examples && sent != expected.as_deref() {
            problems.push(format!("{name} is {sent:?}"));
        }
    }
    let line = request.line();
    if !line.starts_with(&format!("{} /", operation.method)) || line.contains('{') {
        problems.push(format!("the request line is {line}"));
    }
    problems
}

/// The request with its headers in alphabetical order: their order is not documented. The port differs each time.
fn in_order(request: &Message, address: &str) -> String {
    let mut headers: Vec<&str> = request.head.lines().skip(1).collect();
    headers.sort_unstable();
    let (line, headers, body) = (request.line(), headers.join("\n"), &request.body);
    format!("{line}\n{headers}\n\n{body}").replace(address, "[address]")
}
