//! Tools made of the specification.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use conformance::testing::load_server::{self, LoadServer};

/// Tools made of the specification.
#[derive(Parser)]
#[command(
    name = "conformance",
    arg_required_else_help = true,
    after_help = "Example: cargo run -p conformance -- serve --port 0"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the contract against a live server: what comes, checked against the specification.
    Probe(conformance::probe::command::Arguments),
    /// Answer calls on this machine from the specification's examples, and refuse what it does not allow.
    #[command(
        after_help = "Example: cargo run -p conformance -- serve --port 4010 --mint --payment-page"
    )]
    Serve(conformance::serve::Arguments),
    /// Serve one answer to every request until the standard input ends, for measurements.
    #[command(after_help = "Example: cargo run -p conformance -- load-server --speaks http2")]
    LoadServer(LoadServer),
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // If this fails, there is nobody to tell.
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::FAILURE
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let outcome: Result<String, Box<dyn Error>> = match arguments.command {
        Command::Probe(arguments) => return conformance::probe::command::run(&arguments).await,
        Command::Serve(arguments) => conformance::serve::run(arguments)
            .await
            .map(|()| String::new())
            .map_err(Into::into),
        Command::LoadServer(arguments) => load_server::run(arguments).await.map_err(Into::into),
    };
    match outcome {
        Ok(text) => {
            // A reader that closes the pipe early has seen enough.
            let _ = io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            // If this fails, there is nobody to tell.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    /// How to find them is clap's business; that it is asked to is ours.
    #[test]
    fn what_is_mistyped_is_answered_with_what_there_is() {
        for (line, expected) in [
            ("serv", "similar subcommand exists: 'serve'"),
            ("serve --prot 1", "similar argument exists: '--port'"),
            (
                "probe --base-ulr a",
                "similar argument exists: '--base-url'",
            ),
        ] {
            let words = ["conformance"].into_iter().chain(line.split(' '));
            let error = Arguments::try_parse_from(words)
                .err()
                .map(|error| error.to_string());
            let error = error.unwrap_or_default();
            assert!(error.contains(expected), "{line}: {error}");
        }
    }

    #[test]
    fn every_command_has_a_line_of_help_for_each_argument_and_examples_that_are_understood() {
        let root = Arguments::command();
        let mut failures = Vec::new();
        for command in root.get_subcommands().chain([&root]) {
            let name = command.get_name();
            if command.get_about().is_none() {
                failures.push(format!("{name} does not say what it does"));
            }
            for argument in command.get_arguments() {
                if argument.get_help().is_none() {
                    failures.push(format!("{name}: {} has no help", argument.get_id()));
                }
            }
            let after = command.get_after_help().map(ToString::to_string);
            let examples: Vec<&str> = after
                .iter()
                .flat_map(|text| text.lines())
                .filter_map(|line| line.split_once("cargo run -p conformance -- "))
                .map(|(_, arguments)| arguments)
                .collect();
            if examples.is_empty() {
                failures.push(format!("{name} has no example"));
            }
            for example in examples {
                let words = ["conformance"].into_iter().chain(example.split(' '));
                if let Err(error) = Arguments::try_parse_from(words) {
                    failures.push(format!("{name}, {example}: {error}"));
                }
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
