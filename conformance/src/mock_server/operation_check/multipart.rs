//! Bodies of several parts (RFC 7578).

use super::super::quoted_list::{split, unquoted};

/// A part that is a field of a form.
pub(super) struct Field<'a> {
    pub name: String,
    /// Whether it is a file, and so not a text that represents a value.
    pub is_file: bool,
    /// As in the header of the part, without parameters and in lower case.
    pub media_type: Option<String>,
    pub bytes: &'a [u8],
}

/// The fields of a body, by its `Content-Type`; `None` if it can't be read.
pub(super) fn fields<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Field<'a>>> {
    let boundary = parameter(content_type, "boundary").filter(|one| !one.is_empty())?;
    let delimiter = format!("\r\n--{boundary}");
    let mut fields = Vec::new();
    // The first delimiter has no line before it.
    let mut rest = match body.strip_prefix(&delimiter.as_bytes()[2..]) {
        Some(rest) => rest,
        None => cut(body, delimiter.as_bytes())?.1,
    };
    while !rest.starts_with(b"--") {
        let (part, after) = cut(rest, delimiter.as_bytes())?;
        let (_, part) = cut(part, b"\r\n")?;
        let (head, bytes) = match part.strip_prefix(b"\r\n") {
            Some(bytes) => (&[][..], bytes),
            None => cut(part, b"\r\n\r\n")?,
        };
        fields.push(field(std::str::from_utf8(head).ok()?, bytes)?);
        rest = after;
    }
    Some(fields)
}

fn field<'a>(head: &str, bytes: &'a [u8]) -> Option<Field<'a>> {
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        let line = lines.find(|(other, _)| other.trim().eq_ignore_ascii_case(name));
        line.map(|(_, value)| value.trim())
    };
    let disposition = header("content-disposition")?;
    let media_type = header("content-type");
    Some(Field {
        name: parameter(disposition, "name")?,
        is_file: parameter(disposition, "filename").is_some(),
        media_type: media_type.map(openapi::body::essence),
        bytes,
    })
}

/// A parameter of a header's value.
fn parameter(value: &str, name: &str) -> Option<String> {
    let parameters = split(value, ';').into_iter().skip(1);
    let mut pairs = parameters.filter_map(|one| one.split_once('='));
    let pair = pairs.find(|(other, _)| other.trim().eq_ignore_ascii_case(name));
    pair.map(|(_, value)| unquoted(value.trim()))
}

/// The text before and after the first occurrence of `part`.
fn cut<'a>(bytes: &'a [u8], part: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut windows = bytes.windows(part.len());
    let place = windows.position(|window| window == part)?;
    Some((&bytes[..place], &bytes[place + part.len()..]))
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn the_fields_are_found_or_the_body_is_refused() {
        let content_type = "multipart/form-data; boundary=\"x y\"";
        let good = b"before\r\n--x y  \r\nContent-Disposition: form-data; name=\"a;b\"\r\n\r\n1\r\n2\r\n--x y\r\n\
                     content-type: Image/PNG; q=1\r\ncontent-disposition: form-data; filename=f; name=c\r\n\r\n\xff\
                     \r\n--x y--\r\nafter";
        let found: Vec<_> = fields(content_type, good)
            .unwrap()
            .into_iter()
            .map(|one| (one.name, one.is_file, one.media_type, one.bytes))
            .collect();
        let expected = [
            ("a;b".to_owned(), false, None, &b"1\r\n2"[..]),
            (
                "c".to_owned(),
                true,
                Some("image/png".to_owned()),
                &b"\xff"[..],
            ),
        ];
        assert_eq!(found, expected);
        assert!(fields(content_type, b"--x y--").unwrap().is_empty());
        let bad: [(&str, &[u8]); 6] = [
            ("multipart/form-data", good),
            ("multipart/form-data; boundary=", good),
            (content_type, b""),
            (content_type, b"--x y\r\n"),
            (
                content_type,
                b"--x y\r\nContent-Disposition: form-data; name=a\r\n\r\n1",
            ),
            (content_type, b"--x y\r\n\r\n1\r\n--x y--"),
        ];
        for (content_type, body) in bad {
            let body_text = String::from_utf8_lossy(body);
            assert!(
                fields(content_type, body).is_none(),
                "{content_type} {body_text}"
            );
        }
    }
}
