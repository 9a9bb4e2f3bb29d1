//! The sdk gets the documented outcome that a client of the caller chooses by `Prefer`.

use conformance::agreement::calls::{call, outcome_differences};
use conformance::agreement::parameters::documented_arguments;
use conformance::agreement::round_trip::entry;
use conformance::mock_server::MockServer;
use conformance::workspace;
use par_ordering::Client;
use par_ordering::conformance::configured;
use reqwest::header::{HeaderMap, HeaderValue};

fn client(base_url: &str, preference: &str) -> Client {
    let mut headers = HeaderMap::new();
    headers.insert("prefer", HeaderValue::from_str(preference).unwrap());
    let own = reqwest::Client::builder()
        .no_proxy()
        .default_headers(headers)
        .build()
        .unwrap();
    let client = configured(Client::builder())
        .base_url(base_url)
        .http_client(own)
        .build()
        .unwrap();
    client.for_customer("customer-token")
}

#[tokio::test]
async fn each_documented_outcome_can_be_preferred() {
    let specification = workspace::specification().unwrap();
    let server = MockServer::start(specification.clone()).await.unwrap();
    let mut failures = Vec::new();
    for operation in &specification.operations {
        let entry = entry(&operation.id).unwrap();
        let arguments = documented_arguments(operation, entry).unwrap();
        let success = operation.success().unwrap();
        let mut preferences = vec![(
            "return=representation".to_owned(),
            success.status,
            success.examples.first(),
        )];
        for response in &operation.responses {
            let status = response.status;
            preferences.push((format!("code={status}"), status, response.examples.first()));
            for example in &response.examples {
                let name = &example.name;
                let preference = format!("code={status}, example={name}");
                preferences.push((preference, status, Some(example)));
            }
        }
        for (preference, status, example) in preferences {
            let client = client(&server.url(), &preference);
            let outcome = call(&client, entry, &arguments).await.unwrap();
            let response = operation.response(status).unwrap();
            let expected = example.map(|example| response.read(&example.value));
            for difference in outcome_differences(status, &expected.unwrap_or_default(), &outcome) {
                let id = &operation.id;
                failures.push(format!("{id}, {preference}: {difference:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
