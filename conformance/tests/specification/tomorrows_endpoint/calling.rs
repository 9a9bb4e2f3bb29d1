//! What callers write for operations with several answers. It is compiled and run in the copy.

use par_ordering::httpmock::{MockServer, MockServerExt as _};
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

/// As the documentation has it: successes and errors by status, and everything else by what can be done.
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

/// The errors of operations of every kind become the same.
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
    // What the operation documents is lost with its type, and all else is kept.
    server.create_order(|_, then| {
        then.unprocessable_entity_sold_out();
    });
    let error = all(&client.for_customer("a-customer")).await.unwrap_err();
    assert_eq!(error.operation_id(), "create_order");
    assert_eq!(error.status(), Some(StatusCode::UNPROCESSABLE_ENTITY));
    assert!(error.envelope().is_none() && error.raw_body().is_some());
}
