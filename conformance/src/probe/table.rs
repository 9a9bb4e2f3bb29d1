//! A report for people.

use std::fmt::Write as _;

use super::report::{Report, Row};
use crate::columns::aligned;

/// One line for each probe, followed by what is not as documented.
#[must_use]
pub fn table(report: &Report) -> String {
    let head = ["probe", "expected", "came", "verdict", "ms"].map(str::to_owned);
    let rows: Vec<[String; 5]> = [head]
        .into_iter()
        .chain(report.probes.iter().map(cells))
        .collect();
    let mut lines = aligned(&rows).into_iter();
    let head = lines.next().unwrap_or_default();
    let mut text = String::new();
    let mut operation = None;
    for (row, line) in report.probes.iter().zip(lines) {
        if operation != Some(&row.operation) {
            let space = if operation.is_some() { "\n" } else { "" };
            text.push_str(&format!("{space}{}\n{head}", row.operation));
            operation = Some(&row.operation);
        }
        text.push_str(&line);
        for finding in &row.findings {
            text.push_str("      ");
            if let Some(path) = &finding.path {
                text.push_str(path);
                text.push_str(": ");
            }
            text.push_str(&finding.problem);
            text.push('\n');
        }
    }
    if !report.not_probed.is_empty() {
        text.push_str("\nnot probed\n");
    }
    for left_out in &report.not_probed {
        let line = format!(
            "  {}, {}: {}\n",
            left_out.operation, left_out.probe, left_out.reason
        );
        text.push_str(&line);
    }
    let counts = report.counts;
    // Writing to a text can't fail.
    let _ = writeln!(
        text,
        "\n{}: {} of {} probes conform, {} undocumented, {} deviate",
        report.verdict.as_str(),
        counts.conforms,
        report.probes.len(),
        counts.undocumented,
        counts.deviates
    );
    text
}

fn cells(row: &Row) -> [String; 5] {
    let came = match row.came.status {
        Some(status) if row.attempts > 1 => format!("{status} ({} times)", row.attempts),
        Some(status) => status.to_string(),
        None => "no answer".to_owned(),
    };
    [
        row.probe.clone(),
        row.expected.to_string(),
        came,
        row.verdict.as_str().to_owned(),
        row.milliseconds.to_string(),
    ]
}
