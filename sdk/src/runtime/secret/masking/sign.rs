//! What a character is to the masking.

/// What a character is, once a full-width one is taken for the ordinary one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Letter(Script),
    Digit,
    /// Part of the letter before it.
    Mark,
    Space,
    Apostrophe,
    /// Joins words and numbers to longer ones, as in `first_name`, `10:30` and `a%2Fb`.
    Joiner,
    /// A letter of a script that puts no spaces between words.
    Unspaced,
    /// One of these that follows a number, as in `11月27日`: a year, a month, a day, an hour, a currency.
    Unit,
    Other,
}

/// The script of a letter, as far as it is told from others: a word is of one script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Greek,
    Cyrillic,
    /// One of those that look like none of the above.
    Other,
    /// A letter that no ordinary text is written with, such as a mathematical one, or a letter or digit in a circle.
    Strange,
}

/// The ordinary character that a full-width or otherwise special one stands for.
pub(super) fn ordinary(sign: char) -> char {
    match sign {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(sign) - 0xff01 + u32::from('!')).unwrap_or(sign)
        }
        '\u{2010}' | '\u{2011}' => '-',
        '\u{301c}' => '~',
        '\u{fe6b}' => '@',
        _ => sign,
    }
}

impl Sign {
    /// Of a character that is [ordinary].
    pub(super) fn of(sign: char) -> Self {
        match sign {
            'a'..='z' | 'A'..='Z' => Self::Letter(Script::Latin),
            '0'..='9' => Self::Digit,
            '\'' | '\u{2019}' => Self::Apostrophe,
            '"' | '(' | ')' | '<' | '>' | '[' | ']' | '{' | '}' | '`' => Self::Other,
            '!'..='~' => Self::Joiner,
            // In ordinary text they stand after a number or a word.
            '\u{aa}' | '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{ba}' | '\u{bc}'..='\u{be}' => {
                Self::Other
            }
            _ if sign.is_whitespace() => Self::Space,
            _ if is_mark(sign) => Self::Mark,
            '年' | '月' | '日' | '号' | '時' | '时' | '点' | '分' | '秒' | '円' | '元' | '월'
            | '년' | '일' | '시' | '분' | '원' => Self::Unit,
            _ if is_unspaced(sign) => Self::Unspaced,
            _ if is_disguise(sign) => Self::Letter(Script::Strange),
            _ if sign.is_alphabetic() => Self::Letter(script(sign)),
            _ if sign.is_numeric() => Self::Digit,
            _ => Self::Other,
        }
    }

    /// Whether no ordinary text is written with it.
    pub(super) fn is_strange(self) -> bool {
        self == Self::Letter(Script::Strange)
    }
}

fn script(letter: char) -> Script {
    match letter {
        '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
        '\u{400}'..='\u{52f}' => Script::Cyrillic,
        '\u{530}'..='\u{1cff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' => Script::Other,
        _ => Script::Strange,
    }
}

/// Accents and the like that are characters of their own.
fn is_mark(sign: char) -> bool {
    matches!(
        sign,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{489}'
            | '\u{591}'..='\u{5c7}'
            | '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Thai and Lao, Burmese, Khmer, Korean, Japanese and Chinese. Korean has spaces, but joins its endings to foreign words.
fn is_unspaced(sign: char) -> bool {
    matches!(
        sign,
        '\u{e00}'..='\u{eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1100}'..='\u{11ff}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3040}'..='\u{318f}'
            | '\u{31f0}'..='\u{31ff}'
            | '\u{3400}'..='\u{9fff}'
            | '\u{a960}'..='\u{a97f}'
            | '\u{ac00}'..='\u{d7ff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{ff66}'..='\u{ffdc}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

/// Letters and digits in circles, in braces and as flags, and Braille.
fn is_disguise(sign: char) -> bool {
    matches!(
        sign,
        '\u{2460}'..='\u{24ff}'
            | '\u{2776}'..='\u{2793}'
            | '\u{2800}'..='\u{28ff}'
            | '\u{3251}'..='\u{325f}'
            | '\u{32b1}'..='\u{32bf}'
            | '\u{1f100}'..='\u{1f1ff}'
    )
}

/// Characters that turn the direction of what follows, or part a word, without being seen.
pub(crate) fn is_invisible(sign: char) -> bool {
    matches!(
        sign,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}
