//! Which stretches of a text are masked: a rule for each way in which a secret may be written, be it in one run, spread
//! over several pieces, in small groups or as numbers.

use std::ops::Range;

use crate::runtime::secret::masking::letters::{case, is_gibberish};
use crate::runtime::secret::masking::piece::{Gap, Kind, Piece, pieces};
use crate::runtime::secret::masking::sign::ordinary;

/// So many characters that look like a secret are one. With fewer nobody can do anything.
const LONG: usize = 12;
/// So many where some of them are odd.
const LONG_ODD: usize = 10;
/// So many odd ones without a sign between them.
const LONG_PIECE: usize = 8;
/// Words that are joined have so many letters each, unless all of them are in the same case.
const SHORT_WORD: usize = 3;
/// So many where letters and digits alternate.
const LONG_MIXTURE: usize = 6;
/// So many digits are the number of somebody or something, and not an amount or a limit.
const LONG_NUMBER: usize = 6;
/// So many with units between them are more than a date and a time.
const LONG_DATE: usize = 15;
/// So many pieces of one or two characters, one after the other, are something that was taken apart.
const SMALL_PIECES: usize = 6;

/// Dates, times and amounts that hold many digits, with `9` for each.
pub(super) const QUANTITIES: [&str; 48] = [
    "9999-99-99",
    "9999/99/99",
    "9999.99.99",
    "99.99.9999",
    "99.9.9999",
    "9.99.9999",
    "9.9.9999",
    "99/99/9999",
    "99/9/9999",
    "9/99/9999",
    "9/9/9999",
    "99-99-9999",
    "9:99",
    "99:99",
    "99:99:99",
    "99:99:99.999",
    "9h",
    "99h",
    "9h99",
    "99h99",
    "9am",
    "9pm",
    "99am",
    "99pm",
    "9:99am",
    "9:99pm",
    "99:99am",
    "99:99pm",
    "9999-99-99T99:99Z",
    "9999-99-99T99:99:99",
    "9999-99-99T99:99:99Z",
    "9999-99-99T99:99:99.999Z",
    "9999-99-99T99:99:99+99:99",
    "9999-99-99T99:99:99+9999",
    "999,999",
    "999.999",
    "9,999.99",
    "9.999,99",
    "99,999.99",
    "99.999,99",
    "999,999.99",
    "999.999,99",
    "999,99",
    "999.99",
    "9999.99",
    "9999,99",
    "9.999.999,99",
    "9,999,999.99",
];

/// Times and days that ranges are written with, as in `9:00-18:30`.
const RANGES: [&str; 13] = [
    "9",
    "99",
    "9am",
    "99am",
    "9pm",
    "99pm",
    "9:99",
    "99:99",
    "9.99",
    "99.99",
    "9h99",
    "99h99",
    "99.99.9999",
];

/// The ranges of bytes of a text that are masked; they may overlap.
pub(super) fn masked_ranges(text: &str) -> Vec<Range<usize>> {
    let mut pieces = pieces(text);
    let mut masked = addresses(text, &pieces);
    for run in pieces.chunk_by_mut(|_, next| next.gap == Gap::Joined) {
        if is_quantity(text, run) {
            run.iter_mut().for_each(|piece| piece.kind = Kind::Quantity);
        } else if is_secret(text, run) {
            masked.push(bounds(run));
        }
    }
    masked.extend(numbers(&pieces));
    masked.extend(small_pieces(&pieces));
    masked.extend(spread(&pieces));
    masked
}

/// URLs, up to where they can't but end, and e-mail addresses.
fn addresses(text: &str, pieces: &[Piece]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (run, next) in pieces.iter().zip(pieces.iter().skip(1)) {
        let between = text.get(run.range.end..next.range.start);
        let between: String = between
            .into_iter()
            .flat_map(str::chars)
            .map(ordinary)
            .filter(|sign| *sign != '\\')
            .collect();
        let rest = text.get(next.range.end..).unwrap_or_default();
        let is_end = |sign: char| sign.is_whitespace() || "\"<>".contains(sign);
        let end = rest.find(is_end).unwrap_or(rest.len());
        let is_www = run.signs.iter().all(|sign| matches!(sign, 'w' | 'W')) && run.signs.len() == 3;
        if between.contains("://") || is_www && between == "." {
            found.push(run.range.start..next.range.end + end);
        }
    }
    found
}

fn bounds(pieces: &[Piece]) -> Range<usize> {
    match pieces {
        [first, .., last] => first.range.start..last.range.end,
        [only] => only.range.clone(),
        [] => 0..0,
    }
}

/// How a run is written, each full-width character as the ordinary one.
fn written(text: &str, run: &[Piece]) -> String {
    let text = text.get(bounds(run)).unwrap_or_default();
    text.chars().map(ordinary).collect()
}

fn is_quantity(text: &str, run: &[Piece]) -> bool {
    let is_digit = |sign: char| sign.is_ascii_digit();
    let shape = written(text, run).replace(is_digit, "9");
    let is_range = |(from, to): (&str, &str)| RANGES.contains(&from) && RANGES.contains(&to);
    QUANTITIES.contains(&&*shape) || shape.split_once(['-', '~']).is_some_and(is_range)
}

/// Whether a run looks like an identifier, a key, a token or encoded data.
fn is_secret(text: &str, run: &[Piece]) -> bool {
    let written = written(text, run);
    if written.contains('@') {
        return true;
    }
    let length = written.chars().count();
    if run
        .iter()
        .all(|piece| matches!(piece.kind, Kind::Word | Kind::Rare))
    {
        let letters: Vec<char> = run.iter().flat_map(|piece| &piece.signs).copied().collect();
        let has_one_case = run
            .windows(2)
            .all(|pieces| matches!(pieces, [one, next] if case(&one.signs) == case(&next.signs)));
        let are_short = letters.len() < SHORT_WORD * run.len();
        return letters.len() >= LONG && is_gibberish(&letters)
            || length >= LONG_ODD && are_short && !has_one_case;
    }
    if is_compound(run) {
        return false;
    }
    let mut odd = run.iter().filter(|piece| piece.kind == Kind::Odd);
    length >= LONG || odd.any(|piece| length >= LONG_ODD || is_long(&piece.signs))
}

/// Whether long words follow a small number, as in `2-Faktor-Verfahren`, `3-D-Secure` and `24h-Hotline`.
fn is_compound(run: &[Piece]) -> bool {
    let [first, words @ ..] = run else {
        return false;
    };
    let is_small = first.signs.len() <= 3 && first.signs.iter().any(char::is_ascii_digit);
    let is_word = |piece: &Piece| piece.kind == Kind::Word;
    let longest = words.iter().map(|word| word.signs.len()).max();
    is_small && words.iter().all(is_word) && longest.is_some_and(|longest| longest >= LONG_MIXTURE)
}

/// Whether letters and digits without a sign between them are many, or alternate as in no word.
fn is_long(signs: &[char]) -> bool {
    let digits = signs.chunk_by(|one, next| one.is_numeric() == next.is_numeric());
    signs.len() >= LONG_PIECE || signs.len() >= LONG_MIXTURE && digits.count() > 2
}

/// Long numbers, also in groups; in lists and ranges of numbers more digits are nothing special.
fn numbers(pieces: &[Piece]) -> Vec<Range<usize>> {
    let is_number = |piece: &Piece| piece.kind == Kind::Number;
    let digits = |numbers: &[Piece]| -> usize {
        let numbers = numbers.iter().filter(|piece| is_number(piece));
        numbers.map(|piece| piece.signs.len()).sum()
    };
    let groups = pieces.chunk_by(|one, next| {
        is_number(one) && is_number(next) && matches!(next.gap, Gap::Joined | Gap::Tight)
    });
    let lists =
        pieces.chunk_by(|one, next| is_number(one) && is_number(next) && next.gap != Gap::Words);
    let groups = groups.filter(|group| digits(group) >= LONG_NUMBER);
    let has_units = |list: &[Piece]| list.iter().skip(1).any(|piece| piece.gap == Gap::Unit);
    let lists = lists.filter(|list| digits(list) >= if has_units(list) { LONG_DATE } else { LONG });
    groups.chain(lists).map(bounds).collect()
}

/// What was taken apart into single characters or pairs of them.
fn small_pieces(pieces: &[Piece]) -> Vec<Range<usize>> {
    let is_small = |piece: &Piece| piece.kind != Kind::Quantity && piece.signs.len() <= 2;
    pieces
        .chunk_by(|one, next| is_small(one) && is_small(next) && next.gap != Gap::Words)
        .filter(|small| small.len() >= SMALL_PIECES)
        .filter(|small| small.iter().any(|piece| piece.kind != Kind::Number))
        .map(bounds)
        .collect()
}

/// What is spread over several pieces, hardly any of which are words.
fn spread(pieces: &[Piece]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let stretches = pieces.chunk_by(|one, next| {
        one.kind != Kind::Quantity && next.kind != Kind::Quantity && next.gap != Gap::Words
    });
    for stretch in stretches {
        for start in 0..stretch.len() {
            let mut window = Window::default();
            for piece in stretch.iter().skip(start) {
                window.add(piece);
                if window.is_secret() {
                    found.push(window.range.clone());
                }
            }
        }
    }
    found
}

/// Pieces one after the other.
#[derive(Default)]
struct Window {
    /// From the first piece that is no word of a sentence to the last.
    range: Range<usize>,
    length: usize,
    odd: usize,
    rare: usize,
    words: usize,
}

impl Window {
    fn add(&mut self, piece: &Piece) {
        self.length += piece.signs.len();
        if piece.gap == Gap::Joined {
            self.length += 1;
        }
        match piece.kind {
            Kind::Odd => self.odd += 1,
            Kind::Rare => self.rare += 1,
            Kind::Word if !is_abbreviation(piece) => self.words += 1,
            Kind::Word | Kind::Number | Kind::Quantity => {}
        }
        if piece.kind != Kind::Word || is_abbreviation(piece) {
            if self.range.is_empty() {
                self.range = piece.range.clone();
            }
            self.range.end = piece.range.end;
        }
    }

    fn is_secret(&self) -> bool {
        let is_long = if self.words == 0 {
            self.length >= LONG_ODD
        } else {
            self.length >= LONG && self.odd + self.rare >= self.words.max(2)
        };
        is_long && self.odd >= 1
    }
}

/// An abbreviation is no sign of a sentence, nor of a secret.
fn is_abbreviation(piece: &Piece) -> bool {
    piece.signs.iter().all(|sign| sign.is_uppercase())
}
