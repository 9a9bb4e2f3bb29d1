//! Where the headers of a request get their values: from the call itself, and where it says nothing from the operation,
//! the settings of the client and the customer.

use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, Entry, HeaderMap, HeaderValue, USER_AGENT,
};
use reqwest::{Body, Method, Request};

use crate::runtime::call::operation::{DefaultFrom, Generated, Header, Setting};
use crate::runtime::call::{Call, without_token};
use crate::runtime::client::authorization::authorization;
use crate::runtime::client::customer::Source;
use crate::runtime::client::header_value::{InvalidHeader, header_value};
use crate::runtime::error::failure::Failure;

impl Call<'_> {
    pub(super) async fn fill_in_headers(&self, request: &mut Request) -> Result<(), Failure> {
        let has_body = request.body().is_some();
        let is_empty = request
            .body()
            .and_then(Body::as_bytes)
            .is_none_or(<[u8]>::is_empty);
        let expects_body = matches!(
            *request.method(),
            Method::POST | Method::PUT | Method::PATCH
        );
        let headers = request.headers_mut();
        for header in self.operation.headers {
            self.fill_in(headers, header)?;
        }
        headers.insert(USER_AGENT, self.settings.shared().user_agent.clone());
        let content_type = if has_body {
            &self.operation.body_type
        } else {
            &self.operation.content_type
        };
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, content_type.clone());
        }
        if let Some(customer) = self.customer() {
            let value = match customer.source() {
                Source::Fixed(value) => value.clone(),
                Source::Provided(provided) => {
                    let token = self.in_time(|| provided.token()).await?;
                    authorization(&token.map_err(without_token)?)
                }
            };
            headers.insert(AUTHORIZATION, value?);
        }
        // The length of a body is known to the HTTP stack, which writes it once, unless there is nothing in it.
        if is_empty && (expects_body || has_body) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(())
    }

    fn fill_in(
        &self,
        headers: &mut HeaderMap,
        header: &'static Header,
    ) -> Result<(), InvalidHeader> {
        let value = match headers.entry(&header.name) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => match self.default(header)? {
                Some(value) => entry.insert(value),
                None => return Ok(()),
            },
        };
        if header.secret {
            value.set_sensitive(true);
        }
        Ok(())
    }

    fn default(&self, header: &'static Header) -> Result<Option<HeaderValue>, InvalidHeader> {
        let shared = self.settings.shared();
        let value = match &header.default_from {
            None => None,
            Some(DefaultFrom::Constant(value)) => Some(value.clone()),
            Some(DefaultFrom::Generated(Generated::RequestId)) => {
                let text = self.request_id.to_string();
                Some(header_value(header.name.as_str(), text)?)
            }
            Some(DefaultFrom::Setting(Setting::ApiVersion)) => Some(shared.api_version.clone()),
            Some(DefaultFrom::Setting(Setting::Application)) => shared.application.clone(),
        };
        if value.is_none() && header.required {
            return Err(InvalidHeader {
                name: header.name.as_str(),
                problem: "is required and has no value: set it on the client or on the call",
            });
        }
        Ok(value)
    }
}
