//! Drafts the operation of a page as OpenAPI, for the author of the specification. It writes `TODO` if the page says
//! nothing, and in place of the page's prose, which we must not copy.

mod schema;
mod yaml;

use std::collections::BTreeMap;

use heck::ToUpperCamelCase as _;
use serde_json::{Value, json};

use super::agreement;
use super::fault;
use super::page::Page;
use openapi::body::Encoding;
use openapi::document::{Document, Part, reference};
use openapi::extension::{CONTENT_TYPE, ENVELOPE};
use openapi::operation::Operation;
use openapi::path_template::PathTemplate;
use openapi::place::Place;
use openapi::published::{Body, Facts, Field, Response};
use openapi::schema_check::{self, Direction};
use yaml::Node;

/// The lint reports this until it is replaced.
const TODO: &str = "TODO";

const JSON: &str = "application/json";

/// The operation, with the schemas that it refers to, as a part of a document.
pub fn of(page: &Page, document: &Document) -> String {
    let facts = &page.facts;
    let mut draft = Draft {
        document,
        facts,
        operation_id: operation_id(page, document),
        schemas: Node::map(),
        security_schemes: Node::map(),
    };
    let operation = draft.operation(&page.title);
    let method = facts.method.to_lowercase();
    let path = Node::map().with(&method, operation);
    let mut components = Node::map();
    if !draft.security_schemes.is_empty() {
        components.add("securitySchemes", draft.security_schemes);
    }
    if !draft.schemas.is_empty() {
        components.add("schemas", draft.schemas);
    }
    let mut root = Node::map().with("paths", Node::map().with(&facts.path, path));
    if !components.is_empty() {
        root.add("components", components);
    }
    let mut text = "# Drafted from a page: write a description in place of each TODO, and move both parts into the \
                    specification.\n"
        .to_owned();
    for fault in fault::of(facts) {
        text += &format!("# {}.\n", fault::note(&fault));
    }
    text + &root.to_string()
}

/// The existing name of the operation, or a new one made from its title.
fn operation_id(page: &Page, document: &Document) -> String {
    let operations = Operation::all(document);
    let facts = &page.facts;
    let same = operations
        .iter()
        .find(|one| one.path == facts.path && one.method.eq_ignore_ascii_case(&facts.method));
    if let Some(id) = same.and_then(|operation| operation.id()) {
        return id.to_owned();
    }
    let words = |text: &str| {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let words = words.filter(|word| !word.is_empty()).map(str::to_lowercase);
        words.collect::<Vec<_>>().join("_")
    };
    let id = words(&page.title);
    let is_taken = operations
        .iter()
        .any(|operation| operation.id() == Some(&id));
    if id.starts_with(|first: char| first.is_ascii_alphabetic()) && !is_taken {
        id
    } else {
        words(&format!("{} {}", facts.method, facts.path))
    }
}

struct Draft<'a> {
    document: &'a Document,
    facts: &'a Facts,
    operation_id: String,
    schemas: Node,
    security_schemes: Node,
}

impl Draft<'_> {
    fn operation(&mut self, title: &str) -> Node {
        let mut operation = Node::map()
            .with("operationId", &*self.operation_id)
            .with("summary", title)
            .with("description", TODO);
        let body = self.request_body();
        if let Some(content_type) = self.header("Content-Type").filter(|_| body.is_none()) {
            let media_type = if content_type.is_empty() {
                JSON
            } else {
                &content_type
            };
            operation.add(CONTENT_TYPE, media_type);
        }
        if let Some(security) = self.security() {
            operation.add("security", security);
        }
        let parameters = self.parameters();
        if !parameters.is_empty() {
            operation.add("parameters", parameters);
        }
        if let Some(body) = body {
            operation.add("requestBody", body);
        }
        let responses = self.responses();
        operation.with("responses", responses)
    }

    /// The value that the sample sends in a header that is listed; empty if it is left out.
    fn header(&self, name: &str) -> Option<String> {
        let is_meant = |other: &str| other.eq_ignore_ascii_case(name);
        let mut listed = self.facts.headers.iter();
        listed.find(|field| is_meant(&field.name))?;
        let mut sent = self.facts.sample.headers.iter();
        let sent = sent.find(|header| is_meant(&header.name));
        Some(sent.map(|header| header.value.clone()).unwrap_or_default())
    }

    fn security(&mut self) -> Option<Node> {
        let mut headers = self.facts.headers.iter();
        let Some(header) = headers.find(|field| field.name.eq_ignore_ascii_case("authorization"))
        else {
            let is_inherited = self.document.root().get("security").is_some();
            return is_inherited.then(|| Node::List(Vec::new()));
        };
        let components = Part::at(Place::root(), self.document.root()).member("components");
        let schemes = self.document.names(&components.member("securitySchemes"));
        let known = schemes
            .into_iter()
            .find(|name| self.document.is_bearer_scheme(name));
        let name = known.unwrap_or("bearer");
        if known.is_none() {
            let scheme = Node::map().with("type", "http").with("scheme", "bearer");
            self.security_schemes
                .add(name, scheme.with("description", TODO));
        }
        let mut ways = vec![Node::map().with(name, Node::List(Vec::new()))];
        if !header.required {
            ways.push(Node::map());
        }
        Some(Node::List(ways))
    }

    fn parameters(&self) -> Node {
        let facts = self.facts;
        let url = facts.sample.url.split('#').next().unwrap_or_default();
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let template = PathTemplate::new(&facts.path);
        // The path comes after that of a server, whichever it is.
        let mut ends = address.match_indices('/').map(|(at, _)| &address[at..]);
        let in_path = ends
            .find_map(|path| template.values(path))
            .unwrap_or_default();
        let in_path = in_path
            .into_iter()
            .map(|(name, value)| (name, agreement::decoded(&value)));
        let in_headers = facts
            .sample
            .headers
            .iter()
            .filter(|header| !header.value.is_empty());
        let in_headers =
            in_headers.map(|header| (header.name.to_lowercase(), header.value.clone()));
        let cookies = facts
            .cookies
            .iter()
            .map(|field| (field.name.clone(), String::new()));
        let groups: [(&str, &[Field], BTreeMap<String, String>); 4] = [
            ("path", &facts.path_parameters, in_path.collect()),
            ("header", &facts.headers, in_headers.collect()),
            (
                "query",
                &facts.query_parameters,
                agreement::pairs(query).collect(),
            ),
            ("cookie", &facts.cookies, cookies.collect()),
        ];
        let mut parameters = Vec::new();
        for (position, fields, sent) in groups {
            for field in fields {
                let is_header = position == "header";
                let name = if is_header {
                    field.name.to_lowercase()
                } else {
                    field.name.clone()
                };
                // OpenAPI describes these in other ways, and HTTP allows no space in a name.
                let is_other = matches!(&*name, "accept" | "authorization" | "content-type");
                if is_header && (is_other || !fault::is_header_name(&name)) {
                    continue;
                }
                let value = sent.get(&name).filter(|value| !value.is_empty());
                parameters.push(match self.named_parameter(position, &name) {
                    Some(reference) => refer(&reference),
                    None => parameter(position, field, value.map(String::as_str)),
                });
            }
        }
        Node::List(parameters)
    }

    /// The place of a parameter that is already in `components` of the specification.
    fn named_parameter(&self, position: &str, name: &str) -> Option<String> {
        let components = self.document.root()["components"]["parameters"].as_object();
        let mut components = components.into_iter().flatten();
        let (key, _) = components.find(|(_, parameter)| {
            let parameter = self.document.resolve(parameter).unwrap_or(&Value::Null);
            let known = parameter["name"].as_str().unwrap_or_default();
            let is_same =
                known == name || (position == "header" && known.eq_ignore_ascii_case(name));
            parameter["in"] == position && is_same
        })?;
        Some(format!("#/components/parameters/{key}"))
    }

    fn request_body(&mut self) -> Option<Node> {
        let facts = self.facts;
        if fault::has_idle_body(facts) || (facts.body.is_none() && facts.sample.body.is_none()) {
            return None;
        }
        let listed = facts.body.clone().unwrap_or_default();
        let mut content = Node::map();
        for (index, body) in listed.all().enumerate() {
            let listed = body.media_type.as_deref().unwrap_or(JSON);
            let media_type = if fault::is_form_against_its_word(facts) {
                fault::FORM
            } else {
                listed
            };
            // The sample has the first of several media types.
            let sample = facts.sample.body.as_deref().filter(|_| index == 0);
            content.add(media_type, self.request_content(media_type, body, sample));
        }
        let is_needed = listed
            .all()
            .any(|body| body.required || body.fields.iter().any(|field| field.required));
        let mut body = Node::map();
        if is_needed || facts.sample.body.is_some() {
            body.add("required", true);
        }
        Some(body.with("content", content))
    }

    fn request_content(&mut self, media_type: &str, body: &Body, sample: Option<&str>) -> Node {
        let encoding = Encoding::of(media_type);
        let (schema, example) = match encoding {
            Some(Encoding::Text) => (Node::map().with("type", "string"), sample.map(Value::from)),
            Some(Encoding::Bytes) => {
                let schema = Node::map().with("type", "string").with("format", "binary");
                (schema, sample.map(Value::from))
            }
            Some(Encoding::Json) => {
                let example = sample.and_then(|sample| serde_json::from_str::<Value>(sample).ok());
                let samples: Vec<&Value> = example.iter().collect();
                let is_object = samples.iter().all(|sample| sample.is_object());
                let schema = if is_object || !body.fields.is_empty() {
                    schema::of_fields(&body.fields, &samples)
                } else {
                    schema::of_samples("", "", &samples)
                };
                (schema, example)
            }
            // Whatever its parts are, they have names.
            Some(Encoding::Form) | None => {
                let listed = schema::of_fields(&body.fields, &[]).value();
                let example = sample.map(|sample| agreement::form(self.document, &listed, sample));
                let samples: Vec<&Value> = example.iter().collect();
                (schema::of_fields(&body.fields, &samples), example)
            }
        };
        let schema = match encoding {
            Some(Encoding::Text | Encoding::Bytes) => schema,
            _ => self.name_schema("Request", schema),
        };
        let content = Node::map().with("schema", schema);
        match example {
            Some(example) => content.with("examples", documented(&example)),
            None => content,
        }
    }

    /// Adds a schema to `components`, and refers to it.
    fn name_schema(&mut self, suffix: &str, schema: Node) -> Node {
        let known = &self.document.root()["components"]["schemas"];
        let mut name = format!("{}{suffix}", self.operation_id.to_upper_camel_case());
        let is_taken = |name: &str| {
            let drafted = self.schemas.value();
            known.get(name).is_some() || drafted.get(name).is_some()
        };
        while is_taken(&name) {
            name += "2";
        }
        let Node::Map(mut members) = schema else {
            return schema;
        };
        members.insert(0, ("description".to_owned(), TODO.into()));
        self.schemas.add(&name, Node::Map(members));
        refer(&format!("#/components/schemas/{name}"))
    }

    fn responses(&mut self) -> Node {
        let facts = self.facts;
        let is_success = |status: &str| status.starts_with('2');
        let mut responses = Node::map();
        let mut successes: Vec<&str> = facts
            .responses
            .iter()
            .map(|response| &*response.status)
            .filter(|status| is_success(status))
            .collect();
        let code = facts
            .example
            .as_ref()
            .and_then(|example| self.code(example));
        if successes.is_empty() {
            let default = if facts.example.is_some() {
                "200"
            } else {
                "204"
            };
            successes.push(
                code.as_deref()
                    .filter(|code| is_success(code))
                    .unwrap_or(default),
            );
        }
        let shown = successes
            .iter()
            .find(|status| code.as_deref() == Some(**status));
        let shown = *shown.unwrap_or(&successes[0]);
        for status in successes {
            let response = Node::map().with("description", TODO);
            responses.add(
                status,
                match &facts.example {
                    Some(example) if status == shown => {
                        let media_type = facts.media_types.first().map_or(JSON, String::as_str);
                        let schema = schema::of_samples("", "", &[example]);
                        let content = Node::map()
                            .with("schema", self.name_schema("Response", schema))
                            .with("examples", documented(example));
                        response.with("content", Node::map().with(media_type, content))
                    }
                    _ => response,
                },
            );
        }
        let errors = facts
            .responses
            .iter()
            .filter(|response| !is_success(&response.status));
        for response in errors {
            let error = self
                .named_response(response)
                .map_or_else(|| self.error(response), |reference| refer(&reference));
            responses.add(&response.status, error);
        }
        responses
    }

    /// The status that an answer repeats in its body, if the specification says so about all answers.
    fn code(&self, example: &Value) -> Option<String> {
        let pointer = self.document.root()[ENVELOPE]["code"].as_str()?;
        let code = example.pointer(pointer)?.as_u64()?;
        Some(code.to_string())
    }

    /// The response that other operations have for that status, or the one that is named after its title.
    fn named_response(&self, response: &Response) -> Option<String> {
        let operations = Operation::all(self.document);
        let mut used = operations.iter().filter_map(|operation| {
            reference(&operation.value["responses"][&response.status]).map(str::to_owned)
        });
        let title = response
            .title
            .as_deref()
            .unwrap_or_default()
            .to_upper_camel_case();
        let named = &self.document.root()["components"]["responses"][&title];
        used.next().or_else(|| {
            named
                .is_object()
                .then(|| format!("#/components/responses/{title}"))
        })
    }

    /// An error that is not in the specification yet: it has the envelope of the other errors, if there is one.
    fn error(&self, response: &Response) -> Node {
        let error = Node::map().with("description", TODO);
        let Some(schema) = self.error_schema() else {
            return error;
        };
        let envelope = &self.document.root()[ENVELOPE];
        let mut example = json!({});
        if let (Some(pointer), Ok(code)) =
            (envelope["code"].as_str(), response.status.parse::<u16>())
        {
            put(&mut example, pointer, code.into());
        }
        if let (Some(pointer), Some(title)) = (envelope["message"].as_str(), &response.title) {
            put(&mut example, pointer, title.as_str().into());
        }
        let found = schema_check::findings(self.document, &schema, Direction::Either, &example);
        let mut content = Node::map().with("schema", &schema);
        if found.is_ok_and(|found| found.is_empty()) {
            let summary = "Illustrative: the page shows no error body.";
            content.add("examples", shown("illustrative", summary, &example));
        }
        error.with("content", Node::map().with(JSON, content))
    }

    /// The schema that errors refer to.
    fn error_schema(&self) -> Option<Value> {
        let operations = Operation::all(self.document);
        let responses = operations
            .iter()
            .flat_map(|operation| operation.responses());
        let mut errors = responses.filter(|(status, _)| status.starts_with(['4', '5']));
        errors.find_map(|(_, response)| {
            let schema = &response.value["content"][JSON]["schema"];
            reference(schema).map(|_| schema.clone())
        })
    }
}

fn parameter(position: &str, field: &Field, value: Option<&str>) -> Node {
    let mut schema = schema::of_field(field, &[]);
    // The keys of a parameter that are not about its values.
    let mut is_deprecated = false;
    let mut example = None;
    if let Node::Map(members) = &mut schema {
        members.retain(|(key, member)| match &**key {
            "deprecated" => {
                is_deprecated = true;
                false
            }
            "example" => example.replace(member.clone()).is_some(),
            _ => true,
        });
    }
    let kind = schema.value()["type"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let mut parameter = Node::map().with("name", &*field.name).with("in", position);
    if field.required || position == "path" {
        parameter.add("required", true);
    }
    if is_deprecated {
        parameter.add("deprecated", true);
    }
    parameter.add("description", TODO);
    parameter.add("schema", schema);
    match (value, example) {
        (Some(value), _) => parameter.add("example", Node::Scalar(schema::typed(value, &kind))),
        (None, Some(example)) => parameter.add("example", example),
        (None, None) => {}
    }
    parameter
}

fn refer(target: &str) -> Node {
    Node::map().with("$ref", target)
}

fn documented(example: &Value) -> Node {
    shown(
        "documented",
        "The example of the reference page, unchanged.",
        example,
    )
}

fn shown(name: &str, summary: &str, value: &Value) -> Node {
    let example = Node::map().with("summary", summary).with("value", value);
    Node::map().with(name, example)
}

/// Sets the value at a JSON pointer, with the objects on the way to it.
fn put(value: &mut Value, pointer: &str, member: Value) {
    let mut place = value;
    for key in Place::of_pointer(pointer).steps() {
        place = &mut place[key];
    }
    *place = member;
}
