//! Rule: with the feature `schemars`, the types can tell their JSON schema.

use quote::ToTokens as _;

use super::items;

pub fn apply(types: &mut syn::ItemMod) {
    for item in items(types) {
        let attributes = match item {
            syn::Item::Struct(item) => &mut item.attrs,
            syn::Item::Enum(item) => &mut item.attrs,
            _ => continue,
        };
        let serialised = attributes.iter().position(|attribute| {
            attribute.path().is_ident("derive")
                && attribute
                    .meta
                    .to_token_stream()
                    .to_string()
                    .contains("Serialize")
        });
        if let Some(place) = serialised {
            attributes.insert(
                place + 1,
                syn::parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]),
            );
        }
    }
}
