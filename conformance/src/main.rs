//! Tools made of the specification.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use conformance::load_server::{self, LoadServer};

/// Tools made of the specification.
#[derive(Parser)]
#[command(name = "conformance", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show the main job: a call through the sdk against a mock server on this machine.
    #[command(after_help = "Example: cargo run -p conformance -- demo")]
    Demo,
    /// Serve one answer to every request until the standard input ends, for measurements.
    #[command(after_help = "Example: cargo run -p conformance -- load-server --speaks http2")]
    LoadServer(LoadServer),
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Demo => conformance::demo::run().await,
        Command::LoadServer(arguments) => load_server::run(arguments).await.map_err(Into::into),
    };
    match outcome {
        Ok(text) => {
            // A reader that closes the pipe early has seen enough.
            let _ = io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            // Nobody is left to be told when this fails.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
