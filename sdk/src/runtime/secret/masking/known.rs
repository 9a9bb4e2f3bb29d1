//! Secrets that are known: found in any case, and whatever signs stand between their characters.

use std::collections::HashSet;
use std::ops::Range;

use crate::runtime::secret::masking::sign::ordinary;
use crate::runtime::secret::zeroizing::Zeroizing;

/// A secret of so many characters is masked; a shorter one may be a word.
const KNOWN: usize = 8;
/// So many characters of a longer one are masked if they hold a digit or letters of both cases; others may be words.
const PART: usize = 12;

/// Where a secret or a part of it stands in a text, in bytes.
pub(super) fn ranges(text: &str, secret: &[u8]) -> Vec<Range<usize>> {
    let is_letter_or_digit = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let has_letters = secret.iter().copied().filter(is_letter_or_digit).count() >= KNOWN;
    let counts = |byte: &u8| {
        if has_letters {
            is_letter_or_digit(byte)
        } else {
            !byte.is_ascii_whitespace()
        }
    };
    let secret = Zeroizing::new(secret.iter().copied().filter(counts).collect::<Vec<u8>>());
    if secret.len() < KNOWN {
        return Vec::new();
    }
    let lower = Zeroizing::new(secret.to_ascii_lowercase());
    let parts: HashSet<&[u8]> = secret
        .windows(PART)
        .zip(lower.windows(PART))
        .filter(|(part, _)| is_no_word(part))
        .map(|(_, lower)| lower)
        .collect();

    let mut places = Vec::new();
    let mut written = Vec::new();
    for (place, sign) in text.char_indices() {
        let mut buffer = [0; 4];
        for byte in ordinary(sign)
            .encode_utf8(&mut buffer)
            .bytes()
            .filter(counts)
        {
            places.push(place..place + sign.len_utf8());
            written.push(byte.to_ascii_lowercase());
        }
    }
    let found = |length: usize, is_it: &dyn Fn(&[u8]) -> bool| -> Vec<Range<usize>> {
        written
            .windows(length)
            .zip(places.windows(length))
            .filter(|(part, _)| is_it(part))
            .filter_map(|(_, places)| Some(places.first()?.start..places.last()?.end))
            .collect()
    };
    let mut ranges = found(lower.len(), &|part| *part == **lower);
    ranges.extend(found(PART, &|part| parts.contains(part)));
    ranges
}

fn is_no_word(part: &[u8]) -> bool {
    let has = |is_it: fn(&u8) -> bool| part.iter().any(is_it);
    has(u8::is_ascii_digit) || has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase)
}
