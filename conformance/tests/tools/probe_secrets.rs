//! The probe prints no secret: canaries are planted in the credentials and in the answers of a server, which sends
//! back everything that it received.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use conformance::probe::target::CUSTOMER_TOKEN;
use conformance::testing::canary::{Canaries, hexadecimal};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use crate::probe_command::probe_with;

/// The variable of the one setting without a default.
const APPLICATION: &str = "PAR_ORDERING_APPLICATION";

const KEY: &str = "canary-of-the-application-key-0a1b2c3d";
const CUSTOMER: &str = "canary.of.the.customer.token.4e5f6071";
const TOKEN: &str = "canary-of-the-token-8293a4b5c6d7";
const SESSION: &str = "canary-of-the-session-key-e8f90a1b";
const QUERY: &str = "canary-of-the-url-query-2c3d4e5f";
const UNKNOWN: &str = "canary-of-an-unknown-field-60718293";

const CANARIES: [&str; 6] = [KEY, CUSTOMER, TOKEN, SESSION, QUERY, UNKNOWN];

/// How the server answers.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Everything that it received as fields, by value and by name, in the documented success.
    Fields(u16),
    /// The same in place of the secrets of the documented success, each with another type than documented.
    Types,
    /// Everything that it received as the media type and the text of the body.
    Text,
    /// In `Allow` and `Location`.
    Headers,
}

const WAYS: [Way; 7] = [
    Way::Fields(200),
    Way::Fields(400),
    Way::Fields(401),
    Way::Fields(418),
    Way::Types,
    Way::Text,
    Way::Headers,
];

type Shared = Arc<Mutex<Way>>;

async fn reflect(State(way): State<Shared>, request: Request) -> Response<Body> {
    let way = *way.lock().unwrap();
    let mut got: Vec<String> = request
        .headers()
        .values()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    got.extend([TOKEN, SESSION, QUERY].map(str::to_owned));
    let mut forms = got.clone();
    forms.extend(got.iter().map(|text| text.to_uppercase()));
    forms.extend(got.iter().map(|text| hexadecimal(text)));
    forms.extend(
        got.iter()
            .map(|text| format!("x-{}", text.replace("Bearer ", ""))),
    );
    let (status, content_type, body) = match way {
        Way::Fields(status) => (
            status,
            "application/json".to_owned(),
            fields(status, &forms).to_string(),
        ),
        Way::Types => (
            200,
            "application/json".to_owned(),
            wrong_types(&got).to_string(),
        ),
        Way::Text => (
            200,
            format!("application/{KEY}; a={CUSTOMER}"),
            got.join(" "),
        ),
        Way::Headers => (405, "text/html".to_owned(), "<html>".to_owned()),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    let all = got.join(", ");
    for (name, value) in [
        ("content-type", content_type.as_str()),
        ("allow", &all),
        ("location", &all),
        ("www-authenticate", &all),
        ("retry-after", &all),
    ] {
        let name = HeaderName::try_from(name).unwrap();
        response
            .headers_mut()
            .append(name, HeaderValue::try_from(value).unwrap());
    }
    response
}

fn fields(status: u16, got: &[String]) -> Value {
    let mut members = Map::new();
    for text in got {
        members.insert(text.clone(), json!({"deep": [text], "canary": UNKNOWN}));
    }
    let mut success = json!({"status": got[0], "code": status, "data": {
        "tokens": [{
            "payment_processor_id": TOKEN,
            "payment_processor_type_id": 32,
            "token": TOKEN,
            "additional_info": {"session_key": SESSION, "other": got},
            "actions": {"type": CUSTOMER, "url": format!("https://pay.example.com/?key={QUERY}")},
        }],
        "message": got.join(" "),
        // Keys, and what is wrong below them.
        "validations": members.clone(),
    }});
    for place in ["", "/data", "/data/tokens/0", "/data/tokens/0/actions"] {
        let object = success.pointer_mut(place).unwrap().as_object_mut().unwrap();
        object.extend(members.clone());
    }
    success
}

fn wrong_types(got: &[String]) -> Value {
    let object = json!({"x": got, QUERY: TOKEN});
    json!({"status": got, "code": KEY, "data": {"tokens": [{
        "payment_processor_id": object,
        "payment_processor_type_id": TOKEN,
        "token": object,
        "additional_info": {"session_key": [SESSION]},
        "actions": {"type": 7, "url": [QUERY]},
        "bin_ranges": CUSTOMER,
    }]}})
}

#[tokio::test]
async fn nothing_that_is_printed_shows_a_secret() {
    let way: Shared = Arc::new(Mutex::new(WAYS[0]));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api", listener.local_addr().unwrap());
    let app = Router::new().fallback(reflect).with_state(Arc::clone(&way));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let canaries = Canaries::new(&CANARIES);
    let mut failures = Vec::new();
    for one in WAYS {
        *way.lock().unwrap() = one;
        for format in ["text", "json"] {
            let arguments = ["--base-url", &url, "--format", format];
            let variables = [(APPLICATION, KEY), (CUSTOMER_TOKEN, CUSTOMER)];
            let ended = probe_with(&arguments, &variables).await;
            let text = ended.stdout + &ended.stderr;
            if ended.status != Some(3) {
                failures.push(format!("{one:?} {format}: {:?}\n{text}", ended.status));
            }
            let leaks = canaries.found(&text);
            if !leaks.is_empty() {
                failures.push(format!("{one:?} {format}: {leaks:#?}\n{text:.3000}"));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}
