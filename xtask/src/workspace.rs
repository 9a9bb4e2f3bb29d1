//! Where things are in the workspace that this command works on.

use std::path::{Path, PathBuf};
use std::process::Command;

use openapi::document::Document;
use openapi::workspace::SPECIFICATION;

use crate::cargo;

pub use openapi::workspace::WorkspaceError;

pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace of the package that cargo runs, or else the one of the current folder.
    pub fn find() -> Result<Self, WorkspaceError> {
        let root = openapi::workspace::root()?;
        Ok(Self { root })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The specification of this workspace.
    pub fn specification(&self) -> PathBuf {
        self.root.join(SPECIFICATION)
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

/// Reads a specification that the option `--spec` can name.
pub fn load(specification: &Path) -> Result<Document, String> {
    Document::load(specification).map_err(|error| format!("{error}{}", error.spec_option()))
}

/// The specification that is named, or else the one of the workspace.
pub fn specification(named: Option<PathBuf>) -> Result<PathBuf, WorkspaceError> {
    named.map_or_else(|| Ok(Workspace::find()?.specification()), Ok)
}
