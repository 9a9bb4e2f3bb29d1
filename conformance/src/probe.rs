//! Probes a live server: makes the documented call of every operation, and requests that break one rule each. The
//! answers are checked against the specification.

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
use openapi::credential::Setting;
use openapi::specification::{Operation, Specification};
use pacing::{Paced, Unsent};
use plan::{NotProbed, Plan, Probe};
use report::{Report, Row, Seen};
use request::AtHand;
use target::{CUSTOMER_TOKEN, Target};

/// Whether a setting is secret. A setting that the specification does not have is secret too.
fn is_secret(specification: &Specification, name: &str) -> bool {
    let mut settings = specification.settings.iter();
    settings.all(|setting| setting.name != name || setting.is_secret)
}

/// The values of the requests that must not be shown: all except settings that are known not to be secret.
fn secrets(specification: &Specification, target: &Target) -> Vec<String> {
    let credentials = &target.credentials;
    let settings = credentials.settings.iter();
    let settings = settings.filter(|(name, _)| is_secret(specification, name));
    let settings = settings.map(|(_, value)| value);
    let mut secrets: Vec<String> = settings
        .chain(&credentials.customer_token)
        .cloned()
        .collect();
    // User and password are two secrets.
    let parts: Vec<String> = secrets
        .iter()
        .flat_map(|one| one.split(':'))
        .map(str::to_owned)
        .collect();
    secrets.extend(parts);
    secrets
}

/// The requests that will be made.
///
/// # Errors
///
/// No request can be made, or none without a customer's token.
pub fn plan(specification: &Specification, target: &Target) -> Result<Plan, ProbeError> {
    let at_hand = target.credentials.at_hand();
    let mut operations = specification.operations.iter();
    let refused = operations.find_map(|operation| {
        let lacking = lacking(specification, operation, &at_hand);
        lacking.map(|variables| (operation.id.clone(), variables))
    });
    if let Some((operation, variables)) = refused {
        return Err(ProbeError::NotAtHand {
            operation,
            variables,
        });
    }
    let plan = Plan::of(specification, &at_hand);
    if plan.probes.is_empty() {
        return Err(ProbeError::NothingToProbe);
    }
    Ok(plan)
}

/// The variables of which one must be set before an operation can be called.
fn lacking(
    specification: &Specification,
    operation: &Operation,
    at_hand: &AtHand,
) -> Option<String> {
    let settings = &specification.settings;
    let variable = |name: &str| {
        let setting = settings.iter().find(|setting| setting.name == name);
        setting.map(Setting::variable)
    };
    let mut parameters = operation.parameters.iter();
    let lacking = parameters.find_map(|parameter| {
        let setting = parameter.setting.as_deref()?;
        let is_lacking = parameter.required && !at_hand.settings.contains(setting);
        is_lacking.then(|| variable(setting))?
    });
    if lacking.is_some() || at_hand.way(operation).is_ok() {
        return lacking;
    }
    let of_ways = operation.credentials.iter().flatten();
    let of_ways = of_ways.map(|one| match one.carrier.setting() {
        Some(setting) => variable(setting).unwrap_or_default(),
        None => CUSTOMER_TOKEN.to_owned(),
    });
    Some(of_ways.collect::<Vec<_>>().join(" or "))
}

/// Makes the calls of the plan. Calls `done` after each, and `pausing` when a pause begins because the server asks
/// for it.
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
    let secrets = secrets(&specification, &target);
    let masking = Masking::of(secrets.iter().map(String::as_str));
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
    let settings = target.credentials.settings.iter();
    let settings = settings.filter(|(name, _)| !is_secret(&specification, name));
    let settings = settings
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Ok(Report::new(&target, settings, rows, not_probed))
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
