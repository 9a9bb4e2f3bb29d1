//! Runs the contract against a live server: the documented call of every operation, and requests that break
//! one rule each. What came is held against the specification.

pub mod answer;
pub mod arguments;
pub mod body;
pub mod error;
pub mod expectation;
pub mod finding;
pub mod masking;
pub mod pacing;
pub mod plan;
pub mod report;
pub mod request;
pub mod table;
pub mod target;
pub mod through_sdk;
pub mod verdict;
pub mod violation;
pub mod wire;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use par_ordering::conformance::OPERATIONS;

use crate::workspace;
use answer::Came;
use arguments::{Arguments, Format};
use error::ProbeError;
use finding::Verdict;
use masking::Masking;
use openapi::specification::{Security, Specification};
use pacing::{AT_ONCE, ATTEMPTS, PATIENCE, Paced, Unsent};
use plan::{NotProbed, Plan, Probe};
use report::{Counts, Report, Row, Seen};
use target::{CUSTOMER_TOKEN, Credentials, Target};

/// Exit status of a server that does something else than the specification says.
const NOT_AS_DOCUMENTED: u8 = 3;

/// Probes as the arguments say, prints the report, and tells the exit status.
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
    let api_version = arguments
        .api_version
        .as_ref()
        .unwrap_or(&specification.version);
    let target = Target::new(
        &arguments.base_url,
        api_version,
        Credentials::from_env()?,
        Duration::from_secs(arguments.timeout),
    )?;
    let plan = plan(&specification, &target)?;
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
            // One line that is written over again and again, and in the end erased.
            let text = format!("{done} of {count}: {}, {}", probe.operation, probe.name);
            let text = if done == count { String::new() } else { text };
            let _ = write!(io::stderr(), "\r\u{1b}[K{text}");
        }
    };
    let report = probe(specification, target, plan, done, pausing).await;
    if is_watched {
        let _ = write!(io::stderr(), "\r\u{1b}[K");
    }
    report
}

/// What is going to be asked of the server.
///
/// # Errors
///
/// Nothing can be, or not without a customer's token.
pub fn plan(specification: &Specification, target: &Target) -> Result<Plan, ProbeError> {
    let with_token = target.credentials.customer_token.is_some();
    let mut operations = specification.operations.iter();
    let needs_token = operations.find(|operation| operation.security == Security::Bearer);
    if let (Some(operation), false) = (needs_token, with_token) {
        let operation = operation.id.clone();
        return Err(ProbeError::NoCustomerToken { operation });
    }
    let plan = Plan::of(specification, with_token);
    if plan.probes.is_empty() {
        return Err(ProbeError::NothingToProbe);
    }
    Ok(plan)
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

/// Makes the calls of the plan. `done` is told of each that is through, and `pausing` of each pause that begins
/// because the server asks for it.
///
/// # Errors
///
/// The server can't be reached.
pub async fn probe(
    specification: Specification,
    target: Target,
    plan: Plan,
    mut done: impl FnMut(&Probe),
    pausing: impl Fn(Duration) + Copy + Send + Sync + 'static,
) -> Result<Report, ProbeError> {
    let Plan {
        probes,
        mut not_probed,
    } = plan;
    let credentials = &target.credentials;
    let secrets = [
        Some(credentials.application.as_str()),
        credentials.customer_token.as_deref(),
    ];
    let masking = Masking::of(secrets.into_iter().flatten()).and_harmless(names(&specification));
    let work = Arc::new((specification, target, probes));
    let send = {
        let work = Arc::clone(&work);
        move |number: usize| {
            let work = Arc::clone(&work);
            async move {
                let (specification, target, probes) = &*work;
                send(specification, target, &probes[number]).await
            }
        }
    };
    let (specification, target, probes) = &*work;
    let done = |number: usize| done(&probes[number]);
    let results = pacing::send_all(probes.len(), send, done, pausing).await;
    let mut rows = Vec::new();
    for (probe, result) in probes.iter().zip(results) {
        match result {
            Ok(paced) => rows.push(row(specification, probe, &paced, &masking)),
            Err(Unsent::Pause(asked)) => {
                let reason = format!("the server asked for a pause of {} s", asked.as_secs());
                not_probed.push(left_out(probe, reason));
            }
            Err(Unsent::Pauses) => {
                let patience = PATIENCE.as_secs();
                let reason = format!("the server asked for pauses that go on beyond {patience} s");
                not_probed.push(left_out(probe, reason));
            }
            Err(Unsent::NotConnected) => {
                let first = rows.first().and_then(|row: &Row| row.differences.first());
                return Err(ProbeError::NotReached {
                    host: target.host.clone(),
                    problem: first.map(|first| first.problem.clone()).unwrap_or_default(),
                });
            }
        }
    }
    let report = Report {
        base_url: target.base_url.clone(),
        api_version: target.api_version.clone(),
        customer_token: target.credentials.customer_token.is_some(),
        verdict: Verdict::Conforms,
        counts: Counts::default(),
        probes: rows,
        not_probed,
    };
    Ok(report.summed_up())
}

fn left_out(probe: &Probe, reason: String) -> NotProbed {
    NotProbed {
        operation: probe.operation.clone(),
        probe: probe.name.clone(),
        reason,
    }
}

/// Names that the specification knows.
fn names(specification: &Specification) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    body::collect_names(&specification.components, &mut names);
    let operations = specification.operations.iter();
    let parameters = operations.flat_map(|operation| &operation.parameters);
    names.extend(parameters.map(|parameter| parameter.name.as_str()));
    names
}

async fn send(specification: &Specification, target: &Target, probe: &Probe) -> Came {
    let operation = specification.operation(&probe.operation);
    let entry = OPERATIONS.iter().find(|entry| entry.id == probe.operation);
    match (operation, entry) {
        (Some(operation), Some(entry)) if probe.through_sdk => {
            through_sdk::call(target, operation, entry).await
        }
        _ => wire::send(target, &probe.request).await,
    }
}

fn row(specification: &Specification, probe: &Probe, paced: &Paced, masking: &Masking) -> Row {
    let differences = verdict::findings(specification, probe, &paced.came, masking);
    let came = match &paced.came {
        Came::Answer(answer) => Seen {
            status: Some(answer.status),
            content_type: answer
                .content_type
                .as_deref()
                .map(|text| masking.text(text)),
        },
        Came::Silence(_) => Seen {
            status: None,
            content_type: None,
        },
    };
    Row {
        operation: probe.operation.clone(),
        probe: probe.name.clone(),
        method: probe.request.method.clone(),
        path: probe.request.path.clone(),
        expected: probe.expected.clone(),
        came,
        verdict: Verdict::of(&differences),
        milliseconds: u64::try_from(paced.elapsed.as_millis()).unwrap_or(u64::MAX),
        attempts: paced.attempts,
        differences,
    }
}

/// Why there is no answer at all, if there is none.
fn unanswered(report: &Report) -> Option<&str> {
    if report.probes.iter().any(|row| row.came.status.is_some()) {
        return None;
    }
    let first = report.probes.first()?.differences.first()?;
    Some(&first.problem)
}

/// The members in the order in which they are declared.
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

/// For people, whatever the format: nobody is left to be told when this fails.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
