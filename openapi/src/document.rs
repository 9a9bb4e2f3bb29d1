//! Reads a specification and finds its parts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::ordered::{AmbiguousWord, Order, Ordered, Start};
use crate::place::Place;
use crate::schema::{type_of, with_article};

/// A specification as it is in its file, untyped, so that errors in it can be named.
#[derive(Debug)]
pub struct Document {
    path: PathBuf,
    root: Value,
    order: Arc<Order>,
    ambiguous_words: Arc<[AmbiguousWord]>,
    sha256: String,
}

/// A part of a document that another part names, perhaps by a reference.
#[derive(Clone)]
pub struct Part<'a> {
    /// The place that names it.
    pub place: Place,
    /// The place where it is.
    pub home: Place,
    pub value: &'a Value,
}

impl<'a> Part<'a> {
    /// A part that is where it is named.
    #[must_use]
    pub fn at(place: Place, value: &'a Value) -> Self {
        let home = place.clone();
        Self { place, home, value }
    }

    /// All members, by their names.
    pub fn members(&self) -> impl Iterator<Item = Self> {
        let members = self.value.as_object().into_iter().flatten();
        members.map(|(name, _)| self.member(name))
    }

    /// The member of that name; null if there is none.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        Self {
            place: self.place.at(name),
            home: self.home.at(name),
            value: &self.value[name],
        }
    }

    /// The items of a list; none of another value.
    #[must_use]
    pub fn items(&self) -> Vec<Self> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        let parts = items.map(|(index, value)| Self {
            place: self.place.at(index),
            home: self.home.at(index),
            value,
        });
        parts.collect()
    }
}

/// A reference that leads nowhere, or in a circle.
#[derive(Debug, thiserror::Error)]
#[error("failed to follow the reference to `{target}` at {place}")]
pub struct BrokenReference {
    pub place: Place,
    pub target: String,
}

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("failed to read {}: {source}", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("failed to read {}: it is empty; an OpenAPI 3.0 document is expected", path.display())]
    Empty { path: PathBuf },
    #[error("failed to read {} as YAML: {message}", path.display())]
    Yaml { path: PathBuf, message: String },
    #[error(
        "failed to read {}: the document is {found}; an OpenAPI 3.0 document is an object",
        path.display()
    )]
    NotAnObject { path: PathBuf, found: String },
}

impl LoadError {
    /// The addition of a command that has the option `--spec`.
    pub fn spec_option(&self) -> &'static str {
        match self {
            Self::Read { .. } => "; name a specification with --spec",
            Self::Empty { .. } | Self::Yaml { .. } | Self::NotAnObject { .. } => "",
        }
    }
}

impl Document {
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let bytes = fs::read(path).map_err(|source| LoadError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(path, &bytes)
    }

    /// Parses `bytes`; `path` only appears in messages.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, LoadError> {
        let path = path.to_owned();
        if bytes.trim_ascii().is_empty() {
            return Err(LoadError::Empty { path });
        }
        let yaml = |message| LoadError::Yaml {
            path: path.clone(),
            message,
        };
        let text = std::str::from_utf8(bytes)
            .map_err(|error| yaml(format!("byte {} is not UTF-8", error.valid_up_to())))?;
        let text = plain(text);
        // Words such as `no` are texts, as in YAML 1.2: nothing but `true` and `false` is read as a boolean.
        let options = serde_saphyr::options! { strict_booleans: true };
        let Ordered { value: root, order } = serde_saphyr::from_str_with_options(&text, options)
            .map_err(|error| yaml(error.to_string().trim_start_matches("error: ").to_owned()))?;
        if !root.is_object() {
            let found = with_article(type_of(&root));
            return Err(LoadError::NotAnObject { path, found });
        }
        let sha256 = Sha256::digest(&text)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Self {
            path,
            ambiguous_words: order.ambiguous_words(&root, &text).into(),
            root,
            order: order.into(),
            sha256,
        })
    }

    /// A document that was made from another one, or for a test. Its members are ordered by name.
    pub fn of(root: &Value) -> Result<Self, LoadError> {
        Self::parse(
            Path::new("the changed specification"),
            root.to_string().as_bytes(),
        )
    }

    /// This document with another text of the same meaning.
    #[must_use]
    pub fn with_root(&self, root: Value) -> Self {
        Self {
            path: self.path.clone(),
            root,
            order: self.order.clone(),
            ambiguous_words: self.ambiguous_words.clone(),
            sha256: self.sha256.clone(),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn root(&self) -> &Value {
        &self.root
    }

    /// SHA-256 of the text with Unix line ends and without white space before them, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Words without quotes that are texts here and booleans to other readers of YAML.
    pub fn ambiguous_words(&self) -> &[AmbiguousWord] {
        &self.ambiguous_words
    }

    /// Follows `$ref`s from a value to its target; `None` if one leads nowhere or in a circle.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> Option<&'a Value> {
        let part = self.follow(Part::at(Place::root(), value)).ok()?;
        Some(part.value)
    }

    /// Follows `$ref`s from a part to its target.
    pub fn follow<'a>(&'a self, mut part: Part<'a>) -> Result<Part<'a>, BrokenReference> {
        // A longer chain is a circle: nobody writes one by hand.
        for _ in 0..32 {
            let Some(reference) = reference(part.value) else {
                return Ok(part);
            };
            let Some(value) = self.target(reference) else {
                return Err(BrokenReference {
                    place: part.home,
                    target: reference.to_owned(),
                });
            };
            part.value = value;
            part.home = Place::of_pointer(reference);
        }
        Err(BrokenReference {
            target: part.home.to_string(),
            place: part.place,
        })
    }

    /// The names of an object's members in the order of the file.
    pub fn names<'a>(&self, object: &Part<'a>) -> Vec<&'a str> {
        let members = object.value.as_object().into_iter().flatten();
        let mut names: Vec<&str> = members.map(|(name, _)| name.as_str()).collect();
        names.sort_by_key(|name| self.order.position(&object.home, name));
        names
    }

    /// The position of a place in the file, or of the nearest part around it.
    pub fn start(&self, place: &Place) -> Option<Start> {
        self.order.start(place)
    }

    /// The value of a part, with its members in the order of the file.
    pub fn ordered(&self, part: &Part<'_>) -> Ordered {
        Ordered {
            value: part.value.clone(),
            order: self.order.within(&part.home).cloned().unwrap_or_default(),
        }
    }

    /// The value at a place, without following references.
    pub fn part(&self, place: &Place) -> Option<Part<'_>> {
        let mut steps = place.steps().iter();
        let value = steps.try_fold(&self.root, |value, step| match value {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            _ => value.get(step),
        })?;
        Some(Part::at(place.clone(), value))
    }

    /// Every property that the document names.
    pub fn property_names(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        collect_properties(&self.root, &mut names);
        names
    }

    /// The target of a reference within the document.
    pub fn target(&self, reference: &str) -> Option<&Value> {
        self.root.pointer(reference.strip_prefix('#')?)
    }
}

fn collect_properties<'a>(value: &'a Value, names: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            let own = members.get("properties").and_then(Value::as_object);
            names.extend(own.into_iter().flatten().map(|(name, _)| name.as_str()));
            for member in members.values() {
                collect_properties(member, names);
            }
        }
        Value::Array(items) => {
            for item in items {
                collect_properties(item, names);
            }
        }
        _ => {}
    }
}

/// Line ends and white space before them differ between checkouts and editors. They have no meaning, so they must not
/// change the generated files.
fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.split('\n').map(str::trim_end).collect();
    lines.join("\n")
}

/// Whether the member `key` of an object, itself the member `parent` of another, is data rather than a
/// part of the description: an object in an example is not a schema. Where authors choose the keys, as among
/// properties, a key says nothing.
pub fn is_data(parent: &str, key: &str) -> bool {
    let keys_are_names = matches!(
        parent,
        "properties" | "schemas" | "parameters" | "responses" | "examples" | "paths"
    );
    !keys_are_names && matches!(key, "example" | "value" | "default" | "enum")
}

/// The reference a value consists of, if it is one.
pub fn reference(value: &Value) -> Option<&str> {
    value.get("$ref").and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Document, LoadError> {
        Document::parse(Path::new("spec.yaml"), text.as_bytes())
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_place() {
        let cases = [
            ("", "failed to read spec.yaml: it is empty"),
            (" \n\t\n", "failed to read spec.yaml: it is empty"),
            ("- a", "the document is an array"),
            ("just words", "the document is a string"),
            ("a: [1", "failed to read spec.yaml as YAML"),
            ("a: 1\na: 2", "line 2"),
        ];
        for (text, expected) in cases {
            let error = parse(text).err().map(|error| error.to_string());
            assert!(
                error.as_ref().is_some_and(|error| error.contains(expected)),
                "{text:?} gave {error:?}, expected {expected:?}"
            );
        }
    }

    #[test]
    fn line_ends_and_white_space_before_them_change_neither_content_nor_hash() {
        let unix = parse("a: |\n  1\n\n  2\nb: 2\n").unwrap();
        for other in [
            "a: |\r\n  1\r\n\r\n  2\r\nb: 2\r\n",
            "a: | \n  1\t\n \t\n  2  \nb: 2 \n",
        ] {
            let other = parse(other).unwrap();
            assert_eq!(unix.root(), other.root());
            assert_eq!(unix.sha256(), other.sha256());
        }
    }

    #[test]
    fn words_are_texts_and_those_that_others_read_as_booleans_are_told_unless_they_stand_in_quotes()
    {
        let rows = [
            ("a: no", "no", &[("a", "no")] as &[_]),
            ("a: Off", "Off", &[("a", "Off")]),
            ("a:\n  YES", "YES", &[("a", "YES")]),
            ("a: 'no'", "no", &[]),
            ("a: \"on\"", "on", &[]),
            ("{\"a\": \"y\"}", "y", &[]),
            ("a: |-\n  no", "no", &[]),
            ("a: north", "north", &[]),
            ("é: 'é'\na: n", "n", &[("a", "n")]),
            ("b: &b 'no'\na: *b", "no", &[]),
            ("b: &b no\na: *b", "no", &[("b", "no"), ("a", "no")]),
            (
                "on: 1\na: {y: z}\n'n': 1",
                "",
                &[("on", "on"), ("a.y", "y")],
            ),
            (
                "a: [off, 'off', {no: no}]",
                "",
                &[("a.0", "off"), ("a.2.no", "no"), ("a.2.no", "no")],
            ),
        ];
        let mut failures = Vec::new();
        for (text, value, told) in rows {
            let document = parse(text).unwrap();
            let words = document.ambiguous_words().iter();
            let found: Vec<(String, &str)> = words
                .map(|AmbiguousWord { place, word }| (place.to_string(), word.as_str()))
                .collect();
            let told: Vec<(String, &str)> = told
                .iter()
                .map(|(place, word)| ((*place).to_owned(), *word))
                .collect();
            let is_read = value.is_empty() || document.root()["a"] == value;
            if found != told || !is_read {
                failures.push(format!("{text:?}: {found:?}, {}", document.root()));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
        for (text, value) in [("a: true", true), ("a: False", false)] {
            assert_eq!(parse(text).unwrap().root()["a"], value);
        }
    }

    #[test]
    fn a_circle_of_references_resolves_to_nothing() {
        let document = parse("a: {$ref: '#/b'}\nb: {$ref: '#/a'}\nc: {$ref: '#/d'}\nd: 1").unwrap();
        assert!(document.resolve(&document.root()["a"]).is_none());
        assert_eq!(document.resolve(&document.root()["c"]), Some(&1.into()));
    }
}
