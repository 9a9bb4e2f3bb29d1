//! What callers of the crate can name: the public items of the generated modules.

use std::collections::BTreeMap;
use std::fmt;

use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::visit::Visit;

use super::code;
use crate::generate::rewrite::json_key;

/// The public items by their names.
pub type Surface = BTreeMap<String, Item>;

/// An item that callers can name.
pub struct Item {
    pub name: Name,
    /// Everything that defines it, to be compared.
    pub declared: String,
    pub documentation: String,
    /// Whether code that handles every case no longer does so when this is added.
    pub is_closed: bool,
    /// The status of the answer that a method of the typed mock gives.
    pub status: Option<String>,
    /// The key of a field in JSON.
    pub key: Option<String>,
}

#[derive(Clone)]
pub struct Name {
    pub module: Vec<String>,
    /// The type or trait that it belongs to.
    pub owner: Option<String>,
    pub last: String,
    pub is: Is,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Is {
    Item,
    Field,
    /// A function, a variant or a constant of its owner.
    Member,
    /// A trait that its owner implements.
    Trait,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // These are private; their items are exported at the root of the crate.
        let is_private = matches!(
            &self.module[..],
            [one] if matches!(&**one, "environment" | "operations" | "settings")
        );
        if !is_private {
            for module in &self.module {
                write!(f, "{module}::")?;
            }
        }
        let last = &self.last;
        match (&self.owner, self.is) {
            (Some(owner), Is::Field) => write!(f, "{owner}.{last}"),
            (Some(owner), Is::Member) => write!(f, "{owner}::{last}"),
            (Some(owner), _) => write!(f, "{owner}: {last}"),
            (None, _) => f.write_str(last),
        }
    }
}

impl Name {
    /// The items that are gone or new together with it.
    pub fn holder(&self) -> Option<Self> {
        Some(Self {
            module: self.module.clone(),
            owner: None,
            last: self.owner.clone()?,
            is: Is::Item,
        })
    }
}

/// Reads the items from the module `mod` down.
pub fn read(modules: &[(&str, syn::File)]) -> Surface {
    let mut reader = Reader {
        modules,
        surface: Surface::new(),
    };
    reader.file("mod", &[]);
    reader.surface
}

struct Reader<'a> {
    modules: &'a [(&'a str, syn::File)],
    surface: Surface,
}

impl<'a> Reader<'a> {
    fn file(&mut self, name: &str, module: &[String]) {
        let modules: &'a [(&str, syn::File)] = self.modules;
        for (_, file) in modules.iter().filter(|(other, _)| *other == name) {
            self.items(module, &file.items);
        }
    }

    fn items(&mut self, module: &[String], items: &'a [syn::Item]) {
        for item in items {
            self.item(module, item, items);
        }
    }

    fn item(&mut self, module: &[String], item: &'a syn::Item, siblings: &[syn::Item]) {
        match item {
            syn::Item::Mod(inner) if is_public(&inner.vis) && !is_hidden(&inner.attrs) => {
                let name = inner.ident.to_string();
                self.top(module, &name, &inner.attrs, &quote!(mod));
                let module = [module, std::slice::from_ref(&name)].concat();
                match &inner.content {
                    Some((_, items)) => self.items(&module, items),
                    None => self.file(&name, &module),
                }
            }
            syn::Item::Struct(item) if is_public(&item.vis) => {
                let (name, generics) = (item.ident.to_string(), &item.generics);
                self.top(module, &name, &item.attrs, &quote!(struct #generics));
                self.derived(module, &name, &item.attrs);
                let is_closed = !is_non_exhaustive(&item.attrs)
                    && item.fields.iter().all(|field| is_public(&field.vis));
                for (index, field) in item.fields.iter().enumerate() {
                    if is_public(&field.vis) {
                        let ident = field.ident.as_ref();
                        let last = ident.map_or_else(|| index.to_string(), ToString::to_string);
                        let added =
                            self.member(module, &name, last, Is::Field, &field.attrs, &field.ty);
                        added.is_closed = is_closed;
                        added.key = json_key(field);
                    }
                }
            }
            syn::Item::Enum(item) if is_public(&item.vis) => {
                let (name, generics) = (item.ident.to_string(), &item.generics);
                self.top(module, &name, &item.attrs, &quote!(enum #generics));
                self.derived(module, &name, &item.attrs);
                for variant in &item.variants {
                    let (last, fields) = (variant.ident.to_string(), &variant.fields);
                    let types = fields.iter().map(|field| {
                        let (name, ty) = (&field.ident, &field.ty);
                        quote!(#name #ty)
                    });
                    let types = quote!(variant (#(#types),*));
                    self.member(module, &name, last, Is::Member, &variant.attrs, &types)
                        .is_closed = !is_non_exhaustive(&item.attrs);
                }
            }
            syn::Item::Trait(item) if is_public(&item.vis) => {
                let name = item.ident.to_string();
                self.top(module, &name, &item.attrs, &quote!(trait));
                for member in &item.items {
                    if let syn::TraitItem::Fn(function) = member {
                        self.function(module, &name, &function.attrs, &function.sig);
                    }
                }
            }
            syn::Item::Impl(item) => self.implementation(module, item),
            syn::Item::Fn(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                let name = item.sig.ident.to_string();
                self.top(module, &name, &item.attrs, &signature(&item.sig))
                    .documentation += &examples(&item.block, siblings);
            }
            syn::Item::Const(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                self.top(module, &item.ident.to_string(), &item.attrs, &item.ty);
            }
            syn::Item::Type(item) if is_public(&item.vis) => {
                self.top(module, &item.ident.to_string(), &item.attrs, &item.ty);
            }
            syn::Item::Use(item) if is_public(&item.vis) => {
                self.top(module, &code::shown(&item.tree), &item.attrs, &quote!(use));
            }
            _ => {}
        }
    }

    fn implementation(&mut self, module: &[String], item: &syn::ItemImpl) {
        let syn::Type::Path(path) = &*item.self_ty else {
            return;
        };
        let mut module = module.to_vec();
        for _ in path
            .path
            .segments
            .iter()
            .filter(|segment| segment.ident == "super")
        {
            module.pop();
        }
        let Some(owner) = path.path.segments.last().map(|last| last.ident.to_string()) else {
            return;
        };
        if let Some((of, _)) = &item.trait_ {
            // A name that only the runtime can use is no promise to callers.
            let is_private = of
                .segments
                .first()
                .is_some_and(|first| first.ident == "crate");
            // The traits of a foreign type are no promise of the crate either.
            let is_foreign = path.path.leading_colon.is_some();
            if !is_private && !is_foreign {
                let of = of.segments.last().map(trait_name).unwrap_or_default();
                self.member(&module, &owner, of, Is::Trait, &[], &quote!());
            }
            return;
        }
        for member in &item.items {
            match member {
                syn::ImplItem::Fn(function) if is_public(&function.vis) => {
                    let status = status(function);
                    self.function(&module, &owner, &function.attrs, &function.sig)
                        .status = status;
                }
                syn::ImplItem::Const(constant) if is_public(&constant.vis) => {
                    let last = constant.ident.to_string();
                    self.member(
                        &module,
                        &owner,
                        last,
                        Is::Member,
                        &constant.attrs,
                        &constant.ty,
                    );
                }
                _ => {}
            }
        }
    }

    /// The traits that are derived.
    fn derived(&mut self, module: &[String], owner: &str, attrs: &[syn::Attribute]) {
        type Paths = Punctuated<syn::Meta, syn::Token![,]>;
        let mut lists = Vec::new();
        for attribute in attrs {
            if attribute.path().is_ident("derive") {
                lists.extend(attribute.parse_args_with(Paths::parse_terminated));
            } else if attribute.path().is_ident("cfg_attr") {
                let inner = attribute.parse_args_with(Paths::parse_terminated);
                for meta in inner.into_iter().flatten().skip(1) {
                    if let syn::Meta::List(list) = meta
                        && list.path.is_ident("derive")
                    {
                        lists.extend(list.parse_args_with(Paths::parse_terminated));
                    }
                }
            }
        }
        for derived in lists.into_iter().flatten() {
            if let Some(last) = derived.path().segments.last() {
                let of = last.ident.to_string();
                self.member(module, owner, of, Is::Trait, &[], &quote!());
            }
        }
    }

    fn function(
        &mut self,
        module: &[String],
        owner: &str,
        attrs: &[syn::Attribute],
        sig: &syn::Signature,
    ) -> &mut Item {
        let last = sig.ident.to_string();
        self.member(module, owner, last, Is::Member, attrs, &signature(sig))
    }

    fn member(
        &mut self,
        module: &[String],
        owner: &str,
        last: String,
        is: Is,
        attrs: &[syn::Attribute],
        declared: &impl ToTokens,
    ) -> &mut Item {
        let name = Name {
            module: module.to_vec(),
            owner: Some(owner.to_owned()),
            last,
            is,
        };
        self.add(name, attrs, declared)
    }

    fn top(
        &mut self,
        module: &[String],
        name: &str,
        attrs: &[syn::Attribute],
        declared: &impl ToTokens,
    ) -> &mut Item {
        let name = Name {
            module: module.to_vec(),
            owner: None,
            last: name.to_owned(),
            is: Is::Item,
        };
        self.add(name, attrs, declared)
    }

    fn add(&mut self, name: Name, attrs: &[syn::Attribute], declared: &impl ToTokens) -> &mut Item {
        let item = Item {
            declared: declared.to_token_stream().to_string(),
            documentation: documentation(attrs),
            is_closed: false,
            status: None,
            key: None,
            name,
        };
        self.surface.entry(item.name.to_string()).or_insert(item)
    }
}

/// A function without the names of its arguments, which callers do not write.
fn signature(sig: &syn::Signature) -> impl ToTokens {
    let types = sig.inputs.iter().map(|input| match input {
        syn::FnArg::Receiver(receiver) => {
            let is_lent = receiver.to_token_stream().to_string().contains('&');
            if is_lent { quote!(&self) } else { quote!(self) }
        }
        syn::FnArg::Typed(typed) => typed.ty.to_token_stream(),
    });
    let (asyncness, generics, output) = (&sig.asyncness, &sig.generics, &sig.output);
    let conditions = &sig.generics.where_clause;
    quote!(#asyncness fn #generics (#(#types),*) #output #conditions)
}

/// A trait without its lifetimes, as it is written in `derive`.
fn trait_name(of: &syn::PathSegment) -> String {
    let mut of = of.clone();
    if let syn::PathArguments::AngleBracketed(given) = &of.arguments
        && given
            .args
            .iter()
            .all(|one| matches!(one, syn::GenericArgument::Lifetime(_)))
    {
        of.arguments = syn::PathArguments::None;
    }
    code::shown(&of)
}

fn is_public(visibility: &syn::Visibility) -> bool {
    matches!(visibility, syn::Visibility::Public(_))
}

/// Items for the tests of this workspace are for nobody else.
fn is_hidden(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|attribute| {
        let names = code::names(attribute);
        names.contains("hidden")
            || code::texts(attribute)
                .iter()
                .any(|text| text == "conformance")
    })
}

fn is_non_exhaustive(attrs: &[syn::Attribute]) -> bool {
    attrs
        .iter()
        .any(|attribute| attribute.path().is_ident("non_exhaustive"))
}

fn documentation(attrs: &[syn::Attribute]) -> String {
    let lines = attrs.iter().filter(|one| one.path().is_ident("doc"));
    lines.flat_map(code::texts).collect::<Vec<_>>().join("\n")
}

/// The examples that a function returns: they document an answer.
fn examples(block: &syn::Block, siblings: &[syn::Item]) -> String {
    let names = code::names(block);
    let examples = siblings.iter().filter_map(|item| match item {
        syn::Item::Const(item) if names.contains(&item.ident.to_string()) => Some(&item.expr),
        _ => None,
    });
    examples.flat_map(code::texts).collect()
}

/// The status that a method of the typed mock sets.
fn status(function: &syn::ImplItemFn) -> Option<String> {
    struct Status(Option<String>);
    impl<'ast> Visit<'ast> for Status {
        fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
            if call.method == "status"
                && let Some(syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Int(status),
                    ..
                })) = call.args.first()
            {
                self.0 = Some(status.base10_digits().to_owned());
            }
            syn::visit::visit_expr_method_call(self, call);
        }
    }
    let mut status = Status(None);
    status.visit_block(&function.block);
    status.0
}
