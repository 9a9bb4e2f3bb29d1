//! Checks that every part that becomes documentation of the crate has a description.

use serde_json::Value;

use super::{Findings, Problem};
use openapi::document::{Document, reference};
use openapi::element::{self, Kind};

pub fn check(document: &Document, findings: &mut Findings) {
    element::walk(document, &mut |place, kind, value| {
        if reference(value).is_some() {
            return;
        }
        // A schema needs one if it has a name: as a type, or as a property.
        let named = match kind {
            Kind::Components => "schemas",
            Kind::Schema => "properties",
            _ => "",
        };
        for (name, schema) in value[named].as_object().into_iter().flatten() {
            if description(schema).is_none_or(str::is_empty) && reference(schema).is_none() {
                let kind = Kind::Schema.name();
                findings.add(
                    place.at(named).at(name),
                    Problem::DescriptionMissing { kind },
                );
            }
        }
        match (kind, description(value)) {
            (_, Some(text)) if text.starts_with("TODO") => {
                findings.add(place.at("description"), Problem::TodoLeft);
            }
            (Kind::Response, None) => {
                findings.add(place.clone(), Problem::ResponseDescriptionMissing);
            }
            (Kind::Operation | Kind::Parameter | Kind::Response, None | Some("")) => {
                let kind = kind.name();
                findings.add(place.clone(), Problem::DescriptionMissing { kind });
            }
            _ => {}
        }
    });
}

fn description(value: &Value) -> Option<&str> {
    value.get("description")?.as_str().map(str::trim)
}
