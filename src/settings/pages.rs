//! `/settings`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::{filled, rearranged};
use crate::auth::Manager;
use crate::conversations::{Fared, Texting, queries};
use crate::desk::{Desk, Here};
use crate::error::Result;
use crate::shops::{MOST_QUICK_REPLIES, Numbers, Zone, api};
use crate::text::Country;
use crate::web::{Filled, Form, Page, Params};

#[derive(Template)]
#[template(path = "settings/settings.html")]
struct SettingsPage {
    desk: Desk,
    form: Filled,
    replies: Vec<String>,
    done: String,
    zones: Vec<String>,
    countries: Vec<Country>,
    /// Whether texts stay in this server.
    is_sandbox: bool,
    /// How the last texts fared, where too many of them failed.
    alarming: Option<Fared>,
}

/// What has just been done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
}

/// The list of the form for quick replies, with a field for each, and which of its buttons was pressed.
const REPLIES: &str = "settings.quick_replies";
const STEP: &str = "step";

/// `GET /settings`.
pub async fn show(manager: Manager, State(texting): State<Texting>, params: Params<Done>) -> Result<Response> {
    let page = page(&manager, texting, None, params.or_default().0.done).await?;
    Ok(Page(page).into_response())
}

/// `POST /settings`.
pub async fn change(
    manager: Manager,
    State(texting): State<Texting>,
    State(numbers): State<Numbers>,
    form: Form,
) -> Result<Response> {
    match api::change(manager.clone(), State(numbers.clone()), form.body()).await {
        Ok(changed) if changed.0.warnings.is_empty() => Ok(Redirect::to("/settings?done=shop").into_response()),
        Ok(_) => Ok(Redirect::to("/settings?done=unchecked").into_response()),
        Err(error) => {
            let page = page(&manager, texting, Some(form.again(error)?), String::new()).await?;
            Ok(refused(page.judged(&manager, &numbers).await?))
        }
    }
}

/// `POST /settings/replies`: the list as it was written, and one step in it.
pub async fn change_replies(
    manager: Manager,
    State(texting): State<Texting>,
    State(numbers): State<Numbers>,
    form: Form,
) -> Result<Response> {
    let written = (0..=MOST_QUICK_REPLIES).map(|place| form.typed(&field(place)).to_owned()).collect();
    let replies = rearranged(written, form.typed(STEP));
    let list = Form::of(match replies.len() {
        0 => vec![(REPLIES.to_owned(), String::new())],
        _ => replies.into_iter().enumerate().map(|(place, reply)| (field(place), reply)).collect(),
    });
    match api::change(manager.clone(), State(numbers), list.body()).await {
        Ok(_) => Ok(Redirect::to("/settings?done=replies#replies").into_response()),
        Err(error) => Ok(refused(page(&manager, texting, Some(list.again(error)?), String::new()).await?)),
    }
}

fn field(place: usize) -> String {
    format!("{REPLIES}.{place}")
}

fn refused(page: SettingsPage) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response()
}

async fn page(manager: &Manager, texting: Texting, form: Option<Filled>, done: String) -> Result<SettingsPage> {
    let (around, fared) = manager.read((Desk::read(), queries::fared())).await?;
    let desk = Desk::new(manager, around, Here::Settings);
    let form = form.unwrap_or_default();
    let replies = if form.has(&field(0)) {
        let places = (0..=MOST_QUICK_REPLIES).map(field).filter(|name| form.has(name));
        places.map(|name| form.value(&name).to_owned()).collect()
    } else {
        desk.shop.settings.quick_replies.iter().map(ToString::to_string).collect()
    };
    let form = form.over(filled(&desk.shop));
    let is_sandbox = matches!(texting, Texting::Sandbox);
    let (zones, countries) = (Zone::names(), Country::all());
    let alarming = Some(fared).filter(|fared| fared.is_alarming());
    Ok(SettingsPage { desk, form, replies, done, zones, countries, is_sandbox, alarming })
}

impl SettingsPage {
    /// The page with all that is wrong with its form, so that it is mended at once. Numbers are read with the country that is
    /// chosen beside them.
    async fn judged(self, manager: &Manager, numbers: &Numbers) -> Result<Self> {
        let country = self.form.value("settings.country").parse().unwrap_or(self.desk.shop.settings.country);
        let form = self.form.also_phone("phone", country)?;
        let number = match form.phone("sms_number", country) {
            Ok(Some(number)) if self.desk.shop.sms_number.as_ref() != Some(&number) => {
                api::demand_free(manager, numbers, number).await
            }
            number => number.map(drop),
        };
        Ok(Self { form: form.also(number)?, ..self })
    }

    /// What time it is there, which tells whether the zone is the right one.
    fn time(&self) -> String {
        self.desk.time_of_day(&self.desk.now)
    }

    /// Whether there is room for one more quick reply.
    fn has_room(&self) -> bool {
        self.replies.len() < MOST_QUICK_REPLIES
    }
}
