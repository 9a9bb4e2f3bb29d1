//! The specification that a program here uses: that of the workspace in which it runs, or another one by path.

use std::path::{Path, PathBuf};

use openapi::document::{Document, LoadError};
use openapi::specification::{Specification, SpecificationError};
use openapi::workspace::{SPECIFICATION, WorkspaceError};
use serde_json::Value;

pub use openapi::workspace::root;

/// Why there is no specification.
#[derive(Debug, thiserror::Error)]
pub enum NoSpecification {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error("{0}, or name a specification with --spec")]
    NotNamed(WorkspaceError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Specification(#[from] SpecificationError),
}

/// The specification of the workspace.
///
/// # Errors
///
/// There is no workspace, or its specification can't be read.
pub fn specification() -> Result<Specification, NoSpecification> {
    Ok(Specification::load(&file()?)?)
}

/// The same as an untyped document.
///
/// # Errors
///
/// There is no workspace, or its specification is not a document.
pub fn document() -> Result<Value, NoSpecification> {
    Ok(Document::load(&file()?)?.root().clone())
}

/// The specification of the option `--spec`, or else that of the workspace.
///
/// # Errors
///
/// There is neither the option nor a workspace, or the file can't be read.
pub fn named_or_own(spec: Option<&Path>) -> Result<Specification, NoSpecification> {
    Ok(Specification::load(&named_or_own_file(spec)?)?)
}

/// The same as an untyped document.
///
/// # Errors
///
/// There is neither the option nor a workspace, or the file is not a document.
pub fn named_or_own_document(spec: Option<&Path>) -> Result<Document, NoSpecification> {
    Ok(Document::load(&named_or_own_file(spec)?)?)
}

fn named_or_own_file(spec: Option<&Path>) -> Result<PathBuf, NoSpecification> {
    match spec {
        Some(spec) => Ok(spec.to_owned()),
        None => file().map_err(NoSpecification::NotNamed),
    }
}

fn file() -> Result<PathBuf, WorkspaceError> {
    Ok(root()?.join(SPECIFICATION))
}
