//! How long ago each bearer token was first seen.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

/// Remembers digests instead of tokens, and only this many: then the oldest is forgotten, and a forgotten token
/// counts as new.
pub(super) struct TokenAges {
    limit: usize,
    first_seen: HashMap<[u8; 32], Instant>,
    /// In the order of their arrival.
    order: VecDeque<[u8; 32]>,
}

impl TokenAges {
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            first_seen: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    /// How long ago the token was first seen; zero for a new token.
    pub fn age(&mut self, token: &str) -> Duration {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        if let Some(first_seen) = self.first_seen.get(&digest) {
            return first_seen.elapsed();
        }
        if self.order.len() >= self.limit
            && let Some(oldest) = self.order.pop_front()
        {
            self.first_seen.remove(&oldest);
        }
        self.order.push_back(digest);
        self.first_seen.insert(digest, Instant::now());
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::TokenAges;

    #[tokio::test(start_paused = true)]
    async fn the_age_counts_from_the_first_time() {
        let mut ages = TokenAges::new(8);
        assert_eq!(ages.age("a"), Duration::ZERO);
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(ages.age("a"), Duration::from_secs(5));
        assert_eq!(ages.age("b"), Duration::ZERO);
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(ages.age("a"), Duration::from_secs(10));
        assert_eq!(ages.age("b"), Duration::from_secs(5));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_remembered_is_bounded() {
        let mut ages = TokenAges::new(2);
        for token in ["a", "b", "c", "d"] {
            assert_eq!(ages.age(token), Duration::ZERO);
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert_eq!((ages.first_seen.len(), ages.order.len()), (2, 2));
        assert_eq!(ages.age("c"), Duration::from_secs(2));
        assert_eq!(ages.age("a"), Duration::ZERO);
    }
}
