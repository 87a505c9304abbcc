//! The operations below `/api/v1`, by what they are about.

use utoipa_axum::router::OpenApiRouter;

use super::Shared;
use crate::conversations::{self, Texting};
use crate::{customers, inspections, live, photos, reports, shops, users, vehicles};

/// The operations of these handlers: each is routed, and described by its own types.
macro_rules! operations {
    ($($handler:path),+ $(,)?) => {
        ::utoipa_axum::router::OpenApiRouter::new()
            $(.routes($crate::web::operation::described(::utoipa_axum::routes!($handler), $handler)))+
    };
}
pub(super) use operations;

/// All of them. The customers' phones are there only where texts stay in this server.
pub(super) fn api(texting: Texting) -> OpenApiRouter<Shared> {
    let api = people().merge(cars()).merge(inspections()).merge(talks()).merge(operations!(live::api::listen));
    match texting {
        Texting::Sandbox => api.merge(phones()),
        Texting::Provider => api,
    }
}

/// Who comes in, and who works here.
fn people() -> OpenApiRouter<Shared> {
    use users::accounts_api as accounts;
    operations!(
        accounts::sign_up,
        accounts::log_in,
        accounts::log_out,
        accounts::me,
        accounts::change_password,
        shops::api::show,
        shops::api::change,
        users::api::list,
        users::api::add,
        users::api::show,
        users::api::change,
        users::api::remove,
    )
}

/// Customers and their cars.
fn cars() -> OpenApiRouter<Shared> {
    operations!(
        customers::api::list,
        customers::api::add,
        customers::api::show,
        customers::api::change,
        customers::api::delete,
        customers::api::restore,
        vehicles::api::list,
        vehicles::api::list_of_customer,
        vehicles::api::add,
        vehicles::api::show,
        vehicles::api::change,
        vehicles::api::delete,
        vehicles::api::restore,
    )
}

/// Inspections from the car to the report.
fn inspections() -> OpenApiRouter<Shared> {
    use inspections::{findings_api as findings, workflow_api as workflow};
    operations!(
        inspections::api::catalogue,
        inspections::api::list,
        inspections::api::list_of_vehicle,
        inspections::api::add,
        inspections::api::show,
        inspections::api::change,
        inspections::api::delete,
        findings::rate,
        findings::clear,
        photos::api::add,
        photos::api::change,
        photos::api::remove,
        photos::api::show,
        workflow::assign,
        workflow::start,
        workflow::complete,
        workflow::reopen,
        reports::api::send,
        reports::api::revoke,
    )
}

/// Texts with customers.
fn talks() -> OpenApiRouter<Shared> {
    use conversations::message_api as messages;
    operations!(
        conversations::api::list,
        conversations::api::begin,
        conversations::api::show,
        conversations::api::change,
        conversations::consent_api::record,
        messages::list,
        messages::send,
        messages::retry,
        conversations::picture_api::show,
    )
}

/// The customers' phones.
fn phones() -> OpenApiRouter<Shared> {
    use conversations::sandbox_api as sandbox;
    operations!(sandbox::list, sandbox::text, sandbox::text_picture)
}
