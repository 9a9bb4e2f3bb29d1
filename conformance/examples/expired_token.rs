//! A customer's token has expired: it is renewed once, and the call goes through.
//!
//! cargo run -p conformance --example expired_token

use std::error::Error;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use conformance::mock_server::MockServer;
use conformance::workspace;
use par_ordering::{Client, Customer, ProviderError, Secret, TokenProvider};

/// The session of one customer, as an application keeps it.
struct Session {
    token: Mutex<Secret>,
}

impl TokenProvider for Session {
    async fn token(&self) -> Result<Secret, ProviderError> {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(token.clone())
    }

    async fn refresh(&self, _rejected: &Secret) -> Result<Secret, ProviderError> {
        // An application asks the login endpoint of the API here.
        let renewed = Secret::from("renewed-token");
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = renewed.clone();
        Ok(renewed)
    }
}

/// Makes the calls and tells what came of them.
pub async fn run() -> Result<String, Box<dyn Error>> {
    let server = MockServer::start(workspace::specification()?).await?;
    server.accept_only("renewed-token");
    let client = Client::builder()
        .base_url(server.url())
        .application("your-application-key")
        .build()?;
    let mut out = String::new();

    // A fixed token can't be renewed: the 401 reaches the caller.
    if let Err(error) = client
        .for_customer("expired-token")
        .generate_tokens()
        .send()
        .await
    {
        writeln!(
            out,
            "fixed token: {:?} after {} attempt",
            error.kind(),
            error.attempts()
        )?;
    }

    let session = Session {
        token: Mutex::new("expired-token".into()),
    };
    let customer = client.for_customer(Customer::provided_by(session));
    for call in ["first", "second"] {
        let response = customer.generate_tokens().send().await?;
        writeln!(
            out,
            "{call} call of a session: {} after {} attempt(s)",
            response.status(),
            response.attempts()
        )?;
    }
    Ok(out)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run().await?);
    Ok(())
}
