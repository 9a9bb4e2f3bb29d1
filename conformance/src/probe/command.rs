//! The command: its arguments, its output, and its exit status.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use crate::workspace;
use clap::{Args, ValueEnum};

use super::error::ProbeError;
use super::finding::Verdict;
use super::pacing::{AT_ONCE, ATTEMPTS};
use super::plan::{Plan, Probe};
use super::report::Report;
use super::table;
use super::target::{CUSTOMER_TOKEN, Credentials, Target};

/// Settings and token are not arguments: others on the machine can read a command line.
#[derive(Debug, Args)]
#[command(after_help = "\
The settings come from the variables that the client reads, such as PAR_ORDERING_APPLICATION for the key of the
application. The token of a customer, if there is one, comes from PAR_ORDERING_CUSTOMER_TOKEN. The exit status is 0 if
everything conforms, 3 if something does not, and 1 if that could not be found out.

Example: PAR_ORDERING_APPLICATION=key cargo run -p conformance -- probe --base-url http://127.0.0.1:4010/api")]
pub struct Arguments {
    /// Address below which all operations are: https, or plain http to this machine alone
    #[arg(long, value_name = "URL")]
    pub base_url: String,
    /// The specification to check the server against [default: that of this workspace]
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

/// Exit status if the server does something other than the specification says.
const NOT_AS_DOCUMENTED: u8 = 3;

/// Probes as the arguments say, prints the report, and returns the exit status.
pub async fn run(arguments: &Arguments) -> ExitCode {
    match report(arguments).await {
        Ok(report) => {
            print(&match arguments.format {
                Format::Text => table::table(&report),
                Format::Json => json(&report),
            });
            match (report.verdict, unanswered(&report)) {
                (_, Some(problem)) => {
                    say(&format!("error: failed to get any answer: {problem}"));
                    ExitCode::FAILURE
                }
                (Verdict::Conforms, None) => ExitCode::SUCCESS,
                _ => ExitCode::from(NOT_AS_DOCUMENTED),
            }
        }
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn report(arguments: &Arguments) -> Result<Report, ProbeError> {
    let specification = workspace::named_or_own(arguments.spec.as_deref())?;
    let target = Target::new(
        &arguments.base_url,
        Credentials::from_env(&specification)?,
        Duration::from_secs(arguments.timeout),
    )?;
    let plan = super::plan(&specification, &target)?;
    announce(&target, &plan);
    if !target.is_loopback && !arguments.yes {
        return Err(ProbeError::NotConfirmed { host: target.host });
    }
    let is_watched = io::stderr().is_terminal();
    let count = plan.probes.len();
    let mut done = 0;
    let pausing = |pause: Duration| {
        say(&format!(
            "The server asks for a pause of {} s.",
            pause.as_secs()
        ));
    };
    let done = move |probe: &Probe| {
        done += 1;
        if is_watched {
            // One line that is overwritten again and again, and erased in the end.
            let text = format!("{done} of {count}: {}, {}", probe.operation, probe.name);
            let text = if done == count { String::new() } else { text };
            let _ = write!(io::stderr(), "\r\u{1b}[K{text}");
        }
    };
    let report = super::probe(specification, target, plan, done, pausing).await;
    if is_watched {
        let _ = write!(io::stderr(), "\r\u{1b}[K");
    }
    report
}

fn announce(target: &Target, plan: &Plan) {
    let calls = plan.probes.len();
    let possible = plan.possible_successes();
    let others = calls - possible;
    say(&format!(
        "{calls} calls to {}, at most {AT_ONCE} at once. {possible} of them may succeed as documented: each that does \
         presumably mints tokens. The other {others} break one rule each and should be refused. A call \
         that the server puts off is sent up to {ATTEMPTS} times.",
        target.host
    ));
    if target.credentials.customer_token.is_none() {
        say(&format!(
            "{CUSTOMER_TOKEN} is not set: the calls carry no customer's token."
        ));
    }
}

/// Why there is no answer at all, if there is none.
fn unanswered(report: &Report) -> Option<&str> {
    if report.probes.iter().any(|row| row.came.status.is_some()) {
        return None;
    }
    let first = report.probes.first()?.findings.first()?;
    Some(&first.problem)
}

/// The members, in the order of their declaration.
fn json(report: &Report) -> String {
    match serde_json::to_string_pretty(report) {
        Ok(text) => text + "\n",
        // It consists of texts and numbers, which can always be written.
        Err(error) => format!("{{\"error\": \"{error}\"}}\n"),
    }
}

/// A reader that closes the pipe early has seen enough.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// For people, whatever the format. If this fails, there is nobody to tell.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
