//! The demo shows the main job and no secret.

#![allow(
    dead_code,
    reason = "the example has a `main` of its own, which is not called here"
)]

#[path = "../../../sdk/examples/demo.rs"]
mod example;

use conformance::workspace;

#[tokio::test]
async fn the_demo_shows_every_documented_error_and_no_secret() {
    let out = example::run().await.unwrap();
    let specification = workspace::specification().unwrap();
    let operation = specification.operation("generate_tokens").unwrap();

    let documented = &operation.response(200).unwrap().examples[0].value["data"]["tokens"][0];
    let url = documented["actions"]["url"].as_str().unwrap();
    let (page, query) = url.split_once('?').unwrap();
    let secrets = [
        documented["token"].as_str().unwrap(),
        documented["additional_info"]["session_key"]
            .as_str()
            .unwrap(),
        query,
        // A part of the query would be a leak as well.
        &query[..40],
        &query[query.len() - 40..],
        "demo-customer-token",
        "demo-application",
        // An identifier is nobody's business either.
        documented["payment_processor_id"].as_str().unwrap(),
    ];
    for secret in secrets {
        assert!(!out.contains(secret), "{secret:?} in:\n{out}");
    }
    let host = page.split('/').take(3).collect::<Vec<_>>().join("/");
    assert!(out.contains(&format!("{host}/[redacted]")), "{out}");

    for response in operation
        .responses
        .iter()
        .filter(|response| response.status >= 400)
    {
        let message = response.examples[0].value["data"]["message"]
            .as_str()
            .unwrap();
        let line = format!("generate_tokens: {} ", response.status);
        assert!(
            out.contains(&line) && out.contains(message),
            "{} in:\n{out}",
            response.place
        );
    }
}
