//! Texts of a schema: by its format, its length, or its pattern.

use serde_json::Value;

use super::Shape;
use super::pattern;

/// Longer texts are not made.
const LONGEST: usize = 100_000;

/// If there is no format, or an unknown one.
const PLAIN: &str = "string";

/// Texts of the schema, the best first. If there are several, not all of them need fit.
pub(super) fn candidates(shape: &Shape<'_>, turn: usize) -> Vec<Value> {
    let least = shape.most("minLength").unwrap_or(0);
    let most = shape.least("maxLength").unwrap_or(usize::MAX);
    if least > LONGEST {
        return Vec::new();
    }
    let format = shape.texts("format").find_map(|name| of_format(name, turn));
    let mut texts = Vec::new();
    texts.extend(format.clone());
    if format
        .as_ref()
        .is_none_or(|text| !(least..=most).contains(&text.chars().count()))
    {
        texts.extend(format.map(|text| lengthened(&text, least)));
        texts.push(plain(least, most, turn));
    }
    for pattern in shape.texts("pattern") {
        // Each repetition is made longer until the text is long enough.
        let stretched = (0..=least.clamp(1, 64)).filter_map(|stretch| {
            let text = pattern::matching(pattern, stretch, turn)?;
            (least..=most)
                .contains(&text.chars().count())
                .then_some(text)
        });
        texts.extend(stretched.take(2));
    }
    texts.into_iter().map(Value::from).collect()
}

fn plain(least: usize, most: usize, turn: usize) -> String {
    let text = match turn {
        0 => PLAIN.to_owned(),
        _ => format!("{PLAIN}{turn}"),
    };
    let length = text.len();
    if length > most {
        // The end differs from turn to turn.
        return match turn {
            0 => text[..most].to_owned(),
            _ => text[length - most..].to_owned(),
        };
    }
    let filling = "string ".chars().cycle().skip(length);
    text.chars()
        .chain(filling)
        .take(least.max(length))
        .collect()
}

/// A text of a format, made longer if the format allows it.
fn lengthened(text: &str, least: usize) -> String {
    let filling = "a".repeat(least.saturating_sub(text.chars().count()));
    match text.split_once('@') {
        Some(_) => filling + text,
        None => text.to_owned() + &filling,
    }
}

fn of_format(format: &str, turn: usize) -> Option<String> {
    let number = if turn > 0 {
        turn.to_string()
    } else {
        String::new()
    };
    let (day, minute) = (1 + turn % 28, turn % 60);
    Some(match format {
        "date" => format!("{:04}-01-{day:02}", 2026 + turn / 28),
        "date-time" => format!("2026-01-{day:02}T12:{minute:02}:00Z"),
        "time" => format!("12:{minute:02}:00Z"),
        "duration" => format!("P{}D", 1 + turn),
        "uuid" => format!("6b1f0c9e-3d5a-4c7e-9a2b-{:012x}", 1 + turn),
        "email" | "idn-email" => format!("user{number}@example.com"),
        "hostname" | "idn-hostname" if turn == 0 => "example.com".to_owned(),
        "hostname" | "idn-hostname" => format!("host{number}.example.com"),
        "ipv4" => format!("192.0.{}.{}", 2 + turn / 250 % 250, 1 + turn % 250),
        "ipv6" => format!("2001:db8::{:x}", 1 + turn % 0xffff),
        "uri" | "url" | "iri" => format!("https://example.com/{number}"),
        "uri-reference" | "iri-reference" | "uri-template" | "json-pointer" => {
            format!("/{PLAIN}{number}")
        }
        "relative-json-pointer" => turn.to_string(),
        "regex" => format!("^{PLAIN}{number}$"),
        // "string" in base64, and a number of four digits.
        "byte" if turn == 0 => "c3RyaW5n".to_owned(),
        "byte" => format!("{:04}", turn % 10_000),
        "decimal" => format!("{turn}.50"),
        "char" => char::from(b'a' + u8::try_from(turn % 26).unwrap_or_default()).to_string(),
        _ => return None,
    })
}
