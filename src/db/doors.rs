//! The doors: what is asked before the tenant is known. Each takes a secret or a public address and gives one row, by
//! way of a function in the database that can do nothing else.

use jiff::Timestamp;
use postgres_types::ToSql;
use serde_json::Value;

use super::connect::{Database, in_time, take};
use super::tenant::{Entry, Tenant, TokenHash};
use crate::error::{Error, Result};
use crate::ids::{InspectionId, MessageId, ShopId, UserId};
use crate::role::Role;
use crate::text::{Email, Line, Phone};

/// A shop that signs up, with its first manager.
pub struct SignUp<'a> {
    /// The shop's id.
    pub shop: ShopId,
    /// Its name.
    pub name: &'a Line<255>,
    /// The number that customers call.
    pub phone: Option<Phone>,
    /// The address that customers write to.
    pub email: Option<&'a Email>,
    /// Where it is, as JSON.
    pub address: &'a (dyn ToSql + Sync),
    /// How it counts, as JSON.
    pub settings: &'a (dyn ToSql + Sync),
    /// The fingerprint of the request, where it may be repeated.
    pub digest: Option<[u8; 32]>,
    /// The manager's id.
    pub user: UserId,
    /// The manager's login.
    pub login: &'a Email,
    /// The argon2 hash of the manager's password.
    pub password_hash: &'a str,
    /// The manager's name.
    pub first_name: &'a Line<100>,
    /// The manager's family name.
    pub last_name: &'a Line<100>,
}

/// What a log-in is checked against.
pub struct Login {
    /// The shop that the login belongs to.
    pub shop: ShopId,
    /// The person.
    pub user: UserId,
    /// The argon2 hash of their password.
    pub password_hash: String,
}

/// Whom a log-in code lets in.
#[derive(Debug)]
pub struct CodeLogin {
    /// The shop that they work in.
    pub shop: ShopId,
    /// What that is called.
    pub shop_name: String,
    /// What they are called.
    pub person: String,
}

/// Where a report link leads.
pub struct ReportVisit {
    /// Transactions in the shop that the report is of.
    pub tenant: Tenant,
    /// The inspection reported.
    pub inspection: InspectionId,
    /// False once the link was revoked or has expired.
    pub is_live: bool,
}

/// A text that belongs to no shop.
pub struct StrayText<'a> {
    /// Who carried it.
    pub provider: &'static str,
    /// The carrier's id for it.
    pub its_id: &'a str,
    /// The number that was texted.
    pub to: &'a str,
    /// Who texted, as the carrier writes them.
    pub from: &'a str,
    /// What it says.
    pub body: &'a str,
    /// How many pictures came along.
    pub pictures: usize,
    /// Where those are to be had, as JSON.
    pub media: Value,
    /// Whether it came from a phone.
    pub is_from_phone: bool,
}

/// A text that came for a number before a shop had it.
pub struct TextComeHome {
    /// Who carried it.
    pub provider: String,
    /// The carrier's id for it.
    pub its_id: String,
    /// The number that was texted.
    pub to: String,
    /// Who texted.
    pub from: String,
    /// What it says.
    pub body: String,
    /// Where the pictures are to be had that came along, as JSON.
    pub media: Value,
    /// When it came.
    pub came: Timestamp,
}

/// A stretch of a provider's list.
pub struct CatchUp {
    /// Whose list.
    pub provider: &'static str,
    /// What is older was read before.
    pub since: Timestamp,
    /// When reading it began.
    pub began: Timestamp,
}

impl Database {
    /// The tenant that a token names, if the session turns out to be there and to have the demanded role.
    /// For who is asking: `auth` and `users` alone call it, which `tests/it/layers.rs` watches.
    #[must_use]
    pub fn by_session(&self, shop: ShopId, bearer: TokenHash, demand: Option<Role>) -> Tenant {
        self.tenant(shop, Entry::Session { bearer, demand })
    }

    /// Signs a shop up with its first manager and a session for them. False where the same was asked before, with the
    /// same words: then only the session is new.
    pub async fn sign_up(&self, new: SignUp<'_>, bearer: TokenHash) -> Result<bool> {
        in_time(async {
            let connection = take(&self.requests).await?;
            let statement = connection
                .prepare_cached("SELECT courtesy.sign_up($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
                .await?;
            let digest = new.digest.as_ref().map(<[u8; 32]>::as_slice);
            let bearer = bearer.0.as_slice();
            let values: [&(dyn ToSql + Sync); 13] = [
                &new.shop,
                &new.name,
                &new.phone,
                &new.email,
                new.address,
                new.settings,
                &digest,
                &new.user,
                &new.login,
                &new.password_hash,
                &new.first_name,
                &new.last_name,
                &bearer,
            ];
            Ok(connection.query_one(&statement, &values).await?.try_get(0)?)
        })
        .await
    }

    /// The login with this address, if it is somebody who may come in.
    pub async fn find_login(&self, email: &Email) -> Result<Option<Login>> {
        in_time(async {
            let connection = take(&self.requests).await?;
            let statement = connection.prepare_cached("SELECT * FROM courtesy.find_login($1)").await?;
            let row = connection.query_opt(&statement, &[email]).await?;
            row.map(|row| {
                Ok(Login {
                    shop: row.try_get("shop_id")?,
                    user: row.try_get("user_id")?,
                    password_hash: row.try_get("password_hash")?,
                })
            })
            .transpose()
        })
        .await
    }

    /// Opens a session for whoever knows the present hash; false if it changed meanwhile.
    pub async fn open_session(&self, email: &Email, known_hash: &str, bearer: TokenHash) -> Result<bool> {
        in_time(async {
            let connection = take(&self.requests).await?;
            let statement = connection.prepare_cached("SELECT courtesy.open_session($1, $2, $3)").await?;
            let row = connection.query_one(&statement, &[email, &known_hash, &bearer.0.as_slice()]).await?;
            Ok(row.try_get(0)?)
        })
        .await
    }

    /// Whom a log-in code lets in, while it does.
    pub async fn find_login_code(&self, code: TokenHash) -> Result<Option<CodeLogin>> {
        in_time(async {
            let connection = take(&self.requests).await?;
            let statement = connection.prepare_cached("SELECT * FROM courtesy.find_login_code($1)").await?;
            let row = connection.query_opt(&statement, &[&code.0.as_slice()]).await?;
            row.map(|row| {
                Ok(CodeLogin {
                    shop: row.try_get("shop_id")?,
                    shop_name: row.try_get("shop_name")?,
                    person: row.try_get("person")?,
                })
            })
            .transpose()
        })
        .await
    }

    /// Opens a session for whoever has a log-in code, and uses it up; false if it is no longer good.
    pub async fn redeem_login_code(&self, code: TokenHash, bearer: TokenHash) -> Result<bool> {
        in_time(async {
            let connection = take(&self.requests).await?;
            let statement = connection.prepare_cached("SELECT courtesy.redeem_login_code($1, $2)").await?;
            let row = connection.query_one(&statement, &[&code.0.as_slice(), &bearer.0.as_slice()]).await?;
            Ok(row.try_get(0)?)
        })
        .await
    }

    /// Where a report link leads, or [`Error::NotFound`].
    pub async fn by_report_link(&self, bearer: TokenHash) -> Result<ReportVisit> {
        in_time(async {
            let connection = take(&self.requests).await?;
            let statement = connection.prepare_cached("SELECT * FROM courtesy.find_report_link($1)").await?;
            let row = connection.query_opt(&statement, &[&bearer.0.as_slice()]).await?.ok_or(Error::NotFound)?;
            Ok(ReportVisit {
                tenant: self.tenant(row.try_get("shop_id")?, Entry::Door),
                inspection: row.try_get("inspection_id")?,
                is_live: row.try_get("is_live")?,
            })
        })
        .await
    }

    /// The shop whose number was texted, if it is one of ours.
    pub async fn by_texted_number(&self, number: &str) -> Result<Option<Tenant>> {
        in_time(async {
            let connection = take(&self.requests).await?;
            let statement = connection.prepare_cached("SELECT courtesy.find_shop_by_number($1)").await?;
            let row = connection.query_opt(&statement, &[&number]).await?;
            row.map(|row| Ok(self.tenant(row.try_get(0)?, Entry::Door))).transpose()
        })
        .await
    }

    /// The shop that a text was written in, if there is such a text.
    pub async fn by_message(&self, message: MessageId) -> Result<Option<Tenant>> {
        in_time(async {
            let connection = take(&self.requests).await?;
            let statement = connection.prepare_cached("SELECT courtesy.find_shop_by_message($1)").await?;
            let row = connection.query_opt(&statement, &[&message]).await?;
            row.map(|row| Ok(self.tenant(row.try_get(0)?, Entry::Door))).transpose()
        })
        .await
    }

    /// Keeps a text that is no shop's, once; tells whether it is new.
    pub async fn keep_stray_text(&self, text: StrayText<'_>) -> Result<bool> {
        in_time(async {
            let connection = take(&self.requests).await?;
            let statement =
                connection.prepare_cached("SELECT courtesy.keep_stray_text($1, $2, $3, $4, $5, $6, $7, $8)").await?;
            // PostgreSQL can't hold this character, and a text must not be lost for it.
            let said = text.body.replace('\0', "");
            let pictures = i32::try_from(text.pictures).unwrap_or(i32::MAX);
            let values: [&(dyn ToSql + Sync); 8] = [
                &text.provider,
                &text.its_id,
                &text.to,
                &text.from,
                &said,
                &pictures,
                &text.media,
                &text.is_from_phone,
            ];
            Ok(connection.query_one(&statement, &values).await?.try_get(0)?)
        })
        .await
    }

    /// Texts that came for a number before a shop had it, the oldest first, so many at most.
    pub async fn strays_come_home(&self, most: i32) -> Result<Vec<TextComeHome>> {
        in_time(async {
            let connection = take(&self.work).await?;
            let statement = connection.prepare_cached("SELECT * FROM courtesy.strays_come_home($1)").await?;
            let rows = connection.query(&statement, &[&most]).await?;
            let text = |row: &tokio_postgres::Row| {
                Ok(TextComeHome {
                    provider: row.try_get("carrier")?,
                    its_id: row.try_get("its_id")?,
                    to: row.try_get("texted")?,
                    from: row.try_get("sender")?,
                    body: row.try_get("said")?,
                    media: row.try_get("media")?,
                    came: row.try_get("came")?,
                })
            };
            rows.iter().map(text).collect()
        })
        .await
    }

    /// Lets a text go that was kept as nobody's and has been delivered.
    pub async fn forget_stray_text(&self, provider: &str, its_id: &str) -> Result<()> {
        in_time(async {
            let connection = take(&self.work).await?;
            let statement = connection.prepare_cached("SELECT courtesy.forget_stray_text($1, $2)").await?;
            connection.query_one(&statement, &[&provider, &its_id]).await?;
            Ok(())
        })
        .await
    }

    /// From when on a provider's list is to be read for what it did not tell by itself, and what time it is now.
    pub async fn begin_catch_up(&self, provider: &'static str) -> Result<CatchUp> {
        in_time(async {
            let connection = take(&self.work).await?;
            let statement = connection.prepare_cached("SELECT * FROM courtesy.begin_catch_up($1)").await?;
            let row = connection.query_one(&statement, &[&provider]).await?;
            Ok(CatchUp { provider, since: row.try_get("since")?, began: row.try_get("began")? })
        })
        .await
    }

    /// Notes that the list was read to its end.
    pub async fn end_catch_up(&self, done: &CatchUp) -> Result<()> {
        in_time(async {
            let connection = take(&self.work).await?;
            let statement = connection.prepare_cached("SELECT courtesy.end_catch_up($1, $2)").await?;
            connection.query_one(&statement, &[&done.provider, &done.began]).await?;
            Ok(())
        })
        .await
    }

    /// The shops that have texts due, each with the worker's transactions in it; those that wait longest first.
    pub async fn shops_with_due_texts(&self, most: i32) -> Result<Vec<Tenant>> {
        in_time(async {
            let connection = take(&self.work).await?;
            let statement = connection.prepare_cached("SELECT courtesy.shops_with_due_texts($1)").await?;
            let rows = connection.query(&statement, &[&most]).await?;
            rows.iter().map(|row| Ok(self.worker_in(row.try_get(0)?))).collect()
        })
        .await
    }

    /// The shops that have pictures to be fetched, each with the worker's transactions in it; those that wait longest first.
    pub async fn shops_with_waiting_pictures(&self, most: i32) -> Result<Vec<Tenant>> {
        in_time(async {
            let connection = take(&self.work).await?;
            let statement = connection.prepare_cached("SELECT courtesy.shops_with_waiting_pictures($1)").await?;
            let rows = connection.query(&statement, &[&most]).await?;
            rows.iter().map(|row| Ok(self.worker_in(row.try_get(0)?))).collect()
        })
        .await
    }

    /// The next shops behind this one that have photos, so many at most.
    pub async fn shops_with_photos(&self, behind: ShopId, most: i32) -> Result<Vec<ShopId>> {
        in_time(async {
            let connection = take(&self.work).await?;
            let statement = connection.prepare_cached("SELECT courtesy.shops_with_photos($1, $2)").await?;
            let rows = connection.query(&statement, &[&behind, &most]).await?;
            rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
        })
        .await
    }

    /// The worker's transactions in a shop.
    #[must_use]
    pub fn worker_in(&self, shop: ShopId) -> Tenant {
        Tenant { database: self.clone(), connections: self.work.clone(), shop, entry: Entry::Door }
    }

    /// The shop as live events watch it, on behalf of sessions that they ask about in each flight. `live` alone calls it,
    /// which `tests/it/layers.rs` watches.
    #[must_use]
    pub fn watcher_in(&self, shop: ShopId) -> Tenant {
        self.tenant(shop, Entry::Door)
    }

    fn tenant(&self, shop: ShopId, entry: Entry) -> Tenant {
        Tenant { database: self.clone(), connections: self.requests.clone(), shop, entry }
    }
}
