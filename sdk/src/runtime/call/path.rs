//! Values within the path of a URL.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// RFC 3986 calls these characters unreserved; all others are encoded.
pub(crate) const UNRESERVED_KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Encodes a value so that it stays within one segment of the path.
pub(crate) fn encode_path(segment: &str) -> String {
    utf8_percent_encode(segment, UNRESERVED_KEPT).to_string()
}

/// Whether a path still has the shape of its template. A parameter that is empty, `.` or `..` would lead to another
/// operation: URLs drop such segments, encoded or not.
pub(crate) fn has_shape_of(path: &str, base_path: &str, template: &str) -> bool {
    let Some(path) = path.strip_prefix(base_path) else {
        return false;
    };
    if path == template {
        return true;
    }
    let mut segments = path.split('/');
    let is_alike = template.split('/').all(|part| {
        let is_parameter = part.contains('{');
        segments.next().is_some_and(|segment| {
            if is_parameter {
                !segment.is_empty()
            } else {
                segment == part
            }
        })
    });
    is_alike && segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{encode_path, has_shape_of};

    #[test]
    fn a_path_that_lost_or_gained_a_segment_is_noticed() {
        let cases = [
            ("/api/orders/7", true),
            ("/api/orders/a%2Fb", true),
            ("/api/orders/", false),
            ("/api/orders", false),
            ("/api/", false),
            ("/api/7", false),
            ("/orders/7", false),
            ("/api/orders/7/lines", false),
        ];
        for (path, expected) in cases {
            assert_eq!(
                has_shape_of(path, "/api", "/orders/{order_id}"),
                expected,
                "{path}"
            );
        }
        assert!(has_shape_of("/orders", "", "/orders"));
    }

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
