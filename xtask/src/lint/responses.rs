//! Checks that the statuses of an answer are possible, and that the answer ends.

use super::{Findings, Problem};
use openapi::answer::Statuses;
use openapi::body::essence;
use openapi::operation::Operation;

/// Its answers have no end.
const ENDLESS: &str = "text/event-stream";

pub fn check(operation: &Operation<'_>, findings: &mut Findings) {
    let mut succeeds = false;
    for (key, response) in operation.responses() {
        let Some(statuses) = Statuses::of(key) else {
            findings.add(
                operation.place.at("responses").at(key),
                Problem::ResponseStatus {
                    status: key.to_owned(),
                },
            );
            continue;
        };
        succeeds |= statuses.is_success() || statuses == Statuses::Rest;
        let content = response.value["content"].as_object();
        let mut media_types = content.into_iter().flatten().peekable();
        let is_endless = |media_type: &str| essence(media_type) == ENDLESS;
        if media_types.peek().is_some() && media_types.all(|(media_type, _)| is_endless(media_type))
        {
            findings.add(response.place.at("content"), Problem::EndlessResponse);
        }
    }
    if !succeeds {
        findings.add(operation.place.at("responses"), Problem::NoSuccess);
    }
}
