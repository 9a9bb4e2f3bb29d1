//! Commands for the maintainers of this workspace; `cargo xtask` lists them. It depends on neither the sdk
//! nor the conformance crate, so that it can repair a crate that does not compile.

mod ci;
mod cli;
mod compat;
mod cost;
mod demo;
mod drift;
mod gate;
mod generate;
mod lint;
mod package;
mod report;
mod workspace;

use std::error::Error;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Arguments, Command};
use crate::generate::generate;
use crate::generate::output::Files;
use crate::workspace::{Workspace, WorkspaceError};

/// Exit code for "there is a difference", as opposed to "it could not be found out".
const DIFFERENT: u8 = 3;

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(false) => ExitCode::SUCCESS,
        Ok(true) => ExitCode::from(DIFFERENT),
        Err(error) => {
            // Nobody is left to be told when this fails.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether there is something to be seen to.
fn run(command: Command) -> Result<bool, Box<dyn Error>> {
    Ok(match command {
        Command::Generate { check, spec, out } => run_generate(spec, out, check)?,
        Command::Lint { spec, format } => gate::lint(&specification(spec)?, format)?,
        Command::Drift(arguments) => gate::drift(arguments)?,
        Command::Compat {
            old,
            new,
            base,
            format,
        } => match (old, new) {
            (Some(old), Some(new)) => gate::compat_of_files(&old, &new, format)?,
            _ => gate::compat_since(base.as_deref(), format)?,
        },
        Command::Package { only_contents } => package::run(only_contents)?,
        Command::Demo => demo::run().map(|()| false)?,
        Command::Cost(arguments) => cost::run(&arguments).map(|()| false)?,
        Command::Ci => ci::run().map(|()| false)?,
    })
}

/// The specification that is named, or that of this workspace.
fn specification(named: Option<PathBuf>) -> Result<PathBuf, WorkspaceError> {
    named.map_or_else(|| Ok(Workspace::find()?.specification()), Ok)
}

fn run_generate(
    spec: Option<PathBuf>,
    out: Option<PathBuf>,
    check: bool,
) -> Result<bool, Box<dyn Error>> {
    let folder = match out {
        Some(folder) => folder,
        None => Workspace::find()?.sdk(),
    };
    let folder = workspace::generated(&folder);
    let new = generate(&specification(spec)?)?;
    let current = Files::read(&folder)?;
    if !check {
        if current != new {
            new.replace(&folder)?;
        }
        return Ok(false);
    }
    let diff = current.diff(&new);
    if diff.is_empty() {
        return Ok(false);
    }
    report::print(diff.as_bytes());
    let _ = writeln!(
        io::stderr(),
        "{} is stale: run `cargo xtask generate`",
        folder.display()
    );
    Ok(true)
}
