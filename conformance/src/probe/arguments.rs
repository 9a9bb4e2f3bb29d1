//! What the command is told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Key and token are no arguments: others on the machine can read a command line.
#[derive(Debug, Args)]
#[command(after_help = "\
The key of the application comes from PAR_ORDERING_APPLICATION, the token of a customer, if there is one, from
PAR_ORDERING_CUSTOMER_TOKEN. The exit status is 0 if all conforms, 3 if something does not, 1 if it could not be
found out.

Example: PAR_ORDERING_APPLICATION=key cargo run -p conformance -- probe --base-url http://127.0.0.1:4010/api")]
pub struct Arguments {
    /// Address below which all operations are: https, or plain http to this machine alone
    #[arg(long, value_name = "URL")]
    pub base_url: String,
    /// The version of the API to ask for [default: the one that the specification describes]
    #[arg(long, value_name = "VERSION")]
    pub api_version: Option<String>,
    /// The specification to hold the server against [default: that of this workspace]
    #[arg(long, value_name = "FILE")]
    pub spec: Option<PathBuf>,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// How many seconds to wait for each answer
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub timeout: u64,
    /// Make the calls although the server is not on this machine
    #[arg(long)]
    pub yes: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: a table
    #[default]
    Text,
    /// For machines: one object
    Json,
}
