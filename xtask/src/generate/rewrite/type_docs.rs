//! Rule: types, their fields and their builders have the descriptions of the specification, also if the generator
//! drops them: beside a reference, on a parameter, on the builder of a type.

use std::collections::BTreeMap;

use quote::ToTokens as _;
use serde_json::Value;

use super::docs::describe;
use super::{has_serde_argument, items, json_key};
use crate::generate::call_name::{given, named};
use crate::generate::rules::{Listed, limits};
use crate::generate::rust_name::{type_name, value_name};
use crate::generate::type_schemas::{TypeSchemas, property};
use openapi::document::Document;
use openapi::extension::RUNTIME_TYPE;
use openapi::operation::Operation;

pub fn apply(types: &mut syn::ItemMod, schemas: &TypeSchemas<'_>, document: &Document) {
    let descriptions = descriptions(document);
    let mut fields = BTreeMap::new();
    for item in items(types) {
        match item {
            syn::Item::Struct(item) => {
                own(&mut item.attrs, &item.ident, &descriptions);
                let schema = schemas.of(&item.ident.to_string());
                for field in &mut item.fields {
                    of_field(field, &descriptions);
                    asked(field, document, schema);
                    if let Some(name) = &field.ident {
                        let key = (item.ident.to_string(), name.to_string());
                        fields.insert(key, docs(&field.attrs));
                    }
                }
            }
            syn::Item::Enum(item) => {
                own(&mut item.attrs, &item.ident, &descriptions);
                for variant in &mut item.variants {
                    if docs(&variant.attrs).is_empty() {
                        let text = format!("`{}`.", wire_name(variant));
                        describe(&mut variant.attrs, &text);
                    }
                }
            }
            _ => {}
        }
    }
    builders(types, &fields);
}

/// The setters of a builder have the documentation of their fields.
fn builders(types: &mut syn::ItemMod, fields: &BTreeMap<(String, String), Vec<syn::Attribute>>) {
    let modules = items(types).iter_mut().filter_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "builder" => Some(module),
        _ => None,
    });
    for item in modules.flat_map(items) {
        match item {
            syn::Item::Struct(item) => {
                let text = format!("Builder of [`{0}`](super::{0}).", item.ident);
                describe(&mut item.attrs, &text);
            }
            syn::Item::Impl(item) if item.trait_.is_none() => {
                let owner = item.self_ty.to_token_stream().to_string();
                for member in &mut item.items {
                    if let syn::ImplItem::Fn(function) = member
                        && let Some(docs) =
                            fields.get(&(owner.clone(), function.sig.ident.to_string()))
                    {
                        function.attrs.splice(0..0, docs.iter().cloned());
                    }
                }
            }
            _ => {}
        }
    }
}

/// The descriptions of types by name in Rust: those of schemas, of schemas that the runtime replaces, and of
/// parameters that become a type.
fn descriptions(document: &Document) -> BTreeMap<String, String> {
    let mut descriptions = BTreeMap::new();
    let schemas = document.root()["components"]["schemas"].as_object();
    for (name, schema) in schemas.into_iter().flatten() {
        let name = match schema[RUNTIME_TYPE].as_str() {
            Some(name) => name.to_owned(),
            None => type_name(name),
        };
        if let Some(text) = schema["description"].as_str() {
            descriptions.insert(name, text.trim().to_owned());
        }
    }
    for operation in Operation::all(document) {
        for parameter in named(&operation) {
            let text = parameter.part.value["description"].as_str();
            if let (Some(id), Some(text)) = (operation.id().map(given), text) {
                let name = type_name(&format!("{id}-{}", parameter.given()));
                descriptions.insert(name, text.trim().to_owned());
            }
        }
    }
    descriptions
}

/// Without a description, the generator wrote the name of the type.
fn own(
    attributes: &mut Vec<syn::Attribute>,
    name: &syn::Ident,
    descriptions: &BTreeMap<String, String>,
) {
    let placeholder = format!("`{name}`");
    let is_said = docs(attributes).iter().any(|attribute| {
        let text = attribute.to_token_stream().to_string();
        !text.contains(&placeholder)
    });
    if let Some(text) = descriptions.get(&name.to_string())
        && !is_said
    {
        describe(attributes, text);
    }
}

fn of_field(field: &mut syn::Field, descriptions: &BTreeMap<String, String>) {
    let is_public = matches!(field.vis, syn::Visibility::Public(_));
    if !is_public || !docs(&field.attrs).is_empty() {
        return;
    }
    let is_rest = has_serde_argument(field, "flatten");
    let text = if is_rest {
        "Members that the specification does not name, by key."
    } else {
        let ty = innermost(&field.ty).map(ToString::to_string);
        let text = ty.and_then(|ty| descriptions.get(&ty));
        text.map_or("Not described further.", String::as_str)
    };
    describe(&mut field.attrs, text);
}

/// The limits of a field in the specification, and its key where the name hides that.
fn asked(field: &mut syn::Field, document: &Document, schema: &Value) {
    let Some(key) = json_key(field) else { return };
    let name = field.ident.as_ref();
    if name.is_some_and(|name| *name != value_name(&key)) {
        let text = format!("\n\n`{key}` in JSON.");
        field.attrs.push(syn::parse_quote!(#[doc = #text]));
    }
    let Some(property) = property(document, schema, &key) else {
        return;
    };
    let mut limits = limits(
        document.resolve(property).unwrap_or(property),
        Listed::ByTheType,
    );
    let first = limits.chars().next();
    if let Some(first) = first {
        limits.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    let one_way = match (&property["readOnly"], &property["writeOnly"]) {
        (Value::Bool(true), _) => "Only in answers: it is not sent",
        (_, Value::Bool(true)) => "Only in requests: it is in no answer",
        _ => "",
    };
    for text in [limits.as_str(), one_way] {
        if !text.is_empty() {
            let text = format!("\n\n{text}.");
            field.attrs.push(syn::parse_quote!(#[doc = #text]));
        }
    }
}

/// `T` of `Option<Vec<T>>`.
fn innermost(ty: &syn::Type) -> Option<&syn::Ident> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let inner = match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => arguments.args.last(),
        _ => None,
    };
    match inner {
        Some(syn::GenericArgument::Type(inner)) => innermost(inner),
        _ => Some(&last.ident),
    }
}

fn wire_name(variant: &syn::Variant) -> String {
    let attributes = variant.attrs.iter();
    let renamed = attributes
        .filter(|attribute| attribute.path().is_ident("serde"))
        .find_map(|attribute| {
            let argument: syn::MetaNameValue = attribute.parse_args().ok()?;
            match argument.value {
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }) if argument.path.is_ident("rename") => Some(text.value()),
                _ => None,
            }
        });
    renamed.unwrap_or_else(|| variant.ident.to_string())
}

fn docs(attributes: &[syn::Attribute]) -> Vec<syn::Attribute> {
    let docs = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"));
    docs.cloned().collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use syn::parse_quote;

    use super::*;

    #[test]
    fn what_the_generator_drops_is_said_from_the_specification() {
        let text = "paths: {/a: {get: {operationId: get-a, parameters: \
                        [{name: X-Mode, in: header, description: How., schema: {type: string}}]}}}\n\
                    components: {schemas: {page_url: {description: Where., x-par-runtime-type: Url}, \
                        Part: {description: A part.}}}";
        let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
        let mut types: syn::ItemMod = parse_quote! {
            pub mod types {
                #[doc = "Said."]
                pub struct Whole {
                    pub parts: Option<Vec<Part>>,
                    pub url: crate::runtime::Url,
                    #[doc = "Said too."]
                    pub said: Part,
                    pub other: i64,
                    #[serde(flatten)]
                    pub extra: Map<String, Part>,
                    hidden: Part,
                }
                #[doc = "`GetAXMode`"]
                pub enum GetAXMode { #[serde(rename = "a b")] AB }
                pub mod builder {
                    pub struct Whole { parts: Option<Vec<Part>> }
                    impl Whole { pub fn parts(self) -> Self { self } }
                }
            }
        };
        let schemas = TypeSchemas::of_all(&document, &Operation::all(&document));
        apply(&mut types, &schemas, &document);
        super::super::docs::apply(items(&mut types));
        let code = prettyplease::unparse(&syn::File {
            shebang: None,
            frontmatter: None,
            attrs: Vec::new(),
            items: items(&mut types).clone(),
        });
        for expected in [
            "/// Said.\npub struct Whole",
            "    /// A part.\n    pub parts",
            "    /// Where.\n    pub url",
            "    /// Said too.\n    pub said",
            "    /// Not described further.\n    pub other",
            "    /// Members that the specification does not name, by key.\n    #[serde(flatten)]",
            "/// How.\npub enum GetAXMode",
            "    /// `a b`.\n",
            "    /// Builder of [`Whole`](super::Whole).\n    pub struct Whole",
            "        /// A part.\n        pub fn parts",
        ] {
            assert!(code.contains(expected), "{expected} is not in\n{code}");
        }
    }
}
