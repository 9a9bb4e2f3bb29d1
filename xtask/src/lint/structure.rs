//! Checks that the rest of the document can be read as OpenAPI.

use openapiv3::OpenAPI;

use super::{Findings, Problem};
use crate::report::Severity;
use openapi::document::Document;
use openapi::place::Place;

/// Only if there is no other error, because others say more. Reads the document itself, because lowering removes what
/// the generator does not read, such as limits.
pub fn check(document: &Document, findings: &mut Findings) {
    if findings
        .0
        .iter()
        .any(|(_, problem)| problem.severity() == Severity::Error)
    {
        return;
    }
    let root = document.root().clone();
    if let Err(error) = serde_path_to_error::deserialize::<_, OpenAPI>(root) {
        // The path of the document itself is a dot.
        let steps = error.path().iter();
        let place = steps
            .map(|step| step.to_string())
            .filter(|step| step != ".")
            .fold(Place::root(), |place, step| {
                place.at(step.trim_start_matches('[').trim_end_matches(']'))
            });
        let problem = error.inner().to_string();
        findings.add(place, Problem::NotOpenApi { problem });
    }
}
