//! One call: what is known of it from the first line on, and what every request of it gets.

use std::future::Future;

use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Request};
use tokio::time::Instant;
use uuid::Uuid;

use super::client::Client;
use super::credentials::Credentials;
use super::error::{Error, ErrorKind, Failure};
use super::header::{InvalidHeader, header_value};
use super::operation::{DefaultFrom, Generated, Header, Operation, OperationInfo, Setting};
use super::path::has_shape_of;
use super::response::{Response, ResponseValue};
use super::transport;

/// One call of an operation. Generated code sees it in the place of its client.
pub(crate) struct Call<'a> {
    /// For generated code: below which URL the operation is.
    pub(crate) baseurl: &'a str,
    /// For generated code: makes requests.
    pub(crate) client: &'a reqwest::Client,
    settings: &'a Client,
    operation: &'static Operation,
    request_id: String,
    /// `None` if it is further away than time can be counted.
    deadline: Option<Instant>,
}

impl<'a> Call<'a> {
    pub(crate) fn begin(
        settings: &'a Client,
        operation: &'static Operation,
        request_id: Option<String>,
    ) -> Self {
        let shared = settings.shared();
        Self {
            baseurl: shared.base_url.as_str(),
            client: &shared.http.0,
            settings,
            operation,
            request_id: request_id.unwrap_or_else(|| Uuid::new_v4().to_string()),
            deadline: Instant::now().checked_add(settings.deadline()),
        }
    }

    /// Runs the generated code of the operation; whatever comes of it knows operation and request.
    pub(crate) async fn run<T, E>(
        &self,
        body: impl Future<Output = Result<ResponseValue<T>, Error<E>>>,
    ) -> Result<ResponseValue<T>, Error<E>> {
        match body.await {
            Ok(response) => Ok(response.of_call(self.request_id.clone())),
            Err(error) => Err(error.of_call(self.operation.id, self.request_id.clone())),
        }
    }

    /// For generated code: fills in what the call itself did not set.
    pub(crate) async fn pre(
        &self,
        request: &mut Request,
        info: &OperationInfo,
    ) -> Result<(), Failure> {
        debug_assert_eq!(info.operation_id, self.operation.id);
        debug_assert_eq!(request.method().as_str(), self.operation.method);
        let base_path = self.settings.shared().base_url.path();
        if !has_shape_of(request.url().path(), base_path, self.operation.path) {
            return Err(Failure::new(
                ErrorKind::InvalidRequest,
                "a parameter in the path is empty, `.` or `..`",
            ));
        }
        for header in self.operation.headers {
            self.fill_in(request, header)?;
        }
        let headers = request.headers_mut();
        if self.operation.bearer_token
            && let Some(token) = self.settings.customer()
        {
            let text = format!("Bearer {}", token.expose_secret());
            let mut value = match token.expose_secret() {
                "" => header_value("authorization", String::new())?,
                _ => header_value("authorization", text)?,
            };
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        if let Some(content_type) = self.operation.content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        let method = request.method();
        let expects_body =
            *method == Method::POST || *method == Method::PUT || *method == Method::PATCH;
        if expects_body && !self.operation.has_body {
            request
                .headers_mut()
                .insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(())
    }

    /// For generated code: sends the request.
    pub(crate) async fn exec(
        &self,
        request: Request,
        _info: &OperationInfo,
    ) -> Result<Response, Failure> {
        let credentials = Credentials::of(request.headers());
        let max_body = self.settings.shared().max_body;
        let raw = transport::send(self.client, request, self.deadline, max_body).await?;
        Ok(Response::new(self.operation, raw, credentials))
    }

    /// For generated code: nothing is left to do after an answer.
    pub(crate) async fn post(
        &self,
        _result: &Result<Response, Failure>,
        _info: &OperationInfo,
    ) -> Result<(), Failure> {
        Ok(())
    }

    fn fill_in(&self, request: &mut Request, header: &'static Header) -> Result<(), Failure> {
        let name = HeaderName::from_static(header.name);
        if !request.headers().contains_key(&name) {
            let Some(text) = self.default(header)? else {
                return Ok(());
            };
            request
                .headers_mut()
                .insert(&name, header_value(header.name, text)?);
        }
        if header.secret
            && let Some(value) = request.headers_mut().get_mut(&name)
        {
            value.set_sensitive(true);
        }
        Ok(())
    }

    fn default(&self, header: &'static Header) -> Result<Option<String>, InvalidHeader> {
        let shared = self.settings.shared();
        let text = match header.default_from {
            None => None,
            Some(DefaultFrom::Constant(text)) => Some(text.to_owned()),
            Some(DefaultFrom::Generated(Generated::RequestId)) => Some(self.request_id.clone()),
            Some(DefaultFrom::Setting(Setting::ApiVersion)) => Some(shared.api_version.clone()),
            Some(DefaultFrom::Setting(Setting::Application)) => shared
                .application
                .as_ref()
                .map(|key| key.expose_secret().to_owned()),
        };
        if text.is_none() && header.required {
            return Err(InvalidHeader {
                name: header.name,
                problem: "is required and has no value: set it on the client or on the call",
            });
        }
        Ok(text)
    }
}
