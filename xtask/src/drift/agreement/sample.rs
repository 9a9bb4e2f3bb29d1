//! Checks that the sample request and the example response fit the description.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{Check, find, find_described, values};
use crate::drift::fault;
use crate::drift::shape::{self, ShapeChange};
use openapi::body::{Body, Encoding};
use openapi::document::{Document, Part};
use openapi::example;
use openapi::path_template::{PathTemplate, PathValues};
use openapi::place::Place;
use openapi::schema::behind;
use openapi::schema_check::{self, Direction, Finding, Problem};

impl Check<'_> {
    pub fn sample(&mut self) {
        let sample = &self.facts.sample;
        let place = self.operation.place.clone();
        if sample.method != self.operation.method.to_uppercase() {
            let problem = format!(
                "the sample request of the page is sent by {}",
                sample.method
            );
            self.add(&place, &problem);
        }
        let address = sample.url.split(['?', '#']).next().unwrap_or_default();
        if self.path_values(address).is_none() {
            let problem = format!(
                "the sample request of the page goes to {}, which is not a server of the specification followed by the path",
                sample.url
            );
            self.add(&place, &problem);
        }
        self.sample_address();
        let described = self.headers();
        for header in &sample.headers {
            let one = find_described(&described, &header.name);
            let Some(one) = one else {
                // A header that the list names too was reported there.
                if find(&self.facts.headers, &header.name).is_none()
                    && fault::is_header_name(&header.name)
                {
                    let problem = format!(
                        "the sample request of the page has a header {}, which is not described",
                        header.name
                    );
                    self.add(&place, &problem);
                }
                continue;
            };
            if header.value.is_empty() {
                continue;
            }
            let listed = values(behind(self.document.root(), one.schema.value));
            let constant = one.constant.as_deref().filter(|text| *text != header.value);
            // If the media type of a body is described in two ways, it was reported there.
            let is_contradicted = header.name.eq_ignore_ascii_case("content-type")
                && fault::is_form_against_its_word(self.facts);
            let described = match constant {
                Some(constant) if !is_contradicted => constant.to_owned(),
                _ if !listed.is_empty() && !listed.contains(&header.value) => listed.join(" or "),
                _ => {
                    let topic = format!("header {}", header.name);
                    self.sample_value(&topic, &one.schema, &header.value);
                    continue;
                }
            };
            let problem = format!(
                "the sample request of the page sends {}: {}, and {described} is described",
                header.name, header.value
            );
            self.add(&one.place, &problem);
        }
        self.sample_body();
    }

    /// The values of parameters in the path and in the query.
    fn sample_address(&mut self) {
        let url = self.facts.sample.url.split('#').next().unwrap_or_default();
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let filled = self.path_values(address).unwrap_or_default();
        for one in self.described("path") {
            if let Some(value) = filled.get(&one.name) {
                let topic = format!("path parameter {}", one.name);
                self.sample_value(&topic, &one.schema, &decoded(value));
            }
        }
        let described = self.described("query");
        for (name, value) in pairs(query) {
            let topic = format!("query parameter {name}");
            match find_described(&described, &name) {
                Some(one) => self.sample_value(&topic, &one.schema, &value),
                None if find(&self.facts.query_parameters, &name).is_some() => {}
                None => {
                    let problem = format!(
                        "the sample request of the page has a {topic}, which is not described"
                    );
                    self.add(&self.operation.place.clone(), &problem);
                }
            }
        }
    }

    /// Whether a value that the sample sends fits its schema.
    fn sample_value(&mut self, topic: &str, schema: &Part<'_>, text: &str) {
        let value = typed(self.document, schema.value, text);
        self.sample_fits(topic, schema, &value);
    }

    fn sample_fits(&mut self, topic: &str, schema: &Part<'_>, value: &Value) {
        // The lint reports a schema that can't be used.
        let found = schema_check::findings(self.document, schema.value, Direction::Either, value);
        for Finding { at, problem } in found.unwrap_or_default() {
            let at = Place::root().along(&at);
            let at = if at == Place::root() {
                String::new()
            } else {
                format!(" at {at}")
            };
            let problem = match problem {
                Problem::NotDocumented { name, .. } => format!(
                    "the sample request of the page sends a {topic} with a field `{name}`{at} that the schema does not name"
                ),
                problem => format!(
                    "the sample request of the page sends a {topic} that does not fit{at}: it {problem}"
                ),
            };
            self.add(&schema.place, &problem);
        }
    }

    fn sample_body(&mut self) {
        let Some(sent) = &self.facts.sample.body else {
            return;
        };
        if fault::has_idle_body(self.facts) {
            return;
        }
        let Some(body) = Body::of(self.operation) else {
            let place = self.operation.place.clone();
            let problem = "the sample request of the page has a body, and none is described";
            return self.add(&place, problem);
        };
        let schema = body.content.member("schema");
        let value = match body.encoding {
            Encoding::Json => serde_json::from_str(sent).ok(),
            Encoding::Form if fault::is_form(sent) => Some(form(self.document, schema.value, sent)),
            Encoding::Form => None,
            Encoding::Text | Encoding::Bytes => return,
        };
        match value {
            Some(value) => self.sample_fits("body", &schema, &value),
            None => {
                let media_type = body.media_type;
                let problem =
                    format!("the sample request of the page sends a body that is not {media_type}");
                self.add(&body.content.place, &problem);
            }
        }
    }

    /// The values of the path's parameters in an address, if it begins with the address of a server.
    fn path_values(&self, address: &str) -> Option<PathValues> {
        let template = PathTemplate::new(self.operation.path);
        let servers = self.document.root()["servers"].as_array();
        let mut servers = servers.into_iter().flatten();
        servers.find_map(|server| {
            let base = server["url"].as_str()?.trim_end_matches('/');
            template.values(address.strip_prefix(base)?)
        })
    }

    pub fn example(&mut self) {
        let Some(published) = &self.facts.example else {
            return;
        };
        let responses = self.operation.responses();
        let successes = responses
            .iter()
            .filter(|(status, _)| status.starts_with('2'));
        let contents: Vec<Part<'_>> = successes
            .filter_map(|(_, response)| response.member("content").members().next())
            .collect();
        let is_shown = |content: &&Part<'_>| {
            let mut examples = example::of(self.document, content).into_iter();
            examples.any(|example| example.value == *published)
        };
        let Some(content) = contents.iter().find(is_shown).or(contents.first()) else {
            let place = self.operation.place.at("responses");
            return self.add(
                &place,
                "the page has an example response, and no success with a body is described",
            );
        };
        let examples = example::of(self.document, content);
        // If none is the same, the most similar one is the most useful to compare with.
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
        // The lint reports a schema that can't be used.
        let found =
            schema_check::findings(self.document, schema.value, Direction::Either, published);
        for Finding { at, problem } in found.unwrap_or_default() {
            let at = Place::root().along(&at);
            let problem = match problem {
                Problem::NotDocumented { name, .. } => format!(
                    "the example of the page has a field `{name}` at {at} that the schema does not name"
                ),
                problem => format!("the example of the page does not fit at {at}: it {problem}"),
            };
            self.add(&schema.place, &problem);
        }
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

/// A text as a value of the type in its schema, if it can be one.
fn typed(document: &Document, schema: &Value, text: &str) -> Value {
    let kind = behind(document.root(), schema)["type"].as_str();
    let is_typed = matches!(kind, Some("integer" | "number" | "boolean"));
    let value = is_typed.then(|| serde_json::from_str(text).ok()).flatten();
    value.unwrap_or_else(|| text.into())
}

/// A form as an object. A field that is a list in the schema, or that appears several times, is a list.
pub fn form(document: &Document, schema: &Value, text: &str) -> Value {
    let properties = &behind(document.root(), schema)["properties"];
    let mut object = Map::new();
    for (name, text) in pairs(text) {
        let property = behind(document.root(), &properties[&name]);
        if property["type"] == "array" {
            let value = typed(document, &property["items"], &text);
            let list = object
                .entry(name)
                .or_insert_with(|| Value::Array(Vec::new()));
            list.as_array_mut()
                .into_iter()
                .for_each(|list| list.push(value.clone()));
        } else {
            object.insert(name, typed(document, property, &text));
        }
    }
    object.into()
}

/// The pairs of a query or a form.
pub fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = |text: &str| decoded(&text.replace('+', " "));
        (decoded(name), decoded(value))
    })
}

pub fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
