//! What is kept of a request so that it can be sent again: the HTTP client takes the request itself.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};

/// A request that can be sent any number of times; it has no body. The headers are kept as a list, because most requests
/// are never repeated and a list takes half the time that a copy of their table takes.
pub(crate) struct Repeatable {
    method: Method,
    url: Url,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Repeatable {
    pub(crate) fn of(request: &Request) -> Self {
        debug_assert!(request.body().is_none());
        let headers = request.headers().iter();
        Self {
            method: request.method().clone(),
            url: request.url().clone(),
            headers: headers
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        }
    }

    /// The request, to be sent.
    pub(crate) fn request(&self) -> Request {
        let mut request = Request::new(self.method.clone(), self.url.clone());
        let mut headers = HeaderMap::with_capacity(self.headers.len());
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        *request.headers_mut() = headers;
        request
    }

    /// The first value of a header.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&HeaderValue> {
        let mut headers = self.headers.iter();
        headers.find_map(|(other, value)| (other == name).then_some(value))
    }

    /// Gives a header another value.
    pub(crate) fn replace(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_made_again_as_it_was() {
        let url = "http://127.0.0.1/a?b=c".parse().unwrap();
        let mut request = Request::new(Method::PUT, url);
        for (name, value) in [("a", "1"), ("b", "2"), ("a", "3")] {
            let mut value = HeaderValue::from_static(value);
            value.set_sensitive(name == "b");
            request.headers_mut().append(name, value);
        }
        let repeatable = Repeatable::of(&request);
        for _ in 0..2 {
            let again = repeatable.request();
            assert_eq!(again.method(), request.method());
            assert_eq!(again.url(), request.url());
            assert_eq!(again.headers(), request.headers());
            assert!(again.headers()["b"].is_sensitive());
        }
    }

    #[test]
    fn a_header_that_is_replaced_has_its_new_value_alone() {
        let mut request = Request::new(Method::GET, "http://127.0.0.1".parse().unwrap());
        for value in ["1", "2"] {
            let value = HeaderValue::from_static(value);
            request.headers_mut().append("a", value);
        }
        let name = HeaderName::from_static("a");
        let mut repeatable = Repeatable::of(&request);
        assert_eq!(repeatable.header(&name).unwrap(), "1");
        repeatable.replace(name.clone(), HeaderValue::from_static("3"));
        assert_eq!(repeatable.header(&name).unwrap(), "3");
        let values: Vec<_> = repeatable
            .request()
            .headers()
            .get_all(name)
            .into_iter()
            .cloned()
            .collect();
        assert_eq!(values, ["3"]);
    }
}
