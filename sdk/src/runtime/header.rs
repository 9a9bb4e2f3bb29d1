//! Values of request headers.

use reqwest::header::HeaderValue;

/// A header value that can't be sent; it names the header and never the value.
#[derive(Debug)]
pub(crate) struct InvalidHeader {
    pub(crate) name: &'static str,
    pub(crate) problem: &'static str,
}

/// Makes a header value of a text.
pub(crate) fn header_value(name: &'static str, text: String) -> Result<HeaderValue, InvalidHeader> {
    if text.is_empty() {
        let problem = "is empty";
        return Err(InvalidHeader { name, problem });
    }
    HeaderValue::try_from(text).map_err(|_| InvalidHeader {
        name,
        problem: "holds a character that is not allowed in a header",
    })
}
