//! An endpoint that is added to the specification is served, called, decoded and recorded without a hand-written
//! line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use conformance::parameter_text::{encode_query, written};
use conformance::testing::workspace_copy::{Files, GENERATED};
use conformance::workspace;
use openapi::body::Encoding;
use openapi::credential::Carrier;
use openapi::parameter::Layout;
use openapi::specification::{Operation, Parameter, Position, Specification};
use openapi::workspace::SPECIFICATION;
use par_ordering::conformance::encode_path;
use serde_json::{Value, json};

use crate::copy::{CALLING, Copy, document, hand_written};
use crate::snapshots::{CASES, REQUESTS, case, contents, file};

/// The header that an operation must not send unless it is documented.
const QUERY_BUILDER: &str = "X-QB-Enabled";

/// The tests that follow the specification. The others are about today's operation, the runtime and the tools, and
/// would only repeat themselves.
const FOLLOWING: [&str; 13] = [
    "bodies::",
    "cases::",
    "credentials::",
    "decoding::",
    "prefer::",
    "probe::the_mock_server_conforms_everywhere",
    "public_surface::",
    "reader::",
    "requests::",
    "round_trip::",
    "snapshots::",
    "statuses::",
    "typed_mock::",
];

/// Those that record what they see.
const RECORDING: [&str; 3] = ["cases::", "public_surface::", "requests::"];

#[test]
fn an_endpoint_added_in_a_copy_needs_no_hand_written_line() {
    let copy = Copy::start();
    for (tests, update) in [(&RECORDING[..], "always"), (&FOLLOWING[..], "no")] {
        let outcome = copy.test(tests, &[("INSTA_UPDATE", update)]);
        assert!(outcome.status.success(), "{}", outcome.output);
    }
    let outcome = copy.call();
    assert!(outcome.status.success(), "{}", outcome.output);

    let after = copy.files();
    let mut failures = String::new();
    for path in hand_written_differences(&hand_written(), &after) {
        writeln!(failures, "{path} differs").unwrap();
    }
    let root = workspace::root().unwrap();
    let snapshot = |test, name: &str| -> String {
        let file = file(test, name);
        let text = after.get(file.strip_prefix(&root).unwrap());
        let text = text.map(|bytes| String::from_utf8(bytes.clone()).unwrap());
        let text = text.unwrap_or_else(|| panic!("there is no snapshot {name}"));
        contents(&text).unwrap().to_owned()
    };
    let today = workspace::specification().unwrap();
    let tomorrow = Specification::of(&document(json!({}))).unwrap();
    let new = tomorrow.operations.iter();
    let new: Vec<_> = new
        .filter(|operation| today.operation(&operation.id).is_none())
        .collect();
    let bodies = new
        .iter()
        .filter_map(|operation| operation.request_body.as_ref());
    let encodings: BTreeSet<_> = bodies.map(|body| body.encoding).collect();
    assert_eq!(encodings.len(), 4, "there is not a body of each kind");
    for operation in new {
        let id = operation.id.as_str();
        for response in &operation.responses {
            for example in &response.examples {
                let name = case(id, response.status, &example.name, "json");
                let seen: Value = serde_json::from_str(&snapshot(CASES, &name)).unwrap();
                // The round trip in the copy compares a resolved construct with the rules of its schema.
                let is_construct = operation.path.starts_with("/constructs/");
                if seen != example.value && !is_construct {
                    writeln!(failures, "{name} is {seen}").unwrap();
                }
            }
        }
        let request = snapshot(REQUESTS, id);
        for problem in unlike(operation, &request) {
            writeln!(failures, "{id} sends no {problem} in\n{request}").unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// What is documented and missing in a recorded request.
fn unlike(operation: &Operation, request: &str) -> Vec<String> {
    let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
    let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
    let documented = |position| {
        let parameters = operation.parameters.iter();
        let parameters = parameters.filter(move |parameter| parameter.position == position);
        parameters.filter_map(|one| Some((one, one.example.as_deref()?)))
    };
    let mut path = operation.path.clone();
    for (parameter, example) in documented(Position::Path) {
        let text = texts(parameter, example, encode_path).concat();
        path = path.replace(&format!("{{{}}}", parameter.name), &text);
    }
    // The builder sends them in the order of their names, and the entries of a list in their own order.
    let query: BTreeMap<_, _> = documented(Position::Query)
        .map(|(parameter, example)| {
            let name = encode_query(&parameter.name);
            let texts = texts(parameter, example, encode_query).into_iter();
            let pairs = texts.map(|text| format!("{name}={text}"));
            (parameter.name.as_str(), pairs.collect::<Vec<_>>().join("&"))
        })
        .collect();
    let query = query.into_values().collect::<Vec<_>>().join("&");
    let mut missing = Vec::new();
    // The test of requests is about how it is written. A key may be sent in addition.
    let pairs = |query: &str| -> BTreeSet<(String, String)> {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.into_owned().collect()
    };
    let target = line.split(' ').nth(1).unwrap_or_default();
    let (sent_path, sent_query) = target.split_once('?').unwrap_or((target, ""));
    let ways = operation.credentials.iter().flatten();
    let keys: Vec<&str> = ways
        .filter_map(|one| match &one.carrier {
            Carrier::Query { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let mut sent = pairs(sent_query);
    sent.retain(|(name, _)| !keys.contains(&name.as_str()));
    let is_method = line.starts_with(&format!("{} ", operation.method));
    if !is_method || sent_path != path || sent != pairs(&query) {
        missing.push(format!("{} {path}?{query}", operation.method));
    }
    let described = operation.request_body.as_ref();
    let content_type = described.map(|body| ("content-type", body.media_type.as_str()));
    let headers_of = documented(Position::Header).map(|(parameter, example)| {
        let text = texts(parameter, example, str::to_owned).concat();
        (parameter.name.as_str(), text)
    });
    let content_type = content_type.map(|(name, value)| (name, value.to_owned()));
    for (name, value) in headers_of.chain(content_type) {
        let header = format!("{}: {value}", name.to_lowercase());
        if !headers.lines().any(|line| line == header) {
            missing.push(header);
        }
    }
    let has_query_builder = documented(Position::Header).any(|(one, _)| one.name == QUERY_BUILDER);
    if headers.contains(&format!("{}: ", QUERY_BUILDER.to_lowercase())) != has_query_builder {
        missing.push(format!("{QUERY_BUILDER} as documented"));
    }
    match described {
        Some(described) if described.encoding == Encoding::Json => {
            let sent: Value = serde_json::from_str(body).unwrap_or_default();
            if sent != described.examples[0].value {
                missing.push(described.examples[0].value.to_string());
            }
        }
        // The round trip compares its value as it arrives.
        Some(_) if !body.is_empty() => {}
        None if body.is_empty() => {}
        _ => missing.push("body as documented".to_owned()),
    }
    missing
}

/// The entries of a parameter: an encoded text for each pair.
fn texts(parameter: &Parameter, entries: &[String], encode: fn(&str) -> String) -> Vec<String> {
    match parameter.layout {
        Layout::Single | Layout::Repeated => entries.iter().map(|one| encode(one)).collect(),
        Layout::Joined(separator) => vec![written(parameter.position, separator, entries)],
    }
}

/// Differences other than the specification and the generated files.
fn hand_written_differences(original: &Files, after: &Files) -> Vec<String> {
    let mut paths: Vec<_> = original.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    paths
        .into_iter()
        .filter(|path| original.get(*path) != after.get(*path))
        .filter(|path| {
            let is_new = !original.contains_key(*path);
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_snapshot = name.ends_with(".snap");
            let is_surface = name.contains("__public_surface__");
            **path != Path::new(SPECIFICATION)
                && **path != Path::new(CALLING)
                && !path.starts_with(GENERATED)
                && !(is_snapshot && (is_new || is_surface))
        })
        .map(|path| path.display().to_string())
        .collect()
}
