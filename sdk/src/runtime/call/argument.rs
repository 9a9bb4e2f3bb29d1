//! What a caller gives to a call or to the builder of a type, kept until it is used: a value, nothing, or a problem.

use std::borrow::Cow;
use std::fmt::{self, Display};

use crate::runtime::call::check::{Check, Rule};
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::secret::shown::{Show, Shown};

/// One argument. A problem is described without the value.
#[derive(Clone)]
pub(crate) struct Argument<T>(Result<Option<T>, Cow<'static, str>>);

impl<T> Default for Argument<T> {
    fn default() -> Self {
        Self(Ok(None))
    }
}

impl<T> From<Option<T>> for Argument<T> {
    fn from(value: Option<T>) -> Self {
        Self(Ok(value))
    }
}

impl<T: Show> Show for Argument<T> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = Argument(match &self.0 {
            Ok(value) => Ok(value.as_ref().map(Shown)),
            Err(problem) => Err(problem.clone()),
        });
        fmt::Debug::fmt(&shown, f)
    }
}

impl<T: fmt::Debug> fmt::Debug for Argument<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(Some(value)) => value.fmt(f),
            Ok(None) => f.write_str("None"),
            Err(problem) => write!(f, "<{problem}>"),
        }
    }
}

impl<T> Argument<T> {
    pub(crate) fn of(value: T) -> Self {
        Self(Ok(Some(value)))
    }

    /// A value that may not convert into `T`; `problem` describes the valid values.
    pub(crate) fn converted<V: TryInto<T>>(value: V, problem: &'static str) -> Self {
        Self(value.try_into().map(Some).map_err(|_| problem.into()))
    }

    /// A list of values that may not convert into `T`; `problem` describes the valid values.
    pub(crate) fn list<V, E>(values: V, name: &str, problem: &str) -> Self
    where
        V: IntoIterator<Item: TryInto<E>>,
        T: FromIterator<E>,
    {
        let values = values.into_iter().enumerate().map(|(index, value)| {
            let value = value.try_into();
            value.map_err(|_| Cow::from(format!("{name}[{index}] {problem}")))
        });
        Self(values.collect::<Result<T, _>>().map(Some))
    }

    /// A part of a body, which describes its own problem.
    pub(crate) fn part<V>(name: &str, value: V) -> Self
    where
        V: TryInto<T>,
        V::Error: Display,
    {
        let value = value.try_into();
        Self(
            value
                .map(Some)
                .map_err(|error| format!("{name}: {error}").into()),
        )
    }

    /// Makes the value one that can also be `null`.
    pub(crate) fn or_null(self) -> Argument<Option<T>> {
        Argument(self.0.map(|value| value.map(Some)))
    }

    /// Changes the value that was given, or a new one.
    pub(crate) fn map(self, change: impl FnOnce(T) -> T) -> Self
    where
        T: Default,
    {
        Self(self.0.map(|value| Some(change(value.unwrap_or_default()))))
    }

    /// The value, if there is one without a problem.
    pub(crate) fn given(&self) -> Option<&T> {
        self.0.as_ref().ok()?.as_ref()
    }

    pub(crate) fn optional(
        self,
        name: &'static str,
        rules: &'static [Rule],
    ) -> Result<Option<T>, Failure>
    where
        T: Check,
    {
        let mut value = self.0.map_err(invalid)?;
        if let Some(value) = &mut value {
            value.leave_out_read_only();
            value
                .check(rules)
                .map_err(|breach| invalid(breach.within(name).to_string()))?;
        }
        Ok(value)
    }

    pub(crate) fn required(self, name: &'static str, rules: &'static [Rule]) -> Result<T, Failure>
    where
        T: Check,
    {
        self.optional(name, rules)?
            .ok_or_else(|| invalid(format!("{name} is required")))
    }

    /// A body that is given as a builder of its type.
    pub(crate) fn optional_built<B>(self, name: &'static str) -> Result<Option<B>, Failure>
    where
        B: TryFrom<T> + Check,
        B::Error: Display,
    {
        let Some(builder) = self.0.map_err(invalid)? else {
            return Ok(None);
        };
        let mut value =
            B::try_from(builder).map_err(|error| invalid(format!("{name}: {error}")))?;
        value.leave_out_read_only();
        value
            .check(&[])
            .map_err(|breach| invalid(breach.within(name).to_string()))?;
        Ok(Some(value))
    }

    pub(crate) fn required_built<B>(self, name: &'static str) -> Result<B, Failure>
    where
        B: TryFrom<T> + Check,
        B::Error: Display,
    {
        self.optional_built(name)?
            .ok_or_else(|| invalid(format!("{name} is required")))
    }

    /// For the builder of a type: a field that must be set.
    pub(crate) fn field(self, name: &'static str) -> Result<T, String> {
        self.0?.ok_or_else(|| format!("{name} is required"))
    }

    /// For the builder of a type: a field that need not be set.
    pub(crate) fn optional_field(self) -> Result<Option<T>, String> {
        Ok(self.0?)
    }
}

fn invalid(problem: impl Into<String>) -> Failure {
    Failure::new(ErrorKind::InvalidRequest, problem.into())
}

/// A text that a caller passes to a setter. Texts, identifiers, numbers and `bool`s convert into it.
///
/// ```
/// # use par_ordering::Client;
/// # let client = Client::builder().base_url("http://127.0.0.1:1").application("key").build()?;
/// let id = String::from("mine");
/// let call = client.generate_tokens().x_request_id(&id);
/// let id = uuid::Uuid::new_v4();
/// let call = client.generate_tokens().x_request_id(id);
/// # Ok::<(), par_ordering::BuildError>(())
/// ```
pub struct Text(String);

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl From<Text> for crate::runtime::Secret {
    fn from(text: Text) -> Self {
        text.0.into()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<&&str> for Text {
    fn from(text: &&str) -> Self {
        Self((*text).to_owned())
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        Self(text.clone())
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Self {
        Self(text.into_owned())
    }
}

impl From<uuid::Uuid> for Text {
    fn from(id: uuid::Uuid) -> Self {
        Self(id.to_string())
    }
}

impl From<crate::runtime::Secret> for Text {
    fn from(secret: crate::runtime::Secret) -> Self {
        Self(secret.expose_secret().to_owned())
    }
}

impl From<&crate::runtime::Secret> for Text {
    fn from(secret: &crate::runtime::Secret) -> Self {
        Self(secret.expose_secret().to_owned())
    }
}

/// Written as the API writes them in a query and in a header.
macro_rules! printed {
    ($($ty:ty),*) => {
        $(
            impl From<$ty> for Text {
                fn from(value: $ty) -> Self {
                    Self(value.to_string())
                }
            }
        )*
    };
}

printed!(
    bool, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize
);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::Error;
    use crate::runtime::call::check::format::Format;
    use crate::runtime::call::check::limit::Limit;

    fn problem<T>(result: Result<T, Failure>) -> String {
        match result {
            Ok(_) => "none".to_owned(),
            Err(failure) => Error::<()>::from(failure).to_string(),
        }
    }

    #[test]
    fn what_is_wrong_with_an_argument_is_said_by_its_name_and_without_its_value() {
        let page = |value: i128| Argument::<i64>::converted(value, "page must be at least 1");
        let cases = [
            (
                problem(page(i128::MAX).optional("page", &[])),
                "page must be at least 1",
            ),
            (
                problem(Argument::<i64>::default().required("page", &[])),
                "page is required",
            ),
            (
                problem(page(0).required(
                    "page",
                    &[Rule::Minimum {
                        limit: Limit::Whole(1),
                        exclusive: false,
                    }],
                )),
                "page must be at least 1",
            ),
            (problem(page(1).required("page", &[])), "none"),
            (
                problem(
                    Argument::of("canary".to_owned()).optional("id", &[Rule::Format(Format::Uuid)]),
                ),
                "id must be a UUID",
            ),
        ];
        for (said, expected) in cases {
            assert!(said.contains(expected), "{said} does not say {expected}");
            assert!(!said.contains("canary"), "{said}");
        }
    }
}
