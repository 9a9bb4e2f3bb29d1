//! The service itself: its routes, and how it ends.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use par_ordering::builder::GenerateTokens;
use par_ordering::{Client, Customer, DynTokenProvider, PaymentUrlPolicy, Secret};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::metrics::RequestDurations;
use crate::refusal::Refusal;
use crate::trace_context;

/// What all requests share.
pub struct Shop {
    client: Client,
    durations: Arc<RequestDurations>,
    /// Which pages a customer may be sent to.
    pages: PaymentUrlPolicy,
    /// Kept for as long as somebody is signed in: clones of a customer share the renewal of its token.
    customers: RwLock<HashMap<String, Customer>>,
}

/// What may be asked for.
#[derive(Default, Deserialize)]
struct Page {
    page: Option<u32>,
    per_page: Option<u32>,
}

/// A way to store a card: a page to be opened, or a token for the SDK of the payment processor.
#[derive(Serialize)]
struct Way {
    processor: String,
    page: Option<String>,
    /// Secret; serialising it is what reveals it.
    token: Option<Secret>,
}

impl Shop {
    pub fn new(client: Client, durations: Arc<RequestDurations>) -> Self {
        Self {
            client,
            durations,
            pages: PaymentUrlPolicy::default(),
            customers: RwLock::default(),
        }
    }

    /// Lets the bearer of a session act for a customer, whose token may come from wherever it is known.
    pub fn sign_in(&self, session: impl Into<String>, login: Box<dyn DynTokenProvider>) {
        let mut customers = self
            .customers
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        customers.insert(session.into(), login.into());
    }

    /// The call of a customer, to be sent; `None` if nobody is signed in.
    fn call(&self, session: &str, asked: &Page) -> Option<GenerateTokens> {
        let customers = self
            .customers
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let customer = customers.get(session)?.clone();
        let mut call = self.client.for_customer(customer).generate_tokens();
        if let Some(page) = asked.page {
            call = call.page(page);
        }
        if let Some(per_page) = asked.per_page {
            call = call.per_page(per_page);
        }
        Some(call)
    }
}

/// Answers requests until it is asked to end, and then those that have begun.
pub async fn serve(
    listener: TcpListener,
    shop: Arc<Shop>,
    asked_to_end: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let router = Router::new()
        .route("/sessions/{session}/cards", post(ways_to_store_a_card))
        .route("/metrics", get(metrics))
        .with_state(shop);
    axum::serve(listener, router)
        .with_graceful_shutdown(asked_to_end)
        .await
}

async fn ways_to_store_a_card(
    State(shop): State<Arc<Shop>>,
    Path(session): Path<String>,
    Query(asked): Query<Page>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Some(call) = shop.call(&session, &asked) else {
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    };
    let traceparent = headers.get("traceparent");
    let traceparent = traceparent.and_then(|value| value.to_str().ok());
    let answer = trace_context::within(traceparent, call.send()).await?;
    let ways = answer.into_inner().data.tokens.into_iter().map(|entry| {
        let url = entry.actions.and_then(|actions| actions.url);
        // A page that a customer may not be sent to is none.
        let page = url.as_ref().and_then(|url| url.check(&shop.pages).ok());
        Way {
            processor: entry.payment_processor_id,
            page: page.map(|page| page.expose_secret().to_owned()),
            token: entry.token,
        }
    });
    Ok(Json(ways.collect::<Vec<_>>()).into_response())
}

async fn metrics(State(shop): State<Arc<Shop>>) -> String {
    shop.durations.written()
}
