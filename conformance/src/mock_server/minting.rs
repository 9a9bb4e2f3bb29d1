//! New secrets of the same shape as the documented ones.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::chance::Chance;
use openapi::secret::SecretKind;

/// A text of this many hexadecimal digits or more is a number in that notation, and not a word.
const HEX_LENGTH: usize = 16;

/// A sequence of this many letters and digits, with at least one digit, is a secret within a URL.
const SECRET_LENGTH: usize = 16;

/// Members of a JOSE header that are random (RFC 7518); the others say how to read the rest.
const RANDOM_MEMBERS: [&str; 2] = ["iv", "tag"];

/// Another secret of the same shape.
pub(super) fn fresh(text: &str, kind: SecretKind, chance: &mut Chance) -> String {
    match kind {
        SecretKind::PaymentUrl => fresh_url(text, chance),
        SecretKind::Text if is_jose(text) => fresh_jose(text, chance),
        SecretKind::Text => fresh_text(text, chance),
    }
}

/// Letters become letters of the same case, digits become digits, and everything else stays: the dashes of a UUID,
/// its version and its variant too.
fn fresh_text(text: &str, chance: &mut Chance) -> String {
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    let signs = text.bytes().filter(u8::is_ascii_alphanumeric).count();
    let is_hex = digits == signs && digits >= HEX_LENGTH;
    let is_uuid = is_hex && text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    text.char_indices()
        .map(|(place, old)| match old {
            _ if is_uuid && matches!(place, 14 | 19) => old,
            '0'..='9' if is_hex && !is_decimal(text) => sign(b"0123456789abcdef", old, chance),
            // A number keeps its length.
            '1'..='9' => sign(b"123456789", old, chance),
            '0' => sign(b"0123456789", old, chance),
            'a'..='z' if is_hex => sign(b"0123456789abcdef", old, chance),
            'A'..='Z' if is_hex => sign(b"0123456789ABCDEF", old, chance),
            'a'..='z' => sign(b"abcdefghijklmnopqrstuvwxyz", old, chance),
            'A'..='Z' => sign(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", old, chance),
            _ => old,
        })
        .collect()
}

fn is_decimal(text: &str) -> bool {
    !text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn sign(signs: &[u8], old: char, chance: &mut Chance) -> char {
    chance.one_of(signs).map_or(old, |new| char::from(*new))
}

/// A JWT or JWE, or the first part of one: parts of base64, of which the first contains JSON.
fn is_jose(text: &str) -> bool {
    let first = text.split('.').next().unwrap_or_default();
    json_of(first).is_some()
}

fn json_of(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    value.is_object().then_some(value)
}

/// A part that contains JSON keeps its bytes, except its random members; any other part gets new bytes.
fn fresh_jose(text: &str, chance: &mut Chance) -> String {
    let parts: Vec<String> = text
        .split('.')
        .map(|part| {
            let Ok(mut bytes) = URL_SAFE_NO_PAD.decode(part) else {
                return fresh_text(part, chance);
            };
            match (json_of(part), std::str::from_utf8(&bytes)) {
                (Some(value), Ok(json)) => {
                    let mut json = json.to_owned();
                    for name in RANDOM_MEMBERS {
                        if let Some(old) = value[name].as_str().filter(|old| !old.is_empty()) {
                            json = json.replace(old, &fresh_base64(old, chance));
                        }
                    }
                    URL_SAFE_NO_PAD.encode(json)
                }
                _ => {
                    chance.fill(&mut bytes);
                    URL_SAFE_NO_PAD.encode(bytes)
                }
            }
        })
        .collect();
    let new = parts.join(".");
    // A header without random members is not a secret by itself; another one of its length is used.
    if new == text {
        return fresh_text(text, chance);
    }
    new
}

fn fresh_base64(old: &str, chance: &mut Chance) -> String {
    match URL_SAFE_NO_PAD.decode(old) {
        Ok(mut bytes) => {
            chance.fill(&mut bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        }
        Err(_) => fresh_text(old, chance),
    }
}

/// New values for what looks like a secret in the query; the rest stays byte for byte.
fn fresh_url(url: &str, chance: &mut Chance) -> String {
    let Some((page, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let parameters: Vec<String> = query
        .split('&')
        .map(|parameter| fresh_parameter(parameter, chance))
        .collect();
    format!("{page}?{}", parameters.join("&"))
}

fn fresh_parameter(parameter: &str, chance: &mut Chance) -> String {
    let Some((name, value)) = parameter.split_once('=') else {
        return parameter.to_owned();
    };
    // Of a URL within the URL, only the query is secret.
    if value.contains("://") {
        return format!("{name}={}", fresh_url(value, chance));
    }
    let is_secret = value.len() >= SECRET_LENGTH
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte));
    let value = if is_secret {
        fresh(value, SecretKind::Text, chance)
    } else {
        value.to_owned()
    };
    format!("{name}={value}")
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::Value;

    use super::fresh;
    use crate::mock_server::chance::{Chance, Purpose};
    use openapi::secret::SecretKind;

    fn two(text: &str, kind: SecretKind) -> [String; 2] {
        [0, 1].map(|number| {
            let mut chance = Chance::of(7, number, Purpose::Minting);
            let new = fresh(text, kind, &mut chance);
            let mut again = Chance::of(7, number, Purpose::Minting);
            assert_eq!(new, fresh(text, kind, &mut again));
            new
        })
    }

    #[test]
    fn a_fresh_text_has_the_shape_of_the_old_one() {
        let shape = |text: &str| -> String {
            text.chars()
                .map(|character| match character {
                    '0'..='9' | 'a'..='f' => 'h',
                    'g'..='z' => 'a',
                    'A'..='Z' => 'A',
                    other => other,
                })
                .collect()
        };
        for old in [
            "e4c70c07-d015-4fad-8e79-a71cf23ed179",
            "b1946ac92492d2347c6235b4d2611184",
            "309200223163384375330000281485",
        ] {
            let [one, other] = two(old, SecretKind::Text);
            for new in [&one, &other] {
                assert_eq!(shape(new), shape(old), "{new}");
                assert_ne!(new, old);
            }
            assert_ne!(one, other);
        }
        let [uuid, _] = two("e4c70c07-d015-4fad-8e79-a71cf23ed179", SecretKind::Text);
        assert_eq!((&uuid[14..15], &uuid[19..20]), ("4", "8"));
        let [number, _] = two("309200223163384375330000281485", SecretKind::Text);
        assert!(number.bytes().all(|byte| byte.is_ascii_digit()), "{number}");
        let [mixed, _] = two("whsec_0f3aGh", SecretKind::Text);
        let kept = [&mixed[5..6], &mixed[..0]];
        assert_eq!((mixed.len(), kept[0]), (12, "_"), "{mixed}");
        assert_eq!(two("", SecretKind::Text), ["", ""]);
    }

    #[test]
    fn the_header_of_a_jwe_stays_one() {
        let header = r#"{"alg":"A256GCMKW","enc":"A256CBC-HS512","iv":"VNyT8sPt3HIfuC59","tag":"kz2PuV3hProBnqCE5slwAg","zip":"DEF"}"#;
        let header = URL_SAFE_NO_PAD.encode(header);
        let key = URL_SAFE_NO_PAD.encode([7; 32]);
        for old in [header.clone(), format!("{header}.{key}.{key}.{key}.{key}")] {
            let [one, other] = two(&old, SecretKind::Text);
            assert_ne!(one, other);
            for new in [&one, &other] {
                let lengths = |text: &str| text.split('.').map(str::len).collect::<Vec<_>>();
                assert_eq!(lengths(new), lengths(&old));
                let parts: Vec<Vec<u8>> = new
                    .split('.')
                    .map(|part| URL_SAFE_NO_PAD.decode(part).unwrap())
                    .collect();
                let read: Value = serde_json::from_slice(&parts[0]).unwrap();
                assert_eq!(read["alg"], "A256GCMKW");
                assert_eq!(read["enc"], "A256CBC-HS512");
                assert_ne!(read["iv"], "VNyT8sPt3HIfuC59");
                assert_ne!(read["tag"], "kz2PuV3hProBnqCE5slwAg");
                for part in &parts[1..] {
                    assert_ne!(*part, [7; 32]);
                }
            }
        }
    }

    #[test]
    fn of_a_payment_url_only_secrets_in_its_query_change() {
        let old = "https://pay.example/api/init-0123456789abcdef?id=001&template=card&isPayment=\
                   &successUrl=https://pay.example/success-0123456789abcdef?mt_application_id=683\
                   &session=309200223163384375330000281485&flag\
                   &frame=https://u48.example/get?a=0369D05Bf1e9b6fe33a8&mode=very-long-word-without-numbers";
        let [one, other] = two(old, SecretKind::PaymentUrl);
        assert_ne!(one, other);
        for new in [one, other] {
            assert_eq!(new.len(), old.len());
            let parameters = |url: &str| url.split('&').map(str::to_owned).collect::<Vec<_>>();
            let changed: Vec<String> = parameters(old)
                .into_iter()
                .zip(parameters(&new))
                .filter(|(old, new)| old != new)
                .map(|(_, new)| new)
                .collect();
            let [session, frame] = &changed[..] else {
                panic!("{changed:?}");
            };
            assert!(session.starts_with("session="), "{session}");
            assert!(
                frame.starts_with("frame=https://u48.example/get?a="),
                "{frame}"
            );
        }
        let plain = "https://pay.example/init-0123456789abcdef";
        assert_eq!(two(plain, SecretKind::PaymentUrl), [plain, plain]);
    }
}
