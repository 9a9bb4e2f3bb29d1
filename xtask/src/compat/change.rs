//! Describes changes, with one finding for each place in the specification.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::report::{Callers, Finding, Severity};
use openapi::place::Place;

pub const COMPILE: Severity = breaks(Some(Callers::Compile), false);
pub const RUN: Severity = breaks(Some(Callers::Run), false);
pub const WIRE: Severity = breaks(None, true);
pub const BOTH: Severity = breaks(Some(Callers::Compile), true);
pub const RUN_AND_WIRE: Severity = breaks(Some(Callers::Run), true);

const fn breaks(callers: Option<Callers>, wire: bool) -> Severity {
    Severity::Breaks { callers, wire }
}

/// Whether a rule refuses more or less than before.
pub fn narrower(is_narrower: bool) -> Severity {
    if is_narrower {
        RUN
    } else {
        Severity::Compatible
    }
}

/// Everything that changed.
#[derive(Default)]
pub struct Changes {
    at: BTreeMap<Place, Change>,
}

/// All that changed at one place.
struct Change {
    severity: Severity,
    sentences: Vec<String>,
    /// Which items of the crate are changed, gone, new, or documented in another way.
    changed: Vec<String>,
    gone: Vec<String>,
    added: Vec<String>,
    described: Vec<String>,
}

impl Changes {
    pub fn add(&mut self, place: Place, severity: Severity, sentence: String) {
        self.at(place, severity).sentences.push(sentence);
    }

    pub fn gone(&mut self, place: Place, item: String) {
        self.at(place, COMPILE).gone.push(item);
    }

    pub fn added(&mut self, place: Place, severity: Severity, item: String) {
        self.at(place, severity).added.push(item);
    }

    pub fn described(&mut self, place: Place, item: String) {
        self.at(place, Severity::Documentation).described.push(item);
    }

    pub fn changed(&mut self, place: Place, item: String, was: &str, is: &str) {
        let change = self.at(place, COMPILE);
        if change.changed.is_empty() {
            let sentence = format!("`{item}` is `{is}` now; it was `{was}`");
            change.sentences.insert(0, sentence);
        }
        change.changed.push(item);
    }

    /// Whether anything other than documentation changed there or below.
    pub fn is_changed_within(&self, place: &Place) -> bool {
        self.at.iter().any(|(at, change)| {
            at.steps().starts_with(place.steps()) && change.severity != Severity::Documentation
        })
    }

    fn at(&mut self, place: Place, severity: Severity) -> &mut Change {
        let change = self.at.entry(place).or_insert_with(|| Change {
            severity,
            sentences: Vec::new(),
            changed: Vec::new(),
            gone: Vec::new(),
            added: Vec::new(),
            described: Vec::new(),
        });
        change.severity = together(change.severity, severity);
        change
    }

    pub fn findings(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.at.into_iter().map(finding).collect();
        // What needs attention comes first.
        findings.sort_by_key(|finding| match finding.severity {
            Severity::Documentation => 2,
            Severity::Compatible => 1,
            _ => 0,
        });
        findings
    }
}

/// The sum of two changes.
fn together(one: Severity, other: Severity) -> Severity {
    use Severity::{Breaks, Documentation};
    match (one, other) {
        (
            Breaks {
                callers: a,
                wire: b,
            },
            Breaks {
                callers: c,
                wire: d,
            },
        ) => Breaks {
            callers: a.max(c),
            wire: b || d,
        },
        (breaking @ Breaks { .. }, _) | (_, breaking @ Breaks { .. }) => breaking,
        (Documentation, other) | (other, Documentation) => other,
        (one, _) => one,
    }
}

fn finding((place, change): (Place, Change)) -> Finding {
    let severity = change.severity;
    let mut sentences = change.sentences;
    sentences.extend(listed(
        change.changed.get(1..).unwrap_or_default(),
        "changed with it",
    ));
    sentences.extend(listed(&change.gone, "gone"));
    sentences.extend(listed(&change.added, "new"));
    if sentences.is_empty() {
        sentences.extend(listed(&change.described, "documented in another way"));
    }
    let text = sentences.join("; ");
    let items = [change.changed, change.gone, change.added, change.described].concat();
    let (callers, wire) = match severity {
        Severity::Breaks { callers, wire } => (callers, wire),
        _ => (None, false),
    };
    let effect = match (callers, wire) {
        (Some(_), true) => "breaks callers and the wire",
        (Some(_), false) => "breaks callers",
        (None, _) => severity.name(),
    };
    let callers = callers.map_or(Value::Null, |callers| match callers {
        Callers::Run => "run".into(),
        Callers::Compile => "compile".into(),
    });
    Finding {
        severity,
        file: None,
        text: format!("{place}: {text}"),
        json: json!({
            "effect": effect,
            "place": place.to_string(),
            "change": text,
            "callers": callers,
            "wire": wire,
            "items": items,
        }),
    }
}

/// The longest list that people still read.
const MOST: usize = 4;

fn listed(items: &[String], what: &str) -> Option<String> {
    let named: Vec<String> = items
        .iter()
        .take(MOST)
        .map(|item| format!("`{item}`"))
        .collect();
    let (last, others) = named.split_last()?;
    Some(match (others, items.len() - named.len()) {
        ([], _) => format!("{last} is {what}"),
        (others, 0) => format!("{} and {last} are {what}", others.join(", ")),
        (others, more) => format!("{}, {last} and {more} more are {what}", others.join(", ")),
    })
}
