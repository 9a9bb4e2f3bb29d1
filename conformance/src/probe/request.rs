//! A request as data: what a probe sends, without its secrets.

use std::collections::BTreeSet;

use openapi::body::Encoding;
use openapi::credential::{Carrier, Credential};
use openapi::parameter::Layout;
use openapi::specification::{Operation, Parameter, Position, RequestBody};
use par_ordering::conformance::encode_path;
use serde_json::Value;
use url::form_urlencoded;

use crate::parameter_text::written;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    /// Template, such as `/orders/{order_id}`.
    pub path: String,
    /// The values of the parameters in the path, by name.
    pub in_path: Vec<(String, Text)>,
    pub query: Vec<(String, Text)>,
    pub headers: Vec<(String, Text)>,
    /// The name that is sent.
    pub body: Option<Vec<u8>>,
}

/// A text that is known, or that is filled in when the request is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    Known(String),
    /// The value of a setting, by its name.
    Setting(String),
    /// User and password of a setting, by its name, as HTTP Basic writes them.
    Basic(String),
    /// A new identifier.
    RequestId,
    /// The customer's token, as a bearer token.
    CustomerToken,
    /// The text in the request, encoded if necessary.
    Written(String),
}

/// The values that are available.
#[derive(Clone, Debug, Default)]
pub struct AtHand {
    /// Names of settings.
    pub settings: BTreeSet<String>,
    pub customer_token: bool,
}

impl AtHand {
    /// The credentials of an operation, chosen as the sdk chooses them.
    ///
    /// # Errors
    ///
    /// It needs credentials, and none are available.
    pub fn way<'a>(&self, operation: &'a Operation) -> Result<&'a [Credential], String> {
        let has = |one: &Credential| match one.carrier.setting() {
            Some(setting) => self.settings.contains(setting),
            None => self.customer_token,
        };
        let mut ways = operation.credentials.iter();
        match ways.find(|way| way.iter().all(has)) {
            Some(way) => Ok(way),
            None if operation.credentials.is_empty() => Ok(&[]),
            None => {
                let schemes = operation.credentials.iter().flatten();
                let schemes: Vec<&str> = schemes.map(|one| one.scheme.as_str()).collect();
                Err(format!("one of the credentials {}", schemes.join(", ")))
            }
        }
    }
}

/// The place of a credential, and its value.
pub fn carried(carrier: &Carrier) -> (Position, &str, Text) {
    match carrier {
        Carrier::Bearer => (Position::Header, "Authorization", Text::CustomerToken),
        Carrier::Basic { setting } => (
            Position::Header,
            "Authorization",
            Text::Basic(setting.clone()),
        ),
        Carrier::Header { name, setting } => {
            (Position::Header, name, Text::Setting(setting.clone()))
        }
        Carrier::Query { name, setting } => (Position::Query, name, Text::Setting(setting.clone())),
    }
}

impl Request {
    /// The documented call: the required parameters, with the settings of the caller or else the documented examples,
    /// and the available credentials.
    ///
    /// # Errors
    ///
    /// The required parameter or the body that has neither, or the credentials, of which none is available.
    pub fn documented(operation: &Operation, at_hand: &AtHand) -> Result<Self, String> {
        let mut request = Self {
            method: operation.method.clone(),
            path: operation.path.clone(),
            in_path: Vec::new(),
            query: Vec::new(),
            headers: vec![("Accept".to_owned(), known("application/json"))],
            body: None,
        };
        if let Some(content_type) = &operation.content_type {
            request.set(Position::Header, "Content-Type", known(content_type));
        }
        if let Some(body) = &operation.request_body {
            match body.examples.first() {
                Some(example) => request.carry(body, &example.value),
                None if body.required => return Err("the body".to_owned()),
                None => {}
            }
        }
        for credential in at_hand.way(operation)? {
            let (position, name, text) = carried(&credential.carrier);
            request.set(position, name, text);
        }
        for parameter in operation
            .parameters
            .iter()
            .filter(|parameter| parameter.required)
        {
            let setting = parameter.setting.as_deref();
            let setting = setting.filter(|setting| at_hand.settings.contains(*setting));
            let entries = match (setting, &parameter.example) {
                (Some(setting), _) => Err(Text::Setting(setting.to_owned())),
                _ if parameter.generated => Err(Text::RequestId),
                (_, Some(example)) => Ok(example),
                (_, None) => return Err(format!("the parameter {}", parameter.name)),
            };
            match entries {
                Ok(entries) => request.give(parameter, entries),
                Err(text) => request.set(parameter.position, &parameter.name, text),
            }
        }
        Ok(request)
    }

    /// Sets a header or a parameter to this text, whether or not it was set.
    pub fn set(&mut self, position: Position, name: &str, text: Text) {
        self.unset(position, name);
        self.of(position).push((name.to_owned(), text));
    }

    /// Sets a parameter to a value, entry by entry for a list.
    pub fn give(&mut self, parameter: &Parameter, entries: &[String]) {
        let Parameter { name, position, .. } = parameter;
        self.unset(*position, name);
        let texts: Vec<Text> = match parameter.layout {
            Layout::Single | Layout::Repeated => entries.iter().map(|one| known(one)).collect(),
            Layout::Joined(_) if entries.is_empty() => Vec::new(),
            Layout::Joined(separator) => {
                vec![Text::Written(written(*position, separator, entries))]
            }
        };
        let texts = texts.into_iter().map(|text| (name.clone(), text));
        self.of(*position).extend(texts);
    }

    /// Sets the body of the request to a value.
    pub fn carry(&mut self, body: &RequestBody, value: &Value) {
        self.set(Position::Header, "Content-Type", known(&body.media_type));
        self.body = Some(encoded(body.encoding, value));
    }

    /// Removes a header or a parameter.
    pub fn unset(&mut self, position: Position, name: &str) {
        self.of(position).retain(|(other, _)| match position {
            Position::Header => !other.eq_ignore_ascii_case(name),
            Position::Path | Position::Query => other != name,
        });
    }

    /// The path with `text` in place of each parameter.
    pub fn filled_path(&self, text: impl Fn(&Text) -> String) -> String {
        let parameters = self.in_path.iter();
        parameters.fold(self.path.clone(), |path, (name, value)| {
            let text = match value {
                Text::Written(text) => text.clone(),
                other => encode_path(&text(other)),
            };
            path.replace(&format!("{{{name}}}"), &text)
        })
    }

    fn of(&mut self, position: Position) -> &mut Vec<(String, Text)> {
        match position {
            Position::Path => &mut self.in_path,
            Position::Query => &mut self.query,
            Position::Header => &mut self.headers,
        }
    }
}

fn encoded(encoding: Encoding, value: &Value) -> Vec<u8> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match encoding {
        Encoding::Json => value.to_string(),
        Encoding::Form => {
            let mut form = form_urlencoded::Serializer::new(String::new());
            for (name, value) in value.as_object().into_iter().flatten() {
                match value {
                    Value::Array(values) => {
                        form.extend_pairs(values.iter().map(|value| (name, text(value))));
                    }
                    Value::Null => {}
                    value => {
                        form.append_pair(name, &text(value));
                    }
                }
            }
            form.finish()
        }
        Encoding::Text | Encoding::Bytes => text(value),
    }
    .into_bytes()
}

pub fn known(text: &str) -> Text {
    Text::Known(text.to_owned())
}
