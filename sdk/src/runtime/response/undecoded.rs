//! An answer of which nothing is known but what came: that of a call which the specification does not declare.

use serde::de::DeserializeOwned;

use crate::Error;
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::response::ResponseValue;
use crate::runtime::response::decode::decode;
use crate::runtime::response::raw::RawBody;

/// The answer to a [`Client::request`](crate::Client::request), whatever its status.
impl ResponseValue<RawBody> {
    /// The body, byte for byte. It may hold secrets.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.value.expose_secret()
    }

    /// The body read as JSON, whatever the status. What `T` does not know is passed over.
    ///
    /// # Errors
    ///
    /// The body is not JSON, or not of the type `T`: [`NotDecodable`](crate::ErrorKind::NotDecodable). It says where, and
    /// nothing of what stands there.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode(self.bytes()).map_err(|error| {
            let failure = Failure::new(ErrorKind::NotDecodable, error.to_string());
            let failure = failure.with_response(self.response.raw.clone());
            Error::from(failure).of_call(self.of_call.clone())
        })
    }
}
