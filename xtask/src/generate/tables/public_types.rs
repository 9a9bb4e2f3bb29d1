//! Every public type of the generated code, by its path, and the traits of its kind. So a new type is tested without
//! a change of the tests. The types of the typed mock are not included: those of httpmock can't be shared by threads.

use proc_macro2::TokenStream;
use quote::quote;

/// The table, for the conformance tests.
pub fn public_types(types: &syn::File, builders: &syn::File) -> TokenStream {
    let mut entries = Vec::new();
    add(&mut entries, &syn::parse_quote!(types), &types.items, true);
    add(
        &mut entries,
        &syn::parse_quote!(builder),
        &builders.items,
        false,
    );
    quote! {
        /// All types of the API and all builders of calls.
        pub static TYPES: &[PublicType] = &[#(#entries),*];
    }
}

/// Adds the public ones of these items; `are_values` says whether they can be copied and compared.
fn add(entries: &mut Vec<TokenStream>, module: &syn::Path, items: &[syn::Item], are_values: bool) {
    for item in items {
        let (vis, ident) = match item {
            syn::Item::Enum(item) => (&item.vis, &item.ident),
            syn::Item::Struct(item) => (&item.vis, &item.ident),
            syn::Item::Mod(item) => {
                let ident = &item.ident;
                if let Some((_, items)) = &item.content {
                    add(entries, &syn::parse_quote!(#module::#ident), items, false);
                }
                continue;
            }
            _ => continue,
        };
        if matches!(vis, syn::Visibility::Public(_)) {
            let path: syn::Path = syn::parse_quote!(#module::#ident);
            let name = quote!(#path).to_string().replace(' ', "");
            entries.push(if are_values {
                quote!(PublicType::value::<#path>(#name))
            } else {
                quote!(PublicType::shared::<#path>(#name))
            });
        }
    }
}
