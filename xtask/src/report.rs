//! What the checks find, and how it is said: one line for each finding, or JSON.

use std::error::Error;
use std::io::{self, IsTerminal as _, Write};

use clap::ValueEnum;
use serde_json::{Value, json};

/// What a command comes to: whether there is something to be seen to, or why that could not be found out.
pub type Outcome = Result<bool, Box<dyn Error>>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines: one object.
    Json,
}

/// Something that a check found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub severity: Severity,
    /// The file with line and column, such as `api.yaml:7:3`, if that is where it was found.
    pub file: Option<String>,
    /// For people, in one line that begins with the place.
    pub text: String,
    /// The same for machines: an object.
    pub json: Value,
}

/// How bad a finding is, to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// A change that only documentation shows.
    Documentation,
    /// A change that breaks nobody.
    Compatible,
    /// Documentation or examples are poorer than they should be.
    Warning,
    /// A change that breaks whoever did what a page said before.
    Breaking,
    /// A change for code that calls the crate, or of what goes over the wire. It is one of them, or both.
    Breaks {
        callers: Option<Callers>,
        wire: bool,
    },
    /// The specification says something else than a page.
    Drift,
    /// The generator would fail, make something else of it than it says, or leak a secret.
    Error,
}

/// When code that calls the crate notices a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Callers {
    /// It compiles, but a call fails, or what comes of it is another thing.
    Run,
    /// It no longer compiles.
    Compile,
}

impl Severity {
    /// The word that stands before a finding.
    pub fn name(self) -> &'static str {
        match self {
            Self::Documentation => "documentation",
            Self::Compatible => "compatible",
            Self::Warning => "warning",
            Self::Breaking => "breaking",
            Self::Breaks { callers, wire } => match (callers, wire) {
                (Some(Callers::Compile), true) => "breaks callers (compile) and the wire",
                (Some(Callers::Compile), false) => "breaks callers (compile)",
                (Some(Callers::Run), true) => "breaks callers (run) and the wire",
                (Some(Callers::Run), false) => "breaks callers (run)",
                (None, _) => "breaks the wire",
            },
            Self::Drift => "drift",
            Self::Error => "error",
        }
    }

    /// What a terminal is told before and after the word.
    fn colour(self) -> (&'static str, &'static str) {
        match self {
            Self::Documentation | Self::Compatible => ("", ""),
            Self::Warning => ("\x1b[33m", "\x1b[0m"),
            Self::Breaking | Self::Breaks { .. } | Self::Drift | Self::Error => {
                ("\x1b[31m", "\x1b[0m")
            }
        }
    }
}

/// What a command found, and what else is worth saying.
pub struct Report<'a> {
    /// Name of the list in JSON.
    pub list: &'static str,
    pub findings: &'a [Finding],
    /// What was checked, to be said where nothing was found.
    pub checked: Option<String>,
    /// Sentences that are not findings, such as what was not checked.
    pub notes: Vec<String>,
    /// Further members of the JSON object.
    pub members: Vec<(&'static str, Value)>,
}

impl Report<'_> {
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
        for finding in self.findings {
            let Finding { severity, text, .. } = finding;
            let (start, end) = if colour { severity.colour() } else { ("", "") };
            if let Some(file) = &finding.file {
                write!(out, "{file}: ")?;
            }
            writeln!(out, "{start}{}{end}: {text}", severity.name())?;
        }
        for note in &self.notes {
            writeln!(out, "note: {note}")?;
        }
        match &self.checked {
            Some(checked) if self.findings.is_empty() => {
                writeln!(out, "checked {checked}: nothing found")
            }
            _ => Ok(()),
        }
    }

    fn json(&self) -> Value {
        let findings: Vec<&Value> = self.findings.iter().map(|finding| &finding.json).collect();
        let mut object = json!({ self.list: findings, "notes": self.notes });
        for (name, value) in &self.members {
            object[*name] = value.clone();
        }
        object
    }
}

/// Writes a text as it is. A reader that closes the pipe early has seen enough.
pub fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format, colour: bool) -> String {
        let report = Report {
            list: "words",
            findings: &[Finding {
                severity: Severity::Error,
                file: Some("api.yaml:7:3".to_owned()),
                text: "one".to_owned(),
                json: "one".into(),
            }],
            checked: Some("three".to_owned()),
            notes: vec!["two".to_owned()],
            members: vec![("count", 1.into())],
        };
        let mut out = Vec::new();
        report.write(&mut out, format, colour).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_is_plain_unless_colour_is_asked_for() {
        assert_eq!(
            written(Format::Text, false),
            "api.yaml:7:3: error: one\nnote: two\n"
        );
        assert_eq!(
            written(Format::Text, true),
            "api.yaml:7:3: \x1b[31merror\x1b[0m: one\nnote: two\n"
        );
    }

    #[test]
    fn where_nothing_is_found_that_is_said() {
        let report = Report {
            list: "words",
            findings: &[],
            checked: Some("api.yaml".to_owned()),
            notes: vec!["two".to_owned()],
            members: Vec::new(),
        };
        for (format, expected) in [
            (Format::Text, "note: two\nchecked api.yaml: nothing found\n"),
            (
                Format::Json,
                "{\n  \"notes\": [\n    \"two\"\n  ],\n  \"words\": []\n}\n",
            ),
        ] {
            let mut out = Vec::new();
            report.write(&mut out, format, false).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
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
