//! How the entries of a list stand in one text of a request, and how they are read from it. The sdk has a writer of its
//! own.

use openapi::specification::Position;
use par_ordering::conformance::encode_path;

/// The text, encoded as it must be in its position.
#[must_use]
pub fn written(position: Position, separator: char, entries: &[String]) -> String {
    let encode = |entry: &String| match position {
        Position::Query => encode_query(entry),
        Position::Path => encode_path(entry),
        Position::Header => entry.clone(),
    };
    let entries: Vec<String> = entries.iter().map(encode).collect();
    // A comma may stand in a URL as it is, the others must not.
    let separator = match separator {
        ',' => ",".to_owned(),
        other => encode_path(&other.to_string()),
    };
    entries.join(&separator)
}

/// The entries, still encoded.
#[must_use]
pub fn entries(position: Position, separator: char, text: &str) -> Vec<String> {
    let text = match (position, separator) {
        (Position::Query, ' ') => text.replace('+', " ").replace("%20", " "),
        (Position::Query, '|') => text.replace("%7C", "|").replace("%7c", "|"),
        _ => text.to_owned(),
    };
    let entries = text.split(separator);
    let is_header = position == Position::Header;
    entries
        .map(|entry| if is_header { entry.trim() } else { entry })
        .map(str::to_owned)
        .collect()
}

/// A name or a text as it stands in a query.
#[must_use]
pub fn encode_query(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::{entries, written};
    use openapi::specification::Position::{Header, Path, Query};

    #[test]
    fn what_is_written_is_what_is_read() {
        let cases = [
            (Query, ',', &["a b", "c,d"][..], "a+b,c%2Cd"),
            (Query, ' ', &["a", "b"], "a%20b"),
            (Query, '|', &["a", "b"], "a%7Cb"),
            (Path, ',', &["a/b", "c"], "a%2Fb,c"),
            (Header, ',', &["a b", "c"], "a b,c"),
        ];
        for (position, separator, list, expected) in cases {
            let list: Vec<String> = list.iter().map(|entry| (*entry).to_owned()).collect();
            let text = written(position, separator, &list);
            assert_eq!(text, expected);
            assert_eq!(entries(position, separator, &text).len(), list.len());
        }
        assert_eq!(entries(Query, '|', "a|b%7cc"), ["a", "b", "c"]);
        assert_eq!(entries(Header, ',', "a, b"), ["a", "b"]);
    }
}
