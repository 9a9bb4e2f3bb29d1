//! The request of a call, which generated code builds. The builder of reqwest would parse the whole URL for each
//! request, and parse and print it again for each query parameter.

use std::cell::Cell;

use bytes::Bytes;
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;

use crate::runtime::call::form::{Form, FormWriter};
use crate::runtime::call::operation::Operation;
use crate::runtime::call::parameter::{Query, Style, header_list};
use crate::runtime::client::base_url::BaseUrl;
use crate::runtime::client::header_value::{HeaderText, InvalidHeader, header_value};
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::secret::zeroizing::{NoRoom, Zeroizing};

/// A request that can be sent several times.
pub(crate) struct Request {
    pub(crate) method: &'static Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
}

impl Request {
    /// A copy to send. It shares the memory of the body and of the headers' values.
    pub(crate) fn copy(&self) -> reqwest::Request {
        let mut copy = reqwest::Request::new(self.method.clone(), self.url.clone());
        *copy.headers_mut() = self.headers.clone();
        *copy.body_mut() = self.body.clone().map(Into::into);
        copy
    }
}

pub(crate) struct RequestBuilder<'a> {
    base_url: &'a BaseUrl,
    operation: &'static Operation,
    /// Below the base URL; the template itself if it has no parameters.
    path: Option<String>,
    query: Query,
    headers: HeaderMap,
    body: Option<Bytes>,
    /// The limit of the body in bytes.
    max_body: usize,
}

/// Initial capacity of the table of headers: more than the existing operation needs.
const HEADERS: usize = 12;

impl<'a> RequestBuilder<'a> {
    pub(crate) fn new(
        base_url: &'a BaseUrl,
        operation: &'static Operation,
        max_body: usize,
    ) -> Self {
        let mut headers = HeaderMap::with_capacity(HEADERS);
        if let Some(accept) = &operation.accept {
            headers.insert(ACCEPT, accept.clone());
        }
        Self {
            base_url,
            operation,
            path: None,
            query: Query::default(),
            headers,
            body: None,
            max_body,
        }
    }

    /// Sets the path with its parameters.
    pub(crate) fn path(&mut self, path: String) {
        self.path = Some(path);
    }

    /// Adds a query parameter.
    pub(crate) fn query(&mut self, name: &str, value: &str) {
        self.query.pair(name, value);
    }

    /// Adds the entries of a list, if there are any.
    pub(crate) fn query_list<I>(
        &mut self,
        name: &str,
        style: Style,
        entries: I,
    ) -> Result<(), Failure>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        self.query.list(name, style, entries)
    }

    pub(crate) fn header(
        &mut self,
        name: &'static str,
        text: impl HeaderText,
    ) -> Result<(), InvalidHeader> {
        self.headers.append(name, header_value(name, text)?);
        Ok(())
    }

    /// Adds a header. Replaces one of the same name.
    pub(crate) fn insert(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers.insert(name, value);
    }

    /// Adds a header with the entries of a list, if there are any.
    pub(crate) fn header_list<I>(&mut self, name: &'static str, entries: I) -> Result<(), Failure>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        let text = header_list(name, entries)?;
        if !text.is_empty() {
            self.header(name, text)?;
        }
        Ok(())
    }

    /// Compact JSON.
    pub(crate) fn json<T: Serialize>(&mut self, value: &T) -> Result<(), Failure> {
        self.body = Some(encode_json(value, self.max_body)?);
        Ok(())
    }

    /// `name=value` pairs, percent-encoded.
    pub(crate) fn form<T: Form>(&mut self, value: &T) -> Result<(), Failure> {
        let mut writer = FormWriter::new(self.max_body);
        let written = value.write(&mut writer);
        written.map_err(|NoRoom| too_large(self.max_body))?;
        self.body = Some(Bytes::from_owner(writer.bytes()));
        Ok(())
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &Bytes) -> Result<(), Failure> {
        if bytes.len() > self.max_body {
            return Err(too_large(self.max_body));
        }
        self.body = Some(bytes.clone());
        Ok(())
    }

    pub(crate) fn build(self) -> Request {
        let mut url = match &self.path {
            Some(path) => self.base_url.below(path),
            None => self.base_url.below_known(self.operation.path),
        };
        if !self.query.is_empty() {
            url.set_query(Some(self.query.as_str()));
        }
        Request {
            method: &self.operation.method,
            url,
            headers: self.headers,
            body: self.body,
        }
    }
}

/// Encodes a value as compact JSON of at most this many bytes. They are zeroed in the end.
pub(crate) fn encode_json<T: Serialize + ?Sized>(value: &T, most: usize) -> Result<Bytes, Failure> {
    let mut writer = BodyWriter::new(most);
    match serde_json::to_writer(&mut writer, value) {
        Ok(()) => {
            LAST_SIZE.set(writer.bytes.len().min(REMEMBERED));
            Ok(Bytes::from_owner(writer.bytes))
        }
        Err(error) if error.is_io() => Err(too_large(most)),
        Err(_) => {
            let problem = "the body can't be written as JSON";
            Err(Failure::new(ErrorKind::InvalidRequest, problem))
        }
    }
}

/// The largest size that is remembered: a small body after a large one takes no more.
const REMEMBERED: usize = 256 * 1024;

thread_local! {
    /// The size of the last body that this thread encoded. The next one is often as large. If the buffer need not grow, it
    /// is neither copied nor zeroed on the way.
    static LAST_SIZE: Cell<usize> = const { Cell::new(0) };
}

/// Keeps the output of an encoder, up to a limit.
struct BodyWriter {
    bytes: Zeroizing<Vec<u8>>,
    most: usize,
}

impl BodyWriter {
    fn new(most: usize) -> Self {
        let last = LAST_SIZE.get();
        let room = 256.max(last.saturating_add(last / 16));
        Self {
            bytes: Zeroizing::new(Vec::with_capacity(room.min(most))),
            most,
        }
    }
}

impl std::io::Write for BodyWriter {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let appended = self.bytes.append(bytes, self.most);
        appended.map_err(|NoRoom| std::io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn too_large(most: usize) -> Failure {
    let problem = format!("the body is larger than {most} bytes");
    Failure::new(ErrorKind::InvalidRequest, problem)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::runtime::Error;
    use crate::runtime::response::envelope::Envelope;

    static CALL: Operation = Operation {
        id: "call",
        method: Method::PUT,
        path: "/b",
        accept: Some(HeaderValue::from_static("text/plain")),
        body_type: None,
        content_type: None,
        security: &[],
        headers: &[],
        query: &[],
        envelope: Envelope {
            code: None,
            message: None,
        },
    };

    fn begin<'a>(base_url: &'a BaseUrl, operation: &'static Operation) -> RequestBuilder<'a> {
        RequestBuilder::new(base_url, operation, 20)
    }

    fn base_url() -> BaseUrl {
        BaseUrl::parse("http://127.0.0.1:1/api", None).unwrap()
    }

    #[test]
    fn a_request_is_what_was_put_together() {
        let base_url = base_url();
        let mut request = begin(&base_url, &CALL);
        request.path("/b/7".to_owned());
        request.query("text", "a b&c=ü");
        request.query("number", "7");
        request.header("a", "1".to_owned()).unwrap();
        request.header("A", "2".to_owned()).unwrap();
        let request = request.build();
        assert_eq!(request.method, "PUT");
        assert_eq!(
            request.url.as_str(),
            "http://127.0.0.1:1/api/b/7?text=a+b%26c%3D%C3%BC&number=7"
        );
        let values: Vec<_> = request.headers.get_all("a").iter().collect();
        assert_eq!(values, ["1", "2"]);
        assert_eq!(request.headers[ACCEPT], "text/plain");
        assert!(request.body.is_none());
    }

    #[test]
    fn nothing_is_put_where_nothing_is_given() {
        let base_url = base_url();
        let request = begin(&base_url, &CALL).build();
        assert_eq!(request.url.as_str(), "http://127.0.0.1:1/api/b");
        assert_eq!(request.headers.len(), 1);
        assert!(request.body.is_none());
    }

    #[test]
    fn a_body_is_compact_json_in_which_null_is_not_absent() {
        let base_url = base_url();
        let mut request = begin(&base_url, &CALL);
        let value = BTreeMap::from([("a", Some(1)), ("b", None)]);
        assert!(request.json(&value).is_ok());
        let request = request.build();
        assert_eq!(request.body.as_deref(), Some(&br#"{"a":1,"b":null}"#[..]));
    }

    /// All memory that is written is memory that the guard zeroes, also when the buffer grows or the encoding fails.
    #[test]
    fn a_body_grows_by_moving_into_memory_of_its_own_and_never_beyond_its_limit() {
        use std::io::Write as _;

        LAST_SIZE.set(0);
        let mut writer = BodyWriter::new(1_000);
        assert!(writer.bytes.capacity() < 1_000);
        let (mut place, mut capacity) = (writer.bytes.as_ptr(), writer.bytes.capacity());
        for count in 1..=100 {
            writer.write_all(b"0123456789").unwrap();
            assert_eq!(writer.bytes.len(), count * 10);
            let moved = (writer.bytes.as_ptr(), writer.bytes.capacity());
            assert_eq!(moved.0 == place, moved.1 == capacity, "after {count}");
            assert!(moved.1 <= 1_000);
            (place, capacity) = moved;
        }
        assert!(writer.write_all(b"!").is_err());
        assert_eq!(writer.bytes.len(), 1_000);
        assert!(writer.bytes.chunks(10).all(|chunk| chunk == b"0123456789"));
    }

    #[test]
    fn a_body_as_large_as_the_last_one_is_not_moved() {
        let text = "a".repeat(1_000_000);
        assert!(encode_json(&text, usize::MAX).is_ok());
        assert!(BodyWriter::new(usize::MAX).bytes.capacity() <= 300_000);
        let text = "a".repeat(10_000);
        assert!(encode_json(&text, 100_000).is_ok());
        let mut writer = BodyWriter::new(100_000);
        let place = writer.bytes.as_ptr();
        serde_json::to_writer(&mut writer, &text).unwrap();
        assert_eq!(writer.bytes.as_ptr(), place);
        assert!(BodyWriter::new(100).bytes.capacity() <= 100);
    }

    #[test]
    fn the_body_that_is_sent_is_the_memory_that_is_zeroed_when_it_is_dropped() {
        let base_url = base_url();
        let mut request = begin(&base_url, &CALL);
        let bytes = Zeroizing::new(b"{\"secret\":1}".to_vec());
        let place = bytes.as_ptr();
        request.body = Some(Bytes::from_owner(bytes));
        let request = request.build();
        for request in [request.copy(), request.copy()] {
            let body = request.body().and_then(reqwest::Body::as_bytes).unwrap();
            assert_eq!(body.as_ptr(), place, "a copy would not be zeroed");
        }
    }

    #[test]
    fn a_copy_is_the_same_to_the_last_byte_and_hides_the_same_headers() {
        let base_url = base_url();
        let mut request = begin(&base_url, &CALL);
        request.path("/a".to_owned());
        request.query("b", "c");
        for (name, text) in [("a", "1"), ("b", "2"), ("a", "3")] {
            let mut value = HeaderValue::from_static(text);
            value.set_sensitive(name == "b");
            request.headers.append(name, value);
        }
        request.body = Some("bytes".into());
        let request = request.build();
        let copy = request.copy();
        assert_eq!(copy.method(), request.method);
        assert_eq!(copy.url(), &request.url);
        assert_eq!(copy.headers(), &request.headers);
        assert!(copy.headers()["b"].is_sensitive());
        assert_eq!(copy.body().unwrap().as_bytes(), Some(&b"bytes"[..]));
    }

    #[test]
    fn what_can_not_be_sent_is_named_and_not_shown() {
        let base_url = base_url();
        let mut request = begin(&base_url, &CALL);
        let bytes = |text: &'static str| Bytes::from_static(text.as_bytes());
        let problems = [
            (request.header_list("list", ["canary,"]), "list[0]"),
            (
                request.json(&"canary canary canary"),
                "larger than 20 bytes",
            ),
            (
                request.bytes(&bytes("canary canary canary.")),
                "larger than 20 bytes",
            ),
            (
                request.json(&BTreeMap::from([((1, 2), "canary")])),
                "can't be written as JSON",
            ),
        ];
        for (result, expected) in problems {
            let failure = result.map_err(Error::<()>::from).unwrap_err().to_string();
            assert!(failure.contains(expected), "{failure}");
            assert!(!failure.contains("canary"), "{failure}");
        }
        assert!(request.bytes(&bytes("canary canary canary")).is_ok());
    }
}
