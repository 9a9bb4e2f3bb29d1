//! Which payment pages a customer may be sent to.

use std::net::Ipv4Addr;

use reqwest::Url;

use crate::runtime::loopback::is_loopback;
use crate::runtime::payment::url_error::PaymentUrlError;

const HTTPS_PORT: u16 = 443;

/// Domains whose hosts have no address that is the same for everybody, or that a customer must not be sent to.
const SPECIAL_DOMAINS: [&str; 30] = [
    // IANA's registry of special-use names: RFC 6761, 6762, 7686, 9476 and those below `arpa`.
    "alt",
    "arpa",
    "example",
    "invalid",
    "local",
    "localhost",
    "onion",
    "test",
    // RFC 6762, appendix G, and names that ICANN does not delegate: names of private networks.
    "corp",
    "home",
    "internal",
    "intranet",
    "lan",
    "mail",
    "private",
    // Names that routers, containers and hosts files add.
    "consul",
    "docker",
    "intra",
    "localdomain",
    "workgroup",
    // Names of systems other than the DNS.
    "bit",
    "crypto",
    "eth",
    "exit",
    "gnu",
    "i2p",
    "loki",
    "tor",
    "zil",
    "zkey",
];

/// Which payment pages a customer may be sent to, for [`PaymentUrl::check`](crate::PaymentUrl::check).
///
/// By default, every public host is allowed, with https on port 443. The documentation of the API does not say which
/// hosts serve payment pages: list the hosts that you know.
///
/// Source: our own rules; the API documents none.
///
/// ```
/// use par_ordering::{PaymentUrl, PaymentUrlPolicy};
///
/// let allows = |policy: &PaymentUrlPolicy, url: &str| {
///     PaymentUrl::from(url).check(policy).is_ok()
/// };
/// let public = PaymentUrlPolicy::default();
/// assert!(allows(&public, "https://pay.example.com/init"));
/// assert!(!allows(&public, "https://192.0.2.1/init"));
/// assert!(!allows(&public, "http://localhost:8080/init"));
/// let development = public.allow_loopback_for_development();
/// assert!(allows(&development, "http://localhost:8080/init"));
///
/// let listed = PaymentUrlPolicy::default()
///     .allow_host("pay.example.com")
///     .allow_host("pay.example.org:8443");
/// assert!(allows(&listed, "https://pay.example.com/init"));
/// assert!(allows(&listed, "https://pay.example.org:8443/init"));
/// assert!(!allows(&listed, "https://pay.example.com:8443/init"));
/// assert!(!allows(&listed, "https://pay.example.net/init"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct PaymentUrlPolicy {
    /// In lower case and with a port; an empty list allows any host.
    hosts: Vec<String>,
    loopback: bool,
}

impl PaymentUrlPolicy {
    /// Allows this host. Call it once for each host: as soon as one is allowed, all others are refused.
    ///
    /// The host is a name, such as `pay.example.com`, or a name with a port other than 443, such as
    /// `pay.example.com:8443`. Write an international name in its ASCII form, such as `xn--bcher-kva.example.net`.
    /// Hosts are compared as a whole and without regard to case: a subdomain is another host, and there are no
    /// wildcards. A text of any other form matches no host. An IP address, a private name and a name of special use
    /// are refused even if they are listed.
    ///
    /// Source: our own rule; the documentation of the API names no hosts of payment pages.
    #[must_use]
    pub fn allow_host(mut self, host: impl AsRef<str>) -> Self {
        let host = host.as_ref().to_ascii_lowercase();
        self.hosts.push(if host.contains(':') {
            host
        } else {
            format!("{host}:{HTTPS_PORT}")
        });
        self
    }

    /// Also allows pages on this machine, by http too and on any port: `localhost`, `127.0.0.0/8` and `[::1]`. Don't
    /// use it in production.
    ///
    /// Source: our own rule.
    #[must_use]
    pub fn allow_loopback_for_development(mut self) -> Self {
        self.loopback = true;
        self
    }

    /// Whether a customer may be sent to `text`, which a browser reads as `url`. A text that the two could read
    /// differently is refused.
    pub(crate) fn judge(&self, text: &str, url: Option<Url>) -> Result<(), PaymentUrlError> {
        if !text.chars().all(belongs_in_url) {
            return Err(PaymentUrlError::Character);
        }
        let url = url.ok_or(PaymentUrlError::NotAUrl)?;
        let is_https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(PaymentUrlError::Scheme),
        };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err(PaymentUrlError::NotAUrl);
        };
        let authority = authority(text).ok_or(PaymentUrlError::Ambiguous)?;
        if authority.contains('@') {
            return Err(PaymentUrlError::UserInfo);
        }
        let is_plain = [host, &format!("{host}:{port}")]
            .iter()
            .any(|plain| plain.eq_ignore_ascii_case(authority));
        if self.loopback && is_plain && is_loopback(host) {
            return Ok(());
        }
        if !is_https {
            return Err(PaymentUrlError::Scheme);
        }
        if is_address(host) {
            return Err(PaymentUrlError::IpAddress);
        }
        // Even if its ASCII form is listed: readers translate international names differently.
        if !authority.is_ascii() {
            return Err(PaymentUrlError::InternationalName);
        }
        if !is_plain || !is_name(host) {
            return Err(PaymentUrlError::Ambiguous);
        }
        if !is_public(host) {
            return Err(PaymentUrlError::PrivateName);
        }
        let entry = format!("{host}:{port}");
        if self.hosts.contains(&entry) {
            return Ok(());
        }
        if host.split('.').any(|label| label.starts_with("xn--")) {
            return Err(PaymentUrlError::InternationalName);
        }
        if !self.hosts.is_empty() {
            let host = match port {
                HTTPS_PORT => host.to_owned(),
                _ => entry,
            };
            return Err(PaymentUrlError::HostNotAllowed { host });
        }
        if port != HTTPS_PORT {
            return Err(PaymentUrlError::Port { port });
        }
        Ok(())
    }
}

/// Whether a character may be in a URL: those of RFC 3986, and letters and digits of other scripts, which are usually
/// left as they are. The apostrophe is not allowed, because it ends a text in many places. Every other character is
/// dropped, changed or hidden by some reader.
pub(crate) fn belongs_in_url(character: char) -> bool {
    // They take the place of a letter and are invisible, or change the one before them.
    let is_filler = matches!(
        character,
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{300}'..='\u{36f}'
    );
    (character.is_alphanumeric() && !is_filler) || "-._~:/?#[]@!$&()*+,;=%".contains(character)
}

/// The text between the two slashes and the path, query or fragment.
fn authority(text: &str) -> Option<&str> {
    let (_, after_scheme) = text.split_once(':')?;
    after_scheme
        .strip_prefix("//")?
        .split(['/', '?', '#'])
        .next()
}

/// In any spelling: the parser prints IPv4 addresses with dots and IPv6 addresses in brackets.
fn is_address(host: &str) -> bool {
    host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok()
}

/// Whether it can be a name in the DNS: the parser accepts more, for example a comma.
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

/// Whether a name is in the public DNS: the last label has only letters, or is international.
fn is_public(host: &str) -> bool {
    let is_below = |domain: &&str| {
        let rest = host.strip_suffix(domain);
        rest.is_some_and(|rest| rest.ends_with('.'))
    };
    let Some((_, first_level)) = host.rsplit_once('.') else {
        return false;
    };
    let is_word = first_level.len() > 1 && first_level.bytes().all(|b| b.is_ascii_alphabetic());
    (is_word || first_level.starts_with("xn--")) && !SPECIAL_DOMAINS.iter().any(is_below)
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::PaymentUrlPolicy;
    use crate::runtime::PaymentUrl;
    use crate::runtime::PaymentUrlError::{
        self, Ambiguous, Character, InternationalName, IpAddress, NotAUrl, PrivateName, Scheme,
        UserInfo,
    };

    type Case<'a> = (&'a str, Result<(), PaymentUrlError>);

    fn failures(policy: &PaymentUrlPolicy, cases: &[Case<'_>]) -> Vec<String> {
        let mut failures = Vec::new();
        for (text, expected) in cases {
            let url = PaymentUrl::from(*text);
            let verdict = url.check(policy).map(|page| page.expose_secret());
            if verdict != expected.clone().map(|()| *text) {
                let start: String = text.chars().take(100).collect();
                failures.push(format!("{start:?}: {verdict:?} instead of {expected:?}"));
            }
        }
        failures
    }

    fn assert_verdicts(policy: &PaymentUrlPolicy, cases: &[Case<'_>]) {
        let failures = failures(policy, cases);
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    fn port(port: u16) -> Result<(), PaymentUrlError> {
        Err(PaymentUrlError::Port { port })
    }

    fn not_allowed(host: &str) -> Result<(), PaymentUrlError> {
        let host = host.to_owned();
        Err(PaymentUrlError::HostNotAllowed { host })
    }

    #[test]
    fn an_address_is_allowed_only_if_everybody_reads_the_same_public_host_in_it() {
        let label = "a".repeat(63);
        let name = format!("{label}.{label}.{label}");
        let longest = format!("https://{name}.{}/", "a".repeat(61));
        let too_long = format!("https://{name}.{}/", "a".repeat(62));
        let long_label = format!("https://a{label}.example.com/");
        let long_query = format!("https://pay.example.com/?{}", "q".repeat(1_000_000));
        assert_verdicts(
            &PaymentUrlPolicy::default(),
            &[
                // Addresses that a payment page may have.
                ("https://pay.example.com", Ok(())),
                ("https://pay.example.com/", Ok(())),
                ("https://pay.example.com/init?session=309200", Ok(())),
                ("https://pay.example.com?session=309200", Ok(())),
                ("https://pay.example.com#top", Ok(())),
                ("https://pay.example.com/init?a=b#c", Ok(())),
                ("https://pay-1.example_2.com/", Ok(())),
                ("https://pay.example.com:443/", Ok(())),
                ("HTTPS://PAY.EXAMPLE.COM/Init", Ok(())),
                ("hTtPs://pay.example.com:443", Ok(())),
                ("https://pay.example.com/init?mail=a@b.example", Ok(())),
                ("https://pay.example.com/@evil.example.net", Ok(())),
                ("https://pay.example.com#@evil.example.net", Ok(())),
                ("https://pay.example.com?@evil.example.net", Ok(())),
                ("https://pay.example.com//evil.example.net", Ok(())),
                ("https://pay.example.com/%5Cevil%00", Ok(())),
                ("https://pay.example.com/\u{e9}?\u{e9}", Ok(())),
                ("https://pay.example.com/?to=http://127.0.0.1/", Ok(())),
                (
                    "https://pay.example.com/?to=https://u:p@a.example:1/",
                    Ok(()),
                ),
                // These two belong to somebody else: only a list of hosts prevents that.
                ("https://pay.example.com.evil.example.net/", Ok(())),
                ("https://127.0.0.1.evil.example.net/", Ok(())),
                (&longest, Ok(())),
                (&long_query, Ok(())),
                // Not a URL, or not one of a page.
                ("", Err(NotAUrl)),
                ("pay.example.com/init", Err(NotAUrl)),
                ("//pay.example.com/init", Err(NotAUrl)),
                ("/init", Err(NotAUrl)),
                ("://pay.example.com/", Err(NotAUrl)),
                ("https", Err(NotAUrl)),
                ("https:", Err(NotAUrl)),
                ("https://", Err(NotAUrl)),
                ("https:///", Err(NotAUrl)),
                ("https://?pay.example.com", Err(NotAUrl)),
                ("https://#pay.example.com", Err(NotAUrl)),
                ("https://:443/", Err(NotAUrl)),
                ("https://@/", Err(NotAUrl)),
                ("\u{feff}https://pay.example.com/", Err(Character)),
                ("https%3A//pay.example.com/", Err(NotAUrl)),
                ("http://pay.example.com/", Err(Scheme)),
                ("HTTP://pay.example.com:443/", Err(Scheme)),
                ("javascript:alert(1)", Err(Scheme)),
                ("JavaScript://pay.example.com/%0Aalert(1)", Err(Scheme)),
                ("data:text/html,https://pay.example.com/", Err(Scheme)),
                ("blob:https://pay.example.com/309200", Err(Scheme)),
                ("view-source:https://pay.example.com/", Err(Scheme)),
                ("file:///etc/passwd", Err(Scheme)),
                ("ftp://pay.example.com/", Err(Scheme)),
                ("wss://pay.example.com/", Err(Scheme)),
                (
                    "intent://pay.example.com/#Intent;scheme=https;end",
                    Err(Scheme),
                ),
                ("httpss://pay.example.com/", Err(Scheme)),
                // A browser ignores missing or additional slashes; others don't.
                ("https:pay.example.com", Err(Ambiguous)),
                ("https:/pay.example.com", Err(Ambiguous)),
                ("https:///pay.example.com", Err(Ambiguous)),
                ("https:////pay.example.com", Err(Ambiguous)),
                ("https:pay.example.com/://pay.example.com/", Err(Ambiguous)),
                // Characters that a browser drops or reads as others.
                ("https:\\\\pay.example.com/", Err(Character)),
                ("https:/\\pay.example.com/", Err(Character)),
                (
                    "https://evil.example.net\\@pay.example.com/",
                    Err(Character),
                ),
                (
                    "https://pay.example.com\\.evil.example.net/",
                    Err(Character),
                ),
                ("https://pay.example.com/?a\\b", Err(Character)),
                ("https://pay.example.com/#a\\b", Err(Character)),
                (" https://pay.example.com/", Err(Character)),
                ("https://pay.example.com/ ", Err(Character)),
                ("https://pay.example.com /", Err(Character)),
                ("https://pay.example.com/?a b", Err(Character)),
                ("ht\ttps://pay.example.com/", Err(Character)),
                ("java\tscript:alert(1)", Err(Character)),
                ("https:/\t/pay.example.com/", Err(Character)),
                ("https://pay.\texample.com/", Err(Character)),
                ("https://pay.example.com/\n", Err(Character)),
                ("https://pay.example.com/?a=\r\nb", Err(Character)),
                ("https://pay.example.com/#\u{0}", Err(Character)),
                ("\u{1}https://pay.example.com/", Err(Character)),
                ("https://pay.example.com/\u{7f}", Err(Character)),
                ("https://pay.example.com/\u{85}", Err(Character)),
                ("https://pay.example.com/\u{a0}", Err(Character)),
                ("https://pay.example.com/?\u{2028}", Err(Character)),
                ("https://pay.example.com\u{3000}/", Err(Character)),
                // Users.
                ("https://user@pay.example.com/", Err(UserInfo)),
                ("https://user:password@pay.example.com/", Err(UserInfo)),
                ("https://:@pay.example.com/", Err(UserInfo)),
                ("https://@pay.example.com/", Err(UserInfo)),
                ("https://pay.example.com@evil.example.net/", Err(UserInfo)),
                (
                    "https://pay.example.com:443@evil.example.net/",
                    Err(UserInfo),
                ),
                (
                    "https://pay.example.com%2F@evil.example.net/",
                    Err(UserInfo),
                ),
                ("https://a@b@pay.example.com/", Err(UserInfo)),
                ("https://user@127.0.0.1/", Err(UserInfo)),
                // IP addresses in every spelling, public ones too.
                ("https://127.0.0.1/", Err(IpAddress)),
                ("https://192.0.2.1/", Err(IpAddress)),
                ("https://8.8.8.8:8443/", Err(IpAddress)),
                ("https://169.254.169.254/latest/", Err(IpAddress)),
                ("https://0.0.0.0/", Err(IpAddress)),
                ("https://0/", Err(IpAddress)),
                ("https://127.0.0.1./", Err(IpAddress)),
                ("https://127.1/", Err(IpAddress)),
                ("https://10.1.1/", Err(IpAddress)),
                ("https://2130706433/", Err(IpAddress)),
                ("https://0x7f000001/", Err(IpAddress)),
                ("https://0x7F.1/", Err(IpAddress)),
                ("https://0x/", Err(IpAddress)),
                ("https://0177.0.0.1/", Err(IpAddress)),
                ("https://017700000001/", Err(IpAddress)),
                ("https://0300.0250.0x1.1/", Err(IpAddress)),
                ("https://%31%32%37.0.0.1/", Err(IpAddress)),
                ("https://\u{ff11}\u{ff12}\u{ff17}.0.0.1/", Err(IpAddress)),
                ("https://127\u{3002}0\u{3002}0\u{3002}1/", Err(Character)),
                ("https://\u{2460}\u{2461}\u{2466}.0.0.1/", Err(IpAddress)),
                ("https://[::1]/", Err(IpAddress)),
                ("https://[::]/", Err(IpAddress)),
                ("https://[0:0:0:0:0:0:0:1]/", Err(IpAddress)),
                ("https://[::ffff:127.0.0.1]/", Err(IpAddress)),
                ("https://[::ffff:7f00:1]:8443/", Err(IpAddress)),
                ("https://[64:ff9b::7f00:1]/", Err(IpAddress)),
                ("https://[fe80::1]/", Err(IpAddress)),
                ("https://[2001:db8::1]/", Err(IpAddress)),
                ("https://[fe80::1%25eth0]/", Err(NotAUrl)),
                ("https://[::1/", Err(NotAUrl)),
                ("https://::1/", Err(NotAUrl)),
                ("https://256.256.256.256/", Err(NotAUrl)),
                ("https://1.2.3.4.5/", Err(NotAUrl)),
                ("https://4294967296/", Err(NotAUrl)),
                // Names of this machine and of private networks.
                ("https://localhost/", Err(PrivateName)),
                ("https://LOCALHOST:443/", Err(PrivateName)),
                ("https://pay.localhost/", Err(PrivateName)),
                ("https://pay.localdomain/", Err(PrivateName)),
                ("https://localhost.localdomain/", Err(PrivateName)),
                ("https://printer.local/", Err(PrivateName)),
                ("https://metadata.google.internal/", Err(PrivateName)),
                ("https://pay.intranet/", Err(PrivateName)),
                ("https://pay.private/", Err(PrivateName)),
                ("https://pay.corp/", Err(PrivateName)),
                ("https://pay.home/", Err(PrivateName)),
                ("https://pay.test/", Err(PrivateName)),
                ("https://router.lan/", Err(PrivateName)),
                ("https://router.LAN/", Err(PrivateName)),
                ("https://home.arpa/", Err(PrivateName)),
                ("https://nas.home.arpa/", Err(PrivateName)),
                ("https://pay/", Err(PrivateName)),
                ("https://com/", Err(PrivateName)),
                ("https://local.example.com/", Ok(())),
                ("https://localhost.example.com/", Ok(())),
                ("https://pay.ylan/", Ok(())),
                ("https://pay.myhome/", Ok(())),
                // Names that are not valid, or have a second spelling.
                ("https://pay.example.com./", Err(Ambiguous)),
                ("https://localhost./", Err(Ambiguous)),
                ("https://printer.local./", Err(Ambiguous)),
                ("https://pay.example.com../", Err(Ambiguous)),
                ("https://pay..example.com/", Err(Ambiguous)),
                ("https://.example.com/", Err(Ambiguous)),
                ("https://./", Err(Ambiguous)),
                ("https://pay%2Eexample.com/", Err(Ambiguous)),
                ("https://%70ay.example.com/", Err(Ambiguous)),
                ("https://%6cocalhost/", Err(Ambiguous)),
                ("https://pay.example.com,evil.example.net/", Err(Ambiguous)),
                ("https://pay.example.com;evil.example.net/", Err(Ambiguous)),
                ("https://pay.example.com&evil.example.net/", Err(Ambiguous)),
                ("https://*.example.com/", Err(Ambiguous)),
                (&too_long, Err(Ambiguous)),
                (&long_label, Err(Ambiguous)),
                ("https://pay.example.com%2F.evil.example.net/", Err(NotAUrl)),
                ("https://pay.example.com%40evil.example.net/", Err(NotAUrl)),
                ("https://pay.example.com%00.evil.example.net/", Err(NotAUrl)),
                ("https://pay.example.com%5C.evil.example.net/", Err(NotAUrl)),
                ("https://pay.example.com%23.evil.example.net/", Err(NotAUrl)),
                ("https://pay.example.com|evil.example.net/", Err(Character)),
                ("https://pay.example.com<evil.example.net/", Err(Character)),
                // Ports.
                ("https://pay.example.com:8443/", port(8443)),
                ("https://pay.example.com:80/", port(80)),
                ("https://pay.example.com:0/", port(0)),
                ("https://pay.example.com:65535/", port(65535)),
                ("https://pay.example.com:65536/", Err(NotAUrl)),
                ("https://pay.example.com:-1/", Err(NotAUrl)),
                ("https://pay.example.com:443:443/", Err(NotAUrl)),
                ("https://pay.example.com:evil.example.net/", Err(NotAUrl)),
                ("https://pay.example.com:/", Err(Ambiguous)),
                ("https://pay.example.com:0443/", Err(Ambiguous)),
                ("https://pay.example.com:08443/", Err(Ambiguous)),
                // Names that look like others.
                ("https://p\u{430}y.example.com/", Err(InternationalName)),
                ("https://b\u{fc}cher.example.net/", Err(InternationalName)),
                ("https://fa\u{df}.example.net/", Err(InternationalName)),
                ("https://xn--pay-8cd.example.com/", Err(InternationalName)),
                ("https://XN--bcher-kva.example.net/", Err(InternationalName)),
                ("https://pay.xn--bcher-kva/", Err(InternationalName)),
                (
                    "https://xn--bcher-kva.example.net:8443/",
                    Err(InternationalName),
                ),
                ("https://\u{ff50}ay.example.com/", Err(InternationalName)),
                ("https://p\u{ad}ay.example.com/", Err(Character)),
                ("https://pay\u{200b}.example.com/", Err(Character)),
                ("https://pay\u{3002}example.com/", Err(Character)),
                (
                    "https://pay.example.com\u{ff0f}.evil.example.net/",
                    Err(Character),
                ),
                (
                    "https://pay.example.com\u{2100}.evil.example.net/",
                    Err(Character),
                ),
                ("https://\u{ff4c}ocalhost/", Err(InternationalName)),
                ("https://xn--a.example.net/", Err(NotAUrl)),
                ("https://pay.example.com\u{202e}/", Err(Character)),
            ],
        );
    }

    #[test]
    fn a_character_without_a_place_in_a_url_is_refused_wherever_it_stands() {
        let refused = "\"'`<>{}|^\\ \t\r\n\0\u{1b}\u{7f}\u{85}\u{a0}\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200d}\
                       \u{200e}\u{202a}\u{202e}\u{2028}\u{2029}\u{2060}\u{2066}\u{2069}\u{3000}\u{3164}\u{fe0f}\u{feff}\
                       \u{ffa0}\u{fff9}\u{fffd}\u{ff0f}\u{2215}\u{1f4b3}\u{e0041}\u{e000}";
        let loopback = PaymentUrlPolicy::default().allow_loopback_for_development();
        for character in refused.chars() {
            let cases = [
                format!("https://pay.example.com/{character}"),
                format!("https://pay.example.com/?a={character}b"),
                format!("https://pay.example.com/#{character}"),
                format!("https://pay{character}.example.com/"),
                format!("http://localhost/{character}"),
            ];
            let cases = cases.each_ref().map(|text| (&**text, Err(Character)));
            assert_verdicts(&loopback, &cases);
        }
        let allowed = "azAZ09-._~:/?#[]@!$&()*+,;=%\u{e9}\u{430}\u{4ed8}\u{660}";
        for character in allowed.chars() {
            let text = format!("https://pay.example.com/?{character}#{character}");
            assert_verdicts(&PaymentUrlPolicy::default(), &[(&text, Ok(()))]);
        }
    }

    #[test]
    fn a_name_that_is_not_one_of_the_public_dns_is_refused_even_if_it_is_listed() {
        let special = "alt arpa home.arpa 1.168.192.in-addr.arpa example invalid local localhost onion test corp home \
                       internal intranet lan mail private consul docker intra localdomain workgroup bit exit gnu i2p \
                       tor zkey crypto eth loki zil c 1a a1 c-m c_m";
        let any = PaymentUrlPolicy::default();
        for domain in special.split(' ') {
            for host in [
                domain.to_owned(),
                format!("pay.{domain}"),
                format!("a.b.{domain}"),
            ] {
                let listed = any.clone().allow_host(&host);
                let (plain, upper) = (format!("https://{host}/"), host.to_uppercase());
                let upper = format!("https://{upper}/");
                for policy in [&any, &listed] {
                    let refused = Err(PrivateName);
                    assert_verdicts(policy, &[(&plain, refused.clone()), (&upper, refused)]);
                }
            }
            let public = format!("https://{}.com/", domain.replace('_', "-"));
            assert_verdicts(&any, &[(&public, Ok(()))]);
        }
        for (host, expected) in [
            ("-pay.example.com", Err(Ambiguous)),
            ("pay-.example.com", Err(Ambiguous)),
            ("pay.-example.com", Err(Ambiguous)),
            ("pay.example-.com", Err(Ambiguous)),
            ("pay.example.com-", Err(Ambiguous)),
            ("-.example.com", Err(Ambiguous)),
            ("p-a--y.example.com", Ok(())),
            ("_pay_.example.com", Ok(())),
            ("pay.notlocal", Ok(())),
            ("local.onion.example.com", Ok(())),
        ] {
            let text = format!("https://{host}/");
            assert_verdicts(&any, &[(&text, expected)]);
        }
    }

    #[test]
    fn once_hosts_are_listed_no_other_is_allowed() {
        let policy = PaymentUrlPolicy::default()
            .allow_host("Pay.Example.com")
            .allow_host("pay.example.org:8443")
            .allow_host("pay.example.net:443")
            .allow_host("xn--bcher-kva.example.net");
        assert_verdicts(
            &policy,
            &[
                ("https://pay.example.com/init?a=b#c", Ok(())),
                ("https://pay.example.com:443/", Ok(())),
                ("HTTPS://PAY.EXAMPLE.COM", Ok(())),
                ("https://pay.example.org:8443/", Ok(())),
                ("https://pay.example.net/", Ok(())),
                ("https://pay.example.net:443/", Ok(())),
                ("https://xn--bcher-kva.example.net/", Ok(())),
                ("https://Xn--Bcher-Kva.example.net/", Ok(())),
                (
                    "https://pay.example.com:8443/",
                    not_allowed("pay.example.com:8443"),
                ),
                (
                    "https://pay.example.com:80/",
                    not_allowed("pay.example.com:80"),
                ),
                ("https://pay.example.org/", not_allowed("pay.example.org")),
                ("https://pay.example.org:84430/", Err(NotAUrl)),
                (
                    "https://pay.example.org:8444/",
                    not_allowed("pay.example.org:8444"),
                ),
                ("https://example.com/", not_allowed("example.com")),
                (
                    "https://a.pay.example.com/",
                    not_allowed("a.pay.example.com"),
                ),
                ("https://apay.example.com/", not_allowed("apay.example.com")),
                (
                    "https://pay.example.com.evil.example.net/",
                    not_allowed("pay.example.com.evil.example.net"),
                ),
                ("https://pay.example.co/", not_allowed("pay.example.co")),
                ("https://payxexample.com/", not_allowed("payxexample.com")),
                (
                    "https://evil.example.net/?pay.example.com",
                    not_allowed("evil.example.net"),
                ),
                (
                    "https://evil.example.net#@pay.example.com",
                    not_allowed("evil.example.net"),
                ),
                (
                    "https://evil.example.net/@pay.example.com/",
                    not_allowed("evil.example.net"),
                ),
                (
                    "https://EVIL.example.net:443/",
                    not_allowed("evil.example.net"),
                ),
                // A list does not weaken any other rule.
                ("http://pay.example.com/", Err(Scheme)),
                ("http://pay.example.com:443/", Err(Scheme)),
                ("https://pay.example.com@evil.example.net/", Err(UserInfo)),
                ("https://user@pay.example.com/", Err(UserInfo)),
                ("https://pay.example.com./", Err(Ambiguous)),
                ("https://%70ay.example.com/", Err(Ambiguous)),
                ("https:pay.example.com/", Err(Ambiguous)),
                ("https://pay.example.com/\t", Err(Character)),
                (
                    "https://pay.example.com\\@evil.example.net/",
                    Err(Character),
                ),
                ("https://\u{ff50}ay.example.com/", Err(InternationalName)),
                ("https://p\u{430}y.example.com/", Err(InternationalName)),
                ("https://b\u{fc}cher.example.net/", Err(InternationalName)),
                (
                    "https://xn--bcher-kva.example.net:8443/",
                    Err(InternationalName),
                ),
                ("https://xn--fa-hia.example.net/", Err(InternationalName)),
                (
                    "https://a.xn--bcher-kva.example.net/",
                    Err(InternationalName),
                ),
                ("http://localhost/", Err(Scheme)),
            ],
        );
    }

    #[test]
    fn what_no_page_may_be_at_is_refused_even_if_it_is_listed() {
        let policy = PaymentUrlPolicy::default()
            .allow_host("localhost")
            .allow_host("pay.internal")
            .allow_host("127.0.0.1")
            .allow_host("[::1]:443")
            .allow_host("pay.example.com.");
        assert_verdicts(
            &policy,
            &[
                ("https://localhost/", Err(PrivateName)),
                ("https://pay.internal/", Err(PrivateName)),
                ("https://127.0.0.1/", Err(IpAddress)),
                ("https://[::1]/", Err(IpAddress)),
                ("https://pay.example.com./", Err(Ambiguous)),
            ],
        );
    }

    #[test]
    fn an_entry_that_is_no_host_matches_none_and_is_still_a_list() {
        let mut found = Vec::new();
        for entry in [
            "",
            "*",
            "*.example.com",
            ".example.com",
            "https://pay.example.com",
            "pay.example.com/",
            "pay.example.com:",
            "pay.example.com:0443",
            " pay.example.com",
            "user@pay.example.com",
            "example.com",
        ] {
            let policy = PaymentUrlPolicy::default().allow_host(entry);
            let cases = [("https://pay.example.com/", not_allowed("pay.example.com"))];
            for failure in failures(&policy, &cases) {
                found.push(format!("{entry:?} listed: {failure}"));
            }
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    }

    #[test]
    fn in_development_loopback_is_allowed_besides_the_others() {
        let any = PaymentUrlPolicy::default().allow_loopback_for_development();
        let cases = [
            ("http://localhost/", Ok(())),
            ("https://localhost:8443/", Ok(())),
            ("HTTP://LocalHost:8080/init?a=b#c", Ok(())),
            ("http://127.0.0.1:8080/", Ok(())),
            ("https://127.255.255.254/", Ok(())),
            ("http://[::1]/", Ok(())),
            ("http://[::1]:8080/", Ok(())),
            ("http://localhost:80/", Ok(())),
            ("http://pay.example.com/", Err(Scheme)),
            ("http://pay.localhost/", Err(Scheme)),
            ("https://pay.localhost/", Err(PrivateName)),
            ("https://printer.local/", Err(PrivateName)),
            ("http://10.0.0.1/", Err(Scheme)),
            ("https://10.0.0.1/", Err(IpAddress)),
            ("https://128.0.0.1/", Err(IpAddress)),
            ("https://0.0.0.0/", Err(IpAddress)),
            ("https://[::]/", Err(IpAddress)),
            ("https://[::ffff:127.0.0.1]/", Err(IpAddress)),
            ("https://127.1/", Err(IpAddress)),
            ("http://2130706433/", Err(Scheme)),
            ("https://localhost./", Err(Ambiguous)),
            ("https://%6cocalhost/", Err(Ambiguous)),
            ("http:localhost/", Err(Ambiguous)),
            ("http://user@localhost/", Err(UserInfo)),
            ("http://localhost\\/", Err(Character)),
            ("ws://localhost/", Err(Scheme)),
            ("file://localhost/etc/passwd", Err(Scheme)),
        ];
        assert_verdicts(&any, &cases);
        assert_verdicts(&any, &[("https://pay.example.com/", Ok(()))]);
        let listed = any.allow_host("pay.example.com");
        assert_verdicts(&listed, &cases);
        assert_verdicts(
            &listed,
            &[
                ("https://pay.example.com/", Ok(())),
                ("https://evil.example.net/", not_allowed("evil.example.net")),
            ],
        );
    }

    /// At each place, one character is added or replaced. Whatever is still allowed leads to the listed host, for a
    /// browser and for a reader.
    #[test]
    fn no_single_character_leads_elsewhere() {
        let policy = PaymentUrlPolicy::default().allow_host("pay.example.com");
        let original = "https://pay.example.com:443/a@b.example?c=https://d.example";
        let unusual = "\u{85}\u{a0}\u{ad}\u{df}\u{130}\u{17f}\u{430}\u{200b}\u{200d}\u{202e}\u{2028}\
                       \u{2100}\u{212a}\u{3002}\u{ff0e}\u{ff0f}\u{ff20}\u{ff3c}\u{feff}\u{fffd}\u{1d41a}";
        let mut failures = Vec::new();
        let mut allowed = 0;
        for character in ('\0'..='\u{7f}').chain(unusual.chars()) {
            for (place, _) in original.char_indices() {
                let (before, after) = original.split_at(place);
                for after in [after, &after[1..]] {
                    let text = format!("{before}{character}{after}");
                    if PaymentUrl::from(text.as_str()).check(&policy).is_err() {
                        continue;
                    }
                    allowed += 1;
                    let read = text
                        .to_ascii_lowercase()
                        .starts_with("https://pay.example.com");
                    let url = Url::parse(&text).unwrap();
                    let seen = (url.scheme(), url.username(), url.password(), url.host_str());
                    let expected = ("https", "", None, Some("pay.example.com"));
                    if !read || seen != expected || url.port().is_some() {
                        failures.push(format!("{text:?} leads to {seen:?}, {:?}", url.port()));
                    }
                }
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
        assert!(allowed > 1000, "{allowed}");
    }
}
