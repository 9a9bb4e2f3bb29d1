//! The example application in headless Chromium, as a customer uses it. Where there is no Chromium it is
//! skipped, and says so; with `CI=true` that is a failure.
//!
//! `INSTA_UPDATE=always` stores what the customer sees as the pictures `docs/store_payment_method*.png`.

use std::env;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::store_payment_method::serve;
use axum::http::Method;
use conformance::workspace;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use openapi::secret::documented_secrets;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::{ParseError, Url};

const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Only the traffic of the test, and nothing left from another run.
const FLAGS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=720,1100",
];

/// For a landing page, which belongs to the application itself.
const OF_LANDING_PAGES: &str = "can escape its sandboxing";

#[tokio::test]
async fn a_customer_sees_whether_the_card_was_stored() {
    let Some(browser) = Browser::find() else {
        assert!(
            env::var("CI").as_deref() != Ok("true"),
            "there is no Chromium with its chromedriver: with CI=true they have to be there"
        );
        // Not by a macro: the output of a passing test by a macro is hidden.
        let _ = writeln!(
            io::stderr(),
            "SKIPPED: the example application in a browser: there is no `chromium` with its `chromedriver`"
        );
        return;
    };
    let driver = Driver::start(&browser);
    let served = serve(|_| {}).await;
    let failing = serve(|application| {
        let body = "no answer".to_owned();
        application.api.answer_raw(500, "text/plain", body);
    })
    .await;
    let client = driver.connect(&browser).await;
    let visit = async {
        let mut failures = visit(&client, &served.origin).await?;
        failures.extend(visit_in_vain(&client, &failing.origin).await?);
        failures.extend(unseen_complaints(&client).await?);
        Ok(failures)
    };
    let outcome = tokio::time::timeout(Duration::from_secs(120), visit).await;
    let said = complaints(&client).await.unwrap_or_default();
    // The browser would outlive the driver.
    client.close().await.unwrap();
    let failures: Vec<String> = match outcome {
        Ok(Ok(failures)) => failures,
        Ok(Err::<_, CmdError>(error)) => panic!("{error}\n{}", said.join("\n")),
        Err(_) => panic!("it takes too long\n{}", said.join("\n")),
    };
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Saves a card, fails to save one, leaves without one, and returns what is wrong.
async fn visit(client: &Client, origin: &str) -> Result<Vec<String>, CmdError> {
    let mut failures = Vec::new();
    // What is clicked in the payment page, or beside it if there is nothing, and where that leads.
    let ends = [
        (Some("#store"), "stored", "Your card is saved"),
        (Some("#fail"), "not_stored", "Your card was not saved"),
        (None, "cancelled", "No card was saved"),
    ];
    for (link, name, expected) in ends {
        client.goto(origin).await?;
        click(client, "button").await?;
        let frame = client.wait().for_element(Locator::Css("iframe")).await?;
        let address = frame.attr("src").await?.unwrap_or_default();
        let page = client.source().await?;
        failures.extend(secrets_in(&page, &address));
        // As much as a form for a card needs.
        let (_, _, _, height) = frame.rectangle().await?;
        if height < 700.0 {
            failures.push(format!("the frame is {height} pixels high"));
        }

        enter_payment_page(client, link.unwrap_or("#store")).await?;
        enter_window(client).await?;
        if name == "stored" {
            picture_if_asked(client, "").await?;
        }
        if let Some(link) = link {
            enter_payment_page(client, link).await?;
            // The frame may disappear before the click is answered. Only the result counts.
            let _ = click(client, link).await;
            enter_window(client).await?;
        } else {
            click(client, "#cancel").await?;
        }

        let heading = format!("//h1[text()=\"{expected}\" and not(ancestor::*[@hidden])]");
        client.wait().for_element(Locator::XPath(&heading)).await?;
        picture_if_asked(client, &format!("_{name}")).await?;
        let page = client.source().await?;
        if page.contains("<iframe") || page.contains("payment-page?") {
            failures.push(format!("{name}: the payment page is still there: {page}"));
        }
        let back = "//a[@class=\"button\" and not(ancestor::*[@hidden])]";
        client.find(Locator::XPath(back)).await?.click().await?;
        client.wait().for_element(Locator::Css("button")).await?;
    }
    Ok(failures)
}

/// Asks for a payment page when there is none.
async fn visit_in_vain(client: &Client, origin: &str) -> Result<Vec<String>, CmdError> {
    client.goto(origin).await?;
    click(client, "button").await?;
    client.wait().for_element(Locator::Css("code")).await?;
    // The same in each picture.
    let reference =
        "document.querySelector('code').textContent = '00000000-0000-4000-8000-000000000000'";
    client.execute(reference, Vec::new()).await?;
    picture_if_asked(client, "_error").await?;
    let said = complaints(client).await?;
    // The browser reports the status.
    let others = said
        .into_iter()
        .filter(|line| !line.contains("status of 502"));
    Ok(others.collect())
}

/// What the browser complained about; checks first that complaints are kept.
async fn unseen_complaints(client: &Client) -> Result<Vec<String>, CmdError> {
    let mut failures = complaints(client).await?;
    // An empty log would prove nothing about the rest.
    client
        .execute("console.error('canary')", Vec::new())
        .await?;
    if !complaints(client)
        .await?
        .iter()
        .any(|line| line.contains("canary"))
    {
        failures.push("the log of the browser does not keep errors".to_owned());
    }
    Ok(failures)
}

/// Looks at the frame as soon as it has the link: while the page loads, each step can fail.
async fn enter_payment_page(client: &Client, link: &str) -> Result<(), CmdError> {
    loop {
        enter_window(client).await?;
        let frame = client.wait().for_element(Locator::Css("iframe")).await?;
        if frame.enter_frame().await.is_ok() && client.find(Locator::Css(link)).await.is_ok() {
            return Ok(());
        }
    }
}

/// Leaves the frame, even if it has disappeared.
async fn enter_window(client: &Client) -> Result<(), CmdError> {
    let top = Post {
        path: "frame",
        body: json!({"id": null}),
    };
    client.issue_cmd(top).await.map(drop)
}

async fn click(client: &Client, selector: &str) -> Result<(), CmdError> {
    let element = client.wait().for_element(Locator::Css(selector)).await?;
    element.click().await
}

/// The secrets of the page, except the address that it must open.
fn secrets_in(page: &str, address: &str) -> Vec<String> {
    let escaped = address.replace('&', "&amp;");
    let rest = page.replace(&escaped, "");
    let mut failures = Vec::new();
    if address.is_empty() || rest == page {
        failures.push(format!("the page does not hold its address once: {page}"));
    }
    let mut secrets = documented_secrets(&workspace::specification().unwrap());
    secrets.extend(["your-application-key", "a-customers-token"].map(str::to_owned));
    let shown = secrets.iter().filter(|secret| rest.contains(*secret));
    failures.extend(shown.map(|secret| format!("the page shows {secret}")));
    failures
}

/// The messages of the browser since the last call, among them violations of a policy.
async fn complaints(client: &Client) -> Result<Vec<String>, CmdError> {
    let log = client
        .issue_cmd(Post {
            path: "se/log",
            body: json!({"type": "browser"}),
        })
        .await?;
    let entries = log.as_array().into_iter().flatten();
    Ok(entries
        .filter(|entry| entry["level"] != "INFO" && entry["level"] != "DEBUG")
        .map(|entry| format!("the browser says: {entry}"))
        .filter(|line| !line.contains(OF_LANDING_PAGES))
        .collect())
}

/// A command that the client does not know.
#[derive(Debug)]
struct Post {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Post {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// Pictures differ between machines, so it is not compared.
async fn picture_if_asked(client: &Client, name: &str) -> Result<(), CmdError> {
    if env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        let docs = workspace::root().unwrap().join("conformance").join("docs");
        let page = client.find(Locator::Css("body")).await?;
        let image = page.screenshot().await?;
        fs::write(docs.join(format!("store_payment_method{name}.png")), image).unwrap();
    }
    Ok(())
}

/// The program that drives Chromium, and each installed Chromium: it drives only one of its own version.
struct Browser {
    binaries: Vec<PathBuf>,
    driver: PathBuf,
}

impl Browser {
    fn find() -> Option<Self> {
        let binaries: Vec<PathBuf> = BROWSERS.into_iter().filter_map(program).collect();
        let driver = program("chromedriver")?;
        (!binaries.is_empty()).then_some(Self { binaries, driver })
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// A running chromedriver; it ends when this is dropped.
struct Driver {
    process: Child,
    url: String,
    profile: TempDir,
}

impl Driver {
    fn start(browser: &Browser) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new(&browser.driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let port = BufReader::new(process.stdout.take().unwrap())
            .lines()
            .find_map(|line| {
                let line = line.unwrap();
                said.push_str(&line);
                let (_, port) = line.split_once("successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            });
        Self {
            process,
            url: format!(
                "http://127.0.0.1:{}",
                port.unwrap_or_else(|| panic!("{said}"))
            ),
            profile,
        }
    }

    async fn connect(&self, browser: &Browser) -> Client {
        let mut flags = FLAGS.map(str::to_owned).to_vec();
        let profile = self.profile.path().display();
        flags.push(format!("--user-data-dir={profile}"));
        let mut refusals = Vec::new();
        for binary in &browser.binaries {
            let capabilities = json!({
                "browserName": "chrome",
                "goog:chromeOptions": {"binary": binary, "args": flags},
                "goog:loggingPrefs": {"browser": "ALL"},
            });
            let session = ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities.as_object().unwrap().clone())
                .connect(&self.url)
                .await;
            match session {
                Ok(client) => return client,
                Err(error) => refusals.push(format!("{}: {error}", binary.display())),
            }
        }
        panic!("{}", refusals.join("\n"))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
