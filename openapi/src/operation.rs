//! The operations of a specification, with references resolved.

use serde_json::Value;

use crate::credential::{Carrier, credential};
use crate::document::{BrokenReference, Document, Part};
use crate::place::Place;

/// The fields of a path that hold an operation.
pub const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// One operation and its place.
pub struct Operation<'a> {
    pub path: &'a str,
    pub method: &'a str,
    pub value: &'a Value,
    pub place: Place,
    document: &'a Document,
    /// The object that contains it, with parameters for all its operations.
    item: Part<'a>,
    /// Everybody asks for them, so references are followed once.
    parameters: Vec<Part<'a>>,
}

/// Whether a bearer token is part of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    None,
    /// Both with and without a token.
    OptionalBearer,
    Bearer,
}

impl<'a> Operation<'a> {
    /// All operations of the document, in the order of their paths.
    pub fn all(document: &'a Document) -> Vec<Self> {
        let mut operations = Vec::new();
        let paths = document.root()["paths"].as_object();
        for (path, item) in paths.into_iter().flatten() {
            // If it is kept elsewhere, it is there. A reference that leads nowhere has no operations.
            let named = Part::at(Place::root().at("paths").at(path), item);
            let Ok(item) = document.follow(named) else {
                continue;
            };
            for method in METHODS {
                if let Some(value) = item.value.get(method) {
                    let mut operation = Self {
                        path,
                        method,
                        value,
                        place: item.home.at(method),
                        document,
                        item: item.clone(),
                        parameters: Vec::new(),
                    };
                    operation.parameters = operation.all_parameters();
                    operations.push(operation);
                }
            }
        }
        operations
    }

    pub fn document(&self) -> &'a Document {
        self.document
    }

    pub fn id(&self) -> Option<&'a str> {
        self.value["operationId"].as_str()
    }

    /// The parameters; one of the operation replaces one of its path with the same name and position.
    pub fn parameters(&self) -> Vec<Part<'a>> {
        let parameters = self.parameters.iter();
        let heeded = parameters.filter(|part| !is_ignored(part.value));
        heeded.cloned().collect()
    }

    /// The headers that OpenAPI ignores among parameters, because it describes them in other ways.
    pub fn ignored_parameters(&self) -> Vec<Part<'a>> {
        let parameters = self.parameters.iter();
        let ignored = parameters.filter(|part| is_ignored(part.value));
        ignored.cloned().collect()
    }

    fn all_parameters(&self) -> Vec<Part<'a>> {
        let mut parameters: Vec<Part<'a>> = Vec::new();
        for named in self.named_parameters() {
            if let Ok(part) = self.document.follow(named) {
                parameters.retain(|other| !is_same_parameter(other.value, part.value));
                parameters.push(part);
            }
        }
        parameters
    }

    /// The responses by status, as the document writes it: `200`, `4XX`, `default`.
    pub fn responses(&self) -> Vec<(&'a str, Part<'a>)> {
        let followed = self.named_responses().filter_map(|(status, named)| {
            let part = self.document.follow(named).ok()?;
            Some((status, part))
        });
        followed.collect()
    }

    /// The body of the request, if there is one.
    pub fn request_body(&self) -> Option<Part<'a>> {
        self.document.follow(self.named_request_body()?).ok()
    }

    /// Why one of these parts is left out, if one is.
    pub fn broken_reference(&self) -> Option<BrokenReference> {
        let mut named = self
            .named_parameters()
            .chain(self.named_request_body())
            .chain(self.named_responses().map(|(_, named)| named));
        named.find_map(|named| self.document.follow(named).err())
    }

    fn named_parameters(&self) -> impl Iterator<Item = Part<'a>> {
        let holders = [
            (self.item.home.clone(), self.item.value),
            (self.place.clone(), self.value),
        ];
        holders.into_iter().flat_map(|(place, holder)| {
            let place = place.at("parameters");
            let parameters = holder["parameters"].as_array().into_iter().flatten();
            let numbered = parameters.enumerate();
            numbered.map(move |(index, value)| Part::at(place.at(index), value))
        })
    }

    fn named_responses(&self) -> impl Iterator<Item = (&'a str, Part<'a>)> {
        let place = self.place.at("responses");
        let responses = self.value["responses"].as_object().into_iter().flatten();
        responses.map(move |(status, value)| (status.as_str(), Part::at(place.at(status), value)))
    }

    fn named_request_body(&self) -> Option<Part<'a>> {
        let body = self.value.get("requestBody")?;
        Some(Part::at(self.place.at("requestBody"), body))
    }

    /// The credentials of the operation: alternatives, of which one is enough. The requirements of the operation
    /// replace those of the document.
    pub fn security_requirements(&self) -> Vec<&'a Value> {
        let own = self.value.get("security");
        let requirements = own.or_else(|| self.document.root().get("security"));
        let requirements = requirements.and_then(Value::as_array);
        requirements.into_iter().flatten().collect()
    }

    /// The names of the schemes in the requirements.
    pub fn security_schemes(&self) -> Vec<&'a str> {
        let requirements = self.security_requirements();
        let names = requirements.iter().flat_map(|one| names(one));
        names.collect()
    }

    /// If one alternative needs no bearer token, the token is optional.
    pub fn security(&self) -> Security {
        let requirements = self.security_requirements();
        let is_bearer = |name: &str| self.document.is_bearer_scheme(name);
        if !self.security_schemes().into_iter().any(is_bearer) {
            Security::None
        } else if requirements.iter().any(|one| !names(one).any(is_bearer)) {
            Security::OptionalBearer
        } else {
            Security::Bearer
        }
    }

    /// Whether a bearer token may be sent along.
    pub fn takes_bearer_token(&self) -> bool {
        self.security() != Security::None
    }
}

impl Document {
    /// Whether a security scheme of that name is there and asks for a bearer token.
    pub fn is_bearer_scheme(&self, name: &str) -> bool {
        credential(self, name).is_ok_and(|one| one.carrier == Carrier::Bearer)
    }
}

fn names(requirement: &Value) -> impl Iterator<Item = &str> {
    let members = requirement.as_object().into_iter().flatten();
    members.map(|(name, _)| name.as_str())
}

fn is_ignored(parameter: &Value) -> bool {
    let name = parameter["name"].as_str().unwrap_or_default();
    parameter["in"] == "header"
        && ["accept", "authorization", "content-type"]
            .iter()
            .any(|ignored| name.eq_ignore_ascii_case(ignored))
}

fn is_same_parameter(one: &Value, other: &Value) -> bool {
    one["name"] == other["name"] && one["in"] == other["in"]
}
