//! An endpoint that is added to the specification is served, called, decoded and recorded without a line
//! written for it.

use std::fmt::Write as _;
use std::path::Path;

use conformance::workspace;
use openapi::specification::Specification;
use openapi::workspace::SPECIFICATION;
use serde_json::Value;

use crate::copy::{Copy, Files, GENERATED, document, files_of_workspace};
use crate::planted_faults;
use crate::snapshots::{CASES, REQUESTS, case, contents, file};

/// The new operations: the line of their requests, and whether they declare the header of the query builder.
const NEW: [(&str, &str, bool); 3] = [
    (
        "get_processor_settings",
        "GET /payment-processors/8e5b0340%2F42%20bd/settings?verbose=false HTTP/1.1",
        false,
    ),
    ("list_venues", "GET /venues?page=1 HTTP/1.1", true),
    ("forget_venue", "DELETE /venues/7 HTTP/1.1", false),
];

/// The tests that go through all operations of the specification, whichever there are; the others are about today's
/// operation, the runtime and the tools, and would say the same twice.
const FOLLOWING: [&str; 10] = [
    "cases::",
    "decoding::",
    "prefer::",
    "probe::the_mock_server_conforms_everywhere",
    "public_surface::",
    "reader::",
    "requests::",
    "round_trip::",
    "snapshots::",
    "typed_mock::",
];

/// Those of them that record what they see.
const RECORDING: [&str; 3] = ["cases::", "public_surface::", "requests::"];

#[test]
fn an_endpoint_added_in_a_copy_needs_no_hand_written_line() {
    let copy = Copy::start();
    for (tests, update) in [(&RECORDING[..], "always"), (&FOLLOWING[..], "no")] {
        let outcome = copy.test(tests, &[("INSTA_UPDATE", update)]);
        assert!(outcome.status.success(), "{}", outcome.output);
    }

    let after = copy.files();
    let mut failures = String::new();
    for path in hand_written_differences(&files_of_workspace(), &after) {
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
    let specification = Specification::of(&document(planted_faults::twins(true))).unwrap();
    for (id, line, has_query_builder) in NEW {
        let operation = specification.operation(id).unwrap();
        for response in &operation.responses {
            for example in &response.examples {
                let name = case(id, response.status, &example.name, "json");
                let seen: Value = serde_json::from_str(&snapshot(CASES, &name)).unwrap();
                if seen != example.value {
                    writeln!(failures, "{name} is {seen}").unwrap();
                }
            }
        }
        let request = snapshot(REQUESTS, id);
        if !request.starts_with(line)
            || !request.contains("\napi-version: ")
            || request.contains("\nx-qb-enabled: true") != has_query_builder
        {
            writeln!(failures, "{id} sends\n{request}").unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// Whatever differs that is neither the specification nor made from it.
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
                && !path.starts_with(GENERATED)
                && !(is_snapshot && (is_new || is_surface))
        })
        .map(|path| path.display().to_string())
        .collect()
}
