//! Rules of this repository that neither compilers nor the commands check.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test a panic is the report"
)]

#[path = "repository/documents.rs"]
mod documents;

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

/// A rule for workflows, so that neither the input nor the action of a stranger does harm.
struct Rule {
    says: &'static str,
    /// The parts of a workflow that it checks.
    looks_at: fn(&str) -> Vec<Value>,
    is_kept: fn(&Value) -> bool,
    /// Changes of `SOUND` that break only this rule.
    broken_by: &'static [(&'static str, &'static str)],
}

/// Keeps all rules.
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

const RULES: &[Rule] = &[
    Rule {
        says: "may read the contents and nothing else",
        looks_at: whole,
        is_kept: |workflow| workflow["permissions"] == json!({"contents": "read"}),
        broken_by: &[
            ("contents: read", "contents: write"),
            ("contents: read", "contents: read\n  issues: write"),
            ("permissions:\n  contents: read\n", ""),
        ],
    },
    Rule {
        says: "gives no job permissions of its own",
        looks_at: jobs,
        is_kept: |job| job["permissions"].is_null(),
        broken_by: &[("    steps:", "    permissions: write-all\n    steps:")],
    },
    Rule {
        says: "limits the time of each job",
        looks_at: jobs,
        is_kept: |job| job["timeout-minutes"].is_u64(),
        broken_by: &[("    timeout-minutes: 10\n", "")],
    },
    Rule {
        says: "says which runs may go on beside each other",
        looks_at: whole,
        is_kept: |workflow| !workflow["concurrency"].is_null(),
        broken_by: &[("concurrency:\n  group: a\n", "")],
    },
    Rule {
        says: "does not start where a stranger's change has the rights of the repository",
        looks_at: events,
        is_kept: |event| event != "pull_request_target" && event != "workflow_run",
        broken_by: &[
            ("on: push", "on: pull_request_target"),
            ("on: push", "on: [push, pull_request_target]"),
            ("on: push", "on: {workflow_run: {workflows: [ci]}}"),
        ],
    },
    Rule {
        says: "keeps no credentials after a checkout",
        looks_at: steps,
        is_kept: |step| {
            let is_checkout = text(&step["uses"]).starts_with("actions/checkout@");
            !is_checkout || step["with"]["persist-credentials"] == false
        },
        broken_by: &[("persist-credentials: false", "fetch-depth: 0")],
    },
    Rule {
        says: "puts `${{` into `env` and into no script",
        looks_at: lines_of_scripts,
        is_kept: |line| !text(line).contains("${{"),
        broken_by: &[
            ("run: cargo", "run: echo ${{ inputs.page }}; cargo"),
            ("run: cargo", "run: echo ${{github.event.head}}; cargo"),
        ],
    },
    Rule {
        says: "installs a version that it names, with --locked",
        looks_at: lines_of_scripts,
        is_kept: |line| {
            let has = |part| text(line).contains(part);
            !has("cargo install") || has("--locked") && has("--version")
        },
        broken_by: &[("--locked ", ""), (" --version 1.2.3", "")],
    },
    Rule {
        says: "pins each action by a hash, with its version in a comment",
        looks_at: lines_of_actions,
        is_kept: is_pinned,
        broken_by: &[
            ("@08c6903cd8c0fde910a37f88322edcfb5dd907a8", "@v5"),
            ("@08c6903cd8c0fde910a37f88322edcfb5dd907a8", "@08c6903"),
            (" # v5.0.0", ""),
            (" # v5.0.0", " # newest"),
        ],
    },
];

fn yaml(workflow: &str) -> Value {
    serde_saphyr::from_str(workflow).unwrap()
}

fn whole(workflow: &str) -> Vec<Value> {
    vec![yaml(workflow)]
}

fn events(workflow: &str) -> Vec<Value> {
    match &yaml(workflow)["on"] {
        Value::Object(events) => events.keys().map(|event| json!(event)).collect(),
        Value::Array(events) => events.clone(),
        event => vec![event.clone()],
    }
}

fn jobs(workflow: &str) -> Vec<Value> {
    let workflow = yaml(workflow);
    workflow["jobs"]
        .as_object()
        .unwrap()
        .values()
        .cloned()
        .collect()
}

fn steps(workflow: &str) -> Vec<Value> {
    let jobs = jobs(workflow);
    jobs.iter()
        .flat_map(|job| job["steps"].as_array().unwrap().clone())
        .collect()
}

fn lines_of_scripts(workflow: &str) -> Vec<Value> {
    let steps = steps(workflow);
    let lines = steps.iter().flat_map(|step| text(&step["run"]).lines());
    lines.map(Value::from).collect()
}

/// With the comments, which YAML ignores.
fn lines_of_actions(workflow: &str) -> Vec<Value> {
    let lines = workflow.lines().filter(|line| line.contains("uses:"));
    lines.map(Value::from).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// `- uses: owner/name@<hash of 40 digits> # v1.2.3`
fn is_pinned(line: &Value) -> bool {
    let Some((action, version)) = text(line).split_once(" # v") else {
        return false;
    };
    let hash = action.rsplit('@').next().unwrap_or_default();
    hash.len() == 40
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        && version.split('.').count() == 3
        && version.split('.').all(|part| part.parse::<u32>().is_ok())
}

/// Each breach of a rule: the rule, and the place.
fn breaches(workflow: &str) -> Vec<(&'static str, Value)> {
    let breaches = |rule: &Rule| {
        let (says, is_kept) = (rule.says, rule.is_kept);
        let places = (rule.looks_at)(workflow).into_iter();
        places
            .filter(move |place| !is_kept(place))
            .map(move |place| (says, place))
    };
    RULES.iter().flat_map(breaches).collect()
}

#[test]
fn the_workflows_of_this_repository_keep_to_the_rules() {
    let mut problems = Vec::new();
    let mut names = Vec::new();
    for entry in fs::read_dir("../.github/workflows").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for (rule, place) in breaches(&fs::read_to_string(&path).unwrap()) {
            problems.push(format!("{name} breaks \"{rule}\": {place}"));
        }
        names.push(name);
    }
    assert!(names.contains(&"ci.yml".to_owned()), "{names:?}");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn each_breach_of_a_rule_is_named() {
    assert_eq!(breaches(SOUND), []);
    let mut failures = Vec::new();
    for rule in RULES {
        for (sound, broken) in rule.broken_by {
            let found = breaches(&SOUND.replace(sound, broken));
            if found.len() != 1 || found[0].0 != rule.says {
                failures.push(format!("{broken:?}: {found:?} instead of {:?}", rule.says));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The metadata of this workspace. Packages of other platforms may not have been downloaded.
fn metadata() -> Value {
    let cargo = |arguments: &[&str]| {
        let output = Command::new(std::env::var("CARGO").unwrap())
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let metadata = cargo(&[
        "metadata",
        "--format-version=1",
        "--locked",
        "--offline",
        "--filter-platform",
        host.unwrap(),
    ]);
    serde_json::from_str(&metadata).unwrap()
}

/// Clippy checks our own code (`incompatible_msrv`), and the public CI builds with that version.
#[test]
fn no_dependency_asks_for_a_newer_rust_than_is_declared() {
    let metadata = metadata();
    // `1.85` means `1.85.0`.
    let rust = |package: &Value| -> Option<Vec<u32>> {
        let version = package["rust_version"].as_str()?;
        let mut parts: Vec<u32> = version
            .split('.')
            .map(|part| part.parse().unwrap())
            .collect();
        parts.resize(3, 0);
        Some(parts)
    };
    let packages = metadata["packages"].as_array().unwrap();
    let (ours, others): (Vec<&Value>, Vec<&Value>) = packages
        .iter()
        .partition(|package| package["source"].is_null());
    let declared = ours.iter().map(|package| rust(package).unwrap()).min();
    let newer: Vec<String> = others
        .iter()
        .filter(|package| rust(package) > declared)
        .map(|package| format!("{} needs {}", package["id"], package["rust_version"]))
        .collect();
    assert!(!others.is_empty());
    assert!(
        newer.is_empty(),
        "{declared:?} is declared, but\n{}",
        newer.join("\n")
    );
}

/// It can repair a crate that does not compile.
#[test]
fn of_this_workspace_xtask_needs_the_reader_of_the_specification_alone() {
    let metadata = metadata();
    let dependencies = |name: &str| -> Vec<String> {
        let packages = metadata["packages"].as_array().unwrap();
        let package = packages.iter().find(|package| package["name"] == name);
        let dependencies = package.unwrap()["dependencies"].as_array().unwrap();
        let ours = dependencies
            .iter()
            .filter(|dependency| dependency["path"].is_string());
        ours.map(|dependency| dependency["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(dependencies("xtask"), ["openapi"]);
    assert_eq!(dependencies("openapi"), Vec::<String>::new());
}

/// The compiler can't tell: outside of the crate the enumeration is not exhaustive.
#[test]
fn the_service_has_an_answer_to_each_kind_of_failure() {
    let text = fs::read_to_string("../sdk/src/runtime/error/kind.rs").unwrap();
    let file = syn::parse_file(&text).unwrap();
    let mut enums = file.items.iter().filter_map(|item| match item {
        syn::Item::Enum(item) => Some(item),
        _ => None,
    });
    let kinds = enums.find(|item| item.ident == "ErrorKind").unwrap();
    let mut failures = Vec::new();
    for name in ["src/refusal.rs", "tests/expressions.rs"] {
        let text = fs::read_to_string(format!("../conformance/integrator/{name}")).unwrap();
        for kind in &kinds.variants {
            let named = format!("ErrorKind::{}", kind.ident);
            let mut rest = text.split(&named).skip(1);
            // Not the beginning of another name.
            if !rest.any(|rest| !rest.starts_with(char::is_alphanumeric)) {
                failures.push(format!("{name} does not name {named}"));
            }
        }
    }
    assert!(kinds.variants.len() > 1);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
