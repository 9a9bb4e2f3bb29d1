//! What a change of the specification means for users of the crate and on the wire.

mod base;
mod change;
mod difference;
mod direction;
mod operations;
mod schemas;
mod version;

use std::path::Path;

use semver::Version;

use crate::workspace::WorkspaceError;
use openapi::document::{Document, LoadError};

pub use base::{BaseError, NoBase};
pub use change::Change;
pub use version::Bump;

#[derive(Debug, thiserror::Error)]
pub enum CompatError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Base(#[from] BaseError),
}

/// Changes from one specification to the other.
pub fn between(old: &Path, new: &Path) -> Result<Vec<Change>, CompatError> {
    let (old, new) = (Document::load(old)?, Document::load(new)?);
    Ok(difference::changes(&old, &new))
}

/// The changes since a revision, and what became of the crate's version.
pub struct Since {
    pub changes: Vec<Change>,
    pub bump: Bump,
    pub old: Version,
    pub new: Version,
}

/// Holds the specification below `root` against that of a revision, by default of the merge base.
pub fn since(root: &Path, revision: Option<&str>) -> Result<Result<Since, NoBase>, CompatError> {
    let base = match base::read(root, revision)? {
        Ok(base) => base,
        Err(none) => return Ok(Err(none)),
    };
    let new = Document::load(&root.join(base::SPECIFICATION))?;
    let changes = difference::changes(&base.specification, &new);
    Ok(Ok(Since {
        bump: Bump::of(&changes),
        changes,
        old: base.version,
        new: base::version_now(root)?,
    }))
}
