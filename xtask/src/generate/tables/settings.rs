//! The settings of the client in the specification: their methods, and the table for the runtime.

use heck::ToShoutySnakeCase as _;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::generate::rust_name::value_name;
use crate::generate::tables::common::is_needed;
use openapi::credential::{self, Setting};
use openapi::document::Document;
use openapi::operation::Operation;

pub fn settings(document: &Document) -> syn::File {
    let settings = credential::settings(document);
    let count = settings.len();
    let constants = settings.iter().enumerate().map(|(index, setting)| {
        let ident = constant(&setting.name);
        quote!(pub(crate) const #ident: usize = #index;)
    });
    let operations = Operation::all(document);
    let entries = settings
        .iter()
        .map(|setting| entry(setting, is_needed(&operations, &setting.name)));
    let setters = settings.iter().map(setter);
    let views = settings.iter().map(view);
    syn::parse_quote! {
        //! Settings of the client that requests are filled in from.

        use crate::runtime::contract::Setting;
        #[allow(unused_imports, reason = "a specification may name no setting")]
        use crate::runtime::contract::{basic, text};
        use crate::runtime::{Client, ClientBuilder};

        #(#constants)*

        pub(crate) const COUNT: usize = #count;

        pub(crate) static SETTINGS: [Setting; COUNT] = [#(#entries),*];

        impl ClientBuilder { #(#setters)* }

        impl Client { #(#views)* }
    }
}

/// The constant with the index of a setting.
pub fn constant(name: &str) -> syn::Ident {
    let name = name.to_shouty_snake_case();
    // A name may begin with a digit, a constant may not.
    let is_sound = name.starts_with(|c: char| c.is_ascii_alphabetic());
    format_ident!("{}{name}", if is_sound { "" } else { "_" })
}

/// Methods that the builder of the runtime or a view of its client already has.
const TAKEN: [&str; 18] = [
    "allow_unencrypted_http_to",
    "base_url",
    "build",
    "clone",
    "connect_timeout",
    "deadline",
    "default",
    "environment",
    "from_env",
    "header",
    "http_client",
    "max_body_bytes",
    "max_request_body_bytes",
    "product",
    "query",
    "retry",
    "root_certificate",
    "setting",
];

/// The method that sets a setting, and that of the view with another value. If the name is in use, it is extended.
pub fn methods(name: &str) -> [String; 2] {
    let mut name = value_name(name);
    if TAKEN.contains(&name.as_str()) {
        name.push_str("_setting");
    }
    let view = format!("with_{}", name.trim_end_matches('_'));
    [name, view]
}

fn entry(setting: &Setting, needed: bool) -> TokenStream {
    let Setting {
        name,
        is_basic,
        is_secret,
        ..
    } = setting;
    let variable = setting.variable();
    let default = match &setting.default {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    };
    quote! {
        Setting {
            name: #name,
            variable: #variable,
            basic: #is_basic,
            secret: #is_secret,
            needed: #needed,
            default: #default,
        }
    }
}

fn setter(setting: &Setting) -> TokenStream {
    let [method, view] = methods(&setting.name);
    let (method, constant) = (format_ident!("{method}"), constant(&setting.name));
    let sent_as = setting.sent_as.join(" and as ");
    let unless = match &setting.default {
        Some(default) => format!("The default is `{default}`."),
        None => "By default nothing is sent.".to_owned(),
    };
    let doc = format!(
        " Sets {sent_as} for the operations that need it. {unless}\n\n {}\n\n [`build`](Self::build) refuses a value that \
         can't be sent in a header, and one that is only white space. [`Client::{view}`] sets another value for some \
         calls. [`from_env`](Self::from_env) reads it from {}.",
        setting.description,
        variable_doc(setting),
    );
    let (arguments, value) = given(setting);
    quote! {
        #[doc = #doc]
        #[must_use]
        pub fn #method(self, #arguments) -> Self {
            self.setting(#constant, #value)
        }
    }
}

fn view(setting: &Setting) -> TokenStream {
    let [method, view] = methods(&setting.name);
    let doc = format!(
        " Returns a view whose calls send this value instead of that of [`ClientBuilder::{method}`]. A value that can't \
         be sent fails each call as an [invalid request](crate::ErrorKind::InvalidRequest)."
    );
    let (view, constant) = (format_ident!("{view}"), constant(&setting.name));
    let (arguments, value) = given(setting);
    quote! {
        #[doc = #doc]
        #[must_use]
        pub fn #view(&self, #arguments) -> Self {
            self.with_setting(#constant, #value)
        }
    }
}

/// The arguments of a method, and the code for its value.
fn given(setting: &Setting) -> (TokenStream, TokenStream) {
    if setting.is_basic {
        (
            quote!(user: impl Into<crate::Text>, password: impl Into<crate::Text>),
            quote!(basic(user.into(), password.into())),
        )
    } else {
        (
            quote!(value: impl Into<crate::Text>),
            quote!(text(value.into())),
        )
    }
}

fn variable_doc(setting: &Setting) -> String {
    let variable = setting.variable();
    if setting.is_basic {
        format!("`{variable}`, as `user:password`")
    } else {
        format!("`{variable}`")
    }
}
