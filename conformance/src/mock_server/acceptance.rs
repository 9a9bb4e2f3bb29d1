//! Connections: accepted up to a limit, served, and ended when the server stops.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::answering::Responder;
use super::settings::Settings;

/// The limit of the head of a request in bytes; a longer one gets 431.
const HEAD_LIMIT: usize = 64 * 1024;

/// Serves connections until `stop` is sent or dropped, and then lets running requests finish.
pub(super) async fn serve<L: Listener>(
    mut listener: L,
    responder: Arc<Responder>,
    settings: Settings,
    mut stop: oneshot::Receiver<()>,
) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.head_timeout)
        .max_buf_size(HEAD_LIMIT);
    builder.http2().timer(TokioTimer::new());
    let connections = settings.connections.clamp(1, Semaphore::MAX_PERMITS);
    let places = Arc::new(Semaphore::new(connections));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        // Further connections wait in the queue of the operating system.
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await.0)
        };
        let (place, stream) = tokio::select! {
            _ = &mut stop => break,
            accepted = next => accepted,
        };
        let has_begun = Arc::new(AtomicBool::new(false));
        let (responder, begun) = (Arc::clone(&responder), Arc::clone(&has_begun));
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            begun.store(true, Ordering::SeqCst);
            let responder = Arc::clone(&responder);
            async move { responder.answer(request.map(Body::new)).await }
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection.into_owned());
        let head_timeout = settings.head_timeout;
        connections.spawn(async move {
            let _place = place;
            let mut connection = pin!(connection);
            // Until the protocol is known, nothing else limits the wait.
            tokio::select! {
                // A request that came in time counts, even if it is read late.
                biased;
                // A broken connection is the problem of the client.
                _ = &mut connection => return,
                () = sleep(head_timeout) => if !has_begun.load(Ordering::SeqCst) {
                    return;
                },
            }
            let _ = connection.await;
        });
    }
    drop(listener);
    // The rest is aborted when the set is dropped.
    let _ = timeout(settings.grace, graceful.shutdown()).await;
}
