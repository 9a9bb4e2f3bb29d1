//! Compares what the client fills in of a request: headers that a call does not set, and credentials. Both depend on
//! the settings that callers made.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::{RUN, RUN_AND_WIRE, WIRE};
use super::difference::Side;
use crate::generate::rust_name::value_name;
use crate::report::Severity;
use openapi::credential::{Carrier, Setting, settings};
use openapi::extension::DefaultFrom;
use openapi::operation::Operation;
use openapi::place::Place;

/// A way to fill something in. The first way whose settings are all available is used.
struct Way {
    /// The settings that it needs, or the customer's token.
    needs: BTreeSet<String>,
    /// Empty if nothing is sent.
    sends: String,
}

/// What callers notice whose settings are the same as before.
#[derive(Default)]
struct Outcome {
    /// Something else is sent.
    is_other: bool,
    /// A call that worked fails.
    fails: bool,
    /// A call that sent something fails.
    sends_no_more: bool,
    /// A call that failed works.
    succeeds: bool,
}

impl Outcome {
    fn severity(&self) -> Option<Severity> {
        Some(match (self.fails, self.is_other) {
            (true, true) => RUN_AND_WIRE,
            (true, false) => RUN,
            (false, true) => WIRE,
            (false, false) if self.succeeds => Severity::Compatible,
            (false, false) => return None,
        })
    }
}

/// The description of a change: its severity, and the text after the name of the operation.
pub type Told = (Severity, String);

/// The token is available for operations that need a customer.
const TOKEN: &str = "the bearer token";

/// The names of the settings of both sides. A setting with a new name is identified by what it fills in.
fn needs(setting: &str, fills_in: &str, own: &[Setting], other: &[Setting]) -> String {
    let is_there = |all: &[Setting]| all.iter().any(|one| one.name == setting);
    if is_there(own) && !is_there(other) {
        fills_in.to_owned()
    } else {
        format!("the setting `{setting}`")
    }
}

fn sent<'a>(ways: &'a [Way], at_hand: &BTreeSet<&str>) -> Option<&'a str> {
    let mut ways = ways.iter();
    let way = ways.find(|way| way.needs.iter().all(|need| at_hand.contains(need.as_str())))?;
    Some(&way.sends)
}

/// Compares two lists of ways, for all combinations of settings that callers of the older crate can have.
fn compare(old: &[Way], new: &[Way], known: &[Setting]) -> Outcome {
    let of_old: BTreeSet<&str> = old
        .iter()
        .flat_map(|way| &way.needs)
        .map(|need| &**need)
        .collect();
    let is_known = |need: &&str| {
        let is_setting = |setting: &Setting| **need == format!("the setting `{}`", setting.name);
        *need == TOKEN || of_old.contains(need) || known.iter().any(is_setting)
    };
    let needs = old.iter().chain(new).flat_map(|way| &way.needs);
    let needs: BTreeSet<&str> = needs.map(|need| &**need).filter(is_known).collect();
    let mut outcome = Outcome::default();
    // No operation needs more of them than this.
    const MOST: usize = 12;
    for chosen in 0_u32..1 << needs.len().min(MOST) {
        let at_hand = needs.iter().take(MOST).enumerate();
        let at_hand = at_hand.filter(|(index, _)| chosen >> index & 1 == 1);
        let at_hand = at_hand.map(|(_, need)| *need).collect();
        match (sent(old, &at_hand), sent(new, &at_hand)) {
            (Some(was), Some(is)) => outcome.is_other |= was != is,
            (Some(was), None) => {
                outcome.fails = true;
                outcome.sends_no_more |= !was.is_empty();
            }
            (None, Some(_)) => outcome.succeeds = true,
            (None, None) => {}
        }
    }
    outcome
}

/// Compares the environment variables of settings that have the same name in code.
pub fn variables(old: &Side<'_>, new: &Side<'_>) -> Vec<(Place, String)> {
    let of_old = settings(old.origins.document).into_iter();
    let before: BTreeMap<String, Setting> =
        of_old.map(|one| (value_name(&one.name), one)).collect();
    let after = settings(new.origins.document).into_iter();
    let changes = after.filter_map(|one| {
        let was = before.get(&value_name(&one.name))?.variable();
        let is = one.variable();
        let sentence = format!(
            "the setting `{}` is read from the variable `{is}` now; it was `{was}`",
            one.name
        );
        (was != is).then_some((one.place, sentence))
    });
    changes.collect()
}

/// Compares the credentials of an operation.
pub fn credentials(
    old: (&Side<'_>, &Operation<'_>),
    new: (&Side<'_>, &Operation<'_>),
) -> Option<Told> {
    let of = |side: &Side<'_>| settings(side.origins.document);
    let (of_old, of_new) = (of(old.0), of(new.0));
    let before = proofs(old.1, &of_old, &of_new);
    let after = proofs(new.1, &of_new, &of_old);
    let mut outcome = compare(&before, &after, &of_old);
    outcome.is_other |= outcome.sends_no_more;
    let severity = outcome.severity()?;
    if severity == RUN {
        return Some((RUN, "fails without credentials now".to_owned()));
    }
    let (was, is) = (shown(&before), shown(&after));
    Some((severity, format!("is called {is} now; it was called {was}")))
}

fn shown(ways: &[Way]) -> String {
    let ways = ways.iter().map(|way| match way.sends.as_str() {
        "" => "without credentials".to_owned(),
        sends => format!("with {sends}"),
    });
    ways.collect::<Vec<_>>().join(" or ")
}

fn proofs(operation: &Operation<'_>, own: &[Setting], other: &[Setting]) -> Vec<Way> {
    let ways = operation.credentials().into_iter().map(|way| {
        let parts = way.iter().map(|credential| {
            let (setting, fills_in) = match &credential.carrier {
                Carrier::Bearer => return (TOKEN.to_owned(), TOKEN.to_owned()),
                Carrier::Basic { setting } => (setting, "a user and a password".to_owned()),
                Carrier::Header { name, setting } => {
                    (setting, format!("the header `{}`", name.to_lowercase()))
                }
                Carrier::Query { name, setting } => {
                    (setting, format!("the query parameter `{name}`"))
                }
            };
            let needs = needs(setting, &fills_in, own, other);
            let sends = match needs == fills_in {
                true => fills_in,
                false => format!("{fills_in} from {needs}"),
            };
            (needs, sends)
        });
        let (needs, mut sends): (BTreeSet<String>, Vec<String>) = parts.unzip();
        sends.sort();
        let sends = sends.join(" and ");
        Way { needs, sends }
    });
    let mut ways: Vec<Way> = ways.collect();
    if ways.is_empty() {
        ways.push(Way {
            needs: BTreeSet::new(),
            sends: String::new(),
        });
    }
    ways
}

/// Compares a header that a call need not set; `None` means that a side does not have it.
pub fn header(
    name: &str,
    old: (&Side<'_>, Option<&Value>),
    new: (&Side<'_>, &Value),
) -> Option<Told> {
    let of = |side: &Side<'_>| settings(side.origins.document);
    let (of_old, of_new) = (of(old.0), of(new.0));
    let is_supplied = |parameter: &Value| matches!(DefaultFrom::of(parameter), Ok(Some(_)));
    let after = fillings(name, new.1, &of_new, &of_old);
    let Some(was) = old.1 else {
        let needs_setting = is_supplied(new.1) && after.iter().all(|way| !way.needs.is_empty());
        let what = format!("needs the header `{name}`: set it on the client or on the call");
        return needs_setting.then_some((RUN, what));
    };
    // Otherwise the call sets it, as its builder shows, or nobody does.
    if !is_supplied(new.1) && (!is_supplied(was) || after.is_empty()) {
        return None;
    }
    let before = fillings(name, was, &of_old, &of_new);
    let severity = compare(&before, &after, &of_old).severity()?;
    let is = format!(
        "sends {} as header `{name}` if the call sets none",
        filled(&after)
    );
    let was = if before.is_empty() {
        "which failed".to_owned()
    } else {
        format!("it was {}", filled(&before))
    };
    Some((severity, format!("{is}; {was}")))
}

fn filled(ways: &[Way]) -> String {
    let last = ways.last().filter(|way| !way.needs.is_empty());
    let must = last.map_or("", |_| ", which must be set,");
    let ways = ways.iter().map(|way| match way.sends.as_str() {
        "" => "nothing",
        sends => sends,
    });
    ways.collect::<Vec<_>>().join(" or else ") + must
}

fn fillings(name: &str, parameter: &Value, own: &[Setting], other: &[Setting]) -> Vec<Way> {
    let always = |sends: String| Way {
        needs: BTreeSet::new(),
        sends,
    };
    let (setting, otherwise) = match DefaultFrom::of(parameter) {
        Ok(Some(DefaultFrom::Constant(text))) => (None, Some(format!("`{text}`"))),
        Ok(Some(DefaultFrom::Generated(what))) => (None, Some(format!("a new {what}"))),
        Ok(Some(DefaultFrom::Setting(setting))) => {
            let mut settings = own.iter();
            let found = settings.find(|one| one.name == setting);
            let default = found.and_then(|one| one.default.as_deref());
            (Some(setting), default.map(|text| format!("`{text}`")))
        }
        _ => (None, None),
    };
    let mut ways = Vec::new();
    if let Some(setting) = setting {
        let needs = needs(setting, &format!("the setting of `{name}`"), own, other);
        let sends = needs.clone();
        ways.push(Way {
            needs: BTreeSet::from([needs]),
            sends,
        });
    }
    let is_required = parameter["required"] == true;
    ways.extend(otherwise.or((!is_required).then(String::new)).map(always));
    ways
}
