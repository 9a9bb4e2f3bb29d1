//! The names and types that the generator chose for each operation, read from its builders.

use std::collections::BTreeSet;

use crate::generate::rewrite::RewriteError;

/// One operation in the output of the generator.
pub struct Signature {
    /// The method of the client.
    pub method: syn::Ident,
    /// The builder that it returns.
    pub builder: syn::Ident,
    /// The type of a success.
    pub success: syn::Type,
    /// In the order in which the builder has them.
    pub arguments: Vec<Argument>,
}

/// An argument of a call: a parameter, or the body.
pub struct Argument {
    pub name: syn::Ident,
    pub ty: syn::Type,
    /// Whether the argument is the builder of its type.
    pub is_built: bool,
}

impl Signature {
    /// Bodies of these types are given directly: they have no builders.
    pub fn build_no(&mut self, types: &BTreeSet<String>) {
        for argument in &mut self.arguments {
            let name = last_segment(&argument.ty).map(|segment| segment.ident.to_string());
            argument.is_built &= name.is_none_or(|name| !types.contains(&name));
        }
    }
}

impl Signature {
    /// The generator has optional bodies, and reads a body that can be `null` as one.
    pub fn let_body_be_null(&mut self) {
        let mut arguments = self.arguments.iter_mut();
        if let Some(body) = arguments.find(|argument| argument.name == "body") {
            let ty = &body.ty;
            body.ty = syn::parse_quote!(::std::option::Option<#ty>);
            body.is_built = false;
        }
    }
}

/// Reads all builders in the output of the generator.
pub fn read(client: &syn::File) -> Result<Vec<Signature>, RewriteError> {
    let items = client.items.iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "builder" => module.content.as_ref(),
        _ => None,
    });
    // A specification without operations has no builders.
    let Some((_, items)) = items else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for item in items {
        let syn::Item::Impl(item) = item else {
            continue;
        };
        let Some(builder) = last_segment(&item.self_ty).map(|segment| segment.ident.clone()) else {
            continue;
        };
        let Some(send) = function(&item.items, "send") else {
            continue;
        };
        let success = success(&send.sig.output).ok_or_else(|| missing("result type of `send`"))?;
        all.push(Signature {
            method: method_returning(&client.items, &builder)
                .ok_or_else(|| missing("method of the client"))?,
            arguments: arguments(items, &builder),
            builder,
            success,
        });
    }
    Ok(all)
}

fn function<'a>(members: &'a [syn::ImplItem], name: &str) -> Option<&'a syn::ImplItemFn> {
    members.iter().find_map(|member| match member {
        syn::ImplItem::Fn(function) if function.sig.ident == name => Some(function),
        _ => None,
    })
}

/// `T` of `Result<ResponseValue<T>, Error<E>>`.
fn success(output: &syn::ReturnType) -> Option<syn::Type> {
    let syn::ReturnType::Type(_, ty) = output else {
        return None;
    };
    type_arguments(type_arguments(ty).first()?).pop()
}

/// Fields of a builder other than the client, which is a reference: `Result<T, String>` if required,
/// `Result<Option<T>, String>` if optional.
fn arguments(items: &[syn::Item], builder: &syn::Ident) -> Vec<Argument> {
    let fields = items.iter().find_map(|item| match item {
        syn::Item::Struct(item) if item.ident == *builder => Some(&item.fields),
        _ => None,
    });
    fields
        .into_iter()
        .flatten()
        .filter_map(|field| {
            let ty = type_arguments(&field.ty).into_iter().next()?;
            let ty = if is_option(&ty) {
                type_arguments(&ty).pop()?
            } else {
                ty
            };
            let (ty, is_built) = built(ty);
            Some(Argument {
                name: field.ident.clone()?,
                ty,
                is_built,
            })
        })
        .collect()
}

/// The type that `types::builder::T` builds, and whether it is a builder: a body is given as the builder of its type.
fn built(mut ty: syn::Type) -> (syn::Type, bool) {
    let mut is_built = false;
    if let syn::Type::Path(path) = &mut ty {
        let segments = std::mem::take(&mut path.path.segments);
        is_built = segments.iter().any(|segment| segment.ident == "builder");
        let segments = segments.into_iter();
        path.path.segments = segments
            .filter(|segment| segment.ident != "builder")
            .collect();
    }
    (ty, is_built)
}

/// The method of the client that returns a builder.
fn method_returning(root: &[syn::Item], builder: &syn::Ident) -> Option<syn::Ident> {
    let implementations = root.iter().filter_map(|item| match item {
        syn::Item::Impl(item) => Some(&item.items),
        _ => None,
    });
    implementations.flatten().find_map(|member| {
        let syn::ImplItem::Fn(function) = member else {
            return None;
        };
        let syn::ReturnType::Type(_, ty) = &function.sig.output else {
            return None;
        };
        (last_segment(ty)?.ident == *builder).then(|| function.sig.ident.clone())
    })
}

/// The arguments of a type: `T` of `Option<T>`.
pub fn type_arguments(ty: &syn::Type) -> Vec<syn::Type> {
    let Some(syn::PathArguments::AngleBracketed(arguments)) =
        last_segment(ty).map(|segment| &segment.arguments)
    else {
        return Vec::new();
    };
    let arguments = arguments.args.iter();
    arguments
        .filter_map(|argument| match argument {
            syn::GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        })
        .collect()
}

/// Whether it is Rust's `Option`, and not a type of the API with that name.
pub fn is_option(ty: &syn::Type) -> bool {
    last_segment(ty).is_some_and(|last| last.ident == "Option" && !last.arguments.is_empty())
}

/// Whether it is a text of Rust or of the runtime, and not a type of the API with that name.
pub fn is_text(ty: &syn::Type) -> bool {
    let syn::Type::Path(syn::TypePath { path, .. }) = ty else {
        return false;
    };
    let is_of_api = path.leading_colon.is_none() && path.segments[0].ident != "crate";
    !is_of_api
        && last_segment(ty).is_some_and(|last| last.ident == "String" || last.ident == "Secret")
}

/// The last segment of a path.
pub fn last_segment(ty: &syn::Type) -> Option<&syn::PathSegment> {
    match ty {
        syn::Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn missing(what: &str) -> RewriteError {
    RewriteError {
        rule: "signature",
        missing: what.to_owned(),
    }
}
