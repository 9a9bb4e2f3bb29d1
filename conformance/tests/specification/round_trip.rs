//! Every example comes back as it went in, whatever operations the specification has.

use conformance::agreement::deviation::Deviation;
use conformance::agreement::{calls, round_trip};
use conformance::workspace;

fn assert_none(deviations: &[Deviation]) {
    let lines: Vec<String> = deviations.iter().map(Deviation::to_string).collect();
    assert!(lines.is_empty(), "\n{}", lines.join("\n"));
}

#[test]
fn every_example_decodes_and_encodes_to_itself_and_every_schema_is_that_of_its_type() {
    let specification = workspace::specification().unwrap();
    assert_none(&round_trip::deviations(&specification));
}

#[tokio::test]
async fn every_example_reaches_the_caller_through_a_whole_call() {
    let specification = workspace::specification().unwrap();
    assert_none(&calls::deviations(&specification).await.unwrap());
}
