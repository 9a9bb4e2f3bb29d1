//! What the conformance tests need: for each operation a way to call it, and for each of its statuses the
//! type that it is decoded into. The types are those that the generated code itself uses, read from its
//! signatures and match arms.

use proc_macro2::TokenStream;
use quote::quote;
use syn::visit::{self, Visit};

use crate::generate::rewrite::RewriteError;

/// What the generated code says of an operation.
struct Generated {
    operation_id: String,
    method: syn::Ident,
    success: syn::Type,
    error: syn::Type,
    /// Statuses in the order of the match arms, and whether each is a success.
    statuses: Vec<(u16, bool)>,
    parameters: Vec<Parameter>,
}

/// A field of the builder that is a parameter.
struct Parameter {
    name: syn::Ident,
    ty: syn::Type,
    required: bool,
}

/// Reads the items of the generated module and its module of builders.
pub fn conformance(root: &[syn::Item], builder: &syn::ItemMod) -> Result<syn::File, RewriteError> {
    let generated = read(root, builder)?;
    let operations = generated.iter().map(entry);
    Ok(syn::parse_quote! {
        //! Every operation with its documented statuses and the types they are decoded into.

        #[allow(unused_imports)]
        use super::types;
        #[allow(unused_imports)]
        use crate::runtime::conformance::{self, Operation, Parameter, Response};

        /// All operations of the specification.
        pub static OPERATIONS: &[Operation] = &[#(#operations),*];
    })
}

fn entry(generated: &Generated) -> TokenStream {
    let Generated {
        operation_id,
        method,
        success,
        error,
        statuses,
        parameters,
    } = generated;
    let responses = statuses.iter().map(|(status, is_success)| {
        let ty = if *is_success { success } else { error };
        quote! {
            Response {
                status: #status,
                decode: conformance::decode::<#ty>,
                #[cfg(feature = "schemars")]
                schema: conformance::schema::<#ty>,
            }
        }
    });
    let arguments = parameters.iter().map(|Parameter { name, ty, .. }| {
        let key = name.to_string();
        quote! {
            if let Some(value) = arguments.parse::<#ty>(#key)? {
                request = request.#name(value);
            }
        }
    });
    let parameters = parameters.iter().map(|Parameter { name, ty, required }| {
        let name = name.to_string();
        quote! {
            Parameter {
                name: #name,
                required: #required,
                #[cfg(feature = "schemars")]
                schema: conformance::schema::<#ty>,
            }
        }
    });
    quote! {
        Operation {
            id: #operation_id,
            parameters: &[#(#parameters),*],
            responses: &[#(#responses),*],
            call: |client, arguments| {
                Box::pin(async move {
                    #[allow(unused_mut)]
                    let mut request = client.#method();
                    #(#arguments)*
                    Ok(conformance::outcome(request.send().await))
                })
            },
        }
    }
}

fn read(root: &[syn::Item], builder: &syn::ItemMod) -> Result<Vec<Generated>, RewriteError> {
    let items = builder.content.as_ref().map_or(&[][..], |(_, items)| items);
    let mut all = Vec::new();
    for item in items {
        let syn::Item::Impl(item) = item else {
            continue;
        };
        let syn::Type::Path(path) = &*item.self_ty else {
            continue;
        };
        let Some(name) = path.path.segments.last().map(|segment| &segment.ident) else {
            continue;
        };
        let send = item.items.iter().find_map(|member| match member {
            syn::ImplItem::Fn(function) if function.sig.ident == "send" => Some(function),
            _ => None,
        });
        let Some(send) = send else {
            continue;
        };
        let (success, error) =
            outcome_types(&send.sig.output).ok_or_else(|| missing("result type of `send`"))?;
        let mut arms = Arms::default();
        arms.visit_block(&send.block);
        if arms.0.is_empty() {
            return Err(missing("statuses in the match of `send`"));
        }
        all.push(Generated {
            operation_id: crate::generate::rewrite::operation_id(&send.block)?,
            method: method_returning(root, name).ok_or_else(|| missing("method of the client"))?,
            success,
            error,
            statuses: arms.0,
            parameters: parameters(items, name),
        });
    }
    Ok(all)
}

/// `T` and `E` of `Result<ResponseValue<T>, Error<E>>`.
pub fn outcome_types(output: &syn::ReturnType) -> Option<(syn::Type, syn::Type)> {
    let syn::ReturnType::Type(_, ty) = output else {
        return None;
    };
    let [response, error] = &arguments(ty)[..] else {
        return None;
    };
    Some((arguments(response).pop()?, arguments(error).pop()?))
}

fn arguments(ty: &syn::Type) -> Vec<syn::Type> {
    let syn::Type::Path(path) = ty else {
        return Vec::new();
    };
    let Some(syn::PathArguments::AngleBracketed(arguments)) =
        path.path.segments.last().map(|segment| &segment.arguments)
    else {
        return Vec::new();
    };
    arguments
        .args
        .iter()
        .filter_map(|argument| match argument {
            syn::GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        })
        .collect()
}

/// Fields of the builder `name` other than the client, which is a reference:
/// `Result<T, String>` where required, `Result<Option<T>, String>` where optional.
fn parameters(items: &[syn::Item], name: &syn::Ident) -> Vec<Parameter> {
    let fields = items.iter().find_map(|item| match item {
        syn::Item::Struct(item) if item.ident == *name => Some(&item.fields),
        _ => None,
    });
    fields
        .into_iter()
        .flatten()
        .filter_map(|field| {
            let ty = arguments(&field.ty).into_iter().next()?;
            let optional = matches!(&ty, syn::Type::Path(path)
                if path.path.segments.last().is_some_and(|last| last.ident == "Option"));
            Some(Parameter {
                name: field.ident.clone()?,
                ty: if optional { arguments(&ty).pop()? } else { ty },
                required: !optional,
            })
        })
        .collect()
}

/// The method of the client that makes the builder `name`.
fn method_returning(root: &[syn::Item], name: &syn::Ident) -> Option<syn::Ident> {
    root.iter().find_map(|item| {
        let syn::Item::Impl(item) = item else {
            return None;
        };
        item.items.iter().find_map(|member| {
            let syn::ImplItem::Fn(function) = member else {
                return None;
            };
            let syn::ReturnType::Type(_, ty) = &function.sig.output else {
                return None;
            };
            let syn::Type::Path(path) = &**ty else {
                return None;
            };
            (path.path.segments.last()?.ident == *name).then(|| function.sig.ident.clone())
        })
    })
}

/// `200u16 => …`, `404u16 => { Err(Error::ErrorResponse(…)) }`.
#[derive(Default)]
struct Arms(Vec<(u16, bool)>);

impl<'ast> Visit<'ast> for Arms {
    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if let syn::Pat::Lit(syn::ExprLit {
            lit: syn::Lit::Int(status),
            ..
        }) = &arm.pat
            && let Ok(status) = status.base10_parse()
        {
            let mut errors = Errors(false);
            errors.visit_expr(&arm.body);
            self.0.push((status, !errors.0));
        }
        visit::visit_arm(self, arm);
    }
}

/// Whether an arm makes an error of the response.
struct Errors(bool);

impl<'ast> Visit<'ast> for Errors {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path
            .segments
            .last()
            .is_some_and(|last| last.ident == "ErrorResponse")
        {
            self.0 = true;
        }
    }
}

fn missing(what: &str) -> RewriteError {
    RewriteError {
        rule: "conformance table",
        missing: what.to_owned(),
    }
}
