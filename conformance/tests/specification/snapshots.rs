//! The snapshots: their names and contents, those that are made from a table, and the rules for all of them: each
//! belongs to a test, and none shows a secret that it is not about.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use conformance::agreement::difference::differences;
use conformance::agreement::finding::Finding;
use conformance::workspace;
use openapi::secret::documented_secrets;
use openapi::specification::Specification;
use serde_json::Value;

/// The test whose snapshots hold what a caller sees in each case.
pub const CASES: &str = "cases";

/// The test whose snapshots hold what each operation sends.
pub const REQUESTS: &str = "requests";

/// Tests that make their snapshots from a table, and check themselves whether one is left over.
const FROM_TABLES: [&str; 2] = [CASES, REQUESTS];

/// Tests about the wire, where secrets are in clear.
const WIRE: [&str; 2] = [REQUESTS, "wire"];

/// Snapshots of one test, named after their cases: if one differs, the others are compared all the same.
pub struct Table {
    test: &'static str,
    names: BTreeSet<String>,
    failures: Vec<String>,
}

impl Table {
    pub fn of(test: &'static str) -> Self {
        Self {
            test,
            names: BTreeSet::new(),
            failures: Vec::new(),
        }
    }

    pub fn assert(&mut self, name: String, description: &str, assertion: impl FnOnce(&str)) {
        let asserted = AssertUnwindSafe(|| described(description, || assertion(&name)));
        if catch_unwind(asserted).is_err() {
            self.failures.push(format!(
                "the snapshot {name} differs; if that is right, run the tests with INSTA_UPDATE=always and review \
                 the change"
            ));
        }
        if !self.names.insert(name.clone()) {
            self.failures.push(format!("there are two cases {name}"));
        }
    }

    /// The problems: snapshots that differ, and those that no test needs.
    pub fn failures(self) -> Vec<String> {
        let names = self.names.iter();
        let known: BTreeSet<PathBuf> = names.map(|name| file(self.test, name)).collect();
        let mut left: Vec<String> = all_below(&folder())
            .into_iter()
            .filter(|path| owner(path).1 == self.test && !known.contains(path))
            .map(|path| format!("nobody asks for {}: delete it", path.display()))
            .collect();
        left.sort();
        [self.failures, left].concat()
    }
}

/// Makes an assertion whose snapshot has a description.
pub fn described(description: &str, assertion: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_description(description);
    settings.bind(assertion);
}

/// The folder of the snapshots of these tests.
fn folder() -> PathBuf {
    let tests = workspace::root().unwrap().join("conformance").join("tests");
    tests.join("specification").join("snapshots")
}

/// The name of one documented or undocumented case: `generate_tokens__404__illustrative__json`.
pub fn case(operation: &str, status: u16, example: &str, subject: &str) -> String {
    format!("{operation}__{status}__{example}__{subject}")
}

/// The file of a snapshot of these tests.
pub fn file(test: &str, name: &str) -> PathBuf {
    folder().join(format!("specification__{test}__{name}.snap"))
}

/// The contents of a snapshot, without its head.
pub fn contents(text: &str) -> Option<&str> {
    let (_, contents) = text.strip_prefix("---\n")?.split_once("\n---\n")?;
    Some(contents)
}

/// Where an example differs from its snapshot: somebody edited it.
pub fn findings(specification: &Specification) -> Vec<Finding> {
    let mut findings = Vec::new();
    for operation in &specification.operations {
        for response in &operation.responses {
            for example in &response.examples {
                let name = case(&operation.id, response.status, &example.name, "json");
                let found = match fs::read_to_string(file(CASES, &name)) {
                    Ok(text) => {
                        let json = contents(&text).expect("a snapshot has a head");
                        let recorded: Value = serde_json::from_str(json).unwrap();
                        differences(&recorded, &example.value)
                    }
                    Err(_) => vec![Finding::of_all(format!(
                        "there is no snapshot {name}; run the tests with INSTA_UPDATE=always"
                    ))],
                };
                let found = found.into_iter();
                findings.extend(found.map(|one| one.of_example(operation, response, example)));
            }
        }
    }
    findings
}

#[test]
fn every_snapshot_belongs_to_a_test() {
    let root = workspace::root().unwrap();
    let packages = ["conformance", "sdk", "xtask"];
    let snapshots = packages.map(|package| all_below(&root.join(package)));
    let snapshots = snapshots.concat();
    assert!(!snapshots.is_empty());
    let left: Vec<String> = snapshots
        .iter()
        .filter(|snapshot| !is_asked_for(snapshot))
        .map(|snapshot| snapshot.display().to_string())
        .collect();
    assert!(left.is_empty(), "nobody asks for\n{}", left.join("\n"));
}

/// Whether the test that a snapshot belongs to names it.
fn is_asked_for(snapshot: &Path) -> bool {
    let (source, test, name) = owner(snapshot);
    match fs::read_to_string(source) {
        Ok(source) => FROM_TABLES.contains(&test.as_str()) || source.contains(&name),
        Err(_) => false,
    }
}

/// `tests/room/snapshots/room__test__name.snap` belongs to `tests/room/test.rs`, and
/// `tests/snapshots/test__name.snap` to `tests/test.rs`: that file, the test, and the name.
fn owner(snapshot: &Path) -> (PathBuf, String, String) {
    let stem = snapshot.file_stem().unwrap_or_default().to_string_lossy();
    let folder = snapshot.parent().and_then(Path::parent).unwrap_or(snapshot);
    let room = folder.file_name().unwrap_or_default().to_string_lossy();
    let stem = stem.strip_prefix(&format!("{room}__")).unwrap_or(&stem);
    let (test, name) = stem.split_once("__").unwrap_or((stem, ""));
    let source = folder.join(test).with_extension("rs");
    (source, test.to_owned(), name.to_owned())
}

fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all_below(&path));
        } else if path.extension() == Some(OsStr::new("snap")) {
            found.push(path);
        }
    }
    found
}

#[test]
fn no_snapshot_shows_a_documented_secret_unless_it_is_about_the_json_or_the_wire() {
    let secrets = documented_secrets(&workspace::specification().unwrap());
    assert!(!secrets.is_empty());
    let mut failures = Vec::new();
    let mut searched = 0;
    for snapshot in all_below(&workspace::root().unwrap().join("conformance")) {
        let (_, test, name) = owner(&snapshot);
        if WIRE.contains(&test.as_str()) || name.ends_with("__json") {
            continue;
        }
        searched += 1;
        let text = fs::read_to_string(&snapshot).unwrap();
        let text = contents(&text).expect("a snapshot has a head");
        let shown = secrets.iter().filter(|secret| text.contains(*secret));
        failures.extend(shown.map(|secret| format!("{test} {name} shows {secret}")));
    }
    assert!(searched > 0);
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
