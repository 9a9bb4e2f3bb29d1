//! `cargo xtask generate --check` with warm caches, for specifications of 1, 10 and 100 operations.
//!
//! It starts the unoptimised program that maintainers run: no crate depends on it. The specifications are that of the
//! workspace with its operation, schemas and responses repeated under other names.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use conformance::testing::comparison::{self, Contestant, Goal, Turns};
use conformance::testing::document::{merge, twin};
use conformance::workspace;
use serde_json::Value;

const ROUNDS: usize = 7;
const SIZES: [usize; 3] = [1, 10, 100];

fn main() -> Result<(), Box<dyn Error>> {
    if !comparison::is_asked_for() {
        return Ok(());
    }
    let program = build()?;
    let folder = tempfile::tempdir()?;
    let document = workspace::document()?;
    let mut folders = Vec::new();
    for size in SIZES {
        let folder = folder.path().join(size.to_string());
        std::fs::create_dir_all(folder.join("src"))?;
        let document = repeated(&document, size);
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
    // Ten times the work takes ten times as long. Five per cent more are allowed for data that no longer fits into
    // the caches of the processor.
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

/// Builds the program and returns its path.
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

/// The document with its operation that many times, each with its own schemas and responses beside those of the document.
fn repeated(document: &Value, times: usize) -> Value {
    let mut repeated = document.clone();
    repeated["paths"] = Value::Null;
    for number in 0..times {
        merge(&mut repeated, twin(document, &number.to_string()));
    }
    repeated
}
