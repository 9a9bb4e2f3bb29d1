//! Bytes that a server or a proxy sends on a connection that waits for the next call: they are not the answer to any
//! call.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use tokio::task::yield_now;

use crate::{SUCCESS, builder};

fn answer(line: &str, more: &str) -> String {
    let length = SUCCESS.len();
    format!("HTTP/1.1 {line}\r\n{more}content-length: {length}\r\n\r\n{SUCCESS}")
}

/// Reads a request, which has no body, and answers it.
fn serve(stream: &mut TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        request.extend(byte);
    }
    stream.write_all(answer("200 OK", "x-asked: yes\r\n").as_bytes())
}

/// A server on a thread of its own. After the first answer it sends `unasked` when it is told to, and reports that.
/// On the next connection it answers again.
fn start(unasked: String, closes: bool) -> (SocketAddr, Sender<()>, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (go, told_to) = channel();
    let (done, is_done) = channel();
    // It ends with the test, even if nobody connects again.
    thread::spawn(move || -> io::Result<()> {
        let (mut first, _) = listener.accept()?;
        serve(&mut first)?;
        told_to.recv().map_err(io::Error::other)?;
        first.write_all(unasked.as_bytes())?;
        if closes {
            first.shutdown(Shutdown::Write)?;
        }
        done.send(()).map_err(io::Error::other)?;
        let (mut second, _) = listener.accept()?;
        serve(&mut second)
    });
    (address, go, is_done)
}

/// On one thread that does nothing between two calls: the runtime does not read what arrives before the second call
/// begins.
#[tokio::test]
async fn what_came_unasked_while_the_runtime_slept_is_not_taken_for_the_answer() {
    let forged = answer("200 OK", "x-asked: no\r\n");
    let time_out = "HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let interim = "HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n";
    let cases = [
        ("a forged success", forged.clone(), false),
        ("a forged success, and the end", forged.clone(), true),
        ("a forged 401", answer("401 Unauthorized", ""), false),
        ("the time-out of an idle gateway", time_out.to_owned(), true),
        (
            "an interim answer before",
            format!("{interim}{forged}"),
            false,
        ),
        ("empty lines", "\r\n\r\n".to_owned(), false),
    ];
    let mut failures = Vec::new();
    for (what, unasked, closes) in cases {
        for is_task_of_its_own in [false, true] {
            let (address, go, is_done) = start(unasked.clone(), closes);
            let client = builder(format!("http://{address}")).build().unwrap();
            client.generate_tokens().send().await.unwrap();
            // Long enough for the connection to be kept for the next call.
            for _ in 0..100 {
                yield_now().await;
            }
            go.send(()).unwrap();
            is_done.recv().unwrap();
            let call = client.generate_tokens().send();
            let result = if is_task_of_its_own {
                tokio::spawn(call).await.unwrap()
            } else {
                call.await
            };
            let asked = result
                .as_ref()
                .ok()
                .and_then(|answer| answer.headers().expose_secret().get("x-asked"));
            if asked.is_none_or(|asked| asked != "yes") {
                failures.push(format!(
                    "{what} (spawned: {is_task_of_its_own}): {result:?}"
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
