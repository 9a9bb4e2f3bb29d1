//! Finds the workspace that a program works on, when the program runs: checkouts that share a target folder share the
//! executable, which was compiled in one of them.

use std::env;
use std::io;
use std::path::PathBuf;
use std::process::Command;

/// The specification, within the workspace.
pub const SPECIFICATION: &str = "openapi/par-ordering.yaml";

/// Why there is no workspace.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    #[error("failed to find the workspace: `cargo locate-project` does not start: {0}")]
    Start(io::Error),
    #[error("failed to find the workspace: {problem}; run this inside of a checkout of it")]
    Elsewhere { problem: String },
}

/// The root of the workspace of the package that cargo runs, or else of the current folder.
///
/// # Errors
///
/// That is not a checkout of this workspace.
pub fn root() -> Result<PathBuf, WorkspaceError> {
    let root = match env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from) {
        // Each package is directly below the root.
        Some(package) => package.parent().unwrap_or(&package).to_owned(),
        None => locate()?,
    };
    if !root.join(SPECIFICATION).is_file() {
        let problem = format!("{} has no {SPECIFICATION}", root.display());
        return Err(WorkspaceError::Elsewhere { problem });
    }
    Ok(root)
}

/// The cargo that runs this program.
#[must_use]
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn locate() -> Result<PathBuf, WorkspaceError> {
    let output = cargo()
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
