//! A shop's streams have one hub in each program. It looks what changed when news comes, and at least every
//! [`AT_LEAST`], for then a notification may have been lost and a session expired; and it tells its streams. A shop
//! without open streams has no hub and costs nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, Semaphore, broadcast};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use super::feed::{Feed, News};
use super::queries;
use crate::db::{Database, Heard, Tenant, TokenHash};
use crate::error::{Error, Result, chain};
use crate::ids::ShopId;

/// How long a stream is silent at most: proxies end connections that are silent for a minute.
const AT_LEAST: Duration = Duration::from_secs(25);
/// How long a hub rests between two looks.
const REST: Duration = Duration::from_millis(100);
/// It rests so many times as long as its last look took, so that looking never is what a server is busy with.
const RESTS_PER_LOOK: u32 = 9;
/// How long it rests where the database is away.
const PAUSE: Duration = Duration::from_secs(1);
/// Hubs that look at the same time: after a gap all want to, and requests need connections too.
const LOOKS_AT_ONCE: usize = 4;
/// How far a stream may fall behind, in looks, before it is ended; its client begins again where it broke off.
const LAG: usize = 16;

/// All open streams of this program.
#[derive(Clone)]
pub struct Live(Arc<Hubs>);

struct Hubs {
    of_shops: Mutex<HashMap<ShopId, Arc<Hub>>>,
    looks: Semaphore,
    closing: CancellationToken,
}

impl Default for Live {
    fn default() -> Self {
        let (looks, closing) = (Semaphore::new(LOOKS_AT_ONCE), CancellationToken::new());
        Self(Arc::new(Hubs { of_shops: Mutex::default(), looks, closing }))
    }
}

impl Live {
    /// Passes news on, between the programs and to the hubs, until it is dropped.
    pub async fn run(&self, database: &Database) {
        tokio::join!(database.keep_telling(), database.keep_hearing(|heard| self.wake(heard)));
    }

    /// Ends all streams, and lets nobody open another.
    pub fn close(&self) {
        self.0.closing.cancel();
    }

    /// Lets hubs look.
    pub fn wake(&self, heard: Heard) {
        let hubs = self.0.of_shops();
        match heard {
            Heard::Shop(shop) => hubs.get(&shop).into_iter().for_each(|hub| hub.woken.notify_one()),
            Heard::Gap => hubs.values().for_each(|hub| hub.woken.notify_one()),
        }
    }

    /// Joins a session to its shop's hub. It is told what is committed from now on.
    pub(super) async fn join(&self, database: &Database, shop: ShopId, session: TokenHash) -> Result<Listener> {
        while !self.0.closing.is_cancelled() {
            // A hub that has closed meanwhile takes nobody, and has given its place up.
            if let Some(listener) = self.hub(database, shop).join(session).await? {
                return Ok(listener);
            }
        }
        Err(Error::Unavailable("the server is stopping".into()))
    }

    fn hub(&self, database: &Database, shop: ShopId) -> Arc<Hub> {
        let begin = || {
            let hub = Arc::new(Hub::new(database.watcher_in(shop)));
            tokio::spawn(hub.clone().keep(self.0.clone()));
            hub
        };
        self.0.of_shops().entry(shop).or_insert_with(begin).clone()
    }
}

impl Hubs {
    fn of_shops(&self) -> MutexGuard<'_, HashMap<ShopId, Arc<Hub>>> {
        self.of_shops.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the streams of one shop share.
struct Hub {
    shop: Tenant,
    woken: Notify,
    /// Held during a look, so that whoever joins does so between two looks; `None` once the hub has closed.
    desk: tokio::sync::Mutex<Option<Desk>>,
}

struct Desk {
    feed: Feed,
    /// The sessions that have streams open: each for as long as somebody holds it.
    sessions: HashMap<TokenHash, Weak<()>>,
    streams: broadcast::Sender<Arc<News>>,
}

/// An open stream's end of the hub.
pub(super) struct Listener {
    session: TokenHash,
    news: broadcast::Receiver<Arc<News>>,
    _is_open: Arc<()>,
}

impl Listener {
    /// What is to be written next; `None` when the stream ends: with its session, with the program, or because its client
    /// did not keep up.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        self.news.recv().await.ok()?.words_for(self.session)
    }
}

impl Hub {
    fn new(shop: Tenant) -> Self {
        let desk = Desk { feed: Feed::default(), sessions: HashMap::new(), streams: broadcast::Sender::new(LAG) };
        Self { shop, woken: Notify::new(), desk: tokio::sync::Mutex::new(Some(desk)) }
    }

    /// Gives a session another stream; `None` where the hub has closed.
    async fn join(&self, session: TokenHash) -> Result<Option<Listener>> {
        let mut desk = self.desk.lock().await;
        let Some(desk) = desk.as_mut() else { return Ok(None) };
        if desk.feed.moment().is_none() {
            // What was before the first stream is nobody's news.
            desk.look(&self.shop).await?;
        }
        Ok(Some(desk.join(session)))
    }

    /// The hub's life.
    async fn keep(self: Arc<Self>, hubs: Arc<Hubs>) {
        if hubs.closing.run_until_cancelled(self.work(&hubs)).await.is_none() {
            self.close(&mut *self.desk.lock().await, &hubs);
        }
    }

    /// Looks and tells until nobody listens any more.
    async fn work(&self, hubs: &Hubs) {
        let mut due = Instant::now() + AT_LEAST;
        loop {
            let _whichever_is_first = timeout_at(due, self.woken.notified()).await;
            let Ok(turn) = hubs.looks.acquire().await else { return };
            let began = Instant::now();
            let mut desk = self.desk.lock().await;
            let Some(open) = desk.as_mut().filter(|desk| desk.streams.receiver_count() > 0) else {
                return self.close(&mut desk, hubs);
            };
            let rest = match open.look(&self.shop).await {
                Ok(news) => {
                    if began >= due || open.is_urgent(&news) {
                        due = began + AT_LEAST;
                        open.tell(news);
                    }
                    REST.max(began.elapsed() * RESTS_PER_LOOK)
                }
                Err(error) => {
                    tracing::debug!(shop = %self.shop.shop(), error = %chain(&error), "a shop's news waits");
                    self.woken.notify_one();
                    PAUSE
                }
            };
            drop((desk, turn));
            sleep(rest.min(AT_LEAST)).await;
        }
    }

    /// Ends the streams, and gives the place up before anybody can find the desk closed.
    fn close(&self, desk: &mut Option<Desk>, hubs: &Hubs) {
        hubs.of_shops().remove(&self.shop.shop());
        *desk = None;
    }
}

impl Desk {
    fn join(&mut self, session: TokenHash) -> Listener {
        let open = self.sessions.get(&session).and_then(Weak::upgrade).unwrap_or_default();
        self.sessions.insert(session, Arc::downgrade(&open));
        Listener { session, news: self.streams.subscribe(), _is_open: open }
    }

    async fn look(&mut self, shop: &Tenant) -> Result<News> {
        self.sessions.retain(|_, open| open.strong_count() > 0);
        let sessions = self.sessions.keys().copied().collect();
        // A flight in a box: what waits for news holds no place for one.
        let look = Box::pin(shop.read(queries::look(sessions, self.feed.moment()))).await?;
        Ok(self.feed.news(look.into()))
    }

    /// Whether something changed, or a session has ended.
    fn is_urgent(&self, news: &News) -> bool {
        news.has_events() || news.live_sessions() < self.sessions.len()
    }

    fn tell(&self, news: News) {
        // The last stream may have ended meanwhile.
        let _listeners = self.streams.send(Arc::new(news));
    }
}
