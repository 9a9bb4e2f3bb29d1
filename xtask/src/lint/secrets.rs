//! Checks that whatever looks like a secret is marked as one: otherwise it would appear in logs.

use heck::ToSnakeCase as _;
use serde_json::Value;

use super::{Findings, Problem};
use openapi::composition::alternatives;
use openapi::document::{Document, reference};
use openapi::element::{self, Kind};
use openapi::extension::{RUNTIME_TYPE, SECRET};
use openapi::place::Place;
use openapi::schema::{behind, links};
use openapi::secret::is_secret;

pub fn check(document: &Document, findings: &mut Findings) {
    element::walk(document, &mut |place, kind, value| match kind {
        Kind::Schema => {
            let is_scalar = matches!(
                value["type"].as_str(),
                Some("integer" | "number" | "boolean")
            );
            if is_scalar && value["format"] == "password" && value[SECRET] != false {
                findings.add(place.clone(), Problem::SecretNotText);
            }
            for (name, property) in value["properties"].as_object().into_iter().flatten() {
                let place = place.at("properties").at(name);
                one(document, place, name, property, findings);
            }
        }
        Kind::Parameter if reference(value).is_none() => {
            let name = value["name"].as_str().unwrap_or_default();
            if value[SECRET] == false {
                return;
            }
            one(document, place.clone(), name, &value["schema"], findings);
        }
        _ => {}
    });
}

fn one(document: &Document, place: Place, name: &str, schema: &Value, findings: &mut Findings) {
    if looks_secret(name) && shows_itself(document, schema) {
        let name = name.to_owned();
        findings.add(place, Problem::NotSecret { name });
    }
}

/// The words before "token" or "key" that show that it is not a secret: tokens of pages, keys of databases, of pairs,
/// of requests.
const HARMLESS: [&str; 12] = [
    "cache",
    "continuation",
    "cursor",
    "foreign",
    "idempotency",
    "next",
    "page",
    "partition",
    "primary",
    "public",
    "sort",
    "unique",
];

/// Whether a name looks like that of a secret.
pub fn looks_secret(name: &str) -> bool {
    let name = name.to_snake_case();
    let mut words = name.rsplit('_');
    let last = words.next().unwrap_or_default();
    let before = words.next();
    let is_harmless = before.is_some_and(|before| HARMLESS.contains(&before));
    match last.strip_suffix('s').unwrap_or(last) {
        "token" => !is_harmless,
        "secret" | "password" => true,
        "key" | "authorization" => before.is_some() && !is_harmless,
        _ => false,
    }
}

/// Whether a value of this schema would be printed. A schema with properties is judged by those.
fn shows_itself(document: &Document, schema: &Value) -> bool {
    let mut links = links(document.root(), schema);
    if links.any(|schema| schema[SECRET] == false) {
        return false;
    }
    let schema = behind(document.root(), schema);
    if let Some(alternatives) = alternatives(schema) {
        return alternatives.iter().any(|one| shows_itself(document, one));
    }
    if let Some(all) = schema["allOf"].as_array() {
        return all.iter().all(|one| shows_itself(document, one));
    }
    if is_secret(schema) || schema.get(RUNTIME_TYPE).is_some() {
        return false;
    }
    match schema["type"].as_str() {
        Some("array") => scalar_items(document, &schema["items"]),
        Some("object" | "boolean") => false,
        Some(_) => true,
        None => schema.get("properties").is_none(),
    }
}

fn scalar_items(document: &Document, items: &Value) -> bool {
    let items = behind(document.root(), items);
    !is_secret(items)
        && items[SECRET] != false
        && items.get(RUNTIME_TYPE).is_none()
        && matches!(
            items["type"].as_str(),
            Some("string" | "integer" | "number")
        )
}

#[cfg(test)]
mod tests {
    use super::looks_secret;

    #[test]
    fn the_last_word_of_a_name_makes_it_look_secret() {
        for name in [
            "token",
            "access_token",
            "accessToken",
            "api_key",
            "X-Api-Key",
            "apiKeys",
            "secret",
            "client_secret",
            "password",
            "DLC-Authorization",
        ] {
            assert!(looks_secret(name), "{name}");
        }
        for name in [
            "key",
            "Authorization",
            "token_type",
            "page_token",
            "nextPageTokens",
            "Idempotency-Key",
            "public_key",
            "monkey",
            "keyboard",
            "passwords_allowed",
            "id",
            "",
        ] {
            assert!(!looks_secret(name), "{name}");
        }
    }
}
