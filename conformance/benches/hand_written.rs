//! What a caller would write with reqwest and serde: the same request, and the same answer as a struct of plain
//! texts. It has the time limit of a call, a new identifier for each request, and the same headers. It has no limit
//! of size, no retries, no secrets that are hidden or zeroed, and no raw body beside the value.

#![allow(dead_code, reason = "no bench needs all of it")]

use std::error::Error;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
};
use serde::Deserialize;
use uuid::Uuid;

/// All documented parts of the answer.
#[derive(Deserialize)]
pub struct Answer {
    pub status: String,
    pub code: i64,
    pub data: Data,
}

#[derive(Deserialize)]
pub struct Data {
    pub tokens: Vec<Token>,
}

#[derive(Deserialize)]
pub struct Token {
    pub payment_processor_id: String,
    pub payment_processor_type_id: i64,
    pub token: Option<String>,
    pub additional_info: Option<AdditionalInfo>,
    pub actions: Option<Actions>,
    pub bin_ranges: Option<BinRanges>,
}

#[derive(Deserialize)]
pub struct AdditionalInfo {
    pub session_key: Option<String>,
}

#[derive(Deserialize)]
pub struct Actions {
    pub r#type: Option<String>,
    pub url: Option<String>,
}

#[derive(Deserialize)]
pub struct BinRanges {
    pub bin_ranges: Vec<BinRange>,
}

#[derive(Deserialize)]
pub struct BinRange {
    pub range: Range,
    pub refundable: Option<bool>,
    pub pin_required: Option<bool>,
    pub rechargeable: Option<bool>,
}

#[derive(Deserialize)]
pub struct Range {
    pub from: i64,
    pub to: i64,
}

/// A client of the API for one customer.
pub struct Caller {
    http: reqwest::Client,
    url: String,
    application: String,
    token: String,
}

impl Caller {
    /// With the default time limit of the crate, and without decompression.
    pub fn new(base_url: &str, application: &str, token: &str) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .no_proxy()
            .no_gzip()
            .user_agent(concat!("hand-written/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            http,
            url: format!("{base_url}/payment-processors/generate-tokens"),
            application: application.to_owned(),
            token: token.to_owned(),
        })
    }

    /// The request of the documented sample.
    pub fn request(&self) -> reqwest::RequestBuilder {
        self.request_with_headers().header(CONTENT_LENGTH, "0")
    }

    fn request_with_headers(&self) -> reqwest::RequestBuilder {
        self.http
            .post(&self.url)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .header("api-version", "5.0.0")
            .header("application", &self.application)
            .header("x-request-id", Uuid::new_v4().to_string())
            .header("x-qb-enabled", "true")
            .bearer_auth(&self.token)
    }

    /// Sends it and decodes what comes back.
    pub async fn call(&self) -> Result<Answer, reqwest::Error> {
        let response = self.request().send().await?;
        response.error_for_status()?.json().await
    }

    /// The same, after the runtime has checked its sockets. Without that, what a server sent unasked on an idle connection
    /// can be read as the answer.
    pub async fn careful_call(&self) -> Result<Answer, reqwest::Error> {
        tokio::task::yield_now().await;
        self.call().await
    }

    /// The same with a body.
    pub async fn call_with(&self, body: Vec<u8>) -> Result<Answer, reqwest::Error> {
        let response = self.request_with_headers().body(body).send().await?;
        response.error_for_status()?.json().await
    }
}

/// The least that a caller can write: five headers that are made once, without a time limit and without an identifier
/// of the request.
pub struct MinimalCaller {
    http: reqwest::Client,
    url: String,
}

impl MinimalCaller {
    pub fn new(base_url: &str, application: &str, token: &str) -> Result<Self, Box<dyn Error>> {
        let headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("application/json")),
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (
                HeaderName::from_static("api-version"),
                HeaderValue::from_static("5.0.0"),
            ),
            (
                HeaderName::from_static("application"),
                HeaderValue::from_str(application)?,
            ),
            (
                AUTHORIZATION,
                HeaderValue::from_str(&format!("Bearer {token}"))?,
            ),
        ]);
        let http = reqwest::Client::builder()
            .default_headers(headers)
            .no_proxy()
            .no_gzip()
            .build()?;
        Ok(Self {
            http,
            url: format!("{base_url}/payment-processors/generate-tokens"),
        })
    }

    /// Sends it and decodes what comes back.
    pub async fn call(&self) -> Result<Answer, Box<dyn Error + Send + Sync>> {
        let response = self.http.post(&self.url).send().await?;
        let body = response.error_for_status()?.bytes().await?;
        Ok(serde_json::from_slice(&body)?)
    }
}
