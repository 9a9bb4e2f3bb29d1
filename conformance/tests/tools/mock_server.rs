//! The mock server answers as documented, and refuses what is not.

use conformance::mock_server::{MockServer, Settings};
use conformance::testing::message::{Message, request, send};
use conformance::testing::table::rows;
use conformance::workspace;
use openapi::document::Document;
use openapi::specification::Specification;
use serde_json::json;

use crate::{HEADERS, PATH, made_up, mock_server_with, rules};

async fn server() -> MockServer {
    mock_server_with(Settings::default()).await
}

async fn post(server: &MockServer, path: &str, headers: &[(&str, &str)]) -> Message {
    request(&server.url(), "POST", path, headers).await.unwrap()
}

/// The documented headers, with these in place of those of the same name.
fn with<'a>(others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let is_other = |name: &str| others.iter().any(|(other, _)| *other == name);
    let kept = HEADERS.into_iter().filter(|(name, _)| !is_other(name));
    kept.chain(others.iter().copied()).collect()
}

/// What is wrong with a refusal of that status and with those violations. A refusal contains nothing of the request.
fn unlike(answer: &Message, status: u16, violations: &str) -> Option<String> {
    let body = answer.json();
    let is_good = answer.status == status
        && rules(&body) == violations
        && body["code"] == status
        && body["data"]["message"].is_string()
        && !answer.body.contains("canary")
        && answer.header("content-type") == Some("application/json")
        && (status == 401) == answer.header("www-authenticate").is_some();
    (!is_good).then(|| format!("{}\n{}", answer.head, answer.body))
}

#[tokio::test]
async fn a_documented_call_gets_the_documented_answer_with_and_without_the_base_path() {
    let server = server().await;
    let specification = workspace::specification().unwrap();
    let operation = specification.operation("generate_tokens").unwrap();
    let example = &operation.response(200).unwrap().examples[0].value;
    for path in [PATH, PATH.strip_prefix("/api").unwrap()] {
        let answer = post(&server, path, &HEADERS).await;
        assert_eq!((answer.status, &answer.json()), (200, example), "{path}");
        assert_eq!(answer.header("x-request-id"), Some("mine"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

#[tokio::test]
async fn a_call_without_a_required_header_is_refused_with_the_envelope_that_names_it() {
    let server = server().await;
    for (index, (name, _)) in HEADERS.iter().enumerate() {
        let mut headers = HEADERS.to_vec();
        headers.remove(index);
        let answer = post(&server, PATH, &headers).await;
        let body = answer.json();
        let rule = &body["data"]["validations"][name.to_lowercase()];
        assert_eq!(
            (answer.status, rule),
            (
                400,
                &json!([{"rule": "required", "message": format!("the header {name} is required")}])
            ),
            "without {name}: {body}"
        );
    }
}

#[tokio::test]
async fn each_violation_gets_its_status_and_is_named() {
    let server = server().await;
    let table = r"
# A header in place of the documented one, or a query.
API-VERSION:                                   | 400 | api-version: minLength
Application:                                   | 400 | application: minLength
X-Request-ID:                                  | 400 | x-request-id: minLength
X-QB-Enabled: canary                           | 400 | x-qb-enabled: enum
X-QB-Enabled: TRUE                             | 400 | x-qb-enabled: enum
X-QB-Enabled:                                  | 400 | x-qb-enabled: enum minLength
Authorization: Bearer token                    | 200 |
Authorization:                                 | 401 | authorization: bearer
Authorization: Bearer                          | 401 | authorization: bearer
Authorization: Bearer can ary                  | 401 | authorization: bearer
Authorization: Basic canary                    | 401 | authorization: bearer
Authorization: canary                          | 401 | authorization: bearer
Content-Type: application/json                 | 200 |
Content-Type: Application/JSON; charset=utf-8  | 200 |
Content-Type: text/canary                      | 415 | content-type: content-type
Content-Type:                                  | 415 | content-type: content-type
Accept: application/json                       | 200 |
Accept: text/html, */*;q=0.1                   | 200 |
Accept: text/canary                            | 406 | accept: accept
Accept: application/json;q=0                   | 406 | accept: accept
Prefer: return=minimal                         | 200 |
Prefer: dynamic=true                           | 200 |
Prefer: code=canary                            | 422 | prefer: code
Prefer: example=                               | 422 | prefer: example
Prefer: code=canary, example                   | 422 | prefer: code example
Prefer: code=418                               | 404 |
Prefer: example=canary                         | 404 |
Prefer: code=404, example=canary               | 404 |
Prefer: example=illustrative                   | 404 |
Content-Length: 0                              | 200 |
X-Unknown: canary                              | 200 |
Expect: 100-continue                           | 200 |
Cookie: canary                                 | 200 |
Origin: https://canary.example                 | 200 |
If-None-Match: *                               | 200 |
?page=1&per_page=20&paginated_results=false&include=a | 200 |
?include=tokens.actions%7Curl;type             | 200 |
?include=a+b%20c                               | 200 |
?unknown=canary&Page=0                         | 200 |
?&                                             | 200 |
?page=%31                                      | 200 |
?page=0                                        | 400 | page: minimum
?page=-1                                       | 400 | page: minimum
?page=canary                                   | 400 | page: type
?page=1.0                                      | 400 | page: type
?page=+1                                       | 400 | page: type
?page=                                         | 400 | page: type
?page                                          | 400 | page: type
?page=9223372036854775808                      | 400 | page: format
?page=1&page=2                                 | 400 | page: once
?page=1&p%61ge=1                               | 400 | page: once
?per_page=0                                    | 400 | per_page: minimum
?paginated_results=canary                      | 400 | paginated_results: type
?paginated_results=TRUE                        | 400 | paginated_results: type
?paginated_results=1                           | 400 | paginated_results: type
?include=                                      | 400 | include: minLength
?include                                       | 400 | include: minLength
?include=canary%zz                             | 400 | include: encoding
?include=canary%f                              | 400 | include: encoding
?include=canary%ff                             | 400 | include: encoding
?include=a&include=b                           | 400 | include: once
?canary%zz=1                                   | 400 | query: encoding
?page=0&per_page=x&include=                    | 400 | include: minLength, page: minimum, per_page: type
";
    let mut failures = Vec::new();
    for [change, status, violations] in rows(table) {
        let query = change.starts_with('?').then_some(change);
        let headers = match change.split_once(':') {
            Some((name, value)) if query.is_none() => with(&[(name, value.trim())]),
            _ => HEADERS.to_vec(),
        };
        let path = format!("{PATH}{}", query.unwrap_or_default());
        let answer = post(&server, &path, &headers).await;
        if status == "200" {
            if answer.status != 200 {
                failures.push(format!("{change}\n{}", answer.body));
            }
        } else if let Some(problem) = unlike(&answer, status.parse().unwrap(), violations) {
            failures.push(format!("{change}\n{problem}"));
        }
    }
    for (name, value, kind) in [
        ("API-VERSION", "5.0.0", 400),
        ("Application", "canary", 400),
        ("X-Request-ID", "canary", 400),
        ("X-QB-Enabled", "true", 400),
        ("Authorization", "Bearer canary", 401),
        ("Content-Type", "application/json", 415),
    ] {
        let mut headers = with(&[(name, value)]);
        headers.push((name, value));
        let answer = post(&server, PATH, &headers).await;
        let violations = format!("{}: once", name.to_lowercase());
        if let Some(problem) = unlike(&answer, kind, &violations) {
            failures.push(format!("{name} twice\n{problem}"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[tokio::test]
async fn all_violations_of_a_request_are_named_at_once_and_the_gravest_decides_the_status() {
    let server = server().await;
    let everything = "accept: accept, api-version: required, application: required, \
                      authorization: bearer, body: empty, content-type: content-type, page: minimum, \
                      prefer: code, x-qb-enabled: enum, x-request-id: required";
    let mut headers = vec![
        ("Prefer", "code=x"),
        ("Authorization", "x"),
        ("X-QB-Enabled", "x"),
        ("Content-Type", "x/y"),
        ("Accept", "x/y"),
    ];
    let mut expected: Vec<&str> = everything.split(", ").collect();
    let gravest_first = [
        (422, Some("prefer: code")),
        (401, Some("authorization: bearer")),
        (400, None),
    ];
    for (status, violation) in gravest_first {
        let mut request = format!("POST {PATH}?page=0 HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in &headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("Content-Length: 2\r\n\r\n{}");
        let answer = send(&server.url(), request.as_bytes()).await.unwrap();
        assert_eq!(
            (answer.status, rules(&answer.json())),
            (status, expected.join(", "))
        );
        expected.retain(|other| Some(*other) != violation);
        headers.remove(0);
    }
    let both = with(&[("Content-Type", "x/y"), ("Accept", "x/y")]);
    assert_eq!(post(&server, PATH, &both).await.status, 415);
}

#[tokio::test]
async fn an_unknown_path_is_not_found_and_another_method_is_not_allowed() {
    let server = server().await;
    let mut failures = Vec::new();
    for path in [
        "/",
        "/api",
        "/api/",
        "/api/elsewhere",
        "/apipayment-processors/generate-tokens",
        "/api/api/payment-processors/generate-tokens",
        "/api/payment-processors/generate-tokens/",
        "//payment-processors/generate-tokens",
        "/api/payment-processors%2fgenerate-tokens",
        "/api/Payment-processors/generate-tokens",
        "/api/payment-processors/%zz",
    ] {
        let answer = post(&server, path, &HEADERS).await;
        if let Some(problem) = unlike(&answer, 404, "") {
            failures.push(format!("{path}\n{problem}"));
        }
    }
    for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"] {
        let answer = request(&server.url(), method, PATH, &HEADERS)
            .await
            .unwrap();
        let problem = unlike(&answer, 405, "");
        if problem.is_some() || answer.header("allow") != Some("POST") {
            failures.push(format!("{method}\n{}", answer.head));
        }
        if answer.header("x-request-id") != Some("mine") {
            failures.push(format!("{method} has no id\n{}", answer.head));
        }
    }
    let head = request(&server.url(), "HEAD", PATH, &HEADERS)
        .await
        .unwrap();
    if (head.status, head.header("allow"), head.body.as_str()) != (405, Some("POST"), "") {
        failures.push(format!("HEAD\n{}\n{}", head.head, head.body));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[tokio::test]
async fn another_example_can_be_asked_for() {
    let server = server().await;
    let specification = workspace::specification().unwrap();
    for response in &specification
        .operation("generate_tokens")
        .unwrap()
        .responses
    {
        for example in &response.examples {
            server.answer_example(response.status, Some(&example.name));
            let answer = post(&server, PATH, &HEADERS).await;
            assert_eq!(
                (answer.status, &answer.json()),
                (response.status, &example.value),
                "{}",
                example.place
            );
        }
    }
    server.answer_example(404, Some("no such example"));
    assert_eq!(post(&server, PATH, &HEADERS).await.status, 500);
    server.answer_raw(418, "text/html", "<html>");
    let answer = post(&server, PATH, &HEADERS).await;
    assert_eq!(answer.status, 418);
    assert_eq!(answer.header("content-type"), Some("text/html"));
}

/// Each row was tried with Prism 5.14.2, which answers the same.
#[tokio::test]
async fn a_request_chooses_its_answer_as_with_prism() {
    let server = server().await;
    let specification = workspace::specification().unwrap();
    let operation = specification.operation("generate_tokens").unwrap();
    let table = r#"
                                             | 200 | documented
code=200                                     | 200 | documented
code=404                                     | 404 | illustrative
code="401"                                   | 401 | illustrative
example=without_optional_parts               | 200 | without_optional_parts
example="without_optional_parts"             | 200 | without_optional_parts
code=200, example=without_optional_parts     | 200 | without_optional_parts
example=without_optional_parts,code=200      | 200 | without_optional_parts
code=200 and example=without_optional_parts  | 200 | without_optional_parts
code=404, example=illustrative               | 404 | illustrative
wait=5, code=403; x=y, return=minimal        | 403 | illustrative
code=404;example=unknown                     | 404 | illustrative
code=404 and code=401                        | 404 | illustrative
code=404, example=without_optional_parts     | 200 | without_optional_parts
respond-async                                | 200 | documented
"#;
    let mut failures = Vec::new();
    for [lines, status, name] in rows(table) {
        let status = status.parse().unwrap();
        let preferences = lines.split(" and ").filter(|line| !line.is_empty());
        let preferences: Vec<_> = preferences.map(|line| ("Prefer", line)).collect();
        let answer = post(&server, PATH, &with(&preferences)).await;
        let examples = &operation.response(status).unwrap().examples;
        let example = examples
            .iter()
            .find(|example| example.name == name)
            .unwrap();
        if (answer.status, &answer.json()) != (status, &example.value) {
            failures.push(format!("{lines}: {} {}", answer.status, answer.body));
        }
    }
    // A request that is not valid is refused, whatever it prefers.
    let answer = post(
        &server,
        PATH,
        &with(&[("Prefer", "code=200"), ("Application", "")]),
    )
    .await;
    if answer.status != 400 {
        failures.push(format!("a refusal: {}", answer.status));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[tokio::test]
async fn a_body_or_a_head_that_is_too_large_or_unreadable_is_refused() {
    let server = server().await;
    let limit = Settings::default().body_limit;
    let url = server.url();
    let head =
        |extra: &str| format!("POST {PATH} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{extra}");
    let announced = |size: usize, sent: usize| {
        let head = head(&format!("Content-Length: {size}\r\n\r\n"));
        [head.as_bytes(), &vec![b' '; sent]].concat()
    };
    let chunked = |size: usize| {
        let head = head("Transfer-Encoding: chunked\r\n\r\n");
        let body = [
            format!("{size:x}\r\n").as_bytes(),
            &vec![b' '; size],
            b"\r\n0\r\n\r\n",
        ]
        .concat();
        [head.as_bytes(), &body].concat()
    };
    let long_head = head(&format!("X-Long: {}\r\n\r\n", "a".repeat(100_000)));
    let many_heads = head(&format!("{}\r\n", "X-Many: a\r\n".repeat(200)));
    let cases = [
        ("as large as it may be", announced(limit, limit), 400),
        ("one byte more", announced(limit + 1, limit + 1), 413),
        ("much more, announced only", announced(1 << 40, 0), 413),
        ("in chunks, as large as it may be", chunked(limit), 400),
        ("in chunks, one byte more", chunked(limit + 1), 413),
        (
            "in chunks that are none",
            head("Transfer-Encoding: chunked\r\n\r\nzz\r\n").into_bytes(),
            400,
        ),
        ("a header of 100,000 bytes", long_head.into_bytes(), 431),
        ("200 headers", many_heads.into_bytes(), 431),
    ];
    let mut failures = Vec::new();
    for (name, bytes, expected) in cases {
        let answer = send(&url, &bytes).await.unwrap();
        if answer.status != expected {
            failures.push(format!("{name}: {}\n{}", answer.status, answer.body));
        }
        if expected == 413 && !rules(&answer.json()).contains("body: size") {
            failures.push(format!("{name}: {}", answer.body));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// A specification that has nothing in common with ours.
#[tokio::test]
async fn another_specification_is_served_without_a_line_written_for_it() {
    let specification = Specification::load(&made_up()).unwrap();
    let server = MockServer::start(specification).await.unwrap();
    let table = r#"
GET /v1/shelves/top/books/7.json                               |                             |                     | 200 |
GET /other/base/shelves/top/books/7.json                       |                             |                     | 200 |
GET /shelves/t%6Fp/books/%37.json                              |                             |                     | 200 |
GET /other/shelves/top/books/7.json                            |                             |                     | 404 |
GET /v1/shelves/top/books/7.xml                                |                             |                     | 404 |
GET /v1/shelves/TOP/books/7.json                               |                             |                     | 400 | shelf: pattern
GET /v1/shelves/top/books/x.json                               |                             |                     | 400 | book_id: type
GET /v1/shelves/top/books/0.json                               |                             |                     | 400 | book_id: minimum
GET /v1/shelves/top/books/2147483648.json                      |                             |                     | 400 | book_id: format
GET /v1/shelves/%zz/books/x.json                               |                             |                     | 400 | book_id: type, shelf: encoding
GET /v1/shelves/top/books/7.json?since=2026-02-28&weight=2.5   |                             |                     | 200 |
GET /v1/shelves/top/books/7.json?since=2026-02-29              |                             |                     | 400 | since: format
GET /v1/shelves/top/books/7.json?trace=canary                  |                             |                     | 400 | trace: format
GET /v1/shelves/top/books/7.json?weight=2.6                    |                             |                     | 400 | weight: maximum
GET /v1/shelves/top/books/7.json?weight=canary                 |                             |                     | 400 | weight: type
GET /v1/shelves/top/books/7.json?tag=old&tag=new               |                             |                     | 200 |
GET /v1/shelves/top/books/7.json?tag=old&tag=canary            |                             |                     | 400 | tag: enum
GET /v1/shelves/top/books/7.json?tag=old&tag=old&tag=new       |                             |                     | 400 | tag: maxItems
GET /v1/shelves/top/books/7.json                               | Authorization: Basic canary |                     | 200 |
DELETE /v1/shelves/top                                         | Authorization: Bearer token |                     | 204 |
DELETE /v1/shelves/mine                                        | Authorization: Bearer token |                     | 405 |
DELETE /v1/shelves/top                                         |                             |                     | 401 | authorization: required
DELETE /v1/shelves/top                                         | Authorization: Bearer token, Prefer: code=404 |                     | 404 |
GET /v1/shelves/mine                                           | Authorization: Bearer token |                     | 200 |
GET /v1/shelves/mine                                           |                             |                     | 401 | authorization: required
POST /v1/shelves/mine                                          |                             |                     | 405 |
PUT /v1/shelves/mine                                           | Content-Type: application/json | {"name":"ab"}       | 204 |
PUT /v1/shelves/mine                                           | Content-Type: application/json |                     | 400 | body: required
PUT /v1/shelves/mine                                           | Content-Type: application/json | {                   | 400 | body: json
PUT /v1/shelves/mine                                           | Content-Type: application/json | {"name":"c"}        | 400 | body/name: minLength
PUT /v1/shelves/mine                                           | Content-Type: application/json | {"canary":"canary"} | 400 | body/name: required
PUT /v1/shelves/mine                                           | Content-Type: text/plain    | {"name":"ab"}       | 415 | content-type: content-type
"#;
    let mut failures = Vec::new();
    for [asked, headers, body, status, violations] in rows(table) {
        let mut bytes = format!("{asked} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n");
        for header in headers.split(", ").filter(|header| !header.is_empty()) {
            bytes.push_str(&format!("{header}\r\n"));
        }
        bytes.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        let answer = send(&server.url(), bytes.as_bytes()).await.unwrap();
        let found = (answer.status.to_string(), rules(&answer.json()));
        if found != (status.to_owned(), violations.to_owned()) || answer.body.contains("canary") {
            failures.push(format!(
                "{asked} {headers} {body}: {found:?}\n{}",
                answer.body
            ));
        }
        if status == "405" && answer.header("allow") != Some("GET, PUT") {
            failures.push(format!("{asked}\n{}", answer.head));
        }
        if status == "204" && !answer.body.is_empty() {
            failures.push(format!("{asked}: {}", answer.body));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[tokio::test]
async fn of_several_examples_the_first_in_the_file_is_answered() {
    let specification = Specification::load(&made_up()).unwrap();
    let server = MockServer::start(specification).await.unwrap();
    let get = async |others: &[(&str, &str)]| {
        let headers = [&[("Authorization", "Bearer a")], others].concat();
        let answer = request(&server.url(), "GET", "/shelves/mine", &headers).await;
        answer.unwrap().json()["name"].clone()
    };
    assert_eq!(get(&[]).await, "mine");
    assert_eq!(get(&[("Prefer", "example=another")]).await, "another");
}

#[tokio::test]
async fn what_can_not_be_checked_is_named_before_anything_is_served() {
    let rows = [
        (json!({"type": "string", "pattern": "("}), "regex"),
        (json!({"type": "integer", "minimum": "a"}), "\"a\" is not"),
        (json!({"$ref": "#/nowhere"}), "`#/nowhere`"),
    ];
    for (schema, said) in rows {
        let document = json!({"paths": {"/a": {"get": {
            "parameters": [{"name": "q", "in": "query", "schema": schema}],
            "responses": {"204": {"description": ""}},
        }}}});
        let document = Document::of(&document).unwrap();
        let error = MockServer::start(document).await.err().unwrap().to_string();
        let place = "paths./a.get.parameters.0.schema";
        assert!(error.contains(place) && error.contains(said), "{error}");
    }
}

/// The command in the README, without its host and port.
#[tokio::test]
async fn the_request_of_the_readme_is_answered_with_a_success() {
    let readme = workspace::root().unwrap().join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let command = readme.split("\ncurl ").nth(1).unwrap();
    let command = command.split("```").next().unwrap();
    let url = command.split_whitespace().find(|word| word.contains("://"));
    let (_, path) = url.unwrap().split_once(":4010").unwrap();
    let texts = command.split('\'').skip(1).step_by(2);
    let headers: Vec<(&str, &str)> = texts.map(|text| text.split_once(": ").unwrap()).collect();
    assert!(command.starts_with("--request POST "), "{command}");
    let answer = post(&server().await, path, &headers).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}
