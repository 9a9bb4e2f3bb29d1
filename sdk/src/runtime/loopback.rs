//! Which hosts are this very machine: what is sent there is seen by nobody else.

use std::net::IpAddr;

/// Whether a host, as a parsed URL prints it, is `localhost` or a loopback address. A name that only leads to one is
/// not: that is for somebody else to decide.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match address.unwrap_or(host).parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    }
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn this_machine_is_told_from_what_looks_like_it() {
        for host in ["localhost", "127.0.0.1", "127.255.255.254", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "localhost.",
            "pay.localhost",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "128.0.0.1",
            "10.0.0.1",
            "0.0.0.0",
            "[::]",
            "[::2]",
            "[::ffff:7f00:1]",
            "[::1",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
