//! Requests as generated code puts them together, under the names that are the generator's. What reqwest's own builder
//! would do for each is saved here: to parse the whole URL, and to parse and print it again for each query parameter.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request};
use serde::Serialize;

use crate::runtime::call::query::QueryParam;
use crate::runtime::client::base_url::BaseUrl;
use crate::runtime::error::failure::Failure;

/// Stands in the place of an HTTP client: one method for each of HTTP's, for paths below the base URL.
pub(crate) struct Requests<'a> {
    pub(crate) base_url: &'a BaseUrl,
}

#[allow(
    dead_code,
    reason = "which of them are needed depends on the specification"
)]
impl<'a> Requests<'a> {
    pub(crate) fn get(&self, path: String) -> RequestBuilder<'a> {
        self.begin(Method::GET, path)
    }

    pub(crate) fn put(&self, path: String) -> RequestBuilder<'a> {
        self.begin(Method::PUT, path)
    }

    pub(crate) fn post(&self, path: String) -> RequestBuilder<'a> {
        self.begin(Method::POST, path)
    }

    pub(crate) fn delete(&self, path: String) -> RequestBuilder<'a> {
        self.begin(Method::DELETE, path)
    }

    pub(crate) fn options(&self, path: String) -> RequestBuilder<'a> {
        self.begin(Method::OPTIONS, path)
    }

    pub(crate) fn head(&self, path: String) -> RequestBuilder<'a> {
        self.begin(Method::HEAD, path)
    }

    pub(crate) fn patch(&self, path: String) -> RequestBuilder<'a> {
        self.begin(Method::PATCH, path)
    }

    pub(crate) fn trace(&self, path: String) -> RequestBuilder<'a> {
        self.begin(Method::TRACE, path)
    }

    fn begin(&self, method: Method, path: String) -> RequestBuilder<'a> {
        RequestBuilder {
            base_url: self.base_url,
            method,
            path,
            query: Ok(Vec::new()),
            headers: HeaderMap::with_capacity(HEADERS),
        }
    }
}

/// How many headers there is room for at once: those of most operations and those that the runtime adds.
const HEADERS: usize = 12;

/// A request that is being put together. A parameter that can't be sent makes itself felt at the end.
pub(crate) struct RequestBuilder<'a> {
    base_url: &'a BaseUrl,
    method: Method,
    path: String,
    query: Result<Vec<(&'static str, String)>, Failure>,
    headers: HeaderMap,
}

#[allow(
    dead_code,
    reason = "which of them are needed depends on the specification"
)]
impl RequestBuilder<'_> {
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
        let mut url = self.base_url.below(&self.path);
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

    use super::*;
    use crate::runtime::Error;

    fn base_url() -> BaseUrl {
        BaseUrl::parse("http://127.0.0.1:1/api").unwrap()
    }

    #[test]
    fn a_request_is_what_was_put_together() {
        let base_url = base_url();
        let requests = Requests {
            base_url: &base_url,
        };
        let mut headers = HeaderMap::new();
        let name = HeaderName::from_static("a");
        headers.append(name.clone(), HeaderValue::from_static("2"));
        headers.append(name.clone(), HeaderValue::from_static("3"));
        let request = requests
            .delete("/b".to_owned())
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
            "http://127.0.0.1:1/api/b?text=a+b%26c%3D%C3%BC&number=7"
        );
        assert_eq!(request.headers()[ACCEPT], "text/plain");
        let values: Vec<_> = request.headers().get_all(name).iter().collect();
        assert_eq!(values, ["2", "3"]);
    }

    #[test]
    fn nothing_is_put_where_nothing_is_given() {
        let base_url = base_url();
        let requests = Requests {
            base_url: &base_url,
        };
        let request = requests
            .get("/b".to_owned())
            .query(&QueryParam::new("absent", &None::<bool>))
            .build()
            .map_err(Error::<()>::from)
            .unwrap();
        assert_eq!(request.url().as_str(), "http://127.0.0.1:1/api/b");
        assert!(request.headers().is_empty());
    }

    #[test]
    fn what_can_not_be_sent_is_named_and_not_shown() {
        let base_url = base_url();
        let requests = Requests {
            base_url: &base_url,
        };
        let result = requests
            .get("/b".to_owned())
            .query(&QueryParam::new("list", &["canary"]))
            .query(&QueryParam::new("page", &1))
            .build();
        let failure = result.map_err(Error::<()>::from).unwrap_err().to_string();
        assert!(failure.contains("list"), "{failure}");
        assert!(!failure.contains("canary"), "{failure}");
    }
}
