//! Lists of headers, parameters and fields of a body. Each entry begins with a dot. Its text is indented by two more:
//! its attributes, then perhaps a description, the values after `enum`, and its own fields.

use std::collections::BTreeSet;

use super::attributes;
use super::lines::{Line, Lines};
use super::{Expected, PageError, is_heading, is_media_type};
use openapi::published::{Body, Field};

/// The line before a list of values.
const VALUES: &str = "values";

/// The line in place of the fields of an object that has none.
const NO_FIELDS: &str = "Empty object";

/// The line in place of the fields of an object if they are folded, and above them if they are not.
const FOLDED: [&str; 2] = ["Show Child Attributes", "Hide Child Attributes"];

/// The entries of a section; there is at least one.
pub fn read(lines: &mut Lines<'_>, names_have_blanks: bool) -> Result<Vec<Field>, PageError> {
    let block = lines.block();
    let fields = entries(&block, Layout::of_section(lines, names_have_blanks))?;
    if fields.is_empty() {
        return Err(lines.unexpected_next(Expected::Entry));
    }
    Ok(fields)
}

/// No page nests fields deeper than this. Deeper ones would take long to read.
const DEEPEST: usize = 40;

/// The layout of entries, and what they may contain.
#[derive(Clone, Copy)]
struct Layout {
    indentation: usize,
    /// The page ends with them, and so may have been cut there.
    is_last: bool,
    names_have_blanks: bool,
}

impl Layout {
    /// `lines` were read up to the end of the section.
    fn of_section(lines: &Lines<'_>, names_have_blanks: bool) -> Self {
        Self {
            indentation: 2,
            is_last: lines.is_at_end(),
            names_have_blanks,
        }
    }

    /// The indentation of an entry's text.
    fn within(self) -> Self {
        let indentation = self.indentation + 2;
        Self {
            indentation,
            ..self
        }
    }
}

/// A section on the body: whether it is required, and its fields in each media type that lists them. `beside` is the
/// text in the heading after its name.
pub fn body(heading: &Line<'_>, beside: &[&str], lines: &mut Lines<'_>) -> Result<Body, PageError> {
    let mut required = false;
    let mut bodies: Vec<Body> = Vec::new();
    for words in beside {
        if !is_of_body(words, &mut required, &mut bodies) {
            return Err(heading.unexpected(Expected::Body));
        }
    }
    loop {
        let block = lines.block();
        let mut block = &*block;
        // Media types may have the layout of entries.
        while let Some((line, rest)) = block.split_first()
            && (line.text.is_empty()
                || line.entry().is_some_and(is_media_type)
                || is_of_layout(line))
        {
            let words = line.entry().unwrap_or(line.words());
            if !line.text.is_empty() && !is_of_body(words, &mut required, &mut bodies) {
                return Err(line.unexpected(Expected::Body));
            }
            block = rest;
        }
        if let Some(line) = block.first().filter(|line| line.entry().is_none()) {
            return Err(line.unexpected(Expected::Body));
        }
        let fields = entries(block, Layout::of_section(lines, false))?;
        if !fields.is_empty() {
            if bodies.is_empty() {
                bodies.push(Body::default());
            }
            bodies
                .iter_mut()
                .filter(|body| body.fields.is_empty() && !body.empty)
                .for_each(|body| {
                    body.fields.clone_from(&fields);
                });
        }
        let line = lines.peek_filled(Expected::Section)?;
        let words = line.words();
        let is_sentence = words.contains(' ') && words.ends_with(['.', '!', '?']);
        let is_described = bodies.iter().any(|body| !body.fields.is_empty());
        if is_heading(&line) {
            break;
        } else if !is_of_body(words, &mut required, &mut bodies) && (is_described || !is_sentence) {
            return Err(line.unexpected(Expected::Section));
        }
        lines.next_filled(Expected::Section)?;
    }
    let mut bodies = bodies.into_iter();
    let first = bodies.next().unwrap_or_default();
    let others = bodies.collect();
    Ok(Body {
        required,
        others,
        ..first
    })
}

/// Reads a line about the body itself. Returns false if it is something else, or was said before.
fn is_of_body(words: &str, required: &mut bool, bodies: &mut Vec<Body>) -> bool {
    if words == "required" {
        return !std::mem::replace(required, true);
    }
    if words == NO_FIELDS {
        let last = bodies.last_mut().filter(|body| body.fields.is_empty());
        return last.is_some_and(|body| !std::mem::replace(&mut body.empty, true));
    }
    let media_type = Some(words.to_owned());
    let is_new = bodies.iter().all(|body| body.media_type != media_type);
    if is_media_type(words) && is_new {
        bodies.push(Body {
            media_type,
            ..Body::default()
        });
        return true;
    }
    false
}

fn entries(mut block: &[Line<'_>], layout: Layout) -> Result<Vec<Field>, PageError> {
    let Layout {
        indentation,
        is_last,
        names_have_blanks,
    } = layout;
    let mut fields: Vec<Field> = Vec::new();
    let mut names = BTreeSet::new();
    while let Some((line, rest)) = block.split_first() {
        let end = rest
            .iter()
            .position(|line| !line.text.is_empty() && line.indentation() <= indentation);
        let (details, after) = rest.split_at(end.unwrap_or(rest.len()));
        block = after;
        if line.text.is_empty() {
            continue;
        }
        let Some(name) = line.entry().filter(|_| line.indentation() == indentation) else {
            return Err(line.unexpected(Expected::Entry));
        };
        if name.is_empty() || name.contains(char::is_whitespace) && !names_have_blanks {
            return Err(line.unexpected(Expected::Name));
        }
        if indentation > DEEPEST {
            return Err(line.unexpected(Expected::Next));
        }
        if !names.insert(name.to_ascii_lowercase()) {
            return Err(line.repeated("the entry", name));
        }
        let missing = |expected| {
            if is_last && after.iter().all(|line| line.text.is_empty()) {
                PageError::Ends { expected }
            } else {
                line.unexpected(expected)
            }
        };
        fields.push(field(name, details, layout.within(), missing)?);
    }
    Ok(fields)
}

/// Any other text may change the meaning of the entry, so it is an error. `missing` says that something is not there.
fn field(
    name: &str,
    details: &[Line<'_>],
    layout: Layout,
    missing: impl Fn(Expected) -> PageError,
) -> Result<Field, PageError> {
    let indentation = layout.indentation;
    let mut field = Field {
        name: name.to_owned(),
        ..Field::default()
    };
    let mut lists_values = false;
    let mut rest = details;
    while let Some((line, after)) = rest.split_first()
        && !line.text.is_empty()
        && attributes::add(line.text, &mut field, &mut lists_values)
    {
        rest = after;
    }
    if field.kind.is_none() && !lists_values {
        let line = rest.first().filter(|line| !line.text.is_empty());
        let unexpected = |line: &Line<'_>| line.unexpected(Expected::Attribute);
        return Err(line.map_or_else(|| missing(Expected::Attribute), unexpected));
    }
    let mut expected = Expected::Description;
    if let Some(line) = rest.first().filter(|line| !line.text.is_empty())
        && line.text.trim() != VALUES
        && line.entry().is_none()
        && !is_of_layout(line)
    {
        return Err(line.unexpected(Expected::Attribute));
    }
    while let Some((line, after)) = rest.split_first() {
        let is_deeper = |line: &Line<'_>| line.indentation() > indentation;
        if line.text.is_empty() || is_of_layout(line) {
        } else if line.entry().is_some() && after.first().is_some_and(is_deeper) {
            field.fields = entries(rest, layout)?;
            break;
        } else if line.text.trim() == VALUES && lists_values && field.values.is_empty() {
            let end = after
                .iter()
                .position(|line| line.entry().is_none() && !line.text.is_empty());
            let (values, after) = after.split_at(end.unwrap_or(after.len()));
            field.values = self::values(values, indentation)?;
            if let Some(line) = after.first().filter(|_| field.values.is_empty()) {
                return Err(line.unexpected(Expected::Value));
            }
            expected = Expected::Value;
            rest = after;
            continue;
        } else if is_prose(line) && field.values.is_empty() {
            expected = if lists_values {
                Expected::Values
            } else {
                Expected::Next
            };
        } else {
            return Err(line.unexpected(expected));
        }
        rest = after;
    }
    if lists_values && field.values.is_empty() {
        return Err(missing(Expected::Values));
    }
    Ok(field)
}

/// Whether a line is only part of the layout of the page.
fn is_of_layout(line: &Line<'_>) -> bool {
    let words = line.words();
    words == NO_FIELDS || FOLDED.iter().any(|folded| words.starts_with(folded))
}

/// Whether a line can be part of a description: it has no meaning of its own there.
pub fn is_prose(line: &Line<'_>) -> bool {
    line.entry().is_none()
        && line.text.trim() != VALUES
        && !is_heading(line)
        && !attributes::is_of_attributes(line.text)
}

/// Empty lines between values have no meaning.
fn values(lines: &[Line<'_>], indentation: usize) -> Result<Vec<String>, PageError> {
    let mut values: Vec<String> = Vec::new();
    let mut known = BTreeSet::new();
    for line in lines.iter().filter(|line| !line.text.is_empty()) {
        let value = line.entry().filter(|_| line.indentation() == indentation);
        let value = value.ok_or_else(|| line.unexpected(Expected::Value))?;
        if !known.insert(value) {
            return Err(line.repeated("the value", value));
        }
        values.push(value.to_owned());
    }
    Ok(values)
}
