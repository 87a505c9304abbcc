//! What the operator does by hand, as the schema's owner: who pays for what, who may come in again.

use tokio_postgres::{Client, Config, Transaction};

use super::connect::OpenError;
use super::migrate::{self, Schema};
use crate::ids::{ShopId, UserId};
use crate::text::Email;

/// The owner's connection, for one command.
pub struct Operator(Client);

/// Whose password was replaced.
pub struct Reset {
    /// Whether they may come in with it: their account is active and their shop is open.
    pub may_come_in: bool,
}

impl Operator {
    /// Connects to a database that has our schema.
    pub async fn connect(owner: &Config) -> Result<Self, OpenError> {
        let client = migrate::connect(owner).await?;
        match migrate::schema(&client).await? {
            Schema::Empty => Err(OpenError::NoSchema),
            Schema::Behind | Schema::Current => Ok(Self(client)),
        }
    }

    /// Replaces the password of whoever logs in with this address and ends their sessions; `None` if nobody does.
    pub async fn reset_password(&mut self, email: &Email, hash: &str) -> Result<Option<Reset>, OpenError> {
        let transaction = self.0.transaction().await?;
        let changed = transaction
            .query_opt(
                "UPDATE users u SET password_hash = $2 FROM shops s
                  WHERE s.id = u.shop_id AND u.email = $1 AND u.deleted_at IS NULL
                 RETURNING u.shop_id, u.id, u.status = 'active' AND s.deleted_at IS NULL",
                &[email, &hash],
            )
            .await?;
        let Some(user) = changed else { return Ok(None) };
        // A statement of its own: it sees the session of a log-in that the update had to wait for.
        let (shop, person): (ShopId, UserId) = (user.get(0), user.get(1));
        transaction.execute("DELETE FROM sessions WHERE shop_id = $1 AND user_id = $2", &[&shop, &person]).await?;
        // The request that signed the shop up holds a password, too.
        transaction.execute("UPDATE shops SET client_digest = NULL WHERE id = $1", &[&shop]).await?;
        tell(&transaction, shop).await?;
        transaction.commit().await?;
        Ok(Some(Reset { may_come_in: user.get(2) }))
    }

    /// Sets tier and status, where given, of a shop that is open. Yields what holds now; `None` if there is no such shop.
    pub async fn set_subscription(
        &self,
        shop: ShopId,
        tier: Option<&str>,
        status: Option<&str>,
    ) -> Result<Option<(String, String)>, OpenError> {
        let row = self
            .0
            .query_opt(
                "UPDATE shops
                    SET subscription_tier = coalesce($2, subscription_tier),
                        subscription_status = coalesce($3, subscription_status)
                  WHERE id = $1 AND deleted_at IS NULL
                 RETURNING subscription_tier, subscription_status",
                &[&shop, &tier, &status],
            )
            .await?;
        Ok(row.map(|row| (row.get(0), row.get(1))))
    }

    /// Closes a shop, which keeps its rows, and ends the sessions of its people. False if there is no such shop; closing
    /// a closed one changes nothing.
    pub async fn close_shop(&mut self, shop: ShopId) -> Result<bool, OpenError> {
        let transaction = self.0.transaction().await?;
        let close = "UPDATE shops SET deleted_at = coalesce(deleted_at, now()) WHERE id = $1";
        let is_there = transaction.execute(close, &[&shop]).await? == 1;
        transaction.execute("DELETE FROM sessions WHERE shop_id = $1", &[&shop]).await?;
        tell(&transaction, shop).await?;
        transaction.commit().await?;
        Ok(is_there)
    }
}

/// Lets the programs that serve know at once: somebody whose session ended may have a stream open.
async fn tell(transaction: &Transaction<'_>, shop: ShopId) -> Result<(), OpenError> {
    transaction.execute("SELECT pg_notify('courtesy_news', $1)", &[&shop.to_string()]).await?;
    Ok(())
}
