//! The answers of operations. The generator accepts one type for all successes of an operation and one for all its
//! errors, and panics otherwise. So it gets an additional operation for each schema of an answer, of which only the
//! type is kept. The operations themselves have no answers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::generate::call_name::given;
use crate::generate::rust_name::type_name;
use openapi::answer::{Answer, Statuses};
use openapi::body::Encoding;
use openapi::document::{Document, reference};
use openapi::extension::ENVELOPE;
use openapi::operation::Operation;
use openapi::place::Place;

/// A name that no operation of an API has.
const MARK: &str = "x_par_answer";

/// Which additional operation has the type of each answer.
#[derive(Default)]
pub struct Answers {
    /// By the identifier of the operation and the statuses.
    builders: BTreeMap<(String, Statuses), usize>,
    /// By the schema that is referred to.
    by_reference: BTreeMap<String, usize>,
    places: Vec<Place>,
}

impl Answers {
    /// The builder whose success has the type of an answer, if its body has a type.
    pub fn builder(&self, id: &str, statuses: Statuses) -> Option<String> {
        let number = self.builders.get(&(id.to_owned(), statuses))?;
        Some(builder(*number))
    }

    /// The builder whose success has the type of a named schema.
    pub fn of_reference(&self, reference: &str) -> Option<String> {
        self.by_reference.get(reference).copied().map(builder)
    }

    /// The answer for a path of an additional operation.
    pub fn place(&self, path: &str) -> Option<&Place> {
        let number = path.strip_prefix(&format!("/{MARK}/"))?;
        self.places.get(number.parse::<usize>().ok()?)
    }
}

fn builder(number: usize) -> String {
    type_name(&format!("{MARK}_{number}"))
}

/// The name for the type of an inline schema. The first success gets the name that it would have if it were alone.
pub fn name(id: &str, answers: &[Answer<'_>], statuses: Statuses) -> String {
    let mut of_values = answers.iter().filter(|answer| is_of_value(answer));
    let first = of_values.next().map(|answer| answer.statuses);
    if statuses.is_success() && first == Some(statuses) {
        format!("{id}-response")
    } else {
        format!("{id}-{}-response", statuses.words())
    }
}

/// The schema of an answer's value; `None` if it is not a value, or only text or bytes.
pub fn schema<'a>(answer: &Answer<'a>) -> Option<&'a Value> {
    is_of_value(answer).then_some(())?;
    Some(answer.content.as_ref()?.schema())
}

fn is_of_value(answer: &Answer<'_>) -> bool {
    let content = answer.content.as_ref();
    content.is_some_and(|content| content.encoding == Encoding::Json)
}

/// The answers of an operation itself.
pub fn none() -> Value {
    json!({"204": {"description": ""}})
}

/// Adds an operation for each schema of an answer of `document`.
pub fn apart(document: &Document, root: &mut Value) -> Answers {
    let mut answers = Answers::default();
    let mut added = Vec::new();
    for operation in Operation::all(document) {
        let Some(id) = operation.id() else { continue };
        let all = Answer::all(&operation);
        for answer in &all {
            let Some(content) = answer.content.as_ref().filter(|_| is_of_value(answer)) else {
                continue;
            };
            let mut schema = content.schema().clone();
            let known = reference(&schema).and_then(|name| answers.by_reference.get(name));
            let number = match known {
                Some(number) => *number,
                None => {
                    if let Some(name) = reference(&schema) {
                        let number = answers.places.len();
                        answers.by_reference.insert(name.to_owned(), number);
                    } else {
                        schema = named(schema, name(&given(id), &all, answer.statuses));
                    }
                    added.push(schema);
                    answers.places.push(content.part.place.at("schema"));
                    answers.places.len() - 1
                }
            };
            let key = (id.to_owned(), answer.statuses);
            answers.builders.insert(key, number);
        }
    }
    if let Some(name) = document.root()[ENVELOPE]["schema"].as_str()
        && !answers.by_reference.contains_key(name)
    {
        let number = answers.places.len();
        answers.by_reference.insert(name.to_owned(), number);
        answers.places.push(Place::root().at(ENVELOPE).at("schema"));
        added.push(json!({ "$ref": name }));
    }
    for (number, schema) in added.into_iter().enumerate() {
        root["paths"][format!("/{MARK}/{number}")]["get"] = json!({
            "operationId": format!("{MARK}_{number}"),
            "responses": {"200": {
                "description": "",
                "content": {"application/json": {"schema": schema}},
            }},
        });
    }
    answers
}

/// The generator names a type by the title of its schema.
fn named(mut schema: Value, name: String) -> Value {
    if let Some(members) = schema.as_object_mut()
        && !members.is_empty()
    {
        members.entry("title").or_insert(name.into());
        return schema;
    }
    json!({})
}
