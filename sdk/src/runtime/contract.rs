//! Everything that generated code uses of the runtime, in addition to the public interface.
//!
//! A builder keeps [`Argument`]s, begins a [`Call`] and builds its request. [`ResponseValue::from_json`] or a similar
//! function reads the answer, and [`Error::answered`] an error. The table of operations consists of [`Operation`] and
//! its parts. The types are read by `optional_…` and `open_object`, and are checked and written by the traits that
//! they implement.

use bytes::Bytes;
use serde::de::DeserializeOwned;

#[cfg(feature = "httpmock")]
#[allow(unused_imports, reason = "needed by operations that send a form")]
pub(crate) use crate::runtime::call::form::{decoded_pairs, form_pairs};
#[cfg(feature = "httpmock")]
#[allow(unused_imports, reason = "needed by operations that send JSON")]
pub(crate) use crate::runtime::call::json::{json_text, one_spelling};
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
pub(crate) use crate::runtime::response::decode::DecodeError;
use crate::runtime::response::decode::decode;
pub(crate) use crate::runtime::response::raw::RawBody;
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
            Breach, Check, Rule, count,
            format::Format,
            limit::Limit,
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
        NotAnInteger, integer, not_listed, open_enumeration, open_integer, open_text, read_text,
    },
    number::write_number,
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
    /// Decodes the JSON of a success. If the code in its envelope is that of an error, `error_in` finds the error.
    pub(crate) fn from_json<E>(
        response: Response,
        error_in: impl FnOnce(i64, &RawBody) -> Option<E>,
    ) -> Result<Self, Error<E>> {
        let body = &response.raw.body;
        let (failure, envelope) = match success::read(body.expose_secret(), response.envelope) {
            Ok(value) => return Ok(Self::new(value, response)),
            Err(NoSuccess::ErrorEnvelope(code)) => {
                let envelope = error_in(code, body);
                (Failure::new(ErrorKind::ErrorEnvelope(code), ""), envelope)
            }
            Err(NoSuccess::NotDecodable(error)) => {
                let problem = error.to_string();
                (Failure::new(ErrorKind::NotDecodable, problem), None)
            }
        };
        Err(Error::new(failure.with_answer(response), envelope))
    }
}

impl ResponseValue<()> {
    /// An answer without a value.
    pub(crate) fn empty(response: Response) -> Self {
        Self::new((), response)
    }
}

impl ResponseValue<String> {
    /// An answer whose body is a text.
    pub(crate) fn from_text(response: Response) -> Self {
        Self::new(text_of(&response.raw.body), response)
    }
}

impl ResponseValue<Bytes> {
    /// An answer whose body is bytes.
    pub(crate) fn from_bytes(response: Response) -> Self {
        Self::new(bytes_of(&response.raw.body), response)
    }
}

/// Decodes the JSON of an error.
pub(crate) fn json<T: DeserializeOwned>(body: &RawBody) -> Result<T, DecodeError> {
    decode(body.expose_secret())
}

/// The body as a text. Bytes that are not UTF-8 are replaced, so that one bad character does not lose an answer.
pub(crate) fn text_of(body: &RawBody) -> String {
    String::from_utf8_lossy(body.expose_secret()).into_owned()
}

/// The body as it was received, not copied.
pub(crate) fn bytes_of(body: &RawBody) -> Bytes {
    Bytes::from_owner(body.clone())
}

impl<E> Error<E> {
    /// An answer that is not a success. `read` decodes a documented error from its status and body.
    pub(crate) fn answered(
        response: Response,
        read: impl FnOnce(u16, &RawBody) -> Option<Result<E, DecodeError>>,
    ) -> Self {
        let status = response.status();
        let (kind, problem, envelope) = match read(status.as_u16(), &response.raw.body) {
            Some(Ok(envelope)) => {
                let kind = ErrorKind::DocumentedStatus(status);
                (kind, String::new(), Some(envelope))
            }
            Some(Err(error)) => {
                let kind = ErrorKind::DocumentedStatus(status);
                (kind, error.to_string(), None)
            }
            None => {
                let problem = match response.redirect_host() {
                    Some(host) => format!("it leads to {host}, but redirects are not followed"),
                    None => String::new(),
                };
                (ErrorKind::UndocumentedStatus(status), problem, None)
            }
        };
        Self::new(Failure::new(kind, problem).with_answer(response), envelope)
    }
}
