//! What must hold for the masking of any text whatsoever.

use par_ordering::conformance::mask;
use sha2::{Digest as _, Sha256};

/// Characters that are shown of a text, and the ellipsis.
const SHOWN: usize = 301;
/// So many characters of a secret, one after the other, are never shown.
const REVEALING: usize = 12;
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Masks `text`, by itself and with a secret at a place in it, and checks what must hold whatever it is: the result is short,
/// stays as it is when it is masked again, and shows the secret neither by its shape nor as one that is known. The place
/// and the secret follow from the text.
///
/// # Errors
///
/// Says what does not hold, and for which text.
pub fn check(text: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(text);
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let secret: String = digest
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]))
        .collect();
    let places = text.chars().count() + 1;
    let (before, after) = split(&text, usize::from(digest[0]) % places);
    let written = format!("{before}{secret}{after}");
    // A known secret may be made of words: it is cut out although nothing of its shape says so.
    let (start, _) = split(&text, usize::from(digest[1]) % 24);
    for (text, known, hidden) in [
        (&*text, None, None),
        (&*written, None, Some(&*secret)),
        (&*text, Some(start), None),
    ] {
        let shown = mask(text, known);
        let problem = if shown.chars().count() > SHOWN {
            "too much is shown"
        } else if shown.chars().any(char::is_control) {
            "a control character is shown"
        } else if mask(&shown, known) != shown {
            "masked again it is another text"
        } else if hidden.is_some_and(|secret| reveals(&shown, secret)) {
            "a secret is shown"
        } else if known.is_some_and(|known| is_long(known) && shown.contains(known)) {
            "a known secret is shown"
        } else {
            continue;
        };
        return Err(format!("{problem}: {shown:?} of {text:?} and {known:?}"));
    }
    Ok(())
}

fn split(text: &str, characters: usize) -> (&str, &str) {
    let end = text.char_indices().nth(characters);
    text.split_at(end.map_or(text.len(), |(index, _)| index))
}

fn reveals(shown: &str, secret: &str) -> bool {
    let parts = secret.as_bytes().windows(REVEALING);
    parts.into_iter().any(|part| {
        shown
            .as_bytes()
            .windows(REVEALING)
            .any(|other| other == part)
    })
}

/// Whether a known secret is long enough not to be an ordinary word.
fn is_long(secret: &str) -> bool {
    secret.chars().filter(char::is_ascii_alphanumeric).count() >= 8
}
