//! The commands and their arguments.

use std::convert::Infallible;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::cost::Cost;
use crate::drift::Drift;
use crate::report::Format;

/// Commands for the maintainers of this workspace.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    arg_required_else_help = true,
    after_help = help(&["demo", "help drift"], "all is well", Some("something was found or differs"))
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Regenerate the sdk from the specification.
    #[command(after_help = help(&["generate --check"], "generated, or fresh", Some("stale (with --check)")))]
    Generate {
        /// Write nothing: print how the generated files differ.
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        spec: NamedSpecification,
        /// Folder of the crate to generate into, below src/generated [default: sdk].
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Check the specification for what the generator would mistranslate, and for poor documentation.
    ///
    /// Errors keep `generate` from running; warnings do not.
    #[command(after_help = help(&["lint"], "nothing found", Some("something found")))]
    Lint {
        #[command(flatten)]
        spec: NamedSpecification,
        /// How to print what was found.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Check the specification against the published facts, or a page against what is stored of it.
    #[command(after_help = help(
        &["drift", "drift --page page.txt --accept"],
        "the same, or accepted",
        Some("different"),
    ))]
    Drift(Drift),
    /// Say what a change of the specification means for users of the crate and on the wire.
    #[command(after_help = help(
        &["compat --base v0.1.0", "compat --base-spec old.yaml --spec new.yaml"],
        "nothing broken, or the version of the crate was raised",
        Some("otherwise"),
    ))]
    Compat {
        #[command(flatten)]
        spec: NamedSpecification,
        /// Compare with this specification instead of that of a revision.
        #[arg(long, value_name = "PATH", conflicts_with = "base")]
        base_spec: Option<PathBuf>,
        /// The revision to compare with [default: the merge base with the upstream branch, or HEAD^ where that is HEAD].
        #[arg(long, value_name = "REV")]
        base: Option<String>,
        /// How to print what was found.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Check version, changelog, tag and contents of the package, and use it from two crates outside of this workspace.
    #[command(after_help = help(
        &["package", "package --only-contents"],
        "all is well",
        Some("something is wrong with what is inside, or with version, changelog and tag"),
    ))]
    Package {
        /// Build nothing: only check what is inside, and version, changelog and tag.
        #[arg(long)]
        only_contents: bool,
    },
    /// Show the main job: calls through the sdk against a mock of the API on this machine.
    #[command(after_help = help(&["demo"], "shown", None))]
    Demo,
    /// Say what it costs to depend on the crate: crates and clean build time, next to a plain program.
    #[command(after_help = help(
        &["cost --runs 3", "cost --crates-only"],
        "measured, whatever was found",
        None,
    ))]
    Cost(Cost),
    /// Run all checks and tests, as CI does.
    #[command(after_help = help(&["ci"], "all passed", None))]
    Ci,
}

/// How every command is told which specification to work on.
#[derive(Args)]
pub struct NamedSpecification {
    /// The specification [default: openapi/par-ordering.yaml].
    #[arg(long, value_name = "PATH")]
    pub spec: Option<PathBuf>,
    /// Not by its position.
    #[arg(hide = true, value_name = "SPEC", value_parser = not_by_position)]
    #[allow(dead_code, reason = "no value gets through")]
    by_position: Vec<Infallible>,
}

fn not_by_position(text: &str) -> Result<Infallible, String> {
    Err(format!("name a specification with `--spec {text}`"))
}

/// What stands below the options of a command: examples, and what its exit codes mean. These are the same for all.
fn help(examples: &[&str], done: &str, different: Option<&str>) -> String {
    let title = if examples.len() == 1 {
        "Example: "
    } else {
        "Examples: "
    };
    let separator = format!("\n{:1$}cargo xtask ", "", title.len());
    let different = different.map_or_else(String::new, |different| format!("; 3 {different}"));
    format!(
        "{title}cargo xtask {}\n\nExit code: 0 {done}{different}; 1 failed; 2 wrong arguments.",
        examples.join(&separator)
    )
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
            ("lnit", "similar subcommand exists: 'lint'"),
            ("generate --chekc", "similar argument exists: '--check'"),
            (
                "compat --base-spce a.yaml",
                "similar argument exists: '--base-spec'",
            ),
            ("lint --format jsn", "similar value exists: 'json'"),
            ("lint a.yaml", "name a specification with `--spec a.yaml`"),
            (
                "generate a.yaml --check",
                "name a specification with `--spec a.yaml`",
            ),
            ("drift a.yaml", "name a specification with `--spec a.yaml`"),
            (
                "compat a.yaml b.yaml",
                "name a specification with `--spec a.yaml`",
            ),
            (
                "compat --base-spec a.yaml --base main",
                "cannot be used with",
            ),
            ("", "  generate  Regenerate the sdk"),
        ] {
            let answer = answer(line).unwrap().to_string();
            assert!(answer.contains(expected), "{line}: {answer}");
        }
    }
}
