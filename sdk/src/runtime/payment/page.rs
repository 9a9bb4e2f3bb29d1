//! A payment page that a customer may be sent to.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::{percent_decode, percent_decode_str};

use crate::runtime::payment::url::PaymentUrl;
use crate::runtime::payment::url_policy::belongs_in_url;
use crate::runtime::secret::zeroizing::Zeroizing;

/// A payment page that a policy allows. [`PaymentUrl::check`] returns it.
///
/// Open it in an iframe or a web view, and wait until it navigates to the success or the failure URL. `Debug` shows
/// its scheme, host and port only.
///
/// ```
/// use par_ordering::{PaymentUrl, PaymentUrlPolicy};
///
/// let policy = PaymentUrlPolicy::default();
/// let url = PaymentUrl::from(
///     "HTTPS://pay.example.com/init?isPayment=\
///      &successUrl=https://pay.example.com/success?id=683\
///      &failUrl=https%3A%2F%2Fshop.example%2Ffail%3Fid%3D683\
///      &sessionId=309200",
/// );
/// let page = url.check(&policy)?;
/// let success_url = page.success_url().unwrap();
/// assert_eq!(success_url, "https://pay.example.com/success?id=683");
/// let fail_url = page.fail_url().unwrap();
/// assert_eq!(fail_url, "https://shop.example/fail?id=683");
/// assert_eq!(page.expose_secret(), url.expose_secret(), "unchanged");
/// assert_eq!(format!("{page:?}"), "https://pay.example.com/[redacted]");
///
/// let url = PaymentUrl::from("https://pay.example.com/init");
/// assert_eq!(url.check(&policy)?.success_url(), None);
/// # Ok::<(), par_ordering::PaymentUrlError>(())
/// ```
///
/// Source: the guides.
#[derive(Clone, Copy)]
pub struct PaymentPage<'a>(&'a PaymentUrl);

impl<'a> PaymentPage<'a> {
    pub(crate) fn new(url: &'a PaymentUrl) -> Self {
        Self(url)
    }

    /// Returns the address, byte for byte as it was received. Open this one, not one that was parsed and printed
    /// again.
    ///
    /// Source: the example of the reference page nests whole URLs without encoding them.
    #[must_use]
    pub fn expose_secret(&self) -> &'a str {
        self.0.expose_secret()
    }

    /// Returns where the page goes after the card was stored: the value of `successUrl` in the query, up to the next
    /// `&`.
    ///
    /// A value that is percent-encoded as a whole is decoded. A value that is a URL already, as in the example of the
    /// reference page, is returned as it is.
    ///
    /// Returns `None` if it is missing or empty, or if two readers could read it differently:
    ///
    /// - the parameter appears twice, in any spelling: plain, in another case, percent-encoded, with brackets, or within
    ///   another one that is percent-encoded;
    /// - the query has a `;`, which some readers take for a `&`;
    /// - the value has a `+`, which some readers take for a space, or it has percent-encoded characters in a URL that
    ///   is not encoded;
    /// - the decoded value is not UTF-8, or contains a character that is not allowed in a URL, such as a line break.
    ///
    /// The URL is **not** checked: it may have any scheme and any host. Compare a navigation with it. Don't open it,
    /// and don't show it unescaped.
    ///
    /// Source: example of the reference page; its use: guides; the encoded form: our inference.
    #[must_use]
    pub fn success_url(&self) -> Option<Cow<'a, str>> {
        self.parameter("successUrl")
    }

    /// Returns where the page goes if the card was not stored: the value of `failUrl` in the query. It is read as
    /// [`success_url`](Self::success_url) is, and is not checked either.
    ///
    /// Source: example of the reference page; its use: guides.
    #[must_use]
    pub fn fail_url(&self) -> Option<Cow<'a, str>> {
        self.parameter("failUrl")
    }

    fn parameter(&self, name: &str) -> Option<Cow<'a, str>> {
        let before_fragment = self.expose_secret().split('#').next()?;
        let (_, query) = before_fragment.split_once('?')?;
        if query.contains(';') {
            return None;
        }
        if readings(query, name) != 1 {
            return None;
        }
        let mut parameters = query.split('&');
        let value = parameters.find_map(|one| one.strip_prefix(name)?.strip_prefix('='))?;
        let value = read(value)?;
        (!value.is_empty() && value.chars().all(belongs_in_url)).then_some(value)
    }
}

/// The only value that every reader finds.
fn read(value: &str) -> Option<Cow<'_, str>> {
    match value.split_once('%') {
        _ if value.contains('+') => None,
        None => Some(Cow::Borrowed(value)),
        // A URL that was encoded as a whole has no colon left. In one that was not encoded, percent-encoded
        // characters belong to the URL itself.
        Some((start, _)) if start.contains(':') => None,
        Some(_) => percent_decode_str(value).decode_utf8().ok(),
    }
}

/// In how many places some reader could find a parameter of that name: in another case, percent-encoded (also several
/// times), with spaces around it, or as a part of it by brackets. Some readers decode a query before they split it.
fn readings(query: &str, name: &str) -> usize {
    let mut decoded = Zeroizing::new(query.as_bytes().to_vec());
    for _ in 0..ENCODINGS {
        if !decoded.contains(&b'%') {
            break;
        }
        // With enough space: growing leaves a copy behind.
        let mut less = Zeroizing::new(Vec::with_capacity(decoded.len()));
        less.extend(percent_decode(&decoded));
        decoded = less;
    }
    let parameters = decoded.split(|byte| matches!(byte, b'&' | b';'));
    parameters
        .filter(|parameter| may_be_read_as(parameter, name))
        .count()
}

fn may_be_read_as(parameter: &[u8], name: &str) -> bool {
    let is_end = |byte: &u8| matches!(byte, b'[' | b'=' | 0);
    let written = parameter.split(is_end).next().unwrap_or_default();
    // Four digits after `%u` are a character to some readers, and may be any.
    if written
        .windows(2)
        .any(|pair| pair.eq_ignore_ascii_case(b"%u"))
    {
        return true;
    }
    let letters = written
        .utf8_chunks()
        .flat_map(|chunk| chunk.valid().chars());
    let letters = letters.filter(|sign| sign.is_alphanumeric() || "-_.".contains(*sign));
    // Some readers take letters for the same that have one upper case. Compared one by one: a copy would not be zeroed.
    let name = name.chars().flat_map(char::to_uppercase);
    letters.flat_map(char::to_uppercase).eq(name)
}

/// How often a name may have been percent-encoded.
const ENCODINGS: usize = 8;

impl fmt::Debug for PaymentPage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::runtime::{PaymentUrl, PaymentUrlPolicy};

    #[test]
    fn the_nested_urls_are_found_and_left_as_they_are() {
        let cases = [
            // As documented: whole URLs, with queries of their own.
            (
                "?isPayment=&successUrl=https://a.example/ok?id=1&failUrl=https://a.example/no?id=2&x=y",
                Some("https://a.example/ok?id=1"),
                Some("https://a.example/no?id=2"),
            ),
            (
                "?failUrl=https://a.example/no&successUrl=https://a.example/ok",
                Some("https://a.example/ok"),
                Some("https://a.example/no"),
            ),
            // Encoded as a whole, and with percent-encoded characters of their own.
            (
                "?successUrl=https%3A%2F%2Fa.example%2Fok%3Fid%3D1%26x%3D%2520&failUrl=https%3a//a.example/%C3%A9",
                Some("https://a.example/ok?id=1&x=%20"),
                Some("https://a.example/\u{e9}"),
            ),
            (
                "?successUrl=a%2Fb&failUrl=a%2Bb:c",
                Some("a/b"),
                Some("a+b:c"),
            ),
            (
                "?successUrl=app%3Ano%2520card&failUrl=a",
                Some("app:no%20card"),
                Some("a"),
            ),
            // Percent-encoded characters of the URL itself, and a space that may be a plus: some readers decode them.
            (
                "?successUrl=https://a.example/%2F?to=b%3Ac&failUrl=app:no%20card",
                None,
                None,
            ),
            ("?successUrl=a+b&failUrl=a%2Bb+c", None, None),
            // A value that can't be decoded has no text.
            ("?successUrl=https%3A%2F%2F%FF&failUrl=%ff", None, None),
            // Missing and empty ones.
            ("", None, None),
            ("?", None, None),
            (
                "/successUrl=https://a.example&failUrl=https://a.example",
                None,
                None,
            ),
            ("?successUrl=&failUrl", None, None),
            ("?SuccessUrl=a&failurl=b", None, None),
            // Spelled so that only some readers find it.
            ("?success%55rl=a&%66ailUrl=b", None, None),
            ("?success%2555rl=a&failUrl%20=b", None, None),
            ("?successUrl[]=a&failUrl%5B0%5D=b", None, None),
            ("?successUrl%00x=a&failUrl%3Dx=b", None, None),
            ("?success%55rl=a&successUrl=b&failUrl=c", None, Some("c")),
            (
                "?success%252555rl=a&successUrl=b&failUrl=c",
                None,
                Some("c"),
            ),
            ("?successUrl=a&SUCCESSURL=b&failUrl=c&failUrl", None, None),
            ("?successUrl&successUrl=a&failUrl=b&failUrl[]=c", None, None),
            (
                "?successUrl=a&+successUrl=b&failUrl=c&failUrl+=d",
                None,
                None,
            ),
            ("?successUrl=a&failUrl=b&%C3%A9%zz%=c", Some("a"), Some("b")),
            (
                "?successUrl=a&failUrl=b&&=&=successUrl",
                Some("a"),
                Some("b"),
            ),
            // Some readers take a semicolon for an ampersand.
            ("?successUrl=a;failUrl=b", None, None),
            ("?x=1;successUrl=a&successUrl=b&failUrl=c", None, None),
            // Some readers decode before they split.
            (
                "?x=1%26successUrl%3Dno&successUrl=a&failUrl=b",
                None,
                Some("b"),
            ),
            (
                "?x=&successUrl=a%2526failUrl=c&failUrl=b%26x=1",
                Some("a%26failUrl=c"),
                None,
            ),
            ("?successUrl=a%3BsuccessUrl=no&failUrl=b", None, Some("b")),
            (
                "?a%26successUrl=no&successUrl=a&failUrl%26x=no&failUrl=b",
                None,
                None,
            ),
            // Other characters that some readers take for these.
            ("?success%u0055rl=no&successUrl=a&failUrl=b", None, None),
            ("??successUrl=no&successUrl=a&failUrl=b", None, Some("b")),
            (
                "?%C5%BFuccessUrl=no&successUrl=a&failUrl=b",
                None,
                Some("b"),
            ),
            ("?fa%C4%B1lUrl=no&successUrl=a&failUrl=b", Some("a"), None),
            // A decoded character that is not allowed in a URL.
            ("?successUrl=a%0Ab&failUrl=a%0D%0Ab", None, None),
            ("?successUrl=a%00b&failUrl=a%7Fb", None, None),
            ("?successUrl=a%20b&failUrl=a%09b", None, None),
            ("?successUrl=a%22b&failUrl=a%3Cb", None, None),
            ("?successUrl=a%E2%80%AEb&failUrl=a%E2%80%8Bb", None, None),
            ("?successUrl=a%C2%85b&failUrl=a%EF%BB%BFb", None, None),
            ("?successUrl=%CD%85a&failUrl=a%CD%A3", None, None),
            ("?xsuccessUrl=a&failUrls=b", None, None),
            ("?x=successUrl=a&successUrl=b&y=failUrl=c", Some("b"), None),
            ("?x=?successUrl=a&failUrl=b=c=", None, Some("b=c=")),
            // Two values: nobody knows which one counts.
            ("?successUrl=a&successUrl=b&failUrl=c&failUrl=c", None, None),
            ("?successUrl=&successUrl=b&failUrl=c&failUrl=", None, None),
            // A fragment ends the query.
            (
                "?successUrl=https://a.example/#/ok&failUrl=b",
                Some("https://a.example/"),
                None,
            ),
            ("#?successUrl=a&failUrl=b", None, None),
        ];
        let mut failures = Vec::new();
        for (rest, success, fail) in cases {
            let text = format!("https://pay.example.com/init{rest}");
            let url = PaymentUrl::from(text.as_str());
            let page = url.check(&PaymentUrlPolicy::default()).unwrap();
            let found = (page.success_url(), page.fail_url());
            if (found.0.as_deref(), found.1.as_deref()) != (success, fail) {
                failures.push(format!(
                    "{rest}: {found:?} instead of {:?}",
                    (success, fail)
                ));
            }
            if page.expose_secret() != text {
                failures.push(format!("{rest}: became {}", page.expose_secret()));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn a_page_does_not_print_its_query() {
        let url = PaymentUrl::from("https://pay.example.com/init?canary#canary");
        let page = url.check(&PaymentUrlPolicy::default()).unwrap();
        for shown in [format!("{page:?}"), format!("{page:#?}")] {
            assert_eq!(shown, "https://pay.example.com/[redacted]");
        }
    }
}
