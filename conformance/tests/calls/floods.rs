//! Servers that send bytes without end that are not an answer yet, over TLS, as any server on another machine is
//! called. On one thread, which reads the flood and must also notice the deadline.

use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use conformance::tls::{Identity, Protocol};
use par_ordering::{Client, ErrorKind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{SUCCESS, builder};

const DEADLINE: Duration = Duration::from_secs(2);

/// A client of a server, on a thread of its own, that sends `start` and then `flood` for ever.
fn client_of(start: &str, flood: &str) -> Client {
    let identity = Identity::new("localhost").unwrap();
    let acceptor = identity.acceptor(Protocol::Http1).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    listener.set_nonblocking(true).unwrap();
    let (start, flood) = (start.to_owned(), flood.repeat(1 + 65_536 / flood.len()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    // It ends as soon as nobody reads any more.
    thread::spawn(move || {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let (stream, _) = listener.accept().await?;
            let mut stream = acceptor.accept(stream).await?;
            stream.read_u8().await?;
            stream.write_all(start.as_bytes()).await?;
            loop {
                stream.write_all(flood.as_bytes()).await?;
            }
            #[allow(unreachable_code, reason = "it names the type of the error")]
            std::io::Result::Ok(())
        })
    });
    builder(format!("https://localhost:{port}"))
        .root_certificate(identity.root_pem.as_str())
        .deadline(DEADLINE)
        .build()
        .unwrap()
}

fn hints(headers: usize) -> String {
    let headers = "link: </a>\r\n".repeat(headers);
    format!("HTTP/1.1 103 Early Hints\r\n{headers}\r\n")
}

#[tokio::test]
async fn a_flood_ends_with_the_deadline_at_the_latest() {
    use ErrorKind::{DeadlineExceeded, Interrupted};

    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let (one_chunk, last_chunk) = (format!("{chunked}4"), format!("{chunked}0\r\n"));
    let in_extension = format!("{one_chunk};");
    let in_trailer = format!("{last_chunk}a: ");
    let cases = [
        // Only the deadline limits these.
        ("zeros before a chunk", chunked, "0", DeadlineExceeded),
        ("blanks after its size", &one_chunk, " ", DeadlineExceeded),
        ("tabs after its size", &one_chunk, "\t", DeadlineExceeded),
        ("bare hints", "", &hints(0), DeadlineExceeded),
        ("hints", "", &hints(64), DeadlineExceeded),
        // These are too large before the deadline.
        ("hints with many headers", "", &hints(65), Interrupted),
        ("hints with more headers", "", &hints(90), Interrupted),
        ("a chunk's extension", &in_extension, "a", Interrupted),
        ("trailers", &last_chunk, "a: b\r\n", Interrupted),
        ("a trailer", &in_trailer, "a", Interrupted),
        ("empty lines", "", "\r\n", Interrupted),
        ("a status line", "HTTP/1.1 200 ", "a", Interrupted),
        ("a header", "HTTP/1.1 200 OK\r\na: ", "a", Interrupted),
        ("headers", "HTTP/1.1 200 OK\r\n", "a: b\r\n", Interrupted),
    ];
    let mut failures = Vec::new();
    for (what, start, flood, expected) in cases {
        let client = client_of(start, flood);
        let began = Instant::now();
        let result = client.generate_tokens().send().await;
        let took = began.elapsed();
        let kind = result.as_ref().err().map(|error| error.kind());
        // And the delay of a busy machine.
        if kind != Some(expected) || took > DEADLINE + Duration::from_secs(5) {
            failures.push(format!("{what}: {result:?} after {took:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn an_answer_has_as_many_headers_as_it_may_and_no_more() {
    // With the one that tells the length.
    for (headers, expected) in [(63, None), (64, Some(ErrorKind::Interrupted))] {
        let length = SUCCESS.len();
        let headers = "x: y\r\n".repeat(headers);
        let answer =
            format!("HTTP/1.1 200 OK\r\n{headers}content-length: {length}\r\n\r\n{SUCCESS}");
        let client = client_of(&answer, " ");
        let result = client.generate_tokens().send().await;
        let kind = result.as_ref().err().map(|error| error.kind());
        assert_eq!(kind, expected, "{result:?}");
    }
}
