//! Patterns of texts. The generator translates them into the steps of a small machine, so the crate needs no library
//! for regular expressions.
//!
//! The machine reads a text once and follows all possible places in the pattern at the same time. Its time depends on
//! the length of the text only, whatever the pattern.

/// A pattern as the specification writes it, and its steps.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) source: &'static str,
    pub(crate) steps: &'static [Step],
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// A character within one of these ranges, then the next step.
    Any(&'static [(char, char)]),
    /// Both of these steps.
    Fork(usize, usize),
    Jump(usize),
    /// Only at the start of the text.
    Start,
    /// Only at the end of the text.
    End,
    /// Only at the start or end of a word, or only elsewhere.
    Boundary(bool),
    Match,
}

/// The position of the machine in a text.
struct Place {
    before: Option<char>,
    after: Option<char>,
}

impl Pattern {
    /// Whether some part of the text matches the pattern.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let mut current = Vec::with_capacity(self.steps.len());
        let mut next = Vec::with_capacity(self.steps.len());
        let mut seen = vec![usize::MAX; self.steps.len()];
        let mut before = None;
        let ends = text.chars().map(Some).chain([None]);
        for (turn, after) in ends.enumerate() {
            let place = Place { before, after };
            let begun = std::mem::take(&mut current);
            // A match may begin anywhere.
            for step in begun.into_iter().chain([0]) {
                if self.follow(step, &place, turn, &mut seen, &mut next) {
                    return true;
                }
            }
            let Some(char) = after else { break };
            let advanced = next.drain(..).filter(|step| match self.steps.get(*step) {
                Some(Step::Any(ranges)) => ranges
                    .iter()
                    .any(|(first, last)| (first..=last).contains(&&char)),
                _ => false,
            });
            current.extend(advanced.map(|step| step + 1));
            before = Some(char);
        }
        false
    }

    /// Adds the steps that wait for a character. Returns whether one of them is the last.
    fn follow(
        &self,
        from: usize,
        place: &Place,
        turn: usize,
        seen: &mut [usize],
        waiting: &mut Vec<usize>,
    ) -> bool {
        let mut open = vec![from];
        while let Some(index) = open.pop() {
            let (Some(step), Some(last)) = (self.steps.get(index), seen.get_mut(index)) else {
                continue;
            };
            if std::mem::replace(last, turn) == turn {
                continue;
            }
            let goes_on = match *step {
                Step::Match => return true,
                Step::Any(_) => {
                    waiting.push(index);
                    false
                }
                Step::Fork(one, other) => {
                    open.extend([one, other]);
                    false
                }
                Step::Jump(target) => {
                    open.push(target);
                    false
                }
                Step::Start => place.before.is_none(),
                Step::End => place.after.is_none(),
                Step::Boundary(is_one) => place.is_boundary() == is_one,
            };
            if goes_on {
                open.push(index + 1);
            }
        }
        false
    }
}

impl Place {
    fn is_boundary(&self) -> bool {
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        is_word(self.before) != is_word(self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::Step::{Any, Boundary, End, Fork, Jump, Match, Start};
    use super::{Pattern, Step};

    fn matches(steps: &'static [Step], text: &str) -> bool {
        Pattern { source: "", steps }.matches(text)
    }

    #[test]
    fn a_text_is_what_the_steps_describe_or_is_not() {
        // ^a+$
        let whole: &[Step] = &[Start, Any(&[('a', 'a')]), Fork(1, 3), End, Match];
        for (text, expected) in [
            ("a", true),
            ("aaa", true),
            ("", false),
            ("ab", false),
            ("ba", false),
        ] {
            assert_eq!(matches(whole, text), expected, "{text}");
        }
        // b|é
        let part: &[Step] = &[
            Fork(1, 3),
            Any(&[('b', 'b')]),
            Jump(4),
            Any(&[('à', 'ö')]),
            Match,
        ];
        for (text, expected) in [("abc", true), ("aéa", true), ("", false), ("aa", false)] {
            assert_eq!(matches(part, text), expected, "{text}");
        }
        let word: &[Step] = &[Boundary(true), Any(&[('a', 'z')]), Boundary(false), Match];
        for (text, expected) in [("ab", true), ("a", false), ("- a", false), ("-ab", true)] {
            assert_eq!(matches(word, text), expected, "{text}");
        }
    }

    #[test]
    fn a_pattern_that_others_backtrack_in_takes_no_longer_than_the_text() {
        // ^(a*)*b$
        let steps: &[Step] = &[
            Start,
            Fork(2, 6),
            Fork(3, 5),
            Any(&[('a', 'a')]),
            Jump(2),
            Jump(1),
            Any(&[('b', 'b')]),
            End,
            Match,
        ];
        let text = "a".repeat(100_000);
        assert!(!matches(steps, &text));
        assert!(matches(steps, &(text + "b")));
    }
}
