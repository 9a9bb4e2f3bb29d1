//! Runs cargo.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _};
use std::process::{Child, Command, ExitStatus, Output};

pub use openapi::workspace::cargo as command;

#[derive(Debug, thiserror::Error)]
pub enum CargoError {
    #[error("failed to start `{command}`: {source}")]
    Start { command: String, source: io::Error },
    /// With what it said, as far as that was not seen.
    #[error("failed to run `{command}` ({status}){words}")]
    Failed {
        command: String,
        status: ExitStatus,
        words: String,
    },
}

/// The platform of this machine, as cargo names it.
pub fn host() -> Option<String> {
    let output = command().arg("-vV").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "))?;
    Some(host.to_owned())
}

/// Lets cargo show its progress to somebody who looks at a terminal, and say nothing but warnings and errors
/// where its output is kept.
pub fn quiet_unless_watched(command: &mut Command) {
    if !io::stderr().is_terminal() {
        command.env("CARGO_TERM_QUIET", "true");
    }
}

/// Runs a command of cargo to its end. What it prints goes where the command's own goes, unless that is redirected.
pub fn finish(command: &mut Command) -> Result<Output, CargoError> {
    let name = describe(command);
    let output = match command.spawn().and_then(Child::wait_with_output) {
        Ok(output) => output,
        Err(source) => {
            let command = name;
            return Err(CargoError::Start { command, source });
        }
    };
    if output.status.success() {
        return Ok(output);
    }
    let said = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said));
    let said = said.iter().filter(|said| !said.trim().is_empty());
    Err(CargoError::Failed {
        command: name,
        status: output.status,
        words: said.map(|said| format!(":\n{}", said.trim_end())).collect(),
    })
}

/// A command of cargo as it is written in a shell.
pub fn describe(command: &Command) -> String {
    let arguments: Vec<&OsStr> = command.get_args().collect();
    format!(
        "cargo {}",
        arguments.join(OsStr::new(" ")).to_string_lossy()
    )
}
