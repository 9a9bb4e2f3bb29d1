//! The operations of a specification, with references resolved, as lint, lowering and tables see them.

use serde_json::Value;

use crate::document::Document;
use crate::place::Place;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// One operation and where it stands.
pub struct Operation<'a> {
    pub path: &'a str,
    pub method: &'a str,
    pub value: &'a Value,
    pub place: Place,
    document: &'a Document,
    shared_parameters: &'a [Value],
}

/// A part of an operation that may stand elsewhere in the document.
pub struct Part<'a> {
    /// Where the operation names it.
    pub place: Place,
    /// What it is, after references.
    pub value: &'a Value,
}

impl<'a> Operation<'a> {
    /// All operations of the document, in its order.
    pub fn all(document: &'a Document) -> Vec<Self> {
        let Some(paths) = document.root().get("paths").and_then(Value::as_object) else {
            return Vec::new();
        };
        let mut operations = Vec::new();
        for (path, item) in paths {
            for method in METHODS {
                if let Some(value) = item.get(method) {
                    operations.push(Self {
                        path,
                        method,
                        value,
                        place: Place::root().at("paths").at(path).at(method),
                        document,
                        shared_parameters: items(item, "parameters"),
                    });
                }
            }
        }
        operations
    }

    pub fn id(&self) -> Option<&'a str> {
        self.value.get("operationId").and_then(Value::as_str)
    }

    /// The parameters; one of the operation replaces one of its path with the same name and position.
    pub fn parameters(&self) -> Vec<Part<'a>> {
        let mut parameters: Vec<Part<'a>> = Vec::new();
        for (index, value) in self.shared_parameters.iter().enumerate() {
            parameters.extend(
                self.part(
                    Place::root()
                        .at("paths")
                        .at(self.path)
                        .at("parameters")
                        .at(index),
                    value,
                ),
            );
        }
        for (index, value) in items(self.value, "parameters").iter().enumerate() {
            let Some(own) = self.part(self.place.at("parameters").at(index), value) else {
                continue;
            };
            parameters.retain(|shared| !same_parameter(shared.value, own.value));
            parameters.push(own);
        }
        parameters
    }

    /// The responses by status, as the document writes it: `200`, `4XX`, `default`.
    pub fn responses(&self) -> Vec<(&'a str, Part<'a>)> {
        let Some(responses) = self.value.get("responses").and_then(Value::as_object) else {
            return Vec::new();
        };
        responses
            .iter()
            .filter_map(|(status, value)| {
                let part = self.part(self.place.at("responses").at(status), value)?;
                Some((status.as_str(), part))
            })
            .collect()
    }

    /// The body of the request, if there is one.
    pub fn request_body(&self) -> Option<Part<'a>> {
        self.part(self.place.at("requestBody"), self.value.get("requestBody")?)
    }

    /// Whether a bearer token must be sent along: there is no way to do without.
    pub fn needs_bearer_token(&self) -> bool {
        let is_empty =
            |requirement: &Value| requirement.as_object().is_none_or(|one| one.is_empty());
        self.takes_bearer_token() && !self.security().any(is_empty)
    }

    /// What a caller must prove, in ways of which any one suffices.
    pub fn security_requirements(&self) -> Vec<&'a Value> {
        self.security().collect()
    }

    fn security(&self) -> impl Iterator<Item = &'a Value> {
        let requirements = self
            .value
            .get("security")
            .or_else(|| self.document.root().get("security"))
            .and_then(Value::as_array);
        requirements.into_iter().flatten()
    }

    /// Whether a bearer token may be sent along: the operation, or else the document, says so.
    pub fn takes_bearer_token(&self) -> bool {
        self.security().any(|requirement| {
            requirement
                .as_object()
                .into_iter()
                .flatten()
                .any(|(name, _)| {
                    let scheme = &self.document.root()["components"]["securitySchemes"][name];
                    self.document.resolve(scheme).is_some_and(|scheme| {
                        scheme["type"] == "http"
                            && scheme["scheme"]
                                .as_str()
                                .is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"))
                    })
                })
        })
    }

    fn part(&self, place: Place, value: &'a Value) -> Option<Part<'a>> {
        let value = self.document.resolve(value)?;
        Some(Part { place, value })
    }
}

fn same_parameter(one: &Value, other: &Value) -> bool {
    one["name"] == other["name"] && one["in"] == other["in"]
}

fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}
