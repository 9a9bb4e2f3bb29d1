//! Checks that examples exist and fit: the mock server answers with them, and readers believe them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Findings, Problem};
use openapi::body::Body;
use openapi::document::{Document, Part, reference};
use openapi::element::{self, Kind};
use openapi::example::{self, Example};
use openapi::operation::Operation;
use openapi::place::Place;
use openapi::schema_check::{self, Direction, Finding, StrictCheck};

pub fn check(document: &Document, operations: &[Operation<'_>], findings: &mut Findings) {
    presence(operations, findings);
    let mut checks = Checks {
        document,
        of_schemas: BTreeMap::new(),
    };
    element::walk(document, &mut |place, kind, value| {
        if reference(value).is_some() {
            return;
        }
        match kind {
            Kind::MediaType | Kind::Parameter | Kind::Header => {
                let schema = &value["schema"];
                let direction = direction(place, kind);
                for example in example::of(document, &Part::at(place.clone(), value)) {
                    let Example { place, value, .. } = &example;
                    let found = checks.findings(schema, direction, value);
                    fit(found, place, findings);
                }
            }
            Kind::Schema => {
                if let Some(example) = value.get("example") {
                    let found = checks.findings(value, Direction::Either, example);
                    fit(found, &place.at("example"), findings);
                }
                if let Some(default) = value.get("default") {
                    let place = place.at("default");
                    for Finding { at, problem } in
                        checks.findings(value, Direction::Either, default)
                    {
                        if !matches!(problem, schema_check::Problem::NotDocumented { .. }) {
                            findings.add(place.along(&at), Problem::DefaultMisfit(problem));
                        }
                    }
                }
            }
            _ => {}
        }
    });
}

/// Answers often have the same schema, and an answer often has several examples.
struct Checks<'a> {
    document: &'a Document,
    /// By where the schema is in memory; none for one that can't be used, which is a finding of its own.
    of_schemas: BTreeMap<(*const Value, Direction), Option<StrictCheck<'a>>>,
}

impl<'a> Checks<'a> {
    fn findings(&mut self, schema: &'a Value, direction: Direction, value: &Value) -> Vec<Finding> {
        let schema = self.document.resolve(schema).unwrap_or(schema);
        let check = self.of_schemas.entry((schema, direction));
        let check = check
            .or_insert_with(|| StrictCheck::of(self.document, schema, direction).ok())
            .as_ref();
        check.map(|check| check.findings(value)).unwrap_or_default()
    }
}

/// The direction of a value at that place.
fn direction(place: &Place, kind: Kind) -> Direction {
    let stands_in = |section: &str| place.steps().iter().any(|step| step == section);
    match kind {
        Kind::MediaType if stands_in("requestBody") || stands_in("requestBodies") => {
            Direction::Sent
        }
        Kind::MediaType if stands_in("responses") => Direction::Received,
        _ => Direction::Either,
    }
}

/// Examples are required for bodies: those of responses, and the one of the request.
fn presence(operations: &[Operation<'_>], findings: &mut Findings) {
    for operation in operations {
        if let Some(body) = Body::of(operation)
            && !has_example(body.content.value)
        {
            findings.add(body.content.place, Problem::BodyExampleMissing);
        }
        for (_, response) in operation.responses() {
            let content = response.value["content"].as_object();
            for (media_type, content) in content.into_iter().flatten() {
                if !has_example(content) {
                    let place = response.place.at("content").at(media_type);
                    findings.add(place, Problem::ExampleMissing);
                }
            }
        }
    }
}

fn has_example(content: &Value) -> bool {
    let named = content["examples"].as_object();
    content.get("example").is_some() || named.is_some_and(|examples| !examples.is_empty())
}

fn fit(found: Vec<Finding>, place: &Place, findings: &mut Findings) {
    for Finding { at, problem } in found {
        let problem = match problem {
            schema_check::Problem::NotDocumented { name: field, .. } => {
                Problem::ExampleNotNamed { field }
            }
            problem => Problem::ExampleMisfit(problem),
        };
        findings.add(place.along(&at), problem);
    }
}
