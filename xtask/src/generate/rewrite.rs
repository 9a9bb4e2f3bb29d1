//! Adapts what the generator made to the runtime: one pass over the syntax tree per rule. A rule that
//! does not find what it changes fails: a new version of the generator must not slip past it.

mod absence;
mod alternatives;
mod debug;
mod docs;
mod documented_answers;
mod json_schema;
mod matchers;
mod mock_docs;
mod open_object;
mod sent;
mod type_builders;
mod type_docs;

pub use documented_answers::answer_names;

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};

use crate::generate::builders::Call;
use crate::generate::lower::alternatives::Alternatives;
use crate::generate::signature;
use crate::generate::type_schemas::TypeSchemas;
use crate::generate::written::Written;
use openapi::document::Document;

#[derive(Debug, thiserror::Error)]
#[error(
    "failed to adapt the generated code: the rule `{rule}` found no {missing}; \
     the generator's output has changed, so the rule must change with it"
)]
pub struct RewriteError {
    pub rule: &'static str,
    pub missing: String,
}

/// Makes enumerations of the objects that stand for alternatives, and says what they are called.
pub fn alternatives(
    client: &mut syn::File,
    all: &[Alternatives],
) -> Result<BTreeSet<String>, RewriteError> {
    let mut types = take_module(client, "types")?;
    let names = alternatives::apply(&mut types, all)?;
    client.items.push(syn::Item::Mod(types));
    Ok(names)
}

/// Adapts the types.
pub fn types(
    client: &mut syn::File,
    calls: &[Call<'_>],
    written: &[Written],
    schemas: &TypeSchemas<'_>,
    document: &Document,
) -> Result<syn::File, RewriteError> {
    let mut types = take_module(client, "types")?;
    // The generator's own allowances are replaced by one on the module.
    types
        .attrs
        .retain(|attribute| !attribute.path().is_ident("allow"));
    sent::apply(&mut types, calls, schemas, document);
    type_builders::apply(&mut types);
    absence::apply(&mut types);
    open_object::apply(&mut types)?;
    json_schema::apply(&mut types);
    type_docs::apply(&mut types, schemas, document);
    items(&mut types).extend(written.iter().flat_map(Written::items));
    debug::apply(&mut types);
    let mut file = contents(types);
    docs::apply(&mut file.items);
    Ok(file)
}

/// Adapts the typed mock.
pub fn typed_mock(
    mut file: syn::File,
    calls: &[Call<'_>],
    document: &Document,
) -> Result<syn::File, RewriteError> {
    types_go_by_path(&mut file)?;
    values_are_lent(&mut file);
    mock_docs::apply(&mut file, document);
    documented_answers::apply(&mut file, calls, document)?;
    docs::apply(&mut file.items);
    Ok(file)
}

/// What is written by hand and not adapted.
pub fn documented(mut file: syn::File) -> syn::File {
    docs::apply(&mut file.items);
    file
}

/// The typed mock imports the whole crate for its types; it is told where they are instead.
fn types_go_by_path(file: &mut syn::File) -> Result<(), RewriteError> {
    struct Rule {
        replaced: usize,
    }
    impl VisitMut for Rule {
        fn visit_item_use_mut(&mut self, item: &mut syn::ItemUse) {
            if let syn::UseTree::Path(path) = &item.tree
                && matches!(*path.tree, syn::UseTree::Glob(_))
            {
                self.replaced += 1;
                *item = syn::parse_quote!(
                    use crate::generated::types;
                );
            }
        }
    }
    let mut rule = Rule { replaced: 0 };
    rule.visit_file_mut(file);
    if rule.replaced == 0 {
        return Err(RewriteError {
            rule: "paths of types",
            missing: "import of the crate in the typed mock".to_owned(),
        });
    }
    Ok(())
}

/// The typed mock is given small values as they are, and its server takes none but by reference.
fn values_are_lent(file: &mut syn::File) {
    struct Rule;
    impl VisitMut for Rule {
        fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
            visit_mut::visit_expr_method_call_mut(self, call);
            if call.method == "json_body_obj" {
                for value in &mut call.args {
                    *value = syn::parse_quote!(&#value);
                }
            }
        }

        fn visit_impl_item_fn_mut(&mut self, function: &mut syn::ImplItemFn) {
            let mut given = function.sig.inputs.iter().skip(1);
            let is_lent = given.any(
                |one| matches!(one, syn::FnArg::Typed(one) if matches!(*one.ty, syn::Type::Reference(_))),
            );
            if !is_lent {
                self.visit_block_mut(&mut function.block);
            }
        }
    }
    Rule.visit_file_mut(file);
}

/// What stands between the braces of a module, as a file of its own.
fn contents(module: syn::ItemMod) -> syn::File {
    let mut attrs: Vec<syn::Attribute> = module.attrs;
    for attribute in &mut attrs {
        attribute.style = syn::AttrStyle::Inner(Default::default());
    }
    syn::File {
        shebang: None,
        frontmatter: None,
        attrs,
        items: module.content.map(|(_, items)| items).unwrap_or_default(),
    }
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
    let name = signature::last_segment(ty)?.ident.to_string();
    Some((name, signature::type_arguments(ty).into_iter().next()))
}
