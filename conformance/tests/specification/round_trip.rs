//! Every example is the same after it was decoded and encoded, whatever operations the specification has.

use conformance::agreement::finding::Finding;
use conformance::agreement::{calls, round_trip};
use conformance::workspace;

fn assert_none(findings: &[Finding]) {
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(lines.is_empty(), "\n{}", lines.join("\n"));
}

#[test]
fn every_example_decodes_and_encodes_to_itself_and_every_schema_is_that_of_its_type() {
    let specification = workspace::specification().unwrap();
    assert_none(&round_trip::findings(&specification));
}

#[tokio::test]
async fn every_example_reaches_the_caller_through_a_whole_call() {
    let specification = workspace::specification().unwrap();
    assert_none(&calls::findings(&specification).await.unwrap());
}
