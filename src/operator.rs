//! The operator's hand: migrations, new passwords, subscriptions, closed shops.

use rand::seq::IndexedRandom as _;

use crate::auth::password::Hasher;
use crate::config::{Config, ShopCommand, UserCommand};
use crate::db::{Operator, migrate};
use crate::failure::Failure;
use crate::ids::ShopId;
use crate::postgres::with_database;
use crate::text::{Email, Password};

/// Brings the database to the current schema; says what was done.
pub async fn migrate(config: &Config) -> Result<String, Failure> {
    let applied = with_database(config, async |owner| Ok(migrate::migrate(owner).await?)).await?;
    Ok(match applied {
        0 => "the schema is current, nothing was applied".into(),
        1 => "1 migration was applied".into(),
        some => format!("{some} migrations were applied"),
    })
}

/// Helps somebody; says what they need.
pub async fn user(config: &Config, command: UserCommand) -> Result<String, Failure> {
    match command {
        UserCommand::Reset { email } => reset_password(config, &email).await,
    }
}

/// Changes a shop; says what holds now.
pub async fn shop(config: &Config, command: ShopCommand) -> Result<String, Failure> {
    match command {
        ShopCommand::Set { id, tier, status } => set(config, id.into(), tier.as_deref(), status.as_deref()).await,
        ShopCommand::Close { id } => close(config, id.into()).await,
    }
}

/// Yields the password alone, on a line of its own.
async fn reset_password(config: &Config, email: &Email) -> Result<String, Failure> {
    let password = new_password();
    let hash = Hasher::default().hash(&password).await?;
    let reset =
        with_database(config, async |owner| Ok(Operator::connect(owner).await?.reset_password(email, &hash).await?));
    match reset.await? {
        None => Err(Failure::Refused(format!("nobody logs in with {}", email.as_str()))),
        Some(reset) => {
            if !reset.may_come_in {
                tracing::warn!("the password is new, but the account is inactive or the shop is closed");
            }
            Ok(password.as_str().to_owned())
        }
    }
}

async fn set(config: &Config, shop: ShopId, tier: Option<&str>, status: Option<&str>) -> Result<String, Failure> {
    let set = with_database(config, async |owner| {
        Ok(Operator::connect(owner).await?.set_subscription(shop, tier, status).await?)
    });
    let (tier, status) =
        set.await?.ok_or_else(|| Failure::Refused(format!("there is no shop {shop}, or it is closed")))?;
    Ok(format!("shop {shop} is {tier} and {status}"))
}

async fn close(config: &Config, shop: ShopId) -> Result<String, Failure> {
    let close = with_database(config, async |owner| Ok(Operator::connect(owner).await?.close_shop(shop).await?));
    if close.await? {
        Ok(format!("shop {shop} is closed"))
    } else {
        Err(Failure::Refused(format!("there is no shop {shop}")))
    }
}

/// Four groups of five characters, without those that are mistaken for one another on paper: 99 bits.
fn new_password() -> Password {
    const READABLE: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut random = rand::rng();
    let mut group = || {
        let characters = (0..5).map(|_| char::from(*READABLE.choose(&mut random).expect("not empty")));
        characters.collect::<String>()
    };
    [group(), group(), group(), group()].join("-").parse().expect("long enough")
}
