//! Checks whether a value fits its schema, by the rules of OpenAPI 3.0: those of JSON schema, draft 4, except
//! `nullable` and the formats. A message does not contain the value, which may be a secret.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::ptr;
use std::sync::LazyLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Keyword, ValidationError, Validator};
use serde_json::{Map, Value, json};

use crate::document::{Document, Part, reference};
use crate::element::{Holds, Kind};
use crate::place::Place;
use crate::schema::{is_one_way, is_unsigned, type_of, with_article};

/// One schema with everything it refers to, ready to check values.
pub struct SchemaCheck(Validator);

/// The direction of a value. A `readOnly` property is not in a request, and a `writeOnly` property is not in an
/// answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    Sent,
    Received,
    /// Both directions: neither kind of property is required, and both are allowed.
    Either,
}

/// The schema can't be used: a reference leads nowhere, or a rule is not valid.
#[derive(Debug, thiserror::Error)]
#[error("the schema can't be used: {0}")]
pub struct UnusableSchema(String);

/// The place where a value does not fit, and the problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// From the value down to the part that does not fit.
    pub at: Vec<Step>,
    pub problem: Problem,
}

/// A step down into a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Member(String),
    Item(usize),
}

/// The problem of a value; the text completes a sentence that begins with the value.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Problem {
    #[error("is {} and should be {}", with_article(found), any_of(expected))]
    Type {
        found: &'static str,
        expected: Vec<&'static str>,
    },
    #[error("has no `{name}`")]
    Missing { name: String },
    #[error("has `{name}`, which is not allowed")]
    NotAllowed { name: String },
    /// The schema does not forbid it, but does not mention it.
    #[error("has `{name}`, which is not documented")]
    NotDocumented { name: String, found: &'static str },
    #[error("{problem}")]
    Rule { rule: String, problem: String },
}

impl Problem {
    /// The keyword of the schema for this problem.
    pub fn rule(&self) -> &str {
        match self {
            Self::Type { .. } => "type",
            Self::Missing { .. } => "required",
            Self::NotAllowed { .. } => "additionalProperties",
            Self::NotDocumented { .. } => "properties",
            Self::Rule { rule, .. } => rule,
        }
    }
}

fn any_of(types: &[&str]) -> String {
    let types: Vec<String> = types.iter().map(|one| with_article(one)).collect();
    types.join(" or ")
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(name) => f.write_str(name),
            Self::Item(index) => write!(f, "{index}"),
        }
    }
}

/// Everything in a value that its schema does not allow, or that no schema names.
///
/// # Errors
///
/// The schema can't be used.
pub fn findings(
    document: &Document,
    schema: &Value,
    direction: Direction,
    value: &Value,
) -> Result<Vec<Finding>, UnusableSchema> {
    let check = StrictCheck::of(document, schema, direction)?;
    Ok(check.findings(value))
}

/// A check of values against a schema that also finds what no schema names.
pub struct StrictCheck<'a> {
    document: &'a Document,
    schema: &'a Value,
    rules: SchemaCheck,
}

impl<'a> StrictCheck<'a> {
    /// # Errors
    ///
    /// The schema can't be used.
    pub fn of(
        document: &'a Document,
        schema: &'a Value,
        direction: Direction,
    ) -> Result<Self, UnusableSchema> {
        Ok(Self {
            document,
            schema,
            rules: SchemaCheck::of(document, schema, direction)?,
        })
    }

    /// Everything in a value that the schema does not allow, or that no schema names.
    pub fn findings(&self, value: &Value) -> Vec<Finding> {
        let mut findings = self.rules.findings(value);
        let mut names = Names {
            document: self.document,
            findings: Vec::new(),
        };
        names.of_value(&[self.schema], value, &mut Vec::new());
        findings.append(&mut names.findings);
        findings
    }
}

/// Whether a `pattern` is a regular expression. If not, no schema with it can be used.
pub fn is_pattern(pattern: &str) -> bool {
    jsonschema::draft4::new(&json!({"pattern": pattern})).is_ok()
}

/// Whether a text has a format of JSON schema. It has any that does not exist.
pub fn has_format(text: &str, format: &str) -> bool {
    later(format).is_some_and(|format| format.is_valid(&text.into()))
}

/// A format as later drafts define it.
fn later(format: &str) -> Option<Validator> {
    let later = jsonschema::draft202012::options().should_validate_formats(true);
    later.build(&json!({"format": format})).ok()
}

/// Formats that draft 4 does not have.
static LATER_FORMATS: LazyLock<Vec<(&str, Validator)>> = LazyLock::new(|| {
    let formats = ["date", "duration", "time", "uuid"].into_iter();
    formats
        .filter_map(|name| Some((name, later(name)?)))
        .collect()
});

impl SchemaCheck {
    /// # Errors
    ///
    /// The schema can't be used.
    pub fn new(document: &Document, schema: &Value) -> Result<Self, UnusableSchema> {
        Self::of(document, schema, Direction::Either)
    }

    /// The same for values of one direction.
    ///
    /// # Errors
    ///
    /// The schema can't be used.
    pub fn of(
        document: &Document,
        schema: &Value,
        direction: Direction,
    ) -> Result<Self, UnusableSchema> {
        let mut options = jsonschema::draft4::options().should_validate_formats(true);
        for (name, later) in LATER_FORMATS.iter() {
            options = options.with_format(*name, |text: &str| later.is_valid(&text.into()));
        }
        let validator = options
            .with_keyword(NUMBER_FORMAT, |_, name, _| {
                let format = name.as_str().and_then(NumberFormat::of);
                let format = format.ok_or_else(|| ValidationError::schema("is not a format"))?;
                Ok(Box::new(format))
            })
            .build(&Lowering::of(document, schema, direction)?);
        validator
            .map(Self)
            .map_err(|error| UnusableSchema(error.to_string()))
    }

    pub fn fits(&self, value: &Value) -> bool {
        self.0.is_valid(value)
    }

    /// Everything in a value that the schema does not allow.
    pub fn findings(&self, value: &Value) -> Vec<Finding> {
        let mut findings = Vec::new();
        for error in self.0.iter_errors(value) {
            collect(&error, value, &mut findings);
        }
        findings
    }
}

fn collect(error: &ValidationError<'_>, value: &Value, findings: &mut Vec<Finding>) {
    let at = steps(error.instance_path().as_str(), value);
    let mut add = |problem| {
        let at = at.clone();
        findings.push(Finding { at, problem });
    };
    match error.kind() {
        ValidationErrorKind::AnyOf { context } if is_null_only(context.first()) => {
            for error in context.iter().skip(1).flatten() {
                collect(error, value, findings);
            }
        }
        ValidationErrorKind::Type { kind } => {
            add(Problem::Type {
                found: type_of(error.instance()),
                expected: match kind {
                    TypeKind::Single(one) => vec![one.as_str()],
                    TypeKind::Multiple(many) => many.iter().map(|one| one.as_str()).collect(),
                },
            });
        }
        ValidationErrorKind::Required { property } => add(Problem::Missing {
            name: property.as_str().unwrap_or_default().to_owned(),
        }),
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            for name in unexpected {
                add(Problem::NotAllowed { name: name.clone() });
            }
        }
        ValidationErrorKind::Custom { message, .. } => add(Problem::Rule {
            rule: "format".to_owned(),
            problem: message.clone(),
        }),
        other => add(Problem::Rule {
            rule: other.keyword().to_owned(),
            problem: problem(other),
        }),
    }
}

/// Whether these are the errors of the first of the two schemas that replace one which may be null.
fn is_null_only(errors: Option<&Vec<ValidationError<'static>>>) -> bool {
    errors.into_iter().flatten().any(|error| {
        matches!(error.kind(), ValidationErrorKind::Enum { options } if **options == json!([null]))
    })
}

/// The steps that a JSON pointer into a value names: a number may be the name of a member.
fn steps(pointer: &str, value: &Value) -> Vec<Step> {
    let mut part = Some(value);
    let place = Place::of_pointer(pointer);
    let steps = place.steps().iter().map(|key| match part {
        Some(Value::Array(items)) => {
            let index = key.parse().unwrap_or_default();
            part = items.get(index);
            Step::Item(index)
        }
        _ => {
            part = part.and_then(|part| part.get(key));
            Step::Member(key.clone())
        }
    });
    steps.collect()
}

/// The messages of the library quote the value.
fn problem(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Enum { options } => {
            let options: Vec<String> = options
                .as_array()
                .into_iter()
                .flatten()
                .map(|option| option.as_str().map_or(option.to_string(), str::to_owned))
                .collect();
            format!("is not one of: {}", options.join(", "))
        }
        ValidationErrorKind::Minimum { limit } => format!("is less than {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("is more than {limit}"),
        ValidationErrorKind::ExclusiveMinimum { limit } => format!("is not more than {limit}"),
        ValidationErrorKind::ExclusiveMaximum { limit } => format!("is not less than {limit}"),
        ValidationErrorKind::MultipleOf { multiple_of } => {
            format!("is not a multiple of {multiple_of}")
        }
        ValidationErrorKind::MinLength { limit: 1 } => "is empty".to_owned(),
        ValidationErrorKind::MinLength { limit } => format!("has fewer than {limit} characters"),
        ValidationErrorKind::MaxLength { limit } => format!("has more than {limit} characters"),
        ValidationErrorKind::MinItems { limit } => format!("has fewer than {limit} entries"),
        ValidationErrorKind::MaxItems { limit } => format!("has more than {limit} entries"),
        ValidationErrorKind::MinProperties { limit } => format!("has fewer than {limit} members"),
        ValidationErrorKind::MaxProperties { limit } => format!("has more than {limit} members"),
        ValidationErrorKind::UniqueItems => "has the same entry twice".to_owned(),
        ValidationErrorKind::Format { format } => format!("is not {}", with_article(format)),
        ValidationErrorKind::Pattern { pattern } => format!("does not match {pattern}"),
        ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
            format!("fits none of the schemas of `{}`", kind.keyword())
        }
        ValidationErrorKind::OneOfMultipleValid { .. } => {
            "fits several of the schemas of `oneOf`".to_owned()
        }
        ValidationErrorKind::FalseSchema => "is not allowed in this direction".to_owned(),
        ValidationErrorKind::Not { .. } => "fits the schema of `not`".to_owned(),
        other => format!("breaks the rule `{}`", other.keyword()),
    }
}

/// Converts a schema of OpenAPI 3.0 into a JSON schema. Everything it refers to is included, under a number.
struct Lowering<'a> {
    document: &'a Document,
    direction: Direction,
    /// By its place.
    numbers: BTreeMap<Place, usize>,
    /// The schemas that are still to be converted.
    referred: Vec<&'a Value>,
}

impl<'a> Lowering<'a> {
    fn of(
        document: &'a Document,
        schema: &'a Value,
        direction: Direction,
    ) -> Result<Value, UnusableSchema> {
        let mut lowering = Self {
            document,
            direction,
            numbers: BTreeMap::new(),
            referred: Vec::new(),
        };
        let root = lowering.schema(schema)?;
        let mut lowered = Vec::new();
        while let Some(schema) = lowering.referred.get(lowered.len()) {
            lowered.push(lowering.schema(schema)?);
        }
        // Under a name that JSON schema does not know: it has other rules for schemas.
        Ok(json!({"$ref": "#/openapi/root", "openapi": {"root": root, "referred": lowered}}))
    }

    fn schema(&mut self, schema: &'a Value) -> Result<Value, UnusableSchema> {
        if reference(schema).is_some() {
            return self.reference(schema);
        }
        let Value::Object(members) = schema else {
            // Without one, anything fits.
            return Ok(if schema.is_null() {
                json!({})
            } else {
                schema.clone()
            });
        };
        let mut lowered = Map::new();
        for (keyword, value) in members {
            let value = match (Kind::Schema.field(keyword), value) {
                (None, _) => continue,
                (Some(Holds::One(_)), _) | (Some(Holds::SchemaOrFlag), Value::Object(_)) => {
                    self.schema(value)?
                }
                (Some(Holds::Map(_)), Value::Object(schemas)) => {
                    let mut all = Map::new();
                    for (name, schema) in schemas {
                        let lowered = if self.goes_the_other_way(schema) {
                            false.into()
                        } else {
                            self.schema(schema)?
                        };
                        all.insert(name.clone(), lowered);
                    }
                    Value::Object(all)
                }
                (Some(Holds::List(_)), Value::Array(schemas)) => {
                    let all: Result<_, _> = schemas.iter().map(|one| self.schema(one)).collect();
                    Value::Array(all?)
                }
                _ => value.clone(),
            };
            lowered.insert(keyword.clone(), value);
        }
        if let Some(Value::Array(required)) = lowered.get_mut("required") {
            required.retain(|name| {
                let property = property(schema, name.as_str().unwrap_or_default());
                !property.is_some_and(is_one_way)
                    || property.is_some_and(|property| self.must_be_there(property))
            });
        }
        if let Some(format) = NumberFormat::of_schema(schema) {
            lowered.insert(NUMBER_FORMAT.to_owned(), format.name.into());
        }
        Ok(if schema["nullable"] == true {
            or_null(lowered)
        } else {
            Value::Object(lowered)
        })
    }

    /// Whether a property exists only in the other direction.
    fn goes_the_other_way(&self, property: &Value) -> bool {
        match self.direction {
            Direction::Sent => property["readOnly"] == true,
            Direction::Received => property["writeOnly"] == true,
            Direction::Either => false,
        }
    }

    /// Whether a property of one direction exists in this one.
    fn must_be_there(&self, property: &Value) -> bool {
        match self.direction {
            Direction::Sent => property["readOnly"] != true,
            Direction::Received => property["writeOnly"] != true,
            Direction::Either => false,
        }
    }

    fn reference(&mut self, schema: &'a Value) -> Result<Value, UnusableSchema> {
        let part = self.document.follow(Part::at(Place::root(), schema));
        let part = part.map_err(|broken| {
            UnusableSchema(format!(
                "it refers to `{}`, which does not exist",
                broken.target
            ))
        })?;
        let next = self.numbers.len();
        let number = *self.numbers.entry(part.home).or_insert(next);
        if number == next {
            self.referred.push(part.value);
        }
        Ok(json!({"$ref": format!("#/openapi/referred/{number}")}))
    }
}

/// The schemas of a property, in the schema itself or in its parts.
fn property<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let own = schema["properties"].get(name);
    own.or_else(|| parts.into_iter().find_map(|part| property(part, name)))
}

/// The formats of numbers, which JSON schema does not know.
struct NumberFormat {
    name: &'static str,
    values: RangeInclusive<i128>,
}

/// Their names in a JSON schema.
const NUMBER_FORMAT: &str = "number format";

impl NumberFormat {
    /// The format of a schema; an integer without a format has 64 bits.
    fn of_schema(schema: &Value) -> Option<Self> {
        let said = schema["format"].as_str().and_then(Self::of);
        let otherwise = match schema["type"] == "integer" {
            true if is_unsigned(schema) => Self::of("uint64"),
            true => Self::of("int64"),
            false => None,
        };
        said.or(otherwise)
    }

    fn of(name: &str) -> Option<Self> {
        let (name, values) = match name {
            "int32" => ("int32", i32::MIN.into()..=i32::MAX.into()),
            "int64" => ("int64", i64::MIN.into()..=i64::MAX.into()),
            "uint64" => ("uint64", 0..=u64::MAX.into()),
            _ => return None,
        };
        Some(Self { name, values })
    }
}

impl<'a> Keyword<'a> for NumberFormat {
    fn validate(&self, value: &'a Value) -> Result<(), ValidationError<'a>> {
        if self.is_valid(value) {
            Ok(())
        } else {
            Err(ValidationError::custom(format!(
                "is not {}",
                with_article(self.name)
            )))
        }
    }

    /// The type decides whether a number must be an integer.
    fn is_valid(&self, value: &Value) -> bool {
        let signed = value.as_i64().map(i128::from);
        let whole = signed.or(value.as_u64().map(i128::from));
        whole.is_none_or(|one| self.values.contains(&one))
    }
}

/// JSON schema has no `nullable`: `null` is a type there, and a value of an enumeration.
fn or_null(mut schema: Map<String, Value>) -> Value {
    let combining = ["allOf", "anyOf", "oneOf", "not"];
    if combining
        .iter()
        .any(|keyword| schema.contains_key(*keyword))
    {
        return json!({"anyOf": [{"enum": [null]}, schema]});
    }
    if let Some(one) = schema.get_mut("type") {
        *one = json!([one.take(), "null"]);
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    Value::Object(schema)
}

/// Finds members that no schema names, unless the schemas allow others.
struct Names<'a> {
    document: &'a Document,
    findings: Vec<Finding>,
}

impl<'a> Names<'a> {
    fn of_value(&mut self, schemas: &[&'a Value], value: &Value, at: &mut Vec<Step>) {
        let mut plain = Vec::new();
        for schema in schemas {
            self.flatten(schema, &mut Vec::new(), &mut plain);
        }
        match value {
            Value::Object(members) => {
                let says_nothing = |schema: &&Value| {
                    schema["properties"].is_null() && schema["additionalProperties"].is_null()
                };
                if plain.is_empty() || plain.iter().any(says_nothing) {
                    return;
                }
                for (name, member) in members {
                    let named = plain
                        .iter()
                        .filter_map(|schema| schema["properties"].get(name));
                    let mut further: Vec<&Value> = named.collect();
                    if further.is_empty() {
                        let others = plain.iter().map(|schema| &schema["additionalProperties"]);
                        further = others.filter(|schema| !schema.is_null()).collect();
                    }
                    if further.is_empty() {
                        self.findings.push(Finding {
                            at: at.clone(),
                            problem: Problem::NotDocumented {
                                name: name.clone(),
                                found: type_of(member),
                            },
                        });
                    } else if further.iter().all(|schema| !schema.is_boolean()) {
                        at.push(Step::Member(name.clone()));
                        self.of_value(&further, member, at);
                        at.pop();
                    }
                }
            }
            Value::Array(items) => {
                let of_items = plain.iter().filter_map(|schema| schema.get("items"));
                let of_items: Vec<&Value> = of_items.collect();
                if !of_items.is_empty() {
                    for (index, item) in items.iter().enumerate() {
                        at.push(Step::Item(index));
                        self.of_value(&of_items, item, at);
                        at.pop();
                    }
                }
            }
            _ => {}
        }
    }

    /// A schema without references and combinations: everything that any of them says may apply.
    fn flatten(&self, schema: &'a Value, outer: &mut Vec<&'a Value>, plain: &mut Vec<&'a Value>) {
        let schema = self.document.resolve(schema).unwrap_or(&Value::Null);
        // One that contains itself adds nothing.
        if outer.iter().any(|other| ptr::eq(*other, schema)) {
            return;
        }
        outer.push(schema);
        let mut is_combined = false;
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in schema[keyword].as_array().into_iter().flatten() {
                is_combined = true;
                self.flatten(part, outer, plain);
            }
        }
        outer.pop();
        if !is_combined || !schema["properties"].is_null() {
            plain.push(schema);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{Direction, Finding, findings};
    use crate::document::Document;

    const COMPONENTS: &str = "{schemas: {
        Self: {type: object, properties: {self: {$ref: '#/components/schemas/Self'}}},
        Endless: {allOf: [{$ref: '#/components/schemas/Endless'}, {$ref: '#/components/schemas/Endless'}]},
        Circle: {$ref: '#/components/schemas/Circle'},
        Unusable: {type: integer, minimum: a}}}";

    /// The findings of a value, or why the schema can't be used.
    fn found(schema: &str, value: &str) -> String {
        let text = format!("schema: {{{schema}}}\ncomponents: {COMPONENTS}");
        let document = Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap();
        let value: Value = serde_json::from_str(value).unwrap();
        let found = match findings(
            &document,
            &document.root()["schema"],
            Direction::Either,
            &value,
        ) {
            Ok(findings) => findings,
            Err(error) => return error.to_string(),
        };
        let told = found.iter().map(|Finding { at, problem }| {
            let steps = at.iter().map(|step| format!("{step}: "));
            format!("{}{problem}", steps.collect::<String>())
        });
        told.collect::<Vec<_>>().join("; ")
    }

    /// One case in each line: a schema, a value, and the findings.
    fn compare(cases: &str) {
        let mut failures = Vec::new();
        for case in cases.trim().lines() {
            let columns: Vec<&str> = case.split(" |").map(str::trim).collect();
            let [schema, value, expected] = columns[..] else {
                panic!("{case:?} has not three columns");
            };
            let found = found(schema, value);
            let is_expected = match expected.strip_prefix("… ") {
                Some(part) => found.contains(part),
                None => found == expected,
            };
            if !is_expected {
                failures.push(format!("{value} for {{{schema}}}: {found:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn every_keyword_is_heeded_and_told_without_the_value() {
        compare(
            r#"
type: string                                     | "a"      |
type: string                                     | 1        | is an integer and should be a string
type: string                                     | null     | is null and should be a string
type: integer                                    | 1        |
type: integer                                    | 1.5      | is a number and should be an integer
type: integer                                    | "canary" | is a string and should be an integer
type: string, enum: [a, b]                       | "canary" | is not one of: a, b
type: integer, enum: [1, 2]                      | 3        | is not one of: 1, 2
type: integer, minimum: 1                        | 0        | is less than 1
type: integer, minimum: 1, exclusiveMinimum: true | 1       | is not more than 1
type: integer, maximum: 9                        | 10       | is more than 9
type: number, maximum: 1, exclusiveMaximum: true | 1        | is not less than 1
type: integer, format: int32                     | 2147483647 |
type: integer, format: int32                     | 2147483648 | is not an int32
type: integer, format: int32, minimum: 1         | 0        | is less than 1
type: integer, format: int64                     | 9223372036854775807 |
type: integer, format: int64                     | 9223372036854775808 | is not an int64
type: integer, format: int64                     | 18446744073709551615 | is not an int64
type: integer                                    | 9223372036854775808 | is not an int64
type: integer, format: uint64                    | 18446744073709551615 |
type: integer, maximum: 18446744073709551615     | 18446744073709551615 |
type: integer, format: uint64                    | -1       | is not a uint64
type: number, multipleOf: 0.1                    | 0.3      |
type: number, multipleOf: 2                      | 3        | is not a multiple of 2
type: string, minLength: 1                       | ""       | is empty
type: string, minLength: 2                       | "é"      | has fewer than 2 characters
type: string, maxLength: 2                       | "canary" | has more than 2 characters
type: string, pattern: ^a+$                      | "canary" | does not match ^a+$
type: string, format: password                   | "canary" |
type: string, format: uuid                       | "canary" | is not a uuid
type: string, format: uuid                       | "8e5b0340-42bd-4eb8-b06a-836f28fb1f73" |
type: string, format: uuid                       | "8E5B0340-42BD-4EB8-B06A-836F28FB1F73" |
type: string, format: uuid                       | "8e5b034042bd4eb8b06a836f28fb1f73" | is not a uuid
type: string, format: uuid                       | "{8e5b0340-42bd-4eb8-b06a-836f28fb1f73}" | is not a uuid
type: string, format: uuid                       | "urn:uuid:8e5b0340-42bd-4eb8-b06a-836f28fb1f73" | is not a uuid
type: string, format: uuid                       | "8e5b0340-42bd-4eb8-b06a-836f28fb1f7g" | is not a uuid
type: string, format: date                       | "2024-02-29" |
type: string, format: date                       | "2026-02-29" | is not a date
type: string, format: date                       | "2024-2-29" | is not a date
type: string, format: date                       | "2024-13-01" | is not a date
type: string, format: date-time                  | "canary" | is not a date-time
type: string, format: date-time                  | "2024-02-29T12:00:00Z" |
type: string, format: time                       | "25:00:00Z" | is not a time
type: string, format: email                      | "canary" | is not an email
type: array, items: {type: string}               | ["a", 1] | 1: is an integer and should be a string
type: array, items: {}, uniqueItems: true        | [1, 1]   | has the same entry twice
type: array, items: {}, minItems: 1              | []       | has fewer than 1 entries
type: array, items: {}, maxItems: 1              | [1, 2]   | has more than 1 entries
type: object, required: [a], properties: {a: {}} | {}       | has no `a`
type: object, required: [], properties: {a: {}}  | {}       |
type: object, minProperties: 1                   | {}       | has fewer than 1 members
type: object, maxProperties: 1                   | {"a": 1, "b": 2} | has more than 1 members
type: object, additionalProperties: {type: string} | {"7": 1} | 7: is an integer and should be a string
properties: {}, additionalProperties: false      | {"b": 1} | has `b`, which is not allowed
oneOf: [{type: string}, {minLength: 1}]          | "a"      | fits several of the schemas of `oneOf`
oneOf: [{type: string}, {type: array}]           | 1        | fits none of the schemas of `oneOf`
anyOf: [{type: string}, {type: integer}]         | true     | fits none of the schemas of `anyOf`
not: {type: string}                              | "a"      | fits the schema of `not`
not: {$ref: '#/components/schemas/Self'}         | {}       | fits the schema of `not`
description: anything, default: 1, x-par: 2      | {"a": [1]} |
$ref: '#/components/schemas/Self'                | {"self": {"self": 1}} | self: self: is an integer and should be an object
$ref: '#/components/schemas/Endless'             | 1        |
$ref: '#/components/schemas/Endless'             | {"a": 1} |
"#,
        );
    }

    #[test]
    fn a_property_that_goes_one_way_is_asked_for_and_allowed_that_way_only() {
        use Direction::{Either, Received, Sent};

        let text = "schema: {type: object, required: [id, key, name], properties: {id: {readOnly: true}, \
                    key: {writeOnly: true}, name: {}}}";
        let document = Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap();
        let schema = &document.root()["schema"];
        let cases = [
            (Sent, r#"{"key": 1, "name": 1}"#, ""),
            (Sent, r#"{"name": 1}"#, "has no `key`"),
            (
                Sent,
                r#"{"id": 1, "key": 1, "name": 1}"#,
                "is not allowed in this direction",
            ),
            (Received, r#"{"id": 1, "name": 1}"#, ""),
            (Received, r#"{"name": 1}"#, "has no `id`"),
            (
                Received,
                r#"{"id": 1, "key": 1, "name": 1}"#,
                "is not allowed in this direction",
            ),
            (Either, r#"{"name": 1}"#, ""),
            (Either, r#"{"id": 1, "key": 1, "name": 1}"#, ""),
            (Either, r#"{"id": 1, "key": 1}"#, "has no `name`"),
        ];
        for (direction, value, expected) in cases {
            let value: Value = serde_json::from_str(value).unwrap();
            let found = findings(&document, schema, direction, &value).unwrap();
            let found: Vec<String> = found.iter().map(|one| one.problem.to_string()).collect();
            assert_eq!(found.join("; "), expected, "{value}, {direction:?}");
        }
    }

    #[test]
    fn null_fits_what_is_nullable_and_nothing_else_changes() {
        compare(
            r#"
type: string, nullable: true                              | null |
type: string, nullable: false                             | null | is null and should be a string
type: string, nullable: true                              | 1    | is an integer and should be null or a string
type: string, nullable: true, enum: [a]                   | null |
type: string, nullable: true, enum: [a, null]             | "b"  | is not one of: a, null
type: integer, nullable: true, format: int32              | null |
nullable: true, allOf: [{$ref: '#/components/schemas/Self'}] | null |
nullable: true, allOf: [{type: object, required: [a]}]    | {}   | has no `a`
type: object, properties: {nullable: {type: boolean}}     | {"nullable": true} |
enum: [{nullable: true, type: a}]                         | {"nullable": true, "type": "a"} |
"#,
        );
    }

    #[test]
    fn a_member_that_no_schema_names_is_told_unless_others_may_occur() {
        compare(
            r#"
type: object                                                 | {"b": 1}         |
type: object, properties: {}, additionalProperties: true     | {"b": 1}         |
properties: {a: {type: object, properties: {}}}              | {"a": {"b": 1}}  | a: has `b`, which is not documented
additionalProperties: {type: object, properties: {}}         | {"b": {"c": 1}}  | b: has `c`, which is not documented
type: array, items: {type: object, properties: {}}           | [{}, {"c": 1}]   | 1: has `c`, which is not documented
allOf: [{properties: {a: {}}}, {properties: {b: {}}}]        | {"a": 1, "b": 2} |
$ref: '#/components/schemas/Self'                            | {"self": {"self": {"b": 1}}} | self: self: has `b`, which is not documented
"#,
        );
    }

    #[test]
    fn a_schema_that_is_of_no_use_is_told_and_one_beside_it_does_no_harm() {
        compare(
            r#"
$ref: '#/components/schemas/Self'               | {} |
$ref: '#/components/schemas/Circle'             | 1  | … components.schemas.Circle
items: {$ref: '#/components/schemas/None'}      | 1  | … `#/components/schemas/None`, which does not exist
$ref: 'other.yaml#/a'                           | 1  | … `other.yaml#/a`, which does not exist
$ref: '#/components/schemas/Unusable'           | 1  | … the schema can't be used
pattern: (                                      | 1  | … the schema can't be used
type: file                                      | 1  | … the schema can't be used
"#,
        );
    }
}
