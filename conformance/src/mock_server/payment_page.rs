//! A stand-in for the payment page: payment URLs lead here, and from here to the success or the failure URL.
//!
//! It asks for nothing and runs no script. Like the real page, it navigates to the URLs in its own query.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use url::Url;

const PAGE: &str = "/payment-page";
const STORED: &str = "/payment-page/success";
const NOT_STORED: &str = "/payment-page/fail";

/// The names of these URLs in the payment URLs of the API (source: example of the reference page).
const SUCCESS_URL: &str = "successUrl";
const FAIL_URL: &str = "failUrl";

const STYLE: &str = "body{font:16px/1.5 sans-serif;margin:2rem auto;max-width:28rem;padding:0 1rem}\
                     a{border:1px solid;border-radius:4px;display:inline-block;margin:.5rem .5rem .5rem 0;\
                     padding:.4rem 1rem;text-decoration:none}";

/// Where the page leads.
#[derive(Clone, Debug, Default)]
pub struct PaymentPageSettings {
    /// Where "store the card" leads; by default a page of the mock server.
    pub success_url: Option<ReturnUrl>,
    /// Where "fail" leads; by default a page of the mock server.
    pub fail_url: Option<ReturnUrl>,
}

/// An absolute http or https URL, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnUrl(String);

/// Why a text is not a [`ReturnUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not an absolute http or https URL in printable ASCII")]
pub struct ReturnUrlError;

impl std::str::FromStr for ReturnUrl {
    type Err = ReturnUrlError;

    fn from_str(text: &str) -> Result<Self, ReturnUrlError> {
        let is_printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        // Browsers read more than these two forms as http; none of them is needed here.
        let is_web = text.starts_with("http://") || text.starts_with("https://");
        let has_host = Url::parse(text).is_ok_and(|url| url.has_host());
        if is_printable && is_web && has_host {
            Ok(Self(text.to_owned()))
        } else {
            Err(ReturnUrlError)
        }
    }
}

/// Returns a payment URL that leads to the stand-in at `origin`, with other targets. The rest of the query is kept
/// byte for byte.
pub(super) fn redirected(url: &str, origin: &str, settings: &PaymentPageSettings) -> String {
    let (before_fragment, fragment) = url.split_once('#').unwrap_or((url, ""));
    let query = before_fragment
        .split_once('?')
        .map_or("", |(_, query)| query);
    let mut targets = vec![
        (SUCCESS_URL, nested(&settings.success_url, origin, STORED)),
        (FAIL_URL, nested(&settings.fail_url, origin, NOT_STORED)),
    ];
    let mut parameters: Vec<String> = Vec::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let name = parameter.split('=').next().unwrap_or_default();
        if name == SUCCESS_URL || name == FAIL_URL {
            // With a second one of the same name, it would be unclear which one counts.
            if let Some(place) = targets.iter().position(|(target, _)| *target == name) {
                let (name, value) = targets.remove(place);
                parameters.push(format!("{name}={value}"));
            }
        } else {
            parameters.push(parameter.to_owned());
        }
    }
    parameters.extend(
        targets
            .iter()
            .map(|(name, value)| format!("{name}={value}")),
    );
    let hash = if fragment.is_empty() { "" } else { "#" };
    format!("{origin}{PAGE}?{}{hash}{fragment}", parameters.join("&"))
}

/// Unencoded, as the vendor nests URLs. A URL with a character that would end it there is encoded as a whole.
fn nested(target: &Option<ReturnUrl>, origin: &str, own_page: &str) -> String {
    let url = match target {
        Some(ReturnUrl(url)) => url.clone(),
        None => format!("{origin}{own_page}"),
    };
    if url.contains(['&', '#']) {
        utf8_percent_encode(&url, NON_ALPHANUMERIC).to_string()
    } else {
        url
    }
}

/// The page at that path, if it is one of these.
pub(super) fn page(path: &str, query: &str) -> Option<Response<Body>> {
    let (status, text) = match path {
        STORED => (StatusCode::OK, message("The card was stored.")),
        NOT_STORED => (StatusCode::OK, message("The card was not stored.")),
        PAGE => match (target(query, SUCCESS_URL), target(query, FAIL_URL)) {
            (Some(success), Some(fail)) => (StatusCode::OK, links(&success, &fail)),
            _ => {
                let problem = "The query must name one successUrl and one failUrl, each an http or https URL.";
                (StatusCode::BAD_REQUEST, message(problem))
            }
        },
        _ => return None,
    };
    Some(html(status, &text))
}

/// Read as a page does whose targets are nested unencoded, or encoded as a whole.
fn target(query: &str, name: &str) -> Option<ReturnUrl> {
    let mut values = query
        .split('&')
        .filter_map(|parameter| parameter.strip_prefix(name)?.strip_prefix('='));
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    value.parse().ok().or_else(|| {
        let decoded = percent_decode_str(value).decode_utf8().ok()?;
        decoded.parse().ok()
    })
}

fn message(text: &str) -> String {
    format!("<p>{text}</p>")
}

fn links(ReturnUrl(success): &ReturnUrl, ReturnUrl(fail): &ReturnUrl) -> String {
    format!(
        "<p>This stands for the page on which a customer enters a card. It asks for nothing.</p>\
         <p><a id=\"store\" rel=\"noreferrer\" href=\"{}\">Store the card</a> \
         <a id=\"fail\" rel=\"noreferrer\" href=\"{}\">Fail</a></p>",
        escaped(success),
        escaped(fail)
    )
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    let text = text.replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

fn html(status: StatusCode, body: &str) -> Response<Body> {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>Stand-in for the payment page</title><style>{STYLE}</style></head>\
         <body><main>{body}</main></body></html>\n"
    );
    // Nothing except the style above. Any page may show it in a frame: that is its purpose.
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        // The query of this page is a secret.
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, &policy),
    ];
    (status, headers, page).into_response()
}

#[cfg(test)]
mod tests {
    use super::{FAIL_URL, PaymentPageSettings, ReturnUrl, SUCCESS_URL, redirected, target};

    const ORIGIN: &str = "http://127.0.0.1:4010";

    #[test]
    fn a_payment_url_leads_to_the_stand_in_and_keeps_the_rest_of_its_query() {
        let own = PaymentPageSettings::default();
        let given = PaymentPageSettings {
            success_url: Some("http://127.0.0.1:3000/ok?order=1".parse().unwrap()),
            fail_url: Some(
                "http://127.0.0.1:3000/no?order=1&why=x#top"
                    .parse()
                    .unwrap(),
            ),
        };
        let stored = "successUrl=http://127.0.0.1:4010/payment-page/success";
        let failed = "failUrl=http://127.0.0.1:4010/payment-page/fail";
        let cases = [
            (
                "https://pay.example/init?a=1&successUrl=https://a.example/ok?b=2&failUrl=https://a.example/no?b=2&isPayment=&c=d",
                &own,
                format!("a=1&{stored}&{failed}&isPayment=&c=d"),
            ),
            ("https://pay.example/init", &own, format!("{stored}&{failed}")),
            ("https://pay.example/init?session=7#top", &own, format!("session=7&{stored}&{failed}#top")),
            (
                "https://pay.example/init?failUrl=a&failUrl=b",
                &own,
                format!("{failed}&{stored}"),
            ),
            (
                "https://pay.example/init?successUrl=a&failUrl=b",
                &given,
                "successUrl=http://127.0.0.1:3000/ok?order=1&failUrl=http%3A%2F%2F127%2E0%2E0%2E1%3A3000%2Fno%3Forder%3D1%26why%3Dx%23top".to_owned(),
            ),
        ];
        let mut failures = Vec::new();
        for (url, settings, expected) in cases {
            let found = redirected(url, ORIGIN, settings);
            if found != format!("{ORIGIN}/payment-page?{expected}") {
                failures.push(format!("{url}: {found}"));
            }
            let (_, query) = found.split_once('?').unwrap();
            if target(query, SUCCESS_URL).is_none() || target(query, FAIL_URL).is_none() {
                failures.push(format!("{found} does not lead on"));
            }
        }
        let url = redirected("https://pay.example/init", ORIGIN, &given);
        let query = url.split_once('?').unwrap().1;
        assert_eq!(target(query, FAIL_URL), given.fail_url);
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn only_web_addresses_are_targets() {
        let cases = [
            ("https://a.example/ok?b=c", true),
            ("http://127.0.0.1:3000", true),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("javascript://a.example/%0Aalert(1)", false),
            ("ftp://a.example/", false),
            ("//a.example/", false),
            ("/ok", false),
            ("http:a.example", false),
            ("https://", false),
            ("https://a.example/\"><script>", true),
            ("https://a.example/ b", false),
            ("https://a.example/\n", false),
            (" https://a.example/", false),
            ("", false),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<ReturnUrl>().is_ok(), expected, "{text:?}");
        }
    }
}
