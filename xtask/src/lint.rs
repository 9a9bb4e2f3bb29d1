//! Checks of a specification before the generator sees it: what the generator would choke on,
//! silently mistranslate or leak is an error; what it passes over, and poor documentation, is a warning. Each names its place and what to do.

pub mod finding;

mod descriptions;
pub mod examples;
mod extensions;
mod fields;
mod operation_ids;
mod parameters;
mod paths;
mod references;
mod request_body;
mod responses;
mod rust_names;
mod schemas;
pub mod secrets;
mod security;
mod structure;
mod version;

use std::path::PathBuf;

use crate::generate::lower::alternatives::as_objects;
use crate::report::{Finding, Format, Outcome, Report};
use crate::workspace;
use openapi::composition::{Contradiction, composed};
use openapi::document::Document;
use openapi::element;
use openapi::operation::Operation;
use openapi::ordered::AmbiguousWord;
use openapi::place::Place;

use finding::Problem;

/// Prints all findings and returns whether there are any.
pub fn run(specification: Option<PathBuf>, format: Format) -> Outcome {
    let specification = workspace::specification(specification)?;
    let findings = findings(&workspace::load(&specification)?);
    Report {
        list: "findings",
        findings: &findings,
        checked: Some(specification.display().to_string()),
        notes: Vec::new(),
        members: Vec::new(),
    }
    .print(format);
    Ok(!findings.is_empty())
}

/// All findings, in the order of the rules.
pub fn findings(document: &Document) -> Vec<Finding> {
    let mut findings = Findings::default();
    version::check(document, &mut findings);
    for AmbiguousWord { place, word } in document.ambiguous_words() {
        let word = word.clone();
        findings.add(place.clone(), Problem::AmbiguousWord { word });
    }
    references::check(document, &mut findings);
    element::walk(document, &mut |place, kind, value| {
        fields::check(place, kind, value, &mut findings);
        extensions::check(place, kind, value, &mut findings);
        schemas::check(place, kind, value, &mut findings);
    });
    let composed = composed(document);
    for Contradiction { place, problem } in composed.contradictions {
        findings.add(place, Problem::Contradiction { problem });
    }
    let composed = composed.document;
    element::walk(&composed, &mut |place, kind, value| {
        schemas::required(place, kind, value, &mut findings);
    });
    extensions::envelope(document, &mut findings);
    extensions::environments(document, &mut findings);
    security::check(document, &mut findings);
    let operations = Operation::all(document);
    operation_ids::check(document, &operations, &mut findings);
    for operation in &operations {
        paths::check(operation, &mut findings);
        parameters::check(operation, document, &mut findings);
        request_body::check(operation, &mut findings);
        responses::check(operation, &mut findings);
    }
    for operation in &Operation::all(&composed) {
        request_body::form(operation, &composed, &mut findings);
    }
    secrets::check(document, &mut findings);
    let (shaped, _) = as_objects(&composed);
    rust_names::check(&shaped, &Operation::all(&shaped), &mut findings);
    descriptions::check(document, &mut findings);
    examples::check(document, &operations, &mut findings);
    structure::check(document, &mut findings);
    let found = findings.0.iter();
    found
        .map(|(place, problem)| problem.at(place, document))
        .collect()
}

#[derive(Default)]
pub struct Findings(Vec<(Place, Problem)>);

impl Findings {
    fn add(&mut self, place: Place, problem: Problem) {
        self.0.push((place, problem));
    }
}
