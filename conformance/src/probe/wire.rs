//! Sends requests exactly as they are planned: a part that is left out stays out, and a wrong part is sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use tokio::time::timeout;
use uuid::Uuid;

use super::answer::{Answer, Body, Came, Cause, LARGEST_BODY};
use super::request::{Request, Text};
use super::target::Target;
use crate::parameter_text::encode_query;

/// Sends a request and reads the answer.
pub async fn send(target: &Target, request: &Request) -> Came {
    let request = match build(target, request) {
        Ok(request) => request,
        Err(problem) => return Came::silence(Cause::Broken, problem),
    };
    match timeout(target.timeout, exchange(target, request)).await {
        Ok(came) => came,
        Err(_) => Came::timed_out(target.timeout),
    }
}

async fn exchange(target: &Target, request: reqwest::Request) -> Came {
    let mut response = match target.http.execute(request).await {
        Ok(response) => response,
        Err(error) => {
            let cause = if error.is_connect() {
                Cause::NotConnected
            } else if error.is_timeout() {
                Cause::TimedOut
            } else {
                Cause::Broken
            };
            return Came::silence(cause, innermost(&error));
        }
    };
    let mut bytes = Vec::new();
    let body = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > LARGEST_BODY => break Body::TooLarge,
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break Body::Whole(bytes),
            Err(error) => break Body::BrokenOff(innermost(&error)),
        }
    };
    Came::Answer(Answer::new(
        response.status().as_u16(),
        response.headers(),
        body,
    ))
}

/// The error behind an error; the outer ones quote the URL.
fn innermost(error: &reqwest::Error) -> String {
    let mut source: Option<&dyn std::error::Error> = std::error::Error::source(error);
    let mut text = "the connection broke".to_owned();
    while let Some(error) = source {
        text = error.to_string();
        source = error.source();
    }
    text
}

fn build(target: &Target, request: &Request) -> Result<reqwest::Request, &'static str> {
    let path = request.filled_path(|text| fill_in(target, text));
    let url = format!("{}{path}", target.base_url);
    let mut url = Url::parse(&url).map_err(|_| "the URL can't be built")?;
    let pairs = request.query.iter().map(|(name, text)| {
        let text = match text {
            Text::Written(text) => text.clone(),
            other => encode_query(&fill_in(target, other)),
        };
        format!("{}={text}", encode_query(name))
    });
    let pairs: Vec<String> = pairs.collect();
    if !pairs.is_empty() {
        url.set_query(Some(&pairs.join("&")));
    }
    let method: Method = request
        .method
        .parse()
        .map_err(|_| "the method can't be sent")?;
    let mut headers = HeaderMap::new();
    // As in the sdk: a server may wait for a body otherwise.
    if request.body.is_none() && matches!(method, Method::POST | Method::PUT | Method::PATCH) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    for (name, text) in &request.headers {
        let problem = "a header can't be sent";
        let name = HeaderName::try_from(name.as_str()).map_err(|_| problem)?;
        let value = HeaderValue::try_from(fill_in(target, text)).map_err(|_| problem)?;
        headers.append(name, value);
    }
    let mut built = reqwest::Request::new(method, url);
    *built.headers_mut() = headers;
    *built.body_mut() = request.body.clone().map(Into::into);
    Ok(built)
}

fn setting<'a>(target: &'a Target, name: &str) -> &'a str {
    target
        .credentials
        .settings
        .get(name)
        .map_or("", String::as_str)
}

fn fill_in(target: &Target, text: &Text) -> String {
    match text {
        Text::Known(text) | Text::Written(text) => text.clone(),
        Text::Setting(name) => setting(target, name).to_owned(),
        Text::Basic(name) => format!("Basic {}", STANDARD.encode(setting(target, name))),
        Text::RequestId => Uuid::new_v4().to_string(),
        Text::CustomerToken => {
            let token = target.credentials.customer_token.as_deref();
            format!("Bearer {}", token.unwrap_or_default())
        }
    }
}
