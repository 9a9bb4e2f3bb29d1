//! Requests as generated code puts them together, under the names that are the generator's. What an absent query
//! parameter would cost in reqwest's own builder, which parses and prints the URL for each, is saved here.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use serde::Serialize;

use super::error_kind::ErrorKind;
use super::failure::Failure;
use super::query::QueryParam;

/// Stands in the place of an HTTP client: one method for each of HTTP's.
pub(crate) struct Requests;

#[allow(
    dead_code,
    reason = "which of them are needed depends on the specification"
)]
impl Requests {
    pub(crate) fn get(&self, url: String) -> RequestBuilder {
        RequestBuilder::new(Method::GET, url)
    }

    pub(crate) fn put(&self, url: String) -> RequestBuilder {
        RequestBuilder::new(Method::PUT, url)
    }

    pub(crate) fn post(&self, url: String) -> RequestBuilder {
        RequestBuilder::new(Method::POST, url)
    }

    pub(crate) fn delete(&self, url: String) -> RequestBuilder {
        RequestBuilder::new(Method::DELETE, url)
    }

    pub(crate) fn options(&self, url: String) -> RequestBuilder {
        RequestBuilder::new(Method::OPTIONS, url)
    }

    pub(crate) fn head(&self, url: String) -> RequestBuilder {
        RequestBuilder::new(Method::HEAD, url)
    }

    pub(crate) fn patch(&self, url: String) -> RequestBuilder {
        RequestBuilder::new(Method::PATCH, url)
    }

    pub(crate) fn trace(&self, url: String) -> RequestBuilder {
        RequestBuilder::new(Method::TRACE, url)
    }
}

/// A request that is being put together. A parameter that can't be sent makes itself felt at the end.
pub(crate) struct RequestBuilder {
    method: Method,
    url: String,
    query: Result<Vec<(&'static str, String)>, Failure>,
    headers: HeaderMap,
}

#[allow(
    dead_code,
    reason = "which of them are needed depends on the specification"
)]
impl RequestBuilder {
    fn new(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            query: Ok(Vec::new()),
            headers: HeaderMap::new(),
        }
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Adds these; they take the place of those of the same name.
    pub(crate) fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers.extend(headers);
        self
    }

    pub(crate) fn query<T: Serialize>(mut self, parameter: &QueryParam<'_, T>) -> Self {
        if let Ok(query) = &mut self.query {
            match parameter.pair() {
                Ok(pair) => query.extend(pair),
                Err(failure) => self.query = Err(failure),
            }
        }
        self
    }

    pub(crate) fn build(self) -> Result<Request, Failure> {
        let query = self.query?;
        let mut url = Url::parse(&self.url).map_err(|_| {
            Failure::new(
                ErrorKind::InvalidRequest,
                "the path does not make a URL with the base URL",
            )
        })?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = Request::new(self.method, url);
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};

    use super::{QueryParam, Requests};
    use crate::runtime::Error;

    #[test]
    fn a_request_is_what_was_put_together() {
        let mut headers = HeaderMap::new();
        let name = HeaderName::from_static("a");
        headers.append(name.clone(), HeaderValue::from_static("2"));
        headers.append(name.clone(), HeaderValue::from_static("3"));
        let request = Requests
            .delete("http://a.example/b".to_owned())
            .header(ACCEPT, HeaderValue::from_static("text/plain"))
            .header(name.clone(), HeaderValue::from_static("1"))
            .query(&QueryParam::new("absent", &None::<bool>))
            .query(&QueryParam::new("text", &Some("a b&c=ü")))
            .query(&QueryParam::new("number", &7))
            .headers(headers)
            .build()
            .map_err(Error::<()>::from)
            .unwrap();
        assert_eq!(request.method(), "DELETE");
        assert_eq!(
            request.url().as_str(),
            "http://a.example/b?text=a+b%26c%3D%C3%BC&number=7"
        );
        assert_eq!(request.headers()[ACCEPT], "text/plain");
        let values: Vec<_> = request.headers().get_all(name).iter().collect();
        assert_eq!(values, ["2", "3"]);
    }

    #[test]
    fn nothing_is_put_where_nothing_is_given() {
        let request = Requests
            .get("http://a.example/b".to_owned())
            .query(&QueryParam::new("absent", &None::<bool>))
            .build()
            .map_err(Error::<()>::from)
            .unwrap();
        assert_eq!(request.url().as_str(), "http://a.example/b");
        assert!(request.headers().is_empty());
    }

    #[test]
    fn what_can_not_be_sent_is_named_and_not_shown() {
        let list = Requests
            .get("http://a.example".to_owned())
            .query(&QueryParam::new("list", &["canary"]))
            .query(&QueryParam::new("page", &1))
            .build();
        let no_url = Requests.get("canary".to_owned()).build();
        for (result, expected) in [(list, "list"), (no_url, "base URL")] {
            let failure = format!("{}", result.map_err(Error::<()>::from).unwrap_err());
            assert!(failure.contains(expected), "{failure}");
            assert!(!failure.contains("canary"), "{failure}");
        }
    }
}
