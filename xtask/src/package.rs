//! The package that users get: what is inside, whether it builds by itself, and whether a new crate that depends on
//! it can do what the README says. Before that, whether version, changelog and tag agree.

mod contents;
mod readme_test;
mod release;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::cargo::{self, CargoError};
use crate::report::{self, Outcome};
use crate::workspace::Workspace;

const NAME: &str = "par-ordering";

/// Says what is wrong with what cargo puts into the package; unless it is only to be looked into, lets cargo package
/// and build it, and uses it from a new crate. Returns whether something is wrong.
pub fn run(only_contents: bool) -> Outcome {
    let workspace = Workspace::find()?;
    let metadata = metadata(&workspace)?;
    let mut problems = contents::missing_metadata(&metadata);
    problems.extend(contents::problems(&list(&workspace)?, &workspace.sdk())?);
    let version = metadata["version"].as_str().unwrap_or_default();
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
    // Apart from what is built for this workspace, where the same dependencies have other features.
    let target = workspace.root().join("target").join("packaged");
    package(&workspace, &target)?;
    // Where cargo unpacked and built it.
    let unpacked = target.join("package").join(format!("{NAME}-{version}"));
    readme_test::run(&workspace, &unpacked, &target)?;
    report::print(
        "The package is complete, builds, and a new crate passes the README's test with it.\n",
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

/// What the manifest says, with what it takes over from the workspace.
fn metadata(workspace: &Workspace) -> Result<Value, Box<dyn Error>> {
    let mut command = workspace.cargo();
    command
        .args(["metadata", "--no-deps", "--offline"])
        .args(["--format-version", "1"])
        .stdout(Stdio::piped());
    let output = cargo::finish(&mut command)?;
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let ours = packages.find(|package| package["name"] == NAME);
    ours.cloned()
        .ok_or_else(|| format!("failed to find {NAME} in what `cargo metadata` says").into())
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

fn package(workspace: &Workspace, target: &Path) -> Result<(), CargoError> {
    let mut fetch = workspace.cargo();
    fetch.args(["fetch", "--locked"]);
    if let Some(host) = cargo::host() {
        fetch.args(["--target", &host]);
    }
    let mut package = workspace.cargo();
    package
        .args(["package", "--package", NAME, "--allow-dirty", "--offline"])
        .arg("--target-dir")
        .arg(target);
    for mut command in [fetch, package] {
        cargo::quiet_unless_watched(&mut command);
        cargo::finish(command.stdout(Stdio::null()))?;
    }
    Ok(())
}
