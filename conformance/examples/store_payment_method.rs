//! A customer stores a card: a small web application that asks for the token on its server, checks where the
//! customer is sent, opens the payment page in a sandboxed frame, and notices how it ended.
//!
//! cargo run -p conformance --example store_payment_method
//!
//! It needs no account: the API and the payment page are those of the mock server, which it starts itself.
//!
//! That the payment page led to one of the landing pages is a hint and no proof: a customer can open a
//! landing page by hand. An application asks the API for the stored cards before it relies on one.

use std::error::Error;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use conformance::mock_server::{MockServer, PaymentPageSettings, Settings};
use conformance::workspace;
use par_ordering::{Client, PaymentPage, PaymentUrlPolicy, Secret};
use tokio::net::TcpListener;

/// Where the payment page leads when the card was stored, and when it was not.
const LANDING_PAGES: [&str; 2] = ["/stored", "/not-stored"];

/// What a payment page needs: scripts, forms, and an origin of its own for its cookies and requests. It can
/// neither navigate the window it is shown in, nor open another, nor start a download.
const SANDBOX: &str = "allow-forms allow-same-origin allow-scripts";

/// The application, ready to be served.
pub struct Application {
    /// Where it listens.
    pub origin: String,
    /// What it talks to.
    pub api: MockServer,
    listener: TcpListener,
    router: Router,
}

/// What all requests share.
struct Shop {
    origin: String,
    client: Client,
    policy: PaymentUrlPolicy,
    /// An application has many customers, and knows from its session who asks.
    customer_token: Secret,
}

impl Application {
    /// Listens on a free port of the loopback address, with a mock server of its own.
    pub async fn new() -> Result<Self, Box<dyn Error>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let landing = |path: &str| format!("{origin}{path}").parse();
        let settings = Settings {
            payment_page: Some(PaymentPageSettings {
                success_url: Some(landing(LANDING_PAGES[0])?),
                fail_url: Some(landing(LANDING_PAGES[1])?),
            }),
            ..Settings::default()
        };
        let api = MockServer::start_with(workspace::specification()?, settings).await?;
        let shop = Shop {
            origin: origin.clone(),
            client: Client::builder()
                .base_url(api.url())
                .application("your-application-key")
                .build()?,
            // In production: the hosts of the payment pages that you know, by `allow_host`, and no loopback.
            policy: PaymentUrlPolicy::default().allow_loopback_for_development(),
            customer_token: "a-customers-token".into(),
        };
        let router = Router::new()
            .route("/", get(start))
            .route("/payment-page", post(payment_page))
            .route("/cancelled", get(cancelled))
            .route(
                LANDING_PAGES[0],
                get(|| landing_page("stored", "Your card is saved.")),
            )
            .route(
                LANDING_PAGES[1],
                get(|| landing_page("not-stored", "Your card was not saved.")),
            )
            .route("/style.css", get(|| file("text/css", STYLE)))
            .route("/icon.svg", get(|| file("image/svg+xml", ICON)))
            .route("/watch.js", get(|| file("text/javascript", WATCH)))
            .route("/landing.js", get(|| file("text/javascript", LANDING)))
            .with_state(Arc::new(shop));
        Ok(Self {
            origin,
            api,
            listener,
            router,
        })
    }

    /// Answers requests until it is dropped. The mock server lives as long.
    pub async fn serve(self) -> io::Result<()> {
        let _api = self.api;
        axum::serve(self.listener, self.router).await
    }
}

const ICON: &str = include_str!("store_payment_method/icon.svg");
const STYLE: &str = include_str!("store_payment_method/style.css");
const WATCH: &str = include_str!("store_payment_method/watch.js");
const LANDING: &str = include_str!("store_payment_method/landing.js");

async fn start() -> Response {
    let body = "<h1>Pay faster next time</h1>\
        <p>Save your card for your next order. It takes a minute, and you can remove it at any time.</p>\
        <form method=\"post\" action=\"/payment-page\"><button>Save a card</button></form>";
    page(
        StatusCode::OK,
        "form-action 'self'; frame-ancestors 'none'",
        body,
    )
}

async fn payment_page(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Response {
    // No other site may ask in the customer's name. Scripts can't set this header; the session cookie of an
    // application is `SameSite=Strict` besides. `Origin` would not do: without a referrer it is `null`.
    // A session cookie is also what keeps out a page whose name was made to lead here.
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    if site != Some(b"same-origin") {
        return message(
            StatusCode::FORBIDDEN,
            "Please start from our shop",
            "<p>Go back to the shop, and choose “Save a card” there.</p>",
        );
    }
    let customer = shop.client.for_customer(shop.customer_token.clone());
    let response = match customer.generate_tokens().send().await {
        Ok(response) => response,
        Err(error) if error.status() == Some(StatusCode::UNAUTHORIZED) => {
            return message(
                StatusCode::UNAUTHORIZED,
                "Please sign in again",
                "<p>You were away for a while, so we signed you out. Sign in, and then save your card.</p>",
            );
        }
        Err(error) => return unavailable(error.request_id(), &error),
    };
    // An entry without a page is one for the payment processor's own SDK.
    let mut actions = response
        .data
        .tokens
        .iter()
        .filter_map(|token| token.actions.as_ref());
    let Some(url) = actions.find_map(|actions| actions.url.as_ref()) else {
        return message(
            StatusCode::OK,
            "This shop can't save cards",
            "<p>You can still pay in another way when you order.</p>",
        );
    };
    match shop.check(url) {
        Ok((page, origin)) => framed(&page, &origin, &shop.origin),
        Err(error) => unavailable(response.request_id(), error.as_ref()),
    }
}

/// Where customers end who change their mind. The tokens of the answer are kept nowhere here: with the page that is
/// left its address is gone, and the next attempt asks for new ones. Whoever leaves while the payment page is still busy
/// may have stored a card all the same.
async fn cancelled() -> Response {
    message(
        StatusCode::OK,
        "No card was saved",
        "<p>You went back before you finished. The page that you left is gone: next time you get a new one.</p>",
    )
}

impl Shop {
    /// Whether the customer may be sent there, and whether it can be noticed how it ends: the page and its
    /// origin.
    fn check<'a>(
        &self,
        url: &'a par_ordering::PaymentUrl,
    ) -> Result<(PaymentPage<'a>, String), Box<dyn Error>> {
        let page = url.check(&self.policy)?;
        let origin = reqwest::Url::parse(page.expose_secret())?
            .origin()
            .ascii_serialization();
        // A page of our own origin could take off its sandbox.
        if origin == self.origin {
            return Err("the payment page is of the application's own origin".into());
        }
        for (named, path) in [page.success_url(), page.fail_url()]
            .iter()
            .zip(LANDING_PAGES)
        {
            if named.as_deref() != Some(&format!("{}{path}", self.origin)) {
                return Err(format!("the payment page does not lead to {path} in the end").into());
            }
        }
        Ok((page, origin))
    }
}

/// The one page with a secret: the address that has to be opened, and nothing else of the answer.
fn framed(payment_page: &PaymentPage<'_>, origin: &str, own_origin: &str) -> Response {
    let [stored, not_stored] = LANDING_PAGES;
    let policy = format!(
        "script-src 'self'; frame-src {origin} {own_origin}{stored} {own_origin}{not_stored}; \
         form-action 'none'; frame-ancestors 'none'"
    );
    // Both ends are in the page already; the script shows the one that it was told of, in place of the frame.
    let body = format!(
        "<div role=\"status\">\
         <section id=\"stored\" hidden><h1>Your card is saved</h1>\
         <p>You can choose it the next time you pay.</p><a class=\"button\" href=\"/\">Back to the shop</a></section>\
         <section id=\"not-stored\" hidden><h1>Your card was not saved</h1>\
         <p>Check its number and date and try again, or use another card.</p>\
         <a class=\"button\" href=\"/\">Try again</a></section></div>\
         <section id=\"entry\"><a id=\"cancel\" href=\"/cancelled\">Cancel</a><h1>Save your card</h1>\
         <p>Enter your card below, on the page of our payment partner. We never see its number.</p>\
         <iframe title=\"Payment page\" sandbox=\"{SANDBOX}\" referrerpolicy=\"no-referrer\" src=\"{}\"></iframe>\
         </section><script src=\"/watch.js\"></script>",
        escaped(payment_page.expose_secret())
    );
    page(StatusCode::OK, &policy, &body)
}

/// The landing pages tell the page around them how it ended.
async fn landing_page(id: &'static str, text: &'static str) -> Response {
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{text}</title>\
         <body id=\"{id}\"><p>{text}</p><script src=\"/landing.js\"></script></body></html>"
    );
    let policy = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
    respond(StatusCode::OK, "text/html; charset=utf-8", policy, body)
}

/// The customer learns that it does not work, the log why: errors of the sdk hold no secret. The id of the request
/// leads from one to the other.
fn unavailable(request_id: &str, error: &dyn Error) -> Response {
    eprintln!("no payment page, reference {request_id}: {error}");
    let text = format!(
        "<p>Something went wrong on our side, and nothing was saved. Please try again in a few minutes.</p>\
         <p>If it happens again, tell our support this reference:<br><code>{}</code></p>",
        escaped(request_id)
    );
    message(
        StatusCode::BAD_GATEWAY,
        "Your card can't be saved right now",
        &text,
    )
}

fn message(status: StatusCode, title: &str, text: &str) -> Response {
    let body = format!("<h1>{title}</h1>{text}<a class=\"button\" href=\"/\">Back to the shop</a>");
    page(status, "form-action 'none'; frame-ancestors 'none'", &body)
}

fn page(status: StatusCode, more_policy: &str, body: &str) -> Response {
    let policy = format!(
        "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; {more_policy}"
    );
    let html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Save a card</title>\
         <link rel=\"icon\" href=\"/icon.svg\"><link rel=\"stylesheet\" href=\"/style.css\"></head>\
         <body><main>{body}</main></body></html>\n"
    );
    respond(status, "text/html; charset=utf-8", &policy, html)
}

async fn file(content_type: &'static str, text: &'static str) -> Response {
    respond(
        StatusCode::OK,
        content_type,
        "default-src 'none'",
        text.to_owned(),
    )
}

fn respond(status: StatusCode, content_type: &str, policy: &str, body: String) -> Response {
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, policy),
        (CONTENT_TYPE, content_type),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, body).into_response()
}

/// Text as the value of an attribute: the browser reads it back byte for byte.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let application = Application::new().await?;
    println!("Open {} in a browser; Ctrl-C ends it.", application.origin);
    application.serve().await?;
    Ok(())
}
