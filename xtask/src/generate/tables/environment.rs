//! The servers of the specification, as presets of the client.

use heck::ToUpperCamelCase as _;
use quote::{format_ident, quote};
use serde_json::Value;

use openapi::document::Document;
use openapi::extension::ENVIRONMENT;

pub fn environment(document: &Document) -> syn::File {
    let servers: Vec<(syn::Ident, &str, &str, &str)> = document.root()["servers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|server| {
            let name = server.get(ENVIRONMENT).and_then(Value::as_str)?;
            Some((
                format_ident!("{}", name.to_upper_camel_case()),
                name,
                server["description"].as_str().unwrap_or_default(),
                server["url"].as_str()?,
            ))
        })
        .collect();
    let variants = servers.iter().map(|(ident, _, description, url)| {
        let doc = format!(" {}\n\n `{url}`", description.trim());
        quote!(#[doc = #doc] #ident)
    });
    let urls = servers
        .iter()
        .map(|(ident, _, _, url)| quote!(Self::#ident => #url));
    let names = servers.iter().map(|(ident, name, _, _)| {
        let name = name.to_lowercase();
        quote!(Self::#ident => #name)
    });
    let parsed = servers.iter().map(|(ident, name, _, _)| {
        let name = name.to_lowercase();
        quote!(#name => Ok(Self::#ident))
    });
    let all_names = servers.iter().map(|(_, name, _, _)| name.to_lowercase());
    syn::parse_quote! {
        //! The public servers of the API.

        use std::fmt;
        use std::str::FromStr;

        use crate::runtime::UnknownEnvironment;

        /// A public server of the API. `Display` writes its name in lower case, and `FromStr` reads it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Environment { #(#variants),* }

        impl Environment {
            /// The names of all servers.
            pub const NAMES: &'static [&'static str] = &[#(#all_names),*];

            /// The base URL of this server.
            #[must_use]
            pub const fn base_url(self) -> &'static str {
                match self { #(#urls),* }
            }

            /// The name of this server.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { #(#names),* }
            }
        }

        impl fmt::Display for Environment {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for Environment {
            type Err = UnknownEnvironment;

            fn from_str(name: &str) -> Result<Self, UnknownEnvironment> {
                match name { #(#parsed,)* _ => Err(UnknownEnvironment::new()) }
            }
        }
    }
}
