//! Copies of the workspace with another specification, in which code is generated and built.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use openapi::workspace::cargo;

use crate::workspace;

/// The files and folders of the workspace.
const PARTS: [&str; 7] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "conformance",
    "openapi",
    "sdk",
    "xtask",
];

/// To cargo a package at the same place in another workspace is the same package: it would take what was made for
/// the other one. Another profile makes it another package.
const PROFILE: &str = "codegen-units=17";
const PACKAGES: [&str; 3] = ["conformance", "openapi", "par-ordering"];

/// Where the generated code is within the workspace.
pub const GENERATED: &str = "sdk/src/generated";

/// Files by their path within the workspace.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// The result of a command: whether it succeeded, and all its output.
pub struct Outcome {
    pub status: ExitStatus,
    pub output: String,
}

/// The files of a workspace.
///
/// # Errors
///
/// One can't be read.
pub fn files(root: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    for part in PARTS {
        collect(root, Path::new(part), &mut files)?;
    }
    Ok(files)
}

fn collect(root: &Path, path: &Path, files: &mut Files) -> io::Result<()> {
    let full = root.join(path);
    if full.is_dir() {
        for entry in fs::read_dir(&full)? {
            let name = entry?.file_name();
            if !is_left_over(&name.to_string_lossy()) {
                collect(root, &path.join(name), files)?;
            }
        }
    } else if full.exists() {
        files.insert(path.to_owned(), fs::read(&full)?);
    }
    Ok(())
}

/// What is not part of the workspace, although it may be in its folder: the output of cargo, and snapshots that
/// nobody accepted.
fn is_left_over(name: &str) -> bool {
    name == "target" || name.ends_with(".snap.new")
}

/// Makes these the files of the copy at `root`. Files that do not change are not touched, so that they are not built
/// again.
///
/// # Errors
///
/// A file can't be read, written or removed.
pub fn write(root: &Path, files: &Files) -> io::Result<()> {
    for old in self::files(root)?.keys() {
        if !files.contains_key(old) {
            fs::remove_file(root.join(old))?;
        }
    }
    for (path, contents) in files {
        let path = root.join(path);
        if fs::read(&path).is_ok_and(|old| old == *contents) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, contents)?;
    }
    Ok(())
}

/// The files that are generated from a specification, by their path within the workspace. `folder` is a folder for
/// that.
///
/// # Errors
///
/// The generator fails, with its output.
pub fn generated(folder: &Path, specification: &str) -> Result<Files, Box<dyn Error>> {
    let sdk = folder.join("sdk");
    fs::create_dir_all(&sdk)?;
    let file = folder.join("par-ordering.yaml");
    fs::write(&file, specification)?;
    let mut command = cargo();
    command
        .current_dir(workspace::root()?)
        .args(["run", "--quiet", "--offline", "--package", "xtask", "--"])
        .arg("generate")
        .arg("--spec")
        .arg(&file)
        .arg("--out")
        .arg(&sdk);
    let Outcome { status, output } = run(&mut command)?;
    if !status.success() {
        return Err(output.into());
    }
    let generated = files(folder)?.into_iter();
    let generated = generated.filter(|(path, _)| path.starts_with("sdk"));
    Ok(generated.collect())
}

/// Cargo in the copy at `root`. It shares the built dependencies in `target` with the workspace. What is built last
/// stays beside the copy.
#[must_use]
pub fn cargo_in(root: &Path, target: &Path, profile: &str) -> Command {
    let mut command = cargo();
    command
        .current_dir(root)
        // Everything that is needed is downloaded already.
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_BUILD_BUILD_DIR", target)
        .env("CARGO_TARGET_DIR", root.with_file_name("target"));
    for package in PACKAGES {
        let setting = format!("profile.{profile}.package.{package}.{PROFILE}");
        command.args(["--config", &setting]);
    }
    command
}

/// Runs a command to its end.
///
/// # Errors
///
/// It does not start.
pub fn run(command: &mut Command) -> io::Result<Outcome> {
    let output = command.output()?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok(Outcome {
        status: output.status,
        output: text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_builds_and_tests_leave_behind_is_not_copied() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "conformance/fuzz/target/debug/large",
            "conformance/tests/a.snap",
            "conformance/tests/a.snap.new",
            "notes.txt",
            "sdk/src/target.rs",
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let names: Vec<PathBuf> = files(folder.path()).unwrap().into_keys().collect();
        let expected = ["conformance/tests/a.snap", "sdk/src/target.rs"];
        assert_eq!(names, expected.map(PathBuf::from));
    }
}
