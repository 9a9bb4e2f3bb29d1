//! What has to be inside of the package, and what may be. That each file is the one of the workspace is cargo's
//! business.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

/// Files besides the sources.
const DOCUMENTS: [&str; 4] = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// What cargo adds by itself.
const OF_CARGO: [&str; 4] = [
    ".cargo_vcs_info.json",
    "Cargo.lock",
    "Cargo.toml",
    "Cargo.toml.orig",
];

/// Folders of Rust code.
const CODE: [&str; 2] = ["src", "examples"];

/// What a registry shows of a package, as `cargo metadata` names it.
const METADATA: [&str; 8] = [
    "categories",
    "description",
    "documentation",
    "keywords",
    "license",
    "name",
    "readme",
    "rust_version",
];

/// What is wrong with the files inside of the package of the crate in that folder, as sentences.
pub fn problems(inside: &[String], sdk: &Path) -> Result<Vec<String>, String> {
    let mut expected = BTreeSet::from(DOCUMENTS.map(str::to_owned));
    for folder in CODE {
        if sdk.join(folder).is_dir() {
            collect_code(sdk, folder, &mut expected)?;
        }
    }
    let mut problems = differences(inside, &expected);
    if sdk.join("README.md").exists() {
        problems.push(
            "sdk/README.md takes the place of the workspace's in the package: remove it".to_owned(),
        );
    }
    Ok(problems)
}

fn differences(inside: &[String], expected: &BTreeSet<String>) -> Vec<String> {
    let missing = expected.iter().filter(|name| !inside.contains(name));
    let unexpected = inside
        .iter()
        .filter(|name| !expected.contains(*name) && !OF_CARGO.contains(&name.as_str()));
    missing
        .map(|name| (name, "is not in the package"))
        .chain(unexpected.map(|name| (name, "does not belong in the package")))
        .map(|(name, problem)| format!("{name} {problem}: see `include` in sdk/Cargo.toml"))
        .collect()
}

/// What a registry would show and the manifest does not say, as sentences.
pub fn missing_metadata(package: &Value) -> Vec<String> {
    METADATA
        .iter()
        .filter(|name| match &package[**name] {
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => true,
        })
        .map(|name| name.replace('_', "-"))
        .map(|name| format!("`package.{name}` says nothing: fill it in in sdk/Cargo.toml"))
        .collect()
}

/// The Rust code below a folder, by its path from the root.
fn collect_code(root: &Path, folder: &str, names: &mut BTreeSet<String>) -> Result<(), String> {
    let full = root.join(folder);
    let failed = |error: io::Error| format!("failed to read {}: {error}", full.display());
    for entry in fs::read_dir(&full).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect_code(root, &name, names)?;
        } else if name.ends_with(".rs") {
            names.insert(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_missing_or_too_much_is_named() {
        let sdk = tempfile::tempdir().unwrap();
        for name in ["src/lib.rs", "src/part/one.rs", "src/part/notes.txt"] {
            let path = sdk.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let complete = [
            "Cargo.toml",
            "CHANGELOG.md",
            "LICENSE-APACHE",
            "LICENSE-MIT",
            "README.md",
            "src/lib.rs",
            "src/part/one.rs",
        ];
        // What is taken out of the complete package, what is put in, and what is said then.
        let cases: [(&[&str], &[&str], &[&str]); 4] = [
            (&[], &[], &[]),
            (
                &["src/lib.rs", "src/part/one.rs"],
                &[],
                &[
                    "src/lib.rs is not in the package",
                    "src/part/one.rs is not in the package",
                ],
            ),
            (&["README.md"], &[], &["README.md is not in the package"]),
            (
                &[],
                &["notes.txt", "src/a.snap"],
                &["notes.txt does not belong", "src/a.snap does not belong"],
            ),
        ];
        let found = |out: &[&str], more: &[&str]| {
            let inside = complete.iter().filter(|name| !out.contains(name));
            let inside: Vec<String> = inside.chain(more).map(|name| (*name).to_owned()).collect();
            problems(&inside, sdk.path()).unwrap()
        };
        let mut failures = Vec::new();
        for (out, more, starts) in cases {
            let found = found(out, more);
            let mut pairs = found.iter().zip(starts);
            if found.len() != starts.len() || !pairs.all(|(one, start)| one.starts_with(start)) {
                failures.push(format!("without {out:?}, with {more:?}: {found:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
        fs::write(sdk.path().join("README.md"), "another").unwrap();
        let with_another_readme = found(&[], &[]);
        assert_eq!(with_another_readme.len(), 1);
        assert!(with_another_readme[0].starts_with("sdk/README.md takes the place"));
    }

    #[test]
    fn a_field_that_a_registry_shows_and_that_says_nothing_is_named() {
        let complete = json!({
            "name": "a", "description": "b", "license": "MIT", "readme": "README.md", "rust_version": "1.0",
            "documentation": "https://a.example", "keywords": ["c"], "categories": ["d"],
        });
        assert_eq!(missing_metadata(&complete), Vec::<String>::new());
        let mut failures = Vec::new();
        for field in METADATA {
            for nothing in [json!(null), json!(""), json!([])] {
                let mut package = complete.clone();
                package[field] = nothing;
                let found = missing_metadata(&package);
                let named = format!("`package.{}`", field.replace('_', "-"));
                if found.len() != 1 || !found[0].contains(&named) {
                    failures.push(format!("without {field}: {found:?}"));
                }
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
