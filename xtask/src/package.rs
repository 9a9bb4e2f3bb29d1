//! The package that users get: what is inside, whether it builds by itself, and whether a new crate that
//! depends on it can do what the README says.

mod archive;
mod contents;
mod new_crate;
mod readme;

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use crate::report;
use crate::workspace::{Workspace, WorkspaceError};

const NAME: &str = "par-ordering";

#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error("failed to start `cargo {command}`: {source}")]
    Start {
        command: &'static str,
        source: io::Error,
    },
    #[error("failed to run `cargo {command}` ({status}); what cargo says is above")]
    Cargo {
        command: &'static str,
        status: ExitStatus,
    },
    #[error(transparent)]
    Archive(#[from] archive::ArchiveError),
    #[error(transparent)]
    Contents(#[from] contents::ContentsError),
    #[error(transparent)]
    Readme(#[from] readme::ReadmeError),
    #[error(transparent)]
    NewCrate(#[from] new_crate::NewCrateError),
}

/// Packages the crate and says what is wrong with it; unless it is only to be looked into, builds it and
/// uses it from a new crate. Returns whether something is wrong.
pub fn run(only_contents: bool) -> Result<bool, PackageError> {
    let workspace = Workspace::find()?;
    // Apart from what is built for this workspace, where the same dependencies have other features.
    let target = workspace.root().join("target").join("packaged");
    package(&workspace, &target, only_contents)?;
    let archive = archive::unpack(&workspace, &target.join("package"), NAME)?;
    let problems = contents::problems(archive.root(), workspace.root())?;
    if !problems.is_empty() {
        for problem in &problems {
            report::print(&format!("error: {problem}\n"));
        }
        return Ok(true);
    }
    if only_contents {
        return Ok(false);
    }
    let test = readme::Test::read(&archive.root().join("README.md"))?;
    new_crate::run_test(&test, archive.root(), NAME, &workspace, &target)?;
    report::print(
        "The package is complete, builds, and a new crate passes the README's test with it.\n",
    );
    Ok(false)
}

fn package(workspace: &Workspace, target: &Path, only_contents: bool) -> Result<(), PackageError> {
    let mut command = workspace.cargo();
    command
        // Publishing refuses what is not committed; looking need not.
        .args(["package", "--package", NAME, "--allow-dirty", "--offline"])
        .args([OsString::from("--target-dir"), target.into()]);
    if only_contents {
        command.args(["--no-verify", "--quiet"]);
    } else {
        let mut fetch = workspace.cargo();
        fetch.args(["fetch", "--locked"]);
        if let Some(host) = workspace.host() {
            fetch.args(["--target".to_owned(), host]);
        }
        run_cargo("fetch", &mut fetch)?;
    }
    run_cargo("package", &mut command)
}

fn run_cargo(name: &'static str, command: &mut Command) -> Result<(), PackageError> {
    report::quiet_unless_watched(command);
    let status = command
        .stdout(Stdio::null())
        .status()
        .map_err(|source| PackageError::Start {
            command: name,
            source,
        })?;
    if status.success() {
        Ok(())
    } else {
        Err(PackageError::Cargo {
            command: name,
            status,
        })
    }
}
