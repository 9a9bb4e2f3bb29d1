//! Credentials of any kind: they are sent if the specification needs them, to nothing else, and nothing shows them.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use conformance::agreement::calls::call;
use conformance::agreement::parameters::documented_parameters;
use conformance::agreement::round_trip::entry;
use conformance::testing::canary::Canaries;
use conformance::testing::message::{Message, json_answer};
use conformance::testing::script::{ScriptedServer, Step};
use conformance::workspace;
use futures_util::future::join_all;
use openapi::credential::{Carrier, Credential};
use openapi::specification::{Operation, Specification};
use par_ordering::conformance::{Arguments, with_settings, with_settings_of_view};
use par_ordering::{Client, ClientBuilder, RetryPolicy};

use crate::bodies::shown;
use crate::log::start_logging;

const USER: &str = "user-canary-0f3a77c1d2e4";

/// The text of a setting, or of the customer's token, that nothing else has.
fn canary(name: &str, number: usize) -> String {
    format!("canary-{number:04}-{}-9b1d27f3", name.replace(' ', "-"))
}

/// A client with all settings except credentials.
fn client_without_credentials(specification: &Specification) -> ClientBuilder {
    let operations = specification.operations.iter();
    let credentials = operations.flat_map(|operation| operation.credentials.iter().flatten());
    let proving: BTreeSet<&str> = credentials
        .filter_map(|one| one.carrier.setting())
        .collect();
    with_settings(Client::builder(), |name| {
        let mut settings = specification.settings.iter();
        let has_default = settings.any(|one| one.name == name && one.default.is_some());
        (!has_default && !proving.contains(name)).then(|| format!("configured-{name}"))
    })
}

/// A view of the client with a canary in each credential of an alternative, and in nothing else.
fn view(
    specification: &Specification,
    client: &Client,
    way: &[Credential],
    number: usize,
) -> Client {
    let settings: BTreeSet<&str> = way.iter().filter_map(|one| one.carrier.setting()).collect();
    let view = with_settings_of_view(client, |name| {
        let mut known = specification.settings.iter();
        let is_basic = known.any(|setting| setting.name == name && setting.is_basic);
        let canary = canary(name, number);
        let text = if is_basic {
            format!("{USER}:{canary}")
        } else {
            canary
        };
        settings.contains(name).then_some(text)
    });
    if way.iter().any(|one| one.carrier == Carrier::Bearer) {
        return view.for_customer(canary("customer", number));
    }
    view
}

/// What a credential is on the wire.
fn is_sent(credential: &Credential, request: &Message, number: usize) -> bool {
    let of = |setting: &str| canary(setting, number);
    match &credential.carrier {
        Carrier::Bearer => {
            request.values("authorization") == [format!("Bearer {}", of("customer"))]
        }
        Carrier::Basic { setting } => {
            let pair = format!("{USER}:{}", of(setting));
            request.values("authorization") == [format!("Basic {}", BASE64.encode(pair))]
        }
        Carrier::Header { name, setting } => request.values(name) == [of(setting)],
        Carrier::Query { name, setting } => {
            let query = request.line().split([' ', '?']).nth(2).unwrap_or_default();
            let pairs = url::form_urlencoded::parse(query.as_bytes());
            let values = pairs.filter(|(key, _)| key == name);
            values
                .map(|(_, value)| value.into_owned())
                .eq([of(setting)])
        }
    }
}

/// The alternatives of an operation that have credentials.
fn ways(specification: &Specification) -> impl Iterator<Item = (&Operation, &[Credential])> {
    specification.operations.iter().flat_map(|operation| {
        let ways = operation.credentials.iter().filter(|way| !way.is_empty());
        ways.map(move |way| (operation, way.as_slice()))
    })
}

fn arguments(operation: &Operation) -> Arguments {
    let entry = entry(&operation.id).unwrap();
    let mut arguments = documented_parameters(operation, entry).unwrap();
    if let Some(body) = &operation.request_body {
        let example = &body.examples[0].value;
        arguments.set_body(conformance::agreement::parameters::body_bytes(
            body, example,
        ));
    }
    arguments
}

#[tokio::test]
async fn each_credential_is_sent_where_it_is_asked_for_and_shown_nowhere() {
    let (log, _guard) = start_logging("trace");
    let specification = workspace::specification().unwrap();
    let mut failures = Vec::new();
    let mut kinds = BTreeSet::new();
    for (operation, way) in ways(&specification) {
        let entry = entry(&operation.id).unwrap();
        let arguments = arguments(operation);
        let names = way
            .iter()
            .map(|one| one.carrier.setting().unwrap_or("customer"));
        let canaries: Vec<&str> = names.map(|name| &*canary(name, 1).leak()).collect();
        let canaries = Canaries::new(&canaries);
        // The second answer quotes what was sent, in the text of an error.
        let mut quoted = String::new();
        let mut shown_texts = Vec::new();
        for status in [400, 500] {
            let body = serde_json::json!({"code": status, "data": {"message": quoted}});
            let server = ScriptedServer::answering(json_answer(status, &body.to_string()));
            let server = server.await.unwrap();
            let client = client_without_credentials(&specification).base_url(server.url());
            let client = client.retry(RetryPolicy::never()).build().unwrap();
            let client = view(&specification, &client, way, 1);
            shown_texts.push(format!("{client:?}"));
            shown_texts.push(shown(&call(&client, entry, &arguments).await.unwrap()));
            let Some(request) = server.request() else {
                failures.push(format!("{}: nothing was sent", operation.id));
                continue;
            };
            for credential in way {
                kinds.insert(format!("{:?}", std::mem::discriminant(&credential.carrier)));
                if !is_sent(credential, &request, 1) {
                    let scheme = &credential.scheme;
                    failures.push(format!(
                        "{}: {scheme} is not in {}",
                        operation.id,
                        request.text()
                    ));
                }
            }
            quoted = request.text();
        }
        // Nobody listens: an error of the HTTP stack mentions the URL.
        let client = client_without_credentials(&specification).base_url("http://127.0.0.1:1");
        let client = client.retry(RetryPolicy::never()).build().unwrap();
        let client = view(&specification, &client, way, 1);
        shown_texts.push(shown(&call(&client, entry, &arguments).await.unwrap()));
        shown_texts.push(log.take());
        for text in &shown_texts {
            for line in text.lines() {
                for leak in canaries.found(line) {
                    failures.push(format!("{}: {leak} in {line}", operation.id));
                }
            }
        }
    }
    assert!(!kinds.is_empty(), "nothing proves anything");
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Where all are at hand, an operation is sent those of its first way, and none where it asks for none.
#[tokio::test]
async fn no_operation_is_sent_a_credential_that_it_does_not_ask_for() {
    let specification = workspace::specification().unwrap();
    let mut all: Vec<Credential> = Vec::new();
    for credential in ways(&specification).flat_map(|(_, way)| way) {
        if !all.iter().any(|one| one.carrier == credential.carrier) {
            all.push(credential.clone());
        }
    }
    let name = |credential: &Credential| {
        credential
            .carrier
            .setting()
            .unwrap_or("customer")
            .to_owned()
    };
    let mut failures = Vec::new();
    for operation in &specification.operations {
        let server = ScriptedServer::answering(json_answer(400, "{}"));
        let server = server.await.unwrap();
        let client = client_without_credentials(&specification).base_url(server.url());
        let client = client.retry(RetryPolicy::never()).build().unwrap();
        let client = view(&specification, &client, &all, 1);
        let entry = entry(&operation.id).unwrap();
        call(&client, entry, &arguments(operation)).await.unwrap();
        let request = server.request().unwrap();
        let text = request.text();
        let asked = operation.credentials.first().map_or(&[][..], Vec::as_slice);
        for credential in asked {
            if !is_sent(credential, &request, 1) {
                failures.push(format!(
                    "{}: {} is missing in {text}",
                    operation.id, credential.scheme
                ));
            }
        }
        // What a parameter is filled in from may have the same setting.
        let parameters = operation.parameters.iter();
        let filled_in = parameters.filter_map(|parameter| parameter.setting.clone());
        let expected: BTreeSet<String> = asked.iter().map(name).chain(filled_in).collect();
        for name in all.iter().map(name).filter(|name| !expected.contains(name)) {
            let canary = canary(&name, 1);
            let pair = BASE64.encode(format!("{USER}:{canary}"));
            if text.contains(&canary) || text.contains(&pair) {
                failures.push(format!(
                    "{}: {name} is not asked for in {text}",
                    operation.id
                ));
            }
        }
    }
    assert!(!all.is_empty(), "nothing proves anything");
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[tokio::test]
async fn no_view_sends_the_credential_of_another() {
    const CALLS: usize = 1_000;
    let specification = workspace::specification().unwrap();
    let (operation, way) = ways(&specification)
        .max_by_key(|(_, way)| way.len())
        .unwrap();
    let entry = entry(&operation.id).unwrap();
    let arguments = arguments(operation);
    let answer = Step::Write(json_answer(400, "{}"));
    let script = [Step::Read, answer].into_iter().cycle();
    let server = ScriptedServer::start(vec![script.take(2 * CALLS).collect()]);
    let server = server.await.unwrap();
    let client = client_without_credentials(&specification).base_url(server.url());
    let client = client.retry(RetryPolicy::never()).build().unwrap();
    let views: Vec<Client> = (0..CALLS)
        .map(|number| view(&specification, &client, way, number))
        .collect();
    // Sixteen at a time, so that each connection is used by many.
    let mut others = views.iter();
    loop {
        let some: Vec<_> = others
            .by_ref()
            .take(16)
            .map(|view| call(view, entry, &arguments))
            .collect();
        if some.is_empty() {
            break;
        }
        for outcome in join_all(some).await {
            outcome.unwrap();
        }
    }
    let requests = server.all_requests();
    let mut seen = BTreeSet::new();
    for (index, request) in requests.iter().enumerate() {
        let text = request.text();
        // It is one of those that ran at the same time.
        let first = index.saturating_sub(16);
        let mut all = (first..CALLS).chain(0..first);
        let of_this = all.find(|number| way.iter().all(|one| is_sent(one, request, *number)));
        let number = of_this.unwrap_or_else(|| panic!("of no view alone:\n{text}"));
        assert!(seen.insert(number), "twice of view {number}");
    }
    assert_eq!(seen.len(), CALLS);
}
