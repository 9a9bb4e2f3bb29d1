//! Tests of the conformance tests: each fault that `planted_faults.yaml` plants must be reported with its operation,
//! its response and its JSON path.

use std::collections::BTreeMap;

use conformance::agreement::finding::Finding;
use conformance::agreement::{calls, round_trip};
use conformance::testing::document::{merge, remove, twin};
use conformance::workspace;
use openapi::specification::Specification;
use serde::Deserialize;
use serde_json::Value;

use crate::changes::{Changes, changed};
use crate::copy::{Copy, document};
use crate::snapshots;

#[derive(Deserialize)]
struct Faults {
    specification: Table,
    #[serde(rename = "crate")]
    of_crate: Table,
    with_a_body: Value,
    bodies_of_the_crate: Table,
    bodies_of_the_specification: Table,
}

/// The changes of a document, and as `noticed` the lines of the report, each by the name of the fault.
type Table = BTreeMap<String, Changes>;

impl Faults {
    fn read() -> Self {
        serde_saphyr::from_str(include_str!("planted_faults.yaml")).unwrap()
    }
}

const NOTICED: &str = "noticed";

fn planted(document: &Value, fault: &Changes) -> Value {
    let mut fault = fault.clone();
    fault.shift_remove(NOTICED);
    changed(document, &fault)
}

#[tokio::test]
async fn faults_in_the_specification_are_noticed() {
    let mut failures = Vec::new();
    let document = workspace::document().unwrap();
    for (name, fault) in Faults::read().specification {
        let specification = Specification::of(&planted(&document, &fault)).unwrap();
        let mut findings = round_trip::findings(&specification);
        findings.extend(calls::findings(&specification).await.unwrap());
        findings.extend(snapshots::findings(&specification));
        let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
        failures.extend(unnoticed(&name, &fault, &lines.join("\n")));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

const RESPONSES: &str = "/paths/~1payment-processors~1generate-tokens/post/responses";

const SWAPPED: &str = "_statuses_swapped";

/// The environment variable that switches on the fault in the generated code. Without it, the crate does what its
/// specification says.
const SWAP: &str = "PLANTED_FAULTS";

/// The twins of today's operation, with the faults or without.
pub fn twins(faulty: bool) -> Value {
    let Faults {
        of_crate,
        with_a_body,
        bodies_of_the_crate,
        ..
    } = Faults::read();
    let of = |original: &Value, fault: &Changes| {
        if faulty {
            planted(original, fault)
        } else {
            original.clone()
        }
    };
    let mut twins = Value::Null;
    let today = workspace::document().unwrap();
    for (ending, fault) in of_crate {
        let mut document = of(&today, &fault);
        // The faults are in the others, and fewer operations take less time.
        for status in ["400", "401", "403"] {
            remove(&mut document, RESPONSES, status);
        }
        merge(&mut twins, twin(&document, &ending));
    }
    for (ending, fault) in bodies_of_the_crate {
        merge(&mut twins, twin(&of(&with_a_body, &fault), &ending));
    }
    twins
}

/// Plants the fault that no specification can have: the builder of one twin confuses two statuses.
pub fn plant_in_generated(builder: &mut Vec<u8>) {
    let code = str::from_utf8(builder).unwrap();
    let id = format!("operations::GENERATE_TOKENS{}", SWAPPED.to_uppercase());
    let (before, twin) = code.split_once(&id).expect("the twin has a builder");
    let status = "match response.status().as_u16() {";
    let swapped = "match swapped(response.status().as_u16()) {";
    assert!(twin.contains(status), "the fault can't be planted");
    let twin = twin.replacen(status, swapped, 1);
    let function = format!(
        "fn swapped(status: u16) -> u16 {{
            match status {{
                200 if ::std::env::var_os({SWAP:?}).is_some() => 404,
                404 if ::std::env::var_os({SWAP:?}).is_some() => 200,
                status => status,
            }}
        }}"
    );
    *builder = [before, &id, &twin, &function].concat().into_bytes();
}

#[test]
fn faults_in_the_crate_planted_in_a_copy_are_noticed() {
    let copy = Copy::start();
    let Faults {
        of_crate,
        bodies_of_the_crate,
        bodies_of_the_specification,
        ..
    } = Faults::read();
    let document = document(twins(false));
    let faulty = bodies_of_the_specification
        .values()
        .fold(document, |document, fault| planted(&document, fault));
    copy.specify(&faulty);
    let outcome = copy.test(&["round_trip::"], &[(SWAP, "yes")]);
    assert!(!outcome.status.success(), "the tests pass");
    let faults = [of_crate, bodies_of_the_crate, bodies_of_the_specification];
    let faults: Vec<_> = faults.iter().flatten().collect();
    let mut failures = Vec::new();
    for (name, fault) in &faults {
        failures.extend(unnoticed(name, fault, &outcome.output));
    }
    // A part without a fault is not reported.
    let endings: Vec<String> = faults.iter().map(|(name, _)| format!("{name}, ")).collect();
    let said = outcome
        .output
        .lines()
        .filter(|line| line.contains(", at `"));
    for line in said.filter(|line| !endings.iter().any(|ending| line.contains(ending))) {
        failures.push(format!("of no fault: {line}"));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// The lines about a fault that are not reported.
fn unnoticed(name: &str, fault: &Changes, said: &str) -> Vec<String> {
    let noticed = fault[NOTICED].as_str().unwrap().lines();
    let missing = noticed.filter(|start| !said.lines().any(|line| line.starts_with(start)));
    missing
        .map(|missing| format!("{name}: nobody says {missing:?}, but\n{said}"))
        .collect()
}
