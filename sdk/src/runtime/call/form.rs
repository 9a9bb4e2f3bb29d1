//! Bodies of the media type `application/x-www-form-urlencoded`. The fields write themselves, so that no copy of a
//! secret is made.

use std::collections::BTreeMap;

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::runtime::call::request::encode_json;
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::secret::Secret;
use crate::runtime::secret::zeroizing::{NoRoom, Zeroizing};
use crate::runtime::{Number, PaymentUrl};

/// What the URL Standard leaves unencoded in a form.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');

/// A body that is sent as a form.
pub(crate) trait Form {
    fn write(&self, form: &mut FormWriter) -> Result<(), NoRoom>;
}

impl<T: FormValue> Form for BTreeMap<String, T> {
    fn write(&self, form: &mut FormWriter) -> Result<(), NoRoom> {
        self.iter()
            .try_for_each(|(name, value)| form.field(name, value))
    }
}

/// Encodes any value as a form. The bytes are zeroed in the end.
pub(crate) fn encode_form<T: Serialize + ?Sized>(value: &T) -> Result<Bytes, Failure> {
    // Reserves enough space: growing would leave a copy behind that is not zeroed. A byte takes at most three, and
    // JSON has at least as many.
    let room = encode_json(value, usize::MAX)?.len().saturating_mul(3);
    let mut text = Zeroizing::new(String::with_capacity(room));
    let mut writer = form_urlencoded::Serializer::new(&mut *text);
    let written = value.serialize(serde_urlencoded::Serializer::new(&mut writer));
    written.map_err(|_| {
        let problem =
            "the body can't be written as a form: a form has only names and simple values";
        Failure::new(ErrorKind::InvalidRequest, problem)
    })?;
    Ok(Bytes::from_owner(text))
}

/// Pairs of names and values, written one after the other.
pub(crate) struct FormWriter {
    bytes: Zeroizing<Vec<u8>>,
    most: usize,
}

impl FormWriter {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            bytes: Zeroizing::default(),
            most,
        }
    }

    pub(crate) fn bytes(self) -> Zeroizing<Vec<u8>> {
        self.bytes
    }

    /// Adds a field: once for each entry of a list, and not at all if it is absent.
    pub(crate) fn field(&mut self, name: &str, value: &impl FormValue) -> Result<(), NoRoom> {
        value.write(name, self)
    }

    pub(crate) fn pair(&mut self, name: &str, value: &str) -> Result<(), NoRoom> {
        if !self.bytes.is_empty() {
            self.append("&")?;
        }
        self.encode(name)?;
        self.append("=")?;
        self.encode(value)
    }

    fn encode(&mut self, text: &str) -> Result<(), NoRoom> {
        for part in utf8_percent_encode(text, KEPT) {
            self.append(if part == "%20" { "+" } else { part })?;
        }
        Ok(())
    }

    fn append(&mut self, text: &str) -> Result<(), NoRoom> {
        self.bytes.append(text.as_bytes(), self.most)
    }
}

/// A value that a field of a form can have.
pub(crate) trait FormValue {
    fn write(&self, name: &str, form: &mut FormWriter) -> Result<(), NoRoom>;
}

impl FormValue for String {
    fn write(&self, name: &str, form: &mut FormWriter) -> Result<(), NoRoom> {
        form.pair(name, self)
    }
}

impl FormValue for Secret {
    fn write(&self, name: &str, form: &mut FormWriter) -> Result<(), NoRoom> {
        form.pair(name, self.expose_secret())
    }
}

impl FormValue for PaymentUrl {
    fn write(&self, name: &str, form: &mut FormWriter) -> Result<(), NoRoom> {
        form.pair(name, self.expose_secret())
    }
}

macro_rules! printed {
    ($($ty:ty),*) => {
        $(
            impl FormValue for $ty {
                fn write(&self, name: &str, form: &mut FormWriter) -> Result<(), NoRoom> {
                    form.pair(name, &self.to_string())
                }
            }
        )*
    };
}

printed!(bool, Number, i8, i16, i32, i64, u8, u16, u32, u64);

impl<T: FormValue> FormValue for Option<T> {
    fn write(&self, name: &str, form: &mut FormWriter) -> Result<(), NoRoom> {
        match self {
            Some(value) => value.write(name, form),
            None => Ok(()),
        }
    }
}

impl<T: FormValue> FormValue for Vec<T> {
    fn write(&self, name: &str, form: &mut FormWriter) -> Result<(), NoRoom> {
        self.iter().try_for_each(|value| value.write(name, form))
    }
}

/// The pairs of a value, ordered by name.
#[cfg(feature = "httpmock")]
pub(crate) fn form_pairs(value: &impl Form) -> Vec<(String, String)> {
    let mut form = FormWriter::new(usize::MAX);
    match value.write(&mut form) {
        Ok(()) => decoded_pairs(&form.bytes),
        // There is enough space.
        Err(NoRoom) => Vec::new(),
    }
}

/// The pairs of a form, ordered by name; entries of the same name keep their order.
#[cfg(feature = "httpmock")]
pub(crate) fn decoded_pairs(form: &[u8]) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let text = String::from_utf8_lossy(form);
    let mut pairs: Vec<_> = text
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect();
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_written_as_browsers_write_it() {
        let mut form = FormWriter::new(1_000);
        form.field("grant_type", &"client credentials".to_owned())
            .unwrap();
        form.field("scope[]", &vec!["a&b=c".to_owned(), "ü*-._~".to_owned()])
            .unwrap();
        form.field("absent", &None::<bool>).unwrap();
        form.field("key", &Some(Secret::from("a+b"))).unwrap();
        form.field("count", &7_i64).unwrap();
        let written = String::from_utf8(form.bytes().to_vec()).unwrap();
        assert_eq!(
            written,
            "grant_type=client+credentials&scope%5B%5D=a%26b%3Dc&scope%5B%5D=%C3%BC*-._%7E&key=a%2Bb&count=7"
        );
    }

    #[test]
    fn a_form_that_is_too_large_ends_where_there_is_no_room() {
        let mut form = FormWriter::new(5);
        assert!(form.field("a", &"bcd".to_owned()).is_ok());
        assert!(form.field("e", &true).is_err());
        assert_eq!(form.bytes().len(), 5);
    }
}
