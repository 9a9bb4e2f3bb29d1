//! Checks that security requirements name schemes that the runtime supports.

use super::{Findings, Problem};
use openapi::credential::credential;
use openapi::document::Document;
use openapi::element::{self, Kind};

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
        Kind::SecurityScheme => {
            let scheme = place.steps().last().map(String::as_str);
            let refused = scheme.and_then(|scheme| credential(document, scheme).err());
            if let Some(problem) = refused {
                findings.add(place.clone(), Problem::SecurityScheme { problem });
            }
        }
        _ => {}
    });
}
