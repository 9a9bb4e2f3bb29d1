//! Tools made of the specification.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use conformance::specification::Specification;

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
    /// Say where the crate and a specification disagree.
    #[command(after_help = "Example: cargo run -p conformance -- check\n\n\
        Exit code: 0 they agree; 3 they don't; 1 it could not be found out.")]
    Check {
        /// The specification [default: openapi/par-ordering.yaml].
        #[arg(long, value_name = "PATH")]
        spec: Option<PathBuf>,
    },
}

/// Exit code for "there is a difference", as opposed to "it could not be found out".
const DIFFERENT: u8 = 3;

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Demo => demo().await,
        Command::Check { spec } => check(spec).await,
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn demo() -> Result<ExitCode, Box<dyn Error>> {
    print!("{}", conformance::demo::run().await?);
    Ok(ExitCode::SUCCESS)
}

async fn check(path: Option<PathBuf>) -> Result<ExitCode, Box<dyn Error>> {
    let specification = match path {
        Some(path) => Specification::load(&path)?,
        None => Specification::of_workspace()?,
    };
    let deviations = conformance::check::deviations(&specification).await?;
    for deviation in &deviations {
        println!("{deviation}");
    }
    Ok(if deviations.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(DIFFERENT)
    })
}
