//! The documented payment page: allowed, kept byte for byte, and its nested URLs found.

use conformance::testing::documented_answer::documented_answer;
use par_ordering::types::GenerateTokensResponse;
use par_ordering::{PaymentUrl, PaymentUrlError, PaymentUrlPolicy};
use serde_json::Value;

/// The documented answer as the crate decodes it, and the URL as the specification writes it.
fn documented() -> (GenerateTokensResponse, String) {
    let answer = documented_answer().unwrap();
    let url = &answer["data"]["tokens"][0]["actions"]["url"];
    let url = url.as_str().unwrap().to_owned();
    assert_eq!(url.chars().count(), 1227);
    (serde_json::from_value(answer).unwrap(), url)
}

fn page(answer: &GenerateTokensResponse) -> &PaymentUrl {
    let actions = answer.data.tokens[0].actions.as_ref().unwrap();
    actions.url.as_ref().unwrap()
}

#[test]
fn the_documented_page_is_allowed_with_and_without_its_host_listed() {
    let (answer, text) = documented();
    let url = page(&answer);
    let any = PaymentUrlPolicy::default();
    let listed = any.clone().allow_host("api-playground.menu.app");
    for policy in [&any, &listed] {
        let page = url.check(policy).unwrap();
        assert_eq!(page.expose_secret(), text);
        assert_eq!(
            page.success_url().as_deref(),
            Some(
                "https://api-playground.menu.app/api/payment-processors/success?mt_application_id=683"
            )
        );
        assert_eq!(
            page.fail_url().as_deref(),
            Some(
                "https://api-playground.menu.app/api/payment-processors/fail?mt_application_id=683"
            )
        );
    }
}

#[test]
fn the_documented_page_is_refused_once_only_other_hosts_are_listed() {
    let (answer, _) = documented();
    let policy = PaymentUrlPolicy::default().allow_host("uatps48.aurusepay.com");
    assert_eq!(
        page(&answer).check(&policy).unwrap_err(),
        PaymentUrlError::HostNotAllowed {
            host: "api-playground.menu.app".to_owned()
        }
    );
}

#[test]
fn the_documented_page_prints_without_its_query() {
    let (answer, text) = documented();
    let url = page(&answer);
    let page = url.check(&PaymentUrlPolicy::default()).unwrap();
    let (_, query) = text.split_once('?').unwrap();
    for shown in [
        format!("{url}"),
        format!("{url:#?}"),
        format!("{page:?}"),
        format!("{answer:#?}"),
    ] {
        for secret in query.split(['&', '=']).filter(|part| part.len() > 6) {
            assert!(!shown.contains(secret), "{secret} is shown by {shown}");
        }
    }
    assert_eq!(
        url.to_string(),
        "https://api-playground.menu.app/[redacted]"
    );
}

#[test]
fn a_page_that_is_decoded_and_encoded_keeps_its_bytes() {
    let (answer, text) = documented();
    let encoded = serde_json::to_value(&answer).unwrap();
    assert_eq!(encoded["data"]["tokens"][0]["actions"]["url"], *text);

    for text in [
        text.as_str(),
        "",
        "HTTPS://Pay.Example.com:443/a/../b/%7e?%7E&isPayment=&=#",
        " https:\\\\pay.example.com\t\u{0}\u{e9}\u{1f600}",
    ] {
        let json = Value::from(text);
        let url: PaymentUrl = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(url.expose_secret(), text);
        assert_eq!(serde_json::to_value(&url).unwrap(), json);
    }
}
