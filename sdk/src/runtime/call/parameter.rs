//! How parameters are written in a query, in a header and in a path: one text, or the entries of a list.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::runtime::call::path::UNRESERVED_KEPT;
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;

/// What the URL Standard leaves unencoded in a form, and so in a query.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');

/// Other characters that a query may contain without ending it or separating its pairs (RFC 3986).
const RESERVED_KEPT: &AsciiSet = &KEPT
    .remove(b'~')
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// How a query parameter is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// The separator of the entries of a list; without it, each entry is a pair of its own.
    pub(crate) separator: Option<char>,
    /// Whether reserved characters stay as they are.
    pub(crate) reserved: bool,
}

/// A query, pair by pair.
#[derive(Default)]
pub(crate) struct Query(String);

impl Query {
    pub(crate) fn pair(&mut self, name: &str, value: &str) {
        self.begin(name);
        self.value(value, KEPT);
    }

    /// Adds the entries of a list, if there are any.
    pub(crate) fn list<I>(&mut self, name: &str, style: Style, entries: I) -> Result<(), Failure>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        let kept = if style.reserved { RESERVED_KEPT } else { KEPT };
        for (index, entry) in entries.into_iter().enumerate() {
            let entry = entry.as_ref();
            match style.separator {
                None => {
                    self.begin(name);
                    self.value(entry, kept);
                }
                Some(separator) => {
                    if separator != ',' {
                        without_separator(name, index, entry, separator)?;
                    }
                    match (index, separator) {
                        (0, _) => self.begin(name),
                        (_, ' ') => self.0.push_str("%20"),
                        (_, '|') => self.0.push_str("%7C"),
                        (_, other) => self.0.push(other),
                    }
                    // A comma within an entry is encoded, so that it separates nothing.
                    for (place, part) in entry.split(',').enumerate() {
                        if place > 0 {
                            self.0.push_str("%2C");
                        }
                        self.value(part, kept);
                    }
                }
            }
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn begin(&mut self, name: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.value(name, KEPT);
        self.0.push('=');
    }

    fn value(&mut self, text: &str, kept: &'static AsciiSet) {
        for part in utf8_percent_encode(text, kept) {
            self.0.push_str(if part == "%20" { "+" } else { part });
        }
    }
}

/// The entries of a list as the text of a header.
pub(crate) fn header_list<I>(name: &str, entries: I) -> Result<String, Failure>
where
    I: IntoIterator<Item: AsRef<str>>,
{
    let mut text = String::new();
    for (index, entry) in entries.into_iter().enumerate() {
        let entry = entry.as_ref();
        without_separator(name, index, entry, ',')?;
        if index > 0 {
            text.push(',');
        }
        text.push_str(entry);
    }
    Ok(text)
}

/// The entries of a list as a segment of a path.
pub(crate) fn path_list<I>(entries: I) -> String
where
    I: IntoIterator<Item: AsRef<str>>,
{
    let encode = |entry: I::Item| utf8_percent_encode(entry.as_ref(), UNRESERVED_KEPT).to_string();
    let entries: Vec<String> = entries.into_iter().map(encode).collect();
    entries.join(",")
}

/// An entry that contains the separator would be read as two entries.
fn without_separator(
    name: &str,
    index: usize,
    entry: &str,
    separator: char,
) -> Result<(), Failure> {
    if !entry.contains(separator) {
        return Ok(());
    }
    let problem =
        format!("{name}[{index}] must not contain `{separator}`, which separates the entries");
    Err(Failure::new(ErrorKind::InvalidRequest, problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::Error;

    #[test]
    fn a_query_is_written_in_the_style_of_each_parameter() {
        let cases: [(Option<char>, bool, &[&str], &str); 12] = [
            (None, false, &["a b&c=ü"], "i%5B%5D=a+b%26c%3D%C3%BC"),
            (None, false, &["*-._~"], "i%5B%5D=*-._%7E"),
            (None, false, &["a", "b"], "i%5B%5D=a&i%5B%5D=b"),
            (None, false, &[], ""),
            (
                None,
                true,
                &["a/b?c=d&e#f+g,h"],
                "i%5B%5D=a/b?c=d%26e%23f%2Bg,h",
            ),
            (Some(','), false, &["a,b", "c d"], "i%5B%5D=a%2Cb,c+d"),
            (Some(','), true, &["a,b", "/"], "i%5B%5D=a%2Cb,/"),
            (Some(','), false, &["", ""], "i%5B%5D=,"),
            (Some(','), false, &[], ""),
            (Some(' '), false, &["a", "b,c"], "i%5B%5D=a%20b%2Cc"),
            (Some('|'), false, &["a", "b"], "i%5B%5D=a%7Cb"),
            (Some('|'), true, &["a"], "i%5B%5D=a"),
        ];
        for (separator, reserved, entries, expected) in cases {
            let mut query = Query::default();
            let style = Style {
                separator,
                reserved,
            };
            assert!(query.list("i[]", style, entries).is_ok());
            assert_eq!(query.as_str(), expected, "{entries:?} {style:?}");
        }
    }

    #[test]
    fn an_entry_that_would_be_taken_for_two_is_refused_by_its_place_and_not_shown() {
        let list = |separator, entry| {
            let style = Style {
                separator: Some(separator),
                reserved: false,
            };
            Query::default().list("ids", style, ["a", entry])
        };
        let cases = [
            (list(' ', "canary x"), "ids[1] must not contain ` `"),
            (list('|', "canary|x"), "ids[1] must not contain `|`"),
            (
                header_list("ids", ["canary,x"]).map(drop),
                "ids[0] must not contain `,`",
            ),
        ];
        for (result, expected) in cases {
            let said = result.map_err(Error::<()>::from).unwrap_err().to_string();
            assert!(said.contains(expected), "{said}");
            assert!(!said.contains("canary"), "{said}");
        }
    }

    #[test]
    fn a_list_in_a_header_or_a_path_is_divided_by_commas() {
        assert_eq!(header_list("ids", ["a b", "c"]).ok().unwrap(), "a b,c");
        assert_eq!(path_list(["a/b,c", "d"]), "a%2Fb%2Cc,d");
    }
}
