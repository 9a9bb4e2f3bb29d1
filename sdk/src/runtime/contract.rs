//! All that generated code expects of the runtime beside what callers see.
//!
//! A builder keeps [`Argument`]s, begins a [`Call`] and puts its request together. What comes back goes through
//! [`ResponseValue::from_response`] and the errors below. The table of operations is made of [`Operation`] and its
//! parts; the types are read with `optional_…` and `open_object`, and checked and written by what they implement.

use serde::de::DeserializeOwned;

#[cfg(feature = "httpmock")]
#[allow(unused_imports, reason = "needed by operations that send a form")]
pub(crate) use crate::runtime::call::form::{decoded_pairs, form_pairs};
#[cfg(feature = "httpmock")]
#[allow(unused_imports, reason = "needed by operations that send JSON")]
pub(crate) use crate::runtime::call::json::json_value;
use crate::runtime::client::header_value::InvalidHeader;
pub(crate) use crate::runtime::error::Error;
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
#[cfg(feature = "httpmock")]
#[allow(unused_imports, reason = "needed by responses that have an example")]
pub(crate) use crate::runtime::example::Example;
#[cfg(feature = "httpmock")]
pub(crate) use crate::runtime::matching;
use crate::runtime::response::Response;
pub(crate) use crate::runtime::response::ResponseValue;
use crate::runtime::response::decode::decode;
use crate::runtime::response::success::{self, NoSuccess};
#[allow(
    unused_imports,
    reason = "which of them are needed depends on the specification"
)]
pub(crate) use crate::runtime::{
    call::{
        Call,
        argument::Argument,
        check::{
            Breach, Check, Rule,
            format::Format,
            number::Number,
            pattern::{Pattern, Step},
        },
        form::{Form, FormValue, FormWriter},
        null::{nullable, nullable_object, present},
        operation::{Credential, DefaultFrom, Generated, Header, Operation},
        parameter::{Style, path_list},
        path::encode_path,
    },
    client::settings::{Setting, basic, text},
    enumeration::{
        NotAnInteger, integer, not_listed, open_enumeration, open_integer, open_text, read_number,
        read_text, write_number,
    },
    response::{
        absence::{optional_array, optional_map, optional_object},
        alternatives::{Alternative, Discriminator, Object, Shape, one_of},
        envelope::{Envelope, EnvelopeCode},
        open_object::open_object,
    },
    secret::{
        shown::{Keys, Show, Shown},
        zeroizing::NoRoom,
    },
};

impl<T: DeserializeOwned + EnvelopeCode> ResponseValue<T> {
    /// Decodes the answer of a documented status.
    pub(crate) fn from_response<E: DeserializeOwned>(response: Response) -> Result<Self, Error<E>> {
        let status = response.status();
        if status.is_success() {
            let body = response.raw.body.expose_secret();
            let (failure, envelope) = match success::read(body, &response.envelope) {
                Ok(value) => return Ok(Self::new(value, response)),
                Err(NoSuccess::ErrorEnvelope(code)) => {
                    let envelope = decode(response.raw.body.expose_secret()).ok();
                    (Failure::new(ErrorKind::ErrorEnvelope(code), ""), envelope)
                }
                Err(NoSuccess::NotDecodable(error)) => {
                    let problem = error.to_string();
                    (Failure::new(ErrorKind::NotDecodable, problem), None)
                }
            };
            return Err(Error::new(failure.with_answer(response), envelope));
        }
        match decode(response.raw.body.expose_secret()) {
            Ok(value) => Ok(Self::new(value, response)),
            Err(error) => {
                let kind = ErrorKind::DocumentedStatus(status);
                let failure = Failure::new(kind, error.to_string());
                Err(Error::new(failure.with_answer(response), None))
            }
        }
    }
}

impl ResponseValue<()> {
    /// An answer whose body says nothing.
    #[allow(dead_code, reason = "needed by operations that answer without a body")]
    pub(crate) fn empty(response: Response) -> Self {
        Self::new((), response)
    }
}

#[allow(non_snake_case, reason = "the names are the generator's")]
impl<E> Error<E> {
    /// A documented error, decoded.
    pub(crate) fn ErrorResponse(response: ResponseValue<E>) -> Self {
        let (envelope, response) = response.into_parts();
        let kind = ErrorKind::DocumentedStatus(response.status());
        let failure = Failure::new(kind, "").with_answer(response);
        Self::new(failure, Some(envelope))
    }

    /// A status that the operation does not document.
    pub(crate) fn UnexpectedResponse(response: Response) -> Self {
        let kind = ErrorKind::UndocumentedStatus(response.status());
        let problem = match response.redirect_host() {
            Some(host) => format!("it leads to {host}, which is not followed"),
            None => String::new(),
        };
        Failure::new(kind, problem).with_answer(response).into()
    }
}

impl<E> From<InvalidHeader> for Error<E> {
    fn from(error: InvalidHeader) -> Self {
        Failure::from(error).into()
    }
}
