//! The cookies of a request.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// Names and values, as they were sent.
pub(super) fn of(headers: &HeaderMap) -> Vec<(String, String)> {
    let lines = headers.get_all(COOKIE).iter();
    let lines = lines.filter_map(|line| std::str::from_utf8(line.as_bytes()).ok());
    let cookies = lines.flat_map(|line| line.split(';'));
    let pairs = cookies.filter_map(|cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        Some((name.to_owned(), value.trim_matches('"').to_owned()))
    });
    pairs.collect()
}
