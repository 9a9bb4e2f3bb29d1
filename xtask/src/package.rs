//! The package that users get: whether version, changelog and tag agree, what is inside, and whether crates outside of
//! this workspace that depend on it can do what the README says and what a service needs.

mod contents;
mod integrator;
mod new_crate;
mod readme_test;
mod release;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::cargo::{self, CargoError};
use crate::report::{self, Outcome};
use crate::workspace::Workspace;

const NAME: &str = "par-ordering";

/// Says what is wrong with version, changelog, tag and what cargo puts into the package. Then, unless only that was asked
/// for, lets cargo pack it and tests two crates outside of this workspace with it. Returns whether something is wrong.
pub fn run(only_contents: bool) -> Outcome {
    let workspace = Workspace::find()?;
    let metadata = metadata(&workspace)?;
    let mut problems = contents::missing_metadata(&metadata.package);
    problems.extend(contents::problems(&list(&workspace)?, &workspace.sdk())?);
    let version = metadata.package["version"].as_str().unwrap_or_default();
    problems.extend(release_problems(&workspace, version)?);
    for problem in &problems {
        report::print(&format!("error: {problem}\n"));
    }
    if !problems.is_empty() {
        return Ok(true);
    }
    report::print(&format!(
        "checked version {version}, changelog, tag and what is in the package: nothing found\n"
    ));
    if only_contents {
        return Ok(false);
    }
    let target = metadata.target_directory;
    let unpacked = package(&workspace, &target, &metadata.package)?;
    readme_test::run(&workspace, &unpacked, &target)?;
    integrator::run(&workspace, &unpacked, &target)?;
    report::print(
        "The package is complete, and with it a new crate passes the README's test, and a service its own.\n",
    );
    Ok(false)
}

/// What does not agree of version, changelog and tag. Without git there is no tag to be checked.
fn release_problems(workspace: &Workspace, version: &str) -> Result<Vec<String>, String> {
    let changelog = fs::read_to_string(workspace.root().join(release::CHANGELOG))
        .map_err(|error| format!("failed to read {}: {error}", release::CHANGELOG))?;
    let tags = release::tags(workspace.root()).unwrap_or_else(|reason| {
        report::print(&format!("note: no tag was checked: {reason}\n"));
        Vec::new()
    });
    Ok(release::problems(version, &changelog, &tags))
}

struct Metadata {
    /// What the manifest says, with what it takes over from the workspace.
    package: Value,
    target_directory: PathBuf,
}

fn metadata(workspace: &Workspace) -> Result<Metadata, Box<dyn Error>> {
    let mut command = workspace.cargo();
    command
        .args(["metadata", "--no-deps", "--offline"])
        .args(["--format-version", "1"])
        .stdout(Stdio::piped());
    let output = cargo::finish(&mut command)?;
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let ours = packages.find(|package| package["name"] == NAME);
    let (Some(package), Some(target)) = (ours, metadata["target_directory"].as_str()) else {
        return Err(format!("failed to find {NAME} in what `cargo metadata` says").into());
    };
    Ok(Metadata {
        package: package.clone(),
        target_directory: target.into(),
    })
}

/// The names of the files that cargo puts into the package, with `/`.
fn list(workspace: &Workspace) -> Result<Vec<String>, CargoError> {
    let mut command = workspace.cargo();
    command
        // Publishing refuses what is not committed; looking need not.
        .args(["package", "--list", "--package", NAME, "--allow-dirty"])
        .args(["--offline", "--quiet"])
        .stdout(Stdio::piped());
    let output = cargo::finish(&mut command)?;
    let names = String::from_utf8_lossy(&output.stdout).replace('\\', "/");
    Ok(names.lines().map(str::to_owned).collect())
}

/// Packs and unpacks the crate; returns where. That it builds is for those to show who depend on it.
fn package(
    workspace: &Workspace,
    target: &Path,
    package: &Value,
) -> Result<PathBuf, Box<dyn Error>> {
    let mut fetch = workspace.cargo();
    fetch.args(["fetch", "--locked"]);
    if let Some(host) = cargo::host() {
        fetch.args(["--target", &host]);
    }
    let mut pack = workspace.cargo();
    pack.args(["package", "--package", NAME, "--allow-dirty", "--offline"])
        .args(["--no-verify", "--target-dir"])
        .arg(target);
    for mut command in [fetch, pack] {
        cargo::quiet_unless_watched(&mut command);
        cargo::finish(command.stdout(Stdio::null()))?;
    }
    let version = package["version"].as_str().unwrap_or_default();
    let name = format!("{NAME}-{version}");
    let folder = target.join("package");
    let unpacked = folder.join(&name);
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked)?;
    }
    let mut unpack = Command::new("tar");
    // With the time of now, so that cargo sees what has changed since the last time.
    unpack
        .current_dir(&folder)
        .args(["-x", "-z", "-m", "-f"])
        .arg(format!("{name}.crate"));
    let said = unpack.output();
    match said {
        Ok(said) if said.status.success() => Ok(unpacked),
        Ok(said) => {
            let said = String::from_utf8_lossy(&said.stderr);
            Err(format!("failed to unpack {name}.crate: {}", said.trim_end()).into())
        }
        Err(error) => {
            Err(format!("failed to start `tar`, which unpacks the crate: {error}").into())
        }
    }
}
