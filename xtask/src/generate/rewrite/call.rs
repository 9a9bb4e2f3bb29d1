//! Rule: each `send` runs within a call of the runtime, which knows operation and request id from its
//! first line on; headers go through the runtime, which names them when they are refused; and the header
//! with the version that the generator sends unasked is left out.

use quote::ToTokens as _;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};

use super::{RequestIdHeaders, RewriteError, items};
use crate::generate::tables::operation_ident;

pub fn apply(
    builder: &mut syn::ItemMod,
    request_id_headers: &RequestIdHeaders,
) -> Result<(), RewriteError> {
    let mut calls = 0;
    for item in items(builder) {
        let syn::Item::Impl(item) = item else {
            continue;
        };
        for member in &mut item.items {
            if let syn::ImplItem::Fn(function) = member
                && function.sig.ident == "send"
            {
                wrap(&mut function.block, request_id_headers)?;
                calls += 1;
            }
        }
    }
    if calls == 0 {
        return Err(missing("function `send`"));
    }
    Ok(())
}

fn wrap(block: &mut syn::Block, request_id_headers: &RequestIdHeaders) -> Result<(), RewriteError> {
    let operation_id = operation_id(block)?;
    let mut statements = std::mem::take(&mut block.stmts).into_iter();
    let destructuring = statements
        .next()
        .ok_or_else(|| missing("statement in `send`"))?;
    let client = first_field(&destructuring).ok_or_else(|| missing("client in the builder"))?;

    let mut rest: Vec<syn::Stmt> = statements.collect();
    let before = rest.len();
    rest.retain(|statement| !appends_unasked_version(statement));
    if rest.len() == before {
        return Err(missing("version header that is sent unasked"));
    }
    let mut headers = Headers::default();
    for statement in &mut rest {
        headers.visit_stmt_mut(statement);
    }

    let request_id: syn::Expr = match request_id_headers.get(&operation_id) {
        Some(header) => {
            let variable = headers
                .variables
                .into_iter()
                .find_map(|(name, variable)| (name == *header).then_some(variable))
                .ok_or_else(|| missing(&format!("header `{header}` in `{operation_id}`")))?;
            syn::parse_quote! {
                #variable.as_ref().ok().and_then(Option::as_ref).map(|value| value.to_string())
            }
        }
        None => syn::parse_quote!(None),
    };
    let operation = operation_ident(&operation_id);
    block.stmts = vec![
        destructuring,
        syn::parse_quote! {
            let #client = &crate::runtime::contract::Call::begin(
                #client,
                &super::operations::#operation,
                #request_id,
            );
        },
        syn::Stmt::Expr(
            syn::parse_quote!(#client.run(Box::pin(async move { #(#rest)* })).await),
            None,
        ),
    ];
    Ok(())
}

/// The operation's id, from the literal that the generator hands to its hooks.
pub fn operation_id(block: &syn::Block) -> Result<String, RewriteError> {
    #[derive(Default)]
    struct Finder(Option<String>);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_expr_struct(&mut self, expression: &'ast syn::ExprStruct) {
            if expression.path.is_ident("OperationInfo") {
                self.0 = expression
                    .fields
                    .iter()
                    .filter(|field| {
                        matches!(&field.member, syn::Member::Named(name) if name == "operation_id")
                    })
                    .find_map(|field| string(&field.expr));
            }
            visit::visit_expr_struct(self, expression);
        }
    }
    let mut finder = Finder::default();
    finder.visit_block(block);
    finder.0.ok_or_else(|| missing("operation id"))
}

/// The name that `let Self { client, .. } = self;` begins with.
fn first_field(statement: &syn::Stmt) -> Option<syn::Ident> {
    let syn::Stmt::Local(local) = statement else {
        return None;
    };
    let syn::Pat::Struct(pattern) = &local.pat else {
        return None;
    };
    match &pattern.fields.first()?.member {
        syn::Member::Named(name) => Some(name.clone()),
        syn::Member::Unnamed(_) => None,
    }
}

fn appends_unasked_version(statement: &syn::Stmt) -> bool {
    let syn::Stmt::Expr(syn::Expr::MethodCall(call), _) = statement else {
        return false;
    };
    call.method == "append"
        && call
            .to_token_stream()
            .to_string()
            .contains("api_version ()")
}

/// Sends each header value through the runtime and notes which variable it came from.
#[derive(Default)]
struct Headers {
    variables: Vec<(String, syn::Ident)>,
    /// The variable of the `if let Some(value) = variable` that is being visited.
    optional: Option<syn::Ident>,
}

impl VisitMut for Headers {
    fn visit_expr_if_mut(&mut self, expression: &mut syn::ExprIf) {
        if let syn::Expr::Let(condition) = &*expression.cond
            && let syn::Expr::Path(path) = &*condition.expr
        {
            self.optional = path.path.get_ident().cloned();
        }
        visit_mut::visit_expr_if_mut(self, expression);
        self.optional = None;
    }

    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        visit_mut::visit_expr_method_call_mut(self, call);
        if call.method != "append" || call.args.len() != 2 {
            return;
        }
        let Some(name) = string(&call.args[0]) else {
            return;
        };
        // value.to_string().try_into()?
        let syn::Expr::Try(conversion) = &call.args[1] else {
            return;
        };
        let syn::Expr::MethodCall(conversion) = &*conversion.expr else {
            return;
        };
        let text = &conversion.receiver;
        if let syn::Expr::MethodCall(to_string) = &**text
            && let syn::Expr::Path(path) = &*to_string.receiver
            && let Some(variable) = self
                .optional
                .clone()
                .or_else(|| path.path.get_ident().cloned())
        {
            self.variables.push((name.clone(), variable));
        }
        call.args[1] = syn::parse_quote!(crate::runtime::contract::header_value(#name, #text)?);
    }
}

fn string(expression: &syn::Expr) -> Option<String> {
    match expression {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

fn missing(what: &str) -> RewriteError {
    RewriteError {
        rule: "call",
        missing: what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn generated() -> syn::ItemMod {
        parse_quote! {
            mod builder {
                impl<'a> Ping<'a> {
                    pub async fn send(self) -> Result<ResponseValue<()>, Error<()>> {
                        let Self { client, trace_id } = self;
                        let trace_id = trace_id.map_err(Error::InvalidRequest)?;
                        header_map.append(
                            HeaderName::from_static("api-version"),
                            HeaderValue::from_static(super::Client::api_version()),
                        );
                        header_map.append("Host-Key", key.to_string().try_into()?);
                        if let Some(value) = trace_id {
                            header_map.append("Trace-ID", value.to_string().try_into()?);
                        }
                        let info = OperationInfo { operation_id: "ping" };
                        client.exec(request, &info).await
                    }
                }
            }
        }
    }

    fn rewritten(request_id_headers: &RequestIdHeaders) -> String {
        let mut module = generated();
        apply(&mut module, request_id_headers).unwrap();
        module.to_token_stream().to_string()
    }

    /// What becomes of the code above, the request id being `request_id`.
    fn expected(request_id: syn::Expr) -> String {
        let module: syn::ItemMod = parse_quote! {
            mod builder {
                impl<'a> Ping<'a> {
                    pub async fn send(self) -> Result<ResponseValue<()>, Error<()>> {
                        let Self { client, trace_id } = self;
                        let client = &crate::runtime::contract::Call::begin(
                            client,
                            &super::operations::PING,
                            #request_id,
                        );
                        client.run(Box::pin(async move {
                            let trace_id = trace_id.map_err(Error::InvalidRequest)?;
                            header_map.append(
                                "Host-Key",
                                crate::runtime::contract::header_value("Host-Key", key.to_string())?
                            );
                            if let Some(value) = trace_id {
                                header_map.append(
                                    "Trace-ID",
                                    crate::runtime::contract::header_value("Trace-ID", value.to_string())?
                                );
                            }
                            let info = OperationInfo { operation_id: "ping" };
                            client.exec(request, &info).await
                        })).await
                    }
                }
            }
        };
        module.to_token_stream().to_string()
    }

    #[test]
    fn the_body_runs_within_a_call_and_sends_no_header_unasked_or_unnamed() {
        assert_eq!(
            rewritten(&RequestIdHeaders::new()),
            expected(parse_quote!(None))
        );
    }

    #[test]
    fn the_call_knows_the_request_id_before_any_parameter_is_looked_at() {
        let headers = RequestIdHeaders::from([("ping".to_owned(), "Trace-ID".to_owned())]);
        let given = parse_quote! {
            trace_id.as_ref().ok().and_then(Option::as_ref).map(|value| value.to_string())
        };
        assert_eq!(rewritten(&headers), expected(given));
    }

    #[test]
    fn what_the_rule_relies_on_must_be_there() {
        let cases: [(&str, &str); 4] = [
            ("async fn send", "async fn dispatch"),
            ("operation_id :", "operation :"),
            ("api_version ()", "version ()"),
            ("let Self { client , trace_id } = self", "let this = self"),
        ];
        for (from, to) in cases {
            let text = generated().to_token_stream().to_string();
            assert!(text.contains(from), "no `{from}` in {text}");
            let mut module: syn::ItemMod = syn::parse_str(&text.replace(from, to)).unwrap();
            let error = apply(&mut module, &RequestIdHeaders::new()).unwrap_err();
            assert_eq!(error.rule, "call", "without `{from}`");
        }
        let headers = RequestIdHeaders::from([("ping".to_owned(), "Other-ID".to_owned())]);
        let error = apply(&mut generated(), &headers).unwrap_err();
        assert_eq!(error.missing, "header `Other-ID` in `ping`");
    }
}
