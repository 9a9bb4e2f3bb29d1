//! Credentials: those that operations need, and the settings of the client that provide them and other headers.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::Document;
use crate::element::{self, Kind};
use crate::extension::{DEFAULT_FROM, DefaultFrom};
use crate::operation::Operation;
use crate::place::Place;
use crate::secret::is_secret;

/// How one security scheme is supported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Name of the scheme.
    pub scheme: String,
    pub carrier: Carrier,
}

/// The place of a credential in a request, and its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// The customer's token, as a bearer token.
    Bearer,
    /// User and password of a setting.
    Basic { setting: String },
    /// A header of that name, with the text of a setting.
    Header { name: String, setting: String },
    /// A query parameter of that name, with the text of a setting.
    Query { name: String, setting: String },
}

impl Carrier {
    /// The setting that provides it; `None` for the customer's token.
    pub fn setting(&self) -> Option<&str> {
        match self {
            Self::Bearer => None,
            Self::Basic { setting }
            | Self::Header { setting, .. }
            | Self::Query { setting, .. } => Some(setting),
        }
    }
}

/// Why a security scheme is not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCredential {
    #[error("is not among the security schemes")]
    Missing,
    #[error("is a key in a cookie, and the client sends no cookies")]
    Cookie,
    #[error("has a type that the client does not support")]
    Unknown,
}

/// A setting of the client that is sent in requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// As the specification writes it, such as `api-version`.
    pub name: String,
    /// The place that names it first.
    pub place: Place,
    /// Whether it is a user and a password.
    pub is_basic: bool,
    pub is_secret: bool,
    /// What is sent if it is not set.
    pub default: Option<String>,
    /// Where it is sent: the header `Application`.
    pub sent_as: Vec<String>,
    /// What the specification says of it.
    pub description: String,
}

/// The credential for one scheme.
///
/// # Errors
///
/// It does not exist, or the client does not support it.
pub fn credential(document: &Document, scheme: &str) -> Result<Credential, NoCredential> {
    let schemes = &document.root()["components"]["securitySchemes"];
    let described = schemes.get(scheme).and_then(|one| document.resolve(one));
    let described = described.ok_or(NoCredential::Missing)?;
    let setting = || match described[DEFAULT_FROM]["setting"].as_str() {
        Some(setting) => setting.to_owned(),
        None => scheme.to_owned(),
    };
    let name = described["name"].as_str().map(str::to_owned);
    let text = |field: &str| described[field].as_str().unwrap_or_default();
    let carrier = match (text("type"), text("in"), name) {
        ("oauth2" | "openIdConnect", ..) => Carrier::Bearer,
        ("http", ..) if text("scheme").eq_ignore_ascii_case("bearer") => Carrier::Bearer,
        ("http", ..) if text("scheme").eq_ignore_ascii_case("basic") => {
            let setting = setting();
            Carrier::Basic { setting }
        }
        ("apiKey", "header", Some(name)) => Carrier::Header {
            name,
            setting: setting(),
        },
        ("apiKey", "query", Some(name)) => Carrier::Query {
            name,
            setting: setting(),
        },
        ("apiKey", "cookie", _) => return Err(NoCredential::Cookie),
        _ => return Err(NoCredential::Unknown),
    };
    Ok(Credential {
        scheme: scheme.to_owned(),
        carrier,
    })
}

impl Setting {
    /// The environment variable that it is read from.
    pub fn variable(&self) -> String {
        let mut variable = "PAR_ORDERING_".to_owned();
        let mut was_small = false;
        for c in self.name.chars() {
            if was_small && c.is_ascii_uppercase() {
                variable.push('_');
            }
            was_small = c.is_ascii_lowercase();
            let is_plain = c.is_ascii_alphanumeric();
            variable.push(if is_plain {
                c.to_ascii_uppercase()
            } else {
                '_'
            });
        }
        variable
    }
}

impl Operation<'_> {
    /// The credentials of any call: alternatives, of which the first that is complete is sent. An alternative without
    /// credentials comes last, so that an available credential is sent. Alternatives that the client does not support
    /// are left out.
    pub fn credentials(&self) -> Vec<Vec<Credential>> {
        let document = self.document();
        let ways = self.security_requirements().into_iter();
        let ways = ways.filter_map(|way| {
            let schemes = way.as_object()?.keys();
            let credentials = schemes.map(|scheme| credential(document, scheme));
            credentials.collect::<Result<Vec<_>, _>>().ok()
        });
        let mut ways: Vec<_> = ways.collect();
        ways.sort_by_key(Vec::is_empty);
        ways
    }
}

/// All settings of the specification, sorted by name. The same name means the same setting.
pub fn settings(document: &Document) -> Vec<Setting> {
    let mut settings: BTreeMap<String, Setting> = BTreeMap::new();
    element::walk(document, &mut |place, kind, value| {
        let found = match kind {
            Kind::Parameter => of_parameter(document, place, value),
            Kind::SecurityScheme => {
                let scheme = place.steps().last();
                scheme.and_then(|scheme| of_scheme(document, place, scheme, value))
            }
            _ => None,
        };
        let Some(found) = found else {
            return;
        };
        match settings.get_mut(&found.name) {
            Some(known) => {
                known.is_basic |= found.is_basic;
                known.is_secret |= found.is_secret;
                known.default = known.default.take().or(found.default);
                for sent_as in found.sent_as {
                    if !known.sent_as.contains(&sent_as) {
                        known.sent_as.push(sent_as);
                    }
                }
            }
            None => {
                settings.insert(found.name.clone(), found);
            }
        }
    });
    settings.into_values().collect()
}

fn of_parameter(document: &Document, place: &Place, parameter: &Value) -> Option<Setting> {
    let Ok(Some(DefaultFrom::Setting(name))) = DefaultFrom::of(parameter) else {
        return None;
    };
    let schema = document.resolve(&parameter["schema"]);
    let header = parameter["name"].as_str().unwrap_or_default();
    Some(Setting {
        name: name.to_owned(),
        place: place.clone(),
        is_basic: false,
        is_secret: schema.is_some_and(is_secret),
        default: DefaultFrom::unless_set(parameter).map(str::to_owned),
        sent_as: vec![format!("the header `{header}`")],
        description: description(parameter),
    })
}

fn of_scheme(document: &Document, place: &Place, scheme: &str, value: &Value) -> Option<Setting> {
    let (setting, is_basic, sent_as) = match credential(document, scheme).ok()?.carrier {
        Carrier::Bearer => return None,
        Carrier::Basic { setting } => (setting, true, "HTTP Basic".to_owned()),
        Carrier::Header { name, setting } => (setting, false, format!("the header `{name}`")),
        Carrier::Query { name, setting } => {
            (setting, false, format!("the query parameter `{name}`"))
        }
    };
    Some(Setting {
        name: setting,
        place: place.clone(),
        is_basic,
        is_secret: true,
        default: None,
        sent_as: vec![sent_as],
        description: description(value),
    })
}

fn description(value: &Value) -> String {
    let description = value["description"].as_str().unwrap_or_default();
    description.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn document(security: &str, schemes: &str, parameters: &str) -> Document {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{/a: {{get: {{security: {security}, \
             parameters: [{parameters}], responses: {{}}}}}}}}\ncomponents: {{securitySchemes: {{{schemes}}}}}\n"
        );
        Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap()
    }

    #[test]
    fn each_way_is_told_as_it_is_carried_and_the_one_without_any_comes_last() {
        let schemes = "token: {type: http, scheme: Bearer}, login: {type: http, scheme: basic}, \
                       key: {type: apiKey, in: header, name: X-Key, x-par-default-from: {setting: machine}}, \
                       code: {type: apiKey, in: query, name: code}, oauth: {type: oauth2, flows: {}}, \
                       jar: {type: apiKey, in: cookie, name: jar}, odd: {type: mutualTLS}";
        let told = |security: &str| {
            let document = document(security, schemes, "");
            let operations = Operation::all(&document);
            let ways = operations[0].credentials();
            let ways = ways.iter().map(|way| {
                let way = way.iter().map(|one| match &one.carrier {
                    Carrier::Bearer => format!("bearer {}", one.scheme),
                    Carrier::Basic { setting } => format!("basic {setting}"),
                    Carrier::Header { name, setting } => format!("{name} {setting}"),
                    Carrier::Query { name, setting } => format!("?{name} {setting}"),
                });
                way.collect::<Vec<_>>().join(" and ")
            });
            ways.collect::<Vec<_>>()
        };
        let cases: [(&str, &[&str]); 6] = [
            ("[]", &[]),
            ("[{token: []}]", &["bearer token"]),
            ("[{}, {oauth: []}]", &["bearer oauth", ""]),
            (
                "[{login: []}, {key: [], code: []}]",
                &["basic login", "?code code and X-Key machine"],
            ),
            (
                "[{jar: []}, {odd: []}, {none: []}, {key: []}]",
                &["X-Key machine"],
            ),
            ("[{key: [], jar: []}]", &[]),
        ];
        for (security, expected) in cases {
            let mut told = told(security);
            // The members of an alternative have no order.
            for way in &mut told {
                let mut parts: Vec<&str> = way.split(" and ").collect();
                parts.sort_unstable();
                *way = parts.join(" and ");
            }
            assert_eq!(told, expected, "{security}");
        }
    }

    #[test]
    fn a_setting_is_named_once_and_secret_if_it_is_anywhere() {
        let document = document(
            "[]",
            "machine: {type: apiKey, in: query, name: key, description: The key.}, \
             customer: {type: http, scheme: bearer}, shop: {type: http, scheme: basic}",
            "{name: X-Key, in: header, x-par-default-from: {setting: machine}, schema: {type: string}}, \
             {name: X-Version, in: header, x-par-default-from: {setting: version, default: '2'}, schema: {type: string}}, \
             {name: X-Id, in: header, x-par-default-from: {generated: request-id}, schema: {type: string}}",
        );
        let told: Vec<String> = settings(&document)
            .iter()
            .map(|one| {
                let Setting {
                    name,
                    is_basic,
                    is_secret,
                    default,
                    sent_as,
                    ..
                } = one;
                format!("{name} {is_basic} {is_secret} {default:?} {sent_as:?}")
            })
            .collect();
        let variable = |name: &str| {
            let mut setting = settings(&document).remove(0);
            name.clone_into(&mut setting.name);
            setting.variable()
        };
        assert_eq!(variable("api-version"), "PAR_ORDERING_API_VERSION");
        assert_eq!(variable("shopLogin"), "PAR_ORDERING_SHOP_LOGIN");
        assert_eq!(
            told,
            [
                r#"machine false true None ["the query parameter `key`", "the header `X-Key`"]"#,
                r#"shop true true None ["HTTP Basic"]"#,
                r#"version false false Some("2") ["the header `X-Version`"]"#,
            ]
        );
    }
}
