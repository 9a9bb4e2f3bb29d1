//! Values of headers that are lists, in which a quoted part may contain the separator.

/// The parts between the separators, trimmed; empty ones are left out.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (place, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if !is_quoted && character == separator => {
                parts.push(&text[start..place]);
                start = place + character.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    let trimmed = parts.into_iter().map(str::trim);
    trimmed.filter(|part| !part.is_empty()).collect()
}

/// A value without the quotation marks around it.
pub(super) fn unquoted(value: &str) -> String {
    let Some(inner) = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
    else {
        return value.to_owned();
    };
    let mut text = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            _ => text.push(character),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{split, unquoted};

    #[test]
    fn separators_count_outside_of_quotation_marks() {
        let cases: [(&str, &[&str]); 6] = [
            ("", &[]),
            ("a", &["a"]),
            (" a , b;c ", &["a", "b;c"]),
            (",a,,", &["a"]),
            (r#"a="b,c", d"#, &[r#"a="b,c""#, "d"]),
            (r#"a="b\",c", d"#, &[r#"a="b\",c""#, "d"]),
        ];
        for (text, expected) in cases {
            assert_eq!(split(text, ','), expected, "{text}");
        }
        assert_eq!(unquoted(r#""a\"b\\""#), r#"a"b\"#);
        assert_eq!(unquoted("'a'"), "'a'");
    }
}
