//! What of the server's own words may be shown: nothing that holds a secret, or a part of one, in any of the
//! usual ways to write it.

use std::collections::HashSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Stands where something was not shown.
pub const MASKED: &str = "[masked]";

/// As much of a secret as may be shown by chance.
const WINDOW: usize = 8;
const LONGEST_NAME: usize = 64;
const LONGEST_TEXT: usize = 200;

/// Words that are no secret even where they are a part of one.
const HARMLESS: [&str; 5] = [
    "application/json",
    "application/problem+json",
    "application/octet-stream",
    "text/html",
    "text/plain",
];

/// Knows the secrets of a call.
#[derive(Clone, Default)]
pub struct Masking {
    secret: Parts,
    /// What is no secret even where it is a part of one.
    harmless: Parts,
    /// The same in full, for short secrets to be found in.
    harmless_words: Vec<String>,
}

/// Texts in lower case, taken apart, so that a part of one is found at once.
#[derive(Clone, Default)]
struct Parts {
    windows: HashSet<[u8; WINDOW]>,
    /// Texts that are shorter than a window.
    short: Vec<String>,
}

impl Masking {
    /// Of the secrets that requests carry: a server may write what it got in many ways.
    #[must_use]
    pub fn of<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut masking = Self::default();
        for form in secrets.into_iter().flat_map(forms) {
            masking.secret.add(&form);
        }
        masking.and_harmless(HARMLESS)
    }

    /// Knows these words to be no secret, such as those of a specification.
    #[must_use]
    pub fn and_harmless<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        for word in words {
            self.harmless.add(word);
            self.harmless_words.push(word.to_lowercase());
        }
        self
    }

    /// Knows the secrets of an answer as well; of a URL, what the fields of its query say.
    #[must_use]
    pub fn and_of_answer<'a>(&self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut masking = self.clone();
        for secret in secrets {
            let values: Vec<&str> = match secret.split_once('?') {
                Some((page, query)) if page.contains("://") => query
                    .split('&')
                    .map(|field| field.split_once('=').map_or(field, |(_, value)| value))
                    .collect(),
                _ => vec![secret],
            };
            // Shorter ones are found in harmless words.
            for value in values.into_iter().filter(|value| value.len() >= WINDOW) {
                masking.secret.add(value);
            }
        }
        masking
    }

    /// A name that the server chose, such as that of a field.
    #[must_use]
    pub fn name(&self, name: &str) -> String {
        let is_name = |sign: char| sign.is_ascii_alphanumeric() || "_-.$@:".contains(sign);
        if self.reveals(name) {
            MASKED.to_owned()
        } else if name.len() > LONGEST_NAME || name.is_empty() || !name.chars().all(is_name) {
            format!("[a name of {} characters]", name.chars().count())
        } else {
            name.to_owned()
        }
    }

    /// A short text that the server chose, such as a content type.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if self.reveals(text) {
            return MASKED.to_owned();
        }
        let mut shown = String::new();
        for sign in text.chars().take(LONGEST_TEXT) {
            if sign.is_ascii_graphic() || sign == ' ' {
                shown.push(sign);
            } else {
                shown.extend(sign.escape_unicode());
            }
        }
        shown
    }

    fn reveals(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let is_harmless = |part: &str| self.harmless_words.iter().any(|word| word.contains(part));
        let mut short = self.secret.short.iter();
        short.any(|secret| text.contains(secret) && !is_harmless(secret))
            || windows(&text).any(|window| {
                self.secret.windows.contains(window) && !self.harmless.windows.contains(window)
            })
    }
}

impl Parts {
    fn add(&mut self, text: &str) {
        let text = text.to_lowercase();
        self.windows.extend(windows(&text));
        if text.len() < WINDOW {
            self.short.push(text);
        }
    }
}

fn windows(text: &str) -> impl Iterator<Item = &[u8; WINDOW]> {
    let windows = text.as_bytes().windows(WINDOW);
    windows.filter_map(|window| window.try_into().ok())
}

/// Every way in which a secret may be written, in lower case.
fn forms(secret: &str) -> Vec<String> {
    if secret.is_empty() {
        return Vec::new();
    }
    let bytes = secret.as_bytes();
    let mut hexadecimal = String::new();
    let mut percent = String::new();
    for byte in bytes {
        // Writing to a text does not fail.
        let _ = write!(hexadecimal, "{byte:02x}");
        let _ = write!(percent, "%{byte:02x}");
    }
    let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
    let mut forms = vec![
        secret.to_lowercase(),
        hexadecimal,
        percent,
        numbers.join(","),
        numbers.join(", "),
    ];
    // Within a longer text, base64 of the secret depends on where it begins.
    for start in 0..3 {
        let rest = bytes.get(start..).unwrap_or_default();
        // A last group that is not full is written otherwise where more follows.
        let full = &rest[..rest.len() / 3 * 3];
        forms.push(STANDARD.encode(full).to_lowercase());
    }
    forms.retain(|form| !form.is_empty());
    forms
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::{MASKED, Masking};

    const SECRET: &str = "canary-of-the-key-0a1b2c3d";

    #[test]
    fn a_secret_is_not_shown_in_any_form_nor_in_part() {
        let masking = Masking::of([SECRET, "short"]);
        let hexadecimal: String = SECRET.bytes().map(|byte| format!("{byte:02X}")).collect();
        let texts = [
            SECRET.to_owned(),
            format!("prefix-{SECRET}-suffix"),
            SECRET.to_uppercase(),
            SECRET[SECRET.len() - 8..].to_owned(),
            SECRET[..8].to_owned(),
            hexadecimal,
            SECRET.bytes().map(|byte| format!("%{byte:02x}")).collect(),
            format!("{:?}", SECRET.as_bytes()),
            STANDARD.encode(format!("{SECRET}..").as_bytes()),
            STANDARD.encode(format!("x{SECRET}..").as_bytes()),
            STANDARD.encode(format!("xx{SECRET}..").as_bytes()),
            "a-short-one".to_owned(),
        ];
        let mut failures = Vec::new();
        for text in texts {
            for shown in [masking.name(&text), masking.text(&text)] {
                // A name that is too long is not shown either.
                if shown != MASKED && !shown.starts_with("[a name of ") {
                    failures.push(shown);
                }
            }
        }
        assert!(failures.is_empty(), "{failures:#?}");
    }

    #[test]
    fn the_secrets_of_an_answer_are_not_shown_either() {
        let answer = [
            SECRET,
            "https://a.example/?page_of_the_shop=1&key=0a1b2c3d4e",
        ];
        let masking = Masking::default().and_of_answer(answer);
        for text in [SECRET, "0a1b2c3d4e"] {
            assert_eq!(masking.name(text), MASKED);
        }
        assert_eq!(masking.name("page_of_the_shop"), "page_of_the_shop");
    }

    #[test]
    fn a_question_mark_alone_makes_no_url_of_a_secret() {
        let masking = Masking::default().and_of_answer(["0a1b2c3d4e?rest"]);
        assert_eq!(masking.name("0a1b2c3d4e"), MASKED);
    }

    #[test]
    fn a_harmless_word_is_shown_even_if_a_secret_holds_it() {
        let masking = Masking::of(["my-application-key", "tok", "shop-payment-processor"]);
        let masking = masking.and_harmless(["payment-processor-id", "token"]);
        for text in [
            "application/json",
            "application/problem+json",
            "token",
            "stoken",
        ] {
            assert_eq!(masking.text(text), text);
        }
        assert_eq!(masking.name("payment-processors"), "payment-processors");
        for text in [
            "y-application/json",
            "application-key",
            "shop-payment",
            "op-payme",
        ] {
            assert_eq!(masking.text(text), MASKED);
        }
    }

    #[test]
    fn what_is_no_secret_is_shown_unless_it_is_no_name() {
        let masking = Masking::of([SECRET, ""]);
        for name in ["colour", "payment_processor_name", "x-qb-enabled", "canary"] {
            assert_eq!(masking.name(name), name);
            assert_eq!(masking.text(name), name);
        }
        assert_eq!(masking.name("two words"), "[a name of 9 characters]");
        assert_eq!(masking.name(""), "[a name of 0 characters]");
        assert_eq!(masking.name(&"n".repeat(65)), "[a name of 65 characters]");
        assert_eq!(masking.text("two words\u{1b}"), "two words\\u{1b}");
        assert_eq!(masking.text(&"n".repeat(900)).len(), 200);
    }
}
