//! What Twilio has and did not tell: webhooks are lost while this server, or the way to it, is down. Its list is read at the
//! start and now and then, and what is missing here is taken in as if it had been told.

use jiff::{SignedDuration, Timestamp};

use super::super::delivery;
use super::super::inbound::{Picture, Told};
use super::super::stray::{self, Carried};
use super::super::{MessageStatus, queries};
use super::answer::Answer;
use super::listing::{Listed, Page};
use super::{TWILIO, Twilio};
use crate::db::Database;
use crate::error::{Error, Result};
use crate::web::metrics::Metrics;

/// How much is read once more each time: a text may be late on the list.
const OVERLAP: SignedDuration = SignedDuration::from_mins(15);

/// Half a million texts in five minutes are not caught up with.
const MOST_PAGES: usize = 1000;

impl Twilio {
    /// Takes in what is on the list and not known here. How far it was read is noted once all of it was.
    pub async fn catch_up(&self, database: &Database, metrics: &Metrics) -> Result<()> {
        let stretch = database.begin_catch_up(TWILIO).await?;
        let since = stretch.since.saturating_sub(OVERLAP).unwrap_or(Timestamp::MIN);
        // Oldest first, because a STOP and a START mean what the later of them says.
        for listed in self.list_since(since).await?.into_iter().rev() {
            if listed.direction == "inbound" {
                self.take_in(database, metrics, listed).await?;
            } else {
                note(database, &listed).await?;
            }
        }
        database.end_catch_up(&stretch).await
    }

    /// What was sent or came in since then, the latest first.
    async fn list_since(&self, since: Timestamp) -> Result<Vec<Listed>> {
        let account = self.account();
        let day = since.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
        let first = self.inner.client.get(account.address("/Messages.json"));
        let mut answer = self.ask(first.query(&[("DateSent>", day.as_str()), ("PageSize", "500")])).await;
        let mut listed = Vec::new();
        for _ in 0..MOST_PAGES {
            let page: Page = answer.ok().as_ref().and_then(Answer::content).ok_or_else(unanswered)?;
            let is_read_enough = page.messages.iter().any(|text| text.is_from_before(since));
            listed.extend(page.messages.into_iter().filter(|text| !text.is_from_before(since)));
            match page.next_page_uri {
                Some(next) if !is_read_enough => {
                    answer = self.ask(self.inner.client.get(account.elsewhere(&next))).await;
                }
                _ => return Ok(listed),
            }
        }
        Err(unanswered())
    }

    async fn take_in(&self, database: &Database, metrics: &Metrics, listed: Listed) -> Result<()> {
        let told = Told { keyword: None, pictures: self.pictures(&listed).await?, said_at: listed.created_at() };
        let text = Carried {
            provider: TWILIO,
            its_id: &listed.sid.0,
            to: listed.to.as_deref().unwrap_or_default(),
            from: listed.from.as_deref().unwrap_or_default(),
            body: listed.body.as_deref().unwrap_or_default(),
            told,
        };
        stray::receive_or_keep(database, metrics, text).await
    }

    /// Where the pictures of a text are to be had; its entry on the list only says how many there are.
    async fn pictures(&self, listed: &Listed) -> Result<Vec<Picture>> {
        if listed.num_media.as_deref().unwrap_or("0") == "0" {
            return Ok(Vec::new());
        }
        let account = self.account();
        let below = format!("/Messages/{}/Media.json", listed.sid.0);
        let answer = self.ask(self.inner.client.get(account.address(&below))).await;
        let media: Media = answer.ok().as_ref().and_then(Answer::content).ok_or_else(unanswered)?;
        let address = |medium: Medium| {
            let below = format!("/Messages/{}/Media/{}", listed.sid.0, medium.sid);
            Picture::told(account.address(&below), medium.content_type)
        };
        Ok(media.media_list.into_iter().map(address).collect())
    }
}

/// The pictures of a text, as they are listed.
#[derive(serde::Deserialize)]
struct Media {
    media_list: Vec<Medium>,
}

#[derive(serde::Deserialize)]
struct Medium {
    sid: String,
    content_type: Option<String>,
}

/// How far a text of ours has come, where its reports were lost: it is known by the shop's number and the provider's id.
async fn note(database: &Database, listed: &Listed) -> Result<()> {
    let taken = listed.taken();
    if taken.status == MessageStatus::Pending {
        return Ok(());
    }
    let Some(shop) = database.by_texted_number(listed.from.as_deref().unwrap_or_default()).await? else {
        return Ok(());
    };
    let known = shop.read(queries::find_by_provider(TWILIO, listed.sid.0.clone())).await?;
    match known.filter(|message| message.status != taken.status) {
        Some(message) => delivery::note(database, message.id, TWILIO, taken).await.map(drop),
        None => Ok(()),
    }
}

fn unanswered() -> Error {
    Error::Unavailable("the provider's list can't be had".into())
}
