//! The test that the README shows, and the dependencies that it names for it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What tells the block with the test from the others.
const TEST: &str = "#[tokio::test]";
/// What tells the block with what goes into a manifest from the others.
const DEPENDENCIES: &str = "[dev-dependencies]";

#[derive(Debug, thiserror::Error)]
pub enum ReadmeError {
    #[error("failed to read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "failed to find a test in the README: no block that begins with ```{language} holds `{mark}`; add one"
    )]
    NoBlock {
        language: &'static str,
        mark: &'static str,
    },
}

/// What a reader of the README copies.
#[derive(Debug, PartialEq)]
pub struct Test {
    pub code: String,
    pub dependencies: String,
}

impl Test {
    pub fn read(path: &Path) -> Result<Self, ReadmeError> {
        let text = fs::read_to_string(path).map_err(|source| ReadmeError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::of(&text)
    }

    fn of(text: &str) -> Result<Self, ReadmeError> {
        Ok(Self {
            code: block(text, "rust", TEST)?,
            dependencies: block(text, "toml", DEPENDENCIES)?,
        })
    }
}

/// The first block of the language that holds the mark.
fn block(text: &str, language: &'static str, mark: &'static str) -> Result<String, ReadmeError> {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(information) = line.strip_prefix("```") else {
            continue;
        };
        let mut code = String::new();
        for line in lines.by_ref().take_while(|line| *line != "```") {
            code.push_str(line);
            code.push('\n');
        }
        if information.split(',').next() == Some(language) && code.contains(mark) {
            return Ok(code);
        }
    }
    Err(ReadmeError::NoBlock { language, mark })
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
        assert_eq!(
            Test::of(text).unwrap(),
            Test {
                code: "#[tokio::test]\nasync fn one() {}\n".to_owned(),
                dependencies: "[dev-dependencies]\na = \"1\"\n".to_owned(),
            }
        );
    }

    #[test]
    fn what_is_not_there_is_named() {
        let test = "```rust\n#[tokio::test]\n```\n";
        let cases = [
            ("", "```rust holds `#[tokio::test]`"),
            ("#[tokio::test]\n[dev-dependencies]\n", "```rust holds"),
            (test, "```toml holds `[dev-dependencies]`"),
        ];
        let mut failures = Vec::new();
        for (text, expected) in cases {
            let error = Test::of(text).unwrap_err().to_string();
            if !error.contains(expected) {
                failures.push(format!("{text:?}: {error}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
