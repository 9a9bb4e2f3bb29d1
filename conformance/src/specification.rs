//! The specification as data: operations with their parameters, responses and examples, references resolved.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// What the specification says, operation by operation.
#[derive(Clone, Debug)]
pub struct Specification {
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
    /// By status, in ascending order.
    pub responses: Vec<Response>,
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

fn document(path: &Path) -> Result<Value, SpecificationError> {
    let text = std::fs::read_to_string(path).map_err(|source| SpecificationError::Read {
        path: path.to_owned(),
        source,
    })?;
    serde_saphyr::from_str(&text).map_err(|error| SpecificationError::Yaml {
        path: path.to_owned(),
        message: error.to_string(),
    })
}

impl Specification {
    /// The specification of this workspace.
    ///
    /// # Errors
    ///
    /// It can't be read, or lacks what a specification has.
    pub fn of_workspace() -> Result<Self, SpecificationError> {
        Self::of(&Self::document_of_workspace()?)
    }

    /// The same as it is written down.
    ///
    /// # Errors
    ///
    /// The file can't be read or is no YAML.
    pub fn document_of_workspace() -> Result<Value, SpecificationError> {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        document(&package.with_file_name("openapi").join("par-ordering.yaml"))
    }

    /// # Errors
    ///
    /// The file can't be read, is no YAML, or lacks what a specification has.
    pub fn load(path: &Path) -> Result<Self, SpecificationError> {
        Self::of(&document(path)?)
    }

    /// The specification that a document holds.
    ///
    /// # Errors
    ///
    /// The document lacks what a specification has.
    pub fn of(document: &Value) -> Result<Self, SpecificationError> {
        Reader { root: document }.specification()
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
            responses,
        })
    }

    fn response(
        &self,
        status: u16,
        place: String,
        response: &'a Value,
    ) -> Result<Response, SpecificationError> {
        let content = &response["content"]["application/json"];
        let mut examples = Vec::new();
        for (name, example) in members(&content["examples"]) {
            let place = format!("{place}.content.application/json.examples.{name}");
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
