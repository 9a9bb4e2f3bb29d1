//! The specification of this repository: lint, drift, and its published facts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::{code, page, text, xtask};

const FACTS: &str = "published/generate_tokens.json";

/// A change of a text.
type Change = fn(&str) -> String;

/// A copy of the folder `openapi`, with every text changed by `change`.
fn copy(change: Change) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("published")).unwrap();
    for name in ["par-ordering.yaml", FACTS] {
        fs::write(copy.path().join(name), change(&original(name))).unwrap();
    }
    let facts: Value = serde_json::from_str(&original(FACTS)).unwrap();
    let page = change(&page::of(&facts));
    fs::write(copy.path().join("page.txt"), page).unwrap();
    copy
}

fn original(name: &str) -> String {
    fs::read_to_string(Path::new("../openapi").join(name)).unwrap()
}

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    crate::run(folder.path(), arguments)
}

fn drift_of_page(folder: &TempDir, more: &[&str]) -> Output {
    let arguments = ["drift", "--page", "page.txt", "--spec", "par-ordering.yaml"];
    run(folder, &[&arguments, more].concat())
}

#[test]
fn nothing_is_found_whatever_the_line_ends_and_the_white_space_after_them() {
    let changes: [(&str, Change); 3] = [
        ("as it is", |text| text.to_owned()),
        ("with CRLF", |text| text.replace('\n', "\r\n")),
        ("with trailing white space", |text| {
            text.replace('\n', " \t\n")
        }),
    ];
    let mut failures = Vec::new();
    for (name, change) in changes {
        let copy = copy(change);
        for output in [
            run(&copy, &["lint", "--spec", "par-ordering.yaml"]),
            run(&copy, &["drift", "--spec", "par-ordering.yaml"]),
            drift_of_page(&copy, &[]),
        ] {
            let said = text(&output.stdout);
            let is_sound = said.starts_with("checked ")
                && said.ends_with(": nothing found\n")
                && said.lines().count() == 1;
            if code(&output) != 0 || !is_sound {
                failures.push(format!("{name}: {output:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_finding_names_the_line_and_the_column_of_its_place() {
    let copy =
        copy(|text| text.replace("name: per_page\n", "name: per_page\n      explod: true\n"));
    let text_of = |name| fs::read_to_string(copy.path().join(name)).unwrap();
    let yaml = text_of("par-ordering.yaml");
    let line = 1 + yaml
        .lines()
        .position(|line| line.contains("explod:"))
        .unwrap();
    let said = run(&copy, &["lint", "--spec", "par-ordering.yaml"]);
    let expected =
        format!("par-ordering.yaml:{line}:7: warning: components.parameters.PerPage.explod: ");
    assert!(text(&said.stdout).starts_with(&expected), "{said:?}");
    let said = run(
        &copy,
        &["lint", "--spec", "par-ordering.yaml", "--format", "json"],
    );
    let said: Value = serde_json::from_slice(&said.stdout).unwrap();
    let finding = &said["findings"][0];
    assert_eq!(
        (&finding["line"], &finding["column"]),
        (&line.into(), &7.into())
    );

    let document: Value = serde_saphyr::from_str(&yaml).unwrap();
    fs::write(copy.path().join("api.json"), format!("{document:#}")).unwrap();
    let json = text_of("api.json");
    let line = 1 + json
        .lines()
        .position(|line| line.contains("explod"))
        .unwrap();
    let said = run(&copy, &["lint", "--spec", "api.json"]);
    let expected = format!("api.json:{line}:9: warning: components.parameters.PerPage.explod: ");
    assert!(text(&said.stdout).starts_with(&expected), "{said:?}");
}

#[test]
fn accepted_facts_are_what_the_page_is_compared_with_from_then_on() {
    let copy = copy(|text| text.replace("X-QB-Enabled", "X-QB-On"));
    fs::write(copy.path().join(FACTS), original(FACTS)).unwrap();
    let seen = drift_of_page(&copy, &[]);
    assert_eq!(code(&seen), 3, "{seen:?}");
    assert_eq!(
        fs::read_to_string(copy.path().join(FACTS)).unwrap(),
        original(FACTS)
    );
    let accepted = drift_of_page(&copy, &["--accept"]);
    assert_eq!(code(&accepted), 0, "{accepted:?}");
    let again = drift_of_page(&copy, &[]);
    assert_eq!(code(&again), 0, "{again:?}");
    let stored: Vec<PathBuf> = fs::read_dir(copy.path().join("published"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(stored, [copy.path().join(FACTS)]);
}

#[test]
fn a_page_on_an_operation_that_the_specification_lacks_is_not_accepted_unless_one_is_named() {
    let changes: [(&str, Change); 3] = [
        ("another path", |page| {
            page.replace("/payment-processors/generate-tokens", "/orders")
        }),
        ("another method and path", |page| {
            page.replace("/payment-processors/generate-tokens", "/orders")
                .replace("POST", "GET")
                .replace("for post", "for get")
        }),
        ("another method", |page| {
            page.replace("POST", "PUT").replace("for post", "for put")
        }),
    ];
    let mut failures = Vec::new();
    for (name, change) in changes {
        let copy = copy(|text| text.to_owned());
        let page = fs::read_to_string(copy.path().join("page.txt")).unwrap();
        assert_ne!(change(&page), page, "{name} changes nothing");
        fs::write(copy.path().join("page.txt"), change(&page)).unwrap();
        let is_untouched =
            || fs::read_to_string(copy.path().join(FACTS)).unwrap() == original(FACTS);
        for more in [&[][..], &["--accept"]] {
            let output = drift_of_page(&copy, more);
            let said = text(&output.stdout);
            if code(&output) != 3
                || !said.contains("which is not in the specification")
                || said.contains("nothing was stored") == more.is_empty()
                || !is_untouched()
            {
                failures.push(format!("{name}, {more:?}: {output:?}"));
            }
        }
        let named = drift_of_page(&copy, &["--accept", "--operation", "generate_tokens"]);
        if code(&named) != 0 || is_untouched() {
            failures.push(format!("{name}, with a name: {named:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_page_that_is_not_readable_stores_nothing() {
    let copy = copy(|text| text.to_owned());
    let page = fs::read_to_string(copy.path().join("page.txt")).unwrap();
    let half = page.char_indices().nth(page.chars().count() / 2).unwrap().0;
    fs::write(copy.path().join("page.txt"), &page[..half]).unwrap();
    fs::remove_file(copy.path().join(FACTS)).unwrap();
    let output = drift_of_page(&copy, &["--accept"]);
    assert_eq!(code(&output), 1, "{output:?}");
    let message = text(&output.stderr);
    assert!(message.contains("it may have been cut"), "{message}");
    assert!(!copy.path().join(FACTS).exists());
}

#[test]
fn machines_get_one_json_object_from_each_command() {
    let copy = copy(|text| text.to_owned());
    fs::write(
        copy.path().join("worse.yaml"),
        original("par-ordering.yaml").replace("X-QB-Enabled", "Accept"),
    )
    .unwrap();
    let json = |arguments: &[&str]| -> (i32, Value) {
        let output = run(&copy, &[arguments, &["--format", "json"]].concat());
        let text = text(&output.stdout);
        let value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        (code(&output), value)
    };
    let (exit, lint) = json(&["lint", "--spec", "worse.yaml"]);
    assert_eq!(
        (exit, &lint["findings"][0]["code"]),
        (3, &"reserved-header".into())
    );
    let (exit, drift) = json(&["drift", "--spec", "worse.yaml"]);
    assert_eq!(exit, 3);
    assert!(drift["findings"][0]["problem"].is_string(), "{drift}");
    let (exit, compat) = json(&[
        "compat",
        "--base-spec",
        "par-ordering.yaml",
        "--spec",
        "worse.yaml",
    ]);
    assert_eq!((exit, &compat["bump"]), (3, &"breaking".into()));
    let change = &compat["changes"][0];
    let told = ["effect", "callers", "wire", "place"].map(|key| change[key].clone());
    let expected: [Value; 4] = [
        "breaks callers and the wire".into(),
        "compile".into(),
        true.into(),
        "components.parameters.QbEnabled".into(),
    ];
    assert_eq!(told, expected, "{compat:#}");
    let (exit, page) = json(&["drift", "--page", "page.txt", "--spec", "par-ordering.yaml"]);
    assert_eq!((exit, &page["operation"]), (0, &"generate_tokens".into()));
}

#[test]
fn the_version_of_the_api_breaks_the_wire_only_where_it_is_what_a_client_sends() {
    type Change = fn(&str) -> String;
    let cases: [(Change, i32, &str); 2] = [
        (
            |text| text.replace("  version: 5.0.0", "  version: 5.1.0"),
            0,
            "documentation: info.version: ",
        ),
        (
            |text| text.replace("        default: 5.0.0", "        default: 5.1.0"),
            3,
            "breaks the wire: components.parameters.ApiVersion: `generate_tokens` sends the setting `api-version` or else `5.1.0`",
        ),
    ];
    for (change, exit, expected) in cases {
        let copy = copy(change);
        fs::write(copy.path().join("old.yaml"), original("par-ordering.yaml")).unwrap();
        let output = run(
            &copy,
            &[
                "compat",
                "--base-spec",
                "old.yaml",
                "--spec",
                "par-ordering.yaml",
            ],
        );
        let said = text(&output.stdout);
        assert_eq!(code(&output), exit, "{said}");
        assert!(said.starts_with(expected), "{said}");
    }
}

/// The lint is not used: it may refuse today what was published before.
#[test]
fn what_nothing_can_be_generated_from_can_not_be_compared() {
    let copy = copy(|text| text.to_owned());
    let write = |name: &str, text: &str| fs::write(copy.path().join(name), text).unwrap();
    let there = original("par-ordering.yaml");
    write("refused.yaml", &there.replace("X-QB-Enabled", "Host"));
    write("broken.yaml", &there.replace("type: boolean", "type: [1]"));
    write("unreadable.yaml", "- no\n");
    let lint = run(&copy, &["lint", "--spec", "refused.yaml"]);
    assert_eq!(code(&lint), 3, "{lint:?}");
    let cases: [([&str; 2], i32, &str); 6] = [
        (["refused.yaml", "par-ordering.yaml"], 3, ""),
        (["par-ordering.yaml", "refused.yaml"], 3, ""),
        (
            ["broken.yaml", "par-ordering.yaml"],
            1,
            "failed to compare broken.yaml: ",
        ),
        (
            ["par-ordering.yaml", "broken.yaml"],
            1,
            "failed to compare broken.yaml: ",
        ),
        (
            ["unreadable.yaml", "par-ordering.yaml"],
            1,
            "failed to read unreadable.yaml: ",
        ),
        (
            ["par-ordering.yaml", "unreadable.yaml"],
            1,
            "failed to read unreadable.yaml: ",
        ),
    ];
    let mut failures = Vec::new();
    for ([old, new], exit, expected) in cases {
        let output = run(&copy, &["compat", "--base-spec", old, "--spec", new]);
        if code(&output) != exit || !text(&output.stderr).contains(expected) {
            failures.push(format!("{old}, {new}: {output:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn without_git_there_is_nothing_to_compare_with_unless_a_revision_is_asked_for() {
    let compat = |arguments: &[&str]| {
        let empty = tempfile::tempdir().unwrap();
        xtask(Path::new("."))
            .arg("compat")
            .args(arguments)
            .env("PATH", empty.path())
            .output()
            .unwrap()
    };
    let output = compat(&[]);
    assert_eq!(code(&output), 0, "{output:?}");
    assert_eq!(
        text(&output.stdout),
        "note: git is not installed: nothing to compare with\n"
    );
    let output = compat(&["--base", "HEAD"]);
    let message = text(&output.stderr);
    assert_eq!(code(&output), 1, "{output:?}");
    assert!(message.contains("failed to start git"), "{message}");
}

#[test]
fn a_specification_that_is_not_there_is_named_with_the_option_only_where_there_is_one() {
    let copy = copy(|text| text.to_owned());
    fs::create_dir(copy.path().join("crate")).unwrap();
    let there = "par-ordering.yaml";
    let cases: [(&[&str], bool); 5] = [
        (&["drift", "--spec", "nowhere.yaml"], true),
        (
            &["generate", "--spec", "nowhere.yaml", "--out", "crate"],
            true,
        ),
        (&["lint", "--spec", "nowhere.yaml"], true),
        (
            &["compat", "--base-spec", there, "--spec", "nowhere.yaml"],
            true,
        ),
        // It is named by another option.
        (
            &["compat", "--base-spec", "nowhere.yaml", "--spec", there],
            false,
        ),
    ];
    let mut failures = Vec::new();
    for (arguments, has_option) in cases {
        let output = run(&copy, arguments);
        let message = text(&output.stderr);
        if code(&output) != 1
            || !message.contains("failed to read nowhere.yaml")
            || message.contains("; name a specification with --spec") != has_option
        {
            failures.push(format!("{arguments:?}: {output:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_reader_that_closes_the_pipe_early_is_no_reason_to_panic() {
    let mut failures = Vec::new();
    for (command, expected) in [
        ("demo", "error: failed to start `cargo run"),
        ("ci", "error: failed to start `cargo fmt"),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        // Each writes its first line before it finds that cargo is missing.
        let output = xtask(Path::new("."))
            .arg(command)
            .env("CARGO", "no-such-cargo")
            .stdout(writer)
            .output()
            .unwrap();
        let message = text(&output.stderr);
        if code(&output) != 1 || !message.starts_with(expected) {
            failures.push(format!("{command}: {output:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_drift_can_not_work_with_is_an_error_that_says_what_to_do() {
    let copy = copy(|text| text.to_owned());
    let expect = |arguments: &[&str], expected: &str| {
        let output = run(&copy, arguments);
        let message = text(&output.stderr);
        assert_eq!(code(&output), 1, "{output:?}");
        assert!(message.contains(expected), "{message} lacks {expected:?}");
    };
    let page = ["drift", "--page", "page.txt", "--spec", "par-ordering.yaml"];
    expect(
        &[&page[..], &["--operation", "other"]].concat(),
        "failed to find the operation `other` in the specification (known: generate_tokens)",
    );
    fs::write(copy.path().join(FACTS), "{\"method\": \"POST\"}").unwrap();
    let advice = "store them anew by `cargo xtask drift --page FILE --accept`";
    expect(&page, advice);
    expect(&["drift", "--spec", "par-ordering.yaml"], advice);
    expect(&["lint", "--spec", "page.txt"], "failed to read page.txt");
}
