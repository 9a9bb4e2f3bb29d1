//! The file that cargo makes of a crate, unpacked.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use semver::Version;
use tempfile::TempDir;

use crate::workspace::Workspace;

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("failed to find the version in {}: {message}", path.display())]
    Version { path: PathBuf, message: String },
    #[error("failed to unpack {}: {source}", path.display())]
    Unpack { path: PathBuf, source: io::Error },
}

/// A package in a folder of its own, outside of this workspace; removed when dropped.
pub struct Archive {
    _folder: TempDir,
    root: PathBuf,
}

impl Archive {
    pub fn root(&self) -> &Path {
        &self.root
    }
}

/// Unpacks the package of the crate's present version.
pub fn unpack(workspace: &Workspace, folder: &Path, name: &str) -> Result<Archive, ArchiveError> {
    let stem = format!("{name}-{}", version(workspace)?);
    let path = folder.join(format!("{stem}.crate"));
    let failed = |source| ArchiveError::Unpack {
        path: path.clone(),
        source,
    };
    let temporary = tempfile::tempdir().map_err(failed)?;
    let file = File::open(&path).map_err(failed)?;
    tar::Archive::new(GzDecoder::new(file))
        .unpack(temporary.path())
        .map_err(failed)?;
    Ok(Archive {
        root: temporary.path().join(stem),
        _folder: temporary,
    })
}

fn version(workspace: &Workspace) -> Result<Version, ArchiveError> {
    let path = workspace.sdk().join("Cargo.toml");
    let failed = |message: String| ArchiveError::Version {
        path: path.clone(),
        message,
    };
    let text = fs::read_to_string(&path).map_err(|error| failed(error.to_string()))?;
    let manifest: toml::Table = toml::from_str(&text).map_err(|error| failed(error.to_string()))?;
    let version = manifest
        .get("package")
        .and_then(|package| package.get("version"))
        .and_then(toml::Value::as_str)
        .ok_or_else(|| failed("`package.version` is no text".to_owned()))?;
    Version::parse(version).map_err(|error| failed(error.to_string()))
}
