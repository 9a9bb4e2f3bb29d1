//! Rule: with the feature `schemars`, the types have a JSON schema.

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

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn types_that_can_be_serialised_tell_their_schema_behind_the_feature() {
        let mut types: syn::ItemMod = parse_quote! {
            mod types {
                #[derive(::serde::Serialize, Clone)]
                struct Order;
                #[derive(Clone, ::serde::Serialize)]
                enum Kind { One }
                #[derive(Debug)]
                struct ConversionError;
                fn order() {}
            }
        };
        apply(&mut types);
        let expected: syn::ItemMod = parse_quote! {
            mod types {
                #[derive(::serde::Serialize, Clone)]
                #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
                struct Order;
                #[derive(Clone, ::serde::Serialize)]
                #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
                enum Kind { One }
                #[derive(Debug)]
                struct ConversionError;
                fn order() {}
            }
        };
        assert_eq!(
            types.to_token_stream().to_string(),
            expected.to_token_stream().to_string()
        );
    }
}
