//! Compares an operation in the specification with the facts of its page.

use serde_json::{Value, json};

mod body;
mod sample;

pub use sample::{decoded, form, pairs};

use super::fault;
use crate::report::{Finding, Severity};
use openapi::body::Body;
use openapi::document::{Document, Part};
use openapi::extension::{CONTENT_TYPE, DefaultFrom};
use openapi::operation::{Operation, Security};
use openapi::place::Place;
use openapi::published::{Facts, Field};
use openapi::schema::behind;

pub fn findings(document: &Document, operation: &Operation<'_>, facts: &Facts) -> Vec<Finding> {
    let mut check = Check::new(document, operation, facts);
    check.address();
    check.parameters();
    check.body();
    check.responses();
    check.sample();
    check.example();
    check.found
}

/// The findings about the sample request only.
pub fn of_sample(document: &Document, operation: &Operation<'_>, facts: &Facts) -> Vec<Finding> {
    let mut check = Check::new(document, operation, facts);
    check.sample();
    check.found
}

/// A parameter, a header or a field of the body in the specification.
struct Described<'a> {
    place: Place,
    name: String,
    required: bool,
    /// Whether `required` only means that the client always sends it.
    is_implied: bool,
    /// Null for a header that is described in another way; its value is a text.
    schema: Part<'a>,
    is_deprecated: bool,
    /// The only value that the client sends, unless another one is set.
    constant: Option<String>,
}

/// The name of a group of fields in a sentence, and its fields.
struct Topic {
    kind: &'static str,
    owner: String,
}

impl Topic {
    fn of(kind: &'static str) -> Self {
        let owner = String::new();
        Self { kind, owner }
    }

    fn within(&self, name: &str) -> Self {
        let owner = format!("{}{name}.", self.owner);
        Self { owner, ..*self }
    }

    /// One of them. Fields are those of the request body.
    fn named(&self, name: &str) -> String {
        let Self { kind, owner } = self;
        let of = if *kind == body::FIELD {
            " of the request body"
        } else {
            ""
        };
        format!("{kind} {owner}{name}{of}")
    }
}

struct Check<'a> {
    document: &'a Document,
    operation: &'a Operation<'a>,
    facts: &'a Facts,
    found: Vec<Finding>,
}

impl<'a> Check<'a> {
    fn new(document: &'a Document, operation: &'a Operation<'a>, facts: &'a Facts) -> Self {
        Self {
            document,
            operation,
            facts,
            found: Vec::new(),
        }
    }

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
        self.group(&Topic::of("header"), &place, &headers, &facts.headers);
        let paths = self.described("path");
        self.group(
            &Topic::of("path parameter"),
            &place,
            &paths,
            &facts.path_parameters,
        );
        let cookies = self.described("cookie");
        self.group(&Topic::of("cookie"), &place, &cookies, &facts.cookies);
        // Other pages may document optional query parameters: they are the same for many operations.
        let mut queries = self.described("query");
        queries
            .retain(|query| query.required || find(&facts.query_parameters, &query.name).is_some());
        self.group(
            &Topic::of("query parameter"),
            &place,
            &queries,
            &facts.query_parameters,
        );
    }

    fn described(&self, position: &str) -> Vec<Described<'a>> {
        let parameters = self.operation.parameters();
        parameters
            .into_iter()
            .filter(|parameter| parameter.value["in"] == position)
            .map(|parameter| Described {
                name: text(&parameter.value["name"]),
                required: parameter.value["required"] == true,
                is_implied: false,
                schema: parameter.member("schema"),
                is_deprecated: parameter.value["deprecated"] == true,
                constant: match DefaultFrom::of(parameter.value) {
                    Ok(Some(DefaultFrom::Constant(text))) => Some(text.to_owned()),
                    _ => None,
                },
                place: parameter.place,
            })
            .collect()
    }

    /// The headers that are described as parameters, and those that OpenAPI describes in other ways.
    fn headers(&self) -> Vec<Described<'a>> {
        let mut headers = self.described("header");
        let operation = self.operation;
        let implied = |name: &str, place: Place, required, constant: Option<&str>| Described {
            name: name.to_owned(),
            required,
            is_implied: name != "Authorization",
            schema: Part::at(place.clone(), &Value::Null),
            is_deprecated: false,
            constant: constant.map(str::to_owned),
            place,
        };
        if find(&self.facts.headers, "Accept").is_some() {
            // If no answer has a body, OpenAPI can't describe it.
            let (place, media_type) = match self.media_types().into_iter().next() {
                Some((place, media_type)) => (place, Some(media_type)),
                None => (operation.place.clone(), None),
            };
            headers.push(implied("Accept", place, true, media_type.as_deref()));
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
        topic: &Topic,
        place: &Place,
        described: &[Described<'a>],
        published: &[Field],
    ) {
        for field in published {
            match find_described(described, &field.name) {
                // A fault of the page.
                None if !fault::is_header_name(&field.name) => {}
                None => self.not_described(place, &topic.named(&field.name)),
                Some(one) => self.field(topic, one, field),
            }
        }
        for one in described {
            let is_meant = |field: &Field| {
                // The author of the page means the header `Authorization` by `Basic Authorization`.
                let name = field.name.rsplit(char::is_whitespace).next();
                name.is_some_and(|name| name.eq_ignore_ascii_case(&one.name))
            };
            if !published.iter().any(is_meant) {
                self.not_published(&one.place, &topic.named(&one.name));
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

    fn field(&mut self, group: &Topic, described: &Described<'a>, published: &Field) {
        let topic = &*group.named(&published.name);
        let place = &described.place;
        if described.required != published.required && !described.is_implied {
            self.required(place, topic, described.required);
        }
        let schema = behind(self.document.root(), described.schema.value);
        let kind = match schema["type"].as_str() {
            None if described.schema.value.is_null() => Some("string"),
            None if schema["allOf"].is_array() || schema["properties"].is_object() => {
                Some("object")
            }
            kind => kind,
        };
        if let (Some(one), Some(other)) = (kind, &published.kind)
            && !one.eq_ignore_ascii_case(other)
        {
            self.of_type(place, topic, one, other);
        }
        let items = behind(self.document.root(), &schema["items"]);
        if let (Some(one), Some(other)) = (items["type"].as_str(), &published.items)
            && !one.eq_ignore_ascii_case(other)
        {
            let topic = format!("each entry of {topic}");
            self.of_type(place, &topic, one, other);
        }
        // A page need not name the format, and never says what is secret.
        let of_items = items["format"].as_str();
        let format = schema["format"].as_str().or(of_items);
        if let Some(other) = &published.format
            && format != Some("password")
            && format != Some(other)
        {
            let one = format.unwrap_or("(none)");
            let problem = format!("{topic} is of the format {one}, and {other} on the page");
            self.add(place, &problem);
        }
        let listed = if schema["enum"].is_array() {
            schema
        } else {
            items
        };
        self.values(place, topic, &values(listed), &published.values);
        for (keyword, other) in &published.rules {
            let one = match &**keyword {
                // What a page shows about a value is not a rule for other values.
                "example" => continue,
                "deprecated" if described.is_deprecated => continue,
                // It may be beside a reference.
                keyword if described.schema.value[keyword].is_null() => &schema[keyword],
                keyword => &described.schema.value[keyword],
            };
            if text(one) != *other {
                let problem = if one.is_null() {
                    format!("{topic} has no `{keyword}`, and {other} on the page")
                } else {
                    format!("{topic} has {one} as `{keyword}`, and {other} on the page")
                };
                self.add(place, &problem);
            }
        }
        if !published.fields.is_empty()
            && let Ok(schema) = self.document.follow(described.schema.clone())
        {
            let is_list = schema.value["items"].is_object();
            let schema = if is_list {
                schema.member("items")
            } else {
                schema
            };
            let group = group.within(&published.name);
            self.fields(&group, &schema.place.clone(), schema, &published.fields);
        }
    }

    fn values(&mut self, place: &Place, topic: &str, described: &[String], published: &[String]) {
        for value in published.iter().filter(|value| !described.contains(value)) {
            let problem =
                format!("{topic} does not list the value `{value}`, and does on the page");
            self.add(place, &problem);
        }
        for value in described.iter().filter(|value| !published.contains(value)) {
            let problem = format!("{topic} lists the value `{value}`, and does not on the page");
            self.add(place, &problem);
        }
    }

    /// The media types of successes, and their places.
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
        // A page may show its success only by the example, without a status, and not mention errors.
        let names_success = published
            .iter()
            .any(|response| response.status.starts_with('2'));
        for (status, part) in &described {
            let is_success = status.starts_with('2');
            let is_published = published.iter().any(|response| response.status == *status);
            if !is_published && !published.is_empty() && (!is_success || names_success) {
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

fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case(name))
}

fn find_described<'a, 'b>(all: &'b [Described<'a>], name: &str) -> Option<&'b Described<'a>> {
    all.iter().find(|one| one.name.eq_ignore_ascii_case(name))
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
