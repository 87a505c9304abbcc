//! A believable shop to look around in: filled into an empty database, and introduced at every start.

mod account;
mod ago;
mod album;
mod cars;
mod findings;
mod people;
mod pictures;
mod queries;
mod story;
mod talks;
mod thread;
mod timeline;
mod visits;

use std::fmt;

use tokio::task::spawn_blocking;
use tokio_postgres::Config;
use uuid::{Uuid, uuid};

use self::album::Album;
use self::people::{SHOP_NAME, STAFF};
use self::story::Story;
use crate::auth::password::Hasher;
use crate::auth::token::LinkToken;
use crate::db::{OpenError, migrate};
use crate::error::{self, Error};
use crate::ids::ShopId;
use crate::photos::Store;
use crate::reports;
use crate::role::Role;

/// The demo shop is known by its id, whatever it is called by now.
const DEMO_SHOP: Uuid = uuid!("01900000-0000-7000-8000-00000000de30");
/// Everybody's password. It is no secret: a demo shop has nobody's data in it.
pub const PASSWORD: &str = "demo-garage";

/// Why the demo shop can't be filled in or introduced; one sentence.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// The schema's owner can't connect.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A statement failed, or the password could not be hashed; the database is as it was.
    #[error("the demo shop can't be filled in: {}", error::chain(.0))]
    Write(#[from] Error),
}

/// What is printed at the start.
#[derive(Debug)]
pub enum Welcome {
    /// The demo shop is there.
    Demo {
        /// Where the program is reached.
        address: String,
        /// The report that was sent last, as its customer sees it; none where none is out.
        report: Option<String>,
    },
    /// There are other shops and no demo shop among them; nothing was changed.
    OtherShops,
}

/// Fills the demo shop into a database without any shop, in one transaction as the schema's owner, and says how to
/// look around in it. Where the shop is there already, only the report's link is new: links are kept as hashes and
/// can't be shown again.
pub async fn fill(owner: &Config, hasher: &Hasher, store: &Store, public_url: &str) -> Result<Welcome, FillError> {
    let mut client = migrate::connect(owner).await?;
    let transaction = client.transaction().await.map_err(Error::from)?;
    let shop = ShopId::from(DEMO_SHOP);
    let presence = queries::look(&transaction, shop).await.map_err(Error::from)?;
    if presence.is_empty {
        let password = PASSWORD.parse().expect("long enough for a password");
        let hash = hasher.hash(&password).await?;
        let told = Story::new(public_url);
        // Painted off the async threads: that takes a moment.
        let findings = told.findings.clone();
        let album =
            spawn_blocking(move || Album::of(&findings)).await.map_err(|e| Error::Internal(e.to_string()))??;
        album.keep(store, shop).await?;
        queries::write(&transaction, shop, (&told, &album.rows), &hash).await.map_err(Error::from)?;
    } else if !presence.has_demo {
        return Ok(Welcome::OtherShops);
    }
    let token = LinkToken::new();
    let is_linked = queries::link_last_report(&transaction, shop, &token).await.map_err(Error::from)?;
    transaction.commit().await.map_err(Error::from)?;
    let report = is_linked.then(|| reports::address(public_url, &token));
    Ok(Welcome::Demo { address: public_url.to_owned(), report })
}

impl fmt::Display for Welcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Demo { address, report } = self else {
            return f.write_str("there is no demo shop: this database has other shops, and nothing was changed");
        };
        writeln!(f, "The demo shop {SHOP_NAME} is at {address}")?;
        writeln!(f, "Log in with the password {PASSWORD}, unless somebody has changed theirs:")?;
        for colleague in STAFF {
            let role = match colleague.role {
                Role::ShopManager => "manager",
                Role::Mechanic => "mechanic",
            };
            let (first_name, last_name) = (colleague.first_name, colleague.last_name);
            writeln!(f, "  {:24} {role:9} {first_name} {last_name}", colleague.email)?;
        }
        if let Some(report) = report {
            writeln!(f, "What a customer sees: {report}")?;
        }
        f.write_str("Anybody who reaches this address can log in: keep real customers out of it.")
    }
}
