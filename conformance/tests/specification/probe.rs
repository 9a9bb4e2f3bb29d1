//! The probe finds that a server conforms, and reports what does not: each deviation is planted, and nothing else may
//! be reported.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use conformance::mock_server::MockServer;
use conformance::probe::finding::Verdict;
use conformance::probe::report::{Report, Row};
use conformance::probe::target::{Credentials, Target};
use conformance::probe::{self, table};
use conformance::testing::table::rows;
use conformance::workspace;
use openapi::specification::Specification;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::changes::changed;

async fn report(specification: Specification, base_url: &str) -> Report {
    let settings = specification.settings.iter().map(|setting| {
        let login = if setting.is_basic { ":password" } else { "" };
        let text = format!("{}-key{login}", setting.name);
        (
            setting.name.clone(),
            setting.default.clone().unwrap_or(text),
        )
    });
    let credentials = Credentials {
        settings: settings.collect(),
        customer_token: Some("customer-token".to_owned()),
    };
    let target = Target::new(base_url, credentials, Duration::from_secs(20)).unwrap();
    let plan = probe::plan(&specification, &target).unwrap();
    probe::probe(specification, target, plan, |_| {}, |_| {})
        .await
        .unwrap()
}

#[tokio::test]
async fn the_mock_server_conforms_everywhere() {
    let specification = workspace::specification().unwrap();
    let server = MockServer::start(specification.clone()).await.unwrap();
    let operations = specification.operations.clone();
    let report = report(specification, &server.url()).await;
    assert_eq!(
        report.verdict,
        Verdict::Conforms,
        "{}",
        table::table(&report)
    );
    for operation in operations {
        let rows = report.probes.iter();
        let of_operation = rows.filter(|row| row.operation == operation.id).count();
        // The documented call, and at least one more.
        assert!(of_operation >= 2, "{}: {of_operation} probes", operation.id);
    }
}

/// The operation in which the deviations are planted.
const ID: &str = "generate_tokens";

/// Deviations of what is served from the documentation: the name, the change of the specification that is served (the one
/// of the probe stays as it is), and the probe, the verdict and what is said.
const SERVED: &str = "
a header made optional | replace components.parameters.QbEnabled.required: false | header X-QB-Enabled left out | Deviates | 200 is documented, but not for this
an enumeration that is not held to | remove components.parameters.QbEnabled.schema.enum: | header X-QB-Enabled outside its enumeration | Deviates | 200 is documented, but not for this
a header that may be empty | remove components.parameters.ApiVersion.schema.minLength: | header API-VERSION empty | Deviates | 200 is documented, but not for this
a lower minimum | replace components.parameters.Page.schema.minimum: 0 | query page below its minimum | Deviates | 200 is documented, but not for this
a token that is not looked at | remove OPERATION.security: | bearer token malformed | Deviates | 200 is documented, but not for this
a content type that is not looked at | remove OPERATION.x-par-content-type: | header Content-Type of another type | Deviates | 200 is documented, but not for this
another path | copy PATH: PATH/no-such-path | unknown path | Deviates | 200 is documented, but not for this
another method | {copy OPERATION: PATH.get, replace PATH.get.operationId: another} | method GET | Deviates | 200 is documented, but not for this
a field that is gone | remove EXAMPLE.data.tokens.0.payment_processor_id: | documented call | Deviates | data.tokens[0].payment_processor_id: is missing
a field that is new | add EXAMPLE.data.tokens.0.actions.colour: red | documented call | Undocumented | data.tokens[0].actions.colour: is not documented (string)
a field of another type | replace EXAMPLE.data.tokens.0.payment_processor_type_id: '32' | documented call | Deviates | data.tokens[0].payment_processor_type_id: string instead of integer
an envelope that says another status | replace EXAMPLE.code: 202 | documented call | Deviates | code: the envelope says 202, the status is 200
";

fn served(change: &str) -> Value {
    let places = [
        (
            "EXAMPLE",
            "OPERATION.responses.200.content.application/json.examples.documented.value",
        ),
        ("OPERATION", "PATH.post"),
        ("PATH", "paths./payment-processors/generate-tokens"),
    ];
    let change = places
        .iter()
        .fold(change.to_owned(), |change, (name, place)| {
            change.replace(name, place)
        });
    let changes = serde_saphyr::from_str(&change).unwrap();
    changed(&workspace::document().unwrap(), &changes)
}

/// What is known of a request.
struct Asked {
    method: String,
    path: String,
    headers: HeaderMap,
}

struct Answered {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Asked {
    /// Whether it lacks that header and has the others.
    fn lacks(&self, name: &str) -> bool {
        !self.headers.contains_key(name)
    }
}

impl Answered {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn set_json(&mut self, value: &Value) {
        self.body = value.to_string().into_bytes();
    }
}

#[tokio::test]
async fn each_planted_deviation_is_named_and_nothing_else() {
    // In the answers.
    let answers: [(&str, Alter, [&str; 3]); 8] = [
        (
            "a success of another status",
            |asked, answered| {
                if answered.status == 200 && !asked.lacks("content-type") {
                    answered.status = 201;
                    let mut envelope = answered.json();
                    envelope["code"] = json!(201);
                    answered.set_json(&envelope);
                }
            },
            [
                "documented call",
                "Undocumented",
                "the operation does not document 201",
            ],
        ),
        (
            "a body that only the sdk can't read",
            |asked, answered| {
                if asked.method == "POST" && answered.status == 200 {
                    let text = String::from_utf8(answered.body.clone()).unwrap();
                    let twice = text.replacen('{', r#"{"code": 200, "#, 1);
                    answered.body = twice.into_bytes();
                }
            },
            [
                "documented call",
                "Deviates",
                "the sdk can't read it: generate_tokens: ",
            ],
        ),
        (
            "a wrong content type",
            |_, answered| {
                if answered.status == 200 {
                    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
                    answered.headers.insert("content-type", plain);
                }
            },
            [
                "documented call",
                "Deviates",
                "Content-Type is text/plain instead of application/json",
            ],
        ),
        (
            "a refusal with another documented status",
            |asked, answered| {
                if asked.lacks("application") {
                    answered.status = 403;
                    let mut envelope = answered.json();
                    envelope["code"] = json!(403);
                    answered.set_json(&envelope);
                }
            },
            [
                "header Application left out",
                "Deviates",
                "403 is documented, but not for this",
            ],
        ),
        (
            "a refusal with an undocumented status",
            |asked, answered| {
                if asked.lacks("api-version") {
                    answered.status = 426;
                    answered.body.clear();
                }
            },
            [
                "header API-VERSION left out",
                "Undocumented",
                "the operation does not document 426",
            ],
        ),
        (
            "an error of another shape",
            |asked, answered| {
                if asked.lacks("x-request-id") {
                    let mut envelope = answered.json();
                    envelope["data"]["message"] = json!({"text": "secret-of-the-server"});
                    answered.set_json(&envelope);
                }
            },
            [
                "header X-Request-ID left out",
                "Deviates",
                "data.message: object instead of string",
            ],
        ),
        (
            "an error page",
            |asked, answered| {
                if asked.path.ends_with("no-such-path") {
                    answered.body = b"<html>".to_vec();
                }
            },
            ["unknown path", "Deviates", ".: 6 bytes that are not JSON"],
        ),
        (
            "a refusal that does not tell what is allowed",
            |_, answered| {
                answered.headers.remove("allow");
            },
            ["method GET", "Deviates", "Allow is missing"],
        ),
    ];
    let documented = workspace::document().unwrap();
    let as_it_is: Alter = |_, _| {};
    let of_served = rows(SERVED)
        .into_iter()
        .map(|[name, change, probe, verdict, said]| {
            (name, served(change), as_it_is, [probe, verdict, said])
        });
    let of_answers = answers
        .into_iter()
        .map(|(name, alter, named)| (name, documented.clone(), alter, named));
    let mut failures = Vec::new();
    for (name, served, alter, [probe, verdict, said]) in of_served.chain(of_answers) {
        let mut probed = workspace::specification().unwrap();
        probed.operations.retain(|operation| operation.id == ID);
        let server = MockServer::start(Specification::of(&served).unwrap())
            .await
            .unwrap();
        let url = in_front_of(server.url(), alter).await;
        let report = report(probed, &url).await;
        let found: Vec<_> = report
            .probes
            .iter()
            .filter(|row| row.verdict != Verdict::Conforms)
            .map(|row| {
                (
                    row.probe.as_str(),
                    format!("{:?}", row.verdict),
                    said_of(row),
                )
            })
            .collect();
        let is_named = match found.as_slice() {
            [found] => found.0 == probe && found.1 == verdict && found.2.starts_with(said),
            _ => false,
        };
        if !is_named || format!("{:?}", report.verdict) != verdict {
            failures.push(format!("{name}: {found:#?}"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// All that is said of a probe, in one line.
fn said_of(row: &Row) -> String {
    let findings = row.findings.iter().map(|finding| match &finding.path {
        Some(path) => format!("{path}: {}", finding.problem),
        None => finding.problem.clone(),
    });
    findings.collect::<Vec<_>>().join("; ")
}

type Alter = fn(&Asked, &mut Answered);

/// A server that hands requests to another and alters its answers.
async fn in_front_of(base_url: String, alter: Alter) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (origin, base_path) = base_url.split_at(base_url.rfind("/api").unwrap());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let state = Arc::new((origin.to_owned(), client, alter));
    let app = Router::new().fallback(hand_on).with_state(state);
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}{base_path}")
}

async fn hand_on(
    State(state): State<Arc<(String, reqwest::Client, Alter)>>,
    request: Request,
) -> Response<Body> {
    let (origin, client, alter) = &*state;
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().as_str();
    let sent = client
        .request(parts.method.clone(), format!("{origin}{path}"))
        .headers(parts.headers.clone())
        .body(to_bytes(body, 1024).await.unwrap());
    let mut answer = sent.send().await.unwrap();
    let mut answered = Answered {
        status: answer.status().as_u16(),
        headers: std::mem::take(answer.headers_mut()),
        body: answer.bytes().await.unwrap().to_vec(),
    };
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        headers: parts.headers,
    };
    alter(&asked, &mut answered);
    answered.headers.remove("content-length");
    let mut response = Response::new(Body::from(answered.body));
    *response.status_mut() = StatusCode::from_u16(answered.status).unwrap();
    *response.headers_mut() = answered.headers;
    response
}
