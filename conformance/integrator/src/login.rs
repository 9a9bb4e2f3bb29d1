//! The login of one customer: the token that the API knows it by, and how a new one is had.

use std::sync::{Mutex, MutexGuard, PoisonError};

use par_ordering::{Client, Method, ProviderError, Secret, TokenProvider};
use serde::Deserialize;

/// Renews its token through the API itself. The client is the plain one: what it sends asks no provider, so that a
/// renewal neither waits for itself nor begins another one.
pub struct Login {
    client: Client,
    token: Mutex<Secret>,
}

#[derive(Deserialize)]
struct Renewed {
    token: Token,
}

#[derive(Deserialize)]
struct Token {
    value: Secret,
}

impl Login {
    pub fn new(client: Client, token: impl Into<Secret>) -> Self {
        let token = Mutex::new(token.into());
        Self { client, token }
    }

    fn current(&self) -> MutexGuard<'_, Secret> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenProvider for Login {
    async fn token(&self) -> Result<Secret, ProviderError> {
        Ok(self.current().clone())
    }

    async fn refresh(&self, rejected: &Secret) -> Result<Secret, ProviderError> {
        // The specification does not have this call yet.
        let call = self
            .client
            .for_customer(rejected)
            .request(Method::GET, "/customers/refresh");
        let answer = call.send().await?;
        if !answer.status().is_success() {
            return Err(format!("the token was not renewed: {}", answer.status()).into());
        }
        let renewed = answer.json::<Renewed>()?.token.value;
        *self.current() = renewed.clone();
        Ok(renewed)
    }
}
