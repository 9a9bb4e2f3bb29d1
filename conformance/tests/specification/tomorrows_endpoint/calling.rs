//! Code of callers for operations with several answers. It is compiled and run in the copy.

use par_ordering::httpmock::{Mock, MockServer, MockServerExt as _};
use par_ordering::{Client, Error, ErrorKind, StatusCode, types};

fn client(server: &MockServer) -> Client {
    Client::builder()
        .base_url(server.base_url())
        .application("a-key")
        .api_authorization("a-machine")
        .build()
        .unwrap()
}

fn order() -> types::builder::NewOrder {
    let line = types::OrderLine::builder().id(77);
    types::NewOrder::builder()
        .order_type(3)
        .menu_items(vec![line.try_into().unwrap()])
}

/// As in the documentation: successes and errors by status, and everything else by what can be done.
async fn place(client: &Client) -> Result<String, Error> {
    match client.create_order().body(order()).send().await {
        Ok(answer) => Ok(match answer.into_inner() {
            types::CreateOrderSuccess::Created(order) => format!("order {}", order.data.order.id),
            types::CreateOrderSuccess::Accepted(queued) => format!("waits at {}", queued.queue_id),
            _ => "an answer of tomorrow".to_owned(),
        }),
        Err(error) => match error.envelope() {
            Some(types::CreateOrderError::UnprocessableEntity(refused)) => {
                Ok(format!("refused: {} {:?}", refused.reason, refused.unavailable))
            }
            Some(types::CreateOrderError::TooManyRequests) => Ok("later".to_owned()),
            _ => Err(error.into()),
        },
    }
}

/// The errors of all kinds of operations convert into the same type.
async fn all(client: &Client) -> Result<(), Error> {
    client.create_order().body(order()).send().await?;
    client.refresh_customer_token().send().await?;
    client.answer_for_any_other_status().send().await?;
    client.answer_that_leads_elsewhere().send().await?;
    Ok(())
}

#[tokio::test]
async fn each_status_has_its_variant() {
    let server = MockServer::start_async().await;
    let client = client(&server).for_customer("a-customer");
    let mut said = Vec::new();
    for status in [201, 202, 400, 422, 429, 500, 503, 418] {
        let mut mock = server.create_order(|_, then| {
            match status {
                201 => then.created_documented(),
                202 => then.accepted_queued(),
                400 => then.bad_request_illustrative(),
                422 => then.unprocessable_entity_sold_out(),
                429 => then.too_many_requests(),
                500 | 503 => then.server_error_illustrative(status),
                _ => {
                    then.into_inner().status(status);
                    return;
                }
            };
        });
        said.push(match place(&client).await {
            Ok(text) => text,
            Err(error) => format!(
                "{error} | {:?} | {:?}",
                error.kind(),
                error.envelope().and_then(|envelope| envelope.code)
            )
            .replace(error.request_id(), "ID"),
        });
        mock.delete();
    }
    let said = said.join("\n");
    insta::assert_snapshot!(said, @r"
    order 1001
    waits at q-7
    create_order: 400 Bad Request (request ID): The given data was invalid. | DocumentedStatus(400) | Some(400)
    refused: sold out [77]
    later
    create_order: 500 Internal Server Error (request ID) | DocumentedStatus(500) | Some(500)
    create_order: 503 Service Unavailable (request ID) | DocumentedStatus(503) | Some(500)
    create_order: 418 I'm a teapot (request ID) | UndocumentedStatus(418) | None
    ");
}

#[tokio::test]
async fn the_default_is_a_variant_like_any_other_and_a_redirect_a_documented_outcome() {
    let server = MockServer::start_async().await;
    let client = client(&server);
    let mut said = Vec::new();
    server.answer_that_leads_elsewhere(|_, then| {
        then.found().into_inner().header("location", "https://elsewhere.example/");
    });
    let found = client.answer_that_leads_elsewhere().send().await.unwrap();
    assert_eq!(found.status(), StatusCode::FOUND);
    assert_eq!(found.headers().expose_secret()["location"], "https://elsewhere.example/");
    for status in [200, 404, 409, 500] {
        let mut mock = server.answer_for_any_other_status(|_, then| {
            match status {
                200 => then.ok_example(),
                404 => then.not_found(),
                _ => then.default_response_example(status),
            };
        });
        said.push(match client.answer_for_any_other_status().send().await {
            Ok(answer) => format!("{:?}", answer.into_inner()),
            Err(error) => {
                assert_eq!(
                    error.kind(),
                    ErrorKind::DocumentedStatus(StatusCode::from_u16(status).unwrap())
                );
                format!("{status} {:?}", error.envelope())
            }
        });
        mock.delete();
    }
    let said = said.join("\n");
    insta::assert_snapshot!(said, @r#"
    AnswerA { a: Some("tea") }
    404 Some(NotFound)
    409 Some(Default(AnswerB { b: 7 }))
    500 Some(Default(AnswerB { b: 7 }))
    "#);
    // The documented error is lost with its type, and everything else is kept.
    server.create_order(|_, then| {
        then.unprocessable_entity_sold_out();
    });
    let error = all(&client.for_customer("a-customer")).await.unwrap_err();
    assert_eq!(error.operation_id(), "create_order");
    assert_eq!(error.status(), Some(StatusCode::UNPROCESSABLE_ENTITY));
    assert!(error.envelope().is_none() && error.raw_body().is_some());
}

/// Lets a server answer each call with this value of `data`.
fn answer<'a>(server: &'a MockServer, data: &str) -> Mock<'a> {
    server.mock(|_, then| {
        then.status(200)
            .header("content-type", "application/json")
            .body(format!(r#"{{"status": "OK", "code": 200, "data": {data}}}"#));
    })
}

#[tokio::test]
async fn a_value_that_an_enumeration_does_not_list_is_read_and_kept() {
    let server = MockServer::start_async().await;
    let data = r#"{"payment_methods": [{"id": "1", "kind": "card"}, {"id": "2", "kind": "crypto"}, {"id": "3"}]}"#;
    answer(&server, data);
    let found = client(&server).find_payment_methods().type_ids([32]).send().await.unwrap();
    let kinds = found.data.payment_methods.iter().map(|method| match &method.kind {
        Some(types::PaymentMethodKind::Card) => "a card".to_owned(),
        Some(types::PaymentMethodKind::Unrecognized(kind)) => format!("{kind}, which is new"),
        Some(_) => "another kind".to_owned(),
        None => "no kind".to_owned(),
    });
    let kinds = kinds.collect::<Vec<_>>().join("; ");
    insta::assert_snapshot!(kinds, @"a card; crypto, which is new; no kind");
    assert_eq!(serde_json::to_string(&found.data).unwrap(), data.replace(": ", ":").replace(", ", ","));
}

#[tokio::test]
async fn what_fits_no_alternative_is_kept_as_it_came() {
    let server = MockServer::start_async().await;
    let data = r#"{"stored_payment_methods":[{"id":"1","properties":{"card_type":"visa"}},{"id":"2","properties":{"account":"ours","limit":1e400}},{"id":"3","properties":null},{"id":"4"}]}"#;
    answer(&server, data);
    let call = client(&server).for_customer("a-customer").list_stored_payment_methods();
    let stored = call.customer_account_id("f16a8522-662f-4393-a026-0076abea8517").send().await.unwrap();
    let known = stored.data.stored_payment_methods.iter().map(|method| match &method.properties {
        Some(Some(types::StoredPaymentMethodProperties::StoredCard(card))) => card.card_type.clone(),
        Some(Some(types::StoredPaymentMethodProperties::Unrecognized(value))) => {
            format!("{value:?}, which is {}", value.expose_secret())
        }
        Some(Some(_)) => "another alternative".to_owned(),
        Some(None) => "null".to_owned(),
        None => "nothing".to_owned(),
    });
    let known = known.collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(known, @r#"
    visa
    [redacted object], which is {"account":"ours","limit":1e400}
    null
    nothing
    "#);
    assert_eq!(serde_json::to_string(&stored.data).unwrap(), data);
}

#[tokio::test]
async fn an_entry_with_any_part_of_what_it_may_have_costs_nothing_of_the_others() {
    let server = MockServer::start_async().await;
    let entry = |rest: &str| {
        format!(r#"{{"payment_processor_id": "1", "payment_processor_type_id": 7{rest}}}"#)
    };
    let entries = [
        entry(""),
        entry(r#", "token": "t-1""#),
        entry(r#", "token": "t-2", "actions": {}"#),
        entry(r#", "actions": {"url": "https://pay.example/3"}"#),
        entry(r#", "actions": {"type": "redirect"}"#),
        entry(r#", "token": null, "actions": null"#),
    ];
    answer(&server, &format!(r#"{{"tokens": [{}]}}"#, entries.join(", ")));
    let response = client(&server).for_customer("a-customer").generate_tokens().send().await.unwrap();
    let read = response.data.tokens.iter().map(|entry| {
        let url = entry.actions.as_ref().and_then(|actions| actions.url.as_ref());
        let token = entry.token.as_ref().map(|token| token.expose_secret());
        format!("{token:?} {:?}", url.map(|url| url.expose_secret()))
    });
    let read = read.collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(read, @r#"
    None None
    Some("t-1") None
    Some("t-2") None
    None Some("https://pay.example/3")
    None None
    None None
    "#);
}
