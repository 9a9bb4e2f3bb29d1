//! The commands and their arguments.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::cost::Cost;
use crate::drift::Drift;
use crate::report::Format;

/// Commands for the maintainers of this workspace.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    arg_required_else_help = true,
    after_help = "Examples: cargo xtask demo\n          \
        cargo xtask help drift"
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Regenerate the sdk from the specification.
    #[command(after_help = "Example: cargo xtask generate --check\n\n\
        Exit code: 0 generated, or fresh; 3 stale (with --check); 1 failed.")]
    Generate {
        /// Write nothing: print how the generated files differ.
        #[arg(long)]
        check: bool,
        /// The specification [default: openapi/par-ordering.yaml].
        #[arg(long, value_name = "PATH")]
        spec: Option<PathBuf>,
        /// Folder of the crate to generate into, below src/generated [default: sdk].
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Check the specification for what the generator would mistranslate, and for poor documentation.
    #[command(after_help = "Example: cargo xtask lint\n\n\
        Exit code: 0 nothing found; 3 something found; 1 failed.\n\
        Errors keep `generate` from running; warnings do not.")]
    Lint {
        /// The specification [default: openapi/par-ordering.yaml].
        #[arg(value_name = "SPEC")]
        spec: Option<PathBuf>,
        /// How to print what was found.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Check the specification against the published facts, or a page against what is stored of it.
    #[command(after_help = "Examples: cargo xtask drift\n          \
        cargo xtask drift --page page.txt --accept\n\n\
        Exit code: 0 the same, or accepted; 3 different; 1 failed.")]
    Drift(Drift),
    /// Say what a change of the specification means for users of the crate and on the wire.
    #[command(after_help = "Examples: cargo xtask compat --base v0.1.0\n          \
        cargo xtask compat old.yaml new.yaml\n\n\
        Exit code: 0 nothing broken, or the version of the crate was raised; 3 otherwise; 1 failed.")]
    Compat {
        /// A specification [default: that of the base].
        #[arg(value_name = "OLD", requires = "new", conflicts_with = "base")]
        old: Option<PathBuf>,
        /// What became of it [default: that of the working tree].
        #[arg(value_name = "NEW")]
        new: Option<PathBuf>,
        /// The revision to compare with [default: the merge base with the upstream branch, or HEAD^ where that is HEAD].
        #[arg(long, value_name = "REV")]
        base: Option<String>,
        /// How to print what was found.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Package the crate, check what is inside, and use it from a new crate as the README says.
    #[command(after_help = "Examples: cargo xtask package\n          \
        cargo xtask package --only-contents\n\n\
        Exit code: 0 all is well; 3 something is wrong with what is inside; 1 failed.")]
    Package {
        /// Build nothing: only check what is inside.
        #[arg(long)]
        only_contents: bool,
    },
    /// Show the main job: a call through the sdk against a mock server on this machine.
    #[command(after_help = "Example: cargo xtask demo")]
    Demo,
    /// Say what it costs to depend on the crate: crates and clean build time, next to a plain program.
    #[command(after_help = "Examples: cargo xtask cost --runs 3\n          \
        cargo xtask cost --crates-only\n\n\
        Exit code: 0 measured, whatever was found; 1 failed.")]
    Cost(Cost),
    /// Run all checks and tests, as CI does.
    #[command(after_help = "Example: cargo xtask ci")]
    Ci,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    /// The command and all below it, but for the one that clap adds.
    fn tree(command: &clap::Command) -> Vec<&clap::Command> {
        let below = command.get_subcommands().flat_map(tree);
        [command].into_iter().chain(below).collect()
    }

    /// What clap answers to a line, if it does not go on to a command.
    fn answer(line: &str) -> Option<clap::Error> {
        let words = ["cargo xtask"].into_iter().chain(line.split_whitespace());
        Arguments::try_parse_from(words).err()
    }

    #[test]
    fn every_command_says_in_a_line_what_it_does_and_every_argument_what_it_is() {
        let root = Arguments::command();
        let mut failures = Vec::new();
        for command in tree(&root) {
            let about = command.get_about().map(ToString::to_string);
            if about.is_none_or(|about| about.lines().count() != 1) {
                failures.push(format!("{command} does not say in a line what it does"));
            }
            for argument in command.get_arguments() {
                let help = argument.get_help().map(ToString::to_string);
                if help.is_none_or(|help| help.is_empty()) {
                    failures.push(format!("{command}: {argument} has no help"));
                }
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn every_help_has_examples_that_are_understood() {
        let root = Arguments::command();
        let mut failures = Vec::new();
        for command in tree(&root) {
            let after = command.get_after_help().map(ToString::to_string);
            let after = after.unwrap_or_default();
            let examples = after
                .lines()
                .filter_map(|line| line.split_once("cargo xtask "));
            let mut count = 0;
            for (_, example) in examples {
                count += 1;
                // Help is an answer as well.
                let misunderstood = answer(example).filter(|error| error.exit_code() != 0);
                failures
                    .extend(misunderstood.map(|error| format!("{command}, {example}: {error}")));
            }
            if count == 0 {
                failures.push(format!("{command} has no example"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    /// How to find them is clap's business; that it is asked to is ours.
    #[test]
    fn what_is_mistyped_or_missing_is_answered_with_what_there_is() {
        for (line, expected) in [
            ("generat", "similar subcommand exists: 'generate'"),
            ("lint --format jsn", "similar value exists: 'json'"),
            ("", "  generate  Regenerate the sdk"),
        ] {
            let answer = answer(line).unwrap().to_string();
            assert!(answer.contains(expected), "{line}: {answer}");
        }
    }
}
