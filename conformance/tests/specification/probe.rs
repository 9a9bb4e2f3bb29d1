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
use conformance::testing::document::{at, remove};
use conformance::workspace;
use openapi::specification::Specification;
use serde_json::{Value, json};
use tokio::net::TcpListener;

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

/// The operation in which the deviations are planted, with its place and that of its example in the document.
const ID: &str = "generate_tokens";
const OPERATION: &str = "/paths/~1payment-processors~1generate-tokens/post";
const EXAMPLE: &str =
    "/responses/200/content/application~1json/examples/documented/value/data/tokens/0";
const PARAMETERS: &str = "/components/parameters";

/// A server that differs from the documentation in one point.
struct Deviation {
    name: &'static str,
    plant: Plant,
    /// Probe, verdict and what is said.
    named: (&'static str, Verdict, &'static str),
}

enum Plant {
    /// In the specification that is served; the one of the probe stays as it is.
    Specification(fn(&mut Value)),
    /// In the answers.
    Answers(fn(&Asked, &mut Answered)),
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
    use Verdict::{Deviates, Undocumented};
    let deviations = [
        Deviation {
            name: "a header made optional",
            plant: Plant::Specification(|document| {
                *at(document, &format!("{PARAMETERS}/QbEnabled/required")) = json!(false);
            }),
            named: (
                "header X-QB-Enabled left out",
                Deviates,
                "200 is documented, but not for this",
            ),
        },
        Deviation {
            name: "an enumeration that is not held to",
            plant: Plant::Specification(|document| {
                remove(document, &format!("{PARAMETERS}/QbEnabled/schema"), "enum");
            }),
            named: (
                "header X-QB-Enabled outside its enumeration",
                Deviates,
                "200 is documented, but not for this",
            ),
        },
        Deviation {
            name: "a header that may be empty",
            plant: Plant::Specification(|document| {
                remove(
                    document,
                    &format!("{PARAMETERS}/ApiVersion/schema"),
                    "minLength",
                );
            }),
            named: (
                "header API-VERSION empty",
                Deviates,
                "200 is documented, but not for this",
            ),
        },
        Deviation {
            name: "a lower minimum",
            plant: Plant::Specification(|document| {
                *at(document, &format!("{PARAMETERS}/Page/schema/minimum")) = json!(0);
            }),
            named: (
                "query page below its minimum",
                Deviates,
                "200 is documented, but not for this",
            ),
        },
        Deviation {
            name: "a token that is not looked at",
            plant: Plant::Specification(|document| {
                remove(document, OPERATION, "security");
            }),
            named: (
                "bearer token malformed",
                Deviates,
                "200 is documented, but not for this",
            ),
        },
        Deviation {
            name: "a content type that is not looked at",
            plant: Plant::Specification(|document| {
                remove(document, OPERATION, "x-par-content-type");
            }),
            named: (
                "header Content-Type of another type",
                Deviates,
                "200 is documented, but not for this",
            ),
        },
        Deviation {
            name: "another path",
            plant: Plant::Specification(|document| {
                let paths = document["paths"].as_object_mut().unwrap();
                let operation = paths["/payment-processors/generate-tokens"].clone();
                let path = "/payment-processors/generate-tokens/no-such-path";
                paths.insert(path.to_owned(), operation);
            }),
            named: (
                "unknown path",
                Deviates,
                "200 is documented, but not for this",
            ),
        },
        Deviation {
            name: "another method",
            plant: Plant::Specification(|document| {
                let path = OPERATION.strip_suffix("/post").unwrap();
                let operation = at(document, OPERATION).clone();
                *at(document, &format!("{path}/get")) = operation;
                *at(document, &format!("{path}/get/operationId")) = json!("another");
            }),
            named: (
                "method GET",
                Deviates,
                "200 is documented, but not for this",
            ),
        },
        Deviation {
            name: "a success of another status",
            plant: Plant::Answers(|asked, answered| {
                if answered.status == 200 && !asked.lacks("content-type") {
                    answered.status = 201;
                    let mut envelope = answered.json();
                    envelope["code"] = json!(201);
                    answered.set_json(&envelope);
                }
            }),
            named: (
                "documented call",
                Undocumented,
                "the operation does not document 201",
            ),
        },
        Deviation {
            name: "a field that is gone",
            plant: Plant::Specification(|document| {
                let entry = format!("{OPERATION}{EXAMPLE}");
                remove(document, &entry, "payment_processor_id");
            }),
            named: (
                "documented call",
                Deviates,
                "data.tokens[0].payment_processor_id: is missing",
            ),
        },
        Deviation {
            name: "a field that is new",
            plant: Plant::Specification(|document| {
                *at(document, &format!("{OPERATION}{EXAMPLE}/actions/colour")) = json!("red");
            }),
            named: (
                "documented call",
                Undocumented,
                "data.tokens[0].actions.colour: is not documented (string)",
            ),
        },
        Deviation {
            name: "a field of another type",
            plant: Plant::Specification(|document| {
                let field = format!("{EXAMPLE}/payment_processor_type_id");
                *at(document, &format!("{OPERATION}{field}")) = json!("32");
            }),
            named: (
                "documented call",
                Deviates,
                "data.tokens[0].payment_processor_type_id: string instead of integer",
            ),
        },
        Deviation {
            name: "an envelope that says another status",
            plant: Plant::Specification(|document| {
                let value = EXAMPLE.strip_suffix("/data/tokens/0").unwrap();
                *at(document, &format!("{OPERATION}{value}/code")) = json!(202);
            }),
            named: (
                "documented call",
                Deviates,
                "code: the envelope says 202, the status is 200",
            ),
        },
        Deviation {
            name: "a body that only the sdk can't read",
            plant: Plant::Answers(|asked, answered| {
                if asked.method == "POST" && answered.status == 200 {
                    let text = String::from_utf8(answered.body.clone()).unwrap();
                    let twice = text.replacen('{', r#"{"code": 200, "#, 1);
                    answered.body = twice.into_bytes();
                }
            }),
            named: (
                "documented call",
                Deviates,
                "the sdk can't read it: generate_tokens: ",
            ),
        },
        Deviation {
            name: "a wrong content type",
            plant: Plant::Answers(|_, answered| {
                if answered.status == 200 {
                    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
                    answered.headers.insert("content-type", plain);
                }
            }),
            named: (
                "documented call",
                Deviates,
                "Content-Type is text/plain instead of application/json",
            ),
        },
        Deviation {
            name: "a refusal with another documented status",
            plant: Plant::Answers(|asked, answered| {
                if asked.lacks("application") {
                    answered.status = 403;
                    let mut envelope = answered.json();
                    envelope["code"] = json!(403);
                    answered.set_json(&envelope);
                }
            }),
            named: (
                "header Application left out",
                Deviates,
                "403 is documented, but not for this",
            ),
        },
        Deviation {
            name: "a refusal with an undocumented status",
            plant: Plant::Answers(|asked, answered| {
                if asked.lacks("api-version") {
                    answered.status = 426;
                    answered.body.clear();
                }
            }),
            named: (
                "header API-VERSION left out",
                Undocumented,
                "the operation does not document 426",
            ),
        },
        Deviation {
            name: "an error of another shape",
            plant: Plant::Answers(|asked, answered| {
                if asked.lacks("x-request-id") {
                    let mut envelope = answered.json();
                    envelope["data"]["message"] = json!({"text": "secret-of-the-server"});
                    answered.set_json(&envelope);
                }
            }),
            named: (
                "header X-Request-ID left out",
                Deviates,
                "data.message: object instead of string",
            ),
        },
        Deviation {
            name: "an error page",
            plant: Plant::Answers(|asked, answered| {
                if asked.path.ends_with("no-such-path") {
                    answered.body = b"<html>".to_vec();
                }
            }),
            named: ("unknown path", Deviates, ".: 6 bytes that are not JSON"),
        },
        Deviation {
            name: "a refusal that does not tell what is allowed",
            plant: Plant::Answers(|_, answered| {
                answered.headers.remove("allow");
            }),
            named: ("method GET", Deviates, "Allow is missing"),
        },
    ];
    let mut failures = Vec::new();
    for deviation in deviations {
        let mut probed = workspace::specification().unwrap();
        probed.operations.retain(|operation| operation.id == ID);
        let mut served = workspace::document().unwrap();
        let alter = match deviation.plant {
            Plant::Specification(plant) => {
                plant(&mut served);
                |_: &Asked, _: &mut Answered| {}
            }
            Plant::Answers(alter) => alter,
        };
        let server = MockServer::start(Specification::of(&served).unwrap())
            .await
            .unwrap();
        let url = in_front_of(server.url(), alter).await;
        let report = report(probed, &url).await;
        let (probe, verdict, said) = deviation.named;
        let found: Vec<_> = report
            .probes
            .iter()
            .filter(|row| row.verdict != Verdict::Conforms)
            .map(|row| (row.probe.as_str(), row.verdict, said_of(row)))
            .collect();
        let is_named = match found.as_slice() {
            [found] => found.0 == probe && found.1 == verdict && found.2.starts_with(said),
            _ => false,
        };
        if !is_named || report.verdict != verdict {
            failures.push(format!("{}: {found:#?}", deviation.name));
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
