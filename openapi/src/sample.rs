//! Makes a value from its schema, if there is no example: always the same one, and one that fits.

mod number;
mod pattern;
mod text;

use std::cell::Cell;

use serde_json::{Map, Value};

use crate::document::{Document, Part, reference};
use crate::ordered::Ordered;
use crate::place::Place;
use crate::schema_check::SchemaCheck;

/// The most parts of a value; optional parts are then left out.
const MOST_PARTS: usize = 10_000;

/// The deepest nesting of a value.
const MOST_DEEP: usize = 64;

/// How many choices among the alternatives of one schema are tried.
const MOST_CHOICES: usize = 64;

/// A value that fits the schema, with the members of its objects in the order of the file; `None` if it would be
/// endless or far too large, or if a reference leads nowhere. It is a value of an answer: parts that are `writeOnly`
/// are left out.
#[must_use]
pub fn of(document: &Document, schema: Part<'_>) -> Option<Ordered> {
    let sampler = Sampler {
        document,
        left: Cell::new(MOST_PARTS),
    };
    sampler.value(&[schema], &[], 0).ok()
}

/// No value can be made: it would have no end.
struct Endless;

struct Sampler<'a> {
    document: &'a Document,
    /// How many parts may still be made.
    left: Cell<usize>,
}

/// All schemas of one value, after an alternative is chosen. References are followed.
struct Shape<'a> {
    schemas: Vec<Part<'a>>,
    /// The places of the references to it.
    own: Vec<Place>,
    /// The property that names the alternative of a value, and its value for this one.
    tag: Option<(&'a str, String)>,
    /// Whether a value may fit more alternatives than the one it is made for.
    is_exclusive: bool,
}

/// The chosen alternatives, in the order in which they are met.
#[derive(Default)]
struct Choices {
    /// The number of each choice, and how many there were.
    made: Vec<(usize, usize)>,
    next: usize,
}

impl Choices {
    fn next(&mut self, count: usize) -> usize {
        if self.made.len() == self.next {
            self.made.push((0, count));
        }
        self.next += 1;
        self.made[self.next - 1].0
    }

    /// Goes to the next choice, if there is one.
    fn advance(&mut self) -> bool {
        self.next = 0;
        while let Some((number, count)) = self.made.pop() {
            if number + 1 < count {
                self.made.push((number + 1, count));
                return true;
            }
        }
        false
    }
}

impl<'a> Sampler<'a> {
    /// A value that fits all of `parts`. `within` are the places of the references around it; another `turn` gives
    /// another value.
    fn value(&self, parts: &[Part<'a>], within: &[Place], turn: usize) -> Result<Ordered, Endless> {
        self.left
            .set(self.left.get().checked_sub(1).ok_or(Endless)?);
        if within.len() > MOST_DEEP {
            return Err(Endless);
        }
        let mut choices = Choices::default();
        let mut first = None;
        for _ in 0..MOST_CHOICES {
            let mut shape = Shape {
                schemas: Vec::new(),
                own: Vec::new(),
                tag: None,
                is_exclusive: false,
            };
            let mut parts_of = parts.iter();
            let made = parts_of
                .try_for_each(|part| self.flatten(part.clone(), within, &mut choices, &mut shape))
                .and_then(|()| {
                    let within = [within, &shape.own].concat();
                    self.made(parts, &shape, &within, turn)
                });
            if let Ok(made) = made {
                if !shape.is_exclusive || self.fits(parts, &made.value) {
                    return Ok(made);
                }
                first.get_or_insert(made);
            }
            if !choices.advance() {
                break;
            }
        }
        first
            .or_else(|| self.is_nullable(parts).then(|| Value::Null.into()))
            .ok_or(Endless)
    }

    fn flatten(
        &self,
        part: Part<'a>,
        within: &[Place],
        choices: &mut Choices,
        shape: &mut Shape<'a>,
    ) -> Result<(), Endless> {
        let target = reference(part.value);
        let part = self.document.follow(part).map_err(|_| Endless)?;
        if target.is_some() {
            if within.contains(&part.home) {
                return Err(Endless);
            }
            // Adding it again changes nothing.
            if shape.own.contains(&part.home) {
                return Ok(());
            }
            shape.own.push(part.home.clone());
        }
        let discriminator = &part.value["discriminator"];
        let name = discriminator["propertyName"].as_str();
        // A base schema: the schemas that extend it have names of their own.
        let derived = shape.own.iter().rev().find(|place| **place != part.home);
        if let (Some(name), Some(derived)) = (name, derived.and_then(|one| one.steps().last())) {
            let tag = || (name, tag_of(discriminator, derived));
            shape.tag.get_or_insert_with(tag);
        }
        shape.is_exclusive |= part.value.get("not").is_some();
        for base in part.member("allOf").items() {
            self.flatten(base, within, choices, shape)?;
        }
        for keyword in ["oneOf", "anyOf"] {
            let mut alternatives = part.member(keyword).items();
            if alternatives.is_empty() {
                continue;
            }
            shape.is_exclusive |= keyword == "oneOf" && alternatives.len() > 1;
            let chosen = choices.next(alternatives.len());
            let chosen = alternatives.swap_remove(chosen.min(alternatives.len() - 1));
            let own = reference(chosen.value).and_then(|target| target.rsplit('/').next());
            if let (Some(name), Some(own)) = (name, own) {
                shape.tag = Some((name, tag_of(discriminator, own)));
            }
            self.flatten(chosen, within, choices, shape)?;
        }
        shape.schemas.push(part);
        Ok(())
    }

    fn made(
        &self,
        parts: &[Part<'a>],
        shape: &Shape<'a>,
        within: &[Place],
        turn: usize,
    ) -> Result<Ordered, Endless> {
        if let Some(authored) = self.authored(parts, shape, turn) {
            return Ok(authored);
        }
        let scalars = match shape.kind() {
            Some("object") => return self.object(shape, within, turn),
            Some("array") => return self.array(shape, within, turn),
            Some("string") => text::candidates(shape, turn),
            Some("integer") => number::integer(shape, turn),
            Some("number") => number::number(shape, turn),
            Some("boolean") => vec![Value::Bool(turn.is_multiple_of(2))],
            Some(_) => vec![Value::Null],
            None if turn == 0 => vec![Value::Object(Map::new())],
            None => vec![format!("string{turn}").into()],
        };
        let first = scalars.first().cloned().ok_or(Endless)?;
        let fitting = match scalars.len() {
            1 => None,
            _ => scalars.into_iter().find(|one| self.fits(parts, one)),
        };
        Ok(fitting.unwrap_or(first).into())
    }

    /// A value that the author wrote, if it fits.
    fn authored(&self, parts: &[Part<'a>], shape: &Shape<'a>, turn: usize) -> Option<Ordered> {
        let fits = |value: &Value| self.fits(parts, value);
        if turn == 0 {
            for keyword in ["example", "examples", "default", "const"] {
                for schema in &shape.schemas {
                    let mut authored = schema.member(keyword);
                    if keyword == "examples" {
                        let Some(first) = authored.items().into_iter().next() else {
                            continue;
                        };
                        authored = first;
                    } else if schema.value.get(keyword).is_none() {
                        continue;
                    }
                    // A value of a base does not have the other parts.
                    if authored.value.is_object() && shape.schemas.len() > 1 {
                        continue;
                    }
                    if fits(authored.value) {
                        return Some(self.document.ordered(&authored));
                    }
                    // YAML reads `5.0` as a number.
                    let text = Value::from(authored.value.to_string());
                    if (authored.value.is_number() || authored.value.is_boolean()) && fits(&text) {
                        return Some(text.into());
                    }
                }
            }
        }
        let options = shape.schemas.iter().find_map(|schema| {
            let options = schema.member("enum").items();
            (!options.is_empty()).then_some(options)
        })?;
        let count = options.len();
        let mut in_turn = (0..count).map(|number| &options[(number + turn) % count]);
        let option = in_turn.find(|option| fits(option.value))?;
        Some(self.document.ordered(option))
    }

    fn object(&self, shape: &Shape<'a>, within: &[Place], turn: usize) -> Result<Ordered, Endless> {
        let required = shape.required();
        let least = shape.most("minProperties").unwrap_or(0);
        let most = shape.least("maxProperties").unwrap_or(usize::MAX);
        let mut names: Vec<&str> = Vec::new();
        for schema in &shape.schemas {
            let own = self.document.names(&schema.member("properties"));
            for name in own.into_iter().chain(required.iter().copied()) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        // Those in `properties` come first, whatever the order of the schemas.
        names.sort_by_key(|name| !shape.names(name));
        let has_names = !names.is_empty();
        let mut members: Vec<(String, Ordered)> = Vec::new();
        let mut missing = names.iter().filter(|name| required.contains(name)).count();
        for name in names {
            let is_required = required.contains(&name);
            missing -= usize::from(is_required);
            let Some(parts) = shape.property(name) else {
                continue;
            };
            let is_written_only = |part: &Part<'a>| {
                let schema = self.document.resolve(part.value);
                schema.is_some_and(|schema| schema["writeOnly"] == true)
            };
            let has_place = is_required || members.len() + missing < most;
            if !has_place || parts.iter().any(is_written_only) {
                continue;
            }
            let tag = match &shape.tag {
                Some((property, tag)) if *property == name => Some(Value::from(tag.as_str())),
                _ => None,
            };
            match tag.filter(|tag| self.fits(&parts, tag)) {
                Some(tag) => members.push((name.to_owned(), tag.into())),
                None => match self.value(&parts, within, turn) {
                    Ok(value) => members.push((name.to_owned(), value)),
                    Err(endless) if is_required => return Err(endless),
                    Err(Endless) => {}
                },
            }
        }
        // A map gets one entry.
        let wanted = least
            .max(usize::from(!has_names && shape.is_map()))
            .min(most);
        for number in 1.. {
            if members.len() >= wanted {
                break;
            }
            let name = match number {
                1 => "key".to_owned(),
                _ => format!("key{number}"),
            };
            let Some(parts) = shape.property(&name) else {
                break;
            };
            match self.value(&parts, within, turn) {
                Ok(value) => members.push((name, value)),
                Err(endless) if members.len() < least => return Err(endless),
                Err(Endless) => break,
            }
        }
        Ok(Ordered::object(members))
    }

    fn array(&self, shape: &Shape<'a>, within: &[Place], turn: usize) -> Result<Ordered, Endless> {
        let least = shape.most("minItems").unwrap_or(0);
        let most = shape.least("maxItems").unwrap_or(usize::MAX);
        let is_unique = shape.all("uniqueItems").any(|value| value == true);
        let parts: Vec<Part<'a>> = shape.parts("items").collect();
        let mut items = Vec::new();
        for number in 0..least.max(1).min(most) {
            let turn = turn + if is_unique { number } else { 0 };
            match self.value(&parts, within, turn) {
                Ok(item) => items.push(item),
                Err(endless) if number < least => return Err(endless),
                Err(Endless) => break,
            }
        }
        Ok(Ordered::array(items))
    }

    /// Whether the value fits these schemas. What can't be checked is accepted.
    fn fits(&self, parts: &[Part<'a>], value: &Value) -> bool {
        parts.iter().all(|part| {
            let check = SchemaCheck::new(self.document, part.value);
            check.map_or(true, |check| check.fits(value))
        })
    }

    fn is_nullable(&self, parts: &[Part<'a>]) -> bool {
        parts.iter().all(|part| {
            let schema = self.document.resolve(part.value);
            schema.is_some_and(|schema| schema["nullable"] == true)
        })
    }
}

/// The value of the discriminator for the schema of that name.
fn tag_of(discriminator: &Value, name: &str) -> String {
    let mapping = discriminator["mapping"].as_object().into_iter().flatten();
    let mut own = mapping.filter_map(|(tag, target)| {
        let is_own = target.as_str()?.rsplit('/').next() == Some(name);
        is_own.then_some(tag)
    });
    own.next().map_or(name, String::as_str).to_owned()
}

impl<'a> Shape<'a> {
    /// The values of this keyword.
    fn all(&self, keyword: &str) -> impl Iterator<Item = &'a Value> {
        let all = self.schemas.iter();
        all.filter_map(move |schema| schema.value.get(keyword))
    }

    /// The same if it is a schema.
    fn parts(&self, keyword: &str) -> impl Iterator<Item = Part<'a>> {
        let all = self
            .schemas
            .iter()
            .map(move |schema| schema.member(keyword));
        all.filter(|part| part.value.is_object())
    }

    fn texts(&self, keyword: &str) -> impl Iterator<Item = &'a str> {
        self.all(keyword).filter_map(Value::as_str)
    }

    /// The largest of these minimums.
    fn most(&self, keyword: &str) -> Option<usize> {
        self.counts(keyword).max()
    }

    /// The smallest of these maximums.
    fn least(&self, keyword: &str) -> Option<usize> {
        self.counts(keyword).min()
    }

    fn counts(&self, keyword: &str) -> impl Iterator<Item = usize> {
        let counts = self.all(keyword).filter_map(Value::as_u64);
        counts.filter_map(|count| usize::try_from(count).ok())
    }

    /// The type, derived from other keywords if none is named.
    fn kind(&self) -> Option<&'a str> {
        let types = self.all("type").flat_map(|one| match one {
            Value::Array(several) => several.iter().collect(),
            one => vec![one],
        });
        let types: Vec<&str> = types.filter_map(Value::as_str).collect();
        // An integer is a number, so it says more; `null` is chosen only if there is nothing else.
        let rank = |kind: &&&str| match **kind {
            "integer" => 0,
            "null" => 2,
            _ => 1,
        };
        let says = |keywords: &[&str]| keywords.iter().any(|one| self.all(one).next().is_some());
        types.iter().min_by_key(rank).copied().or_else(|| {
            let of_objects = [
                "properties",
                "additionalProperties",
                "required",
                "minProperties",
            ];
            [
                ("object", &of_objects[..]),
                ("array", &["items", "minItems", "uniqueItems"]),
                ("number", &["minimum", "maximum", "multipleOf"]),
                ("string", &["pattern", "minLength", "maxLength", "format"]),
            ]
            .into_iter()
            .find_map(|(kind, keywords)| says(keywords).then_some(kind))
        })
    }

    fn required(&self) -> Vec<&'a str> {
        let lists = self.all("required").filter_map(Value::as_array);
        lists.flatten().filter_map(Value::as_str).collect()
    }

    /// Whether a schema names this property.
    fn names(&self, name: &str) -> bool {
        let mut all = self.all("properties");
        all.any(|properties| properties.get(name).is_some())
    }

    fn is_map(&self) -> bool {
        self.parts("additionalProperties").next().is_some()
    }

    /// The schemas of the property with this name; `None` if a schema does not allow it.
    fn property(&self, name: &str) -> Option<Vec<Part<'a>>> {
        let mut parts = Vec::new();
        for schema in &self.schemas {
            let own = schema.member("properties").member(name);
            let other = schema.member("additionalProperties");
            if own.value.is_object() {
                parts.push(own);
            } else if *other.value == false {
                return None;
            } else if other.value.is_object() {
                parts.push(other);
            }
        }
        Some(parts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;
    use serde_json::{Map, Value, json};

    use super::of;
    use crate::document::{Document, Part};
    use crate::ordered::Ordered;
    use crate::place::Place;
    use crate::schema_check::SchemaCheck;

    const COMPONENTS: &str = "{schemas: {
        Node: {type: object, required: [name], properties: {name: {type: string}, next: {$ref: '#/components/schemas/Node'},
          all: {type: array, items: {$ref: '#/components/schemas/Node'}}, by: {additionalProperties: {$ref: '#/components/schemas/Node'}}}},
        Endless: {type: object, required: [self], properties: {self: {$ref: '#/components/schemas/Endless'}}},
        Ending: {type: object, required: [self], properties: {self: {nullable: true, allOf: [{$ref: '#/components/schemas/Ending'}]}}},
        Diamond: {allOf: [{$ref: '#/components/schemas/Left'}, {$ref: '#/components/schemas/Right'}]},
        Left: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {l: {type: integer}}}]},
        Right: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {r: {type: integer}}}]},
        Base: {properties: {b: {type: integer}}, required: [b]},
        Itself: {allOf: [{$ref: '#/components/schemas/Itself'}, {type: integer}]},
        Either: {oneOf: [{$ref: '#/components/schemas/Endless'}, {type: integer}]},
        Circle: {$ref: '#/components/schemas/Circle'},
        Pet: {type: object, required: [kind], discriminator: {propertyName: kind, mapping: {c: '#/components/schemas/Cat'}}, properties: {kind: {type: string}}},
        Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {lives: {type: integer, minimum: 9}}}]},
        Dog: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {tail: {type: boolean}}}]},
        Any: {oneOf: [{$ref: '#/components/schemas/One'}, {$ref: '#/components/schemas/Two'}], discriminator: {propertyName: is}},
        One: {type: object, required: [is], properties: {is: {type: string}}},
        Two: {type: object, required: [is, two], properties: {is: {type: string, enum: [Two]}, two: {type: string}}}}}";

    fn document(schema: &str) -> Document {
        let text = format!("schema: {schema}\ncomponents: {COMPONENTS}");
        Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap()
    }

    fn made(document: &Document) -> Option<Ordered> {
        let schema = Part::at(Place::root().at("schema"), &document.root()["schema"]);
        of(document, schema)
    }

    #[test]
    fn a_value_is_made_of_what_the_schema_says() {
        // One case in each line: a schema, and the value that is made from it; `-` if none can be made.
        let cases = r#"
type: string                                          | "string"
type: integer                                         | 0
type: number                                          | 0
type: boolean                                         | true
type: object                                          | {}
{}                                                    | {}
nullable: true, type: string                          | "string"
type: string, example: a, default: b, enum: [a, b]    | "a"
type: string, example: a, default: b, enum: [c]       | "c"
type: string, default: b, enum: [b, c]                | "b"
type: string, enum: [c, d]                            | "c"
type: integer, example: no                            | 0
type: string, example: 5.0                            | "5.0"
type: string, nullable: true, default: null           | null
type: string, examples: [a, b]                        | "a"
enum: [c, d], not: {enum: [c]}                        | "d"
type: string, format: date                            | "2026-01-01"
type: string, format: date-time                       | "2026-01-01T12:00:00Z"
type: string, format: uuid                            | "6b1f0c9e-3d5a-4c7e-9a2b-000000000001"
type: string, format: email                           | "user@example.com"
type: string, format: uri                             | "https://example.com/"
type: string, format: ipv4                            | "192.0.2.1"
type: string, format: byte                            | "c3RyaW5n"
type: string, format: password                        | "string"
type: string, format: unheard-of                      | "string"
type: string, minLength: 10                           | "string str"
type: string, maxLength: 3                            | "str"
type: string, format: email, minLength: 20            | "aaaauser@example.com"
type: string, format: uri, minLength: 24              | "https://example.com/aaaa"
type: string, pattern: '^[A-Z]{3}-\d{2}$'             | "AAA-00"
type: string, pattern: '^a+$', minLength: 4           | "aaaa"
type: string, pattern: 'r'                            | "string"
type: string, pattern: '^(?!x)s'                      | "string"
type: integer, minimum: 5                             | 5
type: integer, minimum: 5, exclusiveMinimum: true     | 6
type: integer, maximum: -5                            | -5
type: integer, minimum: 5, multipleOf: 4              | 8
type: integer, minimum: 5, multipleOf: 2.5            | 5
type: integer, minimum: 9007199254740993              | 9007199254740993
type: integer, minimum: 18446744073709551615          | 18446744073709551615
type: number, minimum: 0.1, multipleOf: 0.1           | 0.1
type: number, minimum: 0.25                           | 1
type: number, minimum: 0, exclusiveMinimum: true, maximum: 1 | 1
type: number, minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: true | 0.5
type: number, maximum: -2.5                           | -3
type: number, minimum: -0.5, maximum: -0.25           | -0.375
type: array, items: {type: integer}                   | [0]
type: array, maxItems: 0, items: {}                   | []
type: array, minItems: 3, uniqueItems: true, items: {type: integer, minimum: 7} | [7,8,9]
type: array, minItems: 2, uniqueItems: true, items: {enum: [a, b]} | ["a","b"]
type: array, minItems: 2, uniqueItems: true, items: {type: string, format: uuid} | ["6b1f0c9e-3d5a-4c7e-9a2b-000000000001","6b1f0c9e-3d5a-4c7e-9a2b-000000000002"]
items: {type: boolean}                                | [true]
properties: {z: {type: string}, a: {type: integer}}   | {"z":"string","a":0}
type: object, example: {z: 1, a: {d: 1, c: 2}}        | {"z":1,"a":{"d":1,"c":2}}
properties: {a: {readOnly: true, type: integer}, b: {writeOnly: true}} | {"a":0}
required: [a, b], properties: {b: {type: string}}     | {"b":"string","a":{}}
additionalProperties: {type: integer}                 | {"key":0}
additionalProperties: {type: integer}, minProperties: 2 | {"key":0,"key2":0}
additionalProperties: false                           | {}
properties: {a: {type: integer}, b: {type: integer}, c: {type: integer}}, required: [c], maxProperties: 2 | {"a":0,"c":0}
allOf: [{properties: {b: {type: string}}}, {required: [b], properties: {a: {minimum: 1}, b: {maxLength: 2}}}] | {"b":"st","a":1}
type: string, allOf: [{minLength: 7}]                 | "string "
oneOf: [{type: object, required: [a], properties: {a: {type: integer}}}, {type: string}] | {"a":0}
anyOf: [{properties: {a: {type: integer}}}, {type: string}] | {"a":0}
properties: {a: {type: integer}}, oneOf: [{required: [b]}, {required: [a]}] | {"a":0}
type: [string, 'null']                                | "string"
$ref: '#/components/schemas/Node'                     | {"name":"string","all":[],"by":{}}
$ref: '#/components/schemas/Ending'                   | {"self":null}
$ref: '#/components/schemas/Either'                   | 0
$ref: '#/components/schemas/Cat'                      | {"kind":"c","lives":9}
$ref: '#/components/schemas/Dog'                      | {"kind":"Dog","tail":true}
$ref: '#/components/schemas/Any'                      | {"is":"One"}
$ref: '#/components/schemas/Diamond'                  | {"b":0,"l":0,"r":0}
$ref: '#/components/schemas/Itself'                   | 0
properties: {a: {$ref: '#/components/schemas/Pet'}}   | {"a":{"kind":"string"}}
type: string, minLength: 1000000000                   | -
type: string, pattern: '^(((a?){9999}){9999}){9999}$' | "string"
type: integer, minimum: 1e300, exclusiveMinimum: true, multipleOf: 1e300 | 0
type: integer, maximum: -1e300, multipleOf: 0         | 0
$ref: '#/components/schemas/Endless'                  | -
$ref: '#/components/schemas/Circle'                   | -
$ref: 'other.yaml#/a'                                 | -
type: array, minItems: 100000, items: {}              | -
"#;
        let mut failures = Vec::new();
        for case in cases.trim().lines() {
            let (schema, expected) = case.rsplit_once(" | ").unwrap();
            let schema = match schema.trim() {
                "{}" => "{}".to_owned(),
                schema => format!("{{{schema}}}"),
            };
            let made = made(&document(&schema)).map(|made| made.to_string());
            if made.as_deref().unwrap_or("-") != expected {
                failures.push(format!("{schema}: {made:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    /// A schema that some value fits, and keywords that go together.
    fn schema() -> impl Strategy<Value = Value> {
        let bound = -50..50_i64;
        let text = (0..12_u64, 0..12_u64, prop::sample::select(vec!["", "", "unheard-of"]))
            .prop_map(|(least, more, format)| {
                json!({"type": "string", "minLength": least, "maxLength": least + more, "format": format})
            });
        let format = prop::sample::select(vec![
            "date",
            "date-time",
            "time",
            "duration",
            "uuid",
            "email",
            "hostname",
            "ipv4",
            "ipv6",
            "uri",
            "byte",
            "decimal",
            "regex",
            "json-pointer",
            "uri-reference",
        ]);
        let format = format.prop_map(|format| json!({"type": "string", "format": format}));
        let patterns = [
            "^[a-f0-9]{8}$",
            "[A-Z]{2}",
            "^(GB|FR)\\d+$",
            "^\\+?[1-9]\\d{1,14}$",
            "^$",
            "x|y",
        ];
        let pattern = prop::sample::select(patterns.to_vec());
        let pattern = pattern.prop_map(|pattern| json!({"type": "string", "pattern": pattern}));
        let numbers = (any::<bool>(), bound.clone(), 1..9_i64, any::<[bool; 4]>()).prop_map(
            |(is_whole, least, step, has)| {
                // Wide enough for a multiple and for exclusive bounds.
                let (least, most) = (least, least + 2 * step + 2);
                let mut schema = Map::new();
                schema.insert(
                    "type".into(),
                    if is_whole { "integer" } else { "number" }.into(),
                );
                for (keyword, value, has) in [
                    ("minimum", json!(least), has[0]),
                    ("exclusiveMinimum", json!(true), has[0] && has[3]),
                    ("maximum", json!(most), has[1]),
                    ("exclusiveMaximum", json!(true), has[1] && has[3]),
                    ("multipleOf", json!(step), has[2]),
                ] {
                    if has {
                        schema.insert(keyword.into(), value);
                    }
                }
                Value::Object(schema)
            },
        );
        let fractions = (bound, 1..40_i32, prop::sample::select(vec![0.01, 0.1, 0.25, 0.5, 1.5])).prop_map(
            |(least, width, step)| {
                let least = f64::from(i32::try_from(least).unwrap()) / 4.0;
                json!({"type": "number", "minimum": least, "maximum": least + step * f64::from(width), "multipleOf": step})
            },
        );
        let plain = prop::sample::select(vec![
            json!({}),
            json!({"type": "boolean"}),
            json!({"type": "object"}),
            json!({"type": "string", "nullable": true, "default": null}),
            json!({"type": "string", "enum": ["b", "a"]}),
            json!({"type": "string", "example": 7}),
            json!({"$ref": "#/components/schemas/Node"}),
            json!({"$ref": "#/components/schemas/Ending"}),
            json!({"$ref": "#/components/schemas/Cat"}),
            json!({"$ref": "#/components/schemas/Any"}),
        ]);
        let leaf = prop_oneof![text, format, pattern, numbers, fractions, plain];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let members = prop::collection::btree_map("[a-d]", inner.clone(), 0..4);
            let object = (members, any::<[bool; 4]>(), 0..2_usize).prop_map(|(members, required, more)| {
                let named = members.keys().zip(required).filter(|(_, required)| *required);
                let required: Vec<&String> = named.map(|(name, _)| name).collect();
                let mut schema = json!({"type": "object", "properties": members, "required": required});
                schema["minProperties"] = json!(required.len());
                schema["maxProperties"] = json!(required.len() + more);
                schema
            });
            let map = (inner.clone(), 0..3_usize).prop_map(|(inner, least)| {
                json!({"type": "object", "additionalProperties": inner, "minProperties": least})
            });
            let list = (inner.clone(), 0..3_usize, 0..3_usize).prop_map(|(inner, least, more)| {
                json!({"type": "array", "items": inner, "minItems": least, "maxItems": least + more})
            });
            let unique = (0..9_usize, prop::sample::select(vec!["integer", "string", "number"]))
                .prop_map(|(least, kind)| {
                    json!({"type": "array", "items": {"type": kind}, "minItems": least, "uniqueItems": true})
                });
            let all = inner.clone().prop_map(|inner| json!({"allOf": [inner], "nullable": true}));
            let any_of = prop::collection::vec(inner, 1..3).prop_map(|inner| json!({"anyOf": inner}));
            prop_oneof![object, map, list, unique, all, any_of]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 400,
            rng_seed: RngSeed::Fixed(16),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn what_is_made_fits_its_schema_and_is_made_again(schema in schema()) {
            let document = document(&schema.to_string());
            let found = made(&document);
            prop_assert!(found.is_some(), "nothing is made");
            let found = found.unwrap();
            let check = SchemaCheck::new(&document, &document.root()["schema"]).unwrap();
            prop_assert!(check.fits(&found.value), "{found}");
            prop_assert_eq!(found.to_string(), made(&document).unwrap().to_string());
        }
    }
}
