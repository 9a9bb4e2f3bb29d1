//! A text that matches a pattern.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};

/// A text that matches the pattern, with each repetition `stretch` times longer than necessary; another `turn` gives
/// another text. `None` if the pattern is not supported, for example a look-ahead.
pub(super) fn matching(pattern: &str, stretch: usize, turn: usize) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut text = String::new();
    let mut left = MOST;
    write(&hir, stretch, turn, &mut left, &mut text)?;
    Some(text)
}

/// The most parts of a pattern that are written: longer texts are useless.
const MOST: usize = 10_000;

fn write(
    hir: &Hir,
    stretch: usize,
    turn: usize,
    left: &mut usize,
    text: &mut String,
) -> Option<()> {
    *left = left.checked_sub(1)?;
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => text.push(sign(class, turn)?),
        HirKind::Class(Class::Bytes(class)) => text.push(sign(&class.to_unicode_class()?, turn)?),
        HirKind::Repetition(repetition) => {
            let least = usize::try_from(repetition.min).ok()?;
            let most = match repetition.max {
                Some(most) => usize::try_from(most).ok()?,
                None => usize::MAX,
            };
            for _ in 0..least.saturating_add(stretch).min(most) {
                write(&repetition.sub, stretch, turn, left, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, stretch, turn, left, text)?,
        HirKind::Concat(parts) => {
            for part in parts {
                write(part, stretch, turn, left, text)?;
            }
        }
        HirKind::Alternation(alternatives) => {
            let chosen = alternatives.get(turn % alternatives.len().max(1))?;
            write(chosen, stretch, turn, left, text)?;
        }
    }
    Some(())
}

/// A character of the class: a letter or a digit if it has one.
fn sign(class: &ClassUnicode, turn: usize) -> Option<char> {
    let is_in = |sign: &char| {
        let mut ranges = class.ranges().iter();
        ranges.any(|range| (range.start()..=range.end()).contains(sign))
    };
    let plain = ('a'..='z').chain('A'..='Z').chain('0'..='9');
    let plain: Vec<char> = plain.filter(is_in).collect();
    let visible = || ('!'..='~').find(is_in);
    let any = || class.ranges().first().map(|range| range.start());
    let in_turn = plain.get(turn % plain.len().max(1)).copied();
    in_turn.or_else(visible).or_else(any)
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[test]
    fn a_text_matches_its_pattern() {
        let cases = [
            ("^[A-Z]+$", 0, 0, Some("A")),
            ("^[A-Z]+$", 2, 1, Some("BBB")),
            (r"^\d{3}-\d{2,4}$", 0, 0, Some("000-00")),
            (r"^\d{3}-\d{2,4}$", 9, 0, Some("000-0000")),
            ("^(red|green)?$", 0, 0, Some("")),
            ("^(red|green)$", 0, 1, Some("green")),
            (r"\/v1\/\w", 0, 0, Some("/v1/a")),
            ("[^a-zA-Z0-9]", 0, 0, Some("!")),
            ("^\u{e9}[\u{430}-\u{44f}]$", 0, 0, Some("\u{e9}\u{430}")),
            ("^(?=a)b$", 0, 0, None),
            ("(", 0, 0, None),
            ("^((a{1000}){1000}){1000}$", 0, 0, None),
        ];
        for (pattern, stretch, turn, expected) in cases {
            let found = matching(pattern, stretch, turn);
            assert_eq!(found.as_deref(), expected, "{pattern}");
        }
    }
}
