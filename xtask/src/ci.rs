//! All checks and tests, in the order in which they are cheapest to fail.

use std::ffi::OsStr;
use std::process::{Command, ExitStatus};

use crate::{report, workspace};

#[derive(Debug, thiserror::Error)]
pub enum CiError {
    #[error("failed to start `{step}`: {source}")]
    Start {
        step: String,
        source: std::io::Error,
    },
    #[error("failed at `{step}` ({status})")]
    Step { step: String, status: ExitStatus },
}

/// Arguments of cargo, step by step, with what each is for. The conformance crate enables all features of the sdk
/// that need nothing but Rust.
const STEPS: &[(&str, &[&str])] = &[
    ("format", &["fmt", "--all", "--check"]),
    ("the specification is sound", &["xtask", "lint"]),
    (
        "the specification says what is published",
        &["xtask", "drift"],
    ),
    (
        "the version says what changed for users",
        &["xtask", "compat"],
    ),
    ("generated code is fresh", &["xtask", "generate", "--check"]),
    (
        "the package holds what it must",
        &["xtask", "package", "--only-contents"],
    ),
    (
        "clippy",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ),
    (
        "clippy with default features alone",
        &["clippy", "-p", "par-ordering", "--", "-D", "warnings"],
    ),
    (
        "clippy without default features",
        &[
            "clippy",
            "-p",
            "par-ordering",
            "--no-default-features",
            "--",
            "-D",
            "warnings",
        ],
    ),
    ("tests", &["test", "--workspace"]),
    ("documentation", &["doc", "--workspace", "--no-deps"]),
];

pub fn run() -> Result<(), CiError> {
    for (purpose, arguments) in STEPS {
        let mut command = workspace::cargo();
        command
            .args(*arguments)
            // A snapshot that differs is a failure here, never a file to be looked at later.
            .env("INSTA_UPDATE", "no")
            .env("RUSTDOCFLAGS", "-D warnings");
        let step = describe(&command);
        report::print(format!("== {purpose}: {step}\n").as_bytes());
        let status = command.status().map_err(|source| CiError::Start {
            step: step.clone(),
            source,
        })?;
        if !status.success() {
            return Err(CiError::Step { step, status });
        }
    }
    report::print(b"== all checks passed\n");
    Ok(())
}

fn describe(command: &Command) -> String {
    let arguments: Vec<&OsStr> = command.get_args().collect();
    format!(
        "cargo {}",
        arguments.join(OsStr::new(" ")).to_string_lossy()
    )
}
