//! Rule: an object that keeps the keys which no schema names reads them directly from the text. `flatten` of serde,
//! which the generator uses, passes them through a buffer that rounds large numbers.

use quote::ToTokens as _;
use syn::punctuated::Punctuated;

use super::{RewriteError, has_serde_argument, items, json_key};

pub fn apply(types: &mut syn::ItemMod) -> Result<(), RewriteError> {
    let mut readers = Vec::new();
    for item in items(types) {
        let syn::Item::Struct(item) = item else {
            continue;
        };
        if let Some(open) = item
            .fields
            .iter()
            .find(|field| is_flattened(field))
            .cloned()
        {
            derive_no_reader(item)?;
            readers.push(reader(item, &open)?);
        }
    }
    items(types).extend(readers.into_iter().map(syn::Item::Impl));
    Ok(())
}

fn is_flattened(field: &syn::Field) -> bool {
    has_serde_argument(field, "flatten")
}

/// Removes `Deserialize` from the derives of a struct.
fn derive_no_reader(item: &mut syn::ItemStruct) -> Result<(), RewriteError> {
    for attribute in &mut item.attrs {
        if !attribute.path().is_ident("derive") {
            continue;
        }
        let derived = attribute
            .parse_args_with(Punctuated::<syn::Path, syn::Token![,]>::parse_terminated)
            .unwrap_or_default();
        let (readers, others): (Vec<_>, Vec<_>) = derived.into_iter().partition(|path| {
            path.segments
                .last()
                .is_some_and(|last| last.ident == "Deserialize")
        });
        if !readers.is_empty() {
            *attribute = syn::parse_quote!(#[derive(#(#others),*)]);
            return Ok(());
        }
    }
    Err(missing(item, "derived `Deserialize`"))
}

fn reader(item: &syn::ItemStruct, open: &syn::Field) -> Result<syn::ItemImpl, RewriteError> {
    let name = &item.ident;
    let open = open
        .ident
        .as_ref()
        .ok_or_else(|| missing(item, "name of the flattened field"))?;
    let mut known: Vec<syn::Field> = item
        .fields
        .iter()
        .filter(|field| !is_flattened(field))
        .cloned()
        .collect();
    for field in &mut known {
        field.vis = syn::Visibility::Inherited;
        field
            .attrs
            .retain(|attribute| attribute.path().is_ident("serde"));
    }
    let names: Vec<&syn::Ident> = known
        .iter()
        .filter_map(|field| field.ident.as_ref())
        .collect();
    let keys: Vec<String> = known.iter().filter_map(json_key).collect();
    Ok(syn::parse_quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
            where
                D: ::serde::Deserializer<'de>,
            {
                #[derive(::serde::Deserialize)]
                struct Known { #(#known),* }

                let (Known { #(#names),* }, #open) =
                    crate::runtime::contract::open_object(deserializer, &[#(#keys),*])?;
                Ok(Self { #(#names,)* #open })
            }
        }
    })
}

fn missing(item: &syn::ItemStruct, what: &str) -> RewriteError {
    RewriteError {
        rule: "open object",
        missing: format!("{what} of `{}`", item.ident.to_token_stream()),
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn text(module: &syn::ItemMod) -> String {
        module.to_token_stream().to_string()
    }

    #[test]
    fn an_object_with_unknown_keys_reads_them_by_the_runtime_and_others_stay_as_they_are() {
        let mut types: syn::ItemMod = parse_quote! {
            mod types {
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                pub struct Closed { pub id: String }
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                pub struct Open {
                    /// What it is.
                    #[serde(rename = "type")]
                    pub type_: String,
                    pub id: Option<String>,
                    #[serde(flatten)]
                    pub extra: BTreeMap<String, Value>,
                }
            }
        };
        apply(&mut types).unwrap();
        let expected: syn::ItemMod = parse_quote! {
            mod types {
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                pub struct Closed { pub id: String }
                #[derive(::serde::Serialize, Clone)]
                pub struct Open {
                    /// What it is.
                    #[serde(rename = "type")]
                    pub type_: String,
                    pub id: Option<String>,
                    #[serde(flatten)]
                    pub extra: BTreeMap<String, Value>,
                }
                impl<'de> ::serde::Deserialize<'de> for Open {
                    fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
                    where
                        D: ::serde::Deserializer<'de>,
                    {
                        #[derive(::serde::Deserialize)]
                        struct Known { #[serde(rename = "type")] type_: String, id: Option<String> }

                        let (Known { type_, id }, extra) =
                            crate::runtime::contract::open_object(deserializer, &["type", "id"])?;
                        Ok(Self { type_, id, extra })
                    }
                }
            }
        };
        assert_eq!(text(&types), text(&expected));
    }

    #[test]
    fn what_the_rule_relies_on_must_be_there() {
        let mut types: syn::ItemMod = parse_quote! {
            mod types {
                #[derive(Clone)]
                pub struct Open { #[serde(flatten)] pub extra: BTreeMap<String, Value> }
            }
        };
        assert_eq!(
            apply(&mut types).unwrap_err().missing,
            "derived `Deserialize` of `Open`"
        );
    }
}
