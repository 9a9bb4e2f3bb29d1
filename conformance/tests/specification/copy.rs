//! A copy of the workspace whose specification has more operations: those that the API might get tomorrow, those that
//! have each construct which is accepted, and for each fault of the crate a twin of today's operation in which it is
//! planted. All that follows from it is made and tested there. It is built once: the tests that use it differ in what its specification says meanwhile.
//!
//! It has a place of its own below the target folder and is written only where it differs; what cargo makes of
//! its dependencies it shares with the workspace.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use conformance::testing::document::merge;
use conformance::testing::workspace_copy::{
    Files, GENERATED, Outcome, cargo_in, files, generated, run, write,
};
use conformance::workspace;
use openapi::document::Document;
use openapi::workspace::SPECIFICATION;
use serde_json::Value;

use crate::constructs::{self, Table};
use crate::planted_faults;

/// Part of the names of tests that work in the copy: they are not run there.
const IN_A_COPY: &str = "in_a_copy";

/// What callers would write, as a test of the copy.
pub const CALLING: &str = "conformance/tests/calling.rs";

pub struct Copy {
    root: PathBuf,
    target: PathBuf,
    /// Only one process may work here at a time.
    _lock: File,
}

impl Copy {
    /// The copy with the faulty crate, and a specification that agrees with it.
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
        let mut files = hand_written();
        let specification = document.to_string();
        files.extend(generated(&folder.join("generated"), &specification).unwrap());
        files.insert(
            CALLING.into(),
            include_bytes!("tomorrows_endpoint/calling.rs").to_vec(),
        );
        let builder = Path::new(GENERATED).join("builder.rs");
        planted_faults::plant_in_generated(files.get_mut(&builder).unwrap());
        write(&copy.root, &files).unwrap();
        copy.specify(&document);
        copy
    }

    /// Changes the specification, while the crate stays as it is.
    pub fn specify(&self, document: &Value) {
        // JSON is YAML.
        fs::write(self.root.join(SPECIFICATION), document.to_string()).unwrap();
    }

    /// Runs these tests of the specification, without those that work in a copy themselves.
    pub fn test(&self, tests: &[&str], variables: &[(&str, &str)]) -> Outcome {
        let arguments = [&["specification", "--"], tests, &["--skip", IN_A_COPY]];
        self.run(&arguments.concat(), variables)
    }

    /// Runs what callers would write.
    pub fn call(&self) -> Outcome {
        self.run(&["calling"], &[("INSTA_UPDATE", "no")])
    }

    /// Runs a test binary.
    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
        let mut command = cargo_in(&self.root, &self.target, "dev");
        command
            // Neither is needed, and both take time and space.
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            // Each assertion reads the folder in which a new snapshot would wait. The one of the snapshots has thousands.
            .env("INSTA_PENDING_DIR", self.root.with_file_name("pending"))
            .envs(variables.iter().copied());
        // All packages, as in the workspace: their features decide whether a dependency is built again.
        command.args(["test", "--locked", "--workspace", "--test"]);
        command.args(arguments);
        run(&mut command).unwrap()
    }

    /// The files as they are now.
    pub fn files(&self) -> Files {
        files(&self.root).unwrap()
    }
}

/// Today's specification with the operations of tomorrow, all accepted constructs, and these twins.
pub fn document(twins: Value) -> Value {
    let mut document = workspace::document().unwrap();
    let addition = include_bytes!("tomorrows_endpoint/addition.yaml");
    let addition = Document::parse("addition.yaml".as_ref(), addition).unwrap();
    merge(&mut document, addition.root().clone());
    constructs::add_all(&Table::read().accepted, &mut document);
    merge(&mut document, twins);
    document
}

/// The files of this workspace. Only the copy's specification needs every part of the runtime, so what is unused there is
/// unused.
pub fn hand_written() -> Files {
    let mut files = files(&workspace::root().unwrap()).unwrap();
    let lib = files.get_mut(Path::new("sdk/src/lib.rs")).unwrap();
    let text = str::from_utf8(lib).unwrap();
    let denied = text.replacen("#[allow(\n    dead_code,", "#[deny(\n    dead_code,", 1);
    assert_ne!(text, denied, "unused code is not allowed to begin with");
    *lib = denied.into();
    files
}
