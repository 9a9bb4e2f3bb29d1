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
        let mut lines = Vec::with_capacity(attributes.len());
        for attribute in std::mem::take(attributes) {
            match text(&attribute) {
                // An empty line is one as well.
                Some(text) => lines.extend(text.trim_end_matches('\n').split('\n').map(|line| {
                    let line = line.trim_end().replace("```ignore", "```text");
                    let line = match line.strip_prefix(' ') {
                        _ if line.is_empty() => line,
                        Some(_) => line,
                        None => format!(" {line}"),
                    };
                    with_text(attribute.clone(), &line)
                })),
                None => lines.push(attribute),
            }
        }
        *attributes = lines;
    }
}

/// Built and not parsed, because there are many of these lines.
fn with_text(mut attribute: syn::Attribute, text: &str) -> syn::Attribute {
    let literal = syn::LitStr::new(text, Span::call_site());
    if let syn::Meta::NameValue(meta) = &mut attribute.meta {
        meta.value = syn::Expr::Lit(syn::ExprLit {
            attrs: Vec::new(),
            lit: syn::Lit::Str(literal),
        });
    }
    attribute
}

fn text(attribute: &syn::Attribute) -> Option<String> {
    if !attribute.path().is_ident("doc") {
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
        }) => Some(text.value()),
        _ => None,
    }
}

/// Replaces the existing documentation.
pub(super) fn describe(attributes: &mut Vec<syn::Attribute>, text: &str) {
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    let lines: Vec<String> = text.lines().map(|line| format!(" {line}")).collect();
    let text = lines.join("\n");
    attributes.insert(0, syn::parse_quote!(#[doc = #text]));
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
