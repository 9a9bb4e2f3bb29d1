//! Rewrites the output of the generator for the runtime: one pass over the syntax tree for each rule. A rule that
//! does not find what it changes fails, so that a new version of the generator can't bypass it.

mod absence;
mod alternatives;
mod debug;
mod docs;
mod field_names;
mod growth;
mod json_schema;
mod numbers;
mod open_object;
mod sent;
mod type_builders;
mod type_docs;

use std::collections::BTreeSet;

use proc_macro2::TokenTree;

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

/// Makes enumerations from the objects that replace alternatives, and returns their names.
pub fn alternatives(
    client: &mut syn::File,
    all: &[Alternatives],
) -> Result<BTreeSet<String>, RewriteError> {
    let mut types = take_module(client, "types")?;
    let names = alternatives::apply(&mut types, all)?;
    client.items.push(syn::Item::Mod(types));
    Ok(names)
}

/// The names of the types.
pub fn type_names(client: &syn::File) -> BTreeSet<String> {
    let modules = client.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
        _ => None,
    });
    let names = modules
        .flat_map(|(_, items)| items)
        .filter_map(|item| match item {
            syn::Item::Struct(item) => Some(item.ident.to_string()),
            syn::Item::Enum(item) => Some(item.ident.to_string()),
            syn::Item::Type(item) => Some(item.ident.to_string()),
            _ => None,
        });
    names.collect()
}

/// Rewrites the types.
pub fn types(
    client: &mut syn::File,
    calls: &[Call<'_>],
    written: &[Written],
    schemas: &TypeSchemas<'_>,
    document: &Document,
) -> Result<syn::File, RewriteError> {
    let mut types = take_module(client, "types")?;
    // One `allow` on the module replaces those of the generator.
    types
        .attrs
        .retain(|attribute| !attribute.path().is_ident("allow"));
    field_names::apply(&mut types, schemas, document);
    sent::apply(&mut types, calls, schemas, document);
    numbers::apply(&mut types);
    type_builders::apply(&mut types);
    absence::apply(&mut types);
    open_object::apply(&mut types)?;
    json_schema::apply(&mut types);
    type_docs::apply(&mut types, schemas, document);
    let items_of_types = items(&mut types);
    items_of_types.extend(written.iter().flat_map(Written::items));
    items_of_types.extend(calls.iter().flat_map(Call::enumerations));
    debug::apply(&mut types);
    growth::apply(&mut types);
    let mut file = contents(types);
    docs::apply(&mut file.items);
    Ok(file)
}

/// The parts that are hand-written.
pub fn documented(mut file: syn::File) -> syn::File {
    docs::apply(&mut file.items);
    file
}

/// The contents of a module, as a file of its own.
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

/// An argument of a field for serde: `default`, or `rename = "type"`.
struct SerdeArgument {
    name: String,
    text: Option<String>,
}

/// Whether a field has that argument for serde.
fn has_serde_argument(field: &syn::Field, name: &str) -> bool {
    let mut arguments = serde_arguments(field).into_iter();
    arguments.any(|argument| argument.name == name)
}

/// The arguments of a field for serde. Each rule asks for them, so they are read from the tokens and not parsed.
fn serde_arguments(field: &syn::Field) -> Vec<SerdeArgument> {
    let mut arguments: Vec<SerdeArgument> = Vec::new();
    for attribute in &field.attrs {
        let syn::Meta::List(list) = &attribute.meta else {
            continue;
        };
        if !list.path.is_ident("serde") {
            continue;
        }
        for token in list.tokens.clone() {
            match (token, arguments.last_mut()) {
                (TokenTree::Ident(name), _) => arguments.push(SerdeArgument {
                    name: name.to_string(),
                    text: None,
                }),
                (TokenTree::Literal(text), Some(last)) => {
                    last.text = match syn::Lit::new(text) {
                        syn::Lit::Str(text) => Some(text.value()),
                        _ => None,
                    };
                }
                _ => {}
            }
        }
    }
    arguments
}

/// The key of a field in JSON. The field for keys that no schema names has none.
pub fn json_key(field: &syn::Field) -> Option<String> {
    if has_serde_argument(field, "flatten") {
        return None;
    }
    let mut arguments = serde_arguments(field).into_iter();
    let renamed = arguments.find(|argument| argument.name == "rename");
    let renamed = renamed.and_then(|argument| argument.text);
    renamed.or_else(|| Some(field.ident.as_ref()?.to_string()))
}

/// Name of a type and its first argument: `Option`, `T` of `::std::option::Option<T>`.
pub fn last_segment(ty: &syn::Type) -> Option<(String, Option<syn::Type>)> {
    let name = signature::last_segment(ty)?.ident.to_string();
    Some((name, signature::type_arguments(ty).into_iter().next()))
}
