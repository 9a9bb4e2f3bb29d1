//! Headers and query parameters that a caller adds: sent in addition to those of the operation, and refused by name
//! if the operation or the client sets them.

use conformance::testing::message::{Message, json_answer};
use conformance::testing::script::ScriptedServer;
use par_ordering::builder::GenerateTokens;
use par_ordering::{Client, ErrorKind, Secret};

use crate::{SUCCESS, builder, client};

async fn request_of(call: impl FnOnce(Client) -> GenerateTokens) -> Message {
    let server = ScriptedServer::answering(json_answer(200, SUCCESS))
        .await
        .unwrap();
    call(client(server.url())).send().await.unwrap();
    server.request().unwrap()
}

#[tokio::test]
async fn what_is_added_is_sent_once_beside_what_the_operation_has() {
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned();
    let request = request_of(|client| {
        let view = client
            .with_header("X-Tenant", "of the view")
            .with_query("debug", true);
        view.with_header("x-region", Secret::from("north"))
            .generate_tokens()
            .page(2u32)
            .header("Traceparent", "what can't be\nsent")
            .header("traceparent", &parent)
            .header("x-tenant", "of the call")
            .query("fields[]", "a b&c")
            .query("fields[]", 7u8)
    })
    .await;
    for (name, value) in [
        ("traceparent", parent.as_str()),
        ("x-tenant", "of the call"),
        ("x-region", "north"),
        ("x-qb-enabled", "true"),
        ("application", "key"),
        ("accept", "application/json"),
    ] {
        assert_eq!(request.values(name), [value], "the header {name}");
    }
    let (_, query) = request.line().split_once('?').unwrap();
    let expected = "page=2&debug=true&fields%5B%5D=a+b%26c&fields%5B%5D=7 HTTP/1.1";
    assert_eq!(query, expected);
}

#[tokio::test]
async fn a_view_leaves_the_client_and_other_views_as_they_were() {
    let request = request_of(|client| {
        let _ = client.with_header("x-one", "1").with_query("one", "1");
        let other = client.with_header("x-other", "2");
        let _ = other.generate_tokens().header("x-third", "3");
        other.generate_tokens()
    })
    .await;
    assert_eq!(request.values("x-other"), ["2"]);
    assert_eq!(request.values("x-one"), [""; 0]);
    assert_eq!(request.values("x-third"), [""; 0]);
    assert!(!request.line().contains('?'), "{}", request.line());
}

/// The headers that are refused, and the reason in the message.
const REFUSED_HEADERS: [(&str, &str); 32] = [
    ("X-QB-Enabled", "a parameter of the operation"),
    ("x-request-id", "a parameter of the operation"),
    ("API-VERSION", "a parameter of the operation"),
    ("application", "a parameter of the operation"),
    ("Authorization", "the client sets it"),
    ("proxy-authorization", "the client sets it"),
    ("proxy-authenticate", "the client sets it"),
    ("proxy-connection", "the client sets it"),
    ("Host", "the client sets it"),
    ("CONTENT-LENGTH", "the client sets it"),
    ("content-type", "the client sets it"),
    ("content-encoding", "the client sets it"),
    ("accept", "the client sets it"),
    ("accept-encoding", "the client sets it"),
    ("Transfer-Encoding", "the client sets it"),
    ("connection", "the client sets it"),
    ("keep-alive", "the client sets it"),
    ("te", "the client sets it"),
    ("trailer", "the client sets it"),
    ("upgrade", "the client sets it"),
    ("expect", "the client sets it"),
    ("http2-settings", "the client sets it"),
    ("User-Agent", "the client sets it"),
    ("", "has an invalid name"),
    (" ", "has an invalid name"),
    ("a b", "has an invalid name"),
    ("a:", "has an invalid name"),
    (":authority", "has an invalid name"),
    ("a\r\nb", "has an invalid name"),
    ("a\u{e4}", "has an invalid name"),
    ("x-a\0", "has an invalid name"),
    ("(x)", "has an invalid name"),
];

#[tokio::test]
async fn what_is_somebody_elses_is_refused_by_its_name_before_anything_is_sent() {
    let headers = REFUSED_HEADERS
        .iter()
        .map(|(name, said)| (true, *name, "canary", *said));
    let values =
        ["", " ", "can\nary", "can\0ary"].map(|value| (true, "x-a", value, "the header x-a "));
    let operations = ["include", "page", "per_page", "paginated_results"];
    let query = operations.map(|name| (false, name, "canary", "a parameter of the operation"));
    let nameless = [(false, "", "canary", "has no name")];
    for (is_header, name, value, said) in headers.chain(values).chain(query).chain(nameless) {
        // Nobody listens there: a call that was sent would fail as "not connected".
        let plain = client("http://127.0.0.1:1");
        let (view, call) = if is_header {
            let call = plain.generate_tokens().header(name, value);
            (plain.with_header(name, value).generate_tokens(), call)
        } else {
            let call = plain.generate_tokens().query(name, value);
            (plain.with_query(name, value).generate_tokens(), call)
        };
        for call in [view, call] {
            let error = call.send().await.unwrap_err();
            let text = error.to_string();
            let outcome = (error.kind(), error.attempts());
            assert_eq!(outcome, (ErrorKind::InvalidRequest, 0), "{name:?}: {text}");
            assert!(text.contains(said), "{name:?}: {text}");
            let is_named = said == "has an invalid name" || text.contains(&name.to_lowercase());
            assert!(is_named, "{name:?}: {text}");
            assert!(!text.contains("nary"), "{text}");
        }
    }
}

/// A header that the operation does not declare, but the client does, has the value of its setting.
#[tokio::test]
async fn what_the_client_sets_is_refused_also_where_no_operation_is_called() {
    for name in ["application", "Api-Version", "authorization"] {
        let call = builder("http://127.0.0.1:1").build().unwrap();
        let call = call
            .request(par_ordering::Method::GET, "/a")
            .header(name, "canary");
        let error = call.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{name}");
        assert!(error.to_string().contains(&name.to_lowercase()), "{error}");
    }
}

/// Words are not masked by their shape: only because they are known to be values of the call.
#[tokio::test]
async fn what_a_caller_added_is_masked_where_the_server_repeats_it() {
    let body =
        r#"{"code":400,"data":{"message":"refused buttercup and Marigolds for the customer"}}"#;
    let server = ScriptedServer::answering(json_answer(400, body))
        .await
        .unwrap();
    let view = client(server.url()).with_header("x-a", "buttercup");
    let call = view
        .generate_tokens()
        .query("a", "marigolds")
        .x_request_id("mine");
    let shown = format!("{call:?} {view:#?}");
    let error = call.send().await.unwrap_err();
    let expected = "refused [masked] and [masked] for the customer";
    assert_eq!(error.message(), Some(expected));
    for shown in [shown, format!("{error} {error:?}")] {
        let shown = shown.to_lowercase();
        assert!(
            !shown.contains("buttercup") && !shown.contains("marigolds"),
            "{shown}"
        );
    }
}
