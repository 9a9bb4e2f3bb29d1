//! The snapshots as a whole: each belongs to a test, and none shows a secret that it is not about.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test a panic is the report"
)]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use conformance::agreement::documented_secret::documented_secrets;
use conformance::testing::snapshot::{CASES, contents, folder};
use openapi::specification::Specification;

/// Tests that make their snapshots from a table and check by themselves that none is left over.
const FROM_TABLES: [&str; 2] = [CASES, "requests"];

/// Tests whose subject is the wire, where secrets are in the clear.
const WIRE: [&str; 2] = ["requests", "wire"];

#[test]
fn every_snapshot_belongs_to_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut snapshots = Vec::new();
    for package in ["conformance", "sdk", "xtask"] {
        find_snapshots(&root.join(package), &mut snapshots);
    }
    assert!(!snapshots.is_empty());
    let left: Vec<String> = snapshots
        .iter()
        .filter(|snapshot| !is_asked_for(snapshot))
        .map(|snapshot| snapshot.display().to_string())
        .collect();
    assert!(left.is_empty(), "nobody asks for\n{}", left.join("\n"));
}

/// `tests/snapshots/<test>__<name>.snap` belongs to `tests/<test>.rs`, which names it.
fn is_asked_for(snapshot: &Path) -> bool {
    let stem = snapshot.file_stem().unwrap_or_default().to_string_lossy();
    let Some((test, name)) = stem.split_once("__") else {
        return false;
    };
    let tests = snapshot.parent().and_then(Path::parent);
    let source = tests.map(|tests| tests.join(test).with_extension("rs"));
    match source.map(fs::read_to_string) {
        Some(Ok(source)) => FROM_TABLES.contains(&test) || source.contains(name),
        _ => false,
    }
}

fn find_snapshots(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find_snapshots(&path, found);
        } else if path.extension() == Some(OsStr::new("snap")) {
            found.push(path);
        }
    }
}

#[test]
fn no_snapshot_shows_a_documented_secret_unless_it_is_about_the_json_or_the_wire() {
    let secrets = documented_secrets(&Specification::of_workspace().unwrap());
    assert!(!secrets.is_empty());
    let mut snapshots = Vec::new();
    find_snapshots(&folder(), &mut snapshots);
    let mut failures = Vec::new();
    let mut searched = 0;
    for snapshot in &snapshots {
        let stem = snapshot.file_stem().unwrap_or_default().to_string_lossy();
        let test = stem.split("__").next().unwrap_or_default();
        if WIRE.contains(&test) || stem.ends_with("__json") {
            continue;
        }
        searched += 1;
        let text = fs::read_to_string(snapshot).unwrap();
        let text = contents(&text).expect("a snapshot has a head");
        let shown = secrets.iter().filter(|secret| text.contains(*secret));
        failures.extend(shown.map(|secret| format!("{stem} shows {secret}")));
    }
    assert!(searched > 0);
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
