//! A text in pieces: words, numbers and what is neither.

use std::ops::Range;

use crate::runtime::secret::masking::letters::{has_regular_case, is_gibberish};
use crate::runtime::secret::masking::sign::{Sign, ordinary};

/// A run of letters and digits.
pub(super) struct Piece {
    /// Where it stands, in bytes.
    pub(super) range: Range<usize>,
    /// Its letters and digits, without accents that are characters of their own.
    pub(super) signs: Vec<char>,
    pub(super) kind: Kind,
    /// What stands between the piece before it and this one.
    pub(super) gap: Gap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    /// A part of a date, a time or an amount.
    Quantity,
    /// Letters that hardly go together: an abbreviation, a word of another language, or no word.
    Rare,
    /// Letters and digits in one, letters in mixed case or of several scripts.
    Odd,
}

/// What stands between two pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Signs that join them, and nothing else.
    Joined,
    /// Spaces, or signs without any.
    Tight,
    /// Signs and spaces.
    Loose,
    /// Among other signs a unit, as in a date.
    Unit,
    /// Words without spaces between them. So it is at the beginning of the text.
    Words,
}

/// So many letters of a script without spaces are words.
const UNSPACED_WORDS: usize = 3;

/// The pieces of a text, in order.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut between = Vec::new();
    for (place, sign) in text.char_indices() {
        let end = place + sign.len_utf8();
        let sign = ordinary(sign);
        let class = Sign::of(sign);
        if !matches!(class, Sign::Letter(_) | Sign::Digit) {
            between.push(class);
            continue;
        }
        match pieces.last_mut() {
            Some(piece) if is_within_a_word(piece, &between, class) => {
                piece.range.end = end;
                piece.signs.push(sign);
            }
            last => {
                let gap = last.map_or(Gap::Words, |_| Gap::of(&between));
                pieces.push(Piece {
                    range: place..end,
                    signs: vec![sign],
                    kind: Kind::Word,
                    gap,
                });
            }
        }
        between.clear();
    }
    for piece in &mut pieces {
        piece.kind = Kind::of(&piece.signs);
    }
    pieces
}

/// Whether a word goes on after these signs: after accents, and letters after an apostrophe.
fn is_within_a_word(piece: &Piece, between: &[Sign], next: Sign) -> bool {
    let is_letter = |sign: Sign| matches!(sign, Sign::Letter(_));
    let last = piece.signs.last().copied().map(Sign::of);
    match between {
        [Sign::Apostrophe] => last.is_some_and(is_letter) && is_letter(next),
        _ => between.iter().all(|sign| *sign == Sign::Mark),
    }
}

impl Gap {
    fn of(between: &[Sign]) -> Self {
        let count = |class: Sign| between.iter().filter(|sign| **sign == class).count();
        let (spaces, joiners) = (count(Sign::Space), count(Sign::Joiner));
        if count(Sign::Unspaced) >= UNSPACED_WORDS {
            Self::Words
        } else if count(Sign::Unit) > 0 {
            Self::Unit
        } else if joiners == between.len() {
            Self::Joined
        } else if spaces == 0 || spaces == between.len() {
            Self::Tight
        } else {
            Self::Loose
        }
    }
}

impl Kind {
    fn of(signs: &[char]) -> Self {
        let mut classes = signs.iter().copied().map(Sign::of);
        let first = classes.next();
        if !classes.all(|class| Some(class) == first) {
            return Self::Odd;
        }
        match first {
            Some(Sign::Digit) => Self::Number,
            Some(class) if class.is_strange() => Self::Odd,
            _ if !has_regular_case(signs) => Self::Odd,
            _ if is_gibberish(signs) => Self::Rare,
            _ => Self::Word,
        }
    }
}
