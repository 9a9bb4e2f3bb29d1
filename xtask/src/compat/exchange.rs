//! What is sent and received, and what is checked before: read from the generated tables, from the functions that
//! send a call, and from the types of bodies.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::visit::Visit;

use super::code;
use super::rule::{self, Rules};
use crate::generate::rewrite::json_key;
use crate::generate::signature::type_arguments;

#[derive(Default)]
pub struct Exchange {
    /// By the identifier of the operation.
    pub calls: BTreeMap<String, Call>,
    /// The types of bodies and parameters.
    pub types: BTreeMap<String, Type>,
    /// The URL of each preset.
    pub servers: BTreeMap<String, String>,
    /// The entries of tables that belong to no operation.
    pub shared: BTreeMap<String, String>,
}

#[derive(Default)]
pub struct Call {
    /// The type of its builder.
    pub builder: String,
    /// The entry in the table of operations, without what the client fills in.
    pub table: BTreeMap<String, String>,
    pub arguments: BTreeMap<String, Argument>,
    /// How the answer of each status is read.
    pub statuses: BTreeMap<String, String>,
    /// The result of a call.
    pub outcome: Option<syn::Type>,
    /// The other steps of sending it.
    rest: Vec<String>,
}

pub struct Argument {
    pub ty: syn::Type,
    pub is_required: bool,
    pub rules: Rules,
    /// Its place in the request.
    pub sent: BTreeSet<String>,
    rest: Vec<String>,
}

#[derive(Default)]
pub struct Type {
    pub fields: BTreeMap<String, Field>,
    /// The JSON of each variant.
    pub variants: BTreeMap<String, String>,
    /// Whether unknown keys are kept.
    pub is_open: bool,
    /// Whether calls have it in a request or an answer.
    pub is_reached: bool,
    /// Whether it is checked before it is sent, because it can be part of a request.
    pub is_checked: bool,
    names: BTreeSet<String>,
    rest: BTreeMap<String, String>,
}

pub struct Field {
    pub ty: syn::Type,
    pub key: String,
    pub is_required: bool,
    pub rules: Rules,
    /// Whether it contains the members without a name.
    pub is_rest: bool,
    /// Whether it is left out of what is sent.
    pub is_left_out: bool,
    pub reading: String,
}

impl Call {
    pub fn sends_as(&self, other: &Self) -> bool {
        self.rest == other.rest
    }
}

impl Argument {
    pub fn is_written_as(&self, other: &Self) -> bool {
        self.is_required != other.is_required || self.rest == other.rest
    }
}

impl Type {
    /// The traits that are implemented in another way.
    pub fn differing<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a String> {
        self.rest.iter().filter_map(|(of, code)| {
            let is_other = other.rest.get(of).is_some_and(|other| other != code);
            is_other.then_some(of)
        })
    }
}

pub fn read(modules: &[(&str, syn::File)]) -> Exchange {
    let file = |name: &str| {
        let found = modules.iter().find(|(other, _)| *other == name);
        found.map_or(&[][..], |(_, file)| &file.items)
    };
    let mut exchange = Exchange::default();
    let mut by_table = BTreeMap::new();
    for item in file("operations") {
        let (ident, expr) = match item {
            syn::Item::Const(item) => (&item.ident, &item.expr),
            syn::Item::Static(item) => (&item.ident, &item.expr),
            _ => continue,
        };
        let mut table = BTreeMap::new();
        flatten(expr, &ident.to_string(), &mut table);
        let own = |key: &str| key.strip_prefix(&format!("{ident}.")).map(str::to_owned);
        match table.get(&format!("{ident}.id")) {
            Some(id) => {
                let mut call = Call::default();
                for (key, value) in &table {
                    let is_here = |key: &String| {
                        key != "id"
                            && key != "query"
                            && key != "security"
                            && !key.starts_with("headers.")
                    };
                    let Some(key) = own(key).filter(is_here) else {
                        continue;
                    };
                    call.table.insert(key, value.clone());
                }
                let id = id.trim_matches('`').to_owned();
                by_table.insert(ident.to_string(), id.clone());
                exchange.calls.insert(id, call);
            }
            None => exchange.shared.extend(table),
        }
    }
    exchange.shared.retain(|key, _| !is_derived(key));
    for item in file("builder") {
        if let syn::Item::Impl(item) = item
            && let Some((id, send)) = sending(item, &by_table)
            && let Some(call) = exchange.calls.get_mut(&id)
        {
            let builder = item.self_ty.to_token_stream().to_string();
            call.sent_by(builder, file("builder"), send);
        }
    }
    read_types(file("types"), &mut exchange.types);
    reach(&mut exchange);
    exchange.servers = servers(file("environment"));
    exchange
}

/// Whether an entry of a table follows from the operations, whose changes are reported, or separates names of the API
/// from others.
fn is_derived(key: &str) -> bool {
    let tables = [
        "HEADERS_OF_ALL",
        "HEADERS_OF_CLIENT",
        "PROPERTIES",
        "QUERY_OF_CLIENT",
        "SECURITY_OF_ALL",
    ];
    let table = key.split('.').next().unwrap_or_default();
    tables.contains(&table) || key.ends_with(".needed")
}

/// All values of a table, each by its path; entries of a list by their name.
fn flatten(expr: &syn::Expr, key: &str, table: &mut BTreeMap<String, String>) {
    match expr {
        syn::Expr::Struct(item) => {
            for field in &item.fields {
                let key = format!("{key}.{}", field.member.to_token_stream());
                flatten(&field.expr, &key, table);
            }
        }
        syn::Expr::Reference(item) => flatten(&item.expr, key, table),
        syn::Expr::Block(block) => {
            for statement in &block.block.stmts {
                if let syn::Stmt::Item(syn::Item::Static(item)) = statement {
                    flatten(&item.expr, key, table);
                }
            }
        }
        syn::Expr::Array(list)
            if list
                .elems
                .iter()
                .any(|one| matches!(one, syn::Expr::Struct(_))) =>
        {
            for (index, one) in list.elems.iter().enumerate() {
                let mut entry = BTreeMap::new();
                flatten(one, "", &mut entry);
                let name = entry
                    .get(".name")
                    .map(|name| name.trim_matches('`').to_owned());
                let name = name.unwrap_or_else(|| index.to_string());
                table.extend(
                    entry
                        .into_iter()
                        .map(|(of, value)| (format!("{key}.{name}{of}"), value)),
                );
            }
        }
        syn::Expr::Array(list) if list.elems.is_empty() => {}
        syn::Expr::Array(list) => {
            let values = list.elems.iter().map(code::value);
            table.insert(key.to_owned(), values.collect::<Vec<_>>().join(", "));
        }
        // The name of another table, which has an entry of its own.
        syn::Expr::Path(path) if path.path.get_ident().is_some_and(|name| *name != "None") => {}
        other => {
            table.insert(key.to_owned(), code::value(other));
        }
    }
}

/// The function that sends a call, and its operation.
fn sending<'a>(
    item: &'a syn::ItemImpl,
    by_table: &BTreeMap<String, String>,
) -> Option<(String, &'a syn::ImplItemFn)> {
    item.items.iter().find_map(|member| match member {
        syn::ImplItem::Fn(function) if function.sig.ident == "send" => {
            let names = code::names(&function.block);
            let id = by_table.iter().find(|(table, _)| names.contains(*table))?.1;
            Some((id.clone(), function))
        }
        _ => None,
    })
}

impl Call {
    fn sent_by(&mut self, builder: String, items: &[syn::Item], send: &syn::ImplItemFn) {
        let fields = items.iter().find_map(|item| match item {
            syn::Item::Struct(item) if item.ident == builder => Some(&item.fields),
            _ => None,
        });
        for field in fields.into_iter().flatten() {
            if let (Some(name), Some(ty)) = (&field.ident, type_arguments(&field.ty).pop()) {
                let argument = Argument {
                    ty,
                    is_required: false,
                    rules: Rules::new(),
                    sent: BTreeSet::new(),
                    rest: Vec::new(),
                };
                self.arguments.insert(name.to_string(), argument);
            }
        }
        self.builder = builder;
        self.outcome = match &send.sig.output {
            syn::ReturnType::Type(_, ty) => Some((**ty).clone()),
            syn::ReturnType::Default => None,
        };
        self.statements(&send.block);
    }

    fn statements(&mut self, block: &syn::Block) {
        for statement in &block.stmts {
            match closure(statement) {
                // It writes the request, one argument after the other.
                Some(("request", syn::Expr::Block(inner))) => self.statements(&inner.block),
                // It reads the answer.
                Some(("end", _)) => self.statuses.extend(statuses(statement)),
                _ if matches!(statement, syn::Stmt::Item(_)) => {
                    self.statuses.extend(statuses(statement));
                }
                _ if is_of_this_code(statement) => {}
                _ => self.statement(statement),
            }
        }
    }

    fn statement(&mut self, statement: &syn::Stmt) {
        let names = code::names(statement);
        let mut is_of_an_argument = false;
        for (name, argument) in &mut self.arguments {
            if names.contains(name) {
                is_of_an_argument = true;
                let mut calls = Calls { name, argument };
                calls.visit_stmt(statement);
                argument.rest.push(code::skeleton(statement));
            }
        }
        if !is_of_an_argument {
            self.rest.push(code::skeleton(statement));
        }
    }
}

/// How the answer of each status is read, if a statement says so.
fn statuses(statement: &syn::Stmt) -> BTreeMap<String, String> {
    struct Statuses(BTreeMap<String, String>);
    impl<'ast> Visit<'ast> for Statuses {
        fn visit_arm(&mut self, arm: &'ast syn::Arm) {
            let patterns: Vec<&syn::Pat> = match &arm.pat {
                syn::Pat::Or(pattern) => pattern.cases.iter().collect(),
                pattern => vec![pattern],
            };
            let names = code::names(&arm.body);
            // The types say into which variant it is put, and what happens to an error in it.
            let shown = code::shown(&arm.body);
            let read = shown.split(".map(").next().unwrap_or_default();
            let read = read.split("(response").next().unwrap_or_default();
            for pattern in patterns {
                let is_documented = !names.contains("None") && !names.contains("answered");
                if !matches!(pattern, syn::Pat::Wild(_)) {
                    self.0.insert(status(pattern), read.to_owned());
                } else if is_documented {
                    self.0.insert("default".to_owned(), read.to_owned());
                }
            }
        }
    }
    let mut statuses = Statuses(BTreeMap::new());
    statuses.visit_stmt(statement);
    statuses.0
}

/// As a specification writes it.
fn status(pattern: &syn::Pat) -> String {
    let text = pattern.to_token_stream().to_string().replace("u16", "");
    match text.split_once("00 ..=") {
        Some((class, _)) => format!("{class}XX"),
        None => text,
    }
}

/// The method that a statement gives a closure to, and the body of the closure.
fn closure(statement: &syn::Stmt) -> Option<(&'static str, &syn::Expr)> {
    let expression = match statement {
        syn::Stmt::Local(local) => &local.init.as_ref()?.expr,
        syn::Stmt::Expr(expression, _) => expression,
        _ => return None,
    };
    let syn::Expr::MethodCall(call) = expression else {
        return None;
    };
    let method = ["request", "end"]
        .into_iter()
        .find(|name| call.method == name)?;
    call.args.iter().find_map(|argument| match argument {
        syn::Expr::Closure(closure) => Some((method, &*closure.body)),
        _ => None,
    })
}

/// Whether a statement only passes on the fields of the builder.
fn is_of_this_code(statement: &syn::Stmt) -> bool {
    let syn::Stmt::Local(local) = statement else {
        return false;
    };
    let is_self = |path: &syn::Path| path.is_ident("Self");
    let takes_apart = matches!(&local.pat, syn::Pat::Struct(pattern) if is_self(&pattern.path));
    takes_apart || {
        let names = code::names(&local.init.as_ref().map(|init| &init.expr));
        names.contains("Call") && names.contains("begin")
    }
}

/// What is done with an argument.
struct Calls<'a> {
    name: &'a str,
    argument: &'a mut Argument,
}

impl<'ast> Visit<'ast> for Calls<'_> {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let receiver = call.receiver.to_token_stream().to_string();
        let method = call.method.to_string();
        if receiver == self.name
            && let Some(is_required) = code::is_need(&method)
        {
            self.argument.is_required = is_required;
            for argument in call.args.iter().skip(1) {
                self.argument.rules.extend(rule::read(argument));
            }
        } else if receiver.starts_with("request") && method != "path" {
            let given = call.args.iter().filter(|argument| {
                let names = code::names(argument);
                !names.contains(self.name) && !names.contains("value")
            });
            let given: Vec<String> = given.map(code::shown).collect();
            let mut sent = format!("{method}({})", given.join(", "));
            // Upper and lower case make no difference in a header.
            if method.starts_with("header") {
                sent.make_ascii_lowercase();
            }
            self.argument.sent.insert(sent);
        }
        syn::visit::visit_expr_method_call(self, call);
    }
}

fn read_types(items: &[syn::Item], types: &mut BTreeMap<String, Type>) {
    for item in items {
        match item {
            syn::Item::Struct(item) => {
                let mut ty = Type {
                    names: code::names(&item.fields),
                    ..Type::default()
                };
                ty.rest.insert(String::new(), serde(&item.attrs));
                for (index, field) in item.fields.iter().enumerate() {
                    let ident = field.ident.as_ref();
                    let name = ident.map_or_else(|| index.to_string(), ToString::to_string);
                    let reading = serde(&field.attrs);
                    let is_rest = reading.contains("flatten");
                    ty.is_open |= is_rest;
                    let may_be_absent = is_rest || reading.contains("skip_serializing_if");
                    let field = Field {
                        ty: field.ty.clone(),
                        key: json_key(field).unwrap_or_default(),
                        is_required: ident.is_some() && !may_be_absent,
                        rules: Rules::new(),
                        is_rest,
                        is_left_out: false,
                        reading,
                    };
                    ty.fields.insert(name, field);
                }
                types.insert(item.ident.to_string(), ty);
            }
            syn::Item::Enum(item) => {
                let mut ty = Type::default();
                ty.rest.insert(String::new(), serde(&item.attrs));
                for variant in &item.variants {
                    ty.names.extend(code::names(&variant.fields));
                    let written = serde(&variant.attrs);
                    let name = variant.ident.to_string();
                    let value = code::texts(&variant_rename(variant)).pop();
                    let written = value.unwrap_or(if written.is_empty() {
                        name.clone()
                    } else {
                        written
                    });
                    ty.variants.insert(name, written);
                }
                types.insert(item.ident.to_string(), ty);
            }
            _ => {}
        }
    }
    for item in items {
        let syn::Item::Impl(item) = item else {
            continue;
        };
        let (Some((of, _)), syn::Type::Path(path)) = (&item.trait_, &*item.self_ty) else {
            continue;
        };
        let name = path.path.segments.last().map(|last| last.ident.to_string());
        let Some(ty) = name.and_then(|name| types.get_mut(&name)) else {
            continue;
        };
        let of = code::shown(of);
        match of.as_str() {
            "Check" => checks(item, ty),
            // Neither of them is sent.
            "Debug" | "fmt::Debug" | "JsonSchema" | "schemars::JsonSchema" => {}
            "From<&str>" if !ty.variants.is_empty() => {
                for (value, variant) in listed(item) {
                    ty.variants.insert(variant, value);
                }
            }
            _ => {
                ty.rest.insert(
                    of,
                    item.items
                        .iter()
                        .map(|one| one.to_token_stream().to_string())
                        .collect(),
                );
            }
        }
    }
}

/// The texts from which a type makes its variants, each with its variant.
fn listed(item: &syn::ItemImpl) -> Vec<(String, String)> {
    struct Arms(Vec<(String, String)>);
    impl<'ast> Visit<'ast> for Arms {
        fn visit_arm(&mut self, arm: &'ast syn::Arm) {
            if let syn::Pat::Lit(pattern) = &arm.pat
                && let syn::Lit::Str(text) = &pattern.lit
                && let syn::Expr::Path(variant) = &*arm.body
                && let Some(variant) = variant.path.segments.last()
            {
                self.0.push((text.value(), variant.ident.to_string()));
            }
        }
    }
    let mut arms = Arms(Vec::new());
    arms.visit_item_impl(item);
    arms.0
}

/// The attributes for serde.
fn serde(attrs: &[syn::Attribute]) -> String {
    let told = attrs.iter().filter(|one| one.path().is_ident("serde"));
    told.map(|one| one.meta.to_token_stream().to_string())
        .collect()
}

fn variant_rename(variant: &syn::Variant) -> Option<&syn::Attribute> {
    variant
        .attrs
        .iter()
        .find(|one| one.path().is_ident("serde"))
}

/// The rules of each field that are checked before it is sent, and the fields that are not sent.
fn checks(item: &syn::ItemImpl, ty: &mut Type) {
    struct Checks<'a>(&'a mut Type);
    impl<'ast> Visit<'ast> for Checks<'_> {
        fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
            if let syn::Expr::Field(field) = &*assign.left
                && let Some(field) = self
                    .0
                    .fields
                    .get_mut(&field.member.to_token_stream().to_string())
            {
                field.is_left_out = true;
            }
        }

        fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
            if call.method == "check"
                && let syn::Expr::Field(field) = &*call.receiver
                && let Some(field) = self
                    .0
                    .fields
                    .get_mut(&field.member.to_token_stream().to_string())
            {
                let rules = call.args.iter().map(rule::read);
                field.rules = rules.flatten().collect();
            }
            syn::visit::visit_expr_method_call(self, call);
        }
    }
    ty.is_checked = true;
    Checks(ty).visit_item_impl(item);
}

/// Marks the types that calls contain, in requests or in answers.
fn reach(exchange: &mut Exchange) {
    let mut waiting: Vec<String> = Vec::new();
    for call in exchange.calls.values() {
        waiting.extend(call.outcome.iter().flat_map(code::names));
        waiting.extend(
            call.arguments
                .values()
                .flat_map(|argument| code::names(&argument.ty)),
        );
    }
    while let Some(name) = waiting.pop() {
        if let Some(ty) = exchange.types.get_mut(&name)
            && !ty.is_reached
        {
            ty.is_reached = true;
            waiting.extend(ty.names.clone());
        }
    }
}

/// The URL of each preset, from the function that returns it.
fn servers(items: &[syn::Item]) -> BTreeMap<String, String> {
    struct Arms(BTreeMap<String, String>);
    impl<'ast> Visit<'ast> for Arms {
        // The names of the presets have match arms too.
        fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
            if function.sig.ident == "base_url" {
                syn::visit::visit_impl_item_fn(self, function);
            }
        }

        fn visit_arm(&mut self, arm: &'ast syn::Arm) {
            if let syn::Pat::Path(path) = &arm.pat
                && let Some(variant) = path.path.segments.last()
                && let Some(url) = code::texts(&arm.body).pop()
            {
                self.0.insert(variant.ident.to_string(), url);
            }
        }
    }
    let mut arms = Arms(BTreeMap::new());
    for item in items {
        arms.visit_item(item);
    }
    arms.0
}

impl Exchange {
    /// Whether values of two types, one of each side, have the same form in JSON.
    pub fn is_same_form(&self, one: &syn::Type, other: &Self, of_other: &syn::Type) -> bool {
        self.compare_forms(one, other, of_other, 0)
    }

    fn compare_forms(
        &self,
        one: &syn::Type,
        other: &Self,
        of_other: &syn::Type,
        depth: usize,
    ) -> bool {
        match (form(one), form(of_other)) {
            // Types of the runtime replace their schema, whatever it is. A type that contains itself must end
            // somewhere.
            (Form::OfTheRuntime, _) | (_, Form::OfTheRuntime) => true,
            _ if depth > 16 => true,
            (Form::Named(a), Form::Named(b)) if a == b => true,
            (Form::List(a), Form::List(b)) | (Form::Map(a), Form::Map(b)) => {
                self.compare_forms(&a, other, &b, depth + 1)
            }
            (Form::Tuple(a), Form::Tuple(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(&b)
                        .all(|(a, b)| self.compare_forms(a, other, b, depth + 1))
            }
            (Form::Named(a), Form::Named(b)) => match (self.types.get(&a), other.types.get(&b)) {
                (Some(a), Some(b)) => {
                    a.variants == b.variants
                        && a.fields.len() == b.fields.len()
                        && a.fields.values().all(|field| {
                            let same = b.fields.values().find(|other| other.key == field.key);
                            same.is_some_and(|same| {
                                self.compare_forms(&field.ty, other, &same.ty, depth + 1)
                            })
                        })
                }
                (None, None) => a == b,
                _ => false,
            },
            (Form::Plain(a), Form::Plain(b)) => a == b,
            (Form::Named(name), Form::Plain(plain)) => self.is_plain(&name, plain),
            (Form::Plain(plain), Form::Named(name)) => other.is_plain(&name, plain),
            _ => false,
        }
    }

    /// Whether a type of the API is written as a plain value: a listed text, or another name for one.
    fn is_plain(&self, name: &str, plain: &str) -> bool {
        self.types
            .get(name)
            .is_some_and(|ty| match ty.fields.get("0") {
                Some(inner) => matches!(form(&inner.ty), Form::Plain(of) if of == plain),
                None => ty.fields.is_empty() && plain == "text",
            })
    }
}

enum Form {
    OfTheRuntime,
    Plain(&'static str),
    Named(String),
    List(syn::Type),
    Map(syn::Type),
    Tuple(Vec<syn::Type>),
}

fn form(ty: &syn::Type) -> Form {
    if let syn::Type::Tuple(tuple) = ty {
        return Form::Tuple(tuple.elems.iter().cloned().collect());
    }
    if let syn::Type::Reference(reference) = ty {
        return form(&reference.elem);
    }
    let syn::Type::Path(path) = ty else {
        return Form::Named(code::shown(ty));
    };
    let segments = &path.path.segments;
    let Some(last) = segments.last().map(|last| last.ident.to_string()) else {
        return Form::OfTheRuntime;
    };
    let is_of_api = path.path.leading_colon.is_none() && segments[0].ident != "crate";
    let mut arguments = type_arguments(ty);
    match (last.as_str(), arguments.pop()) {
        ("Option" | "Box" | "ResponseValue" | "Error" | "Argument", Some(inner))
            if arguments.is_empty() =>
        {
            form(&inner)
        }
        ("Result", Some(error)) => Form::Tuple(arguments.into_iter().chain([error]).collect()),
        ("Vec" | "BTreeSet", Some(inner)) => Form::List(inner),
        ("BTreeMap" | "HashMap" | "Map", Some(inner)) => Form::Map(inner),
        ("String" | "str", None) => Form::Plain("text"),
        ("bool", None) => Form::Plain("boolean"),
        ("Number", None) if !is_of_api => Form::Plain("number"),
        ("Bytes", None) => Form::Plain("bytes"),
        (integer, None) if is_integer(integer) => Form::Plain("integer"),
        (name, _) if is_of_api => Form::Named(name.to_owned()),
        _ => Form::OfTheRuntime,
    }
}

fn is_integer(name: &str) -> bool {
    let bits = name
        .trim_start_matches("NonZero")
        .trim_start_matches(['i', 'u', 'I', 'U']);
    name.len() > bits.len() && (bits == "size" || bits.parse::<u8>().is_ok())
}
