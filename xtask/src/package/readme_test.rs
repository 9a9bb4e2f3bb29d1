//! The test that the README shows, run in a crate of a stranger: outside of this workspace, with nothing but the
//! unpacked package and what the README tells it to add.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::package::new_crate::{self, NewCrateError};
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
    #[error(transparent)]
    Test(#[from] NewCrateError),
}

pub fn run(workspace: &Workspace, package: &Path, target: &Path) -> Result<(), ReadmeTestError> {
    let path = package.join("README.md");
    let readme =
        fs::read_to_string(&path).map_err(|source| ReadmeTestError::Read { path, source })?;
    let test = block(&readme, "rust", TEST)?;
    let manifest = manifest(block(&readme, "toml", DEPENDENCIES)?);
    new_crate::test("readme", workspace, package, target, |folder| {
        for folder_of_code in ["src", "tests"] {
            fs::create_dir(folder.join(folder_of_code))?;
        }
        fs::write(folder.join("src").join("lib.rs"), "")?;
        fs::write(folder.join("tests").join("readme.rs"), test)?;
        fs::write(folder.join("Cargo.toml"), manifest)
    })?;
    Ok(())
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

fn manifest(dependencies: &str) -> String {
    format!(
        "[workspace]\n\n[package]\nname = \"new-crate\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{dependencies}"
    )
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
}
