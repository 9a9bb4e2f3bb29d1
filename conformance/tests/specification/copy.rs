//! A copy of the workspace whose specification has more operations: those that the API might get tomorrow, and for
//! each fault of the crate a twin of today's operation in which it is planted. All that follows from it is made and
//! tested there. It is built once: the tests that use it differ in what its specification says meanwhile.
//!
//! It has a place of its own below the target folder and is written only where it differs; what cargo makes of
//! its dependencies it shares with the workspace.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use conformance::testing::document::merge;
use conformance::workspace;
use openapi::document::Document;
use openapi::workspace::{SPECIFICATION, cargo};
use serde_json::Value;

use crate::planted_faults;

/// Part of the names of tests that work in the copy: there they are left out.
const IN_A_COPY: &str = "in_a_copy";

/// What the workspace consists of.
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

/// What came of a command: whether it succeeded, and all that it printed.
pub struct Outcome {
    pub status: ExitStatus,
    pub output: String,
}

pub struct Copy {
    root: PathBuf,
    target: PathBuf,
    /// One process at a time works here.
    _lock: File,
}

impl Copy {
    /// The copy with the faulty crate, and a specification that says the same as the crate.
    pub fn start() -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let folder = target.join("tmp").join("copy");
        let root = folder.join("workspace");
        fs::create_dir_all(&root).unwrap();
        let lock = File::create(folder.join("lock")).unwrap();
        lock.lock().unwrap();
        let copy = Self {
            root,
            target: target.to_owned(),
            _lock: lock,
        };
        let document = document(planted_faults::twins(true));
        let mut files = files_of_workspace();
        files.extend(generated(&folder, &document));
        let builder = Path::new(GENERATED).join("builder.rs");
        planted_faults::plant_in_generated(files.get_mut(&builder).unwrap());
        copy.write(&files);
        copy.specify(&document);
        copy
    }

    /// Says something else in the specification, while the crate stays as it is.
    pub fn specify(&self, document: &Value) {
        // JSON is YAML.
        fs::write(self.root.join(SPECIFICATION), document.to_string()).unwrap();
    }

    fn write(&self, files: &Files) {
        for old in self.files().keys().filter(|old| !files.contains_key(*old)) {
            fs::remove_file(self.root.join(old)).unwrap();
        }
        for (path, contents) in files {
            let path = self.root.join(path);
            if fs::read(&path).is_ok_and(|old| old == *contents) {
                continue;
            }
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, contents).unwrap();
        }
    }

    /// Runs these of the tests that follow the specification, without those that work in a copy themselves.
    pub fn test(&self, tests: &[&str], variables: &[(&str, &str)]) -> Outcome {
        let mut command = cargo();
        command
            .current_dir(&self.root)
            // All that is needed was needed to get here.
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_BUILD_BUILD_DIR", &self.target)
            .env("CARGO_TARGET_DIR", self.root.with_file_name("target"))
            // Neither is looked at, and both take time and space.
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .envs(variables.iter().copied());
        for package in PACKAGES {
            let profile = format!("profile.dev.package.{package}.{PROFILE}");
            command.args(["--config", &profile]);
        }
        // Of all packages, as the workspace is tested: their features decide whether a dependency is made anew.
        command.args(["test", "--locked", "--workspace"]);
        command.args(["--test", "specification", "--"]);
        command.args(tests).args(["--skip", IN_A_COPY]);
        run(&mut command).unwrap()
    }

    /// The files as they are now.
    pub fn files(&self) -> Files {
        files(&self.root)
    }
}

/// Today's specification with tomorrow's operations and these twins.
pub fn document(twins: Value) -> Value {
    let mut document = workspace::document().unwrap();
    let addition = include_bytes!("tomorrows_endpoint/addition.yaml");
    let addition = Document::parse("addition.yaml".as_ref(), addition).unwrap();
    merge(&mut document, addition.root().clone());
    merge(&mut document, twins);
    document
}

/// What is generated from a specification, by its path within the workspace.
fn generated(folder: &Path, document: &Value) -> Files {
    let folder = folder.join("generated");
    let sdk = folder.join("sdk");
    fs::create_dir_all(&sdk).unwrap();
    let specification = folder.join("par-ordering.yaml");
    fs::write(&specification, document.to_string()).unwrap();
    let mut command = cargo();
    command
        .current_dir(workspace::root().unwrap())
        .args(["run", "--quiet", "--offline", "--package", "xtask", "--"])
        .arg("generate")
        .arg("--spec")
        .arg(&specification)
        .arg("--out")
        .arg(&sdk);
    let Outcome { status, output } = run(&mut command).unwrap();
    assert!(status.success(), "{output}");
    let generated = files(&folder).into_iter();
    generated
        .filter(|(path, _)| path.starts_with("sdk"))
        .collect()
}

/// The files of this workspace.
pub fn files_of_workspace() -> Files {
    files(&workspace::root().unwrap())
}

fn files(root: &Path) -> Files {
    let mut files = Files::new();
    for part in PARTS {
        collect(root, Path::new(part), &mut files);
    }
    files
}

fn collect(root: &Path, path: &Path, files: &mut Files) {
    let full = root.join(path);
    if full.is_dir() {
        for entry in fs::read_dir(&full).unwrap() {
            let name = entry.unwrap().file_name();
            if !is_left_over(&name.to_string_lossy()) {
                collect(root, &path.join(name), files);
            }
        }
    } else if full.exists() {
        files.insert(path.to_owned(), fs::read(&full).unwrap());
    }
}

/// What is no part of the workspace, although it may lie about in it: what cargo makes, and snapshots that
/// nobody has accepted.
fn is_left_over(name: &str) -> bool {
    name == "target" || name.ends_with(".snap.new")
}

fn run(command: &mut Command) -> io::Result<Outcome> {
    let output = command.output()?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok(Outcome {
        status: output.status,
        output: text,
    })
}
