//! Secrets that are known: found in any case, and whatever signs stand between their characters.

use std::ops::Range;

use crate::runtime::secret::masking::sign::ordinary;
use crate::runtime::secret::masking::visible;
use crate::runtime::secret::zeroizing::Zeroizing;

/// A secret of so many characters is masked; a shorter one may be a word.
const KNOWN: usize = 8;
/// So many characters of a longer one are masked if they hold a digit or letters of both cases; others may be words.
const PART: usize = 12;

/// Where a secret or a part of it stands in a text, in bytes.
pub(super) fn ranges(text: &str, secret: &[u8]) -> Vec<Range<usize>> {
    // With enough space: growing leaves a copy behind.
    let mut whole = Zeroizing::new(Vec::with_capacity(secret.len()));
    whole.extend(visible(signs(secret)).map(ordinary));
    let is_letter_or_digit = |sign: &char| sign.is_alphanumeric();
    let has_letters = whole.iter().copied().filter(is_letter_or_digit).count() >= KNOWN;
    let counts = |sign: &char| {
        if has_letters {
            is_letter_or_digit(sign)
        } else {
            *sign != ' '
        }
    };
    whole.retain(counts);
    if whole.len() < KNOWN {
        return Vec::new();
    }
    let lower: Vec<char> = whole.iter().copied().map(lower_case).collect();
    let lower = Zeroizing::new(lower);
    let mut parts: Vec<&[char]> = whole
        .windows(PART)
        .zip(lower.windows(PART))
        .filter(|(part, _)| is_no_word(part))
        .map(|(_, lower)| lower)
        .collect();
    // Most windows of a text differ from all of them in the first character, so this is faster than to hash each.
    parts.sort_unstable();

    let markup = markup(text);
    let all = search(text, &[], counts, &lower, &parts);
    if markup.is_empty() {
        return all;
    }
    [all, search(text, &markup, counts, &lower, &parts)].concat()
}

/// Where the whole secret or one of its parts stands, if these ranges are left out.
fn search(
    text: &str,
    left_out: &[Range<usize>],
    counts: impl Fn(&char) -> bool,
    whole: &[char],
    parts: &[&[char]],
) -> Vec<Range<usize>> {
    let written = text.char_indices().map(|(place, sign)| {
        let range = place..place + sign.len_utf8();
        (range, ordinary(sign))
    });
    let is_left_out = |place: usize| left_out.iter().any(|range| range.contains(&place));
    let (places, written): (Vec<Range<usize>>, Vec<char>) = written
        .filter(|(range, sign)| counts(sign) && !is_left_out(range.start))
        .map(|(range, sign)| (range, lower_case(sign)))
        .unzip();
    let found = |length: usize, is_it: &dyn Fn(&[char]) -> bool| -> Vec<Range<usize>> {
        written
            .windows(length)
            .zip(places.windows(length))
            .filter(|(part, _)| is_it(part))
            .filter_map(|(_, places)| Some(places.first()?.start..places.last()?.end))
            .collect()
    };
    let mut ranges = found(whole.len(), &|part| part == whole);
    ranges.extend(found(PART, &|part| parts.binary_search(&part).is_ok()));
    ranges
}

/// What HTML puts between characters, or in the place of a sign: `<b>` and `&amp;`.
fn markup(text: &str) -> Vec<Range<usize>> {
    let starts = text.match_indices(['<', '&']);
    let found = starts.filter_map(|(start, first)| {
        let rest = text.get(start + 1..)?;
        let length = match first {
            "<" => rest.find(['<', '>'])?,
            _ => rest.find(|sign: char| !sign.is_alphanumeric() && sign != '#')?,
        };
        let last = if first == "<" { '>' } else { ';' };
        let is_markup = length > 0 && rest.get(length..)?.starts_with(last);
        is_markup.then_some(start..start + 1 + length + 1)
    });
    found.collect()
}

/// The characters of a secret, as they would be read in a body: what is not UTF-8 is replaced.
fn signs(secret: &[u8]) -> impl Iterator<Item = char> {
    secret.utf8_chunks().flat_map(|chunk| {
        let replaced = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
        chunk.valid().chars().chain(replaced)
    })
}

fn lower_case(sign: char) -> char {
    if sign.is_ascii() {
        return sign.to_ascii_lowercase();
    }
    sign.to_lowercase().next().unwrap_or(sign)
}

fn is_no_word(part: &[char]) -> bool {
    let has = |is_it: fn(char) -> bool| part.iter().copied().any(is_it);
    has(char::is_numeric) || has(char::is_lowercase) && has(char::is_uppercase)
}
