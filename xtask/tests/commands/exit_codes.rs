//! The exit codes, which are the same for all commands. That `package`, `cost`, `demo` and `ci` end with 0 takes a build
//! each, and is seen where they are run.

use std::fs;
use std::path::Path;

use crate::{code, run, text, xtask};

/// The commands by their help, but for the one that clap adds.
fn commands() -> Vec<String> {
    let help = text(&run(Path::new("."), &["--help"]).stdout);
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let lines = commands.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_says_what_its_exit_codes_mean_and_keeps_to_those_of_failures() {
    let elsewhere = tempfile::tempdir().unwrap();
    let commands = commands();
    assert!(
        commands.iter().any(|name| name == "package"),
        "{commands:?}"
    );
    let mut failures = Vec::new();
    for name in &commands {
        let help = run(Path::new("."), &[name, "--help"]);
        let said = text(&help.stdout);
        let is_said =
            said.contains("Exit code: 0 ") && said.contains("; 1 failed; 2 wrong arguments.");
        if code(&help) != 0 || !is_said {
            failures.push(format!("{name} --help: {help:?}"));
        }
        let mistaken = run(Path::new("."), &[name, "--no-such-option"]);
        if code(&mistaken) != 2 || !text(&mistaken.stderr).starts_with("error: unexpected argument")
        {
            failures.push(format!("{name} --no-such-option: {mistaken:?}"));
        }
        let failed = xtask(elsewhere.path())
            .arg(name)
            .env_remove("CARGO_MANIFEST_DIR")
            .env("CARGO", "no-such-cargo")
            .output()
            .unwrap();
        if code(&failed) != 1 || !text(&failed.stderr).starts_with("error: failed to ") {
            failures.push(format!("{name} outside of a workspace: {failed:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_is_found_is_told_from_nothing_found_and_from_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let api = Path::new("../openapi/par-ordering.yaml");
    let api = fs::read_to_string(api).unwrap();
    let facts = "../openapi/published/generate_tokens.json";
    fs::create_dir_all(folder.path().join("published")).unwrap();
    fs::create_dir(folder.path().join("crate")).unwrap();
    fs::copy(facts, folder.path().join("published/generate_tokens.json")).unwrap();
    fs::write(
        folder.path().join("worse.yaml"),
        api.replace("X-QB-Enabled", "Accept"),
    )
    .unwrap();
    fs::write(folder.path().join("api.yaml"), api).unwrap();
    let rows = [
        ("", 2),
        ("--help", 0),
        ("help lint", 0),
        ("lnit", 2),
        ("lint --spec api.yaml", 0),
        ("lint --spec worse.yaml", 3),
        ("lint --spec nowhere.yaml", 1),
        ("lint api.yaml", 2),
        ("drift --spec api.yaml", 0),
        ("drift --spec worse.yaml", 3),
        ("drift --spec nowhere.yaml", 1),
        ("drift --accept", 2),
        ("compat --base-spec api.yaml --spec api.yaml", 0),
        ("compat --base-spec api.yaml --spec worse.yaml", 3),
        ("compat --base-spec nowhere.yaml --spec api.yaml", 1),
        ("compat --base-spec api.yaml --base main", 2),
        ("generate --spec api.yaml --out crate --check", 3),
        ("generate --spec api.yaml --out crate", 0),
        ("generate --spec api.yaml --out crate --check", 0),
        ("generate --spec nowhere.yaml --out crate", 1),
        ("generate --chekc", 2),
        ("cost --runs 0", 2),
    ];
    let mut failures = Vec::new();
    for (line, expected) in rows {
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let output = run(folder.path(), &arguments);
        // Nothing ends without a word.
        let is_silent = output.stdout.is_empty() && output.stderr.is_empty();
        if code(&output) != expected || is_silent {
            failures.push(format!("{line:?} is not {expected}: {output:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
