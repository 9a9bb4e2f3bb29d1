//! Lint, drift and compat against a table on disk; `gate/README.md` explains it.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test a panic is the report"
)]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

#[path = "../src/drift/page/written.rs"]
mod written;

const FOLDERS: [&str; 4] = ["lint", "drift", "page", "compat"];

fn gate() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gate")
}

fn yaml(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// The base, and what a case makes of it.
struct Bench {
    folder: TempDir,
    spec: Value,
    /// The base with a request body.
    spec_with_body: Value,
    facts: Value,
}

fn patched(value: &Value, patch: &Value) -> Value {
    let patch: json_patch::Patch = serde_json::from_value(patch.clone()).unwrap();
    let mut value = value.clone();
    json_patch::patch(&mut value, &patch).unwrap();
    value
}

impl Bench {
    fn new() -> Self {
        let base = gate().join("base");
        let spec = yaml(&base.join("spec.yaml"));
        let bench = Self {
            folder: tempfile::tempdir().unwrap(),
            spec_with_body: patched(&spec, &yaml(&base.join("request-body.yaml"))),
            spec,
            facts: yaml(&base.join("published/get_order.json")),
        };
        bench.write("base.json", &bench.spec.to_string());
        bench.write("base-with-body.json", &bench.spec_with_body.to_string());
        bench.write("published/get_order.json", &bench.facts.to_string());
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What the command of a folder says of the base with a patch.
    fn say(&self, folder: &str, patch: &Value) -> String {
        let base = match folder {
            "page" => &self.facts,
            "compat" => &self.spec_with_body,
            _ => &self.spec,
        };
        let changed = patched(base, patch);
        match folder {
            "lint" => {
                self.write("spec.json", &changed.to_string());
                self.run(&["lint".as_ref(), self.path("spec.json").as_ref()])
            }
            "drift" => {
                self.write("spec.json", &changed.to_string());
                let spec = self.path("spec.json");
                self.run(&["drift".as_ref(), "--spec".as_ref(), spec.as_ref()])
            }
            "page" => {
                self.write("page.txt", &written::page(&changed));
                let (page, spec) = (self.path("page.txt"), self.path("base.json"));
                let arguments: [&OsStr; 5] = [
                    "drift".as_ref(),
                    "--page".as_ref(),
                    page.as_ref(),
                    "--spec".as_ref(),
                    spec.as_ref(),
                ];
                self.run(&arguments)
            }
            "compat" => {
                self.write("spec.json", &changed.to_string());
                let (base, spec) = (self.path("base-with-body.json"), self.path("spec.json"));
                self.run(&["compat".as_ref(), base.as_ref(), spec.as_ref()])
            }
            other => panic!("{other} is no folder of the gate"),
        }
    }

    fn run(&self, arguments: &[&OsStr]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .env_remove("NO_COLOR")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| {
            let folder = format!("{}/", self.folder.path().display());
            String::from_utf8_lossy(bytes).replace(&folder, "")
        };
        format!(
            "{}{}exit {}\n",
            text(&output.stdout),
            text(&output.stderr),
            output.status.code().unwrap()
        )
    }
}

/// Names of the files of a folder with that extension, without it.
fn names(folder: &str, extension: &str) -> BTreeSet<String> {
    fs::read_dir(gate().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension() == Some(extension.as_ref()))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn the_base_against_itself_gives_nothing() {
    let bench = Bench::new();
    let unchanged = Value::Array(Vec::new());
    let mut failures = Vec::new();
    for folder in FOLDERS {
        let expected = if folder == "drift" {
            "note: place_order has no published facts: nothing to hold it against\nexit 0\n"
        } else {
            "exit 0\n"
        };
        let said = bench.say(folder, &unchanged);
        if said != expected {
            failures.push(format!("{folder} says of the base:\n{said}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_case_says_what_is_written_down() {
    let write = std::env::var_os("GATE").is_some_and(|gate| gate == "write");
    let bench = Bench::new();
    let mut failures = Vec::new();
    let mut cases = 0;
    for folder in FOLDERS {
        let (patches, outputs) = (names(folder, "yaml"), names(folder, "out"));
        for name in &patches {
            cases += 1;
            let patch = yaml(&gate().join(folder).join(format!("{name}.yaml")));
            let said = bench.say(folder, &patch);
            let path = gate().join(folder).join(format!("{name}.out"));
            if write {
                fs::write(&path, &said).unwrap();
            }
            let expected = fs::read_to_string(&path)
                .unwrap_or_default()
                .replace("\r\n", "\n");
            if said != expected {
                failures.push(format!(
                    "{folder}/{name}: expected\n{expected}but it said\n{said}"
                ));
            }
        }
        for name in outputs.difference(&patches) {
            failures.push(format!("{folder}/{name}.out has no case"));
        }
    }
    assert!(cases >= 40, "only {cases} cases were found");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
