//! Generated code as text, to be compared and to be read.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

/// Prefixes of names in generated code that mean nothing to callers.
const HIDDEN: [&str; 16] = [
    "std",
    "core",
    "string",
    "option",
    "vec",
    "collections",
    "boxed",
    "convert",
    "result",
    "crate",
    "generated",
    "runtime",
    "contract",
    "super",
    "self",
    "http",
];

/// Code as a caller would write it.
pub fn shown(code: &impl ToTokens) -> String {
    shown_of(&code.to_token_stream().to_string())
}

/// The same for code that is a text already.
pub fn shown_of(code: &str) -> String {
    let mut text = format!(" {code} ");
    for (compact, apart) in [("(", " ( "), (")", " ) "), ("[", " [ "), ("]", " ] ")] {
        text = text.replace(compact, apart);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut kept: Vec<&str> = Vec::new();
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let leads_on = words.get(index + 1) == Some(&"::");
        if HIDDEN.contains(word) && leads_on {
            index += 2;
            continue;
        }
        // A path from the root begins with this.
        let begins = *word == "::"
            && (kept.last().is_none_or(|last| !is_name(last))
                || words
                    .get(index + 1)
                    .is_some_and(|next| HIDDEN.contains(next)));
        if !begins {
            kept.push(word);
        }
        index += 1;
    }
    let mut out = String::new();
    for word in kept {
        let sticks = matches!(
            word,
            "::" | "," | ">" | ")" | "]" | "<" | "(" | ":" | "?" | ";"
        );
        let holds = out.is_empty() || out.ends_with(['<', '(', '&', '[']) || out.ends_with("::");
        if !sticks && !holds {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.truncate(out.trim_end_matches(',').len());
    out
}

fn is_name(word: &str) -> bool {
    word != "->" && word.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '>')
}

/// A value in a table as a reader sees it: its text, or else its name.
pub fn value(code: &impl ToTokens) -> String {
    let tokens = code.to_token_stream();
    if let Some(text) = texts(&tokens).into_iter().next() {
        return format!("`{text}`");
    }
    let shown = shown(&tokens);
    let name = shown.trim_end_matches(')');
    let name = name.rsplit('(').next().unwrap_or(name);
    match name.strip_prefix("Method::").unwrap_or(name) {
        "None" => "nothing".to_owned(),
        name => format!("`{name}`"),
    }
}

/// All names in code.
pub fn names(code: &impl ToTokens) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    visit(code.to_token_stream(), &mut |token| {
        if let TokenTree::Ident(name) = token {
            names.insert(name.to_string());
        }
    });
    names
}

/// All texts in code, in their order.
pub fn texts(code: &impl ToTokens) -> Vec<String> {
    let mut texts = Vec::new();
    visit(code.to_token_stream(), &mut |token| {
        if let TokenTree::Literal(literal) = token
            && let Ok(syn::Lit::Str(text)) = syn::parse_str(&literal.to_string())
        {
            texts.push(text.value());
        }
    });
    texts
}

/// Code without its texts, and without the arguments of calls that take the rules of a value.
pub fn skeleton(code: &impl ToTokens) -> String {
    let mut words = Vec::new();
    let mut takes_rules = false;
    skeleton_of(code.to_token_stream(), &mut takes_rules, &mut words);
    words.join(" ")
}

fn skeleton_of(tokens: TokenStream, takes_rules: &mut bool, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(_) if *takes_rules => *takes_rules = false,
            TokenTree::Group(group) => skeleton_of(group.stream(), takes_rules, words),
            TokenTree::Ident(name) => {
                *takes_rules = is_need(&name.to_string()).is_some() || name == "check";
                words.push(name.to_string());
            }
            TokenTree::Literal(literal) if literal.to_string().starts_with(['"', 'r']) => {}
            other => words.push(other.to_string()),
        }
    }
}

/// Whether a method requires a value, or allows to leave it out, by its name; `None` for any other method.
pub fn is_need(method: &str) -> Option<bool> {
    if method.starts_with("required") {
        Some(true)
    } else {
        method.starts_with("optional").then_some(false)
    }
}

fn visit(tokens: TokenStream, each: &mut impl FnMut(&TokenTree)) {
    for token in tokens {
        match &token {
            TokenTree::Group(group) => visit(group.stream(), each),
            token => each(token),
        }
    }
}
