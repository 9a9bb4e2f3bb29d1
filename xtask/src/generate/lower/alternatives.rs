//! Alternatives. The generator gets an object with a property for each of them, so that it decides on the type of
//! each. The rule `alternatives` makes an enumeration from the type of that object.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::generate::lower::visit_objects;
use crate::generate::rust_name::{free, type_name};
use openapi::composition::{ALTERNATIVE, alternatives, is_anything};
use openapi::document::{Document, reference};
use openapi::element::change_schemas;
use openapi::extension::RUNTIME_TYPE;
use openapi::place::Place;
use openapi::schema::behind;
use openapi::secret::is_secret;

/// On the object that replaces alternatives: their index in the list of all.
pub const ALTERNATIVES: &str = "x-par-alternatives";

/// The property that marks such an object, followed by its index.
pub const MARK: &str = "$par_alternatives_";

/// The variant for a value that fits none.
pub const REST: &str = "Unrecognized";

/// A schema of several alternatives.
pub struct Alternatives {
    pub variants: Vec<Variant>,
    pub discriminator: Option<Discriminator>,
}

pub struct Variant {
    pub name: String,
    pub description: Option<String>,
    /// Whether it is a secret text. It is tried before a text that is not secret.
    pub is_secret: bool,
    /// Values of the discriminator that select it.
    pub names: Vec<String>,
    pub shapes: Vec<Shape>,
}

pub struct Discriminator {
    pub member: String,
    /// Whether the specification lists all its values.
    pub is_complete: bool,
}

/// What is visible of a value without decoding it, as in the runtime.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Anything,
    Array,
    Boolean,
    Integer,
    Number,
    Text(Vec<String>),
    Object {
        required: Vec<String>,
        known: Vec<String>,
        listed: Vec<(String, Vec<String>)>,
        is_open: bool,
    },
}

/// Replaces each schema with alternatives by an object. The schemas must be resolved.
pub fn as_objects(document: &Document) -> (Document, Vec<Alternatives>) {
    let mut all = Vec::new();
    // If it appears twice with a title, it is the same type.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut root = document.root().clone();
    // A parameter is sent as a text, whichever alternative it is.
    visit_objects("", &mut root, &mut |object| {
        // The properties of a schema may have these names too.
        let is_text = |key: &str| object.get(key).is_some_and(Value::is_string);
        let is_parameter = is_text("in") && is_text("name");
        if let Some(schema) = object.get_mut("schema").filter(|_| is_parameter) {
            let has_alternatives =
                |schema: &Value| alternatives(behind(document.root(), schema)).is_some();
            let meant = behind(document.root(), schema);
            if has_alternatives(meant) {
                *schema = json!({"type": "string"});
            } else if has_alternatives(&meant["items"]) {
                let mut list = meant.clone();
                list["items"] = json!({"type": "string"});
                *schema = list;
            }
        }
    });
    change_schemas(&mut root, &mut |schema| {
        if let Some(found) = alternatives(schema).cloned() {
            let next = all.len();
            let number = *seen.entry(schema.to_string()).or_insert(next);
            if number == next {
                all.push(Alternatives {
                    variants: variants(document, &all, schema, &found),
                    discriminator: discriminator(schema, &found),
                });
            }
            *schema = object(schema, &found, &all[number].variants, number);
        }
    });
    (document.with_root(root), all)
}

fn object(schema: &Value, found: &[Value], variants: &[Variant], number: usize) -> Value {
    let mark = format!("{MARK}{number}");
    let names: Vec<&str> = variants.iter().map(|variant| &*variant.name).collect();
    let mut properties: Map<String, Value> = names
        .iter()
        .zip(found)
        .map(|(name, one)| ((*name).to_owned(), one.clone()))
        .collect();
    properties.insert(mark.clone(), json!({"type": "boolean"}));
    let required: Vec<&str> = names.into_iter().chain([&*mark]).collect();
    let mut object = Map::new();
    for keyword in [
        "title",
        "description",
        "nullable",
        "discriminator",
        ALTERNATIVE,
    ] {
        let value = schema.get(keyword).cloned();
        object.extend(value.map(|value| (keyword.to_owned(), value)));
    }
    object.extend([
        (ALTERNATIVES.to_owned(), number.into()),
        ("type".to_owned(), "object".into()),
        ("required".to_owned(), required.into()),
        ("properties".to_owned(), properties.into()),
    ]);
    object.into()
}

fn variants(
    document: &Document,
    all: &[Alternatives],
    schema: &Value,
    found: &[Value],
) -> Vec<Variant> {
    let mut taken = BTreeSet::from([REST.to_owned()]);
    let mapping = schema["discriminator"]["mapping"].as_object();
    let described = found.iter().map(|one| {
        let own = called(one);
        let name = free(&type_name(own), &taken);
        taken.insert(name.clone());
        let listed = mapping.into_iter().flatten();
        let mut names: Vec<String> = listed
            .filter(|(_, target)| target.as_str().is_some_and(|target| last(target) == own))
            .map(|(name, _)| name.clone())
            .collect();
        if names.is_empty() && schema.get("discriminator").is_some() {
            names.push(own.to_owned());
        }
        let resolved = document.resolve(one).unwrap_or(one);
        let description = resolved["description"].as_str();
        Variant {
            name,
            description: description.map(|text| text.trim().to_owned()),
            is_secret: is_secret(resolved),
            names,
            shapes: shapes(document, all, one, &mut Vec::new()),
        }
    });
    described.collect()
}

fn discriminator(schema: &Value, found: &[Value]) -> Option<Discriminator> {
    let discriminator = schema.get("discriminator")?;
    let mapping = discriminator["mapping"].as_object();
    let targets = || mapping.into_iter().flatten();
    Some(Discriminator {
        member: discriminator["propertyName"].as_str()?.to_owned(),
        is_complete: found.iter().all(|one| {
            let mut targets = targets().filter_map(|(_, target)| target.as_str());
            targets.any(|target| last(target) == called(one))
        }),
    })
}

/// The name of the schema that an alternative refers to, or its own name.
fn called(alternative: &Value) -> &str {
    let own = alternative[ALTERNATIVE].as_str().unwrap_or_default();
    reference(alternative).map_or(own, last)
}

fn last(target: &str) -> &str {
    target.rsplit('/').next().unwrap_or(target)
}

fn shapes(
    document: &Document,
    all: &[Alternatives],
    schema: &Value,
    outer: &mut Vec<Place>,
) -> Vec<Shape> {
    if let Some(target) = reference(schema) {
        let place = Place::of_pointer(target);
        let Some(target) = document.target(target).filter(|_| !outer.contains(&place)) else {
            return Vec::new();
        };
        outer.push(place);
        let shapes = shapes(document, all, target, outer);
        outer.pop();
        return shapes;
    }
    let inner = schema[ALTERNATIVES].as_u64().and_then(|number| {
        let number = usize::try_from(number).ok()?;
        all.get(number)
    });
    if let Some(inner) = inner {
        let variants = inner.variants.iter();
        return variants.flat_map(|one| one.shapes.clone()).collect();
    }
    let parts = alternatives(schema).or_else(|| schema["allOf"].as_array());
    if let Some(parts) = parts {
        let parts = parts.iter();
        return parts
            .flat_map(|one| shapes(document, all, one, outer))
            .collect();
    }
    vec![shape(document, schema)]
}

fn shape(document: &Document, schema: &Value) -> Shape {
    if is_anything(schema) {
        return Shape::Anything;
    }
    match schema["type"].as_str() {
        Some("array") => Shape::Array,
        Some("boolean") => Shape::Boolean,
        Some("integer") => Shape::Integer,
        Some("number") => Shape::Number,
        Some("object") => of_object(document, schema),
        Some("string") => Shape::Text(texts(schema).unwrap_or_default()),
        None if schema.get(RUNTIME_TYPE).is_none() => {
            texts(schema).map_or(Shape::Anything, Shape::Text)
        }
        _ => Shape::Anything,
    }
}

fn of_object(document: &Document, schema: &Value) -> Shape {
    let properties = schema["properties"].as_object();
    let required = schema["required"].as_array().into_iter().flatten();
    let required = required.filter_map(Value::as_str).filter(|name| {
        // A property of one direction is missing in the other.
        let property = &schema["properties"][name];
        ["nullable", "readOnly", "writeOnly"]
            .iter()
            .all(|keyword| property[keyword] != true)
    });
    let listed = properties.into_iter().flatten();
    let listed = listed.filter_map(|(name, property)| {
        let property = document.resolve(property).unwrap_or(property);
        Some((name.clone(), texts(property)?))
    });
    let rest = &schema["additionalProperties"];
    Shape::Object {
        required: required.map(str::to_owned).collect(),
        known: properties
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect(),
        listed: listed.collect(),
        is_open: rest.is_object()
            || *rest == true
            || rest.is_null() && properties.is_none_or(Map::is_empty),
    }
}

/// The texts that a schema lists.
fn texts(schema: &Value) -> Option<Vec<String>> {
    let values = schema["enum"].as_array()?.iter();
    let texts = values.filter(|value| !value.is_null());
    texts.map(|text| text.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use openapi::composition::composed;

    #[test]
    fn what_is_seen_of_each_alternative_tells_it_from_the_others() {
        let text = "components: {schemas: {Card: {description: d, required: [number, id, note], properties: {number: {}, id: \
                    {readOnly: true}, note: {nullable: true}, kind: {$ref: '#/components/schemas/Kind'}}}, Kind: {type: string, \
                    enum: [a, b]}, Means: {oneOf: [{$ref: '#/components/schemas/Card'}, {type: string}, {type: string, \
                    enum: [c]}, {title: unrecognized, type: object}, {type: array}, {}], discriminator: {propertyName: kind, \
                    mapping: {card: '#/components/schemas/Card', debit: Card}}}, Outer: {anyOf: [{$ref: \
                    '#/components/schemas/Means'}, {type: integer}]}}}";
        let document = Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap();
        let (document, all) = as_objects(&composed(&document).document);
        let means = &all[0];
        let names: Vec<&str> = means.variants.iter().map(|one| &*one.name).collect();
        let expected = [
            "Card",
            "String",
            "String2",
            "Unrecognized2",
            "Array",
            "Value",
        ];
        assert_eq!(names, expected);
        let card = &means.variants[0];
        assert_eq!(card.names, ["card", "debit"]);
        assert_eq!(card.description.as_deref(), Some("d"));
        let object = |required: &[&str], known: &[&str], is_open| Shape::Object {
            required: required.iter().copied().map(str::to_owned).collect(),
            known: known.iter().copied().map(str::to_owned).collect(),
            listed: Vec::new(),
            is_open,
        };
        let Shape::Object { listed, .. } = &card.shapes[0] else {
            panic!("{:?}", card.shapes);
        };
        assert_eq!(
            *listed,
            [("kind".to_owned(), vec!["a".to_owned(), "b".to_owned()])]
        );
        let shapes: Vec<&Shape> = means.variants[1..]
            .iter()
            .flat_map(|one| &one.shapes)
            .collect();
        let expected = [
            &Shape::Text(Vec::new()),
            &Shape::Text(vec!["c".to_owned()]),
            &object(&[], &[], true),
            &Shape::Array,
            &Shape::Anything,
        ];
        assert_eq!(shapes, expected);
        // Alternatives of an alternative replace it.
        assert_eq!(all[1].variants[0].shapes.len(), 6);
        let object = &document.root()["components"]["schemas"]["Means"];
        assert_eq!(object["type"], "object");
        assert_eq!(object["required"].as_array().map(Vec::len), Some(7));
        assert_eq!(
            object["properties"]["Card"],
            json!({"$ref": "#/components/schemas/Card"})
        );
    }
}
