//! Lists of headers, parameters and fields of a body.

use super::lines::{Line, Lines};
use super::{Expected, PageError, is_media_type};
use crate::published::{Body, Field};

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
        if text == "required" {
            body.required = true;
        } else if is_media_type(media_type) && body.media_type.is_none() {
            body.media_type = Some(media_type.to_owned());
        } else if !line.is_indented() {
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
        fields.push(field(line, name, &lines.indented())?);
    }
    Ok(fields)
}

/// Attributes stand directly below the name, prose and values in paragraphs after them.
fn field(line: Line<'_>, name: &str, details: &[Line<'_>]) -> Result<Field, PageError> {
    let mut paragraphs = details
        .split(|line| line.text.is_empty())
        .filter(|lines| !lines.is_empty());
    let mut field = Field {
        name: name.to_owned(),
        kind: None,
        required: false,
        values: Vec::new(),
    };
    let mut lists_values = false;
    let attributes = paragraphs.next().unwrap_or_default();
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
        return Err(attributes
            .last()
            .unwrap_or(&line)
            .unexpected(Expected::Attribute));
    }
    if lists_values {
        let values = paragraphs.find(|lines| lines[0].text.trim() == "values");
        field.values = values_of(values.unwrap_or_default())
            .ok_or_else(|| line.unexpected(Expected::Values))?;
    }
    Ok(field)
}

fn values_of(paragraph: &[Line<'_>]) -> Option<Vec<String>> {
    let values: Vec<String> = paragraph
        .iter()
        .skip(1)
        .map(|line| Some(line.text.trim().strip_prefix("• ")?.trim().to_owned()))
        .collect::<Option<_>>()?;
    (!values.is_empty()).then_some(values)
}
