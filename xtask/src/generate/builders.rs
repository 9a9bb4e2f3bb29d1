//! The builders, one for each operation, and the methods of the client that begin them. The generator decides on
//! names and types; what a call does is the runtime's business, so the code is written here and not adapted.

use std::collections::BTreeMap;

use heck::ToShoutySnakeCase as _;
use openapi::document::Document;
use openapi::document::Part;
use openapi::extension::DefaultFrom;
use openapi::operation::Operation;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::generate::rewrite::RewriteError;
use crate::generate::rust_name::{type_name, value_name};
use crate::generate::signature::{Argument, Signature, is_text, last_segment};
use openapi::body::{Body, Encoding};

/// The runtime's word for the identifier of a request, among what it generates.
const REQUEST_ID: &str = "request-id";

/// One operation: what the specification says of it, and what the generator made of that.
pub struct Call<'a> {
    document: &'a Document,
    pub id: &'a str,
    pub operation: &'a Operation<'a>,
    pub signature: &'a Signature,
    pub body: Option<Body<'a>>,
    parameters: Vec<Parameter<'a>>,
}

struct Parameter<'a> {
    part: Part<'a>,
    schema: &'a Value,
    argument: &'a Argument,
}

/// All operations, each with its signature.
pub fn calls<'a>(
    document: &'a Document,
    operations: &'a [Operation<'a>],
    signatures: &'a [Signature],
) -> Result<Vec<Call<'a>>, RewriteError> {
    let by_builder: BTreeMap<String, &Signature> = signatures
        .iter()
        .map(|signature| (signature.builder.to_string(), signature))
        .collect();
    let mut calls = Vec::new();
    for operation in operations {
        let Some(id) = operation.id() else { continue };
        let signature = by_builder
            .get(&type_name(id))
            .ok_or_else(|| missing(format!("builder of `{id}`")))?;
        let mut parameters = Vec::new();
        for part in operation.parameters() {
            let name = part.value["name"].as_str().unwrap_or_default();
            let argument = signature
                .arguments
                .iter()
                .find(|argument| argument.name == value_name(name).as_str())
                .ok_or_else(|| missing(format!("parameter `{name}` of `{id}`")))?;
            let schema = &part.value["schema"];
            parameters.push(Parameter {
                schema: document.resolve(schema).unwrap_or(schema),
                argument,
                part,
            });
        }
        // In the order in which the generator has them.
        let place = |name: &syn::Ident| {
            let mut arguments = signature.arguments.iter();
            arguments.position(|argument| argument.name == *name)
        };
        parameters.sort_by_key(|parameter| place(&parameter.argument.name));
        calls.push(Call {
            document,
            id,
            operation,
            signature,
            body: Body::of(operation),
            parameters,
        });
    }
    Ok(calls)
}

/// The methods of the client.
pub fn client(calls: &[Call<'_>]) -> TokenStream {
    let methods = calls.iter().map(|call| {
        let Signature {
            method, builder, ..
        } = call.signature;
        let doc = call.text();
        quote! {
            #[doc = #doc]
            pub fn #method(&self) -> builder::#builder {
                builder::#builder::new(self.clone())
            }
        }
    });
    quote! {
        use crate::runtime::Client;

        impl Client { #(#methods)* }
    }
}

/// The module of the builders.
pub fn builders(calls: &[Call<'_>]) -> syn::File {
    let builders = calls.iter().map(Call::builder);
    syn::parse_quote! {
        //! The calls, one builder for each operation.

        #[allow(unused_imports, reason = "which of them are needed depends on the specification")]
        use super::{operations, types};
        use crate::runtime::Client;
        #[allow(unused_imports, reason = "which of them are needed depends on the specification")]
        use crate::runtime::contract::{self, Argument, Call, Error, ResponseValue};

        #(#builders)*
    }
}

/// What the conformance tests need: for each operation a way to call it, and the type that each of its bodies is
/// decoded into.
pub fn table(calls: &[Call<'_>]) -> syn::File {
    let operations = calls.iter().map(Call::entry);
    syn::parse_quote! {
        //! Every operation with its documented statuses and the types they are decoded into.

        #[allow(unused_imports, reason = "which of them are needed depends on the specification")]
        use super::types;
        #[allow(unused_imports, reason = "which of them are needed depends on the specification")]
        use crate::runtime::conformance::{self, Body, Operation, Parameter, Response};

        /// All operations of the specification.
        pub static OPERATIONS: &[Operation] = &[#(#operations),*];
    }
}

impl<'a> Call<'a> {
    fn builder(&self) -> TokenStream {
        let Signature {
            builder,
            success,
            error,
            ..
        } = self.signature;
        let table = operation_ident(self.id);
        let names: Vec<&syn::Ident> = self.names().collect();
        let [client, call, request] = ["client", "call", "request"].map(|name| self.local(name));
        let fields = self.parameters.iter().map(|parameter| {
            let Argument { name, ty, .. } = parameter.argument;
            quote!(#name: Argument<#ty>)
        });
        let body_field = self.body.as_ref().map(|body| {
            let ty = self.body_field(body);
            quote!(body: Argument<#ty>)
        });
        let fields = fields.chain(body_field);
        let setters = self.parameters.iter().map(Parameter::setter);
        let body_setters = self.body.as_ref().map(|body| self.body_setters(body));
        let statements = self.statements();
        let request_id = self.request_id();
        let arms = self.arms();
        let title = format!("A call of {}.", self.link());
        let new = format!("Begins the call, as {} does.", self.link());
        let send = self.send_text();
        quote! {
            #[doc = #title]
            #[derive(Clone, Debug)]
            #[must_use = "a call is made when it is sent"]
            pub struct #builder {
                #client: Client,
                #(#fields,)*
            }

            impl #builder {
                #[doc = #new]
                pub fn new(#client: Client) -> Self {
                    Self {
                        #client,
                        #(#names: Argument::default(),)*
                    }
                }

                #(#setters)*

                #body_setters

                #[doc = #send]
                pub async fn send(self) -> Result<ResponseValue<#success>, Error<#error>> {
                    let Self { #client, #(#names,)* } = self;
                    let #call = Call::begin(&#client, &operations::#table, #request_id);
                    let answer = async {
                        #[allow(unused_mut, reason = "not every call has arguments")]
                        let mut #request = #call.request();
                        #(#statements)*
                        let response = #call.send(#request).await?;
                        match response.status().as_u16() {
                            #(#arms)*
                            _ => Err(Error::UnexpectedResponse(response)),
                        }
                    };
                    #call.run(Box::pin(answer)).await
                }
            }
        }
    }

    /// A variable of the generated code, which is not one of the arguments.
    fn local(&self, name: &str) -> syn::Ident {
        let mut name = name.to_owned();
        while self.names().any(|argument| *argument == name) {
            name.push('_');
        }
        format_ident!("{name}")
    }

    fn names(&self) -> impl Iterator<Item = &syn::Ident> {
        let body = self.body_argument().map(|argument| &argument.name);
        let parameters = self.parameters.iter();
        parameters
            .map(|parameter| &parameter.argument.name)
            .chain(body)
    }

    fn body_argument(&self) -> Option<&'a Argument> {
        let mut arguments = self.signature.arguments.iter();
        arguments.find(|argument| self.body.is_some() && argument.name == "body")
    }

    /// The type of the body, if it is a value and not just bytes.
    pub fn body_type(&self) -> Option<&'a syn::Type> {
        match self.body.as_ref()?.encoding {
            Encoding::Json | Encoding::Form => Some(&self.body_argument()?.ty),
            Encoding::Text | Encoding::Bytes => None,
        }
    }

    /// The type of the field that keeps the body.
    fn body_field(&self, body: &Body<'_>) -> TokenStream {
        match (body.encoding, self.body_argument()) {
            (Encoding::Json | Encoding::Form, Some(argument)) => match argument.builder() {
                Some(builder) => quote!(#builder),
                None => {
                    let ty = &argument.ty;
                    quote!(#ty)
                }
            },
            _ => quote!(::bytes::Bytes),
        }
    }

    fn body_setters(&self, body: &Body<'_>) -> TokenStream {
        let said = body.part.value["description"].as_str().unwrap_or_default();
        let without = if body.required {
            "Without it the call fails"
        } else {
            "Unless it is set, no body is sent"
        };
        let text = |what: &str| {
            format!(
                "{}\n\n{what}, sent as `{}`. {without}.\nA body that is not what the API takes fails the call as an \
                 [invalid request](crate::ErrorKind::InvalidRequest), before anything is sent.",
                said.trim(),
                body.media_type
            )
        };
        let (Encoding::Json | Encoding::Form, Some(argument)) =
            (body.encoding, self.body_argument())
        else {
            let doc = text("The body");
            return quote! {
                #[doc = #doc]
                pub fn body(mut self, value: impl Into<::bytes::Bytes>) -> Self {
                    self.body = Argument::of(value.into());
                    self
                }
            };
        };
        let doc = text("The body as a whole");
        let ty = &argument.ty;
        let Some(builder) = argument.builder() else {
            return quote! {
                #[doc = #doc]
                pub fn body<V>(mut self, value: V) -> Self
                where
                    V: TryInto<#ty>,
                {
                    self.body = Argument::converted(value, "body is not a value that the API takes");
                    self
                }
            };
        };
        let map = text(
            "The body field by field: what was given before is changed, and otherwise an empty one",
        );
        quote! {
            #[doc = #doc]
            pub fn body<V>(mut self, value: V) -> Self
            where
                V: Into<#builder>,
            {
                self.body = Argument::of(value.into());
                self
            }

            #[doc = #map]
            pub fn body_map<F>(mut self, change: F) -> Self
            where
                F: FnOnce(#builder) -> #builder,
            {
                self.body = self.body.map(change);
                self
            }
        }
    }

    /// What puts the request together, one argument after the other.
    fn statements(&self) -> Vec<TokenStream> {
        let request = self.local("request");
        let mut statements = Vec::new();
        let mut path = self.operation.path.to_owned();
        let mut segments = Vec::new();
        for parameter in &self.parameters {
            let Argument { name, .. } = parameter.argument;
            let wire = parameter.part.value["name"].as_str().unwrap_or_default();
            let rules = rule_list(self.document, parameter.schema);
            let given = if parameter.is_required() {
                quote!(required)
            } else {
                quote!(optional)
            };
            statements.push(quote!(let #name = #name.#given(#wire, #rules)?;));
            statements.push(match parameter.position() {
                "path" => {
                    path = path.replace(&format!("{{{wire}}}"), "{}");
                    segments.push(quote!(contract::encode_path(&#name.to_string())));
                    continue;
                }
                "query" => quote!(#request.query(#wire, &#name)?;),
                _ if parameter.is_required() => quote!(#request.header(#wire, #name.to_string())?;),
                _ => quote! {
                    if let Some(value) = #name {
                        #request.header(#wire, value.to_string())?;
                    }
                },
            });
        }
        if !segments.is_empty() {
            // The segments stand in the order of the signature, which is the one of the path.
            statements.push(quote!(#request.path(format!(#path, #(#segments),*));));
        }
        if let Some(body) = &self.body {
            let write = match body.encoding {
                Encoding::Json => quote!(json),
                Encoding::Form => quote!(form),
                Encoding::Text | Encoding::Bytes => quote!(bytes),
            };
            let built = match (body.encoding, self.body_argument()) {
                (Encoding::Json | Encoding::Form, Some(argument)) => argument.is_built,
                _ => false,
            };
            let rules = rule_list(
                self.document,
                self.document.resolve(body.schema()).unwrap_or(&Value::Null),
            );
            let ty = self.body_type();
            let given = match (body.required, built) {
                (true, true) => quote!(let body = body.required_built::<#ty>("body")?;),
                (false, true) => quote!(let body = body.optional_built::<#ty>("body")?;),
                (true, false) => quote!(let body = body.required("body", #rules)?;),
                (false, false) => quote!(let body = body.optional("body", #rules)?;),
            };
            statements.push(given);
            statements.push(if body.required {
                quote!(#request.#write(&body)?;)
            } else {
                quote! {
                    if let Some(body) = &body {
                        #request.#write(body)?;
                    }
                }
            });
        }
        statements
    }

    /// The identifier that the call was given, as text.
    fn request_id(&self) -> TokenStream {
        let given = self.parameters.iter().find(|parameter| {
            DefaultFrom::of(parameter.part.value) == Ok(Some(DefaultFrom::Generated(REQUEST_ID)))
        });
        match given.map(|parameter| &parameter.argument.name) {
            Some(name) => quote!(#name.given().map(|value| value.to_string())),
            None => quote!(None),
        }
    }

    /// What is made of each documented status.
    fn arms(&self) -> Vec<TokenStream> {
        let responses = self.operation.responses();
        let arms = responses.iter().filter_map(|(status, response)| {
            let status: u16 = status.parse().ok()?;
            let read = if response.value["content"]
                .as_object()
                .is_some_and(|content| !content.is_empty())
            {
                quote!(ResponseValue::from_response(response)?)
            } else {
                quote!(ResponseValue::empty(response))
            };
            Some(if status < 400 {
                quote!(#status => Ok(#read),)
            } else {
                quote!(#status => Err(Error::ErrorResponse(#read)),)
            })
        });
        arms.collect()
    }

    /// A link to the method of the client.
    fn link(&self) -> String {
        let method = &self.signature.method;
        format!("[`Client::{method}`](crate::Client::{method})")
    }

    fn request_line(&self) -> String {
        let method = self.operation.method.to_uppercase();
        format!("`{method} {}`", self.operation.path)
    }

    fn text(&self) -> String {
        let own = |key| self.operation.value[key].as_str().map(str::trim);
        let parts = [own("summary"), own("description")].into_iter().flatten();
        let said: String = parts.map(|part| format!("{part}\n\n")).collect();
        let builder = &self.signature.builder;
        format!(
            "{said}{} goes out when the builder is [sent](builder::{builder}::send).",
            self.request_line()
        )
    }

    fn send_text(&self) -> String {
        let mut text = format!(
            "Sends {} and waits for the answer.\n\n# Errors\n\n\
             What went wrong is its [kind](crate::ErrorKind). ",
            self.request_line()
        );
        let errors: Vec<String> = self
            .operation
            .responses()
            .iter()
            .filter(|(status, _)| status.starts_with(['4', '5']))
            .map(|(status, response)| {
                let said = response.value["description"].as_str().unwrap_or_default();
                format!("\n- {status}: {}", said.trim().replace('\n', "\n  "))
            })
            .collect();
        if errors.is_empty() {
            text.push_str("No error of the server is documented.");
        } else {
            text.push_str("These errors of the server are documented:\n");
            text.push_str(&errors.concat());
        }
        text
    }

    /// The entry of the table for the conformance tests.
    fn entry(&self) -> TokenStream {
        let Signature {
            method,
            success,
            error,
            ..
        } = self.signature;
        let id = self.id;
        let responses = self.operation.responses();
        let responses = responses.iter().filter_map(|(status, _)| {
            let status: u16 = status.parse().ok()?;
            let ty = if status < 400 { success } else { error };
            Some(quote! {
                Response {
                    status: #status,
                    decode: conformance::decode::<#ty>,
                    #[cfg(feature = "schemars")]
                    schema: conformance::schema::<#ty>,
                }
            })
        });
        let given = self.parameters.iter().map(|parameter| {
            let Argument { name, ty, .. } = parameter.argument;
            let key = name.to_string();
            quote! {
                if let Some(value) = arguments.parse::<#ty>(#key)? {
                    request = request.#name(value);
                }
            }
        });
        let parameters = self.parameters.iter().map(|parameter| {
            let Argument { name, ty, .. } = parameter.argument;
            let (name, required) = (name.to_string(), parameter.is_required());
            quote! {
                Parameter {
                    name: #name,
                    required: #required,
                    #[cfg(feature = "schemars")]
                    schema: conformance::schema::<#ty>,
                }
            }
        });
        let (body, given_body) = match (&self.body, self.body_argument()) {
            (Some(body), argument) => {
                let (media_type, required) = (body.media_type, body.required);
                match (body.encoding, argument) {
                    (Encoding::Json | Encoding::Form, Some(Argument { ty, .. })) => (
                        quote! {
                            Some(Body {
                                media_type: #media_type,
                                required: #required,
                                decode: Some(conformance::decode_sent::<#ty>),
                                #[cfg(feature = "schemars")]
                                schema: Some(conformance::schema::<#ty>),
                            })
                        },
                        quote! {
                            if let Some(value) = arguments.body::<#ty>()? {
                                request = request.body(value);
                            }
                        },
                    ),
                    _ => (
                        quote! {
                            Some(Body {
                                media_type: #media_type,
                                required: #required,
                                decode: None,
                                #[cfg(feature = "schemars")]
                                schema: None,
                            })
                        },
                        quote! {
                            if let Some(value) = arguments.raw_body() {
                                request = request.body(value);
                            }
                        },
                    ),
                }
            }
            (None, _) => (quote!(None), quote!()),
        };
        quote! {
            Operation {
                id: #id,
                parameters: &[#(#parameters),*],
                body: #body,
                responses: &[#(#responses),*],
                call: |client, arguments| {
                    Box::pin(async move {
                        #[allow(unused_mut)]
                        let mut request = client.#method();
                        #(#given)*
                        #given_body
                        Ok(conformance::outcome(request.send().await))
                    })
                },
            }
        }
    }
}

impl Parameter<'_> {
    fn position(&self) -> &str {
        self.part.value["in"].as_str().unwrap_or_default()
    }

    /// Whether a call that is not given one fails; a value that the client fills in is not asked for.
    fn is_required(&self) -> bool {
        self.part.value["required"] == true && DefaultFrom::of(self.part.value) == Ok(None)
    }

    fn setter(&self) -> TokenStream {
        let Argument { name, ty, .. } = self.argument;
        let doc = self.text();
        let wire = self.part.value["name"].as_str().unwrap_or_default();
        if is_text(ty) {
            return quote! {
                #[doc = #doc]
                pub fn #name(mut self, value: impl Into<crate::Text>) -> Self {
                    self.#name = Argument::of(value.into().into());
                    self
                }
            };
        }
        let problem = match limits(self.schema).as_str() {
            "" => format!("{wire} is not a value that the API takes"),
            limits => format!("{wire} must be {limits}"),
        };
        quote! {
            #[doc = #doc]
            pub fn #name<V>(mut self, value: V) -> Self
            where
                V: TryInto<#ty>,
            {
                self.#name = Argument::converted(value, #problem);
                self
            }
        }
    }

    /// What the parameter means, which values it takes, and what is sent without it.
    fn text(&self) -> String {
        let value = self.part.value;
        let position = match self.position() {
            "path" => "Path parameter",
            "query" => "Query parameter",
            _ => "Header",
        };
        let name = value["name"].as_str().unwrap_or_default();
        let said = value["description"].as_str().unwrap_or_default().trim();
        let without = match DefaultFrom::of(value) {
            Ok(Some(DefaultFrom::Setting(setting))) => {
                format!("the client's setting `{}` is sent", value_name(setting))
            }
            Ok(Some(DefaultFrom::Generated(_))) => "a fresh one is sent with each call".to_owned(),
            Ok(Some(DefaultFrom::Constant(text))) => format!("`{text}` is sent"),
            _ if value["required"] == true => "the call fails".to_owned(),
            _ => "nothing is sent".to_owned(),
        };
        let limits = match limits(self.schema).as_str() {
            "" => String::new(),
            limits => format!(", {limits}"),
        };
        format!(
            "{said}\n\n{position} `{name}`{limits}.\nUnless it is set, {without}.\nA value that can't be one fails the \
             call as an [invalid request](crate::ErrorKind::InvalidRequest), before anything is sent."
        )
    }
}

/// What a schema asks of a value, in words.
pub fn limits(schema: &Value) -> String {
    let mut limits = Vec::new();
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values
            .iter()
            .map(|value| match value.as_str() {
                Some(text) => format!("`{text}`"),
                None => format!("`{value}`"),
            })
            .collect();
        limits.push(format!("one of {}", values.join(", ")));
    }
    for (key, words) in [("minimum", "at least"), ("maximum", "at most")] {
        if let Some(limit) = schema.get(key) {
            limits.push(format!("{words} {limit}"));
        }
    }
    // Listed values say by themselves how long they are.
    if limits.is_empty() {
        match schema["minLength"].as_u64() {
            None | Some(0) => {}
            Some(1) => limits.push("not empty".to_owned()),
            Some(length) => limits.push(format!("at least {length} characters")),
        }
        if let Some(length) = schema["maxLength"].as_u64() {
            limits.push(format!("at most {length} characters"));
        }
    }
    limits.join(", ")
}

/// The rules of a schema that are checked before a value of it is sent.
pub fn rules(document: &Document, schema: &Value) -> TokenStream {
    let mut rules = Vec::new();
    for (key, rule) in [
        ("minLength", "MinLength"),
        ("maxLength", "MaxLength"),
        ("minItems", "MinItems"),
        ("maxItems", "MaxItems"),
        ("minProperties", "MinItems"),
        ("maxProperties", "MaxItems"),
    ] {
        if let Some(limit) = schema[key].as_u64() {
            let (rule, limit) = (format_ident!("{rule}"), limit as usize);
            rules.push(quote!(contract::Rule::#rule(#limit)));
        }
    }
    for (key, exclusive, rule) in [
        ("minimum", "exclusiveMinimum", "Minimum"),
        ("maximum", "exclusiveMaximum", "Maximum"),
    ] {
        if let Some(limit) = schema[key].as_f64() {
            let rule = format_ident!("{rule}");
            let exclusive = schema[exclusive] == true;
            rules.push(quote!(contract::Rule::#rule { limit: #limit, exclusive: #exclusive }));
        }
    }
    match schema["format"].as_str() {
        Some("uuid") => rules.push(quote!(contract::Rule::Uuid)),
        Some("email") => rules.push(quote!(contract::Rule::Email)),
        _ => {}
    }
    for key in ["items", "additionalProperties"] {
        if let Some(part) = schema.get(key).and_then(|part| document.resolve(part)) {
            let of_each = self::rules(document, part);
            if !of_each.is_empty() {
                rules.push(quote!(contract::Rule::Each(#of_each)));
            }
        }
    }
    if rules.is_empty() {
        TokenStream::new()
    } else {
        quote!(&[#(#rules),*])
    }
}

/// The rules as an expression.
pub fn rule_list(document: &Document, schema: &Value) -> TokenStream {
    let rules = rules(document, schema);
    if rules.is_empty() { quote!(&[]) } else { rules }
}

/// Name of an operation's entry in the table of operations.
pub fn operation_ident(operation_id: &str) -> syn::Ident {
    format_ident!("{}", operation_id.to_shouty_snake_case())
}

impl Argument {
    /// The builder that a body is given as, if its type has one.
    fn builder(&self) -> Option<TokenStream> {
        let name = &last_segment(&self.ty)?.ident;
        self.is_built.then(|| quote!(types::builder::#name))
    }
}

fn missing(what: String) -> RewriteError {
    RewriteError {
        rule: "builders",
        missing: what,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn a_setter_says_which_values_it_takes_and_what_is_sent_without_it() {
        let argument = Argument {
            name: parse_quote!(a),
            ty: parse_quote!(i64),
            is_built: false,
        };
        let cases = [
            (
                json!({"in": "query", "name": "page", "schema": {"minimum": 1, "maximum": 9}}),
                "Query parameter `page`, at least 1, at most 9.\nUnless it is set, nothing is sent.",
            ),
            (
                json!({"in": "path", "name": "id", "required": true, "schema": {"minLength": 1}}),
                "Path parameter `id`, not empty.\nUnless it is set, the call fails.",
            ),
            (
                json!({"in": "header", "name": "On", "required": true, "schema": {"enum": ["a", "b"], "minLength": 1},
                       "x-par-default-from": {"constant": "a"}}),
                "Header `On`, one of `a`, `b`.\nUnless it is set, `a` is sent.",
            ),
            (
                json!({"in": "header", "name": "Key", "schema": {"minLength": 2, "maxLength": 3},
                       "x-par-default-from": {"setting": "api-key"}}),
                "Header `Key`, at least 2 characters, at most 3 characters.\nUnless it is set, the client's \
                 setting `api_key` is sent.",
            ),
            (
                json!({"in": "header", "name": "Id", "schema": {}, "description": " What.\n",
                       "x-par-default-from": {"generated": "id"}}),
                "What.\n\nHeader `Id`.\nUnless it is set, a fresh one is sent with each call.",
            ),
        ];
        for (parameter, expected) in &cases {
            let parameter = Parameter {
                part: Part::at(Default::default(), parameter),
                schema: &parameter["schema"],
                argument: &argument,
            };
            let text = parameter.text();
            assert!(text.trim().starts_with(expected), "{text}");
        }
    }

    #[test]
    fn parameters_may_be_called_as_the_variables_of_the_generated_code_are() {
        let text = "paths: {/a: {post: {operationId: a, parameters: [{in: query, name: client, schema: {type: string}}, \
            {in: query, name: request, schema: {type: string}}], \
            responses: {'204': {description: d}}}}}";
        let document = Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap();
        let operations = Operation::all(&document);
        let argument = |name: &str| Argument {
            name: format_ident!("{name}"),
            ty: parse_quote!(::std::string::String),
            is_built: false,
        };
        let signatures = [Signature {
            method: parse_quote!(a),
            builder: parse_quote!(A),
            success: parse_quote!(()),
            error: parse_quote!(()),
            arguments: ["client", "request"].map(argument).into(),
        }];
        let calls = calls(&document, &operations, &signatures).unwrap();
        let code = prettyplease::unparse(&builders(&calls));
        for expected in [
            "client_: Client,",
            "client: Argument<",
            "let call = Call::begin(&client_,",
            "let mut request_ = call.request();",
            "request_.query(\"request\", &request)?;",
            "call.send(request_).await?",
        ] {
            assert!(code.contains(expected), "{expected} is not in\n{code}");
        }
    }
}
