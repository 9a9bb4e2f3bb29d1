//! The workflows keep to the rules that keep a stranger's input, or a stranger's action, from doing harm.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test a panic is the report"
)]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

#[test]
fn the_workflows_of_this_repository_keep_to_the_rules() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .with_file_name(".github")
        .join("workflows");
    let mut breaches = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        let text = fs::read_to_string(&path).unwrap();
        breaches.extend(
            breaches_of(&text)
                .iter()
                .map(|breach| format!("{name}: {breach}")),
        );
        count += 1;
    }
    assert!(count >= 2, "{count}");
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

/// Keeps to all rules; each case breaks one of them.
const SOUND: &str = "\
on: push
permissions:
  contents: read
concurrency:
  group: a
jobs:
  test:
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          persist-credentials: false
      - run: cargo install --locked some-tool --version 1.2.3
        env:
          PAGE: ${{ inputs.page }}
";

#[test]
fn each_breach_of_a_rule_is_named() {
    let cases = [
        (
            "contents: read",
            "contents: write",
            "permissions are not `contents: read` alone",
        ),
        (
            "contents: read",
            "contents: read\n  issues: write",
            "permissions are not",
        ),
        (
            "permissions:\n  contents: read\n",
            "",
            "permissions are not",
        ),
        (
            "    timeout-minutes: 10",
            "    timeout-minutes: 10\n    permissions: write-all",
            "job test has permissions of its own",
        ),
        (
            "    timeout-minutes: 10\n",
            "",
            "job test has no time limit",
        ),
        ("concurrency:\n  group: a\n", "", "concurrency says nothing"),
        (
            "on: push",
            "on: pull_request_target",
            "runs with `pull_request_target`",
        ),
        (
            "on: push",
            "on: {workflow_run: {workflows: [ci]}}",
            "runs with `workflow_run`",
        ),
        (
            "          persist-credentials: false",
            "          fetch-depth: 0",
            "keeps credentials",
        ),
        (
            "cargo install",
            "echo ${{ inputs.page }}; cargo install",
            "puts `${{` into a script",
        ),
        (
            "cargo install",
            "echo ${{github.event.head}}; cargo install",
            "puts `${{`",
        ),
        ("--locked ", "", "installs without --locked"),
        (" --version 1.2.3", "", "installs without --version"),
        (
            "@08c6903cd8c0fde910a37f88322edcfb5dd907a8",
            "@v5",
            "is not pinned",
        ),
        (
            "@08c6903cd8c0fde910a37f88322edcfb5dd907a8",
            "@08c6903",
            "is not pinned",
        ),
        (" # v5.0.0", "", "is not pinned by a hash and a comment"),
        (" # v5.0.0", " # newest", "is not pinned"),
    ];
    assert_eq!(breaches_of(SOUND), Vec::<String>::new());
    let mut failures = Vec::new();
    for (sound, broken, expected) in cases {
        let text = SOUND.replace(sound, broken);
        let found = breaches_of(&text);
        if found.len() != 1 || !found[0].contains(expected) {
            failures.push(format!("{broken:?}: {found:?} instead of {expected:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn breaches_of(text: &str) -> Vec<String> {
    let workflow: Value = serde_saphyr::from_str(text).unwrap();
    let mut breaches = Vec::new();
    if workflow["permissions"] != json!({"contents": "read"}) {
        breaches.push("permissions are not `contents: read` alone".to_owned());
    }
    if workflow["concurrency"].is_null() {
        breaches.push("concurrency says nothing".to_owned());
    }
    // With these a stranger's change runs with the rights of the repository.
    for event in ["pull_request_target", "workflow_run"] {
        if triggers(&workflow["on"]).contains(&event) {
            breaches.push(format!("runs with `{event}`"));
        }
    }
    for (name, job) in workflow["jobs"].as_object().unwrap() {
        if !job["permissions"].is_null() {
            breaches.push(format!("job {name} has permissions of its own"));
        }
        if !job["timeout-minutes"].is_u64() {
            breaches.push(format!("job {name} has no time limit"));
        }
        for step in job["steps"].as_array().unwrap() {
            breaches.extend(breaches_of_step(step));
        }
    }
    // The comment is no part of what YAML says.
    breaches.extend(
        text.lines()
            .filter(|line| line.contains("uses:") && !is_pinned(line))
            .map(|line| format!("`{}` is not pinned by a hash and a comment", line.trim())),
    );
    breaches
}

fn triggers(on: &Value) -> Vec<&str> {
    match on {
        Value::String(event) => vec![event],
        Value::Array(events) => events.iter().filter_map(Value::as_str).collect(),
        Value::Object(events) => events.keys().map(String::as_str).collect(),
        other => panic!("{other} is no trigger"),
    }
}

fn breaches_of_step(step: &Value) -> Vec<String> {
    let mut breaches = Vec::new();
    let action = step["uses"].as_str().unwrap_or_default();
    if action.starts_with("actions/checkout@")
        && step["with"]["persist-credentials"] != json!(false)
    {
        breaches.push(format!("`{action}` keeps credentials"));
    }
    let script = step["run"].as_str().unwrap_or_default();
    if script.contains("${{") {
        breaches.push(format!("`{script}` puts `${{{{` into a script; use `env`"));
    }
    for line in script.lines().filter(|line| line.contains("cargo install")) {
        for option in ["--locked", "--version"] {
            if !line.contains(option) {
                breaches.push(format!("`{line}` installs without {option}"));
            }
        }
    }
    breaches
}

/// `- uses: owner/name@<hash of 40 digits> # v1.2.3`
fn is_pinned(line: &str) -> bool {
    let Some((_, reference)) = line.split_once("uses: ") else {
        return false;
    };
    let Some((action, version)) = reference.split_once(" # v") else {
        return false;
    };
    let hash = action.split_once('@').map_or("", |(_, hash)| hash);
    hash.len() == 40
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        && version.split('.').count() == 3
        && version.split('.').all(|part| part.parse::<u32>().is_ok())
}
