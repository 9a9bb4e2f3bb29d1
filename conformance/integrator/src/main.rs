//! A service with which customers of a shop store a card.

use std::error::Error;
use std::sync::Arc;

use integrator::metrics::RequestDurations;
use integrator::service::{Shop, serve};
use integrator::trace_context::TraceContext;
use par_ordering::ClientBuilder;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let durations = Arc::new(RequestDurations::default());
    // One client for all requests: they share its connections.
    let client = ClientBuilder::from_env()?
        .product("shop/1.0")
        .hook(Arc::clone(&durations))
        .hook(TraceContext)
        .build()?;
    let shop = Arc::new(Shop::new(client, durations));
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    let asked_to_end = async {
        // Without a signal there is nothing to wait for.
        let _ = tokio::signal::ctrl_c().await;
    };
    serve(listener, shop, asked_to_end).await?;
    Ok(())
}
