//! All checks and tests, in the order in which they are cheapest to fail.

use std::time::{Duration, Instant};

use crate::cargo;
use crate::report::{self, Outcome};
use crate::workspace::Workspace;

/// What each step is for, and what cargo is told to do. The conformance crate enables all features of the sdk that
/// need nothing but Rust. With the examples, the dependencies of the documentation have the features that clippy has checked
/// them with, so they are not checked again. The binary of conformance has the name of its library.
const STEPS: &[(&str, &str)] = &[
    ("format", "fmt --all --check"),
    (
        "format of the service outside of the workspace",
        "fmt --manifest-path conformance/integrator/Cargo.toml --check",
    ),
    ("the specification is sound", "xtask lint"),
    ("the specification says what is published", "xtask drift"),
    ("the version says what changed for users", "xtask compat"),
    ("generated code is fresh", "xtask generate --check"),
    (
        "the package holds what it must",
        "xtask package --only-contents",
    ),
    ("clippy", "clippy --workspace --all-targets -- -D warnings"),
    (
        "clippy with default features alone",
        "clippy -p par-ordering -- -D warnings",
    ),
    (
        "clippy without default features",
        "clippy -p par-ordering --no-default-features -- -D warnings",
    ),
    ("tests", "test --workspace"),
    ("the package serves a stranger", "xtask package"),
    (
        "documentation",
        "doc --workspace --no-deps --lib --bin xtask --bin starter --examples",
    ),
];

pub fn run() -> Outcome {
    let workspace = Workspace::find()?;
    let start = Instant::now();
    for (number, (purpose, arguments)) in (1..).zip(STEPS) {
        let mut command = workspace.cargo();
        command
            .args(arguments.split(' '))
            // A snapshot that differs is a failure here, never a file to be looked at later.
            .env("INSTA_UPDATE", "no")
            .env("RUSTDOCFLAGS", "-D warnings");
        // Of tests each is named, wherever that is read.
        if !arguments.starts_with("test ") {
            cargo::quiet_unless_watched(&mut command);
        }
        let step = cargo::describe(&command);
        report::print(&format!(
            "== [{number}/{}] {purpose}: {step}\n",
            STEPS.len()
        ));
        let start_of_step = Instant::now();
        cargo::finish(&mut command)?;
        report::print(&format!("   took {}\n", seconds(start_of_step.elapsed())));
    }
    let total = seconds(start.elapsed());
    report::print(&format!("== all checks passed in {total}\n"));
    Ok(false)
}

fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        whole @ 10..60 => format!("{whole} s"),
        whole => format!("{} min {} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_said_as_people_say_it() {
        for (milliseconds, expected) in [
            (0, "0.0 s"),
            (1_234, "1.2 s"),
            (9_999, "10.0 s"),
            (10_999, "10 s"),
            (59_999, "59 s"),
            (60_000, "1 min 0 s"),
            (605_000, "10 min 5 s"),
        ] {
            assert_eq!(seconds(Duration::from_millis(milliseconds)), expected);
        }
    }
}
