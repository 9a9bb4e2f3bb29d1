//! Searches printed text for planted secrets, in any form in which they may be written.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// This many characters at the end of a secret are a leak too.
const TAIL: usize = 8;

/// Planted secrets, in lower case, each with an end that no other text has.
pub struct Canaries(Vec<Form>);

struct Form {
    canary: &'static str,
    written: String,
    is_in_any_case: bool,
}

impl Canaries {
    #[must_use]
    pub fn new(canaries: &[&'static str]) -> Self {
        Self(canaries.iter().copied().flat_map(forms).collect())
    }

    /// The canaries in a text, each with its form.
    #[must_use]
    pub fn found(&self, text: &str) -> Vec<String> {
        let lower = text.to_lowercase();
        let found = self.0.iter().filter(|form| {
            let text = if form.is_in_any_case { &lower } else { text };
            text.contains(&form.written)
        });
        found
            .map(|form| format!("{} as {}", form.canary, form.written))
            .collect()
    }
}

/// Every way to write the end of a canary; in base64 it depends on the position in a longer text.
fn forms(canary: &'static str) -> Vec<Form> {
    let tail = &canary[canary.len().saturating_sub(TAIL)..];
    let bytes = tail.as_bytes();
    let decimal: Vec<String> = bytes.iter().map(u8::to_string).collect();
    let in_any_case = [
        tail.to_owned(),
        hexadecimal(tail),
        bytes.iter().map(|byte| format!("%{byte:02x}")).collect(),
        decimal.join(", "),
    ];
    let base64 = (0..3).map(|offset| {
        let whole = &bytes[offset..offset + (bytes.len() - offset) / 3 * 3];
        (STANDARD_NO_PAD.encode(whole), false)
    });
    let in_any_case = in_any_case.into_iter().map(|written| (written, true));
    in_any_case
        .chain(base64)
        .map(|(written, is_in_any_case)| Form {
            canary,
            written,
            is_in_any_case,
        })
        .collect()
}

/// A text as the digits of its bytes.
#[must_use]
pub fn hexadecimal(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_finds_every_form_and_nothing_else() {
        const TOKEN: &str = "canary-of-the-token-0a1b2c3d4e5f";
        let texts = [
            format!("a {TOKEN} b"),
            TOKEN.to_uppercase(),
            hexadecimal(TOKEN),
            hexadecimal(TOKEN).to_uppercase(),
            TOKEN.bytes().map(|byte| format!("%{byte:02X}")).collect(),
            format!("{:?}", TOKEN.as_bytes()),
            STANDARD_NO_PAD.encode(format!("{TOKEN}..")),
            STANDARD_NO_PAD.encode(format!("x{TOKEN}..")),
            STANDARD_NO_PAD.encode(format!("xx{TOKEN}.")),
            format!("…{}", &TOKEN[20..]),
        ];
        let canaries = Canaries::new(&[TOKEN]);
        for text in texts {
            assert!(!canaries.found(&text).is_empty(), "nothing found in {text}");
        }
        assert_eq!(canaries.found("canary-of-something-else"), [""; 0]);
    }
}
