//! Commands for the maintainers of this workspace; `cargo xtask` lists them. It depends on neither the sdk
//! nor the conformance crate, so that it can repair a crate that does not compile.

mod cargo;
mod ci;
mod cli;
mod compat;
mod cost;
mod demo;
mod drift;
mod generate;
mod lint;
mod package;
mod regenerate;
mod report;
mod workspace;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Arguments, Command};
use crate::report::Outcome;

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

fn run(command: Command) -> Outcome {
    match command {
        Command::Generate { check, spec, out } => regenerate::run(spec.spec, out, check),
        Command::Lint { spec, format } => lint::run(spec.spec, format),
        Command::Drift(arguments) => drift::run(&arguments),
        Command::Compat {
            spec,
            base_spec,
            base,
            format,
        } => {
            let spec = workspace::specification(spec.spec)?;
            match base_spec {
                Some(old) => compat::of_files(&old, &spec, format),
                None => compat::since_revision(base.as_deref(), &spec, format),
            }
        }
        Command::Package { only_contents } => package::run(only_contents),
        Command::Demo => demo::run(),
        Command::Cost(arguments) => cost::run(&arguments),
        Command::Ci => ci::run(),
    }
}
