//! What has to be inside of the package, and what may be.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum ContentsError {
    #[error("failed to read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("failed to read {} as TOML: {message}", path.display())]
    Toml { path: PathBuf, message: String },
}

/// Files besides the sources, and where they are in the workspace.
const DOCUMENTS: [(&str, &str); 4] = [
    ("CHANGELOG.md", "sdk/CHANGELOG.md"),
    ("LICENSE-APACHE", "sdk/LICENSE-APACHE"),
    ("LICENSE-MIT", "sdk/LICENSE-MIT"),
    ("README.md", "README.md"),
];

/// What cargo adds by itself.
const OF_CARGO: [&str; 4] = [
    ".cargo_vcs_info.json",
    "Cargo.lock",
    "Cargo.toml",
    "Cargo.toml.orig",
];

/// Folders of Rust code; the first is needed for the crate to work.
const CODE: [&str; 2] = ["src", "examples"];

/// What a registry shows of a package.
const METADATA: [&str; 8] = [
    "categories",
    "description",
    "documentation",
    "keywords",
    "license",
    "name",
    "readme",
    "rust-version",
];

/// Files by their path with `/`.
type Files = BTreeMap<String, Vec<u8>>;

/// What is wrong with a package, as sentences.
pub fn problems(package: &Path, workspace: &Path) -> Result<Vec<String>, ContentsError> {
    let mut inside = Files::new();
    collect(package, "", &mut inside)?;
    let mut expected = Files::new();
    for folder in CODE {
        collect_code(&workspace.join("sdk"), folder, &mut expected)?;
    }
    for (name, origin) in DOCUMENTS {
        let path = workspace.join(origin);
        let contents = fs::read(&path).map_err(failed(&path))?;
        expected.insert(name.to_owned(), contents);
    }
    let mut problems = differences(&inside, &expected);
    let manifest = package.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(failed(&manifest))?;
    problems.extend(
        missing_metadata(&text).map_err(|message| ContentsError::Toml {
            path: manifest,
            message,
        })?,
    );
    Ok(problems)
}

fn differences(inside: &Files, expected: &Files) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, contents) in expected {
        match inside.get(name) {
            None => problems.push(format!(
                "{name} is not in the package: see `include` in sdk/Cargo.toml"
            )),
            Some(found) if found != contents => {
                problems.push(format!(
                    "{name} in the package is not the one of the workspace"
                ));
            }
            Some(_) => {}
        }
    }
    let unexpected = inside
        .keys()
        .filter(|name| !expected.contains_key(*name) && !OF_CARGO.contains(&name.as_str()));
    problems.extend(unexpected.map(|name| {
        format!("{name} does not belong in the package: see `include` in sdk/Cargo.toml")
    }));
    problems
}

fn missing_metadata(manifest: &str) -> Result<Vec<String>, String> {
    let manifest: toml::Table = toml::from_str(manifest).map_err(|error| error.to_string())?;
    let package = manifest.get("package");
    let missing =
        METADATA.iter().filter(
            |name| match package.and_then(|package| package.get(**name)) {
                Some(toml::Value::String(text)) => text.is_empty(),
                Some(toml::Value::Array(items)) => items.is_empty(),
                _ => true,
            },
        );
    Ok(missing
        .map(|name| format!("`package.{name}` says nothing: fill it in in sdk/Cargo.toml"))
        .collect())
}

/// The Rust code below a folder, if there is such a folder.
fn collect_code(root: &Path, folder: &str, files: &mut Files) -> Result<(), ContentsError> {
    if !root.join(folder).is_dir() {
        return Ok(());
    }
    let mut all = Files::new();
    collect(root, folder, &mut all)?;
    files.extend(all.into_iter().filter(|(name, _)| name.ends_with(".rs")));
    Ok(())
}

fn collect(root: &Path, path: &str, files: &mut Files) -> Result<(), ContentsError> {
    let full = root.join(path);
    for entry in fs::read_dir(&full).map_err(failed(&full))? {
        let entry = entry.map_err(failed(&full))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if path.is_empty() {
            name
        } else {
            format!("{path}/{name}")
        };
        if entry.path().is_dir() {
            collect(root, &path, files)?;
        } else {
            let contents = fs::read(entry.path()).map_err(failed(&entry.path()))?;
            files.insert(path, contents);
        }
    }
    Ok(())
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> ContentsError + use<> {
    let path = path.to_owned();
    |source| ContentsError::Read { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: &str = "[package]\nname = 'a'\nversion = '0.1.0'\ndescription = 'b'\nlicense = 'MIT'\n\
        readme = 'README.md'\ndocumentation = 'https://a.example'\nrust-version = '1.0'\n\
        keywords = ['c']\ncategories = ['d']\n";

    /// Names and contents.
    type Entries<'a> = &'a [(&'a str, &'a str)];

    fn files(entries: Entries) -> Files {
        entries
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_owned()))
            .collect()
    }

    #[test]
    fn what_is_missing_different_or_too_much_is_named() {
        let expected = [("README.md", "text"), ("src/lib.rs", "code")];
        let cases: [(&str, Entries, &[&str]); 4] = [
            (
                "complete",
                &[
                    ("Cargo.toml", ""),
                    ("README.md", "text"),
                    ("src/lib.rs", "code"),
                ],
                &[],
            ),
            (
                "missing",
                &[("README.md", "text")],
                &["src/lib.rs is not in the package"],
            ),
            (
                "different",
                &[("README.md", "old"), ("src/lib.rs", "code")],
                &["README.md in the package is not the one"],
            ),
            (
                "too much",
                &[
                    ("README.md", "text"),
                    ("src/lib.rs", "code"),
                    ("src/a.snap", ""),
                    ("notes.txt", ""),
                ],
                &["notes.txt does not belong", "src/a.snap does not belong"],
            ),
        ];
        let mut failures = Vec::new();
        for (name, inside, starts) in cases {
            let found = differences(&files(inside), &files(&expected));
            let same = found.len() == starts.len()
                && found
                    .iter()
                    .zip(starts)
                    .all(|(found, start)| found.starts_with(start));
            if !same {
                failures.push(format!("{name}: {found:?} instead of {starts:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn a_field_that_a_registry_shows_and_that_says_nothing_is_named() {
        assert_eq!(missing_metadata(COMPLETE).unwrap(), Vec::<String>::new());
        let mut failures = Vec::new();
        for field in METADATA {
            let without: Vec<&str> = COMPLETE
                .lines()
                .filter(|line| !line.starts_with(&format!("{field} ")))
                .collect();
            let empty = format!("{}\n{field} = ''\n", without.join("\n"));
            for manifest in [without.join("\n"), empty] {
                let found = missing_metadata(&manifest).unwrap();
                if found.len() != 1 || !found[0].contains(&format!("`package.{field}`")) {
                    failures.push(format!("without {field}: {found:?}"));
                }
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
