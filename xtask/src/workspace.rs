//! Where things are in this workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the workspace: this package stands directly below it.
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// The specification of this workspace.
pub fn specification() -> PathBuf {
    root().join("openapi").join("par-ordering.yaml")
}

/// The crate that is generated from it.
pub fn sdk() -> PathBuf {
    root().join("sdk")
}

/// Where the generated module of a crate is.
pub fn generated(crate_folder: &Path) -> PathBuf {
    crate_folder.join("src").join("generated")
}

/// The cargo that runs this command, in the workspace.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// The platform of this machine, as cargo names it.
pub fn host() -> Option<String> {
    let output = cargo().arg("-vV").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "))?;
    Some(host.to_owned())
}
