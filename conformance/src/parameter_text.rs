//! How the entries of a list are joined into one text of a request. The sdk has its own code for that, and the mock
//! server reads it.

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
    // A URL may contain a comma unencoded, but not the others.
    let separator = match separator {
        ',' => ",".to_owned(),
        other => encode_path(&other.to_string()),
    };
    entries.join(&separator)
}

/// A name or a text as it is written in a query.
#[must_use]
pub fn encode_query(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::written;
    use openapi::specification::Position::{Header, Path, Query};

    #[test]
    fn a_list_is_written_in_one_text() {
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
        }
    }
}
