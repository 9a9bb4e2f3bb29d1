//! Checks that our vendor extensions are known, are in a place where they have an effect, and have a valid value.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase as _;
use serde_json::Value;

use super::{Findings, Problem};
use openapi::document::{Document, reference};
use openapi::element::Kind;
use openapi::extension::{CONTENT_TYPE, DEFAULT_FROM, ENVELOPE, ENVIRONMENT, RUNTIME_TYPE, SECRET};
use openapi::place::Place;

pub fn check(place: &Place, kind: Kind, value: &Value, findings: &mut Findings) {
    if reference(value).is_some() {
        return;
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        // Extensions of other vendors are not our concern.
        if !name.starts_with("x-par-") {
            continue;
        }
        let place = place.at(name);
        let Some(home) = home(name) else {
            let name = name.clone();
            findings.add(place, Problem::UnknownExtension { name });
            continue;
        };
        let is_home = home.contains(&kind) && (name != RUNTIME_TYPE || is_named_schema(&place));
        if !is_home {
            let kind = match kind {
                Kind::Schema => "schema within another part of the document",
                other => other.name(),
            };
            let name = name.clone();
            findings.add(place, Problem::MisplacedExtension { name, kind });
        } else if let Some(expected) = problem(name, value) {
            findings.add(place, Problem::ExtensionValue { expected });
        }
    }
}

/// The kinds of element that an extension belongs to.
fn home(name: &str) -> Option<&'static [Kind]> {
    match name {
        ENVELOPE => Some(&[Kind::Document]),
        ENVIRONMENT => Some(&[Kind::Server]),
        CONTENT_TYPE => Some(&[Kind::Operation]),
        DEFAULT_FROM => Some(&[Kind::Parameter, Kind::SecurityScheme]),
        RUNTIME_TYPE => Some(&[Kind::Schema]),
        SECRET => Some(&[Kind::Parameter, Kind::Schema]),
        _ => None,
    }
}

fn is_named_schema(extension: &Place) -> bool {
    matches!(extension.steps(), [components, schemas, _, _]
        if components == "components" && schemas == "schemas")
}

/// The valid value of the extension, if it has another one.
fn problem(name: &str, value: &Value) -> Option<&'static str> {
    let text = value.as_str().unwrap_or_default();
    let (fits, expected) = match name {
        ENVELOPE => (
            value.as_object().is_some_and(|members| {
                members.iter().all(|(key, value)| {
                    let begins_with =
                        |start| value.as_str().is_some_and(|text| text.starts_with(start));
                    match key.as_str() {
                        "code" | "message" => begins_with("/"),
                        "schema" => begins_with("#/components/schemas/"),
                        _ => false,
                    }
                })
            }),
            "object of `code` and `message` with JSON pointers such as `/data/message`, and of `schema` with \
             a reference such as `#/components/schemas/Error`",
        ),
        ENVIRONMENT => (is_identifier(text), "name such as `Sandbox`"),
        CONTENT_TYPE => (is_media_type(text), "media type such as `application/json`"),
        RUNTIME_TYPE => (is_identifier(text), "name of a type of the runtime"),
        SECRET => (
            *value == false,
            "`false`; what is secret has the format `password`",
        ),
        // It is read, and its problems are reported, with its parameter.
        _ => return None,
    };
    (!fits).then_some(expected)
}

/// Whether a text can be sent as the media type of a body.
pub fn is_media_type(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty())
        && text.chars().all(|c| matches!(c, ' '..='~'))
}

fn is_identifier(text: &str) -> bool {
    syn::parse_str::<syn::Ident>(&text.to_upper_camel_case()).is_ok()
}

/// The schema of the envelope exists.
pub fn envelope(document: &Document, findings: &mut Findings) {
    if let Some(target) = document.root()[ENVELOPE]["schema"].as_str()
        && document.target(target).is_none()
    {
        let place = Place::root().at(ENVELOPE).at("schema");
        let target = target.to_owned();
        findings.add(place, Problem::DanglingReference { target });
    }
}

/// Each preset of a server has a name of its own in Rust.
pub fn environments(document: &Document, findings: &mut Findings) {
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    let servers = document.root()["servers"].as_array();
    for (index, server) in servers.into_iter().flatten().enumerate() {
        let Some(name) = server.get(ENVIRONMENT).and_then(Value::as_str) else {
            continue;
        };
        let place = Place::root().at("servers").at(index);
        if let Some(first) = seen.insert(name.to_upper_camel_case(), place.clone()) {
            findings.add(
                place.at(ENVIRONMENT),
                Problem::EnvironmentDuplicate { first },
            );
        }
    }
}
