//! Security requirements name schemes that the runtime can fulfil: HTTP bearer tokens.

use super::{Findings, Problem};
use openapi::document::Document;
use openapi::element::{self, Kind};
use openapi::operation::is_bearer;

pub fn check(document: &Document, findings: &mut Findings) {
    let schemes = &document.root()["components"]["securitySchemes"];
    element::walk(document, &mut |place, kind, value| match kind {
        Kind::Document | Kind::Operation => {
            let requirements = value["security"].as_array().into_iter().flatten();
            for (index, requirement) in requirements.enumerate() {
                for scheme in requirement
                    .as_object()
                    .into_iter()
                    .flat_map(|one| one.keys())
                {
                    if schemes.get(scheme).is_none() {
                        findings.add(
                            place.at("security").at(index),
                            Problem::SecuritySchemeMissing {
                                scheme: scheme.clone(),
                            },
                        );
                    }
                }
            }
        }
        Kind::SecurityScheme
            if document
                .resolve(value)
                .is_some_and(|scheme| !is_bearer(scheme)) =>
        {
            findings.add(place.clone(), Problem::SecuritySchemeKind);
        }
        _ => {}
    });
}
