//! Looks up the names of servers as the platform does. It is done here to tell a name that is not found from a server
//! that can't be reached: the HTTP stack does so only in the text of its error.

use std::fmt;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

/// Asks the platform.
pub(crate) struct Resolver;

/// No address was found for this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameNotFound(Box<str>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let name = name.as_str();
            let found = lookup_host((name, 0)).await;
            let addresses: Vec<_> = found.map(Iterator::collect).unwrap_or_default();
            if addresses.is_empty() {
                return Err(NameNotFound(name.into()).into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

impl fmt::Display for NameNotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no address was found for the name {}", self.0)
    }
}

impl std::error::Error for NameNotFound {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_is_looked_up_and_one_that_is_not_found_is_told() {
        let addresses = Resolver.resolve("localhost".parse().unwrap()).await;
        let mut addresses = addresses.ok().unwrap();
        assert!(addresses.all(|address| address.ip().is_loopback()));

        // Longer than a name may be, so that no server is asked.
        let name = "a".repeat(64);
        let refused = Resolver.resolve(name.parse().unwrap()).await;
        let error = refused.err().unwrap();
        let error = error.downcast_ref::<NameNotFound>().unwrap();
        let expected = format!("no address was found for the name {name}");
        assert_eq!(error.to_string(), expected);
    }
}
