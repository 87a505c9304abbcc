//! What the types of a handler say about its operation: who may ask, what the path, the query and the body hold, what is
//! answered and what can go wrong. The published document is made of this, so it can't say otherwise than the code.

use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::Response as Answer;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{KnownFormat, PathItem, Ref, RefOr, Required, ResponseBuilder, Schema, SchemaFormat};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::UtoipaMethodRouter;

use super::path::FromPath;
use super::problems::{self, HTML};
use super::{Action, At, Body, Client, Created, Gone, Json, New, PageError, Params, PublicUrl, Throttles, Upload};
use crate::auth::password::Hasher;
use crate::auth::{Browser, Manager, Staff};
use crate::db::Database;
use crate::error::Error;
use crate::language::Language;
use crate::role::Role;

/// The name of the way to say who is asking.
pub const SESSION: &str = "session";

/// An operation while it is being described.
pub struct Draft {
    operation: Operation,
    path: String,
    is_write: bool,
    schemas: Vec<(String, RefOr<Schema>)>,
    /// The statuses of what can go wrong.
    failures: Vec<u16>,
}

/// A type in a handler's signature.
pub trait Part {
    /// Adds what it says about the operation.
    fn describe(_: &mut Draft) {}
}

/// A handler: what its parameters say, and then its answer.
pub trait Signature<Parts> {
    /// Adds all that.
    fn describe(draft: &mut Draft);
}

/// Adds what the handler's types say to what `routes!` knows of it.
///
/// # Panics
///
/// Where these are not the routes of one handler.
pub fn described<H: Signature<P>, P, S>(routes: UtoipaMethodRouter<S>, _: H) -> UtoipaMethodRouter<S> {
    let (_, mut paths, methods) = routes;
    let (path, item) = paths.paths.iter_mut().next().expect("a handler has a path");
    let is_write = item.get.is_none();
    let operation = only_operation(item);
    let mut draft = Draft {
        operation: std::mem::take(operation),
        path: path.clone(),
        is_write,
        schemas: Vec::new(),
        failures: Vec::new(),
    };
    H::describe(&mut draft);
    *operation = draft.operation;
    // Without any, nobody has to say who they are.
    operation.security.get_or_insert_default();
    (draft.schemas, paths, methods)
}

fn only_operation(item: &mut PathItem) -> &mut Operation {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().find_map(Option::as_mut).expect("a handler has a method")
}

impl Draft {
    /// Adds statuses of what can go wrong.
    pub fn may_fail(&mut self, statuses: impl IntoIterator<Item = u16>) {
        self.failures.extend(statuses);
    }

    fn secure(&mut self, roles: &[Role]) {
        let roles = roles.iter().map(|role| role.as_str());
        self.operation.security = Some(vec![SecurityRequirement::new(SESSION, roles)]);
        self.may_fail([401, 503]);
    }

    /// A reference to the type's schema, which is kept.
    fn schema<T: ToSchema>(&mut self) -> Ref {
        T::schemas(&mut self.schemas);
        self.schemas.push((T::name().into_owned(), T::schema()));
        Ref::from_schema_name(T::name())
    }

    fn takes<T: ToSchema>(&mut self, required: Required) {
        let content = ContentBuilder::new().schema(Some(self.schema::<T>())).build();
        let body = RequestBodyBuilder::new().content("application/json", content).required(Some(required)).build();
        self.operation.request_body = Some(body.into());
        self.may_fail([400, 413, 415, 422]);
    }

    fn answers<T: ToSchema>(&mut self, status: u16, words: &str) {
        let content = ContentBuilder::new().schema(Some(self.schema::<T>())).build();
        let answer = ResponseBuilder::new().description(words).content("application/json", content).build();
        self.answer(status, answer);
    }

    fn answer(&mut self, status: u16, answer: impl Into<RefOr<utoipa::openapi::Response>>) {
        self.operation.responses.responses.insert(status.to_string(), answer.into());
    }

    /// The shop's people may be refused what they want to write, for their role, for whose it is, or for the
    /// subscription. Logging out names nothing and is always granted.
    fn writes_as_staff(&self) -> bool {
        let names_something = self.operation.parameters.is_some() || self.operation.request_body.is_some();
        self.is_write && names_something && self.operation.security.is_some()
    }
}

impl Part for Staff {
    fn describe(draft: &mut Draft) {
        draft.secure(Role::ALL);
    }
}

impl Part for Manager {
    fn describe(draft: &mut Draft) {
        draft.secure(&[Role::ShopManager]);
        draft.may_fail([403]);
    }
}

impl<T: FromPath> Part for At<T> {
    fn describe(draft: &mut Draft) {
        let path = draft.path.clone();
        let names = path.split(['{', '}']).skip(1).step_by(2);
        for (name, schema) in names.zip(T::schemas()) {
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
            let parameter = parameter.required(Required::True).schema(Some(schema)).build();
            draft.operation.parameters.get_or_insert_default().push(parameter.into());
        }
        draft.may_fail([404]);
    }
}

impl<T: IntoParams> Part for Params<T> {
    fn describe(draft: &mut Draft) {
        let parameters = T::into_params(|| Some(ParameterIn::Query)).into_iter().map(RefOr::T);
        draft.operation.parameters.get_or_insert_default().extend(parameters);
        draft.may_fail([422]);
    }
}

impl<T: ToSchema, const KIB: usize> Part for Body<T, KIB> {
    fn describe(draft: &mut Draft) {
        draft.takes::<T>(Required::True);
    }
}

impl<T: ToSchema> Part for Action<T> {
    fn describe(draft: &mut Draft) {
        draft.takes::<T>(Required::False);
    }
}

impl Part for Upload {
    fn describe(draft: &mut Draft) {
        let body =
            ["image/jpeg", "image/png", "image/webp"].into_iter().fold(RequestBodyBuilder::new(), |body, kind| {
                let bytes = SchemaFormat::KnownFormat(KnownFormat::Binary);
                let schema = ObjectBuilder::new().schema_type(Type::String).format(Some(bytes));
                body.content(kind, ContentBuilder::new().schema(Some(schema)).build())
            });
        draft.operation.request_body = Some(body.required(Some(Required::True)).build().into());
        draft.may_fail([400, 413, 415, 422]);
    }
}

impl Part for State<Throttles> {
    fn describe(draft: &mut Draft) {
        draft.may_fail([429]);
    }
}

impl Part for State<Database> {
    fn describe(draft: &mut Draft) {
        draft.may_fail([503]);
    }
}

impl Part for State<Hasher> {
    fn describe(draft: &mut Draft) {
        draft.may_fail([503]);
    }
}

impl Part for State<PublicUrl> {}
impl Part for Client {}
impl Part for HeaderMap {}
impl Part for Browser {}

/// Which language a page is in is chosen in its address, or else by the browser.
impl Part for Language {
    fn describe(draft: &mut Draft) {
        let words = "The language of the page: `en` or `es`. Without it, or with anything else, it is the one that \
                     `Accept-Language` wants most.";
        let parameter =
            ParameterBuilder::new().name("lang").parameter_in(ParameterIn::Query).description(Some(words));
        let parameter =
            parameter.required(Required::False).schema(Some(ObjectBuilder::new().schema_type(Type::String)));
        draft.operation.parameters.get_or_insert_default().push(parameter.build().into());
    }
}

impl<T> Part for Extension<T> {}

impl<T: ToSchema> Part for Json<T> {
    fn describe(draft: &mut Draft) {
        draft.answers::<T>(200, "As it is now.");
    }
}

impl<T: ToSchema> Part for Created<T> {
    fn describe(draft: &mut Draft) {
        draft.answers::<T>(201, "It was made just now.");
        draft.answers::<T>(200, "It had been made already, by the same request.");
    }
}

impl<T: ToSchema> Part for New<T> {
    fn describe(draft: &mut Draft) {
        draft.answers::<T>(201, "It was made just now.");
    }
}

impl Part for Gone {
    fn describe(draft: &mut Draft) {
        draft.answer(204, ResponseBuilder::new().description("Done, now or before.").build());
    }
}

impl Part for Answer {}
impl Part for &'static str {}

/// What can go wrong is told as a problem.
impl<T: Part> Part for Result<T, Error> {
    fn describe(draft: &mut Draft) {
        T::describe(draft);
        if draft.writes_as_staff() {
            draft.may_fail([403]);
        }
        for (status, response) in &mut draft.operation.responses.responses {
            match status.parse() {
                Ok(409) => problems::explain_conflict(response),
                Ok(status @ 400..) => draft.failures.push(status),
                _ => {}
            }
        }
        for status in std::mem::take(&mut draft.failures) {
            draft.answer(status, Ref::from_response_name(problems::name(status)));
        }
    }
}

/// What can go wrong is told on a page.
impl<T: Part> Part for Result<T, PageError> {
    fn describe(draft: &mut Draft) {
        T::describe(draft);
        for status in std::mem::take(&mut draft.failures) {
            let page = ResponseBuilder::new().description("The same on a page for people.");
            draft.answer(status, page.content(HTML, ContentBuilder::new().build()).build());
        }
    }
}

macro_rules! signatures {
    ($(($($part:ident)*))+) => {$(
        impl<Handler, Future, Answer, $($part),*> Signature<($($part,)*)> for Handler
        where
            Handler: Fn($($part),*) -> Future,
            Future: std::future::Future<Output = Answer>,
            Answer: Part,
            $($part: Part,)*
        {
            fn describe(draft: &mut Draft) {
                $($part::describe(draft);)*
                Answer::describe(draft);
            }
        }
    )+};
}
signatures! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }
