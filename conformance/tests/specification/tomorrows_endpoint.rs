//! An endpoint that is added to the specification is served, called, decoded and recorded without a line
//! written for it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test a panic is the report"
)]

use std::fmt::Write as _;
use std::path::Path;

use conformance::testing::snapshot::{self, CASES, case};
use conformance::testing::workspace_copy::{self, Copies, Files, specification_file};
use openapi::specification::Specification;
use serde_json::Value;

const ADDITION: &str = include_str!("tomorrows_endpoint/addition.yaml");

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

/// The tests that go through all operations of the specification, whichever there are; the others are about the
/// runtime and the tools, and would say the same twice.
const FOLLOWING: [&str; 11] = [
    "cases",
    "decoding",
    "mock_server",
    "public_surface",
    "reader",
    "requests",
    "round_trip",
    "secrets",
    "snapshots",
    "statuses",
    "typed_mock",
];

#[test]
fn an_endpoint_added_in_a_copy_needs_no_hand_written_line() {
    let addition: Value = serde_saphyr::from_str(ADDITION).unwrap();
    let mut document = workspace_copy::specification().unwrap();
    merge(&mut document, addition);
    let specification = Specification::of(&document).unwrap();
    let copies = Copies::below(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    let original = workspace_copy::files().unwrap();
    let mut changed = original.clone();
    changed.extend(copies.generated(&document).unwrap());
    changed.insert(specification_file(), document.to_string().into_bytes());
    let copy = copies.copy("tomorrows_endpoint", 0, &changed).unwrap();
    let mut targets = vec!["--lib"];
    targets.extend(FOLLOWING.iter().flat_map(|test| ["--test", *test]));
    let outcome = copy.test(&targets, true).unwrap();
    assert!(outcome.status.success(), "{}", outcome.output);

    let after = copy.files().unwrap();
    let mut failures = String::new();
    for path in hand_written_differences(&original, &after) {
        writeln!(failures, "{path} differs").unwrap();
    }
    let snapshot = |test, name: &str| -> String {
        let name = format!("{test}__{name}.snap");
        let folder = snapshot::folder();
        let folder = folder.strip_prefix(root()).unwrap();
        let text = after.get(&folder.join(&name));
        let text = text.map(|bytes| String::from_utf8(bytes.clone()).unwrap());
        let text = text.unwrap_or_else(|| panic!("there is no snapshot {name}"));
        snapshot::contents(&text).unwrap().to_owned()
    };
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
        let request = snapshot("requests", id);
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
            let generated = Path::new("sdk").join("src").join("generated");
            let is_new = !original.contains_key(*path);
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_snapshot = name.ends_with(".snap");
            let is_surface = name.starts_with("public_surface__");
            **path != specification_file()
                && !path.starts_with(generated)
                && !(is_snapshot && (is_new || is_surface))
        })
        .map(|path| path.display().to_string())
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Adds the members of one document to another.
fn merge(into: &mut Value, addition: Value) {
    match (into, addition) {
        (Value::Object(into), Value::Object(addition)) => {
            for (key, value) in addition {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, addition) => *into = addition,
    }
}
