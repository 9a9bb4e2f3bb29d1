//! The sample request: a `curl` command.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::lines::{Line, Lines};
use super::{Expected, PageError};
use openapi::published::{Sample, SampleHeader};

/// `method` is that of the operation.
pub fn read(lines: &mut Lines<'_>, method: &str) -> Result<Sample, PageError> {
    let first = lines.peek_filled(Expected::Sample)?;
    let (words, length) = words(lines.rest()).ok_or(PageError::Ends {
        expected: Expected::ClosingQuote,
    })?;
    let mut words = words.into_iter();
    if words.next().as_deref() != Some("curl") {
        return Err(first.unexpected(Expected::Sample));
    }
    let mut command = Command::default();
    while let Some(word) = words.next() {
        command.add(&first, &word, || words.next())?;
    }
    let url = command
        .url
        .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
        .filter(|url| !url.contains(char::is_whitespace))
        .ok_or_else(|| first.unexpected(Expected::CurlUrl))?;
    lines.skip(length);
    // The portal leaves out the method GET, although curl would send the body by POST then.
    let is_read = command.data.is_empty() || method == "GET";
    let default = if is_read { "GET" } else { "POST" };
    Ok(Sample {
        method: command.method.unwrap_or_else(|| default.to_owned()),
        url,
        headers: command.headers,
        body: (!command.data.is_empty()).then(|| command.data.join("&")),
    })
}

#[derive(Default)]
struct Command {
    url: Option<String>,
    method: Option<String>,
    headers: Vec<SampleHeader>,
    /// The names of the headers, in lower case.
    names: BTreeSet<String>,
    /// The body that curl sends, joined by `&`.
    data: Vec<String>,
}

impl Command {
    /// Reads a word of the command, and its value if it is an option that has one.
    fn add(
        &mut self,
        line: &Line<'_>,
        word: &str,
        next: impl FnOnce() -> Option<String>,
    ) -> Result<(), PageError> {
        let value = || next().ok_or_else(|| line.unexpected(Expected::CurlValue));
        // Only curl knows which of two counts; a sample need not have both.
        let repeated = match word {
            "--request" | "-X" => self.method.replace(value()?.to_ascii_uppercase()).is_some(),
            "--url" => self.url.replace(value()?).is_some(),
            "--header" | "-H" => {
                let header = header(&value()?);
                let header = header.ok_or_else(|| line.unexpected(Expected::CurlHeader))?;
                self.header(header)
            }
            "--user" | "-u" => {
                value()?;
                // The credentials are invented, like those in headers.
                let (name, value) = ("Authorization".to_owned(), String::new());
                self.header(SampleHeader { name, value })
            }
            "--data-urlencode" => {
                self.data.push(urlencoded(&value()?));
                false
            }
            "--data" | "-d" | "--data-raw" | "--data-binary" | "--json" => {
                // Pairs of a form may be given one by one.
                let is_pair = |text: &String| text.contains('=') && !text.starts_with(['{', '[']);
                self.data.push(value()?);
                self.data.len() > 1 && !self.data.iter().all(is_pair)
            }
            "--compressed" => false,
            option if option.starts_with('-') => {
                return Err(line.unexpected(Expected::CurlOption));
            }
            url => self.url.replace(url.to_owned()).is_some(),
        };
        if repeated {
            return Err(line.repeated("a part of the request by", word));
        }
        Ok(())
    }

    /// Adds a header. Returns whether there was one of that name.
    fn header(&mut self, header: SampleHeader) -> bool {
        let is_new = self.names.insert(header.name.to_ascii_lowercase());
        self.headers.push(header);
        !is_new
    }
}

/// Name and value of a header. A header of several lines has a quote that was not closed.
fn header(text: &str) -> Option<SampleHeader> {
    let (name, value) = text.split_once(':')?;
    let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
    let is_one = !name.is_empty() && !text.contains(char::is_control);
    is_one.then_some(SampleHeader { name, value })
}

/// The result of curl for a pair: its name is expected to be encoded already.
fn urlencoded(pair: &str) -> String {
    let (name, value) = match pair.split_once('=') {
        Some((name, value)) if !name.is_empty() => (format!("{name}="), value),
        Some((_, value)) => (String::new(), value),
        None => (String::new(), pair),
    };
    name + &utf8_percent_encode(value, UNRESERVED).to_string()
}

/// What curl encodes.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The words of the command as a shell reads them, and its length; `None` if a quote is not closed.
fn words(text: &str) -> Option<(Vec<String>, usize)> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = text.char_indices();
    let mut length = text.len();
    while let Some((index, character)) = characters.next() {
        match character {
            '\n' => {
                length = index;
                break;
            }
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()?.1 {
                        '\'' if closes(characters.as_str()) => break,
                        quoted => word.push(quoted),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()?.1 {
                        '"' => break,
                        '\\' => word.push(characters.next()?.1),
                        quoted => word.push(quoted),
                    }
                }
            }
            '\\' => match characters.next() {
                Some((_, '\n')) => words.extend(word.take()),
                Some((_, escaped)) => word.get_or_insert_default().push(escaped),
                None => break,
            },
            character if character.is_whitespace() => words.extend(word.take()),
            character => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    Some((words, length))
}

/// Whether a single quote closes the quoted text. The portal does not escape all apostrophes. So a quote closes
/// nothing if neither the line nor the word ends with it, and no other part of the command follows.
fn closes(rest: &str) -> bool {
    let next = rest.trim_start_matches([' ', '\t']);
    let is_word_end = next.len() < rest.len();
    let is_end = next.is_empty() || next.starts_with(['\n', '\\']);
    is_end
        || rest.starts_with(['\'', '"'])
        || is_word_end && (next.starts_with('-') || next.starts_with("http"))
}
