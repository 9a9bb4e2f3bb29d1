//! What of a text that somebody else wrote may be shown. The decision is by shape, whoever the text is about: words pass,
//! and what looks like an identifier, a key, a token, encoded data, a URL, an e-mail address or a long number is masked.
//! Cutting out known values in known spellings would leave those that nobody thought of.
//!
//! A text is read as [pieces](piece), words and numbers as a rule, and the [rules](rule) say which stretches of them
//! are masked.

mod known;
mod letters;
mod piece;
mod rule;
pub(crate) mod sign;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;

use crate::runtime::secret::masking::sign::is_invisible;

/// Stands where something was masked.
const MASKED: &str = "[masked]";

/// How many characters of a text are shown.
const SHOWN_CHARACTERS: usize = 300;

/// What is masked can leave pieces side by side that were apart; so often is the result looked at again.
const ROUNDS: usize = 8;

/// What may be shown of a text of somebody else: one line of at most 300 characters and an ellipsis, in which nothing
/// looks like a secret and nothing is one of those that are known. The result masked again is the same.
pub(crate) fn mask(text: &str, known: &[&[u8]]) -> String {
    let mut shown = one_line(text);
    for _ in 0..ROUNDS {
        let mut ranges = rule::masked_ranges(&shown);
        ranges.extend(
            known
                .iter()
                .flat_map(|secret| known::ranges(&shown, secret)),
        );
        let masked = one_line(&without(&shown, ranges));
        if masked == shown {
            return shown;
        }
        shown = masked;
    }
    MASKED.to_owned()
}

/// What may be shown of the name of a host: each of its labels is looked at by itself. The four bytes of an address hide
/// nothing, and tell where to look.
pub(crate) fn mask_host(host: &str, known: &[&[u8]]) -> String {
    if host.parse::<Ipv4Addr>().is_ok() {
        return host.to_owned();
    }
    let labels = mask(&host.replace('.', " "), known);
    labels.replace(' ', ".")
}

/// One line of bounded length, without characters that break it, turn its direction or can't be seen.
pub(crate) fn one_line(text: &str) -> String {
    let mut visible = visible(text.chars());
    let mut line: String = visible.by_ref().take(SHOWN_CHARACTERS).collect();
    if visible.next().is_some() {
        line.push('…');
    }
    line
}

/// Those that are seen, and a space for each that breaks a line.
fn visible(signs: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let seen = signs.filter(|sign| !is_invisible(*sign));
    seen.map(|sign| match sign {
        _ if sign.is_whitespace() || sign.is_control() => ' ',
        _ => sign,
    })
}

/// The text with a placeholder for each of these ranges of bytes, which may overlap.
fn without(text: &str, mut ranges: Vec<std::ops::Range<usize>>) -> String {
    ranges.sort_by_key(|range| range.start);
    let mut kept = String::new();
    let mut end = 0;
    for range in ranges {
        if range.start > end || kept.is_empty() {
            kept.push_str(text.get(end..range.start).unwrap_or_default());
            kept.push_str(MASKED);
        }
        end = end.max(range.end);
    }
    kept.push_str(text.get(end..).unwrap_or_default());
    kept
}
