//! The specification as data: operations with their parameters, responses and examples, references resolved. It is
//! for code that serves or checks the operations, so a specification that is not understood is an error. The
//! [`Document`] below it accepts anything.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::answer::{Answer, Statuses};
use crate::body::{Body, Encoding};
use crate::composition::composed;
use crate::credential::{self, Credential, Setting};
use crate::document::{BrokenReference, Document, LoadError, Part};
use crate::example;
use crate::extension::{CONTENT_TYPE, DefaultFrom, ENVELOPE};
use crate::operation;
use crate::parameter::{self, Layout};

pub use crate::example::Example;
pub use crate::operation::Security;

/// What the specification says, operation by operation.
#[derive(Clone, Debug)]
pub struct Specification {
    /// The version of the API that is described.
    pub version: String,
    pub operations: Vec<Operation>,
    /// The settings of the client, sorted by name.
    pub settings: Vec<Setting>,
    /// JSON pointer to the code within the envelope of all bodies.
    pub envelope_code: Option<String>,
    /// The document that all this was read from.
    pub document: Arc<Document>,
}

#[derive(Clone, Debug)]
pub struct Operation {
    pub id: String,
    /// In upper case.
    pub method: String,
    /// Template, such as `/orders/{order_id}`.
    pub path: String,
    pub parameters: Vec<Parameter>,
    /// `Content-Type` of a request without a body, if the API needs one.
    pub content_type: Option<String>,
    pub request_body: Option<RequestBody>,
    pub security: Security,
    /// The credentials of its calls: alternatives, of which the first that is complete is sent.
    pub credentials: Vec<Vec<Credential>>,
    /// By status, in ascending order.
    pub responses: Vec<Response>,
}

#[derive(Clone, Debug)]
pub struct RequestBody {
    /// Its place in the specification.
    pub place: String,
    pub required: bool,
    pub encoding: Encoding,
    /// As it is sent.
    pub media_type: String,
    /// The schema of its value.
    pub schema: Value,
    pub examples: Vec<Example>,
}

#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    /// Its place in the specification.
    pub place: String,
    pub position: Position,
    pub required: bool,
    /// Whether the client fills it in if the call sets none.
    pub supplied: bool,
    /// The setting of the client that provides it, if there is one.
    pub setting: Option<String>,
    /// Whether the client makes a new value for each call.
    pub generated: bool,
    /// How a value of it is written.
    pub layout: Layout,
    /// The documented example as text, entry by entry for a list.
    pub example: Option<Vec<String>>,
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
    pub statuses: Statuses,
    /// One of its statuses, which no other response has.
    pub status: u16,
    /// Its place in the specification.
    pub place: String,
    /// How its body is written; `None` if it has none.
    pub encoding: Option<Encoding>,
    /// As the specification writes it.
    pub media_type: Option<String>,
    /// The schema of its value; `null` if its body is not a value.
    pub schema: Value,
    pub examples: Vec<Example>,
}

/// Why a specification can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SpecificationError {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Reference(#[from] BrokenReference),
    #[error("failed to understand {place}: {problem}")]
    Place { place: String, problem: String },
}

impl Specification {
    /// # Errors
    ///
    /// The file can't be read, is not YAML, or is not complete.
    pub fn load(path: &Path) -> Result<Self, SpecificationError> {
        Self::of_document(Document::load(path)?)
    }

    /// The specification in a text.
    ///
    /// # Errors
    ///
    /// The text is not YAML, or is not complete.
    pub fn parse(text: &[u8]) -> Result<Self, SpecificationError> {
        Self::of_document(Document::parse(Path::new("the specification"), text)?)
    }

    /// The specification in a value, such as a document that a test changed.
    ///
    /// # Errors
    ///
    /// The value is not complete.
    pub fn of(root: &Value) -> Result<Self, SpecificationError> {
        Self::of_document(Document::of(root)?)
    }

    fn of_document(document: Document) -> Result<Self, SpecificationError> {
        let operations = operation::Operation::all(&document);
        let operations: Result<_, _> = operations
            .iter()
            .map(|operation| read_operation(&document, operation))
            .collect();
        let root = document.root();
        Ok(Self {
            version: parameter::text(&root["info"]["version"]),
            operations: operations?,
            settings: credential::settings(&document),
            envelope_code: root[ENVELOPE]["code"].as_str().map(str::to_owned),
            document: Arc::new(document),
        })
    }

    /// The same specification with resolved schemas.
    ///
    /// # Errors
    ///
    /// None: what was read once can be read again.
    pub fn composed(&self) -> Result<Self, SpecificationError> {
        Self::of_document(composed(&self.document).document)
    }

    /// The operation of that id.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }
}

impl From<Specification> for Arc<Document> {
    fn from(specification: Specification) -> Self {
        specification.document
    }
}

impl Operation {
    /// The success with the lowest status.
    #[must_use]
    pub fn success(&self) -> Option<&Response> {
        let mut responses = self.responses.iter();
        responses.find(|response| response.status < 400)
    }

    /// The response that is documented for a status.
    #[must_use]
    pub fn response(&self, status: u16) -> Option<&Response> {
        self.responses
            .iter()
            .find(|response| response.statuses.contains(status))
    }
}

impl Response {
    /// Whether it has a body.
    #[must_use]
    pub fn has_body(&self) -> bool {
        self.encoding.is_some()
    }

    /// An example as it is written in the body.
    #[must_use]
    pub fn written(&self, example: &Value) -> String {
        match example {
            Value::String(text) if !self.has_value() => text.clone(),
            other => other.to_string(),
        }
    }

    /// The value of an example: a text as a whole, or bytes one by one, if its body is not a value.
    #[must_use]
    pub fn read(&self, example: &Value) -> Value {
        let written = self.written(example);
        match self.encoding {
            Some(Encoding::Json) => example.clone(),
            Some(Encoding::Text | Encoding::Form) => written.into(),
            Some(Encoding::Bytes) => written.into_bytes().into(),
            None => Value::Null,
        }
    }

    /// Whether its body is JSON, and so a value.
    #[must_use]
    pub fn has_value(&self) -> bool {
        self.encoding == Some(Encoding::Json)
    }
}

impl Parameter {
    /// The documented example as a value of its schema, with texts as texts.
    #[must_use]
    pub fn example_value(&self) -> Option<Value> {
        let example = self.example.as_ref()?;
        match self.layout {
            Layout::Single => example.first().map(|text| text.as_str().into()),
            Layout::Repeated | Layout::Joined(_) => Some(example.as_slice().into()),
        }
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

fn read_operation(
    document: &Document,
    operation: &operation::Operation<'_>,
) -> Result<Operation, SpecificationError> {
    let id = operation
        .id()
        .ok_or_else(|| wrong(&operation.place, "has no operationId"))?;
    if let Some(broken) = operation.broken_reference() {
        return Err(broken.into());
    }
    for scheme in operation.security_schemes() {
        if credential::credential(document, scheme).is_err() {
            let place = format!("components.securitySchemes.{scheme}");
            let problem = "has a type that the client does not support".to_owned();
            return Err(SpecificationError::Place { place, problem });
        }
    }
    let parameters = operation.parameters();
    let parameters: Result<_, _> = parameters
        .iter()
        .map(|parameter| read_parameter(document, parameter))
        .collect();
    let responses = operation.responses();
    if let Some((_, unknown)) = responses
        .iter()
        .find(|(key, _)| Statuses::of(key).is_none())
    {
        return Err(wrong(&unknown.home, "is not a status"));
    }
    let answers = Answer::all(operation);
    let statuses: Vec<Statuses> = answers.iter().map(|answer| answer.statuses).collect();
    let responses = answers
        .iter()
        .map(|answer| read_response(document, answer, &statuses))
        .collect();
    Ok(Operation {
        id: id.to_owned(),
        method: operation.method.to_uppercase(),
        path: operation.path.to_owned(),
        parameters: parameters?,
        content_type: operation.value[CONTENT_TYPE].as_str().map(str::to_owned),
        request_body: read_body(document, operation)?,
        security: operation.security(),
        credentials: operation.credentials(),
        responses,
    })
}

fn read_body(
    document: &Document,
    operation: &operation::Operation<'_>,
) -> Result<Option<RequestBody>, SpecificationError> {
    let Some(part) = operation.request_body() else {
        return Ok(None);
    };
    let Some(body) = Body::of(operation) else {
        let problem = "has no media type that is supported";
        return Err(wrong(&part.home, problem));
    };
    Ok(Some(RequestBody {
        place: part.home.to_string(),
        required: body.required,
        encoding: body.encoding,
        media_type: body.media_type.to_owned(),
        schema: match body.schema() {
            Value::Null => json!({}),
            schema => schema.clone(),
        },
        examples: body.examples(document),
    }))
}

fn read_response(document: &Document, answer: &Answer<'_>, all: &[Statuses]) -> Response {
    let content = answer.content.as_ref();
    let of_value = content.filter(|content| content.encoding == Encoding::Json);
    Response {
        statuses: answer.statuses,
        status: answer.statuses.example(all),
        place: answer.part.home.to_string(),
        encoding: content.map(|content| content.encoding),
        media_type: content.map(|content| content.media_type.to_owned()),
        schema: of_value.map_or(Value::Null, |content| match content.schema() {
            Value::Null => json!({}),
            schema => schema.clone(),
        }),
        examples: content.map_or_else(Vec::new, |content| content.examples(document)),
    }
}

fn read_parameter(
    document: &Document,
    parameter: &Part<'_>,
) -> Result<Parameter, SpecificationError> {
    let Part { home, value, .. } = parameter;
    let layout = Layout::of(document, value);
    let layout = layout.map_err(|reason| wrong(home, reason.to_string()))?;
    let position = match value["in"].as_str() {
        Some("path") => Position::Path,
        Some("query") => Position::Query,
        _ => Position::Header,
    };
    let name = value["name"].as_str();
    let of_schema = || value["schema"].get("example").cloned();
    let mut examples = example::of(document, parameter).into_iter();
    let default_from = DefaultFrom::of(value);
    Ok(Parameter {
        name: name.ok_or_else(|| wrong(home, "has no name"))?.to_owned(),
        place: home.to_string(),
        position,
        required: value["required"] == true || position == Position::Path,
        supplied: default_from != Ok(None),
        setting: match default_from {
            Ok(Some(DefaultFrom::Setting(setting))) => Some(setting.to_owned()),
            _ => None,
        },
        generated: matches!(default_from, Ok(Some(DefaultFrom::Generated(_)))),
        example: examples
            .next()
            .map(|example| example.value)
            .or_else(of_schema)
            .map(|example| parameter::texts(&example)),
        layout,
        schema: value["schema"].clone(),
    })
}

fn wrong(place: &impl fmt::Display, problem: impl Into<String>) -> SpecificationError {
    SpecificationError::Place {
        place: place.to_string(),
        problem: problem.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::Specification;

    #[test]
    fn what_can_not_be_understood_is_refused_with_its_place() {
        let cases = "
{responses: {}} | paths./a.get: has no operationId
{operationId: a, responses: {}, parameters: [{$ref: '#/components/parameters/None'}]} | `#/components/parameters/None` at paths./a.get.parameters.0
{operationId: a, responses: {}, requestBody: {$ref: '#/components/requestBodies/Circle'}} | `components.requestBodies.Circle` at paths./a.get.requestBody
{operationId: a, responses: {}, parameters: [{in: cookie, name: c}]} | paths./a.get.parameters.0: is a parameter in `cookie`
{operationId: a, responses: {}, parameters: [{in: query}]} | paths./a.get.parameters.0: has no name
{operationId: a, responses: {}, requestBody: {content: {multipart/form-data: {}}}} | paths./a.get.requestBody: has no media type that is supported
{operationId: a, responses: {1XX: {$ref: '#/components/responses/Any'}}} | components.responses.Any: is not a status
{operationId: a, responses: {}, security: [{key: []}]} | components.securitySchemes.key: has a type that the client does not support
";
        let mut failures = Vec::new();
        for case in cases.trim().lines() {
            let (operation, expected) = case.split_once(" | ").unwrap();
            let text = format!(
                "paths: {{/a: {{get: {operation}}}}}\ncomponents: {{requestBodies: {{Circle: {{$ref: \
                 '#/components/requestBodies/Circle'}}}}, responses: {{Any: {{}}}}}}\n"
            );
            let error = Specification::parse(text.as_bytes())
                .map(|_| ())
                .unwrap_err();
            if !error.to_string().contains(expected) {
                failures.push(format!("{operation}: {error}, not {expected}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
