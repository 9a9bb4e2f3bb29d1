//! A payment page to which a customer may be sent.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;

use crate::runtime::payment::url::PaymentUrl;

/// A payment page that a policy allows: what [`PaymentUrl::check`] returns.
///
/// Open it in an iframe or a web view and watch for a navigation to the success or the failure URL (source:
/// guides). `Debug` shows it as [`PaymentUrl`] does, without its query.
///
/// ```
/// use par_ordering::{PaymentUrl, PaymentUrlPolicy};
///
/// let url = PaymentUrl::from(
///     "HTTPS://pay.example.com/init?isPayment=&successUrl=https://pay.example.com/success?id=683\
///      &failUrl=https%3A%2F%2Fshop.example%2Ffail%3Fid%3D683&sessionId=309200",
/// );
/// let page = url.check(&PaymentUrlPolicy::default())?;
/// assert_eq!(page.success_url().as_deref(), Some("https://pay.example.com/success?id=683"));
/// assert_eq!(page.fail_url().as_deref(), Some("https://shop.example/fail?id=683"));
/// assert_eq!(page.expose_secret(), url.expose_secret(), "byte for byte");
/// assert_eq!(format!("{page:?}"), "https://pay.example.com/init?[redacted]");
///
/// let url = PaymentUrl::from("https://pay.example.com/init");
/// assert_eq!(url.check(&PaymentUrlPolicy::default())?.success_url(), None);
/// # Ok::<(), par_ordering::PaymentUrlError>(())
/// ```
#[derive(Clone, Copy)]
pub struct PaymentPage<'a>(&'a PaymentUrl);

impl<'a> PaymentPage<'a> {
    pub(crate) fn new(url: &'a PaymentUrl) -> Self {
        Self(url)
    }

    /// The address byte for byte as it was received: open this one, not one that was parsed and printed again.
    ///
    /// Source: the reference page's example nests whole URLs without encoding them.
    #[must_use]
    pub fn expose_secret(&self) -> &'a str {
        self.0.expose_secret()
    }

    /// Where the page goes when the card was stored: the query's `successUrl`, up to the next `&`. A value
    /// that is percent-encoded as a whole is decoded; one that is a URL as it stands, as in the reference
    /// page's example, is left alone.
    ///
    /// `None` if it is missing or empty, if it is there twice, so that readers could disagree on which one
    /// counts, or if it does not decode to UTF-8.
    ///
    /// It is **not** checked: the page's host says nothing about this one, which may use any scheme. Compare
    /// a navigation with it; don't open it, and don't show it unescaped.
    ///
    /// Source: example of the reference page; its use: guides; the encoded form: our inference.
    #[must_use]
    pub fn success_url(&self) -> Option<Cow<'a, str>> {
        self.parameter("successUrl")
    }

    /// Where the page goes when the card was not stored: the query's `failUrl`, read as
    /// [`success_url`](Self::success_url) is, and as little to be trusted.
    ///
    /// `None` in the same cases.
    ///
    /// Source: example of the reference page; its use: guides.
    #[must_use]
    pub fn fail_url(&self) -> Option<Cow<'a, str>> {
        self.parameter("failUrl")
    }

    fn parameter(&self, name: &str) -> Option<Cow<'a, str>> {
        let before_fragment = self.expose_secret().split('#').next()?;
        let (_, query) = before_fragment.split_once('?')?;
        let mut values = query
            .split('&')
            .filter_map(|parameter| parameter.strip_prefix(name)?.strip_prefix('='));
        let value = values.next().filter(|value| !value.is_empty())?;
        if values.next().is_some() {
            return None;
        }
        // Of a URL that was encoded as a whole no colon is left; in one that was not, the codes are its own.
        let is_encoded = value
            .split_once('%')
            .is_some_and(|(start, _)| !start.contains(':'));
        if is_encoded {
            percent_decode_str(value).decode_utf8().ok()
        } else {
            Some(Cow::Borrowed(value))
        }
    }
}

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
            // As documented: whole URLs, with a query of their own.
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
            // Encoded as a whole, and with codes of their own.
            (
                "?successUrl=https%3A%2F%2Fa.example%2Fok%3Fid%3D1%26x%3D%2520&failUrl=https%3a//a.example/%C3%A9",
                Some("https://a.example/ok?id=1&x=%20"),
                Some("https://a.example/\u{e9}"),
            ),
            (
                "?successUrl=https://a.example/%2F?to=b%3Ac&failUrl=app:no%20card",
                Some("https://a.example/%2F?to=b%3Ac"),
                Some("app:no%20card"),
            ),
            (
                "?successUrl=a+b&failUrl=a%2Bb:c",
                Some("a+b"),
                Some("a+b:c"),
            ),
            // What does not decode has no text.
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
            ("?xsuccessUrl=a&failUrls=b", None, None),
            ("?x=successUrl=a&successUrl=b&y=failUrl=c", Some("b"), None),
            ("?x=?successUrl=a&failUrl=b=c=", None, Some("b=c=")),
            // Two of them: nobody knows which one counts.
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
            assert_eq!(shown, "https://pay.example.com/init?[redacted]#[redacted]");
        }
    }
}
