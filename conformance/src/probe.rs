//! Runs the contract against a live server: the documented call of every operation, and requests that break
//! one rule each. What came is checked against the specification.

pub mod answer;
pub mod answer_check;
pub mod body;
pub mod broken_body;
pub mod broken_text;
pub mod command;
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
pub mod wire;

use std::time::Duration;

use par_ordering::conformance::OPERATIONS;

use answer::Came;
use error::ProbeError;
use finding::Verdict;
use masking::Masking;
use openapi::specification::{Security, Specification};
use pacing::{Paced, Unsent};
use plan::{NotProbed, Plan, Probe};
use report::{Report, Row, Seen};
use target::{Credentials, Target};

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
    pausing: impl Fn(Duration),
) -> Result<Report, ProbeError> {
    let Plan {
        probes,
        mut not_probed,
    } = plan;
    let Credentials {
        application,
        customer_token,
    } = &target.credentials;
    let secrets = [application]
        .into_iter()
        .chain(customer_token)
        .map(String::as_str);
    let masking = Masking::of(secrets);
    let results = pacing::send_all(
        probes.len(),
        |number| send(&specification, &target, &probes[number]),
        |number| done(&probes[number]),
        pausing,
    )
    .await;
    let mut rows: Vec<Row> = Vec::new();
    for (probe, result) in probes.iter().zip(results) {
        match result {
            Ok(paced) => rows.push(row(&specification, probe, &paced, &masking)),
            Err(Unsent::NotConnected) => {
                let first = rows.first().and_then(|row| row.findings.first());
                return Err(ProbeError::NotReached {
                    host: target.host,
                    problem: first.map(|first| first.problem.clone()).unwrap_or_default(),
                });
            }
            Err(unsent) => not_probed.push(NotProbed {
                operation: probe.operation.clone(),
                probe: probe.name.clone(),
                reason: unsent.to_string(),
            }),
        }
    }
    Ok(Report::new(&target, rows, not_probed))
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
    let findings = answer_check::findings(specification, probe, &paced.came, masking);
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
        verdict: Verdict::of(&findings),
        milliseconds: u64::try_from(paced.elapsed.as_millis()).unwrap_or(u64::MAX),
        attempts: paced.attempts,
        findings,
    }
}
