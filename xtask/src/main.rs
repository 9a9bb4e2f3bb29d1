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

use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Arguments, Command};
use crate::generate::generate;
use crate::generate::output::Files;

/// Exit code for "there is a difference", as opposed to "it could not be found out".
const DIFFERENT: u8 = 3;

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Generate { check, spec, out } => {
            let specification = spec.unwrap_or_else(workspace::specification);
            let folder = workspace::generated(&out.unwrap_or_else(workspace::sdk));
            run_generate(&specification, &folder, check)
        }
        Command::Lint { spec, format } => {
            let specification = spec.unwrap_or_else(workspace::specification);
            gate::lint(&specification, format)
                .map(different_if)
                .map_err(into_message)
        }
        Command::Drift(arguments) => gate::drift(arguments)
            .map(different_if)
            .map_err(into_message),
        Command::Compat {
            old,
            new,
            base,
            format,
        } => match (old, new) {
            (Some(old), Some(new)) => gate::compat_of_files(&old, &new, format),
            _ => gate::compat_since(workspace::root(), base.as_deref(), format),
        }
        .map(different_if)
        .map_err(into_message),
        Command::Package { only_contents } => package::run(only_contents)
            .map(different_if)
            .map_err(into_message),
        Command::Demo => demo::run()
            .map(|()| ExitCode::SUCCESS)
            .map_err(into_message),
        Command::Cost(arguments) => cost::run(&arguments)
            .map(|()| ExitCode::SUCCESS)
            .map_err(into_message),
        Command::Ci => ci::run().map(|()| ExitCode::SUCCESS).map_err(into_message),
    };
    outcome.unwrap_or_else(|message| {
        // Nobody is left to be told when this fails.
        let _ = writeln!(io::stderr(), "error: {message}");
        ExitCode::FAILURE
    })
}

fn run_generate(specification: &Path, folder: &Path, check: bool) -> Result<ExitCode, String> {
    let new = generate(specification).map_err(into_message)?;
    let current = Files::read(folder).map_err(into_message)?;
    if !check {
        if current != new {
            new.replace(folder).map_err(into_message)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let diff = current.diff(&new);
    if diff.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    report::print(diff.as_bytes());
    let _ = writeln!(
        io::stderr(),
        "{} is stale: run `cargo xtask generate`",
        folder.display()
    );
    Ok(ExitCode::from(DIFFERENT))
}

fn different_if(different: bool) -> ExitCode {
    if different {
        ExitCode::from(DIFFERENT)
    } else {
        ExitCode::SUCCESS
    }
}

fn into_message(error: impl Display) -> String {
    error.to_string()
}
