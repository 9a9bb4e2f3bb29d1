//! Formats of texts, checked as far as that is cheap: a text that breaks one of them is refused by every server. The
//! server checks the full grammar.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A format that is checked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Format {
    Byte,
    Date,
    DateTime,
    Email,
    Ipv4,
    Ipv6,
    Uri,
    Uuid,
}

impl Format {
    /// Whether a text is of the format.
    pub(crate) fn fits(self, text: &str) -> bool {
        match self {
            Self::Byte => is_base64(text),
            Self::Date => is_date(text),
            Self::DateTime => is_date_time(text),
            Self::Email => is_email(text),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Self::Uri => is_uri(text),
            Self::Uuid => text.len() == 36 && uuid::Uuid::try_parse(text).is_ok(),
        }
    }

    /// Describes a valid text.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Byte => "in Base64",
            Self::Date => "a date such as 2024-02-29",
            Self::DateTime => "a date and time such as 2024-02-29T12:00:00Z",
            Self::Email => "an e-mail address",
            Self::Ipv4 => "an IPv4 address",
            Self::Ipv6 => "an IPv6 address",
            Self::Uri => "a URI",
            Self::Uuid => "a UUID",
        }
    }
}

fn is_base64(text: &str) -> bool {
    let data = text.trim_end_matches('=');
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || b"+/".contains(&byte);
    text.len().is_multiple_of(4) && text.len() - data.len() <= 2 && data.bytes().all(is_digit)
}

/// A number with this many digits.
fn digits(text: &str, count: usize) -> Option<u32> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut part = |count| digits(parts.next()?, count);
    let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// As in RFC 3339.
fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't', ' ']) else {
        return false;
    };
    let Some(zone_at) = time.find(['Z', 'z', '+', '-']) else {
        return false;
    };
    let (time, zone) = time.split_at(zone_at);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let is_zone = matches!(zone, "Z" | "z") || is_clock(&zone[1..], &[23, 59]);
    // A minute may have a leap second.
    is_date(date) && is_clock(time, &[23, 59, 60]) && is_fraction && is_zone
}

/// Numbers of two digits with colons between them, each up to its limit.
fn is_clock(text: &str, most: &[u32]) -> bool {
    let mut parts = text.split(':');
    let fits = most.iter().all(|most| {
        let part = parts.next().and_then(|part| digits(part, 2));
        part.is_some_and(|part| part <= *most)
    });
    fits && parts.next().is_none()
}

/// Refuses only what no mail server accepts.
fn is_email(text: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    text.rsplit_once('@')
        .is_some_and(|(name, domain)| is_plain(name) && is_plain(domain) && !domain.contains('@'))
}

fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_of_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(is_of_scheme)
        && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::Format::{Byte, Date, DateTime, Email, Ipv4, Ipv6, Uri, Uuid};

    #[test]
    fn texts_of_a_format_are_told_from_others() {
        let cases = [
            (Uuid, "8e5b0340-42bd-4eb8-b06a-836f28fb1f73", true),
            (Uuid, "8E5B0340-42BD-4EB8-B06A-836F28FB1F73", true),
            (Uuid, "8e5b034042bd4eb8b06a836f28fb1f73", false),
            (Uuid, "{8e5b0340-42bd-4eb8-b06a-836f28fb1f73}", false),
            (Uuid, "", false),
            (Email, "ivan@example.com", true),
            (Email, "\"a@b\"@example.com", true),
            (Email, "ivan", false),
            (Email, "ivan@", false),
            (Email, "ivan @example.com", false),
            (Date, "2024-02-29", true),
            (Date, "2023-02-29", false),
            (Date, "1900-02-29", false),
            (Date, "2000-02-29", true),
            (Date, "2024-04-31", false),
            (Date, "2024-13-01", false),
            (Date, "2024-00-01", false),
            (Date, "2024-1-01", false),
            (Date, "2024-01-01T00:00:00Z", false),
            (Date, "+024-01-01", false),
            (Date, "", false),
            (DateTime, "2024-02-29T12:00:00Z", true),
            (DateTime, "2024-02-29t23:59:60.123456789+14:00", true),
            (DateTime, "2024-02-29 12:00:00z", true),
            (DateTime, "2024-02-29T12:00:00", false),
            (DateTime, "2024-02-29T24:00:00Z", false),
            (DateTime, "2024-02-29T12:00Z", false),
            (DateTime, "2024-02-29T12:00:00.Z", false),
            (DateTime, "2024-02-29T12:00:00+1:00", false),
            (DateTime, "2024-02-29T12:00:00é", false),
            (DateTime, "2024-02-30T12:00:00Z", false),
            (DateTime, "2024-02-29", false),
            (Ipv4, "192.0.2.1", true),
            (Ipv4, "192.0.2.256", false),
            (Ipv6, "2001:db8::1", true),
            (Ipv6, "192.0.2.1", false),
            (Uri, "https://example.com/?a=b#c", true),
            (Uri, "urn:isbn:0451450523", true),
            (Uri, "/path", false),
            (Uri, "https://a b", false),
            (Uri, "1https://a", false),
            (Byte, "dGVh", true),
            (Byte, "dGU=", true),
            (Byte, "", true),
            (Byte, "dGV", false),
            (Byte, "d===", false),
            (Byte, "dG-h", false),
        ];
        for (format, text, expected) in cases {
            assert_eq!(format.fits(text), expected, "{text:?} as {format:?}");
        }
    }
}
