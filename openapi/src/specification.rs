//! The specification as data: operations with their parameters, responses and examples, references resolved.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::member_order::MemberOrder;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// What the specification says, operation by operation.
#[derive(Clone, Debug)]
pub struct Specification {
    /// The version of the API that is described.
    pub version: String,
    /// Paths of the servers' URLs, such as `/api`; empty where a server has none.
    pub base_paths: Vec<String>,
    pub operations: Vec<Operation>,
    /// JSON pointer to the code within the envelope of all bodies.
    pub envelope_code: Option<String>,
    /// What the schemas of the operations refer into.
    pub components: Value,
}

#[derive(Clone, Debug)]
pub struct Operation {
    pub id: String,
    /// In capitals.
    pub method: String,
    /// Template, such as `/orders/{order_id}`.
    pub path: String,
    pub parameters: Vec<Parameter>,
    /// `Content-Type` of a request without a body, where the API wants one.
    pub content_type: Option<String>,
    pub request_body: Option<RequestBody>,
    pub security: Security,
    /// By status, in ascending order.
    pub responses: Vec<Response>,
}

/// Whether a bearer token is part of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    None,
    /// Both with and without one.
    OptionalBearer,
    Bearer,
}

#[derive(Clone, Debug)]
pub struct RequestBody {
    /// Where it stands.
    pub place: String,
    pub required: bool,
    /// What it is as JSON.
    pub schema: Value,
}

#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    /// Where it stands.
    pub place: String,
    pub position: Position,
    pub required: bool,
    /// Whether the client fills it in unless the call gives it.
    pub supplied: bool,
    /// The setting of the client that it is filled in from, if it is one.
    pub setting: Option<String>,
    /// Whether the client makes a fresh value for each call.
    pub generated: bool,
    /// The documented example, as text.
    pub example: Option<String>,
    pub schema: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    Path,
    Query,
    Header,
}

#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    /// Where it stands.
    pub place: String,
    /// Whether it has a body.
    pub has_body: bool,
    /// What its body is; `null` where it has none.
    pub schema: Value,
    pub examples: Vec<Example>,
}

#[derive(Clone, Debug)]
pub struct Example {
    pub name: String,
    /// Where it stands.
    pub place: String,
    pub value: Value,
}

/// What keeps a specification from being used.
#[derive(Debug, thiserror::Error)]
pub enum SpecificationError {
    #[error("failed to read {}: {source}", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("failed to read {} as YAML: {message}", path.display())]
    Yaml { path: PathBuf, message: String },
    #[error("failed to understand {place}: {problem}")]
    Place { place: String, problem: String },
}

fn text(path: &Path) -> Result<String, SpecificationError> {
    std::fs::read_to_string(path).map_err(|source| SpecificationError::Read {
        path: path.to_owned(),
        source,
    })
}

fn value(path: &Path, text: &str) -> Result<Value, SpecificationError> {
    serde_saphyr::from_str(text).map_err(|error| no_yaml(path, &error))
}

fn no_yaml(path: &Path, error: &serde_saphyr::Error) -> SpecificationError {
    SpecificationError::Yaml {
        path: path.to_owned(),
        message: error.to_string(),
    }
}

impl Specification {
    /// # Errors
    ///
    /// The file can't be read, is no YAML, or lacks what a specification has.
    pub fn load(path: &Path) -> Result<Self, SpecificationError> {
        let text = text(path)?;
        let root = &value(path, &text)?;
        let order = MemberOrder::of_yaml(&text).map_err(|error| no_yaml(path, &error))?;
        Reader { root, order }.specification()
    }

    /// The specification that a document holds. A value has its members by name, so examples come in that
    /// order here; [`load`](Self::load) keeps the order of the file.
    ///
    /// # Errors
    ///
    /// The document lacks what a specification has.
    pub fn of(document: &Value) -> Result<Self, SpecificationError> {
        let order = MemberOrder::default();
        let root = document;
        Reader { root, order }.specification()
    }

    /// A schema of this specification with all that it refers to, as a JSON schema by itself.
    #[must_use]
    pub fn closed(&self, schema: &Value) -> Value {
        let mut closed = json!({"allOf": [schema], "components": self.components});
        say_null(&mut closed);
        closed
    }

    /// The operation of that id.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }
}

impl Operation {
    /// The success with the lowest status.
    #[must_use]
    pub fn success(&self) -> Option<&Response> {
        let mut responses = self.responses.iter();
        responses.find(|response| response.status < 400)
    }

    /// The response of that status.
    #[must_use]
    pub fn response(&self, status: u16) -> Option<&Response> {
        self.responses
            .iter()
            .find(|response| response.status == status)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        })
    }
}

/// JSON schema has no `nullable`: there `null` is a type, and a value of an enumeration.
fn say_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("nullable") == Some(&Value::Bool(true)) {
                if let Some(one) = members.get_mut("type") {
                    *one = json!([one.take(), "null"]);
                }
                if let Some(Value::Array(values)) = members.get_mut("enum") {
                    values.push(Value::Null);
                }
            }
            members.values_mut().for_each(say_null);
        }
        Value::Array(items) => items.iter_mut().for_each(say_null),
        _ => {}
    }
}

struct Reader<'a> {
    root: &'a Value,
    order: MemberOrder,
}

impl<'a> Reader<'a> {
    fn specification(&self) -> Result<Specification, SpecificationError> {
        let mut operations = Vec::new();
        for (path, item) in members(&self.root["paths"]) {
            for method in METHODS {
                if let Some(value) = item.get(method) {
                    operations.push(self.operation(path, method, item, value)?);
                }
            }
        }
        Ok(Specification {
            // YAML reads `5.0` as a number.
            version: match &self.root["info"]["version"] {
                Value::String(version) => version.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            },
            base_paths: self.base_paths(),
            operations,
            envelope_code: self.root["x-par-envelope"]["code"]
                .as_str()
                .map(str::to_owned),
            components: self.root["components"].clone(),
        })
    }

    fn base_paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = items(&self.root["servers"])
            .filter_map(|server| {
                let (_, after_scheme) = server["url"].as_str()?.split_once("://")?;
                let path = after_scheme
                    .find('/')
                    .map_or("", |start| &after_scheme[start..]);
                Some(path.trim_end_matches('/').to_owned())
            })
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }

    fn operation(
        &self,
        path: &str,
        method: &str,
        item: &'a Value,
        value: &'a Value,
    ) -> Result<Operation, SpecificationError> {
        let place = format!("paths.{path}.{method}");
        let id = value["operationId"]
            .as_str()
            .ok_or_else(|| wrong(&place, "has no operationId"))?;
        let mut parameters: Vec<Parameter> = Vec::new();
        for (owner, place) in [(item, format!("paths.{path}")), (value, place.clone())] {
            for (index, parameter) in items(&owner["parameters"]).enumerate() {
                let place = format!("{place}.parameters.{index}");
                let (place, parameter) = self.resolve(place, parameter)?;
                let parameter = read_parameter(&place, parameter)?;
                parameters.retain(|other| {
                    (&other.name, other.position) != (&parameter.name, parameter.position)
                });
                parameters.push(parameter);
            }
        }
        let mut responses = Vec::new();
        for (status, response) in members(&value["responses"]) {
            let (place, response) =
                self.resolve(format!("{place}.responses.{status}"), response)?;
            let status = status
                .parse()
                .map_err(|_| wrong(&place, "is no response of one status"))?;
            responses.push(self.response(status, place, response)?);
        }
        responses.sort_by_key(|response| response.status);
        Ok(Operation {
            id: id.to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            parameters,
            content_type: value["x-par-content-type"].as_str().map(str::to_owned),
            request_body: self.request_body(&place, value)?,
            security: self.security(value)?,
            responses,
        })
    }

    fn request_body(
        &self,
        place: &str,
        operation: &'a Value,
    ) -> Result<Option<RequestBody>, SpecificationError> {
        let Some(body) = operation.get("requestBody") else {
            return Ok(None);
        };
        let (place, body) = self.resolve(format!("{place}.requestBody"), body)?;
        let content = body["content"].get("application/json");
        let schema = content
            .ok_or_else(|| {
                wrong(
                    &place,
                    "is no JSON, the only kind of body that is understood",
                )
            })?
            .get("schema");
        Ok(Some(RequestBody {
            required: body["required"].as_bool().unwrap_or(false),
            schema: schema.cloned().unwrap_or_else(|| json!({})),
            place,
        }))
    }

    /// The operation's own requirement stands in place of the document's.
    fn security(&self, operation: &'a Value) -> Result<Security, SpecificationError> {
        let own = operation.get("security");
        let alternatives = own.or_else(|| self.root.get("security"));
        let mut with_token = false;
        let mut without_token = false;
        for alternative in alternatives.into_iter().flat_map(items) {
            let mut needs_token = false;
            for (name, _) in members(alternative) {
                let place = format!("components.securitySchemes.{name}");
                let scheme = self.root["components"]["securitySchemes"]
                    .get(name)
                    .ok_or_else(|| wrong(&place, "is not there, but an operation requires it"))?;
                let (place, scheme) = self.resolve(place, scheme)?;
                let is_bearer = scheme["type"] == "http"
                    && scheme["scheme"]
                        .as_str()
                        .is_some_and(|name| name.eq_ignore_ascii_case("bearer"));
                if !is_bearer {
                    let problem =
                        "is no bearer token, the only kind of security that is understood";
                    return Err(wrong(&place, problem));
                }
                needs_token = true;
            }
            with_token |= needs_token;
            without_token |= !needs_token;
        }
        // An alternative that names nothing means: or none at all.
        match (with_token, without_token) {
            (false, _) => Ok(Security::None),
            (true, true) => Ok(Security::OptionalBearer),
            (true, false) => Ok(Security::Bearer),
        }
    }

    fn response(
        &self,
        status: u16,
        place: String,
        response: &'a Value,
    ) -> Result<Response, SpecificationError> {
        let content = &response["content"]["application/json"];
        let mut examples = Vec::new();
        let all = format!("{place}.content.application/json.examples");
        let mut named: Vec<_> = members(&content["examples"]).collect();
        named.sort_by_key(|(name, _)| self.order.position(&all, name));
        for (name, example) in named {
            let place = format!("{all}.{name}");
            let (place, example) = self.resolve(place, example)?;
            let value = example
                .get("value")
                .ok_or_else(|| wrong(&place, "has no value"))?;
            examples.push(Example {
                name: name.clone(),
                place,
                value: value.clone(),
            });
        }
        // A single example without a name of its own.
        if let Some(value) = content.get("example") {
            examples.push(Example {
                name: "example".to_owned(),
                place: format!("{place}.content.application/json.example"),
                value: value.clone(),
            });
        }
        Ok(Response {
            status,
            has_body: !content.is_null(),
            schema: content["schema"].clone(),
            examples,
            place,
        })
    }

    /// What a value stands for, and where that is.
    fn resolve(
        &self,
        place: String,
        value: &'a Value,
    ) -> Result<(String, &'a Value), SpecificationError> {
        let (mut place, mut value) = (place, value);
        // A chain longer than this is a circle: nobody writes one by hand.
        for _ in 0..32 {
            let Some(reference) = value["$ref"].as_str() else {
                return Ok((place, value));
            };
            let target = reference
                .strip_prefix("#/")
                .and_then(|pointer| Some((pointer, self.root.pointer(&reference[1..])?)));
            let Some((pointer, target)) = target else {
                let problem = format!("refers to `{reference}`, which is not there");
                return Err(wrong(&place, &problem));
            };
            place = pointer
                .split('/')
                .map(unescaped)
                .collect::<Vec<_>>()
                .join(".");
            value = target;
        }
        Err(wrong(&place, "refers to itself"))
    }
}

/// A step of a JSON pointer as the key that it stands for.
fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

fn read_parameter(place: &str, parameter: &Value) -> Result<Parameter, SpecificationError> {
    let position = match parameter["in"].as_str() {
        Some("path") => Position::Path,
        Some("query") => Position::Query,
        Some("header") => Position::Header,
        _ => return Err(wrong(place, "is no parameter in path, query or header")),
    };
    let example = parameter
        .get("example")
        .or_else(|| members(&parameter["examples"]).find_map(|(_, example)| example.get("value")))
        .or_else(|| parameter["schema"].get("example"));
    Ok(Parameter {
        name: parameter["name"]
            .as_str()
            .ok_or_else(|| wrong(place, "has no name"))?
            .to_owned(),
        place: place.to_owned(),
        position,
        required: parameter["required"].as_bool().unwrap_or(false),
        supplied: parameter.get("x-par-default-from").is_some(),
        setting: parameter["x-par-default-from"]["setting"]
            .as_str()
            .map(str::to_owned),
        generated: parameter["x-par-default-from"]["generated"].is_string(),
        example: example.map(|example| match example {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }),
        schema: parameter["schema"].clone(),
    })
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn wrong(place: &str, problem: &str) -> SpecificationError {
    SpecificationError::Place {
        place: place.to_owned(),
        problem: problem.to_owned(),
    }
}
