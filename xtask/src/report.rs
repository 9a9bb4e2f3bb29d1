//! How the commands that check something say what they found: one line for each entry, or JSON.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write};
use std::process::Command;

use clap::ValueEnum;
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines: one object.
    Json,
}

/// How bad an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Calm,
    Caution,
    Alarm,
}

/// One thing that a command found.
pub trait Entry: Display {
    /// The word that stands before it.
    fn mark(&self) -> (Tone, &'static str);
    fn json(&self) -> Value;
}

/// What a command found, and what else is worth saying.
pub struct Report<'a, E> {
    /// Name of the list in JSON.
    pub list: &'static str,
    pub entries: &'a [E],
    /// Sentences that are no entries, such as what was not checked.
    pub notes: &'a [String],
    /// Further members of the JSON object.
    pub members: Vec<(&'static str, Value)>,
}

/// Writes a text as it is. A reader that closes the pipe early has seen enough.
pub fn print(text: &[u8]) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text).and_then(|()| out.flush());
}

/// Lets cargo show its progress to somebody who looks at a terminal, and say nothing but warnings and errors
/// where its output is kept.
pub fn quiet_unless_watched(command: &mut Command) {
    if !io::stderr().is_terminal() {
        command.env("CARGO_TERM_QUIET", "true");
    }
}

impl<E: Entry> Report<'_, E> {
    pub fn print(&self, format: Format) {
        let mut out = io::stdout().lock();
        let colour =
            out.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
        // A reader that closes the pipe early has seen enough.
        let _ = self.write(&mut out, format, colour);
    }

    fn write(&self, out: &mut dyn Write, format: Format, colour: bool) -> io::Result<()> {
        if format == Format::Json {
            return writeln!(out, "{:#}", self.json());
        }
        for entry in self.entries {
            let (tone, mark) = entry.mark();
            let (start, end) = if colour { tone.escape() } else { ("", "") };
            writeln!(out, "{start}{mark}{end}: {entry}")?;
        }
        for note in self.notes {
            writeln!(out, "note: {note}")?;
        }
        Ok(())
    }

    fn json(&self) -> Value {
        let entries: Vec<Value> = self.entries.iter().map(Entry::json).collect();
        let mut object = json!({ self.list: entries, "notes": self.notes });
        for (name, value) in &self.members {
            object[*name] = value.clone();
        }
        object
    }
}

impl Tone {
    fn escape(self) -> (&'static str, &'static str) {
        match self {
            Self::Calm => ("", ""),
            Self::Caution => ("\x1b[33m", "\x1b[0m"),
            Self::Alarm => ("\x1b[31m", "\x1b[0m"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Word(&'static str);

    impl Display for Word {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Entry for Word {
        fn mark(&self) -> (Tone, &'static str) {
            (Tone::Alarm, "error")
        }

        fn json(&self) -> Value {
            self.0.into()
        }
    }

    fn written(format: Format, colour: bool) -> String {
        let report = Report {
            list: "words",
            entries: &[Word("one")],
            notes: &["two".to_owned()],
            members: vec![("count", 1.into())],
        };
        let mut out = Vec::new();
        report.write(&mut out, format, colour).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_is_plain_unless_colour_is_asked_for() {
        assert_eq!(written(Format::Text, false), "error: one\nnote: two\n");
        assert_eq!(
            written(Format::Text, true),
            "\x1b[31merror\x1b[0m: one\nnote: two\n"
        );
    }

    #[test]
    fn json_is_one_object_without_colour() {
        let json: Value = serde_json::from_str(&written(Format::Json, true)).unwrap();
        assert_eq!(
            json,
            json!({"words": ["one"], "notes": ["two"], "count": 1})
        );
    }
}
