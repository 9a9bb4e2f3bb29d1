//! The examples of a media type or a parameter, and the lists in them whose length can be changed.

use serde_json::Value;

use crate::document::{Document, Part};
use crate::place::Place;

/// Name of an example without a name, under the key `example`.
const UNNAMED: &str = "example";

/// One example.
#[derive(Clone, Debug)]
pub struct Example {
    pub name: String,
    /// The summary of the author.
    pub summary: Option<String>,
    /// The place that names it.
    pub place: Place,
    /// The place of its value.
    pub home: Place,
    pub value: Value,
}

/// A list in an example that is not part of another list.
#[derive(Debug, PartialEq, Eq)]
pub struct List<'a> {
    /// Name of its property.
    pub property: &'a str,
    /// JSON pointer to it.
    pub pointer: String,
}

/// The examples of a media type or a parameter, in the order of the file; those that are kept outside of the
/// document are left out.
pub fn of(document: &Document, holder: &Part<'_>) -> Vec<Example> {
    let mut examples = Vec::new();
    if holder.value.get(UNNAMED).is_some() {
        examples.push(example(UNNAMED, None, holder.member(UNNAMED)));
    }
    let named = holder.member("examples");
    for name in document.names(&named) {
        let Ok(one) = document.follow(named.member(name)) else {
            continue;
        };
        if one.value.get("value").is_some() {
            let summary = one.value["summary"].as_str();
            examples.push(example(name, summary, one.member("value")));
        }
    }
    examples
}

fn example(name: &str, summary: Option<&str>, part: Part<'_>) -> Example {
    Example {
        name: name.to_owned(),
        summary: summary.map(str::to_owned),
        place: part.place,
        home: part.home,
        value: part.value.clone(),
    }
}

/// The outermost lists of an example that are not empty.
pub fn lists<'a>(document: &'a Document, schema: &'a Value, example: &Value) -> Vec<List<'a>> {
    let mut lists = Vec::new();
    collect(document, schema, example, "", &mut lists);
    lists
}

fn collect<'a>(
    document: &'a Document,
    schema: &'a Value,
    value: &Value,
    pointer: &str,
    lists: &mut Vec<List<'a>>,
) {
    let properties = document
        .resolve(schema)
        .and_then(|schema| schema["properties"].as_object());
    for (property, schema) in properties.into_iter().flatten() {
        let pointer = format!(
            "{pointer}/{}",
            property.replace('~', "~0").replace('/', "~1")
        );
        match value.get(property) {
            Some(Value::Array(items)) if !items.is_empty() => {
                lists.push(List { property, pointer });
            }
            Some(value @ Value::Object(_)) => collect(document, schema, value, &pointer, lists),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    #[test]
    fn examples_come_in_the_order_of_the_file_and_tell_where_they_are_named_and_where_they_stand() {
        let text = "a: {$ref: '#/b'}\n\
                    b: {examples: {z: {value: 1}, y: {$ref: '#/c'}, x: {externalValue: elsewhere}, \
                    w: {summary: s, value: 3}}}\n\
                    c: {value: 2}\n";
        let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
        let named = Part::at(Place::root().at("a"), &document.root()["a"]);
        let found = of(&document, &document.follow(named).unwrap());
        let found: Vec<_> = found
            .iter()
            .map(|one| {
                let Example {
                    name,
                    place,
                    home,
                    value,
                    ..
                } = one;
                format!("{name}: {value} at {place}, {home}")
            })
            .collect();
        let expected = [
            "z: 1 at a.examples.z.value, b.examples.z.value",
            "y: 2 at a.examples.y.value, c.value",
            "w: 3 at a.examples.w.value, b.examples.w.value",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn lists_are_found_by_their_schema_and_not_within_each_other() {
        let text = "a: {properties: {list: {type: array}, empty: {type: array}, deep: {$ref: '#/b'}}}\n\
                    b: {properties: {'x/y': {type: array, items: {$ref: '#/a'}}, text: {type: string}}}";
        let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
        let example = json!({
            "list": [1],
            "empty": [],
            "deep": {"x/y": [{"list": [2]}], "text": "t"},
            "unknown": [3],
        });
        let found = lists(&document, &document.root()["a"], &example);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|list| (list.property, list.pointer.as_str()))
            .collect();
        assert_eq!(found, [("x/y", "/deep/x~1y"), ("list", "/list")]);
    }
}
