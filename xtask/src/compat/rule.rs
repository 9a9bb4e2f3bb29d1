//! The rules of a value that are checked before it is sent, and which of two rules is stricter.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use quote::ToTokens;

use super::code;

/// What each rule requires, by its name.
pub type Rules = BTreeMap<String, Asked>;

#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// A bound, and whether it is excluded.
    Bound(f64, bool),
    /// One of these, or at least these.
    Listed(Vec<String>),
    /// The rules of each part.
    Parts(Rules),
    /// Whatever this says.
    Other(String),
}

/// Reads a list of rules.
pub fn read(expr: &syn::Expr) -> Rules {
    let mut rules = Rules::new();
    match expr {
        syn::Expr::Reference(reference) => rules.extend(read(&reference.expr)),
        syn::Expr::Array(list) => {
            for rule in &list.elems {
                let (path, given): (&syn::Path, Vec<&syn::Expr>) = match rule {
                    syn::Expr::Path(rule) => (&rule.path, Vec::new()),
                    syn::Expr::Struct(rule) => (
                        &rule.path,
                        rule.fields.iter().map(|field| &field.expr).collect(),
                    ),
                    syn::Expr::Call(rule) => match &*rule.func {
                        syn::Expr::Path(path) => (&path.path, rule.args.iter().collect()),
                        _ => continue,
                    },
                    _ => continue,
                };
                let is_rule = path.segments.iter().any(|segment| segment.ident == "Rule");
                if let Some(last) = path.segments.last().filter(|_| is_rule) {
                    rules.insert(last.ident.to_string(), asked(&given));
                }
            }
        }
        _ => {}
    }
    rules
}

fn asked(given: &[&syn::Expr]) -> Asked {
    let bound = given.iter().find_map(|expr| number(expr));
    let excluded = given
        .iter()
        .any(|expr| expr.to_token_stream().to_string() == "true");
    if let Some(bound) = bound {
        return Asked::Bound(bound, excluded);
    }
    for expr in given {
        let parts = read(expr);
        if !parts.is_empty() {
            return Asked::Parts(parts);
        }
        let texts = code::texts(expr);
        if texts.len() > 1 || matches!(expr, syn::Expr::Reference(_) | syn::Expr::Array(_)) {
            return Asked::Listed(texts);
        }
    }
    Asked::Other(given.iter().map(code::shown).collect())
}

fn number(expr: &syn::Expr) -> Option<f64> {
    match expr {
        syn::Expr::Unary(negative) => number(&negative.expr).map(|number| -number),
        // A number of the runtime, an integer or one with a fraction.
        syn::Expr::Call(call) => call.args.first().and_then(number),
        syn::Expr::Cast(cast) => number(&cast.expr),
        syn::Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Int(int) => int.base10_parse().ok(),
            syn::Lit::Float(float) => float.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// How new rules compare with old ones: each rule that differs, and whether something is refused that was sent
/// before.
pub fn differences(old: &Rules, new: &Rules) -> Vec<(String, bool)> {
    let mut differences = Vec::new();
    for (name, before) in old {
        match new.get(name) {
            None => differences.push((
                format!("it need no longer be {}", said(name, before)),
                false,
            )),
            Some(Asked::Parts(after)) if matches!(before, Asked::Parts(_)) => {
                let Asked::Parts(before) = before else {
                    continue;
                };
                let inner = self::differences(before, after);
                differences.extend(
                    inner
                        .into_iter()
                        .map(|(text, is)| (format!("each: {text}"), is)),
                );
            }
            Some(after) if after != before => {
                let text = format!(
                    "it must be {} now, not {}",
                    said(name, after),
                    said(name, before)
                );
                differences.push((text, !is_wider(name, before, after)));
            }
            Some(_) => {}
        }
    }
    for (name, after) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        differences.push((format!("it must be {} now", said(name, after)), true));
    }
    differences
}

fn is_wider(name: &str, old: &Asked, new: &Asked) -> bool {
    match (old, new) {
        (Asked::Bound(before, was_excluded), Asked::Bound(after, is_excluded)) => {
            match (
                before.partial_cmp(after),
                name.contains("Min"),
                name.contains("Max"),
            ) {
                (Some(Ordering::Equal), ..) => *was_excluded && !*is_excluded,
                (Some(order), true, false) => order == Ordering::Greater,
                (Some(order), false, true) => order == Ordering::Less,
                _ => false,
            }
        }
        (Asked::Listed(before), Asked::Listed(after)) => {
            before.iter().all(|one| after.contains(one))
        }
        _ => false,
    }
}

fn said(name: &str, asked: &Asked) -> String {
    let excluded = |excluded: &bool| if *excluded { " (excluded)" } else { "" };
    match (name, asked) {
        ("MinLength", Asked::Bound(bound, _)) => format!("at least {bound} long"),
        ("MaxLength", Asked::Bound(bound, _)) => format!("at most {bound} long"),
        ("MinItems", Asked::Bound(bound, _)) => format!("of at least {bound} entries"),
        ("MaxItems", Asked::Bound(bound, _)) => format!("of at most {bound} entries"),
        ("Minimum", Asked::Bound(bound, is)) => format!("at least {bound}{}", excluded(is)),
        ("Maximum", Asked::Bound(bound, is)) => format!("at most {bound}{}", excluded(is)),
        ("MultipleOf", Asked::Bound(unit, _)) => format!("a multiple of {unit}"),
        ("UniqueItems", _) => "without duplicates".to_owned(),
        ("Format", Asked::Other(text)) => {
            let name = text.rsplit("::").next().unwrap_or_default();
            format!("of the format {}", name.trim())
        }
        ("Pattern", Asked::Listed(texts)) => format!("matching `{}`", texts.concat()),
        (_, Asked::Bound(bound, is)) => format!("`{name}` {bound}{}", excluded(is)),
        (_, Asked::Listed(values)) => format!("one of `{}`", values.join("`, `")),
        (_, Asked::Parts(rules)) => {
            let rules = rules.iter().map(|(name, asked)| said(name, asked));
            format!(
                "of parts that are each {}",
                rules.collect::<Vec<_>>().join(" and ")
            )
        }
        (_, Asked::Other(text)) if text.is_empty() => format!("`{name}`"),
        (_, Asked::Other(text)) => format!("`{name}` {text}"),
    }
}
