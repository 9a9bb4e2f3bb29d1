//! Whether the specification says of an operation what the page says of it.

use serde_json::{Value, json};

use super::shape::{self, ShapeChange};
use crate::report::{Finding, Severity};
use openapi::body::{Body, essence};
use openapi::document::{Document, Part};
use openapi::example;
use openapi::extension::{CONTENT_TYPE, DefaultFrom};
use openapi::operation::{Operation, Security};
use openapi::path_template::PathTemplate;
use openapi::place::Place;
use openapi::published::{Facts, Field};
use openapi::schema_check::{self, Flaw, Misfit};

/// What both speak of besides parameters.
const BODY: &str = "the request body";

pub fn findings(document: &Document, operation: &Operation<'_>, facts: &Facts) -> Vec<Finding> {
    let mut check = Check {
        document,
        operation,
        facts,
        found: Vec::new(),
    };
    check.address();
    check.parameters();
    check.body();
    check.responses();
    check.sample();
    check.example();
    check.found
}

/// A parameter or a header as the specification has it.
struct Described {
    place: Place,
    name: String,
    required: bool,
    /// Whether `required` only says that the client always sends it.
    is_implied: bool,
    kind: Option<String>,
    format: Option<String>,
    values: Vec<String>,
    /// The only value that the client sends unless it is told otherwise.
    constant: Option<String>,
}

struct Check<'a> {
    document: &'a Document,
    operation: &'a Operation<'a>,
    facts: &'a Facts,
    found: Vec<Finding>,
}

impl Check<'_> {
    fn add(&mut self, place: &Place, problem: &str) {
        self.found.push(finding(place, problem));
    }

    fn address(&mut self) {
        let place = self.operation.place.clone();
        let described = self.operation.method.to_uppercase();
        if described != self.facts.method {
            let published = &self.facts.method;
            let problem = format!("the method is {described}, and {published} on the page");
            self.add(&place, &problem);
        }
        if self.operation.path != self.facts.path {
            let (described, published) = (self.operation.path, &self.facts.path);
            let problem = format!("the path is {described}, and {published} on the page");
            self.add(&place, &problem);
        }
    }

    fn parameters(&mut self) {
        let facts = self.facts;
        let place = self.operation.place.at("parameters");
        let headers = self.headers();
        self.group(
            &|name| format!("header {name}"),
            &place,
            &headers,
            &facts.headers,
        );
        let paths = self.described("path");
        self.group(
            &|name| format!("path parameter {name}"),
            &place,
            &paths,
            &facts.path_parameters,
        );
        let cookies = self.described("cookie");
        self.group(
            &|name| format!("cookie {name}"),
            &place,
            &cookies,
            &facts.cookies,
        );
        // Of optional query parameters other pages may speak: they hold for many operations.
        let mut queries = self.described("query");
        queries
            .retain(|query| query.required || find(&facts.query_parameters, &query.name).is_some());
        self.group(
            &|name| format!("query parameter {name}"),
            &place,
            &queries,
            &facts.query_parameters,
        );
    }

    fn described(&self, position: &str) -> Vec<Described> {
        let parameters = self.operation.parameters();
        parameters
            .into_iter()
            .filter(|parameter| parameter.value["in"] == position)
            .map(|parameter| {
                let schema = self.document.resolve(&parameter.value["schema"]);
                let schema = schema.unwrap_or(&Value::Null);
                let constant = match DefaultFrom::of(parameter.value) {
                    Ok(Some(DefaultFrom::Constant(text))) => Some(text.to_owned()),
                    _ => None,
                };
                Described {
                    name: text(&parameter.value["name"]),
                    required: parameter.value["required"] == true,
                    is_implied: false,
                    kind: schema["type"].as_str().map(str::to_owned),
                    format: schema["format"].as_str().map(str::to_owned),
                    values: values(schema),
                    constant,
                    place: parameter.place,
                }
            })
            .collect()
    }

    /// The headers that are described as parameters, and those that OpenAPI describes in other ways.
    fn headers(&self) -> Vec<Described> {
        let mut headers = self.described("header");
        let operation = self.operation;
        let implied = |name: &str, place: Place, required, constant: Option<&str>| Described {
            name: name.to_owned(),
            required,
            is_implied: name != "Authorization",
            kind: Some("string".to_owned()),
            format: None,
            values: Vec::new(),
            constant: constant.map(str::to_owned),
            place,
        };
        let media_types = self.media_types();
        if let Some((place, media_type)) = media_types.first()
            && find(&self.facts.headers, "Accept").is_some()
        {
            headers.push(implied("Accept", place.clone(), true, Some(media_type)));
        }
        let stated = operation.value.get(CONTENT_TYPE).and_then(Value::as_str);
        if let Some(body) = Body::of(operation) {
            let media_type = Some(body.media_type);
            headers.push(implied("Content-Type", body.part.place, true, media_type));
        } else if stated.is_some() {
            let place = operation.place.at(CONTENT_TYPE);
            headers.push(implied("Content-Type", place, true, stated));
        }
        if operation.takes_bearer_token() {
            let required = operation.security() == Security::Bearer;
            let place = operation.place.at("security");
            headers.push(implied("Authorization", place, required, None));
        }
        headers
    }

    fn group(
        &mut self,
        topic: &dyn Fn(&str) -> String,
        place: &Place,
        described: &[Described],
        published: &[Field],
    ) {
        for field in published {
            let one = described
                .iter()
                .find(|one| one.name.eq_ignore_ascii_case(&field.name));
            match one {
                None => self.not_described(place, &topic(&field.name)),
                Some(one) => self.field(&topic(&field.name), one, field),
            }
        }
        for one in described {
            if find(published, &one.name).is_none() {
                self.not_published(&one.place, &topic(&one.name));
            }
        }
    }

    fn not_described(&mut self, place: &Place, topic: &str) {
        self.add(place, &format!("{topic} is not described, but published"));
    }

    fn not_published(&mut self, place: &Place, topic: &str) {
        self.add(place, &format!("{topic} is described, but not published"));
    }

    fn required(&mut self, place: &Place, topic: &str, described: bool) {
        let need = |required: bool| if required { "required" } else { "optional" };
        let (here, there) = (need(described), need(!described));
        self.add(
            place,
            &format!("{topic} is {here}, and {there} on the page"),
        );
    }

    fn of_type(&mut self, place: &Place, topic: &str, described: &str, published: &str) {
        let problem = format!("{topic} is of type {described}, and {published} on the page");
        self.add(place, &problem);
    }

    fn field(&mut self, topic: &str, described: &Described, published: &Field) {
        let place = &described.place;
        if described.required != published.required && !described.is_implied {
            self.required(place, topic, described.required);
        }
        if let (Some(one), Some(other)) = (&described.kind, &published.kind)
            && !one.eq_ignore_ascii_case(other)
        {
            self.of_type(place, topic, one, other);
        }
        // A page need not name the format, and never says what is secret.
        if let Some(other) = &published.format
            && described.format.as_ref() != Some(other)
        {
            let one = described.format.as_deref().unwrap_or("(none)");
            let problem = format!("{topic} is of the format {one}, and {other} on the page");
            self.add(place, &problem);
        }
        for value in &published.values {
            if !described.values.contains(value) {
                let problem =
                    format!("{topic} does not list the value `{value}`, and does on the page");
                self.add(place, &problem);
            }
        }
        for value in &described.values {
            if !published.values.contains(value) {
                let problem =
                    format!("{topic} lists the value `{value}`, and does not on the page");
                self.add(place, &problem);
            }
        }
    }

    fn body(&mut self) {
        let place = self.operation.place.at("requestBody");
        let (described, published) = match (Body::of(self.operation), &self.facts.body) {
            (None, None) => return,
            (None, Some(_)) => return self.not_described(&place, BODY),
            (Some(_), None) => return self.not_published(&place, BODY),
            (Some(described), Some(published)) => (described, published),
        };
        let is_required = published.required || published.fields.iter().any(|field| field.required);
        // A page need not say it of the body itself.
        if is_required && !described.required {
            self.required(&place, BODY, described.required);
        }
        if let Some(other) = &published.media_type
            && essence(other) != essence(described.media_type)
        {
            self.of_type(&place, BODY, described.media_type, other);
        }
        // A page may describe the body without its fields.
        if !published.fields.is_empty() {
            let mut fields = Vec::new();
            if described.encoding.is_of_a_value() {
                let schema = described.content.member("schema");
                self.body_fields(schema, &mut Vec::new(), &mut fields);
            }
            self.group(
                &|name| format!("field {name} of the request body"),
                &place,
                &fields,
                &published.fields,
            );
        }
    }

    /// Adds the fields of a schema, whichever of its parts has them.
    fn body_fields(&self, schema: Part<'_>, seen: &mut Vec<Place>, fields: &mut Vec<Described>) {
        // Where a reference leads nowhere, or a part back to the whole, is lint's affair.
        let Ok(schema) = self.document.follow(schema) else {
            return;
        };
        if seen.contains(&schema.home) {
            return;
        }
        seen.push(schema.home.clone());
        for part in items(&schema.member("allOf")) {
            self.body_fields(part, seen, fields);
        }
        for property in schema.member("properties").members() {
            let name = property.home.steps().last().cloned().unwrap_or_default();
            let resolved = self.document.resolve(property.value);
            let value = resolved.unwrap_or(&Value::Null);
            fields.push(Described {
                place: property.home,
                name,
                required: false,
                is_implied: false,
                kind: value["type"].as_str().map(str::to_owned),
                format: value["format"].as_str().map(str::to_owned),
                values: values(value),
                constant: None,
            });
        }
        let required = schema.value["required"].as_array();
        for name in required.into_iter().flatten() {
            for field in fields.iter_mut().filter(|field| *name == *field.name) {
                field.required = true;
            }
        }
    }

    /// The media types of successes and where they stand.
    fn media_types(&self) -> Vec<(Place, String)> {
        let responses = self.operation.responses();
        let successes = responses
            .iter()
            .filter(|(status, _)| status.starts_with('2'));
        successes
            .flat_map(|(_, response)| {
                let content = response.value["content"].as_object();
                content.into_iter().flatten().map(|(media_type, _)| {
                    let place = response.place.at("content").at(media_type);
                    (place, media_type.clone())
                })
            })
            .collect()
    }

    fn responses(&mut self) {
        let place = self.operation.place.at("responses");
        let published = &self.facts.responses;
        let described = self.operation.responses();
        for response in published {
            if !described
                .iter()
                .any(|(status, _)| *status == response.status)
            {
                self.not_described(&place, &format!("response {}", response.status));
            }
        }
        // A page may show its success by the example alone, without a status.
        let names_success = published
            .iter()
            .any(|response| response.status.starts_with('2'));
        for (status, part) in &described {
            let is_success = status.starts_with('2');
            let is_published = published.iter().any(|response| response.status == *status);
            if !is_published && (!is_success || names_success) {
                self.not_published(&part.place, &format!("response {status}"));
            }
        }
        let media_types = self.media_types();
        for media_type in &self.facts.media_types {
            if !media_types.iter().any(|(_, other)| other == media_type) {
                self.not_described(&place, &format!("media type {media_type} of a response"));
            }
        }
        for (place, media_type) in media_types {
            if !self.facts.media_types.is_empty() && !self.facts.media_types.contains(&media_type) {
                self.not_published(&place, &format!("media type {media_type} of a response"));
            }
        }
    }

    fn sample(&mut self) {
        let sample = &self.facts.sample;
        let place = self.operation.place.clone();
        if sample.method != self.operation.method.to_uppercase() {
            let problem = format!(
                "the sample request of the page is sent by {}",
                sample.method
            );
            self.add(&place, &problem);
        }
        if !self.is_address(&sample.url) {
            let problem = format!(
                "the sample request of the page goes to {}, which is no server of the specification followed by the path",
                sample.url
            );
            self.add(&place, &problem);
        }
        let described = self.headers();
        for header in &sample.headers {
            let one = described
                .iter()
                .find(|one| one.name.eq_ignore_ascii_case(&header.name));
            let Some(one) = one else {
                // What the list of headers names as well was reported there.
                if find(&self.facts.headers, &header.name).is_none() {
                    let problem = format!(
                        "the sample request of the page has a header {}, which is not described",
                        header.name
                    );
                    self.add(&place, &problem);
                }
                continue;
            };
            let is_allowed = one.values.is_empty() || one.values.contains(&header.value);
            let is_sent = one
                .constant
                .as_ref()
                .is_none_or(|text| *text == header.value);
            let is_filled_in = !header.value.is_empty();
            if is_filled_in && (!is_allowed || !is_sent) {
                let described = match &one.constant {
                    Some(constant) if !is_sent => constant.clone(),
                    _ => one.values.join(" or "),
                };
                let problem = format!(
                    "the sample request of the page sends {}: {}, and {described} is described",
                    header.name, header.value
                );
                self.add(&one.place, &problem);
            }
        }
        if sample.body.is_some() && self.operation.request_body().is_none() {
            self.add(
                &place,
                "the sample request of the page has a body, and none is described",
            );
        }
    }

    /// Whether a URL is that of a server, followed by the path with its parameters filled in.
    fn is_address(&self, url: &str) -> bool {
        let url = url.split(['?', '#']).next().unwrap_or_default();
        let template = PathTemplate::new(self.operation.path);
        let servers = self.document.root()["servers"].as_array();
        servers
            .into_iter()
            .flatten()
            .filter_map(|server| url.strip_prefix(server["url"].as_str()?.trim_end_matches('/')))
            .any(|path| template.values(path).is_some())
    }

    fn example(&mut self) {
        let published = &self.facts.example;
        let responses = self.operation.responses();
        let success = responses.iter().find_map(|(status, response)| {
            let content = response.member("content").members().next()?;
            status.starts_with('2').then_some(content)
        });
        let Some(content) = success else {
            let place = self.operation.place.at("responses");
            return self.add(
                &place,
                "the page has an example response, and no success with a body is described",
            );
        };
        let examples = example::of(self.document, &content);
        // Where none is the same, the one that is nearest tells most.
        let nearest = examples
            .iter()
            .map(|example| (example, shape::changes(published, &example.value)))
            .min_by_key(|(example, changes)| (example.value != *published, changes.len()));
        match nearest {
            Some((example, _)) if example.value == *published => {}
            Some((example, changes)) if !changes.is_empty() => {
                for (path, change) in changes {
                    self.add(&example.place, &compared(&path, &change));
                }
            }
            _ => self.add(
                &content.place,
                "the example of the page is not among the examples",
            ),
        }
        let schema = content.member("schema");
        // Whether the schema is of use is lint's affair.
        let flaws = schema_check::flaws(self.document, schema.value, published);
        for Flaw { at, misfit } in flaws.unwrap_or_default() {
            let at = Place::root().along(&at);
            let problem = match misfit {
                Misfit::NotDocumented { name, .. } => format!(
                    "the example of the page has a field `{name}` at {at} that the schema does not name"
                ),
                misfit => format!("the example of the page does not fit at {at}: it {misfit}"),
            };
            self.add(&schema.place, &problem);
        }
    }
}

/// A finding at a place of the specification.
pub fn finding(place: &Place, problem: &str) -> Finding {
    Finding {
        severity: Severity::Drift,
        file: None,
        text: format!("{place}: {problem}"),
        json: json!({ "place": place.to_string(), "problem": problem }),
    }
}

/// The change leads from the example of the page to that of the specification.
fn compared(path: &str, change: &ShapeChange) -> String {
    let path = if path.is_empty() { "the whole" } else { path };
    match change {
        ShapeChange::Added { kind } => {
            format!("the example has {path} ({kind}), and that of the page has not")
        }
        ShapeChange::Removed { kind } => {
            format!("the example lacks {path} ({kind}) of the page's example")
        }
        ShapeChange::Retyped { old, new } => {
            format!("the example has {path} as {new}, and that of the page as {old}")
        }
        ShapeChange::Presence { all } => {
            let (here, there) = if *all {
                ("all", "some")
            } else {
                ("some", "all")
            };
            format!("the example has {path} in {here} entries, and that of the page in {there}")
        }
        ShapeChange::Value => {
            format!("the example has another value of {path} than that of the page")
        }
    }
}

fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case(name))
}

fn items<'a>(part: &Part<'a>) -> Vec<Part<'a>> {
    let items = part.value.as_array().into_iter().flatten().enumerate();
    items
        .map(|(index, value)| Part {
            place: part.place.at(index),
            home: part.home.at(index),
            value,
        })
        .collect()
}

fn values(schema: &Value) -> Vec<String> {
    let values = schema["enum"].as_array();
    values.into_iter().flatten().map(text).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
