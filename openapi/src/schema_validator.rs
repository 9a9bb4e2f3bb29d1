//! Schemas of the specification, ready to be held against values.

use jsonschema::{ValidationError, Validator};
use serde_json::Value;

/// Checks values against a schema with all that it refers to; formats too.
///
/// # Errors
///
/// It is no schema.
pub fn validator(document: &Value) -> Result<Validator, ValidationError<'static>> {
    // Schemas of OpenAPI 3.0 are of that draft, which does not know these formats yet.
    jsonschema::draft4::options()
        .should_validate_formats(true)
        .with_format("uuid", is_uuid)
        .with_format("date", is_date)
        .build(document)
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn is_date(text: &str) -> bool {
    let is_written_so = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let number = |range| {
        text.get(range)
            .and_then(|part: &str| part.parse::<u16>().ok())
    };
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    is_written_so && (1..=last).contains(&day)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::validator;

    #[test]
    fn formats_that_the_draft_does_not_know_are_held_to_as_they_are_written() {
        let cases = [
            ("uuid", "8e5b0340-42bd-4eb8-b06a-836f28fb1f73", true),
            ("uuid", "8E5B0340-42BD-4EB8-B06A-836F28FB1F73", true),
            ("uuid", "8e5b034042bd4eb8b06a836f28fb1f73", false),
            ("uuid", "{8e5b0340-42bd-4eb8-b06a-836f28fb1f73}", false),
            (
                "uuid",
                "urn:uuid:8e5b0340-42bd-4eb8-b06a-836f28fb1f73",
                false,
            ),
            ("uuid", "8e5b0340-42bd-4eb8-b06a-836f28fb1f7g", false),
            ("date", "2024-02-29", true),
            ("date", "2026-02-29", false),
            ("date", "2024-2-29", false),
            ("date", "2024-13-01", false),
        ];
        let mut failures = Vec::new();
        for (format, text, expected) in cases {
            let schema = json!({"type": "string", "format": format});
            if validator(&schema).unwrap().is_valid(&json!(text)) != expected {
                failures.push(format!("{format} {text}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
