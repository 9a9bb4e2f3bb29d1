//! The answer to a call that is not in the specification.

use serde::de::DeserializeOwned;

use crate::Error;
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::response::ResponseValue;
use crate::runtime::response::decode::decode;
use crate::runtime::response::raw::RawBody;

/// The answer to a [`Client::request`](crate::Client::request), whatever its status.
impl ResponseValue<RawBody> {
    /// Returns the body, byte for byte. It may contain secrets.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.value.expose_secret()
    }

    /// Decodes the body from JSON, whatever the status. Fields that `T` does not have are ignored.
    ///
    /// # Errors
    ///
    /// The body is not JSON or does not have the type `T`: [`NotDecodable`](crate::ErrorKind::NotDecodable). The
    /// message says where, and does not quote the body.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode(self.bytes()).map_err(|error| {
            let failure = Failure::new(ErrorKind::NotDecodable, error.to_string());
            let failure = failure.with_response(self.raw.clone());
            Error::from(failure).of_call(self.of_call.clone())
        })
    }
}
