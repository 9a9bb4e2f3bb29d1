//! A crate of a stranger: outside of this workspace, with nothing but the unpacked package and what its own manifest asks
//! for.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Stdio;

use crate::cargo::{self, CargoError};
use crate::report;
use crate::workspace::Workspace;

#[derive(Debug, thiserror::Error)]
pub enum NewCrateError {
    #[error("failed to write the crate `{name}`: {source}")]
    Write {
        name: &'static str,
        source: io::Error,
    },
    #[error("failed to pass the tests of the crate `{name}` with the package: {source}")]
    Test {
        name: &'static str,
        source: CargoError,
    },
    #[error("failed to find that a test of the crate `{name}` ran:\n{output}")]
    NoTest { name: &'static str, output: String },
}

/// Runs its tests, offline and with the versions that this workspace has locked. `write` makes its files in a folder, of
/// which the manifest names the registry's crate: the package stands in for that, so that the manifest's version counts.
pub fn test(
    name: &'static str,
    workspace: &Workspace,
    package: &Path,
    target: &Path,
    write: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), NewCrateError> {
    // The same place each time, so that what was built there before is replaced.
    let folder = target.join("package").join(name);
    prepare(&folder, workspace, package, write)
        .map_err(|source| NewCrateError::Write { name, source })?;
    let mut command = workspace.cargo();
    cargo::quiet_unless_watched(&mut command);
    command
        .current_dir(&folder)
        .args(["test", "--offline", "--test", "*"])
        .env("CARGO_TARGET_DIR", target)
        .stdout(Stdio::piped());
    let output =
        cargo::finish(&mut command).map_err(|source| NewCrateError::Test { name, source })?;
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    if !some_test_passed(&output) {
        return Err(NewCrateError::NoTest { name, output });
    }
    report::print(&output);
    Ok(())
}

fn prepare(
    folder: &Path,
    workspace: &Workspace,
    package: &Path,
    write: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    write(folder)?;
    let of_workspace = fs::read_to_string(workspace.root().join("Cargo.toml"))?;
    let manifest = folder.join("Cargo.toml");
    let text = fs::read_to_string(&manifest)?;
    fs::write(manifest, with_package(&text, package, &of_workspace))?;
    // What is not needed of it cargo takes out.
    let lock = workspace.root().join("Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).map(drop)
}

/// Built with the profiles of the workspace, so that what both depend on with the same features is built once.
fn with_package(manifest: &str, package: &Path, of_workspace: &str) -> String {
    let path = toml::Value::String(package.display().to_string());
    let profiles: toml::Table = toml::from_str(of_workspace).unwrap_or_default();
    let profiles = profiles.into_iter().filter(|(name, _)| name == "profile");
    let profiles = toml::Table::from_iter(profiles);
    format!(
        "{manifest}\n[patch.crates-io]\n{} = {{ path = {path} }}\n\n{profiles}",
        super::NAME
    )
}

fn some_test_passed(output: &str) -> bool {
    output
        .lines()
        .filter_map(|line| line.strip_prefix("test result: ok. "))
        .any(|rest| !rest.starts_with("0 "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_stands_in_for_the_registrys_wherever_it_is() {
        let path = Path::new("a \"folder\"\\of'mine");
        let profile = "[workspace]\n\n[profile.dev.package.\"*\"]\ndebug = false\n";
        let manifest = with_package("[dependencies]\npar-ordering = \"0.1\"\n", path, profile);
        let table: toml::Table =
            toml::from_str(&manifest).unwrap_or_else(|error| panic!("{error}\n{manifest}"));
        assert_eq!(table["dependencies"]["par-ordering"].as_str(), Some("0.1"));
        let patch = &table["patch"]["crates-io"]["par-ordering"]["path"];
        assert_eq!(patch.as_str(), path.to_str());
        let debug = &table["profile"]["dev"]["package"]["*"]["debug"];
        assert_eq!(debug.as_bool(), Some(false));
        assert!(!table.contains_key("workspace"));
    }

    #[test]
    fn a_run_without_a_test_is_no_success() {
        for (output, passed) in [
            (
                "running 1 test\ntest result: ok. 1 passed; 0 failed\n",
                true,
            ),
            (
                "running 0 tests\ntest result: ok. 0 passed; 0 failed\n",
                false,
            ),
            ("", false),
        ] {
            assert_eq!(some_test_passed(output), passed, "{output}");
        }
    }
}
