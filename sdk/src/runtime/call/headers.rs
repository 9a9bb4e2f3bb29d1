//! Where the headers of a request get their values. The call comes first, then the operation, the settings of the
//! client and the customer.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, Entry, HeaderMap, HeaderValue, USER_AGENT,
};

use crate::runtime::call::Call;
use crate::runtime::call::operation::{Credential, DefaultFrom, Generated, Header};
use crate::runtime::call::request::Request;
use crate::runtime::client::customer::{Provided, Source};
use crate::runtime::client::header_value::{InvalidHeader, header_value};
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;

impl Call<'_> {
    /// Returns the provider of the token if that is what is missing.
    pub(super) fn fill_in_headers(
        &self,
        request: &mut Request,
    ) -> Result<Option<&Provided>, Failure> {
        let has_body = request.body.is_some();
        let is_empty = request.body.as_ref().is_none_or(Bytes::is_empty);
        let expects_body = matches!(*request.method, Method::POST | Method::PUT | Method::PATCH);
        let headers = &mut request.headers;
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
        let provided = self.authorize(request)?;
        let headers = &mut request.headers;
        // The HTTP stack sets the length of a body, unless the body is empty.
        if is_empty && (expects_body || has_body) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(provided)
    }

    /// Adds the credentials that the operation needs.
    fn authorize(&self, request: &mut Request) -> Result<Option<&Provided>, Failure> {
        let Some(way) = self.way() else {
            return self.may_be_anonymous().map(|()| None);
        };
        let mut missing = None;
        for credential in way {
            match credential {
                Credential::Customer { .. } => {
                    let Some(customer) = self.settings.customer() else {
                        continue;
                    };
                    let value = match customer.source() {
                        Source::Fixed(value) => value.clone()?,
                        Source::Provided(provided) => {
                            missing = Some(&**provided);
                            // Keeps its place among the headers.
                            HeaderValue::from_static("")
                        }
                    };
                    request.headers.insert(AUTHORIZATION, value);
                }
                Credential::Header { name, setting, .. } => {
                    if let Some(mut value) = self.settings.settings().get(*setting)? {
                        value.set_sensitive(true);
                        // Of two credentials for one header, the last one is sent.
                        missing = missing.filter(|_| *name != AUTHORIZATION);
                        request.headers.insert(name.clone(), value);
                    }
                }
                Credential::Query { name, setting, .. } => {
                    if let Some(value) = self.settings.settings().get(*setting)? {
                        let value = String::from_utf8_lossy(value.as_bytes());
                        request.url.query_pairs_mut().append_pair(name, &value);
                    }
                }
            }
        }
        Ok(missing)
    }

    /// The credentials to send: the first alternative of the operation that is complete.
    pub(super) fn way(&self) -> Option<&'static [Credential]> {
        let settings = self.settings.settings();
        let is_at_hand = |credential: &Credential| match credential {
            Credential::Customer { .. } => self.settings.customer().is_some(),
            Credential::Header { setting, .. } | Credential::Query { setting, .. } => {
                settings.is_set(*setting)
            }
        };
        let mut ways = self.operation.security.iter();
        ways.find(|way| way.iter().all(is_at_hand)).copied()
    }

    /// The credentials in the query, which nothing marks as sensitive.
    pub(super) fn credentials_of_query(&self) -> impl Iterator<Item = HeaderValue> {
        let way = self.way().unwrap_or_default().iter();
        let settings = way.filter_map(|credential| match credential {
            Credential::Query { setting, .. } => Some(*setting),
            _ => None,
        });
        settings.filter_map(|setting| self.settings.settings().get(setting).ok().flatten())
    }

    fn may_be_anonymous(&self) -> Result<(), Failure> {
        let ways = self.operation.security.iter();
        let ways = ways.map(|way| {
            let schemes = way
                .iter()
                .map(|credential| format!("`{}`", credential.scheme()));
            schemes.collect::<Vec<_>>().join(" with ")
        });
        let ways: Vec<String> = ways.collect();
        if ways.is_empty() {
            return Ok(());
        }
        let problem = format!(
            "the operation needs credentials and none are set: {}",
            ways.join(", or ")
        );
        Err(Failure::new(ErrorKind::InvalidRequest, problem))
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
        let value = match &header.default_from {
            None => None,
            Some(DefaultFrom::Constant(value)) => Some(value.clone()),
            Some(DefaultFrom::Generated(Generated::RequestId)) => {
                let text = self.request_id.to_string();
                Some(header_value(header.name.as_str(), text)?)
            }
            Some(DefaultFrom::Setting(setting)) => self.settings.settings().get(*setting)?,
        };
        if value.is_none() && header.required {
            return Err(InvalidHeader {
                name: header.name.as_str(),
                problem: if self.operation.is_declared() {
                    "is required and has no value: set it on the client or on the call"
                } else {
                    "is required and has no value: set it on the client"
                },
            });
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;
    use crate::runtime::Secret;
    use crate::runtime::call::operation::Operation;
    use crate::runtime::client::Client;
    use crate::runtime::client::customer::{Customer, ProviderError, TokenProvider};
    use crate::runtime::response::envelope::Envelope;

    struct Login;

    impl TokenProvider for Login {
        async fn token(&self) -> Result<Secret, ProviderError> {
            Ok("provided".into())
        }

        async fn refresh(&self, _: &Secret) -> Result<Secret, ProviderError> {
            Ok("renewed".into())
        }
    }

    const CUSTOMER: Credential = Credential::Customer { scheme: "customer" };
    const KEY: Credential = Credential::Header {
        scheme: "key",
        name: AUTHORIZATION,
        setting: 0,
    };
    static KEY_LAST: [&[Credential]; 1] = [&[CUSTOMER, KEY]];
    static CUSTOMER_LAST: [&[Credential]; 1] = [&[KEY, CUSTOMER]];

    const fn operation(security: &'static [&'static [Credential]]) -> Operation {
        Operation {
            id: "call",
            method: Method::GET,
            path: "/a",
            accept: None,
            body_type: None,
            content_type: None,
            security,
            headers: &[],
            query: &[],
            envelope: Envelope {
                code: None,
                message: None,
            },
        }
    }

    #[test]
    fn of_two_credentials_for_one_header_the_last_one_is_sent() {
        static FIRST: Operation = operation(&KEY_LAST);
        static LAST: Operation = operation(&CUSTOMER_LAST);
        let client = Client::builder()
            .base_url("http://127.0.0.1:1")
            .application("key")
            .build()
            .unwrap()
            .with_setting(0, Ok("Basic key".into()));
        for (customer, operation, sent, asked) in [
            (Customer::from("fixed"), &FIRST, "Basic key", false),
            (Customer::from("fixed"), &LAST, "Bearer fixed", false),
            (Customer::provided_by(Login), &FIRST, "Basic key", false),
            (Customer::provided_by(Login), &LAST, "", true),
        ] {
            let client = client.for_customer(customer);
            let call = Call::begin(&client, operation, None);
            let mut request = Request {
                method: &operation.method,
                url: "http://127.0.0.1:1/a".parse().unwrap(),
                headers: HeaderMap::new(),
                body: None,
            };
            let provided = call.fill_in_headers(&mut request);
            let is_asked = provided.is_ok_and(|provided| provided.is_some());
            assert_eq!(is_asked, asked, "{sent}");
            assert_eq!(request.headers[AUTHORIZATION], sent);
        }
    }
}
