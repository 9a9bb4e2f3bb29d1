//! Rule: documentation is written as line comments. Its examples use variables that do not exist, so they are not
//! compiled.

use proc_macro2::Span;
use syn::visit_mut::VisitMut;

pub fn apply(items: &mut [syn::Item]) {
    for item in items {
        Docs.visit_item_mut(item);
    }
}

struct Docs;

impl VisitMut for Docs {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        if !attributes.iter().any(is_doc) {
            return;
        }
        let mut lines = Vec::with_capacity(attributes.len());
        for attribute in std::mem::take(attributes) {
            let Some(literal) = literal(&attribute) else {
                lines.push(attribute);
                continue;
            };
            if is_line(&literal.token().to_string()) {
                lines.push(attribute);
                continue;
            }
            let text = literal.value();
            // An empty line is one as well.
            lines.extend(text.trim_end_matches('\n').split('\n').map(|line| {
                let line = line.trim_end().replace("```ignore", "```text");
                let line = match line.strip_prefix(' ') {
                    _ if line.is_empty() => line,
                    Some(_) => line,
                    None => format!(" {line}"),
                };
                doc(&line, attribute.style)
            }));
        }
        *attributes = lines;
    }

    /// Nothing in the body of a function is documented.
    fn visit_block_mut(&mut self, _: &mut syn::Block) {}
    fn visit_expr_mut(&mut self, _: &mut syn::Expr) {}
}

/// Whether this literal is one line that stays as it is. Most are, and reading what is in a literal takes long.
fn is_line(literal: &str) -> bool {
    let quoted = literal.strip_prefix('r').unwrap_or(literal);
    let line = quoted
        .strip_prefix("\" ")
        .and_then(|rest| rest.strip_suffix('"'));
    line.is_some_and(|line| {
        let may_begin_code = line.contains('`') && line.contains("```");
        line.ends_with(|last: char| !last.is_whitespace())
            && !line.contains('\\')
            && !line.contains('\n')
            && !may_begin_code
    })
}

fn is_doc(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("doc")
}

/// Built and not parsed, because there are many of these lines.
fn doc(text: &str, style: syn::AttrStyle) -> syn::Attribute {
    let literal = syn::LitStr::new(text, Span::call_site());
    syn::Attribute {
        pound_token: Default::default(),
        style,
        bracket_token: Default::default(),
        meta: syn::Meta::NameValue(syn::MetaNameValue {
            path: syn::Ident::new("doc", Span::call_site()).into(),
            eq_token: Default::default(),
            value: syn::Expr::Lit(syn::ExprLit {
                attrs: Vec::new(),
                lit: syn::Lit::Str(literal),
            }),
        }),
    }
}

fn literal(attribute: &syn::Attribute) -> Option<&syn::LitStr> {
    if !is_doc(attribute) {
        return None;
    }
    match &attribute.meta {
        syn::Meta::NameValue(syn::MetaNameValue {
            value:
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }),
            ..
        }) => Some(text),
        _ => None,
    }
}

/// Replaces the existing documentation.
pub(super) fn describe(attributes: &mut Vec<syn::Attribute>, text: &str) {
    attributes.retain(|attribute| !is_doc(attribute));
    let lines: Vec<String> = text.lines().map(|line| format!(" {line}")).collect();
    attributes.insert(0, doc(&lines.join("\n"), syn::AttrStyle::Outer));
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn documentation_becomes_one_line_comment_a_line_and_its_examples_are_text() {
        let mut file: syn::File = parse_quote! {
            #[doc = "First.\n\n  indented\n```ignore\nx()\n```"]
            #[derive(Debug)]
            struct Order;
        };
        // Applying the rule again changes nothing.
        for _ in 0..2 {
            apply(&mut file.items);
            assert_eq!(
                prettyplease::unparse(&file),
                "/// First.\n///\n///  indented\n/// ```text\n/// x()\n/// ```\n#[derive(Debug)]\nstruct Order;\n"
            );
        }
    }
}
