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

/// What all findings of a kind share: the severity, a short stable name, and what to do.
struct Rule(Severity, &'static str, &'static str);

/// The kinds of problems: name and fields, text, and rule.
macro_rules! problems {
    ($($name:ident $({ $($field:ident: $of:ty),* })? $(($inner:ty))?: ($($text:tt)*),
        $severity:ident $code:literal, $advice:literal;)*) => {
        /// The problem; the text completes a sentence that begins with the place.
        #[derive(Clone, Debug, PartialEq, thiserror::Error)]
        pub enum Problem {
            $(#[error($($text)*)] $name $({ $($field: $of),* })? $(($inner))?,)*
        }

        impl Problem {
            fn rule(&self) -> Rule {
                match self {
                    $(Self::$name { .. } => Rule(Severity::$severity, $code, $advice),)*
                }
            }
        }
    };
}

problems! {
    OpenApiVersion { found: Option<Value> }: ("{}", found.as_ref().map_or("is missing".to_owned(), |found| format!("is {found}"))),
        Error "openapi-version", "the generator reads OpenAPI 3.0: write `openapi: 3.0.3`";
    ApiVersion: ("is missing or is not a string"),
        Error "api-version", "name the API version that the specification describes, in quotes if it looks like a number";

    AmbiguousWord { word: String }: ("`{word}` without quotes is a text here, as in YAML 1.2, and a boolean in YAML 1.1"),
        Warning "ambiguous-word", "put it in quotes, or write `true` or `false`";

    ExternalReference { target: String }: ("`{target}` points outside of the document"),
        Error "external-reference", "copy what it points at into `components`";
    DanglingReference { target: String }: ("`{target}` does not exist"),
        Error "dangling-reference", "correct the name or add what it should point at";
    CircularReference { target: String }: ("`{target}` refers to itself or to nothing"),
        Error "circular-reference", "replace one of the references in the chain by the thing itself";
    ReferenceTarget { target: String, section: &'static str }: ("`{target}` is not `#/components/{section}/…`"),
        Error "reference-target", "move what it points at into that section: the generator reads references to that section only";
    BesideReference { field: String }: ("`{field}` has no effect beside a reference"),
        Error "beside-reference", "put the reference into an `allOf`, and the field beside the `allOf`";

    UnknownField { field: String, kind: &'static str }: ("`{field}` is not a field of a {kind} in OpenAPI 3.0"),
        Warning "unknown-field", "correct the spelling or remove it: it would be ignored";
    UnheededField { field: String }: ("`{field}` has no effect on the generated code"),
        Error "unheeded-field", "describe the API without it: the client would ignore it";
    UnknownExtension { name: String }: ("`{name}` is not a known vendor extension"),
        Error "unknown-extension", "correct the spelling or remove it: it would be ignored";
    MisplacedExtension { name: String, kind: &'static str }: ("`{name}` has no effect on a {kind}"),
        Error "misplaced-extension", "see openapi/README.md for where it belongs";
    ExtensionValue { expected: &'static str }: ("is not {}", with_article(expected)),
        Error "extension-value", "see openapi/README.md for what it takes";

    NoOperation: ("has no operation"),
        Error "no-operation", "add one: there is nothing to generate";
    PathWithoutSlash: ("does not begin with `/`"),
        Error "path-without-slash", "begin it with `/`";
    OperationIdMissing { suggestion: String }: ("is missing, or can't become a name in Rust; it could be `{suggestion}`"),
        Error "operation-id-missing", "give the operation a name: the builder and its method are named after it";
    OperationIdDuplicate { id: String, first: Place }: ("`{id}` also names {first}"),
        Error "operation-id-duplicate", "give each operation a name of its own";
    RustNameDuplicate { name: String, first: Place }: ("becomes `{name}` in Rust, as {first} does"),
        Error "rust-name-duplicate", "rename one of them: the generated code would not compile, or mix them up";

    Parameter(Unsendable): ("{0}"),
        Error "parameter", "";
    HeaderName { name: String }: ("names the header `{name}`, which HTTP does not allow as a name"),
        Error "header-name", "use letters, digits and `-`";
    ReservedHeader { name: String }: ("names the header {name}, which OpenAPI ignores here"),
        Warning "reserved-header", "use the media type of the response or of the body, a security scheme, or x-par-content-type";
    ClientHeader { name: String }: ("names the header {name}, which the client sends by itself"),
        Error "client-header", "remove it: it would be sent twice, or make the request unreadable";
    ParameterDuplicate { name: String, position: String, first: Place }: ("names the {position} parameter `{name}`, as {first} does"),
        Error "parameter-duplicate", "remove one of them; upper and lower case make no difference in the name of a header";
    PathBraces: ("has a brace that is not closed or not opened"),
        Error "path-braces", "write each parameter as `{name}`";
    PathParameterMissing { name: String }: ("`{name}` has no parameter"),
        Error "path-parameter-missing", "add a parameter with that name and `in: path`";
    PathParameterUnused { name: String }: ("`{name}` does not occur in the path"),
        Error "path-parameter-unused", "put it into the path in braces, or remove the parameter";
    DefaultFrom { problem: &'static str }: ("{problem}"),
        Error "default-from", "see openapi/README.md for what it takes";
    DefaultFromPosition { position: String }: ("is on a {position} parameter"),
        Error "default-from", "it works for header parameters only";

    RequestBodyMethod { method: String }: ("is on {method}, and HTTP defines no body for that method"),
        Warning "request-body-method", "remove `requestBody` if the API does not need it: servers and proxies may drop the body, or refuse the request";
    RequestBodyEmpty: ("has no media type"),
        Error "request-body", "describe what is sent under `content`, or remove `requestBody`";
    RequestBodyType: ("is not a single media type"),
        Error "request-body-type", "name the one that is sent, such as `application/json`: it becomes the `Content-Type`";
    RequestBodySchema: ("has no schema"),
        Error "request-body-schema", "describe the body: its type and its checks are made from the schema";
    RequestBodyMultipart: ("is multipart, which the generated builders do not support"),
        Error "request-body-multipart", "remove the operation, and send such a request with an HTTP client of your own";
    FormShape: ("can't be part of a form: the fields of a form are texts, numbers, flags and lists of them"),
        Error "request-body-form", "describe the body as JSON if the API accepts JSON, or the field as text";
    FormEncoding: ("is not how the fields of a form are written: as text, and a list as a pair for each entry"),
        Error "request-body-form", "describe a field that is written in another way as text: the caller writes it";

    ResponseStatus { status: String }: ("`{status}` is not a status from 200 to 599, a class of them such as `4XX`, or `default`"),
        Warning "response-status", "correct the status: the response would be ignored";
    EndlessResponse: ("is a stream of events, and the client reads an answer as a whole"),
        Error "response-type", "remove the operation, and read such an answer with an HTTP client of your own";
    NoSuccess: ("has no success"),
        Warning "no-success", "add the response of a successful call: without one, every call fails";

    SecuritySchemeMissing { scheme: String }: ("`{scheme}` is not a security scheme of the document"),
        Error "security-scheme-missing", "correct the name or add it to `components.securitySchemes`";
    SecurityScheme { problem: NoCredential }: ("{problem}"),
        Error "security-scheme-kind", "remove it: the client supports HTTP bearer and basic, OAuth 2, OpenID Connect, and keys in a header or the query";
    EnvironmentDuplicate { first: Place }: ("also names {first}"),
        Error "environment-duplicate", "give each server a name of its own";

    SchemaType { found: Value }: ("is {found}"),
        Error "schema-type", "the types of OpenAPI 3.0 are string, integer, number, boolean, array and object; for null write `nullable: true`";
    Pattern { pattern: String }: ("`{pattern}` is not a regular expression"),
        Error "pattern", "correct it: no value can be checked by the schema";
    ExclusiveWithoutBound { bound: &'static str }: ("has no effect without `{bound}`"),
        Error "exclusive-without-bound", "in OpenAPI 3.0 it is a flag beside the bound: add the bound";
    EnumValue { found: Value, expected: String }: ("is {found}, and the schema is of type {expected}"),
        Error "enum-value", "list values of that type only; in YAML, put words such as `no` in quotes";
    EnumMixed: ("lists values of several types"),
        Error "enum-mixed", "give the schema a `type` and list values of that type only";
    Contradiction { problem: String }: ("{problem}, so no value fits"),
        Error "contradiction", "correct the schemas of `allOf`: a value must fit each of them";
    RequiredNotNamed { property: String }: ("names `{property}`, which is not a property"),
        Warning "required-not-named", "correct the name or describe the property: the generated type would not require it";
    NotSecret { name: String }: ("`{name}` looks like a secret but is not marked as one"),
        Error "not-secret", "if it is a secret, write `format: password` to keep it out of logs; if it is not, write `x-par-secret: false`";

    SecretNotText: ("is a secret that is not a text, and would be printed"),
        Error "secret-not-text", "describe it without a `type`: a value of any type is not printed; or write `type: string` if it is a text";

    NotOpenApi { problem: String }: ("is not valid OpenAPI: {problem}"),
        Error "not-openapi", "see the OpenAPI 3.0 specification for what belongs there";

    DescriptionMissing { kind: &'static str }: ("has no description"),
        Warning "description-missing", "say what it is and name the source: the text becomes documentation of the crate";
    ResponseDescriptionMissing: ("has no description"),
        Error "response-description-missing", "say when it is returned: OpenAPI requires a description";
    TodoLeft: ("begins with TODO"),
        Warning "todo", "write what it is for: the text becomes documentation of the crate";
    ExampleMissing: ("has no example"),
        Warning "example-missing", "add one under `examples`: the mock server answers with it";
    BodyExampleMissing: ("has no example"),
        Warning "example-missing", "add one under `examples`: the tests send it";
    ExampleMisfit(schema_check::Problem): ("does not fit its schema: it {0}"),
        Warning "example-misfit", "correct the example or the schema, whichever is wrong";
    ExampleNotNamed { field: String }: ("the schema has no `{field}`"),
        Warning "example-not-named", "describe the field in the schema, or correct the example";
    DefaultMisfit(schema_check::Problem): ("does not fit its schema: it {0}"),
        Warning "default-misfit", "correct the default or the schema, whichever is wrong";
}

impl Problem {
    pub fn severity(&self) -> Severity {
        self.rule().0
    }

    /// The finding for this problem at a place of a document.
    pub fn at(&self, place: &Place, document: &Document) -> Finding {
        let Rule(severity, code, advice) = self.rule();
        let advice = match self {
            // It depends on the reason.
            Self::Parameter(reason) => reason.advice(),
            _ => advice,
        };
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
