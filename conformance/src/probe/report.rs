//! The report of a probe. The names of its members are part of the interface.

use std::collections::BTreeMap;

use serde::Serialize;

use super::expectation::Expected;
use super::finding::{Finding, Verdict};
use super::plan::NotProbed;
use super::target::Target;

#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub base_url: String,
    /// The settings that are not secret, by name.
    pub settings: BTreeMap<String, String>,
    /// Whether the calls sent a customer's token.
    pub customer_token: bool,
    /// The worst of all.
    pub verdict: Verdict,
    pub counts: Counts,
    pub probes: Vec<Row>,
    pub not_probed: Vec<NotProbed>,
}

/// How many probes have which verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub conforms: usize,
    pub undocumented: usize,
    pub deviates: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub operation: String,
    pub probe: String,
    pub method: String,
    /// Template of the path.
    pub path: String,
    pub expected: Expected,
    pub came: Seen,
    pub verdict: Verdict,
    pub milliseconds: u64,
    /// How often the request was sent: more than once if the server asked to wait.
    pub attempts: u32,
    #[serde(rename = "differences")]
    pub findings: Vec<Finding>,
}

/// The parts of an answer that may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// `None` if there is no answer.
    pub status: Option<u16>,
    pub content_type: Option<String>,
}

impl Report {
    /// Sums up the results of the probes.
    #[must_use]
    pub fn new(
        target: &Target,
        settings: BTreeMap<String, String>,
        probes: Vec<Row>,
        not_probed: Vec<NotProbed>,
    ) -> Self {
        let verdicts = || probes.iter().map(|row| row.verdict);
        let count = |verdict| verdicts().filter(|other| *other == verdict).count();
        Self {
            base_url: target.base_url.clone(),
            settings,
            customer_token: target.credentials.customer_token.is_some(),
            verdict: verdicts().max().unwrap_or(Verdict::Conforms),
            counts: Counts {
                conforms: count(Verdict::Conforms),
                undocumented: count(Verdict::Undocumented),
                deviates: count(Verdict::Deviates),
            },
            probes,
            not_probed,
        }
    }
}
