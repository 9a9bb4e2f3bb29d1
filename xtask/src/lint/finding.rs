//! The findings of the lint: a place, the problem, its severity, and what to do.

use serde_json::{Value, json};

use crate::report::{Finding, Severity};
use openapi::credential::NoCredential;
use openapi::document::Document;
use openapi::ordered::Start;
use openapi::parameter::Unsendable;
use openapi::place::Place;
use openapi::schema::with_article;
use openapi::schema_check;

/// The problem; the text completes a sentence that begins with the place.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Problem {
    #[error("{}", found.as_ref().map_or("is missing".to_owned(), |found| format!("is {found}")))]
    OpenApiVersion { found: Option<Value> },
    #[error("is missing or is not a string")]
    ApiVersion,

    #[error("`{word}` without quotes is a text here, as in YAML 1.2, and a boolean in YAML 1.1")]
    AmbiguousWord { word: String },

    #[error("`{target}` points outside of the document")]
    ExternalReference { target: String },
    #[error("`{target}` does not exist")]
    DanglingReference { target: String },
    #[error("`{target}` refers to itself or to nothing")]
    CircularReference { target: String },
    #[error("`{target}` is not `#/components/{section}/…`")]
    ReferenceTarget {
        target: String,
        section: &'static str,
    },
    #[error("`{field}` has no effect beside a reference")]
    BesideReference { field: String },

    #[error("`{field}` is not a field of a {kind} in OpenAPI 3.0")]
    UnknownField { field: String, kind: &'static str },
    #[error("`{field}` has no effect on the generated code")]
    UnheededField { field: String },
    #[error("`{name}` is not a known vendor extension")]
    UnknownExtension { name: String },
    #[error("`{name}` has no effect on a {kind}")]
    MisplacedExtension { name: String, kind: &'static str },
    #[error("is not {}", with_article(expected))]
    ExtensionValue { expected: &'static str },

    #[error("has no operation")]
    NoOperation,
    #[error("does not begin with `/`")]
    PathWithoutSlash,
    #[error("is missing, or can't become a name in Rust; it could be `{suggestion}`")]
    OperationIdMissing { suggestion: String },
    #[error("`{id}` also names {first}")]
    OperationIdDuplicate { id: String, first: Place },
    #[error("becomes `{name}` in Rust, as {first} does")]
    RustNameDuplicate { name: String, first: Place },

    #[error("{0}")]
    Parameter(Unsendable),
    #[error("names the header `{name}`, which HTTP does not allow as a name")]
    HeaderName { name: String },
    #[error("names the header {name}, which OpenAPI ignores here")]
    ReservedHeader { name: String },
    #[error("names the header {name}, which the client sends by itself")]
    ClientHeader { name: String },
    #[error("names the {position} parameter `{name}`, as {first} does")]
    ParameterDuplicate {
        name: String,
        position: String,
        first: Place,
    },
    #[error("has a brace that is not closed or not opened")]
    PathBraces,
    #[error("`{name}` has no parameter")]
    PathParameterMissing { name: String },
    #[error("`{name}` does not occur in the path")]
    PathParameterUnused { name: String },
    #[error("{problem}")]
    DefaultFrom { problem: &'static str },
    #[error("is on a {position} parameter")]
    DefaultFromPosition { position: String },

    #[error("is on {method}, and HTTP defines no body for that method")]
    RequestBodyMethod { method: String },
    #[error("has no media type")]
    RequestBodyEmpty,
    #[error("is not a single media type")]
    RequestBodyType,
    #[error("has no schema")]
    RequestBodySchema,
    #[error("is multipart, which the generated builders do not support")]
    RequestBodyMultipart,
    #[error(
        "can't be part of a form: the fields of a form are texts, numbers, flags and lists of them"
    )]
    FormShape,

    #[error(
        "`{status}` is not a status from 200 to 599, a class of them such as `4XX`, or `default`"
    )]
    ResponseStatus { status: String },
    #[error("is a stream of events, and the client reads an answer as a whole")]
    EndlessResponse,
    #[error("has no success")]
    NoSuccess,

    #[error("`{scheme}` is not a security scheme of the document")]
    SecuritySchemeMissing { scheme: String },
    #[error("{problem}")]
    SecurityScheme { problem: NoCredential },
    #[error("also names {first}")]
    EnvironmentDuplicate { first: Place },

    #[error("is {found}")]
    SchemaType { found: Value },
    #[error("`{pattern}` is not a regular expression")]
    Pattern { pattern: String },
    #[error("has no effect without `{bound}`")]
    ExclusiveWithoutBound { bound: &'static str },
    #[error("is {found}, and the schema is of type {expected}")]
    EnumValue { found: Value, expected: String },
    #[error("lists values of several types")]
    EnumMixed,
    #[error("{problem}, so no value fits")]
    Contradiction { problem: String },
    #[error("names `{property}`, which is not a property")]
    RequiredNotNamed { property: String },
    #[error("`{name}` looks like a secret but is not marked as one")]
    NotSecret { name: String },

    #[error("is not valid OpenAPI: {problem}")]
    NotOpenApi { problem: String },

    #[error("has no description")]
    DescriptionMissing { kind: &'static str },
    #[error("has no description")]
    ResponseDescriptionMissing,
    #[error("begins with TODO")]
    TodoLeft,
    #[error("has no example")]
    ExampleMissing,
    #[error("has no example")]
    BodyExampleMissing,
    #[error("does not fit its schema: it {0}")]
    ExampleMisfit(schema_check::Problem),
    #[error("the schema has no `{field}`")]
    ExampleNotNamed { field: String },
    #[error("does not fit its schema: it {0}")]
    DefaultMisfit(schema_check::Problem),
}

/// What all findings of a kind share: the severity, a short stable name, and what to do.
struct Rule(Severity, &'static str, &'static str);

impl Problem {
    fn rule(&self) -> Rule {
        use Severity::{Error, Warning};
        match self {
            Self::OpenApiVersion { .. } => Rule(
                Error,
                "openapi-version",
                "the generator reads OpenAPI 3.0: write `openapi: 3.0.3`",
            ),
            Self::ApiVersion => Rule(
                Error,
                "api-version",
                "name the API version that the specification describes, in quotes if it looks like a number",
            ),
            Self::AmbiguousWord { .. } => Rule(
                Warning,
                "ambiguous-word",
                "put it in quotes, or write `true` or `false`",
            ),
            Self::ExternalReference { .. } => Rule(
                Error,
                "external-reference",
                "copy what it points at into `components`",
            ),
            Self::DanglingReference { .. } => Rule(
                Error,
                "dangling-reference",
                "correct the name or add what it should point at",
            ),
            Self::CircularReference { .. } => Rule(
                Error,
                "circular-reference",
                "replace one of the references in the chain by the thing itself",
            ),
            Self::ReferenceTarget { .. } => Rule(
                Error,
                "reference-target",
                "move what it points at into that section: the generator reads references to that section only",
            ),
            Self::BesideReference { .. } => Rule(
                Error,
                "beside-reference",
                "put the reference into an `allOf`, and the field beside the `allOf`",
            ),
            Self::UnknownField { .. } => Rule(
                Warning,
                "unknown-field",
                "correct the spelling or remove it: it would be ignored",
            ),
            Self::UnheededField { .. } => Rule(
                Error,
                "unheeded-field",
                "describe the API without it: the client would ignore it",
            ),
            Self::UnknownExtension { .. } => Rule(
                Error,
                "unknown-extension",
                "correct the spelling or remove it: it would be ignored",
            ),
            Self::MisplacedExtension { .. } => Rule(
                Error,
                "misplaced-extension",
                "see openapi/README.md for where it belongs",
            ),
            Self::ExtensionValue { .. } => Rule(
                Error,
                "extension-value",
                "see openapi/README.md for what it takes",
            ),
            Self::NoOperation => Rule(
                Error,
                "no-operation",
                "add one: there is nothing to generate",
            ),
            Self::PathWithoutSlash => Rule(Error, "path-without-slash", "begin it with `/`"),
            Self::OperationIdMissing { .. } => Rule(
                Error,
                "operation-id-missing",
                "give the operation a name: the builder and its method are named after it",
            ),
            Self::OperationIdDuplicate { .. } => Rule(
                Error,
                "operation-id-duplicate",
                "give each operation a name of its own",
            ),
            Self::RustNameDuplicate { .. } => Rule(
                Error,
                "rust-name-duplicate",
                "rename one of them: the generated code would not compile, or mix them up",
            ),
            Self::Parameter(reason) => Rule(Error, "parameter", reason.advice()),
            Self::HeaderName { .. } => Rule(Error, "header-name", "use letters, digits and `-`"),
            Self::ReservedHeader { .. } => Rule(
                Warning,
                "reserved-header",
                "use the media type of the response or of the body, a security scheme, or x-par-content-type",
            ),
            Self::ClientHeader { .. } => Rule(
                Error,
                "client-header",
                "remove it: it would be sent twice, or make the request unreadable",
            ),
            Self::ParameterDuplicate { .. } => Rule(
                Error,
                "parameter-duplicate",
                "remove one of them; upper and lower case make no difference in the name of a header",
            ),
            Self::PathBraces => Rule(Error, "path-braces", "write each parameter as `{name}`"),
            Self::PathParameterMissing { .. } => Rule(
                Error,
                "path-parameter-missing",
                "add a parameter with that name and `in: path`",
            ),
            Self::PathParameterUnused { .. } => Rule(
                Error,
                "path-parameter-unused",
                "put it into the path in braces, or remove the parameter",
            ),
            Self::DefaultFrom { .. } => Rule(
                Error,
                "default-from",
                "see openapi/README.md for what it takes",
            ),
            Self::DefaultFromPosition { .. } => {
                Rule(Error, "default-from", "it works for header parameters only")
            }
            Self::RequestBodyMethod { .. } => Rule(
                Warning,
                "request-body-method",
                "remove `requestBody` if the API does not need it: servers and proxies may drop the body, or refuse the request",
            ),
            Self::RequestBodyEmpty => Rule(
                Error,
                "request-body",
                "describe what is sent under `content`, or remove `requestBody`",
            ),
            Self::RequestBodyType => Rule(
                Error,
                "request-body-type",
                "name the one that is sent, such as `application/json`: it becomes the `Content-Type`",
            ),
            Self::RequestBodySchema => Rule(
                Error,
                "request-body-schema",
                "describe the body: its type and its checks are made from the schema",
            ),
            Self::RequestBodyMultipart => Rule(
                Error,
                "request-body-multipart",
                "remove the operation, and send such a request with an HTTP client of your own",
            ),
            Self::FormShape => Rule(
                Error,
                "request-body-form",
                "describe the body as JSON if the API accepts JSON, or the field as text",
            ),
            Self::ResponseStatus { .. } => Rule(
                Warning,
                "response-status",
                "correct the status: the response would be ignored",
            ),
            Self::EndlessResponse => Rule(
                Error,
                "response-type",
                "remove the operation, and read such an answer with an HTTP client of your own",
            ),
            Self::NoSuccess => Rule(
                Warning,
                "no-success",
                "add the response of a successful call: without one, every call fails",
            ),
            Self::SecuritySchemeMissing { .. } => Rule(
                Error,
                "security-scheme-missing",
                "correct the name or add it to `components.securitySchemes`",
            ),
            Self::SecurityScheme { .. } => Rule(
                Error,
                "security-scheme-kind",
                "remove it: the client supports HTTP bearer and basic, OAuth 2, OpenID Connect, and keys in a header or the query",
            ),
            Self::EnvironmentDuplicate { .. } => Rule(
                Error,
                "environment-duplicate",
                "give each server a name of its own",
            ),
            Self::SchemaType { .. } => Rule(
                Error,
                "schema-type",
                "the types of OpenAPI 3.0 are string, integer, number, boolean, array and object; for null write `nullable: true`",
            ),
            Self::Pattern { .. } => Rule(
                Error,
                "pattern",
                "correct it: no value can be checked by the schema",
            ),
            Self::ExclusiveWithoutBound { .. } => Rule(
                Error,
                "exclusive-without-bound",
                "in OpenAPI 3.0 it is a flag beside the bound: add the bound",
            ),
            Self::EnumValue { .. } => Rule(
                Error,
                "enum-value",
                "list values of that type only; in YAML, put words such as `no` in quotes",
            ),
            Self::EnumMixed => Rule(
                Error,
                "enum-mixed",
                "give the schema a `type` and list values of that type only",
            ),
            Self::Contradiction { .. } => Rule(
                Error,
                "contradiction",
                "correct the schemas of `allOf`: a value must fit each of them",
            ),
            Self::RequiredNotNamed { .. } => Rule(
                Warning,
                "required-not-named",
                "correct the name or describe the property: the generated type would not require it",
            ),
            Self::NotSecret { .. } => Rule(
                Error,
                "not-secret",
                "if it is a secret, write `format: password` to keep it out of logs; if it is not, write `x-par-secret: false`",
            ),
            Self::NotOpenApi { .. } => Rule(
                Error,
                "not-openapi",
                "see the OpenAPI 3.0 specification for what belongs there",
            ),
            Self::DescriptionMissing { .. } => Rule(
                Warning,
                "description-missing",
                "say what it is and name the source: the text becomes documentation of the crate",
            ),
            Self::ResponseDescriptionMissing => Rule(
                Error,
                "response-description-missing",
                "say when it is returned: OpenAPI requires a description",
            ),
            Self::TodoLeft => Rule(
                Warning,
                "todo",
                "write what it is for: the text becomes documentation of the crate",
            ),
            Self::ExampleMissing => Rule(
                Warning,
                "example-missing",
                "add one under `examples`: the mock server answers with it",
            ),
            Self::BodyExampleMissing => Rule(
                Warning,
                "example-missing",
                "add one under `examples`: the tests send it",
            ),
            Self::ExampleMisfit(_) => Rule(
                Warning,
                "example-misfit",
                "correct the example or the schema, whichever is wrong",
            ),
            Self::ExampleNotNamed { .. } => Rule(
                Warning,
                "example-not-named",
                "describe the field in the schema, or correct the example",
            ),
            Self::DefaultMisfit(_) => Rule(
                Warning,
                "default-misfit",
                "correct the default or the schema, whichever is wrong",
            ),
        }
    }

    pub fn severity(&self) -> Severity {
        self.rule().0
    }

    /// The finding for this problem at a place of a document.
    pub fn at(&self, place: &Place, document: &Document) -> Finding {
        let Rule(severity, code, advice) = self.rule();
        let start = document.start(place);
        let file = document.path().display();
        Finding {
            severity,
            file: start.map(|Start { line, column }| format!("{file}:{line}:{column}")),
            text: format!("{place}: {self}; {advice} [{code}]"),
            json: json!({
                "severity": severity.name(),
                "code": code,
                "place": place.to_string(),
                "line": start.map(|start| start.line),
                "column": start.map(|start| start.column),
                "problem": self.to_string(),
                "advice": advice,
            }),
        }
    }
}
