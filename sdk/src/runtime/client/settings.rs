//! The settings of the client that the specification defines, in the form in which they are sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;

use crate::generated::settings::{COUNT, SETTINGS};
use crate::runtime::Text;
use crate::runtime::client::header_value::{InvalidHeader, header_value, is_blank};
use crate::runtime::secret::Secret;
use crate::runtime::secret::zeroizing::Zeroizing;

/// What the generated table says about a setting.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    /// The environment variable that it is read from.
    pub(crate) variable: &'static str,
    /// Whether it is a user and a password.
    pub(crate) basic: bool,
    pub(crate) secret: bool,
    /// Whether every operation needs it.
    pub(crate) needed: bool,
    /// What is sent if it is not set.
    pub(crate) default: Option<&'static str>,
}

/// A value for a setting, or its problem.
pub(crate) type Given = Result<Secret, &'static str>;

/// A text, sent as it is.
pub(crate) fn text(value: Text) -> Given {
    Ok(value.into())
}

/// User and password, sent as RFC 7617 says.
pub(crate) fn basic(user: Text, password: Text) -> Given {
    let (user, password) = (Secret::from(user), Secret::from(password));
    let (user, password) = (user.expose_secret(), password.expose_secret());
    if is_blank(user) && is_blank(password) {
        return Err("contains only white space");
    }
    if user.contains(':') {
        return Err("has a colon in the user name, which HTTP Basic does not allow");
    }
    if [user, password]
        .iter()
        .any(|text| text.chars().any(char::is_control))
    {
        return Err("contains a control character");
    }
    let pair = Zeroizing::new(format!("{user}:{password}"));
    let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
    Ok(Secret::from(format!("Basic {}", &*encoded)))
}

/// The value of a setting in an environment variable.
pub(crate) fn of_variable(setting: &Setting, value: String) -> Given {
    let value = Secret::from(value);
    if !setting.basic {
        return Ok(value);
    }
    let pair = value.expose_secret().split_once(':');
    let (user, password) = pair.ok_or("is not written as `user:password`")?;
    basic(user.into(), password.into())
}

/// The settings in the form in which they are sent. A view with an invalid value reports it when the value is sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings([Option<Result<HeaderValue, InvalidHeader>>; COUNT]);

impl Settings {
    /// Sets one, by its place in the table.
    pub(crate) fn set(&mut self, index: usize, given: Given) {
        if let (Some(setting), Some(place)) = (SETTINGS.get(index), self.0.get_mut(index)) {
            *place = Some(value(setting, given));
        }
    }

    /// The problem of the first setting that can't be sent.
    pub(crate) fn problem(&self) -> Option<InvalidHeader> {
        let mut set = self.0.iter().flatten();
        set.find_map(|value| value.as_ref().err().copied())
    }

    /// The value of one, if it is set or has a default.
    pub(crate) fn get(&self, index: usize) -> Result<Option<HeaderValue>, InvalidHeader> {
        match self.0.get(index) {
            Some(Some(value)) => value.clone().map(Some),
            _ => Ok(SETTINGS
                .get(index)
                .and_then(|setting| setting.default)
                .map(HeaderValue::from_static)),
        }
    }

    pub(crate) fn is_set(&self, index: usize) -> bool {
        let set = self.0.get(index).is_some_and(Option::is_some);
        set || SETTINGS
            .get(index)
            .is_some_and(|setting| setting.default.is_some())
    }
}

fn value(setting: &Setting, given: Given) -> Result<HeaderValue, InvalidHeader> {
    let name = setting.name;
    let given = given.map_err(|problem| InvalidHeader { name, problem })?;
    if setting.secret {
        header_value(name, given.to_string())
    } else {
        header_value(name, given.expose_secret().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_are_encoded_or_refused_without_being_shown() {
        let cases = [
            (
                "Aladdin",
                "open sesame",
                Ok("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ),
            ("", "key", Ok("Basic OmtleQ==")),
            ("t\u{e9}st", "123\u{a3}", Ok("Basic dMOpc3Q6MTIzwqM=")),
            ("a", "b:c", Ok("Basic YTpiOmM=")),
            ("", " ", Err("contains only white space")),
            (
                "a:b",
                "c",
                Err("has a colon in the user name, which HTTP Basic does not allow"),
            ),
            ("a", "can\nary", Err("contains a control character")),
        ];
        for (user, password, expected) in cases {
            let given = basic(user.into(), password.into());
            let given = given
                .as_ref()
                .map(Secret::expose_secret)
                .map_err(|problem| *problem);
            assert_eq!(given, expected, "{user}");
        }
    }

    #[test]
    fn a_variable_holds_a_text_or_user_and_password() {
        let setting = |basic| Setting {
            name: "machine",
            variable: "MACHINE",
            basic,
            secret: true,
            needed: false,
            default: None,
        };
        let held = |basic, value: &str| {
            let given = of_variable(&setting(basic), value.to_owned());
            given.map(|secret| secret.expose_secret().to_owned())
        };
        assert_eq!(held(false, "a:b").as_deref(), Ok("a:b"));
        assert_eq!(held(true, "a:b:c").as_deref(), Ok("Basic YTpiOmM="));
        assert_eq!(held(true, "ab"), Err("is not written as `user:password`"));
    }
}
