//! What the schemas of a document come to once `allOf`, aliases and `nullable` are worked out: each is a reference, a
//! plain schema that says all of itself, or alternatives. What the document says of a value stays as it is but for
//! `not`, which no type can say.
//!
//! - `allOf` is merged, references in it included; one reference that nothing is added to stays a reference, in an
//!   `allOf` by itself if there is a description or `nullable` beside it.
//! - A named schema that is but a reference is what it refers to. One that can be `null` is not so by itself: each
//!   reference to it says it.
//! - `anyOf` and `oneOf` stay where there are several alternatives. Each of them says all of itself, what stands beside
//!   the alternatives included. Alternatives that only name required members are left to those who check values.

use std::collections::BTreeSet;
use std::mem;

use serde_json::{Map, Value, json};

use crate::document::{Document, reference};
use crate::element::{Holds, Kind};
use crate::extension::RUNTIME_TYPE;
use crate::place::Place;

/// On an alternative that is not a reference: its name.
pub const ALTERNATIVE: &str = "x-par-alternative";

/// Schemas of an `allOf` that no value fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    pub place: Place,
    pub problem: String,
}

/// A document whose schemas are resolved.
pub struct Composed {
    pub document: Document,
    pub contradictions: Vec<Contradiction>,
}

type Schema = Map<String, Value>;

/// On a schema that is being merged: it needs more than one type.
const ANYTHING: &str = "anything";

/// Resolves the schemas of a document.
#[must_use]
pub fn composed(document: &Document) -> Composed {
    let mut composition = Composition {
        document,
        contradictions: Vec::new(),
        merging: Vec::new(),
        within: Vec::new(),
    };
    let mut root = composition.element(&Place::root(), Kind::Document, document.root());
    let schemas = root.pointer_mut("/components/schemas");
    if let Some(schemas) = schemas.and_then(Value::as_object_mut) {
        let own = &document.root()["components"]["schemas"];
        schemas.retain(|name, _| reference(&own[name]).is_none());
        let circles: Vec<String> = schemas
            .keys()
            .filter(|name| is_circle(schemas, name))
            .cloned()
            .collect();
        for (name, schema) in schemas.iter_mut() {
            if let Some(schema) = schema.as_object_mut() {
                schema.remove("nullable");
                if circles.contains(name) {
                    schema.clear();
                }
            }
        }
        let circles = circles.into_iter().map(|name| Contradiction {
            place: Place::root().at("components").at("schemas").at(name),
            problem: "consists only of itself".to_owned(),
        });
        composition.contradictions.extend(circles);
    }
    Composed {
        document: document.with_root(root),
        contradictions: composition.contradictions,
    }
}

/// The alternatives of a resolved schema, if it has any.
#[must_use]
pub fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    let alternatives = ["oneOf", "anyOf"].iter().find_map(|one| schema.get(one));
    alternatives.and_then(Value::as_array)
}

/// Whether a schema does not restrict its values.
#[must_use]
pub fn is_anything(schema: &Value) -> bool {
    schema.get(RUNTIME_TYPE).is_none() && schema.as_object().is_some_and(|one| !has_shape(one))
}

/// Whether a named schema refers to itself by references that add nothing.
fn is_circle(schemas: &Schema, name: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut name = name.to_owned();
    while seen.insert(name.clone()) {
        let schema = &schemas[&name];
        let next = reference(schema).or_else(|| reference(&schema["allOf"][0]));
        let next = next.and_then(|target| Place::of_pointer(target).steps().last().cloned());
        match next.filter(|next| schemas.contains_key(next)) {
            Some(next) => name = next,
            None => return false,
        }
    }
    true
}

struct Composition<'a> {
    document: &'a Document,
    contradictions: Vec<Contradiction>,
    /// The references that are being merged, the outermost first.
    merging: Vec<BTreeSet<String>>,
    /// The merged schemas whose parts are being resolved.
    within: Vec<Value>,
}

impl Composition<'_> {
    fn element(&mut self, place: &Place, kind: Kind, value: &Value) -> Value {
        if kind == Kind::Schema {
            return self.schema(place, value);
        }
        let Value::Object(members) = value else {
            return value.clone();
        };
        if reference(value).is_some() {
            return value.clone();
        }
        let mut composed = Map::new();
        for (key, member) in members {
            let place = place.at(key);
            let member = match (kind.field(key), member) {
                (Some(Holds::One(kind)), _) => self.element(&place, kind, member),
                (Some(Holds::Map(kind)), Value::Object(members)) => {
                    let members = members.iter().map(|(name, member)| {
                        (name.clone(), self.element(&place.at(name), kind, member))
                    });
                    Value::Object(members.collect())
                }
                (Some(Holds::List(kind)), Value::Array(members)) => {
                    let members = members.iter().enumerate();
                    let members =
                        members.map(|(index, member)| self.element(&place.at(index), kind, member));
                    Value::Array(members.collect())
                }
                _ => member.clone(),
            };
            composed.insert(key.clone(), member);
        }
        Value::Object(composed)
    }

    fn schema(&mut self, place: &Place, value: &Value) -> Value {
        let Value::Object(schema) = value else {
            return value.clone();
        };
        if let Some(target) = reference(value) {
            return self.reference(target);
        }
        match self.merged(place, schema) {
            Merged::Reference(target, mut beside) => {
                let target = self.reference(&target);
                if beside.is_empty() {
                    return target;
                }
                let (target, can_be_null) = match target.get("allOf") {
                    Some(wrapped) => (wrapped[0].clone(), true),
                    None => (target, false),
                };
                if can_be_null {
                    beside.insert("nullable".to_owned(), true.into());
                }
                beside.insert("allOf".to_owned(), json!([target]));
                Value::Object(beside)
            }
            Merged::Schema(schema) if value.get("allOf").is_none() => self.parts(place, schema),
            // It contains itself, and would have no end.
            Merged::Schema(_) if self.within.contains(value) => json!({}),
            Merged::Schema(schema) => {
                self.within.push(value.clone());
                let schema = self.parts(place, schema);
                self.within.pop();
                schema
            }
        }
    }

    /// Returns a reference to a schema that is not a reference itself, and whether it can be `null`.
    fn reference(&self, target: &str) -> Value {
        let (mut target, mut can_be_null) = (target, false);
        // A longer chain is a circle, which is a finding of its own.
        for _ in 0..32 {
            let Some(value) = self.document.target(target) else {
                break;
            };
            can_be_null |= self.can_be_null(value, &mut Vec::new());
            match reference(value) {
                Some(next) => target = next,
                None => break,
            }
        }
        let target = json!({"$ref": target});
        if can_be_null {
            json!({"allOf": [target], "nullable": true})
        } else {
            target
        }
    }

    fn can_be_null(&self, schema: &Value, outer: &mut Vec<String>) -> bool {
        if schema["nullable"] == true || is_null_only(schema) {
            return true;
        }
        if let Some(target) = reference(schema) {
            if outer.iter().any(|one| one == target) {
                return false;
            }
            outer.push(target.to_owned());
            let target = self.document.target(target);
            let can_be_null = target.is_some_and(|target| self.can_be_null(target, outer));
            outer.pop();
            return can_be_null;
        }
        let list = |keyword| schema[keyword].as_array().into_iter().flatten();
        let any = ["oneOf", "anyOf"].into_iter().flat_map(list);
        let mut any = any.filter(|one| one.as_object().is_some_and(has_shape));
        let mut all = list("allOf").filter(restricts).peekable();
        all.peek().is_some() && all.all(|one| self.can_be_null(one, outer))
            || any.any(|one| self.can_be_null(one, outer))
    }

    /// A schema merged with its `allOf`. Its parts are not resolved.
    fn merged(&mut self, place: &Place, schema: &Schema) -> Merged {
        let mut own = schema.clone();
        own.remove("not");
        let Some(Value::Array(all)) = own.remove("allOf") else {
            return Merged::Schema(own);
        };
        if self.can_be_null(&Value::Object(schema.clone()), &mut Vec::new()) {
            own.insert("nullable".to_owned(), true.into());
        }
        let mut saying: Vec<&Value> = all.iter().filter(restricts).collect();
        saying.dedup();
        if let [one] = saying[..]
            && let Some(target) = reference(one)
            && !own.keys().any(|keyword| is_rule(keyword))
        {
            return Merged::Reference(target.to_owned(), own);
        }
        let references: BTreeSet<_> = all.iter().filter_map(reference).collect();
        let references: BTreeSet<_> = references.into_iter().map(str::to_owned).collect();
        if !references.is_empty() && self.merging.contains(&references) {
            // It contains itself, and would have no end.
            return Merged::Schema(Map::new());
        }
        self.merging.push(references);
        for (index, one) in all.iter().enumerate() {
            let place = place.at("allOf").at(index);
            if let Some(mut one) = self.flat(&place, one) {
                // Its name is that of another type, and it is known whether it can be `null`.
                for keyword in ["title", "nullable", RUNTIME_TYPE, ALTERNATIVE] {
                    one.remove(keyword);
                }
                self.intersect(&place, &mut own, one);
            }
        }
        self.merging.pop();
        Merged::Schema(own)
    }

    /// The schema behind references.
    fn flat(&mut self, place: &Place, schema: &Value) -> Option<Schema> {
        let schema = self.document.resolve(schema)?.as_object()?;
        match self.merged(place, schema) {
            Merged::Schema(schema) => Some(schema),
            Merged::Reference(target, beside) => {
                let references = BTreeSet::from([target.clone()]);
                if self.merging.contains(&references) {
                    return None;
                }
                self.merging.push(references);
                let schema = self.flat(place, &json!({ "$ref": target }));
                self.merging.pop();
                schema.map(|schema| schema.into_iter().chain(beside).collect())
            }
        }
    }

    /// Adds to `schema` what `other` says.
    fn intersect(&mut self, place: &Place, schema: &mut Schema, other: Schema) {
        for (keyword, theirs) in other {
            let Some(ours) = schema.get_mut(&keyword) else {
                schema.insert(keyword, theirs);
                continue;
            };
            if *ours == theirs {
                continue;
            }
            let less = |one: &Value, other: &Value| one.as_f64() < other.as_f64();
            let problem = match keyword.as_str() {
                "type" => match (ours.as_str(), theirs.as_str()) {
                    (Some("integer"), Some("number")) => None,
                    (Some("number"), Some("integer")) => {
                        *ours = theirs;
                        None
                    }
                    _ => Some(format!("is {ours} in one schema and {theirs} in another")),
                },
                "format" => Some(format!("is {ours} in one schema and {theirs} in another")),
                "enum" => {
                    let theirs = theirs.as_array().cloned().unwrap_or_default();
                    if let Some(values) = ours.as_array_mut() {
                        values.retain(|value| theirs.contains(value));
                    }
                    let is_empty = ours.as_array().is_some_and(Vec::is_empty);
                    is_empty.then(|| "has no value that all schemas list".to_owned())
                }
                "properties" => {
                    let mut ours = ours.as_object_mut();
                    for (name, theirs) in theirs.as_object().into_iter().flatten() {
                        both(ours.as_deref_mut(), name, theirs);
                    }
                    None
                }
                "items" => {
                    both(Some(schema), "items", &theirs);
                    None
                }
                "additionalProperties" => {
                    if theirs.is_object() && ours.is_object() {
                        both(Some(schema), "additionalProperties", &theirs);
                    } else if theirs == false || *ours == true {
                        *ours = theirs;
                    }
                    None
                }
                "required" => {
                    if let Some(names) = ours.as_array_mut() {
                        for name in theirs.as_array().into_iter().flatten() {
                            if !names.contains(name) {
                                names.push(name.clone());
                            }
                        }
                    }
                    None
                }
                "minimum" | "minLength" | "minItems" | "minProperties" => {
                    if less(ours, &theirs) {
                        *ours = theirs;
                    }
                    None
                }
                "maximum" | "maxLength" | "maxItems" | "maxProperties" => {
                    if less(&theirs, ours) {
                        *ours = theirs;
                    }
                    None
                }
                "oneOf" | "anyOf" => {
                    // Each alternative of one with each of the other: a value must fit both.
                    schema.insert(ANYTHING.to_owned(), true.into());
                    continue;
                }
                "uniqueItems" | "exclusiveMinimum" | "exclusiveMaximum" | "deprecated"
                | "readOnly" | "writeOnly" => {
                    *ours = true.into();
                    None
                }
                _ => None,
            };
            if let Some(problem) = problem {
                let place = place.at(&keyword);
                self.contradictions.push(Contradiction { place, problem });
            }
        }
    }

    /// A schema without an `allOf`, with all its parts.
    fn parts(&mut self, place: &Place, mut schema: Schema) -> Value {
        let is_both = schema.contains_key("oneOf") && schema.contains_key("anyOf");
        if schema.remove(ANYTHING).is_some() || is_both {
            schema.retain(|keyword, _| !is_rule(keyword));
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(Value::Array(alternatives)) = schema.remove(keyword) {
                return self.union(place, keyword, schema, alternatives);
            }
        }
        for keyword in ["properties", "items", "additionalProperties"] {
            let place = place.at(keyword);
            match schema.get_mut(keyword) {
                Some(Value::Object(schemas)) if keyword == "properties" => {
                    for (name, one) in schemas {
                        *one = self.schema(&place.at(name), one);
                    }
                }
                Some(one) => *one = self.schema(&place, one),
                None => {}
            }
        }
        let has_members = |keyword: &str| {
            let members = schema.get(keyword).and_then(Value::as_object);
            members.is_some_and(|members| !members.is_empty())
        };
        if schema.get("additionalProperties") == Some(&Value::Bool(false))
            && !has_members("properties")
        {
            schema.insert("maxProperties".to_owned(), 0.into());
        }
        if !schema.contains_key("type") && !schema.contains_key(RUNTIME_TYPE) {
            let ty = if schema.contains_key("items") {
                Some("array")
            } else if schema.contains_key("properties")
                || schema.contains_key("additionalProperties")
            {
                Some("object")
            } else {
                None
            };
            schema.extend(ty.map(|ty| ("type".to_owned(), ty.into())));
        }
        Value::Object(schema)
    }

    fn union(
        &mut self,
        place: &Place,
        keyword: &str,
        mut schema: Schema,
        alternatives: Vec<Value>,
    ) -> Value {
        let mut can_be_null = schema.remove("nullable") == Some(true.into());
        let is_shaped = has_shape(&schema);
        let mut found: Vec<Value> = Vec::new();
        let place = place.at(keyword);
        for (index, one) in alternatives.iter().enumerate() {
            if is_null_only(one) {
                can_be_null = true;
                continue;
            }
            let Some(members) = one.as_object() else {
                continue;
            };
            // A schema that only names required members, for example, is not another type.
            if is_shaped && reference(one).is_none() && !has_shape(members) {
                continue;
            }
            can_be_null |= self.can_be_null(one, &mut Vec::new());
            let mut all = schema.clone();
            all.retain(|keyword, _| is_rule(keyword));
            let place = place.at(index);
            let mut composed = if all.is_empty() {
                self.schema(&place, one)
            } else {
                all.insert("allOf".to_owned(), json!([one]));
                self.schema(&place, &Value::Object(all))
            };
            if let Some(target) = reference(&composed["allOf"][0]) {
                composed = json!({ "$ref": target });
            } else if let Some(members) = composed.as_object_mut()
                && !members.contains_key("$ref")
            {
                members.remove("nullable");
                members.insert(ALTERNATIVE.to_owned(), alternative_name(one).into());
            }
            // An alternative that only has alternatives adds them.
            let inner = reference(&composed).is_none().then(|| {
                let inner = self::alternatives(&composed)?;
                (composed.get("discriminator").is_none()).then(|| inner.clone())
            });
            for one in inner.flatten().unwrap_or_else(|| vec![composed]) {
                if !found.contains(&one) {
                    found.push(one);
                }
            }
        }
        let has_discriminator = schema.contains_key("discriminator");
        if can_be_null {
            schema.insert("nullable".to_owned(), true.into());
        }
        match &mut found[..] {
            // The rest is part of the schema itself.
            [] => {
                schema.remove("discriminator");
                return self.parts(&place, schema);
            }
            [one] if !has_discriminator => {
                schema.retain(|keyword, _| !is_rule(keyword));
                if reference(one).is_none()
                    && let Some(one) = one.as_object_mut()
                {
                    one.remove(ALTERNATIVE);
                    one.extend(schema);
                    return Value::Object(mem::take(one));
                }
                if schema.is_empty() {
                    return one.take();
                }
                schema.insert("allOf".to_owned(), json!([one]));
            }
            _ => {
                schema.retain(|keyword, _| !is_rule(keyword));
                schema.insert(keyword.to_owned(), found.into());
            }
        }
        Value::Object(schema)
    }
}

/// The name of an alternative: that of the schema that it refers to, its title, or its type.
fn alternative_name(schema: &Value) -> String {
    if let Some(target) = reference(schema) {
        let place = Place::of_pointer(target);
        return place.steps().last().cloned().unwrap_or_default();
    }
    if let Some(title) = schema["title"].as_str() {
        return title.to_owned();
    }
    if let Some([one]) = schema["allOf"].as_array().map(Vec::as_slice) {
        return alternative_name(one);
    }
    let has = |keyword: &str| schema.get(keyword).is_some();
    match schema["type"].as_str() {
        Some(ty) => ty,
        None if has("items") => "array",
        None if has("properties") || has("additionalProperties") || has("allOf") => "object",
        None if has("enum") => "string",
        None => "value",
    }
    .to_owned()
}

enum Merged {
    /// Only a reference, and what is beside it.
    Reference(String, Schema),
    Schema(Schema),
}

/// Gives the member `name` both its schema and this one.
fn both(members: Option<&mut Schema>, name: &str, schema: &Value) {
    let Some(members) = members else { return };
    match members.get_mut(name) {
        Some(ours) if ours == schema => {}
        Some(ours) => *ours = json!({"allOf": [ours.take(), schema]}),
        None => {
            members.insert(name.to_owned(), schema.clone());
        }
    }
}

fn is_null_only(schema: &Value) -> bool {
    schema["type"] == "null" || schema["enum"] == json!([null])
}

/// Whether a schema says more than how it is read.
fn restricts(schema: &&Value) -> bool {
    let mut keywords = schema.as_object().into_iter().flat_map(|one| one.keys());
    keywords.any(|keyword| keyword == "$ref" || is_rule(keyword))
}

fn has_shape(schema: &Schema) -> bool {
    schema
        .keys()
        .any(|keyword| keyword == "$ref" || says_shape(keyword))
}

/// Whether a keyword decides on the type of a value.
fn says_shape(keyword: &str) -> bool {
    matches!(
        keyword,
        "type"
            | "enum"
            | "properties"
            | "items"
            | "additionalProperties"
            | "allOf"
            | "oneOf"
            | "anyOf"
    )
}

/// Whether a keyword decides on what fits.
fn is_rule(keyword: &str) -> bool {
    says_shape(keyword)
        || matches!(
            keyword,
            "format"
                | "required"
                | "pattern"
                | "multipleOf"
                | "minimum"
                | "maximum"
                | "exclusiveMinimum"
                | "exclusiveMaximum"
                | "minLength"
                | "maxLength"
                | "minItems"
                | "maxItems"
                | "uniqueItems"
                | "minProperties"
                | "maxProperties"
        )
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{Composed, composed};
    use crate::document::Document;

    const SCHEMAS: &str = "
      A: {type: object, title: T, required: [a], properties: {a: {type: string}}}
      B: {type: object, description: d, properties: {b: {type: integer}, a: {maxLength: 3}}}
      Nothing: {type: object, nullable: true, properties: {key: {type: string}}}
      Alias: {$ref: '#/components/schemas/A'}
      NullAlias: {$ref: '#/components/schemas/Nothing'}
      Text: {type: string}
      Either: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}
      Left: {properties: {next: {$ref: '#/components/schemas/Left'}}}
      Right: {properties: {next: {$ref: '#/components/schemas/Right'}}}";

    fn full(schema: &str) -> String {
        schema.replace('@', "#/components/schemas/")
    }

    fn compose(schema: &str) -> Composed {
        let schema = full(schema);
        let text = format!(
            "components:\n    schemas:{SCHEMAS}\n      It: {{properties: {{it: {schema}}}}}\n"
        );
        composed(&Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap())
    }

    fn it(composed: &Composed) -> &Value {
        &composed.document.root()["components"]["schemas"]["It"]["properties"]["it"]
    }

    #[test]
    fn a_schema_says_all_of_itself() {
        let cases = "
{$ref: '@A'} | {$ref: '@A'}
{$ref: '@Alias'} | {$ref: '@A'}
{$ref: '@NullAlias'} | {allOf: [{$ref: '@Nothing'}], nullable: true}
{description: e, allOf: [{$ref: '@Alias'}, {example: 1}]} | {allOf: [{$ref: '@A'}], description: e}
{nullable: true, allOf: [{$ref: '@Text'}]} | {allOf: [{$ref: '@Text'}], nullable: true}
{allOf: [{$ref: '@Text'}, {maxLength: 3}, {maxLength: 2, minLength: 1}]} | {type: string, maxLength: 2, minLength: 1}
{allOf: [{$ref: '@A'}, {$ref: '@B'}, {required: [b], additionalProperties: false}]} | {type: object, description: d, required: [a, b], additionalProperties: false, properties: {a: {type: string, maxLength: 3}, b: {type: integer}}}
{allOf: [{$ref: '@Nothing'}, {type: object, nullable: true, required: [key]}]} | {type: object, nullable: true, required: [key], properties: {key: {type: string}}}
{allOf: [{type: number, minimum: 1}, {type: integer, minimum: 2}, {enum: [1, 2]}, {enum: [2, 3]}]} | {type: integer, minimum: 2, enum: [2]}
{allOf: [{items: {type: string}}, {items: {maxLength: 2}, uniqueItems: true}]} | {type: array, items: {type: string, maxLength: 2}, uniqueItems: true}
{allOf: [{$ref: '@Left'}, {$ref: '@Right'}]} | {type: object, properties: {next: {}}}
{not: {type: string}, type: integer} | {type: integer}
{oneOf: [{$ref: '@A'}]} | {$ref: '@A'}
{oneOf: [{$ref: '@A'}, {enum: [null]}]} | {allOf: [{$ref: '@A'}], nullable: true}
{anyOf: [{type: string}], description: e} | {type: string, description: e}
{properties: {a: {type: string}, b: {}}, anyOf: [{required: [a]}, {required: [b]}]} | {type: object, properties: {a: {type: string}, b: {}}}
{anyOf: [{$ref: '@Nothing'}, {type: string}, {oneOf: [{type: string}, {type: integer}]}]} | {nullable: true, anyOf: [{$ref: '@Nothing'}, {type: string, x-par-alternative: string}, {type: integer, x-par-alternative: integer}]}
{type: object, required: [k], properties: {k: {}}, oneOf: [{$ref: '@A'}, {title: Z, properties: {z: {}}}]} | {oneOf: [{type: object, required: [k, a], properties: {k: {}, a: {type: string}}, x-par-alternative: A}, {type: object, required: [k], properties: {k: {}, z: {}}, x-par-alternative: Z}]}
{allOf: [{$ref: '@Either'}, {oneOf: [{type: string}, {type: object}]}], description: e} | {description: e}
";
        let mut failures = Vec::new();
        for case in cases.trim().lines() {
            let (written, expected) = case.split_once(" | ").unwrap();
            let expected: Value = serde_saphyr::from_str(&full(expected)).unwrap();
            let composed = compose(written);
            let found = it(&composed);
            if *found != expected || !composed.contradictions.is_empty() {
                failures.push(format!(
                    "{written}\n  {found}\n  {expected}\n  {:?}",
                    composed.contradictions
                ));
            }
        }
        assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    }

    #[test]
    fn what_no_value_fits_is_named_with_its_place() {
        let cases = [
            (
                "{allOf: [{properties: {a: {type: string}}}, {properties: {a: {type: integer}}}]}",
                "It.properties.it.properties.a.allOf.1.type: is \"string\" in one schema and \"integer\" in another",
            ),
            (
                "{allOf: [{$ref: '@A'}, {$ref: '@Text'}]}",
                "It.properties.it.allOf.1.type: is \"object\" in one schema and \"string\" in another",
            ),
            (
                "{allOf: [{enum: [a]}, {enum: [b]}]}",
                "It.properties.it.allOf.1.enum: has no value that all schemas list",
            ),
        ];
        for (written, expected) in cases {
            let found = compose(written).contradictions;
            let found: Vec<String> = found
                .iter()
                .map(|one| format!("{}: {}", one.place, one.problem))
                .collect();
            assert_eq!(
                found,
                [format!("components.schemas.{expected}")],
                "{written}"
            );
        }
        let text = "components: {schemas: {A: {allOf: [{$ref: '#/components/schemas/B'}]}, B: {allOf: [{$ref: \
                    '#/components/schemas/A'}, {description: d}]}}}";
        let document = Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap();
        let found = composed(&document).contradictions;
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].problem, "consists only of itself");
    }

    #[test]
    fn names_of_schemas_say_no_more_than_what_they_are() {
        let composed = compose("{}");
        let schemas = &composed.document.root()["components"]["schemas"];
        assert_eq!(schemas.get("Alias"), None);
        assert_eq!(schemas["Nothing"].get("nullable"), None);
        assert_eq!(schemas["A"]["title"], "T");
    }
}
