//! Which servers the client trusts, and which protocol it uses.

use conformance::mock_server::MockServer;
use conformance::tls::{Identity, Protocol};
use conformance::workspace;
use par_ordering::{Client, ErrorKind};

use crate::builder;

async fn server(identity: &Identity, protocol: Protocol) -> MockServer {
    let specification = workspace::specification().unwrap();
    MockServer::start_tls(specification, identity, protocol)
        .await
        .unwrap()
}

fn client(server: &MockServer, root: Option<&Identity>) -> Client {
    let builder = builder(server.url());
    match root {
        Some(identity) => builder.root_certificate(identity.root_pem.as_str()),
        None => builder,
    }
    .build()
    .unwrap()
}

#[tokio::test]
async fn a_server_with_a_trusted_certificate_is_called_over_the_protocol_it_offers() {
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let identity = Identity::new("localhost").unwrap();
        let server = server(&identity, protocol).await;
        let client = client(&server, Some(&identity));
        for _ in 0..2 {
            let response = client.generate_tokens().send().await.unwrap();
            assert_eq!(response.status(), 200, "{protocol:?}");
        }
        assert_eq!(server.protocol(), Some(protocol));
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_to_be_trusted_ends_the_call_before_anything_is_sent() {
    let trusted = Identity::new("localhost").unwrap();
    let stranger = Identity::new("localhost").unwrap();
    let of_another_host = Identity::new("elsewhere.example.com").unwrap();
    let expired = Identity::expired("localhost").unwrap();
    let not_valid_yet = Identity::not_valid_yet("localhost").unwrap();
    let cases = [
        (
            "no root at all",
            &trusted,
            None,
            "its certificate is from an unknown issuer",
        ),
        (
            "another root of the same name",
            &stranger,
            Some(&trusted),
            "its certificate is not signed by its issuer",
        ),
        (
            "another host",
            &of_another_host,
            Some(&of_another_host),
            "its certificate is for another name",
        ),
        (
            "expired",
            &expired,
            Some(&expired),
            "its certificate has expired",
        ),
        (
            "not valid yet",
            &not_valid_yet,
            Some(&not_valid_yet),
            "its certificate is not valid yet",
        ),
    ];
    for (what, identity, root, why) in cases {
        for protocol in [Protocol::Http1, Protocol::Http2] {
            let server = server(identity, protocol).await;
            let error = client(&server, root)
                .generate_tokens()
                .send()
                .await
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotConnected, "{what}: {error:?}");
            assert_eq!(
                error.attempts(),
                1,
                "{what}: a certificate does not get better by trying"
            );
            let url = server.url();
            let address = url.split('/').nth(2).unwrap();
            let expected = format!(": no secure connection to {address}: {why}");
            assert!(error.to_string().ends_with(&expected), "{what}: {error}");
            assert!(error.is_safe_to_repeat(), "{what}");
            assert!(!error.is_worth_repeating(), "{what}");
            assert_eq!(server.protocol(), None, "{what}: a request arrived");
        }
    }
}

#[test]
fn a_root_that_is_no_certificate_is_refused() {
    for pem in [
        "",
        "no certificate",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
    ] {
        let builder = builder("https://localhost");
        let error = builder.root_certificate(pem).build().unwrap_err();
        let expected = "a root certificate is not a valid PEM certificate";
        assert_eq!(error.to_string(), expected, "{pem:?}");
    }
}
