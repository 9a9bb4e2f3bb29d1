//! Whatever becomes documentation of the crate has some.

use serde_json::Value;

use super::{Findings, Problem};
use openapi::document::{Document, reference};
use openapi::element::{self, Kind};
use openapi::place::Place;

pub fn check(document: &Document, findings: &mut Findings) {
    element::walk(document, &mut |place, kind, value| {
        if reference(value).is_some() {
            return;
        }
        let description = value.get("description").and_then(Value::as_str);
        match description.map(str::trim) {
            Some(text) if text.starts_with("TODO") => {
                findings.add(place.at("description"), Problem::TodoLeft);
            }
            _ if !needs_one(place, kind) => {}
            None if kind == Kind::Response => {
                findings.add(place.clone(), Problem::ResponseDescriptionMissing);
            }
            None | Some("") => {
                let kind = kind.name();
                findings.add(place.clone(), Problem::DescriptionMissing { kind });
            }
            Some(_) => {}
        }
    });
}

/// Schemas need one where they have a name: as a type, or as a property.
fn needs_one(place: &Place, kind: Kind) -> bool {
    match kind {
        Kind::Operation | Kind::Parameter | Kind::Response => true,
        Kind::Schema => match place.steps() {
            [components, schemas, _] => components == "components" && schemas == "schemas",
            [.., parent, _] => parent == "properties",
            _ => false,
        },
        _ => false,
    }
}
