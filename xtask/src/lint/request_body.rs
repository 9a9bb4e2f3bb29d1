//! No request body: the runtime sends none, and what the generator makes of one does not compile.

use super::{Findings, Problem};
use openapi::operation::Operation;

pub fn check(operation: &Operation<'_>, findings: &mut Findings) {
    if operation.value.get("requestBody").is_some() {
        findings.add(operation.place.at("requestBody"), Problem::RequestBody);
    }
}
