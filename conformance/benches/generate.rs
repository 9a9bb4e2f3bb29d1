//! `cargo xtask generate --check` with everything warm, for specifications of 1, 10 and 100 operations.
//!
//! The program is the one that maintainers run, not optimised, and is started as a process: no crate depends on it.
//! The specifications are the workspace's own with its operation, and all schemas and responses, repeated under
//! other names.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use conformance::testing::comparison::{self, Contestant, Goal, Turns};
use openapi::specification::Specification;
use serde_json::{Map, Value};

const ROUNDS: usize = 7;
const SIZES: [usize; 3] = [1, 10, 100];

fn main() -> Result<(), Box<dyn Error>> {
    if !comparison::is_asked_for() {
        return Ok(());
    }
    let program = build()?;
    let folder = tempfile::tempdir()?;
    let document = Specification::document_of_workspace()?;
    let mut folders = Vec::new();
    for size in SIZES {
        let folder = folder.path().join(size.to_string());
        std::fs::create_dir_all(folder.join("src"))?;
        let document = repeated(&document, size).ok_or("the specification has no operation")?;
        std::fs::write(folder.join("openapi.yaml"), document.to_string())?;
        generate(&program, &folder, &[])?;
        folders.push(folder);
    }
    let check = |folder: &Path| {
        let start = Instant::now();
        let checked = generate(&program, folder, &["--check"]);
        assert!(checked.is_ok(), "{checked:?}");
        start.elapsed()
    };
    let contestants = folders
        .iter()
        .map(|folder| Contestant::new(|| check(folder)))
        .collect();
    let turns = Turns::take(ROUNDS, contestants);
    println!("{}", comparison::head());
    for (index, size) in SIZES.into_iter().enumerate() {
        let time = turns.median(index);
        let goal = if size == 1 {
            Goal::Below(0.3)
        } else {
            Goal::None
        };
        println!(
            "| `generate --check`, {size} operations: seconds | {time:.2?} | | | {} |",
            goal.judge(time.as_secs_f64())
        );
    }
    // In step with the work: ten times as much of it takes ten times as long. What no longer fits into the caches
    // of the processor is worth five per cent.
    let [ten, hundred] = [1, 2];
    let ratio = turns.ratio(hundred, ten);
    let times: [Duration; 2] = [hundred, ten].map(|size| turns.median(size));
    println!(
        "| `generate --check`, 100 operations against 10 | {:.2?} | {:.2?} | {ratio} | {} |",
        times[0],
        times[1],
        Goal::AtMost(10.5).judge(ratio.median)
    );
    Ok(())
}

/// Builds the program and tells where it is.
fn build() -> Result<PathBuf, Box<dyn Error>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let output = Command::new(cargo)
        .args([
            "build",
            "--package",
            "xtask",
            "--message-format",
            "json-render-diagnostics",
        ])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let words = String::from_utf8(output.stdout)?;
    let mut programs = words.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    programs
        .next_back()
        .ok_or_else(|| "cargo does not say where xtask is".into())
}

fn generate(program: &Path, folder: &Path, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let output = Command::new(program)
        .arg("generate")
        .args(arguments)
        .arg("--spec")
        .arg(folder.join("openapi.yaml"))
        .arg("--out")
        .arg(folder)
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into())
}

/// The document with its first operation that many times, each with schemas and responses of its own.
fn repeated(document: &Value, times: usize) -> Option<Value> {
    let (path, item) = document["paths"].as_object()?.iter().next()?;
    let parts = ["schemas", "responses"];
    let mut paths = Map::new();
    let mut components = document["components"].as_object()?.clone();
    for part in parts {
        components.insert(part.to_owned(), Value::Object(Map::new()));
    }
    for number in 0..times {
        let mut item = item.clone();
        rename(&mut item, number);
        paths.insert(format!("{path}/{number}"), item);
        for part in parts {
            for (name, value) in document["components"][part].as_object()? {
                let mut value = value.clone();
                rename(&mut value, number);
                components[part][numbered(name, number)] = value;
            }
        }
    }
    let mut repeated = document.clone();
    repeated["paths"] = Value::Object(paths);
    repeated["components"] = Value::Object(components);
    Some(repeated)
}

fn numbered(name: &str, number: usize) -> String {
    format!("{name}{number}")
}

/// Gives the operations in the value a number, and the schemas and responses that it refers to.
fn rename(value: &mut Value, number: usize) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text)
                        if key == "operationId"
                            || (key == "$ref"
                                && (text.starts_with("#/components/schemas/")
                                    || text.starts_with("#/components/responses/"))) =>
                    {
                        *text = numbered(text, number);
                    }
                    member => rename(member, number),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, number)),
        _ => {}
    }
}
