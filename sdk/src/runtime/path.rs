//! Values within the path of a URL.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What RFC 3986 calls unreserved stays as it is; everything else is encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Encodes a value so that it stays within its segment of the path.
#[allow(
    dead_code,
    reason = "needed by operations with a parameter in their path"
)]
pub(crate) fn encode_path(segment: &str) -> String {
    utf8_percent_encode(segment, SEGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::encode_path;

    #[test]
    fn a_value_cannot_leave_its_segment() {
        let cases = [
            ("plain-1.0_~", "plain-1.0_~"),
            ("a/b", "a%2Fb"),
            ("a?b#c", "a%3Fb%23c"),
            ("100%", "100%25"),
            ("a b", "a%20b"),
            ("é", "%C3%A9"),
        ];
        for (value, expected) in cases {
            assert_eq!(encode_path(value), expected);
        }
    }
}
