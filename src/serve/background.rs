//! What runs beside the requests. Each task ends soon after the program is told to stop, and goes on over a database that
//! is away for a while.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::conversations::provider::Provider;
use crate::conversations::sandbox::Sandbox;
use crate::conversations::twilio::Twilio;
use crate::conversations::{fetching, outbox, stray};
use crate::db::Database;
use crate::error::chain;
use crate::live::Live;
use crate::photos::Store;
use crate::photos::sweep::{Swept, sweep};

/// Starts them all.
pub(super) fn start(app: &App, stopping: &CancellationToken) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(keep_sessions(app.database.clone(), stopping.clone()));
    tasks.spawn(hand_texts_over(app.clone(), stopping.clone()));
    if let Some(twilio) = app.twilio.clone() {
        tasks.spawn(catch_up(app.clone(), twilio.clone(), stopping.clone()));
        tasks.spawn(fetch_pictures(app.clone(), twilio, stopping.clone()));
        tasks.spawn(deliver_strays(app.database.clone(), stopping.clone()));
    }
    tasks.spawn(tidy_photos(app.database.clone(), app.lab.store.clone(), stopping.clone()));
    tasks.spawn(keep_streams(app.live.clone(), app.database.clone(), stopping.clone()));
    tasks
}

/// Texts that wait go to the provider, or stay in the sandbox where there is none.
async fn hand_texts_over(app: App, stopping: CancellationToken) {
    let sandbox = Sandbox::new(app.database.clone());
    let provider: &dyn Provider = app.twilio.as_ref().map_or(&sandbox, |twilio| twilio);
    outbox::run(&app.database, provider, &app.wake, stopping.cancelled()).await;
}

/// Now, and every five minutes, reads what the provider has and did not tell by itself.
async fn catch_up(app: App, twilio: Twilio, stopping: CancellationToken) {
    let mut times = interval(Duration::from_mins(5));
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stopping.run_until_cancelled(times.tick()).await.is_some() {
        let caught = stopping.run_until_cancelled(twilio.catch_up(&app.database, &app.metrics)).await;
        if let Some(Err(error)) = caught {
            tracing::warn!(error = %chain(&error), "what the provider has is read again later");
        }
    }
}

/// What customers sent along with their texts is fetched.
async fn fetch_pictures(app: App, twilio: Twilio, stopping: CancellationToken) {
    fetching::run(&app.database, &app.lab, &twilio, stopping.cancelled()).await;
}

/// Every ten seconds, delivers what came for numbers that shops have taken since.
async fn deliver_strays(database: Database, stopping: CancellationToken) {
    let mut times = interval(Duration::from_secs(10));
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stopping.run_until_cancelled(times.tick()).await.is_some() {
        match stopping.run_until_cancelled(stray::deliver(&database)).await {
            Some(Ok(texts @ 1..)) => tracing::info!(texts, "texts came home to numbers that shops have taken"),
            Some(Err(error)) => tracing::warn!(error = %chain(&error), "stray texts are delivered later"),
            Some(Ok(0)) | None => {}
        }
    }
}

/// Every minute, writes down which sessions were used, and removes lists that were left lying.
async fn keep_sessions(database: Database, stopping: CancellationToken) {
    let mut minutes = interval(Duration::from_mins(1));
    minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stopping.run_until_cancelled(minutes.tick()).await.is_some() {
        if let Err(error) = database.keep_sessions().await {
            tracing::warn!(error = %chain(&error), "which sessions were used is written down later");
        }
        if let Err(error) = database.sweep_imports().await {
            tracing::warn!(error = %chain(&error), "uploaded lists are removed later");
        }
    }
}

/// Twice a day, sweeps the store of photos; first when the program has settled.
async fn tidy_photos(database: Database, store: Store, stopping: CancellationToken) {
    let mut half_days = interval_at(Instant::now() + Duration::from_mins(15), Duration::from_hours(12));
    half_days.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stopping.run_until_cancelled(half_days.tick()).await.is_some() {
        match stopping.run_until_cancelled(sweep(&database, &store)).await {
            Some(Ok(Swept { let_go, orphans, lost })) => {
                tracing::info!(let_go, orphans, lost = lost.len(), "photos are tidy");
            }
            Some(Err(error)) => tracing::warn!(error = %chain(&error), "photos are tidied later"),
            None => {}
        }
    }
}

/// Streams get their news until the program is told to stop; then they end, because nothing else would end them.
async fn keep_streams(live: Live, database: Database, stopping: CancellationToken) {
    stopping.run_until_cancelled(live.run(&database)).await;
    live.close();
}
