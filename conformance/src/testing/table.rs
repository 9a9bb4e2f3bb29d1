//! Cases of a test as text.
#![allow(
    clippy::panic,
    reason = "only tests have such tables, and there a panic is the report"
)]

/// The rows of a table, a line each, with ` |` between its columns. Lines that begin with `#` are comments.
#[must_use]
pub fn rows<const N: usize>(table: &str) -> Vec<[&str; N]> {
    let lines = table.lines();
    let rows = lines.filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    rows.map(|line| {
        let columns: Vec<&str> = line.split(" |").map(str::trim).collect();
        let columns = columns.try_into();
        columns.unwrap_or_else(|_| panic!("{line:?} does not have {N} columns"))
    })
    .collect()
}
