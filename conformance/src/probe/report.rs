//! What a probe has to report: the names of its members are part of the interface.

use serde::Serialize;

use super::expectation::Expected;
use super::finding::{Finding, Verdict};
use super::plan::NotProbed;

#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub base_url: String,
    pub api_version: String,
    /// Whether the calls carried a customer's token.
    pub customer_token: bool,
    /// The gravest of all.
    pub verdict: Verdict,
    pub counts: Counts,
    pub probes: Vec<Row>,
    pub not_probed: Vec<NotProbed>,
}

/// How many probes have which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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
    /// How often the request was sent: more than once if the server asked to come back later.
    pub attempts: u32,
    pub differences: Vec<Finding>,
}

/// What may be shown of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// None where no answer came.
    pub status: Option<u16>,
    pub content_type: Option<String>,
}

impl Report {
    /// Sums the rows up.
    #[must_use]
    pub fn summed_up(mut self) -> Self {
        self.counts = Counts::default();
        self.verdict = Verdict::Conforms;
        for row in &self.probes {
            let count = match row.verdict {
                Verdict::Conforms => &mut self.counts.conforms,
                Verdict::Undocumented => &mut self.counts.undocumented,
                Verdict::Deviates => &mut self.counts.deviates,
            };
            *count += 1;
            self.verdict = self.verdict.max(row.verdict);
        }
        self
    }
}
