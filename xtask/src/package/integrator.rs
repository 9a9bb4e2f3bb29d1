//! The service in `conformance/integrator`, built and tested as whoever integrates the package has it.

use std::fs;
use std::io;
use std::path::Path;

use crate::package::new_crate::{self, NewCrateError};
use crate::workspace::Workspace;

/// What of the folder is the crate. What an editor built there is not.
const PARTS: [&str; 3] = ["Cargo.toml", "src", "tests"];

pub fn run(workspace: &Workspace, package: &Path, target: &Path) -> Result<(), NewCrateError> {
    let name = "integrator";
    let from = workspace.root().join("conformance").join(name);
    new_crate::test(name, workspace, package, target, |folder| {
        let mut parts = PARTS.iter();
        parts.try_for_each(|part| copy(&from.join(part), &folder.join(part)))
    })
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
