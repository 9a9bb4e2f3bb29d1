//! What a specification may say: the table `constructs.yaml`, one construct after the other.
//! `conformance/tests/specification` tests that all of them together compile and work.

mod table;

use std::fs;

use crate::{code, run, text};
use table::{Case, Table};

/// The findings of lint about the construct, without those about missing descriptions, and the output of generate.
fn said(case: &Case) -> (String, String, i32) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("crate")).unwrap();
    fs::write(folder.path().join("spec.json"), case.alone().to_string()).unwrap();
    let linted = run(folder.path(), &["lint", "--spec", "spec.json"]);
    let linted = text(&linted.stdout) + &text(&linted.stderr);
    let findings = linted
        .lines()
        .filter(|line| !line.contains("[description-missing]") && !line.starts_with("checked "));
    let findings: Vec<&str> = findings.collect();
    let arguments = ["generate", "--spec", "spec.json", "--out", "crate"];
    let generated = run(folder.path(), &arguments);
    (
        findings.join("\n"),
        text(&generated.stderr),
        code(&generated),
    )
}

#[test]
fn each_construct_is_generated_or_is_refused_for_the_reason_that_is_written_down() {
    let table = Table::read();
    let mut failures = Vec::new();
    for case in &table.accepted {
        let (linted, generated, exit) = said(case);
        if !linted.is_empty() || exit != 0 {
            failures.push(format!("{} is refused:\n{linted}\n{generated}", case.name));
        }
    }
    for case in &table.refused {
        let (linted, generated, exit) = said(case);
        if !linted.contains(case.because()) || exit != 1 {
            failures.push(format!(
                "{} is not refused because `{}`:\n{linted}\n{generated}",
                case.name,
                case.because()
            ));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
