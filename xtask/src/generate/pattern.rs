//! Translates patterns into the steps of the machine in `sdk/src/runtime/call/check/pattern.rs`.
//!
//! A specification uses the syntax of ECMAScript. Constructs that only ECMAScript has, such as a look-ahead or a back
//! reference, are not translated, and neither are patterns that would become too long.

use proc_macro2::TokenStream;
use quote::quote;
use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

/// A pattern of more steps is not checked.
const MOST_STEPS: usize = 2_000;

/// The steps of a pattern, as code; `None` if it is not translated.
pub fn steps(source: &str) -> Option<TokenStream> {
    let steps = translate(source)?;
    let steps = steps.iter().map(Step::code);
    Some(quote!(&[#(#steps),*]))
}

/// Whether a pattern is checked.
pub fn is_checked(source: &str) -> bool {
    translate(source).is_some()
}

#[derive(Debug, PartialEq)]
enum Step {
    Any(Vec<(char, char)>),
    Fork(usize, usize),
    Jump(usize),
    Start,
    End,
    Boundary(bool),
    Match,
}

impl Step {
    fn code(&self) -> TokenStream {
        match self {
            Self::Any(ranges) => {
                let (first, last): (Vec<char>, Vec<char>) = ranges.iter().copied().unzip();
                quote!(contract::Step::Any(&[#((#first, #last)),*]))
            }
            Self::Fork(one, other) => quote!(contract::Step::Fork(#one, #other)),
            Self::Jump(target) => quote!(contract::Step::Jump(#target)),
            Self::Start => quote!(contract::Step::Start),
            Self::End => quote!(contract::Step::End),
            Self::Boundary(is_one) => quote!(contract::Step::Boundary(#is_one)),
            Self::Match => quote!(contract::Step::Match),
        }
    }
}

fn translate(source: &str) -> Option<Vec<Step>> {
    let parsed = regex_syntax::parse(&of_ecmascript(source)).ok()?;
    let mut program = Program::default();
    program.add(&parsed)?;
    program.push(Step::Match)?;
    Some(program.0)
}

/// The meaning in ECMAScript, if others have another one: only ASCII digits and letters, and brackets within brackets
/// as themselves.
fn of_ecmascript(source: &str) -> String {
    let mut translated = String::new();
    let mut is_in_class = false;
    let mut characters = source.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match (characters.next(), is_in_class) {
                (Some('d'), false) => translated.push_str("[0-9]"),
                (Some('d'), true) => translated.push_str("0-9"),
                (Some('w'), false) => translated.push_str("[0-9A-Za-z_]"),
                (Some('w'), true) => translated.push_str("0-9A-Za-z_"),
                (Some('D'), false) => translated.push_str("[^0-9]"),
                (Some('W'), false) => translated.push_str("[^0-9A-Za-z_]"),
                (Some(boundary @ ('b' | 'B')), false) => {
                    translated.push_str(&format!("(?-u:\\{boundary})"));
                }
                (Some(other), _) => translated.extend(['\\', other]),
                (None, _) => translated.push('\\'),
            },
            '.' if !is_in_class => translated.push_str("[^\\n\\r\\u{2028}\\u{2029}]"),
            '[' if is_in_class => translated.push_str("\\["),
            '&' | '~' if is_in_class => translated.extend(['\\', character]),
            '[' => {
                is_in_class = true;
                translated.push('[');
            }
            ']' => {
                is_in_class = false;
                translated.push(']');
            }
            other => translated.push(other),
        }
    }
    translated
}

#[derive(Default)]
struct Program(Vec<Step>);

impl Program {
    fn push(&mut self, step: Step) -> Option<usize> {
        self.0.push(step);
        (self.0.len() <= MOST_STEPS).then(|| self.0.len() - 1)
    }

    fn add(&mut self, part: &Hir) -> Option<()> {
        match part.kind() {
            HirKind::Empty => {}
            HirKind::Literal(literal) => {
                for character in std::str::from_utf8(&literal.0).ok()?.chars() {
                    self.push(Step::Any(vec![(character, character)]))?;
                }
            }
            HirKind::Class(Class::Unicode(class)) => {
                let ranges = class.iter().map(|range| (range.start(), range.end()));
                self.push(Step::Any(ranges.collect()))?;
            }
            HirKind::Class(Class::Bytes(_)) => return None,
            HirKind::Look(look) => {
                self.push(match look {
                    Look::Start => Step::Start,
                    Look::End => Step::End,
                    Look::WordAscii => Step::Boundary(true),
                    Look::WordAsciiNegate => Step::Boundary(false),
                    _ => return None,
                })?;
            }
            HirKind::Capture(capture) => self.add(&capture.sub)?,
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.add(part))?,
            HirKind::Alternation(parts) => self.add_one_of(parts)?,
            HirKind::Repetition(repetition) => self.add_repeated(repetition)?,
        }
        Some(())
    }

    fn add_one_of(&mut self, parts: &[Hir]) -> Option<()> {
        let mut ends = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let is_last = index + 1 == parts.len();
            let fork = if is_last {
                None
            } else {
                Some(self.push(Step::Fork(0, 0))?)
            };
            self.add(part)?;
            if let Some(fork) = fork {
                ends.push(self.push(Step::Jump(0))?);
                self.0[fork] = Step::Fork(fork + 1, self.0.len());
            }
        }
        for end in ends {
            self.0[end] = Step::Jump(self.0.len());
        }
        Some(())
    }

    fn add_repeated(&mut self, repetition: &Repetition) -> Option<()> {
        for _ in 0..repetition.min {
            self.add(&repetition.sub)?;
        }
        match repetition.max {
            None => {
                let fork = self.push(Step::Fork(0, 0))?;
                self.add(&repetition.sub)?;
                self.push(Step::Jump(fork))?;
                self.0[fork] = Step::Fork(fork + 1, self.0.len());
            }
            Some(most) => {
                let mut forks = Vec::new();
                for _ in repetition.min..most {
                    forks.push(self.push(Step::Fork(0, 0))?);
                    self.add(&repetition.sub)?;
                }
                for fork in forks {
                    self.0[fork] = Step::Fork(fork + 1, self.0.len());
                }
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::Step::{Any, Boundary, End, Fork, Jump, Match, Start};
    use super::*;

    #[test]
    fn a_pattern_becomes_steps_that_mean_the_same_as_in_ecmascript() {
        let one = |character: char| Any(vec![(character, character)]);
        let cases = [
            ("^a$", vec![Start, one('a'), End, Match]),
            (
                "a|b*",
                vec![
                    Fork(1, 3),
                    one('a'),
                    Jump(6),
                    Fork(4, 6),
                    one('b'),
                    Jump(3),
                    Match,
                ],
            ),
            (
                r"\d{1,2}",
                vec![
                    Any(vec![('0', '9')]),
                    Fork(2, 3),
                    Any(vec![('0', '9')]),
                    Match,
                ],
            ),
            (
                r"[\w[&]",
                vec![
                    Any(vec![
                        ('&', '&'),
                        ('0', '9'),
                        ('A', '['),
                        ('_', '_'),
                        ('a', 'z'),
                    ]),
                    Match,
                ],
            ),
            (r"\ba\/", vec![Boundary(true), one('a'), one('/'), Match]),
        ];
        for (source, expected) in cases {
            assert_eq!(translate(source), Some(expected), "{source}");
        }
    }

    #[test]
    fn what_only_ecmascript_has_or_is_too_long_is_not_checked() {
        for source in ["(?=a)", r"(a)\1", "(", "a{5000}", "(?<!a)b"] {
            assert!(!is_checked(source), "{source}");
        }
    }
}
