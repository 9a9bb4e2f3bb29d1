//! Checks that parameters can be sent, and that no header is sent twice.

use super::{Findings, Problem};
use openapi::document::{Document, Part};
use openapi::extension::{DEFAULT_FROM, DefaultFrom};
use openapi::operation::Operation;
use openapi::parameter::Layout;
use openapi::place::Place;

/// Headers of the HTTP client: it sends them itself, or they control the connection.
const OF_THE_CLIENT: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

pub fn check(operation: &Operation<'_>, document: &Document, findings: &mut Findings) {
    let mut seen: Vec<(String, String, Place)> = Vec::new();
    for parameter in operation.ignored_parameters() {
        let name = parameter.value["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        findings.add(parameter.place, Problem::ReservedHeader { name });
    }
    for parameter in operation.parameters() {
        let position = parameter.value["in"].as_str().unwrap_or_default();
        let name = parameter.value["name"].as_str().unwrap_or_default();
        if let Err(reason) = Layout::of(document, parameter.value) {
            findings.add(parameter.place.clone(), Problem::Parameter(reason));
        }
        let key = if position == "header" {
            header(&parameter, name, findings);
            name.to_ascii_lowercase()
        } else {
            name.to_owned()
        };
        let first = seen
            .iter()
            .find(|(other, place, _)| *other == key && place == position);
        match first {
            Some((_, _, first)) => findings.add(
                parameter.place.clone(),
                Problem::ParameterDuplicate {
                    name: name.to_owned(),
                    position: position.to_owned(),
                    first: first.clone(),
                },
            ),
            None => seen.push((key, position.to_owned(), parameter.place.clone())),
        }
        default_from(&parameter, position, findings);
    }
}

fn header(parameter: &Part<'_>, name: &str, findings: &mut Findings) {
    let lower = name.to_ascii_lowercase();
    let owned = name.to_owned();
    if !is_token(name) {
        findings.add(parameter.place.clone(), Problem::HeaderName { name: owned });
    } else if OF_THE_CLIENT.contains(&lower.as_str()) {
        findings.add(
            parameter.place.clone(),
            Problem::ClientHeader { name: owned },
        );
    }
}

/// Whether a text can be the name of a header (RFC 9110).
fn is_token(name: &str) -> bool {
    let is_of_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(is_of_token)
}

fn default_from(parameter: &Part<'_>, position: &str, findings: &mut Findings) {
    let place = parameter.place.at(DEFAULT_FROM);
    match DefaultFrom::of(parameter.value) {
        Err(problem) => findings.add(place, Problem::DefaultFrom { problem }),
        Ok(Some(_)) if position != "header" => {
            let position = position.to_owned();
            findings.add(place, Problem::DefaultFromPosition { position });
        }
        Ok(_) => {}
    }
}
