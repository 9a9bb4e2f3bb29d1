//! Lists of headers, parameters and fields of a body.

use super::lines::{Line, Lines};
use super::{Expected, PageError, is_media_type};
use openapi::published::{Body, Field};

/// What the list of values begins with.
const VALUES: &str = "values";

/// The entries of a section; there is at least one.
pub fn read(lines: &mut Lines<'_>) -> Result<Vec<Field>, PageError> {
    let fields = entries(lines)?;
    if fields.is_empty() {
        return Err(lines.unexpected_next(Expected::Entry));
    }
    Ok(fields)
}

/// A section on the body: whether it is required, its media type, and its fields where they are listed.
pub fn body(lines: &mut Lines<'_>) -> Result<Body, PageError> {
    let mut body = Body::default();
    loop {
        let line = lines.peek_filled(Expected::Section)?;
        let text = line.text.trim();
        let media_type = text.strip_prefix("• ").unwrap_or(text);
        if text == "required" && !body.required {
            body.required = true;
        } else if is_media_type(media_type) {
            if let Some(first) = body.media_type {
                return Err(PageError::SecondMediaType {
                    line: line.number,
                    first,
                    second: media_type.to_owned(),
                });
            }
            body.media_type = Some(media_type.to_owned());
        } else if line.is_indented() {
            return Err(line.unexpected(Expected::Body));
        } else {
            break;
        }
        lines.next_filled(Expected::Section)?;
    }
    body.fields = entries(lines)?;
    Ok(body)
}

fn entries(lines: &mut Lines<'_>) -> Result<Vec<Field>, PageError> {
    let mut fields: Vec<Field> = Vec::new();
    while let Some((line, name)) = lines.next_entry() {
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(line.unexpected(Expected::Name));
        }
        if fields
            .iter()
            .any(|field| field.name.eq_ignore_ascii_case(name))
        {
            return Err(line.repeated("the entry", name));
        }
        let details = lines.indented();
        let missing = |expected| {
            if lines.is_at_end() {
                PageError::Ends { expected }
            } else {
                line.unexpected(expected)
            }
        };
        fields.push(field(name, &details, missing)?);
    }
    Ok(fields)
}

/// Attributes stand directly below the name, then the description in one paragraph, then the values where
/// `enum` announces them. Whatever else stands there may change what the entry means, so it is refused.
/// `missing` says that something does not stand there.
fn field(
    name: &str,
    details: &[Line<'_>],
    missing: impl Fn(Expected) -> PageError,
) -> Result<Field, PageError> {
    let end = details.iter().position(|line| line.text.is_empty());
    let (attributes, details) = details.split_at(end.unwrap_or(details.len()));
    let mut details = details.iter().filter(|line| !line.text.is_empty());
    let mut field = Field {
        name: name.to_owned(),
        kind: None,
        format: None,
        required: false,
        values: Vec::new(),
    };
    let mut lists_values = false;
    for attribute in attributes {
        match attribute.text.trim() {
            "required" if !field.required => field.required = true,
            "enum" if !lists_values => lists_values = true,
            text => match text.strip_prefix("Type: ") {
                Some(kind) if field.kind.is_none() => field.kind = Some(kind.trim().to_owned()),
                _ => return Err(attribute.unexpected(Expected::Attribute)),
            },
        }
    }
    if field.kind.is_none() && !lists_values {
        let expected = Expected::Attribute;
        let last = attributes.last();
        return Err(last.map_or_else(|| missing(expected), |last| last.unexpected(expected)));
    }
    let description = details
        .next()
        .ok_or_else(|| missing(Expected::Description))?;
    if description.is_bullet() || description.text.trim() == VALUES {
        return Err(description.unexpected(Expected::Description));
    }
    if lists_values {
        let heading = details.next().ok_or_else(|| missing(Expected::Values))?;
        if heading.text.trim() != VALUES {
            return Err(heading.unexpected(Expected::Values));
        }
        field.values = values(&mut details)?;
        if field.values.is_empty() {
            return Err(missing(Expected::Values));
        }
    }
    match details.next() {
        Some(more) => Err(more.unexpected(Expected::Next)),
        None => Ok(field),
    }
}

/// Empty lines between values say nothing.
fn values<'a>(lines: impl Iterator<Item = &'a Line<'a>>) -> Result<Vec<String>, PageError> {
    let mut values: Vec<String> = Vec::new();
    for line in lines {
        let value = line
            .text
            .strip_prefix("    • ")
            .ok_or_else(|| line.unexpected(Expected::Value))?
            .trim();
        if values.iter().any(|other| other == value) {
            return Err(line.repeated("the value", value));
        }
        values.push(value.to_owned());
    }
    Ok(values)
}
