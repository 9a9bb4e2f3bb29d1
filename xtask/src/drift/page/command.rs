//! The sample request: a `curl` command.

use super::lines::Lines;
use super::{Expected, PageError};
use openapi::published::{Sample, SampleHeader};

pub fn read(lines: &mut Lines<'_>) -> Result<Sample, PageError> {
    let first = lines.peek_filled(Expected::Sample)?;
    let (words, length) = words(lines.rest()).ok_or(PageError::Ends {
        expected: Expected::ClosingQuote,
    })?;
    let mut words = words.into_iter();
    if words.next().as_deref() != Some("curl") {
        return Err(first.unexpected(Expected::Sample));
    }
    let mut url = None;
    let mut method = None;
    let mut headers = Vec::new();
    let mut body = None;
    while let Some(word) = words.next() {
        let value =
            |value: Option<String>| value.ok_or_else(|| first.unexpected(Expected::CurlValue));
        // Which of two would count is for curl to know; a sample has no reason to give both.
        let repeated = match word.as_str() {
            "--request" | "-X" => method
                .replace(value(words.next())?.to_ascii_uppercase())
                .is_some(),
            "--url" => url.replace(value(words.next())?).is_some(),
            "--header" | "-H" => {
                let header = value(words.next())?;
                let (name, value) = header
                    .split_once(':')
                    .filter(|(name, _)| !name.is_empty() && !name.contains(char::is_whitespace))
                    .ok_or_else(|| first.unexpected(Expected::CurlHeader))?;
                headers.push(SampleHeader {
                    name: name.to_owned(),
                    value: value.trim().to_owned(),
                });
                false
            }
            "--data" | "-d" | "--data-raw" | "--json" => {
                body.replace(value(words.next())?).is_some()
            }
            option if option.starts_with('-') => {
                return Err(first.unexpected(Expected::CurlOption));
            }
            _ => url.replace(word.clone()).is_some(),
        };
        if repeated {
            return Err(first.repeated("a part of the request by", &word));
        }
    }
    let url = url
        .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
        .ok_or_else(|| first.unexpected(Expected::CurlUrl))?;
    lines.skip(length);
    let default = if body.is_some() { "POST" } else { "GET" };
    Ok(Sample {
        method: method.unwrap_or_else(|| default.to_owned()),
        url,
        headers,
        body,
    })
}

/// The words of the command as a shell would see them, and how long it is; `None` if a quote is not closed.
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
                        '\'' => break,
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
