//! Values of request headers.

use bytes::Bytes;
use reqwest::header::{HeaderValue, InvalidHeaderValue};

use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::secret::masking::sign::is_invisible;
use crate::runtime::secret::zeroizing::Zeroizing;

/// A header value that can't be sent. It names the header and not the value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InvalidHeader {
    pub(crate) name: &'static str,
    pub(crate) problem: &'static str,
}

impl From<InvalidHeader> for Failure {
    fn from(error: InvalidHeader) -> Self {
        let InvalidHeader { name, problem } = error;
        let problem = format!("the header {name} {problem}");
        Self::new(ErrorKind::InvalidRequest, problem)
    }
}

/// Converts a text into the value of a header.
pub(crate) fn header_value(
    name: &'static str,
    text: impl HeaderText,
) -> Result<HeaderValue, InvalidHeader> {
    let problem = match text.as_str() {
        "" => Some("is empty"),
        text if is_blank(text) => Some("contains only white space"),
        _ => None,
    };
    if let Some(problem) = problem {
        return Err(InvalidHeader { name, problem });
    }
    text.into_value().map_err(|_| InvalidHeader {
        name,
        problem: "contains a character that is not allowed in a header",
    })
}

/// Whether a text has no visible character. A server would read it as empty or as something invisible.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// A text that can become the value of a header.
pub(crate) trait HeaderText {
    fn as_str(&self) -> &str;
    fn into_value(self) -> Result<HeaderValue, InvalidHeaderValue>;
}

impl HeaderText for String {
    fn as_str(&self) -> &str {
        self
    }

    fn into_value(self) -> Result<HeaderValue, InvalidHeaderValue> {
        HeaderValue::try_from(self)
    }
}

/// A secret: the HTTP stack does not print the value, and its memory is zeroed when the last copy is dropped.
impl HeaderText for Zeroizing<String> {
    fn as_str(&self) -> &str {
        self
    }

    fn into_value(self) -> Result<HeaderValue, InvalidHeaderValue> {
        let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(self))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_the_text_and_that_of_a_secret_is_sensitive() {
        let text = || "a text".to_owned();
        let plain = header_value("name", text()).unwrap();
        let secret = header_value("name", Zeroizing::new(text())).unwrap();
        for (value, is_sensitive) in [(plain, false), (secret, true)] {
            assert_eq!(value, "a text");
            assert_eq!(value.is_sensitive(), is_sensitive);
        }
    }

    #[test]
    fn the_value_of_a_secret_is_in_the_memory_that_is_zeroed() {
        let text = Zeroizing::new("a text".to_owned());
        let place = text.as_ptr();
        let value = header_value("name", text).unwrap();
        assert_eq!(value.as_bytes().as_ptr(), place);
        assert_eq!(value.clone().as_bytes().as_ptr(), place);
    }

    #[test]
    fn a_value_that_can_not_be_sent_is_refused_by_the_name_of_its_header() {
        let blank = "contains only white space";
        let cases = [
            ("", "is empty"),
            (" ", blank),
            (" \t ", blank),
            ("\n", blank),
            ("\u{a0}\u{3000}", blank),
            ("\u{200b}\u{feff}", blank),
            ("can\nary", "contains a character"),
        ];
        for (text, expected) in cases {
            let plain = header_value("name", text.to_owned());
            let secret = header_value("name", Zeroizing::new(text.to_owned()));
            for refused in [plain, secret] {
                let refused = refused.unwrap_err();
                assert_eq!(refused.name, "name");
                assert!(refused.problem.starts_with(expected), "{refused:?}");
            }
        }
    }
}
