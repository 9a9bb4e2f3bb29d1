//! Statements of a page that are impossible in any API. The specification need not follow them.

use serde_json::json;

use crate::report::{Finding, Severity};
use openapi::body::essence;
use openapi::published::Facts;

/// The media type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// One sentence for each.
pub fn of(facts: &Facts) -> Vec<String> {
    let listed = facts.headers.iter().map(|field| field.name.as_str());
    let sent = facts
        .sample
        .headers
        .iter()
        .map(|header| header.name.as_str());
    let mut names: Vec<&str> = Vec::new();
    for name in listed.chain(sent).filter(|name| !is_header_name(name)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut faults: Vec<String> = names
        .into_iter()
        .map(|name| {
            format!(
                "header `{name}`: HTTP allows no space in the name of a header; it is not checked"
            )
        })
        .collect();
    if has_idle_body(facts) {
        let method = &facts.method;
        faults.push(format!(
            "request body: HTTP defines no body for {method}; it is not checked"
        ));
    } else if is_form_against_its_word(facts) {
        let listed = listed_media_types(facts).join(" or ");
        faults.push(format!(
            "request body: the description says {listed} and the sample {FORM}; either may be described"
        ));
    }
    faults
}

/// A new fault.
pub fn finding(fault: &str) -> Finding {
    let text = note(fault);
    Finding {
        severity: Severity::Warning,
        file: None,
        json: json!({ "fault": fault, "change": text }),
        text,
    }
}

/// A known fault.
pub fn note(fault: &str) -> String {
    format!("fault of the page: {fault}")
}

/// The name of a header contains no space. The lint checks the rest.
pub fn is_header_name(name: &str) -> bool {
    !name.contains(char::is_whitespace)
}

/// Whether the page shows a body for a method that has none in HTTP.
pub fn has_idle_body(facts: &Facts) -> bool {
    let has_body = facts.body.is_some() || facts.sample.body.is_some();
    has_body && matches!(&*facts.method, "GET" | "HEAD" | "TRACE")
}

/// The media types that the page says the request body has.
pub fn listed_media_types(facts: &Facts) -> Vec<String> {
    let bodies = facts.body.iter().flat_map(|body| body.all());
    bodies
        .filter_map(|body| body.media_type.as_deref().map(essence))
        .collect()
}

/// Whether the sample sends a form although the page names other media types.
pub fn is_form_against_its_word(facts: &Facts) -> bool {
    let listed = listed_media_types(facts);
    let sent = facts.sample.body.as_deref();
    !listed.is_empty() && !listed.iter().any(|name| name == FORM) && sent.is_some_and(is_form)
}

/// Whether a text is a list of pairs and nothing else.
pub fn is_form(body: &str) -> bool {
    let is_pair = |pair: &str| pair.contains('=') && !pair.contains(char::is_whitespace);
    !body.starts_with(['{', '[', '"']) && body.split('&').all(is_pair)
}
