//! Reads the table of constructs, and makes specifications of it. A case is a name and one of
//!
//! - `property`: the schema of a property, which is sent in a body and comes back in the answer,
//! - `schema`: that of the whole body and the whole answer,
//! - `parameter`, `parameters`, `body`, `responses`, `security`, `callbacks`, `servers`: a part of an operation,
//!
//! with `examples` of the value in both directions, or `sent` and `received` where they differ. Beside it may stand
//! `required: true` for a property, the `path` of the operation, named `schemas`, and other parts of the `document`.
//! Of a construct that is refused it is said why: `because` is part of what the lint advises.

use openapi::document::Document;
use serde_json::{Map, Value, json};

/// All that the table says.
pub struct Table {
    pub accepted: Vec<Case>,
    #[allow(
        dead_code,
        reason = "where they are put together only those matter that are accepted"
    )]
    pub refused: Vec<Case>,
}

pub struct Case {
    pub name: String,
    construct: Value,
}

impl Table {
    pub fn read() -> Self {
        let text = include_bytes!("../constructs.yaml");
        let table = Document::parse("constructs.yaml".as_ref(), text).unwrap();
        let cases = |list: &str| -> Vec<Case> {
            let cases = table.root()[list].as_object().into_iter().flatten();
            let cases = cases.map(|(name, construct)| Case {
                name: name.clone(),
                construct: construct.clone(),
            });
            cases.collect()
        };
        Self {
            accepted: cases("accepted"),
            refused: cases("refused"),
        }
    }
}

impl Case {
    /// Why it is refused.
    #[allow(dead_code, reason = "only the lint refuses")]
    pub fn because(&self) -> &str {
        self.construct["because"].as_str().unwrap()
    }

    /// The construct in a specification of its own.
    #[allow(dead_code, reason = "elsewhere all are put together")]
    pub fn alone(&self) -> Value {
        let mut document = json!({
            "openapi": "3.0.3",
            "info": {"title": "Constructs", "version": "1", "description": "One construct."},
            "paths": {},
        });
        match self.construct.get("property") {
            Some(_) => add_properties("one", &[self], &mut document),
            None => self.add(&mut document),
        }
        document
    }

    /// Its name in code.
    fn id(&self) -> String {
        self.name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
    }

    fn values(&self, direction: &str) -> &[Value] {
        let values = self.construct.get(direction);
        let values = values.or_else(|| self.construct.get("examples"));
        values.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Adds an operation that has the construct.
    fn add(&self, document: &mut Value) {
        let construct = &self.construct;
        let id = self.id();
        let mut operation = json!({"responses": {"204": {"description": "It is done."}}});
        if let Some(schema) = construct.get("schema") {
            let name = format!("{id}_schema");
            let reference = json!({"$ref": format!("#/components/schemas/{name}")});
            document["components"]["schemas"][name] = described(schema);
            operation["requestBody"] = body(&reference, self.values("sent"));
            operation["responses"] = answer(&reference, self.values("received"));
        }
        if let Some(parameter) = construct.get("parameter") {
            operation["parameters"] = json!([described(parameter)]);
        }
        for (part, member) in [
            ("parameters", "parameters"),
            ("body", "requestBody"),
            ("responses", "responses"),
            ("security", "security"),
            ("callbacks", "callbacks"),
            ("servers", "servers"),
        ] {
            if let Some(value) = construct.get(part) {
                operation[member] = value.clone();
            }
        }
        self.add_named(document);
        let path = construct["path"].as_str().map(str::to_owned);
        add_operation(&id, path, operation, document);
    }

    /// Adds the other parts that it needs.
    fn add_named(&self, document: &mut Value) {
        let schemas = self.construct["schemas"].as_object();
        for (name, schema) in schemas.into_iter().flatten() {
            document["components"]["schemas"][name] = described(schema);
        }
        let parts = self.construct["document"].as_object();
        for (key, part) in parts.into_iter().flatten() {
            for (section, members) in part.as_object().into_iter().flatten() {
                for (name, value) in members.as_object().into_iter().flatten() {
                    document[key][section][name] = value.clone();
                }
            }
        }
    }
}

/// Adds all constructs to a document. Properties share a few operations: real schemas look like that, and it compiles
/// faster than an operation for each.
#[allow(dead_code, reason = "the lint looks at one after the other")]
pub fn add_all(cases: &[Case], document: &mut Value) {
    let is_property = |case: &&Case| case.construct.get("property").is_some();
    let (properties, others): (Vec<_>, Vec<_>) = cases.iter().partition(is_property);
    for (index, some) in properties.chunks(25).enumerate() {
        add_properties(&format!("properties_{}", index + 1), some, document);
    }
    for case in others {
        case.add(document);
    }
}

/// Adds an operation whose body and answer have these properties. Its examples go through those of each property.
fn add_properties(id: &str, cases: &[&Case], document: &mut Value) {
    let mut schema = json!({"type": "object", "properties": {}, "description": "Some properties."});
    let mut required = Vec::new();
    for case in cases {
        case.add_named(document);
        let property = &case.construct["property"];
        schema["properties"][case.id()] = described(property);
        if case.construct["required"] == true {
            required.push(case.id());
        }
    }
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    let name = format!("{id}_schema");
    let reference = json!({"$ref": format!("#/components/schemas/{name}")});
    document["components"]["schemas"][name] = schema;
    let examples = |direction: &str| {
        let counts = cases.iter().map(|case| case.values(direction).len());
        let examples = (0..counts.max().unwrap_or_default().max(1)).map(|index| {
            let members = cases.iter().filter_map(|case| {
                let values = case.values(direction);
                // Each value once: some tests visit all parts of all examples.
                let must_be = required.contains(&case.id());
                let value = values.get(index).or(values.first().filter(|_| must_be))?;
                Some((case.id(), value.clone()))
            });
            Value::Object(members.collect())
        });
        examples.collect::<Vec<_>>()
    };
    let operation = json!({
        "requestBody": body(&reference, &examples("sent")),
        "responses": answer(&reference, &examples("received")),
    });
    add_operation(id, None, operation, document);
}

fn add_operation(id: &str, path: Option<String>, mut operation: Value, document: &mut Value) {
    operation["operationId"] = id.into();
    operation["summary"] = "A construct".into();
    operation["description"] = "An operation that has the construct.".into();
    let path = path.unwrap_or_else(|| format!("/constructs/{id}"));
    // What the client makes up would differ in each test, and a test can only give what is a parameter.
    let shared = document["components"]["parameters"].as_object();
    let made_up = shared
        .into_iter()
        .flatten()
        .filter_map(|(name, parameter)| {
            parameter["x-par-default-from"].get("generated")?;
            Some(json!({"$ref": format!("#/components/parameters/{name}")}))
        });
    let own = operation["parameters"].as_array().into_iter().flatten();
    let parameters: Vec<Value> = own.cloned().chain(made_up).collect();
    operation["parameters"] = parameters.into();
    document["paths"][path] = json!({"post": operation});
}

fn body(schema: &Value, examples: &[Value]) -> Value {
    let content = json!({"schema": schema, "examples": named(examples)});
    json!({"required": true, "content": {"application/json": content}})
}

fn answer(schema: &Value, examples: &[Value]) -> Value {
    let content = json!({"schema": schema, "examples": named(examples)});
    json!({"200": {"description": "It is done.", "content": {"application/json": content}}})
}

fn named(examples: &[Value]) -> Value {
    let examples = examples.iter().enumerate();
    let examples: Map<String, Value> = examples
        .map(|(index, value)| (format!("example_{}", index + 1), json!({"value": value})))
        .collect();
    examples.into()
}

fn described(part: &Value) -> Value {
    let mut part = part.clone();
    if part.get("$ref").is_none() && part.get("description").is_none() {
        part["description"] = "What it is.".into();
    }
    part
}
