//! The documented call as a user makes it: through the sdk, which must be able to read the answer.

use par_ordering::ErrorKind;
use par_ordering::conformance::{Arguments, Failure, Operation, Outcome};

use super::answer::{Answer, Body, Came, Cause};
use super::target::Target;
use crate::agreement::parameters::{body_bytes, pairs};
use openapi::specification;

/// Calls the operation with its required parameters. The client fills in the others.
pub async fn call(
    target: &Target,
    operation: &specification::Operation,
    entry: &'static Operation,
) -> Came {
    let mut arguments = Arguments::default();
    for (parameter, builder) in pairs(operation, entry) {
        if let (true, false, Some(builder), Some(example)) = (
            parameter.required,
            parameter.supplied,
            builder,
            &parameter.example,
        ) {
            arguments.set_list(builder.name, example.clone());
        }
    }
    if let Some(body) = &operation.request_body
        && let Some(example) = body.examples.first()
    {
        arguments.set_body(body_bytes(body, &example.value));
    }
    match (entry.call)(&target.sdk, &arguments).await {
        Ok(Outcome::Success(success)) => {
            let body = Body::Whole(success.raw_body);
            Came::Answer(Answer::new(success.status, &success.headers, body))
        }
        Ok(Outcome::Failure(failure)) => of_failure(target, failure),
        Err(error) => Came::silence(Cause::Broken, format!("the sdk refuses to call: {error}")),
    }
}

fn of_failure(target: &Target, failure: Failure) -> Came {
    let problem = failure.sources.last().unwrap_or(&failure.display).clone();
    let (Some(status), Some(headers)) = (failure.status, &failure.headers) else {
        return match failure.kind {
            ErrorKind::DeadlineExceeded => Came::timed_out(target.timeout),
            ErrorKind::ConnectTimeout | ErrorKind::NotConnected => {
                Came::silence(Cause::NotConnected, problem)
            }
            _ => Came::silence(Cause::Broken, problem),
        };
    };
    let whole = failure.raw_body.unwrap_or_default();
    let body = match failure.kind {
        ErrorKind::BodyTooLarge => Body::TooLarge,
        ErrorKind::Interrupted | ErrorKind::DeadlineExceeded => Body::BrokenOff(problem),
        _ => Body::Whole(whole),
    };
    let mut answer = Answer::new(status, headers, body);
    // For an error status, it says nothing that the verdict does not say.
    if matches!(
        failure.kind,
        ErrorKind::NotDecodable | ErrorKind::ErrorEnvelope(_)
    ) {
        answer.refused_by_sdk = Some(failure.display);
    }
    Came::Answer(answer)
}
