//! The folder of snapshots: what a snapshot is called, what it holds, and which of them nobody asks for.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::agreement::deviation::Deviation;
use crate::agreement::difference::{Difference, differences};
use openapi::specification::Specification;

/// The test whose snapshots hold what a caller sees in each case.
pub const CASES: &str = "cases";

/// What to do about a snapshot that differs.
pub const UPDATE: &str =
    "if that is right, run the tests with INSTA_UPDATE=always and review the change";

/// The folder of this package's snapshots.
#[must_use]
pub fn folder() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.join("tests").join("snapshots")
}

/// The name of one documented or undocumented case: `generate_tokens__404__illustrative__json`.
#[must_use]
pub fn case(operation: &str, status: u16, example: &str, subject: &str) -> String {
    format!("{operation}__{status}__{example}__{subject}")
}

/// The file of a snapshot of the test target `test`.
#[must_use]
pub fn file(test: &str, name: &str) -> PathBuf {
    folder().join(format!("{test}__{name}.snap"))
}

/// What a snapshot holds, without its head.
#[must_use]
pub fn contents(text: &str) -> Option<&str> {
    let (_, contents) = text.strip_prefix("---\n")?.split_once("\n---\n")?;
    Some(contents)
}

/// Snapshots of the test target `test` that are in the folder and not among `names`.
///
/// # Errors
///
/// The folder can't be read.
pub fn unreferenced<'a>(
    test: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> io::Result<Vec<String>> {
    let known: BTreeSet<PathBuf> = names.into_iter().map(|name| file(test, name)).collect();
    let prefix = format!("{test}__");
    let mut left = Vec::new();
    for entry in fs::read_dir(folder())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_snapshot = name.starts_with(&prefix) && name.ends_with(".snap");
        if is_snapshot && !known.contains(&path) {
            left.push(name.into_owned());
        }
    }
    left.sort();
    Ok(left)
}

/// Where an example is not what its snapshot says: somebody edited it.
///
/// # Errors
///
/// A snapshot can't be read, or holds no JSON.
pub fn deviations(specification: &Specification) -> io::Result<Vec<Deviation>> {
    let mut deviations = Vec::new();
    for operation in &specification.operations {
        for response in &operation.responses {
            for example in &response.examples {
                let name = case(&operation.id, response.status, &example.name, "json");
                let path = file(CASES, &name);
                let found = match fs::read_to_string(&path) {
                    Ok(text) => {
                        let json = contents(&text).ok_or(io::ErrorKind::InvalidData)?;
                        let recorded: Value = serde_json::from_str(json)?;
                        differences(&recorded, &example.value)
                    }
                    Err(error) if error.kind() == io::ErrorKind::NotFound => vec![Difference {
                        path: ".".to_owned(),
                        problem: format!(
                            "there is no snapshot {name}; run the tests with INSTA_UPDATE=always"
                        ),
                    }],
                    Err(error) => return Err(error),
                };
                deviations.extend(
                    found
                        .into_iter()
                        .map(|what| Deviation::of_example(operation, response, example, what)),
                );
            }
        }
    }
    Ok(deviations)
}
