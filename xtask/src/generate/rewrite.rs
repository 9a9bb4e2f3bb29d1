//! Adapts what the generator made to the runtime: one pass over the syntax tree per rule. A rule that
//! does not find what it changes fails: a new version of the generator must not slip past it.

mod absence;
mod call;
mod client;
mod docs;
mod documented_answers;
mod json_schema;
mod open_object;
mod operation_docs;
mod runtime_path;
mod type_docs;

pub use call::operation_id;
pub use documented_answers::answer_names;

use std::collections::BTreeMap;

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};

use crate::generate::generator::Raw;
use openapi::document::Document;

/// The adapted code, by file.
pub struct Rewritten {
    /// Items that stand at the root of the generated module.
    pub root: Vec<syn::Item>,
    pub builder: syn::ItemMod,
    pub types: syn::ItemMod,
    pub typed_mock: syn::File,
}

#[derive(Debug, thiserror::Error)]
#[error(
    "failed to adapt the generated code: the rule `{rule}` found no {missing}; \
     the generator's output has changed, so the rule must change with it"
)]
pub struct RewriteError {
    pub rule: &'static str,
    pub missing: String,
}

/// Headers with which an operation identifies a request: operation id to header name.
pub type RequestIdHeaders = BTreeMap<String, String>;

/// Applies all rules.
pub fn rewrite(
    raw: Raw,
    document: &Document,
    request_id_headers: &RequestIdHeaders,
) -> Result<Rewritten, RewriteError> {
    let Raw {
        client: mut file,
        mut typed_mock,
    } = raw;
    runtime_path::apply(&mut file)?;
    client::apply(&mut file)?;
    // The generator's own allowances are replaced by one on the module.
    for item in &mut file.items {
        if let syn::Item::Mod(module) = item {
            module
                .attrs
                .retain(|attribute| !attribute.path().is_ident("allow"));
        }
    }
    operation_docs::client(&mut file, document);
    let mut builder = take_module(&mut file, "builder")?;
    let mut types = take_module(&mut file, "types")?;
    call::apply(&mut builder, request_id_headers)?;
    absence::apply(&mut types);
    open_object::apply(&mut types)?;
    json_schema::apply(&mut types);
    runtime_path::remove_glob_imports(&mut typed_mock)?;
    operation_docs::typed_mock(&mut typed_mock, document);
    documented_answers::apply(&mut typed_mock, document)?;
    operation_docs::builder(&mut builder, document);
    type_docs::apply(&mut types, document);
    for items in [
        &mut file.items,
        items(&mut builder),
        items(&mut types),
        &mut typed_mock.items,
    ] {
        docs::apply(items);
    }
    Ok(Rewritten {
        root: file.items,
        builder,
        types,
        typed_mock,
    })
}

fn take_module(file: &mut syn::File, name: &str) -> Result<syn::ItemMod, RewriteError> {
    let place = file
        .items
        .iter()
        .position(|item| matches!(item, syn::Item::Mod(module) if module.ident == name));
    match place.map(|index| file.items.remove(index)) {
        Some(syn::Item::Mod(module)) => Ok(module),
        _ => Err(RewriteError {
            rule: "files",
            missing: format!("module `{name}`"),
        }),
    }
}

/// The items of a module that is written out.
fn items(module: &mut syn::ItemMod) -> &mut Vec<syn::Item> {
    &mut module.content.get_or_insert_default().1
}

/// The status that a method of the typed mock answers with.
fn answered_status(function: &syn::ImplItemFn) -> Option<u16> {
    struct Status(Option<u16>);
    impl<'ast> Visit<'ast> for Status {
        fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
            if call.method == "status"
                && let Some(syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Int(status),
                    ..
                })) = call.args.first()
            {
                self.0 = status.base10_parse().ok();
            }
            visit::visit_expr_method_call(self, call);
        }
    }
    let mut status = Status(None);
    status.visit_block(&function.block);
    status.0
}

/// What a field tells serde.
fn serde_arguments(field: &syn::Field) -> Vec<syn::Meta> {
    field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
        .filter_map(|attribute| {
            attribute
                .parse_args_with(Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated)
                .ok()
        })
        .flatten()
        .collect()
}

/// The key of a field in JSON.
pub fn json_key(field: &syn::Field) -> Option<String> {
    let renamed = serde_arguments(field)
        .into_iter()
        .find_map(|argument| match argument {
            syn::Meta::NameValue(pair) if pair.path.is_ident("rename") => match pair.value {
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        });
    renamed.or_else(|| Some(field.ident.as_ref()?.to_string()))
}

/// Name of a type and its first argument: `Option`, `T` of `::std::option::Option<T>`.
pub fn last_segment(ty: &syn::Type) -> Option<(String, Option<syn::Type>)> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    let segment = path.path.segments.last()?;
    let argument = match &segment.arguments {
        syn::PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().find_map(|argument| match argument {
                syn::GenericArgument::Type(ty) => Some(ty.clone()),
                _ => None,
            })
        }
        _ => None,
    };
    Some((segment.ident.to_string(), argument))
}
