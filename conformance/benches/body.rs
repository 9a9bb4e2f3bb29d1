//! Bodies: encoding them, and calls with them. No operation of the specification has a body, so `body/addition.yaml`
//! adds one to a copy of the workspace, and `body/measured.rs` is built and run there.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use conformance::testing::comparison;
use conformance::testing::document::merge;
use conformance::testing::workspace_copy::{cargo_in, files, generated, write};
use conformance::workspace;
use openapi::document::Document;
use openapi::workspace::SPECIFICATION;

const BENCHES: &str = "conformance/benches";

fn main() -> Result<(), Box<dyn Error>> {
    if !comparison::is_asked_for() {
        return Ok(());
    }
    let workspace = workspace::root()?;
    let addition = workspace.join(BENCHES).join("body/addition.yaml");
    let mut document = workspace::document()?;
    merge(&mut document, Document::load(&addition)?.root().clone());
    let document = document.to_string();

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    let copy = folder.join("workspace");
    let mut files = files(&workspace)?;
    let measured = Path::new(BENCHES).join("body/measured.rs");
    let measured = files.get(&measured).cloned().unwrap_or_default();
    files.insert(Path::new(BENCHES).join("body.rs"), measured);
    files.insert(PathBuf::from(SPECIFICATION), document.clone().into());
    files.extend(generated(&folder.join("generated"), &document)?);
    write(&copy, &files)?;

    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .unwrap_or(&folder);
    let status = cargo_in(&copy, target, "bench")
        .args([
            "bench",
            "--locked",
            "--package",
            "conformance",
            "--bench",
            "body",
        ])
        .stdin(Stdio::null())
        .status()?;
    if status.success() {
        return Ok(());
    }
    Err("the bench in the copy failed".into())
}
