//! Reads a text capture of a reference page into facts. A page is read as a whole or not at all: anything in an
//! unexpected place is an error, so that a page that is cut or has a new layout is never read as one that says less.

mod attributes;
mod command;
mod example;
mod fields;
mod lines;
mod source;

#[cfg(test)]
mod tests;

use lines::{Line, Lines};
use openapi::published::{Body, Facts, Field, Response};

pub use source::read;

/// Why a text is not a page. Lines count from 1.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum PageError {
    #[error("it is empty; a text capture of a reference page is expected")]
    Empty,
    #[error("it is HTML; a text capture of the rendered page is expected")]
    Html,
    #[error(
        "line {line} is `{found}` where {expected} is expected; it may have another layout than the reader knows"
    )]
    Unexpected {
        line: usize,
        expected: Expected,
        found: String,
    },
    #[error("it ends where {expected} is expected; it may have been cut")]
    Ends { expected: Expected },
    #[error("line {line} names {what} `{name}` a second time")]
    Repeated {
        line: usize,
        what: &'static str,
        name: String,
    },
    #[error(
        "line {line} is `{found}` where a title that begins with {method} is expected, the method in the heading of \
         the sample request; one of them is wrong"
    )]
    Method {
        line: usize,
        found: String,
        method: String,
    },
    #[error("line {line}, in the example response: {message}")]
    Example { line: usize, message: String },
}

/// What a page should have at some point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Expected {
    #[error("the title")]
    Title,
    #[error("a section such as `Headers` or `Responses`")]
    Section,
    #[error("the section `Headers`")]
    Headers,
    #[error("an entry that begins with `•`")]
    Entry,
    #[error("a name, without blanks unless it is that of a header")]
    Name,
    #[error("`Type: …`, `enum`, `required` or another attribute")]
    Attribute,
    #[error("a description or the next entry or section")]
    Description,
    #[error("the list of values that `enum` announces")]
    Values,
    #[error("one of the values, in a line that begins with `•`")]
    Value,
    #[error("the next entry or section")]
    Next,
    #[error("`required`, a media type or an entry of the body")]
    Body,
    #[error("a status or a media type")]
    Response,
    #[error("`Request Example for METHOD/path`")]
    SampleHeading,
    #[error("the sample request, a `curl` command")]
    Sample,
    #[error("the closing quote of the sample request")]
    ClosingQuote,
    #[error(
        "an option of `curl` that the reader knows (--request, --header, --data, --data-urlencode, --url)"
    )]
    CurlOption,
    #[error("the value of an option of `curl`")]
    CurlValue,
    #[error("a header such as `Name: value`")]
    CurlHeader,
    #[error("the URL of the sample request")]
    CurlUrl,
    #[error("the example response, in JSON")]
    Example,
    #[error("the label `Example response`")]
    ExampleLabel,
    #[error("the line that begins with `Copyright ©`")]
    Copyright,
    #[error("the end of the page, and not another page,")]
    End,
}

const SAMPLE_HEADING: &str = "Request Example for ";
const COPYRIGHT: &str = "Copyright ©";

/// The facts that were read so far.
pub struct Page {
    /// Without the method.
    pub title: String,
    pub facts: Facts,
}

/// Reads the text of a page.
pub fn parse(text: &str) -> Result<Page, PageError> {
    let text = lines::normalised(text);
    let start = text.trim_start();
    if start.is_empty() {
        return Err(PageError::Empty);
    }
    if start.starts_with('<') {
        return Err(PageError::Html);
    }
    let mut lines = Lines::new(&text);
    let title = lines.next_filled(Expected::Title)?;
    if title.text.starts_with([' ', '•', '{']) {
        return Err(title.unexpected(Expected::Title));
    }
    description(&mut lines)?;
    let mut request = RequestSections::default();
    request.read(&mut lines)?;
    let Some(headers) = request.headers else {
        return Err(PageError::Ends {
            expected: Expected::Headers,
        });
    };
    let (media_types, responses) = responses(&mut lines)?;
    let (method, path) = sample_heading(&mut lines)?;
    let (named, title_text) = title.text.split_once(' ').unwrap_or((title.text, ""));
    if named != method {
        return Err(title.without_method(method));
    }
    let sample = command::read(&mut lines, &method)?;
    let example = example::read(&mut lines)?;
    let copyright = lines.next_filled(Expected::Copyright)?;
    if !copyright.text.starts_with(COPYRIGHT) {
        return Err(copyright.unexpected(Expected::Copyright));
    }
    // The text after this line is the same on all pages and is not about the operation.
    while let Ok(line) = lines.next_filled(Expected::End) {
        if line.text.starts_with(SAMPLE_HEADING) {
            return Err(line.unexpected(Expected::End));
        }
    }
    let facts = Facts {
        method,
        path,
        path_parameters: request.path_parameters.unwrap_or_default(),
        query_parameters: request.query_parameters.unwrap_or_default(),
        cookies: request.cookies.unwrap_or_default(),
        headers,
        body: request.body,
        media_types,
        responses,
        sample,
        example,
    };
    let title = title_text.trim().to_owned();
    Ok(Page { title, facts })
}

/// Skips the description of the operation, which may contain lists. A line that looks like an attribute belongs to a
/// section with an unknown heading, which is an error.
fn description(lines: &mut Lines<'_>) -> Result<(), PageError> {
    loop {
        let line = lines.peek_filled(Expected::Section)?;
        if line.indentation() == 0 && is_heading(&line) {
            return Ok(());
        }
        if line.entry().is_none() && !fields::is_prose(&line) {
            return Err(line.unexpected(Expected::Section));
        }
        lines.next_filled(Expected::Section)?;
    }
}

/// The section that begins with this line.
fn section(line: &Line<'_>) -> Option<Section> {
    let name = line.text.split('·').next().unwrap_or_default().trim();
    Some(match name {
        "Path Parameters" => Section::PathParameters,
        "Query Parameters" => Section::QueryParameters,
        "Cookies" => Section::Cookies,
        "Headers" => Section::Headers,
        "Body" | "Request Body" => Section::Body,
        "Responses" => Section::Responses,
        _ => return None,
    })
}

fn is_heading(line: &Line<'_>) -> bool {
    section(line).is_some() || line.text.starts_with(SAMPLE_HEADING)
}

#[derive(Clone, Copy, PartialEq)]
enum Section {
    PathParameters,
    QueryParameters,
    Cookies,
    Headers,
    Body,
    Responses,
}

#[derive(Default)]
struct RequestSections {
    path_parameters: Option<Vec<Field>>,
    query_parameters: Option<Vec<Field>>,
    cookies: Option<Vec<Field>>,
    headers: Option<Vec<Field>>,
    body: Option<Body>,
}

impl RequestSections {
    /// Reads up to and with the heading `Responses`.
    fn read(&mut self, lines: &mut Lines<'_>) -> Result<(), PageError> {
        loop {
            let heading = lines.next_filled(Expected::Section)?;
            let section = section(&heading).ok_or_else(|| heading.unexpected(Expected::Section))?;
            let beside = heading.text.split('·').skip(1).map(str::trim);
            let beside: Vec<&str> = beside.filter(|words| !words.is_empty()).collect();
            if !beside.is_empty() && section != Section::Body {
                return Err(heading.unexpected(Expected::Section));
            }
            let repeated = match section {
                Section::Responses if self.headers.is_none() => {
                    return Err(heading.unexpected(Expected::Headers));
                }
                Section::Responses => return Ok(()),
                Section::Headers => self.headers.replace(fields::read(lines, true)?).is_some(),
                Section::PathParameters => parameters(&mut self.path_parameters, lines)?,
                Section::QueryParameters => parameters(&mut self.query_parameters, lines)?,
                Section::Cookies => parameters(&mut self.cookies, lines)?,
                Section::Body => {
                    let body = fields::body(&heading, &beside, lines)?;
                    self.body.replace(body).is_some()
                }
            };
            if repeated {
                return Err(heading.repeated("the section", heading.text));
            }
        }
    }
}

/// Reads parameters. Returns whether there were some already.
fn parameters(known: &mut Option<Vec<Field>>, lines: &mut Lines<'_>) -> Result<bool, PageError> {
    Ok(known.replace(fields::read(lines, false)?).is_some())
}

/// Statuses, each with its title in one line or without, and media types between them.
fn responses(lines: &mut Lines<'_>) -> Result<(Vec<String>, Vec<Response>), PageError> {
    let mut media_types: Vec<String> = Vec::new();
    let mut responses: Vec<Response> = Vec::new();
    let mut title = None;
    for line in lines.block().iter().filter(|line| !line.text.is_empty()) {
        match line.entry().filter(|_| line.indentation() == 2) {
            Some(name) if is_status(name) => {
                if responses.iter().any(|response| response.status == name) {
                    return Err(line.repeated("the response", name));
                }
                let status = name.to_owned();
                responses.push(Response {
                    status,
                    title: None,
                });
                title = responses.last_mut().map(|response| &mut response.title);
            }
            // A page may name one for each of several successes.
            Some(name) if is_media_type(name) => {
                media_types.push(name.to_owned());
                title = None;
            }
            Some(_) => return Err(line.unexpected(Expected::Response)),
            None => match &mut title {
                Some(title) if fields::is_prose(line) && line.indentation() == 4 => {
                    title.get_or_insert_with(|| line.words().to_owned());
                }
                _ => return Err(line.unexpected(Expected::Next)),
            },
        }
    }
    if media_types.is_empty() && responses.is_empty() {
        return Err(lines.unexpected_next(Expected::Response));
    }
    Ok((media_types, responses))
}

fn is_status(name: &str) -> bool {
    let bytes = name.as_bytes();
    name == "default"
        || matches!(bytes, [b'1'..=b'5', rest @ ..]
            if rest == b"XX" || (rest.len() == 2 && rest.iter().all(u8::is_ascii_digit)))
}

fn is_media_type(name: &str) -> bool {
    name.split_once('/')
        .is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty())
        && !name.contains(char::is_whitespace)
}

fn sample_heading(lines: &mut Lines<'_>) -> Result<(String, String), PageError> {
    let line = lines.next_filled(Expected::SampleHeading)?;
    let named = line.text.strip_prefix(SAMPLE_HEADING).and_then(|named| {
        let (method, path) = named.split_at(named.find('/')?);
        let is_method = !method.is_empty() && method.chars().all(|c| c.is_ascii_alphabetic());
        (is_method && !path.contains(char::is_whitespace)).then_some((method, path))
    });
    match named {
        Some((method, path)) => Ok((method.to_ascii_uppercase(), path.to_owned())),
        None => Err(line.unexpected(Expected::SampleHeading)),
    }
}
