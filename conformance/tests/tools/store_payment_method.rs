//! The example application does over HTTP what an integrator's application should do, and shows no secret
//! but the one address. `browser.rs` drives it as a customer does.

#![allow(
    dead_code,
    reason = "the example has a `main` of its own, which is not called here"
)]

#[path = "../../examples/store_payment_method.rs"]
pub(crate) mod application;

use application::Application;
use conformance::testing::documented_answer::documented_answer;
use conformance::testing::message::{Message, request};
use conformance::workspace;
use openapi::secret::documented_secrets;
use serde_json::{Value, json};
use tokio::task::AbortHandle;

/// The application while it is served.
pub(crate) struct Served {
    pub(crate) origin: String,
    serving: AbortHandle,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Serves the application, whose API answers as `prepare` tells it to.
pub(crate) async fn serve(prepare: impl FnOnce(&Application)) -> Served {
    let application = Application::new().await.unwrap();
    prepare(&application);
    Served {
        origin: application.origin.clone(),
        serving: tokio::spawn(application.serve()).abort_handle(),
    }
}

const BY_THE_BUTTON: [(&str, &str); 1] = [("sec-fetch-site", "same-origin")];

impl Served {
    async fn get(&self, path: &str) -> Message {
        request(&self.origin, "GET", path, &[]).await.unwrap()
    }

    async fn press(&self, headers: &[(&str, &str)]) -> Message {
        request(&self.origin, "POST", "/payment-page", headers)
            .await
            .unwrap()
    }
}

/// The documented answer, with another payment URL if there is one.
fn documented(url: Option<&str>) -> Value {
    let mut answer = documented_answer().unwrap();
    if let Some(url) = url {
        answer["data"]["tokens"][0]["actions"]["url"] = json!(url);
    }
    answer
}

/// What stands between the quotes of an attribute, as a browser reads it.
fn attribute(page: &str, name: &str) -> String {
    let (_, after) = page.split_once(&format!(" {name}=\"")).unwrap();
    let (value, _) = after.split_once('"').unwrap();
    value
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn the_button_opens_the_payment_page_in_a_sandbox_and_the_page_holds_no_other_secret() {
    let served = serve(|_| {}).await;
    let start = served.get("/").await;
    assert_eq!(start.status, 200);
    assert!(
        start
            .body
            .contains("<form method=\"post\" action=\"/payment-page\">")
    );

    let opened = served.press(&BY_THE_BUTTON).await;
    assert_eq!(opened.status, 200, "{}", opened.body);
    assert_eq!(
        attribute(&opened.body, "sandbox"),
        "allow-forms allow-same-origin allow-scripts"
    );
    assert_eq!(attribute(&opened.body, "referrerpolicy"), "no-referrer");
    let (_, iframe) = opened.body.split_once("<iframe").unwrap();
    let url = attribute(iframe, "src");
    let payment_origin = url.split_once("/payment-page?").unwrap().0;
    assert!(
        url.contains(&format!("successUrl={}/stored", served.origin)),
        "{url}"
    );
    assert!(
        url.contains(&format!("failUrl={}/not-stored", served.origin)),
        "{url}"
    );

    let policy = opened.header("content-security-policy").unwrap();
    let frames = format!(
        "; frame-src {payment_origin} {origin}/stored {origin}/not-stored;",
        origin = served.origin
    );
    assert!(policy.contains(&frames), "{policy}");

    let (before, after) = opened.body.split_once("src=\"http").unwrap();
    let (_, after) = after.split_once('"').unwrap();
    let rest = format!("{before}{after}");
    let mut secrets = documented_secrets(&workspace::specification().unwrap());
    assert!(secrets.len() > 2);
    secrets.extend(["your-application-key", "a-customers-token"].map(str::to_owned));
    for secret in secrets {
        assert!(!rest.contains(&secret), "{secret:?} in\n{rest}");
    }
}

#[tokio::test]
async fn every_answer_has_a_strict_policy_and_is_neither_kept_nor_told_of() {
    let served = serve(|_| {}).await;
    let mut answers = vec![
        ("the button", served.press(&BY_THE_BUTTON).await),
        ("another site", served.press(&[]).await),
    ];
    for path in [
        "/",
        "/cancelled",
        "/stored",
        "/not-stored",
        "/watch.js",
        "/landing.js",
        "/style.css",
        "/icon.svg",
    ] {
        answers.push((path, served.get(path).await));
    }
    let mut failures = Vec::new();
    for (name, answer) in answers {
        let policy = answer.header("content-security-policy").unwrap_or_default();
        let is_page = answer.header("content-type") == Some("text/html; charset=utf-8");
        let is_framed = matches!(name, "/stored" | "/not-stored");
        let expected = [
            "default-src 'none'",
            if is_page { "base-uri 'none'" } else { "" },
            if is_page { "form-action '" } else { "" },
            match (is_page, is_framed) {
                (true, true) => "frame-ancestors 'self'",
                (true, false) => "frame-ancestors 'none'",
                _ => "",
            },
        ];
        for expected in expected {
            if !policy.contains(expected) {
                failures.push(format!("{name}: no {expected} in {policy}"));
            }
        }
        for forbidden in ["unsafe", "*", "data:", "http: ", "https: "] {
            if policy.contains(forbidden) {
                failures.push(format!("{name}: {forbidden} in {policy}"));
            }
        }
        for (header, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ] {
            if answer.header(header) != Some(value) {
                failures.push(format!("{name}: {header} is {:?}", answer.header(header)));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn no_other_site_can_ask_in_the_customers_name() {
    let served = serve(|_| {}).await;
    let attempts: [&[(&str, &str)]; 5] = [
        &[],
        &[("sec-fetch-site", "cross-site")],
        // Another application on the same machine or below the same domain.
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-origin"),
        ],
    ];
    for headers in attempts {
        let answer = served.press(headers).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(!answer.body.contains("iframe"), "{}", answer.body);
    }
    assert_eq!(served.press(&BY_THE_BUTTON).await.status, 200);
    let by_link = request(&served.origin, "GET", "/payment-page", &BY_THE_BUTTON).await;
    assert_eq!(by_link.unwrap().status, 405);
}

#[tokio::test]
async fn an_address_that_is_not_to_be_trusted_is_not_opened() {
    let mut failures = Vec::new();
    for (name, url) in [
        (
            "plain http to another machine",
            "http://pay.example.com/?{ends}",
        ),
        ("a script", "javascript:alert(1)//?{ends}"),
        ("a private address", "https://10.0.0.1/?{ends}"),
        (
            "a sign that would leave its attribute",
            "https://pay.example.com/?a=\"><b>&{ends}",
        ),
        (
            "an end that some find elsewhere",
            "https://pay.example.com/?a=b;{ends}",
        ),
        ("the application itself", "{origin}/?{ends}"),
        (
            "ends that nobody would notice",
            "https://pay.example.com/?successUrl=https://pay.example.com/ok&failUrl=https://pay.example.com/no",
        ),
        (
            "only one end",
            "https://pay.example.com/?successUrl={origin}/stored",
        ),
        (
            "an end of another application",
            "https://pay.example.com/?successUrl={origin}.example/stored&failUrl={origin}/not-stored",
        ),
    ] {
        let served = serve(|application| {
            let ends = format!(
                "successUrl={origin}/stored&failUrl={origin}/not-stored",
                origin = application.origin
            );
            let url = url
                .replace("{ends}", &ends)
                .replace("{origin}", &application.origin);
            let answer = documented(Some(&url)).to_string();
            application.api.answer_raw(200, "application/json", answer);
        })
        .await;
        let answer = served.press(&BY_THE_BUTTON).await;
        if answer.status != 502 || answer.body.contains("iframe") || answer.body.contains("alert") {
            failures.push(format!("{name}: {} {}", answer.status, answer.body));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn an_address_is_opened_byte_for_byte_and_can_not_leave_its_attribute() {
    let served = serve(|application| {
        let url = address_with_signs(&application.origin);
        let answer = documented(Some(&url)).to_string();
        application.api.answer_raw(200, "application/json", answer);
    })
    .await;
    let answer = served.press(&BY_THE_BUTTON).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let (_, iframe) = answer.body.split_once("<iframe").unwrap();
    assert_eq!(attribute(iframe, "src"), address_with_signs(&served.origin));
    let escaped = "?a=&amp;amp=&amp;lt=&amp;quot=b&amp;";
    assert!(iframe.contains(escaped), "{}", answer.body);
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.contains("frame-src https://pay.example.com http"),
        "{policy}"
    );
}

fn address_with_signs(origin: &str) -> String {
    format!(
        "HTTPS://Pay.example.com/?a=&amp=&lt=&quot=b&isPayment=&successUrl={origin}/stored&failUrl={origin}/not-stored"
    )
}

#[tokio::test]
async fn what_the_api_answers_else_is_told_to_the_customer_in_plain_words() {
    let no_token = json!({"status": "OK", "code": 200, "data": {"tokens": []}}).to_string();
    let cases = [
        (401, documented(None).to_string(), 401, "sign in again"),
        (403, documented(None).to_string(), 502, "right now"),
        (500, "canary".to_owned(), 502, "right now"),
        (200, "canary".to_owned(), 502, "right now"),
        (200, no_token, 200, "can't save cards"),
    ];
    let mut failures = Vec::new();
    for (status, body, expected_status, expected) in cases {
        let served = serve(|application| {
            application.api.answer_raw(status, "application/json", body);
        })
        .await;
        let answer = served.press(&BY_THE_BUTTON).await;
        let is_plain = answer.body.contains(expected) && !answer.body.contains("canary");
        if answer.status != expected_status || !is_plain {
            failures.push(format!("{status}: {} {}", answer.status, answer.body));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The text between the tags of a page.
fn visible(page: &str) -> String {
    let (_, body) = page.split_once("<body").unwrap();
    let parts = body.split('<').filter_map(|part| part.split_once('>'));
    parts.map(|(_, text)| text).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_customer_who_can_not_go_on_gets_a_new_reference_each_time() {
    let served = serve(|application| {
        application.api.answer_raw(500, "text/plain", String::new());
    })
    .await;
    let mut references = Vec::new();
    for _ in 0..2 {
        let page = served.press(&BY_THE_BUTTON).await.body;
        let (_, after) = page.split_once("<code>").unwrap();
        let (reference, _) = after.split_once("</code>").unwrap();
        assert!(uuid::Uuid::parse_str(reference).is_ok(), "{page}");
        references.push(reference.to_owned());
    }
    assert_ne!(references[0], references[1]);
}

#[tokio::test]
async fn a_customer_who_cancels_is_told_that_nothing_was_saved_and_no_page_speaks_of_what_customers_do_not_know()
 {
    let served = serve(|_| {}).await;
    let failing = serve(|application| {
        application.api.answer_raw(500, "text/plain", String::new());
    })
    .await;
    let opened = served.press(&BY_THE_BUTTON).await;
    let (_, cancel) = opened.body.split_once("id=\"cancel\"").unwrap();
    assert_eq!(attribute(cancel, "href"), "/cancelled");
    let cancelled = served.get("/cancelled").await;
    assert!(
        cancelled.body.contains("No card was saved"),
        "{}",
        cancelled.body
    );
    let pages = [
        served.get("/").await,
        opened,
        cancelled,
        served.press(&[]).await,
        failing.press(&BY_THE_BUTTON).await,
    ];
    let mut failures = Vec::new();
    for Message { body, .. } in pages {
        let text = visible(&body).to_lowercase();
        for word in [
            "token", "api", "http", "error", "server", "request", "status", "500", "502", "403",
        ] {
            let mut words = text.split(|sign: char| !sign.is_alphanumeric());
            if words.any(|one| one == word) {
                failures.push(format!("{word:?} in {text}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
