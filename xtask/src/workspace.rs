//! Where things are in the workspace that this command works on. That is found out when it runs: checkouts that
//! share a target folder share the executable, and where it was compiled is only one of them.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo;

#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    #[error("failed to find the workspace: `cargo locate-project` does not start: {0}")]
    Start(io::Error),
    #[error("failed to find the workspace: {problem}; run this inside of a checkout of it")]
    Elsewhere { problem: String },
}

pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace of the package that cargo runs, or else the one of the current folder.
    pub fn find() -> Result<Self, WorkspaceError> {
        let root = match env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from) {
            // This package stands directly below the root.
            Some(package) => package.parent().unwrap_or(&package).to_owned(),
            None => locate()?,
        };
        if !root.join("xtask").join("Cargo.toml").is_file() {
            let problem = format!("{} is not the one that has xtask", root.display());
            return Err(WorkspaceError::Elsewhere { problem });
        }
        Ok(Self { root })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The specification of this workspace.
    pub fn specification(&self) -> PathBuf {
        self.root.join("openapi").join("par-ordering.yaml")
    }

    /// The crate that is generated from it.
    pub fn sdk(&self) -> PathBuf {
        self.root.join("sdk")
    }

    /// The cargo that runs this command, in the workspace.
    pub fn cargo(&self) -> Command {
        let mut command = cargo::command();
        command.current_dir(&self.root);
        command
    }
}

/// The specification that is named, or else the one of the workspace.
pub fn specification(named: Option<PathBuf>) -> Result<PathBuf, WorkspaceError> {
    named.map_or_else(|| Ok(Workspace::find()?.specification()), Ok)
}

fn locate() -> Result<PathBuf, WorkspaceError> {
    let output = cargo::command()
        .args(["locate-project", "--workspace", "--message-format", "plain"])
        .output()
        .map_err(WorkspaceError::Start)?;
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if !output.status.success() {
        let problem = words(&output.stderr);
        let problem = problem.strip_prefix("error: ").unwrap_or(&problem);
        return Err(WorkspaceError::Elsewhere {
            problem: problem.to_owned(),
        });
    }
    let manifest = PathBuf::from(words(&output.stdout));
    Ok(manifest.parent().unwrap_or(&manifest).to_owned())
}
