//! What generated code asks of errors, under the names that are the generator's.

use crate::runtime::error::Error;
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::response::{Response, ResponseValue};

#[allow(non_snake_case, reason = "the names are the generator's")]
impl<E> Error<E> {
    /// A parameter of the builder that can't be sent.
    pub(crate) fn InvalidRequest(problem: String) -> Self {
        Self::new(Failure::new(ErrorKind::InvalidRequest, problem), None)
    }

    /// A documented error, decoded.
    pub(crate) fn ErrorResponse(response: ResponseValue<E>) -> Self {
        let (envelope, response) = response.into_parts();
        let kind = ErrorKind::DocumentedStatus(response.status());
        Self::new(
            response.into_failure(Failure::new(kind, "")),
            Some(envelope),
        )
    }

    /// A status that the operation does not document.
    pub(crate) fn UnexpectedResponse(response: Response) -> Self {
        let kind = ErrorKind::UndocumentedStatus(response.status());
        let problem = match response.redirect_host() {
            Some(host) => format!("it leads to {host}, which is not followed"),
            None => String::new(),
        };
        Self::new(response.into_failure(Failure::new(kind, problem)), None)
    }
}
