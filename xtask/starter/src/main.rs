//! What `cargo xtask` runs first. The demo is shown from here: whoever tries it for the first time need not wait for
//! what generates the crate. Every other command is one of the package `xtask`, which is built for it.

mod demo;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let outcome = if arguments == ["demo"] {
        demo::run().map(|()| ExitCode::SUCCESS)
    } else {
        hand_on(&arguments)
    };
    outcome.unwrap_or_else(|error| {
        // Nobody is left to be told when this fails.
        let _ = writeln!(io::stderr(), "error: {error}");
        ExitCode::FAILURE
    })
}

/// Lets the package `xtask` do it, and ends with its exit code.
fn hand_on(arguments: &[OsString]) -> Result<ExitCode, String> {
    let mut command = cargo();
    command.args(["run", "--package", "xtask", "--"]);
    let status = command.args(arguments).status().map_err(not_started)?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The cargo that runs this program.
fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn not_started(error: io::Error) -> String {
    format!("failed to start cargo: {error}")
}
