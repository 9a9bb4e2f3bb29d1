//! The test that the README shows, run in a crate of a stranger: outside of this workspace, with nothing but the
//! unpacked package and what the README tells it to add.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::cargo::{self, CargoError};
use crate::report;
use crate::workspace::Workspace;

/// What tells the block with the test from the others.
const TEST: &str = "#[tokio::test]";
/// What tells the block with what goes into a manifest from the others.
const DEPENDENCIES: &str = "[dev-dependencies]";

#[derive(Debug, thiserror::Error)]
pub enum ReadmeTestError {
    #[error("failed to read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "failed to find a test in the README: no block that begins with ```{language} holds `{mark}`; add one"
    )]
    NoBlock {
        language: &'static str,
        mark: &'static str,
    },
    #[error("failed to write the new crate: {0}")]
    Write(io::Error),
    #[error("failed to pass the README's test in a new crate: {0}")]
    Test(#[from] CargoError),
    #[error("failed to find that the README's test ran in the new crate:\n{0}")]
    NoTest(String),
}

/// Runs the README's test with the package, offline and with the versions that this workspace has locked.
pub fn run(workspace: &Workspace, package: &Path, target: &Path) -> Result<(), ReadmeTestError> {
    let path = package.join("README.md");
    let readme =
        fs::read_to_string(&path).map_err(|source| ReadmeTestError::Read { path, source })?;
    let test = block(&readme, "rust", TEST)?;
    let manifest = manifest(block(&readme, "toml", DEPENDENCIES)?, package);
    let new_crate = write(workspace, test, &manifest).map_err(ReadmeTestError::Write)?;
    let mut command = workspace.cargo();
    cargo::quiet_unless_watched(&mut command);
    command
        .current_dir(new_crate.path())
        .args(["test", "--offline", "--test", "readme"])
        .env("CARGO_TARGET_DIR", target)
        .stdout(Stdio::piped());
    let output = cargo::finish(&mut command)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !some_test_passed(&text) {
        return Err(ReadmeTestError::NoTest(text));
    }
    report::print(&text);
    Ok(())
}

fn write(workspace: &Workspace, test: &str, manifest: &str) -> io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let root = folder.path();
    for folder in ["src", "tests"] {
        fs::create_dir(root.join(folder))?;
    }
    fs::write(root.join("src").join("lib.rs"), "")?;
    fs::write(root.join("tests").join("readme.rs"), test)?;
    fs::write(root.join("Cargo.toml"), manifest)?;
    // What is not needed of it cargo takes out.
    let lock = workspace.root().join("Cargo.lock");
    fs::copy(lock, root.join("Cargo.lock"))?;
    Ok(folder)
}

/// What the first block of the language that holds the mark says.
fn block<'a>(
    text: &'a str,
    language: &'static str,
    mark: &'static str,
) -> Result<&'a str, ReadmeTestError> {
    // Every second fence closes a block.
    let blocks = text.split("```").skip(1).step_by(2);
    blocks
        .filter_map(|block| block.split_once('\n'))
        .find(|(information, code)| {
            information.trim_end().split(',').next() == Some(language) && code.contains(mark)
        })
        .map(|(_, code)| code)
        .ok_or(ReadmeTestError::NoBlock { language, mark })
}

/// The package stands in for the one that a registry would have, so that the README's version counts.
fn manifest(dependencies: &str, package: &Path) -> String {
    let path = toml::Value::String(package.display().to_string());
    format!(
        "[package]\nname = \"new-crate\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{dependencies}\n\
         [patch.crates-io]\n{} = {{ path = {path} }}\n\n[workspace]\n",
        super::NAME
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
    fn the_first_blocks_with_a_test_and_its_dependencies_are_taken() {
        let text = "# A\n```rust\nfn main() {}\n```\n```text\n#[tokio::test]\n```\n\
                    ```toml\n[dev-dependencies]\na = \"1\"\n```\n\
                    ```rust,no_run\n#[tokio::test]\nasync fn one() {}\n```\n\
                    ```rust\n#[tokio::test]\nasync fn two() {}\n```\n";
        let test = block(text, "rust", TEST).unwrap();
        assert_eq!(test, "#[tokio::test]\nasync fn one() {}\n");
        let dependencies = block(text, "toml", DEPENDENCIES).unwrap();
        assert_eq!(dependencies, "[dev-dependencies]\na = \"1\"\n");
    }

    #[test]
    fn what_is_not_there_is_named() {
        let test = "```rust\n#[tokio::test]\n```\n";
        let cases = [
            ("", "rust", TEST, "```rust holds `#[tokio::test]`"),
            (TEST, "rust", TEST, "```rust holds"),
            (
                test,
                "toml",
                DEPENDENCIES,
                "```toml holds `[dev-dependencies]`",
            ),
        ];
        for (text, language, mark, expected) in cases {
            let error = block(text, language, mark).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }

    #[test]
    fn the_package_stands_in_for_the_registrys_wherever_it_is() {
        let path = Path::new("a \"folder\"\\of'mine");
        let manifest = manifest("[dependencies]\npar-ordering = \"0.1\"\n", path);
        let table: toml::Table =
            toml::from_str(&manifest).unwrap_or_else(|error| panic!("{error}\n{manifest}"));
        assert_eq!(table["dependencies"]["par-ordering"].as_str(), Some("0.1"));
        let patch = &table["patch"]["crates-io"]["par-ordering"]["path"];
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
