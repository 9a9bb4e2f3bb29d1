//! A crate of a stranger: outside of this workspace, with nothing but the unpacked package and what the
//! README tells it to add.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use super::readme::Test;
use crate::report;
use crate::workspace::Workspace;

#[derive(Debug, thiserror::Error)]
pub enum NewCrateError {
    #[error("failed to write the new crate in {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("failed to start `cargo test` in the new crate: {0}")]
    Start(io::Error),
    #[error("failed to pass the README's test in a new crate ({status}):\n{output}")]
    Test { status: ExitStatus, output: String },
    #[error("failed to find that the README's test ran in the new crate:\n{0}")]
    NoTest(String),
}

/// Runs the README's test with the package, offline and with the versions that this workspace has locked.
pub fn run_test(
    test: &Test,
    package: &Path,
    name: &str,
    workspace: &Workspace,
    target: &Path,
) -> Result<(), NewCrateError> {
    let folder = tempfile::tempdir().map_err(|source| NewCrateError::Write {
        path: std::env::temp_dir(),
        source,
    })?;
    let root = folder.path();
    let tests = root.join("tests");
    let failed = |source| NewCrateError::Write {
        path: root.to_owned(),
        source,
    };
    fs::create_dir(&tests).map_err(failed)?;
    fs::create_dir(root.join("src")).map_err(failed)?;
    fs::write(root.join("src").join("lib.rs"), "").map_err(failed)?;
    fs::write(tests.join("readme.rs"), &test.code).map_err(failed)?;
    fs::write(root.join("Cargo.toml"), manifest(test, package, name)).map_err(failed)?;
    // What is not needed of it cargo takes out.
    fs::copy(workspace.root().join("Cargo.lock"), root.join("Cargo.lock")).map_err(failed)?;
    let mut command = workspace.cargo();
    report::quiet_unless_watched(&mut command);
    let output = command
        .current_dir(root)
        .args(["test", "--offline", "--test", "readme"])
        .env("CARGO_TARGET_DIR", target)
        .stderr(Stdio::inherit())
        .output()
        .map_err(NewCrateError::Start)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        return Err(NewCrateError::Test {
            status: output.status,
            output: text,
        });
    }
    if !some_test_passed(&text) {
        return Err(NewCrateError::NoTest(text));
    }
    report::print(&text);
    Ok(())
}

/// The package stands in for the one that a registry would have, so that the README's version counts.
fn manifest(test: &Test, package: &Path, name: &str) -> String {
    let path = toml::Value::String(package.display().to_string());
    format!(
        "[package]\nname = \"new-crate\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         {}\n[patch.crates-io]\n{name} = {{ path = {path} }}\n\n[workspace]\n",
        test.dependencies
    )
}

fn some_test_passed(output: &str) -> bool {
    output
        .lines()
        .filter_map(|line| line.strip_prefix("test result: ok. "))
        .any(|rest| !rest.starts_with("0 "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_stands_in_for_the_registrys_wherever_it_is() {
        let test = Test {
            code: String::new(),
            dependencies: "[dependencies]\na-crate = \"0.1\"\n".to_owned(),
        };
        let path = Path::new("a \"folder\"\\of'mine");
        let manifest = manifest(&test, path, "a-crate");
        let table: toml::Table =
            toml::from_str(&manifest).unwrap_or_else(|error| panic!("{error}\n{manifest}"));
        assert_eq!(table["dependencies"]["a-crate"].as_str(), Some("0.1"));
        let patch = &table["patch"]["crates-io"]["a-crate"]["path"];
        assert_eq!(patch.as_str(), path.to_str());
    }

    #[test]
    fn a_run_without_a_test_is_no_success() {
        for (output, passed) in [
            (
                "running 1 test\ntest result: ok. 1 passed; 0 failed\n",
                true,
            ),
            (
                "running 0 tests\ntest result: ok. 0 passed; 0 failed\n",
                false,
            ),
            ("", false),
        ] {
            assert_eq!(some_test_passed(output), passed, "{output}");
        }
    }
}
