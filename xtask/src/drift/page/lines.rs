//! The lines of a page, and how far it was read.

use super::{Expected, PageError};

/// A line without its end.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// From 1.
    pub number: usize,
    pub text: &'a str,
}

impl<'a> Line<'a> {
    pub fn unexpected(&self, expected: Expected) -> PageError {
        PageError::Unexpected {
            line: self.number,
            expected,
            found: shortened(self.text),
        }
    }

    pub fn repeated(&self, what: &'static str, name: &str) -> PageError {
        PageError::Repeated {
            line: self.number,
            what,
            name: shortened(name),
        }
    }

    /// An error about the title of a page on an operation with this method.
    pub fn without_method(&self, method: String) -> PageError {
        PageError::Method {
            line: self.number,
            found: shortened(self.text),
            method,
        }
    }

    /// The text of the line without indentation.
    pub fn words(&self) -> &'a str {
        self.text.trim_matches([' ', '·', '\u{a0}'])
    }

    pub fn indentation(&self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }

    /// The name of the entry that the line begins, if it begins one.
    pub fn entry(&self) -> Option<&'a str> {
        let name = self.words().strip_prefix('•')?;
        Some(name.trim())
    }
}

/// A message is one line. Of a long or unusual text it shows the beginning.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    let text = text.trim();
    let shown: String = text
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        shown + "…"
    } else {
        shown
    }
}

/// The text with Unix line ends and without white space at the ends of lines.
pub fn normalised(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.split('\n').map(str::trim_end).collect();
    lines.join("\n")
}

pub struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            number: 1,
        }
    }

    /// Whether only empty lines are left.
    pub fn is_at_end(&self) -> bool {
        self.rest.trim_start().is_empty()
    }

    /// The text that was not read yet.
    pub fn rest(&self) -> &'a str {
        self.rest
    }

    /// Skips the first `length` bytes of the rest.
    pub fn skip(&mut self, length: usize) {
        let (passed, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        self.number += passed.matches('\n').count();
        self.rest = rest;
    }

    fn peek(&self) -> Option<Line<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let text = self.rest.split('\n').next()?;
        let number = self.number;
        Some(Line { number, text })
    }

    fn pass(&mut self, line: Line<'_>) {
        self.skip(self.rest.len().min(line.text.len() + 1));
    }

    fn skip_empty(&mut self) {
        while let Some(line) = self.peek().filter(|line| line.text.is_empty()) {
            self.pass(line);
        }
    }

    /// The next line that is not empty, without reading it.
    pub fn peek_filled(&mut self, expected: Expected) -> Result<Line<'a>, PageError> {
        self.skip_empty();
        self.peek().ok_or(PageError::Ends { expected })
    }

    /// The next line that is not empty.
    pub fn next_filled(&mut self, expected: Expected) -> Result<Line<'a>, PageError> {
        let line = self.peek_filled(expected)?;
        self.pass(line);
        Ok(line)
    }

    /// An error about the next line that is not empty.
    pub fn unexpected_next(&mut self, expected: Expected) -> PageError {
        match self.peek_filled(expected) {
            Ok(line) => line.unexpected(expected),
            Err(error) => error,
        }
    }

    /// All lines up to the next that is not indented: those that belong to a heading.
    pub fn block(&mut self) -> Vec<Line<'a>> {
        let mut lines = Vec::new();
        while let Some(line) = self.peek() {
            if !line.text.is_empty() && line.indentation() == 0 {
                break;
            }
            self.pass(line);
            lines.push(line);
        }
        lines
    }
}
