//! Which hosts are this machine: nobody else sees what is sent there.

use std::net::IpAddr;

/// Whether a host, in the form that a parsed URL prints, is `localhost` or a loopback address. Another name may lead
/// here too, but whoever controls the name could change that.
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
