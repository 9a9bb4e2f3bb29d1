//! Reads values that are written into a path, a query, a header, a cookie or a form by `style` and `explode`.

use serde_json::{Map, Value};

use super::super::facets::Facets;
use super::encoded::{Pair, Text, decoded};

/// How the parts of a value are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `1,2`
    Simple,
    /// `.1,2`
    Label,
    /// `;name=1,2`
    Matrix,
    /// `name=1&name=2` or `name=1,2`
    Form,
    /// `name=1%202`
    SpaceDelimited,
    /// `name=1|2`
    PipeDelimited,
    /// `name[one]=1&name[other]=2`
    DeepObject,
}

/// A style, and whether each part of a value is written separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Serialization {
    pub style: Style,
    pub explode: bool,
}

/// Why a value can't be read: the rule that is broken, and how.
pub(super) struct Unreadable {
    pub rule: &'static str,
    pub problem: &'static str,
}

/// What was sent under the name of a value.
pub(super) enum Sent<'a> {
    /// A part of a path, still encoded.
    Segment(&'a str),
    /// All pairs of a query or form.
    Pairs(&'a [Pair]),
    /// The values of a header.
    Lines(&'a [Text]),
}

/// The limit of brackets: a client could nest parts without end.
const DEEPEST: usize = 32;

const STYLE: Unreadable = Unreadable {
    rule: "style",
    problem: "is not written in its style",
};

impl Serialization {
    /// The style of a parameter or of a property of a form, if it has one; otherwise `style`.
    pub fn of(described: &Value, style: Style) -> Self {
        let style = match described["style"].as_str() {
            Some("simple") => Style::Simple,
            Some("label") => Style::Label,
            Some("matrix") => Style::Matrix,
            Some("form") => Style::Form,
            Some("spaceDelimited") => Style::SpaceDelimited,
            Some("pipeDelimited") => Style::PipeDelimited,
            Some("deepObject") => Style::DeepObject,
            _ => style,
        };
        let explode = described["explode"].as_bool();
        Self {
            style,
            explode: explode.unwrap_or(style == Style::Form),
        }
    }

    /// The values that the text may represent, the most likely first; none if nothing was sent.
    pub fn values(
        self,
        name: &str,
        facets: &Facets<'_>,
        sent: &Sent<'_>,
    ) -> Result<Vec<Value>, Unreadable> {
        if self.style == Style::DeepObject {
            return Ok(self.deep(name, facets, sent)?.into_iter().collect());
        }
        if facets.is_of_parts("object") {
            let members = self.members(name, facets, sent)?;
            return Ok(members.into_iter().collect());
        }
        let texts = self.whole(name, sent)?;
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let is_list = facets.is_of_parts("array");
        let mut values = Vec::new();
        let mut problem = None;
        if is_list {
            for parts in self.lists(name, &texts, sent)? {
                let items = facets.items();
                let read = parts.iter().map(|part| typed(&items, part));
                match read.collect::<Result<Vec<Value>, _>>() {
                    Ok(list) => values.push(Value::Array(list)),
                    Err(unreadable) => problem = problem.or(Some(unreadable)),
                }
            }
        }
        // It may also be one value.
        let is_single = !is_list || facets.may_be("string");
        if let (true, [text]) = (is_single, &texts[..]) {
            match typed(facets, &text.text()) {
                Ok(value) => values.push(value),
                Err(unreadable) => problem = problem.or(Some(unreadable)),
            }
        } else if !is_list {
            return Err(Unreadable {
                rule: "once",
                problem: "appears more than once",
            });
        }
        match problem {
            Some(problem) if values.is_empty() => Err(problem),
            _ => Ok(values),
        }
    }

    /// The texts under the name, as they were sent, without the prefix of the style.
    fn whole<'t>(self, name: &str, sent: &'t Sent<'_>) -> Result<Vec<Raw<'t>>, Unreadable> {
        Ok(match sent {
            Sent::Segment(segment) => {
                let text = match self.style {
                    Style::Label => segment.strip_prefix('.').ok_or(STYLE)?,
                    Style::Matrix => segment.strip_prefix(';').ok_or(STYLE)?,
                    _ => segment,
                };
                let named = |text: &'t str| text.strip_prefix(name)?.strip_prefix('=');
                let text = match self.style {
                    Style::Matrix if !self.explode => named(text).ok_or(STYLE)?,
                    // A single value has one part.
                    Style::Matrix => named(text).unwrap_or(text),
                    _ => text,
                };
                vec![Raw::Encoded(text)]
            }
            Sent::Pairs(pairs) => {
                let own = pairs.iter().filter(|(other, _)| other == name);
                own.map(|(_, value)| Raw::Encoded(value)).collect()
            }
            Sent::Lines(lines) => lines.iter().map(Raw::Line).collect(),
        })
    }

    /// The parts of a list, split as they were sent, and also split after they were decoded.
    fn lists(
        self,
        name: &str,
        texts: &[Raw<'_>],
        sent: &Sent<'_>,
    ) -> Result<Vec<Vec<Text>>, Unreadable> {
        if let (Sent::Segment(segment), Style::Matrix, true) = (sent, self.style, self.explode) {
            let parts = segment.trim_start_matches(';').split(';');
            let values = parts.map(|part| part.strip_prefix(name)?.strip_prefix('=').map(decoded));
            return Ok(vec![values.collect::<Option<_>>().ok_or(STYLE)?]);
        }
        if let (Sent::Pairs(_), true) = (sent, self.explode) {
            return Ok(vec![texts.iter().map(Raw::text).collect()]);
        }
        let separators = self.separators();
        let of = |split: &dyn Fn(&Raw<'_>) -> Vec<Text>| texts.iter().flat_map(split).collect();
        let mut lists = vec![of(&|text| text.split(separators))];
        let decoded: Vec<Text> = of(&|text| match text.text() {
            Ok(text) => Raw::Line(&Ok(text)).split(separators),
            Err(problem) => vec![Err(problem)],
        });
        // A client that encodes the comma between two parts means the same.
        if lists[0] != decoded {
            lists.push(decoded);
        }
        Ok(lists)
    }

    fn separators(self) -> &'static [&'static str] {
        match self.style {
            Style::Label if self.explode => &["."],
            Style::SpaceDelimited => &["%20", " "],
            Style::PipeDelimited => &["|", "%7C", "%7c"],
            _ => &[","],
        }
    }

    /// The object whose members are written one by one, or one after the other.
    fn members(
        self,
        name: &str,
        facets: &Facets<'_>,
        sent: &Sent<'_>,
    ) -> Result<Option<Value>, Unreadable> {
        let pairs: Vec<(Text, Text)> = match (sent, self.explode) {
            // The name of the whole is not sent.
            (Sent::Pairs(pairs), true) => {
                let own = pairs.iter().filter(|(name, _)| facets.names(name));
                own.map(|(name, value)| (Ok(name.clone()), decoded(value)))
                    .collect()
            }
            (Sent::Segment(segment), true) => {
                let (begin, separator) = match self.style {
                    Style::Label => (".", "."),
                    Style::Matrix => (";", ";"),
                    _ => ("", ","),
                };
                let parts = segment.strip_prefix(begin).ok_or(STYLE)?.split(separator);
                let pairs = parts.map(|part| part.split_once('='));
                let pairs = pairs.map(|pair| pair.map(|(name, one)| (decoded(name), decoded(one))));
                pairs.collect::<Option<_>>().ok_or(STYLE)?
            }
            (Sent::Lines(_), true) => {
                let texts = self.whole(name, sent)?;
                let parts = texts.iter().flat_map(|text| text.split(self.separators()));
                let pairs = parts.map(|part| {
                    let part = part.ok()?;
                    let (name, value) = part.split_once('=')?;
                    Some((Ok(name.to_owned()), Ok(value.to_owned())))
                });
                pairs.collect::<Option<_>>().ok_or(STYLE)?
            }
            (_, false) => {
                let texts = self.whole(name, sent)?;
                let parts = texts.iter().flat_map(|text| text.split(self.separators()));
                let parts: Vec<Text> = parts.collect();
                let pairs = parts.chunks(2).map(|pair| match pair {
                    [name, value] => Some((name.clone(), value.clone())),
                    _ => None,
                });
                pairs.collect::<Option<_>>().ok_or(STYLE)?
            }
        };
        if pairs.is_empty() {
            return Ok(None);
        }
        let mut members = Map::new();
        for (name, value) in pairs {
            let name = name.map_err(encoding)?;
            let value = typed(&facets.member(&name), &value)?;
            add(&mut members, name, value);
        }
        Ok(Some(Value::Object(members)))
    }

    /// The object whose members have their path in brackets.
    fn deep(
        self,
        name: &str,
        facets: &Facets<'_>,
        sent: &Sent<'_>,
    ) -> Result<Option<Value>, Unreadable> {
        let Sent::Pairs(pairs) = sent else {
            return Err(STYLE);
        };
        let mut whole = Value::Null;
        for (other, value) in *pairs {
            let Some(way) = other.strip_prefix(name) else {
                continue;
            };
            let Some(way) = way.strip_prefix('[').and_then(|way| way.strip_suffix(']')) else {
                continue;
            };
            let way: Vec<&str> = way.split("][").collect();
            if way.len() > DEEPEST {
                return Err(STYLE);
            }
            put(&mut whole, &way, facets, &decoded(value))?;
        }
        Ok(Some(whole).filter(|whole| !whole.is_null()))
    }
}

/// Puts a value where `way` leads.
fn put(
    whole: &mut Value,
    way: &[&str],
    facets: &Facets<'_>,
    text: &Text,
) -> Result<(), Unreadable> {
    let Some((step, rest)) = way.split_first() else {
        *whole = typed(facets, text)?;
        return Ok(());
    };
    let is_item = step.is_empty() || step.bytes().all(|byte| byte.is_ascii_digit());
    if is_item && (facets.is_of_parts("array") || step.is_empty()) {
        if !whole.is_array() {
            *whole = Value::Array(Vec::new());
        }
        if let Value::Array(items) = whole {
            // Items may come member by member, so their numbers identify them.
            let index = match step.parse::<usize>() {
                Ok(index) if index < items.len() => index,
                _ => {
                    items.push(Value::Null);
                    items.len() - 1
                }
            };
            put(&mut items[index], rest, &facets.items(), text)?;
        }
        return Ok(());
    }
    let member = facets.member(step);
    if !whole.is_object() {
        *whole = Value::Object(Map::new());
    }
    if let Value::Object(members) = whole {
        if rest.is_empty() && members.contains_key(*step) {
            add(members, (*step).to_owned(), typed(&member, text)?);
            return Ok(());
        }
        let value = members.entry(*step).or_insert(Value::Null);
        put(value, rest, &member, text)?;
    }
    Ok(())
}

/// A member that appears several times is a list.
pub(super) fn add(members: &mut Map<String, Value>, name: String, value: Value) {
    match members.get_mut(&name) {
        None => drop(members.insert(name, value)),
        Some(Value::Array(values)) => values.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}

/// A text as it was sent.
enum Raw<'t> {
    Encoded(&'t str),
    Line(&'t Text),
}

impl Raw<'_> {
    fn text(&self) -> Text {
        match self {
            Self::Encoded(text) => decoded(text),
            Self::Line(text) => (*text).clone(),
        }
    }

    /// The parts between separators, each decoded separately.
    fn split(&self, separators: &[&str]) -> Vec<Text> {
        let (text, is_encoded) = match self {
            Self::Encoded(text) => (*text, true),
            Self::Line(Ok(text)) => (text.as_str(), false),
            Self::Line(Err(problem)) => return vec![Err(problem)],
        };
        let mut parts = vec![text];
        for separator in separators {
            parts = parts.iter().flat_map(|one| one.split(separator)).collect();
        }
        let part = |part: &&str| match is_encoded {
            true => decoded(part),
            false => Ok(part.trim().to_owned()),
        };
        parts.iter().map(part).collect()
    }
}

fn typed(facets: &Facets<'_>, text: &Text) -> Result<Value, Unreadable> {
    let text = text.as_ref().map_err(|problem| encoding(problem))?;
    facets.value(text).map_err(|problem| Unreadable {
        rule: "type",
        problem,
    })
}

fn encoding(problem: &'static str) -> Unreadable {
    Unreadable {
        rule: "encoding",
        problem,
    }
}
