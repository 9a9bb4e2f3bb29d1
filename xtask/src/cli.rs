//! The commands and their arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::cost::Cost;
use crate::report::Format;

/// Commands for the maintainers of this workspace.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    arg_required_else_help = true
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
    /// Hold the specification against the published facts, or a page against what is stored of it.
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

#[derive(Args)]
pub struct Drift {
    /// A text capture of the reference page of an operation: print how it differs from the stored facts.
    #[arg(long, value_name = "FILE")]
    pub page: Option<PathBuf>,
    /// Store what the page says.
    #[arg(long, requires = "page")]
    pub accept: bool,
    /// The operation that the page is about [default: the one with its method and path].
    #[arg(long, value_name = "ID", requires = "page")]
    pub operation: Option<String>,
    /// The specification [default: openapi/par-ordering.yaml].
    #[arg(long, value_name = "PATH")]
    pub spec: Option<PathBuf>,
    /// Folder of the facts [default: `published` beside the specification].
    #[arg(long, value_name = "DIR")]
    pub published: Option<PathBuf>,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}
