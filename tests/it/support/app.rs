//! The router in process, and ways to ask it.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use courtesy::app::App;
use courtesy::conversations::Texting;
use courtesy::db::{Database, migrate};
use courtesy::web::{PublicUrl, Throttles};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tokio_postgres::{Client, Config};
use tower::ServiceExt as _;

use super::cluster::cluster;
use super::wire::Wire;
use super::world::{Person, World};

/// The program over a database of its own.
pub(crate) struct TestApp {
    router: Router,
    database: Option<(Database, Config)>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

/// The address that links in texts begin with.
pub(crate) const PUBLIC_URL: &str = "https://inspect.example";

/// The router as the program builds it, with texts that stay here.
pub(crate) fn router(database: Database) -> Router {
    courtesy::app::router(app(database))
}

/// The program without throttles: most tests log in more often than people do.
fn app(database: Database) -> App {
    App { throttles: Throttles::off(), ..App::new(database, PublicUrl(PUBLIC_URL.into())) }
}

impl TestApp {
    /// A database of one's own, with the world of two shops in it.
    pub(crate) async fn start() -> (Self, World) {
        Self::start_with(|app| app).await
    }

    /// The same with something else than usual.
    pub(crate) async fn start_with(change: impl FnOnce(App) -> App) -> (Self, World) {
        let owner = cluster().new_database().await;
        let database = Database::open(&owner, None).await.expect("the database opens");
        let router = courtesy::app::router(change(app(database.clone())));
        (Self { router, database: Some((database, owner)) }, cluster().world.clone())
    }

    /// The same through a single connection: what a request leaves behind, the next one meets.
    pub(crate) async fn start_with_one_connection() -> (Self, World) {
        let owner = cluster().new_database().await;
        let database = Database::with_one_connection(&owner);
        let router = router(database.clone());
        (Self { router, database: Some((database, owner)) }, cluster().world.clone())
    }

    /// The same over a wire that counts round trips.
    pub(crate) async fn start_over_wire() -> (Self, World, Wire) {
        let owner = cluster().new_database().await;
        let (wire, over_wire) = Wire::to(&owner);
        let database = Database::with_one_connection(&over_wire);
        let router = router(database.clone());
        (Self { router, database: Some((database, owner)) }, cluster().world.clone(), wire)
    }

    /// The same with a provider for texts.
    pub(crate) async fn start_with_provider() -> (Self, World) {
        Self::start_with(|app| App { texting: Texting::Provider, ..app }).await
    }

    /// A bare router, for building the world.
    pub(crate) fn over(router: Router) -> Self {
        Self { router, database: None }
    }

    /// The database behind it.
    pub(crate) fn database(&self) -> &Database {
        &self.database.as_ref().expect("started with a database").0
    }

    /// How its owner connects.
    pub(crate) fn owner_config(&self) -> &Config {
        &self.database.as_ref().expect("started with a database").1
    }

    /// The owner's hand, for moving rows in time and for looking behind the curtain.
    pub(crate) async fn owner(&self) -> Client {
        migrate::connect(self.owner_config()).await.expect("the owner connects")
    }

    /// Waits until so many transactions stand before a lock.
    pub(crate) async fn has_waiting(&self, transactions: i64) {
        let waiting = "SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let watch = self.owner().await;
        let stand_there = async {
            while watch.query_one(waiting, &[]).await.expect("a count").get::<_, i64>(0) < transactions {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), stand_there).await.expect("they stand before a lock");
    }

    /// What comes of a request while the owner is inside a transaction that it has to wait for: once it stands before a
    /// lock, the owner goes on with this and ends.
    pub(crate) async fn amid<T>(&self, owner: &Client, goes_on: &str, request: impl Future<Output = T>) -> T {
        let ends = async {
            self.has_waiting(1).await;
            owner.batch_execute(&format!("{goes_on}; COMMIT")).await.expect("nobody stands in the owner's way");
        };
        tokio::join!(request, ends).0
    }

    /// A bare connection with the rights of one of the program's roles, for what the program itself never says.
    pub(crate) async fn with_role(&self, role: &str) -> Client {
        let client = self.owner().await;
        client.batch_execute(&format!("SET ROLE {role}")).await.expect("the owner may take the role");
        client
    }

    pub(crate) async fn get(&self, path: &str, who: impl Into<Option<&Person>>) -> Answer {
        self.ask(Method::GET, path, who.into(), None).await
    }

    pub(crate) async fn post(&self, path: &str, who: impl Into<Option<&Person>>, body: &Value) -> Answer {
        self.ask(Method::POST, path, who.into(), Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, who: impl Into<Option<&Person>>, body: &Value) -> Answer {
        self.ask(Method::PATCH, path, who.into(), Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, who: impl Into<Option<&Person>>, body: &Value) -> Answer {
        self.ask(Method::PUT, path, who.into(), Some(body)).await
    }

    /// Sends a picture.
    pub(crate) async fn put_photo(
        &self,
        path: &str,
        who: impl Into<Option<&Person>>,
        picture: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::put(format!("/api/v1{path}")).header(header::CONTENT_TYPE, "image/jpeg");
        if let Some(person) = who.into() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", person.token));
        }
        self.send(request.body(picture.into()).expect("a request")).await
    }

    pub(crate) async fn delete(&self, path: &str, who: impl Into<Option<&Person>>) -> Answer {
        self.ask(Method::DELETE, path, who.into(), None).await
    }

    /// Any request below the API's base, with a JSON body where one is given.
    pub(crate) async fn ask(&self, method: Method, path: &str, who: Option<&Person>, body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if let Some(person) = who {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", person.token));
        }
        let body = match body {
            Some(json) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(json.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).expect("a request")).await
    }

    /// Any request, whose answer has only begun.
    pub(crate) async fn begin(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.expect("the router always answers")
    }

    /// Any request at all. Of a stream, which has no end, what it begins with.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, mut body) = self.begin(request).await.into_parts();
        let bytes = if parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream") {
            let first = body.frame().await.expect("it begins").expect("it goes on");
            first.into_data().expect("no trailers").to_vec()
        } else {
            body.collect().await.expect("the whole body").to_bytes().to_vec()
        };
        Answer { status: parts.status, headers: parts.headers, bytes }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some((_, owner)) = &self.database {
            cluster().drop_database(owner);
        }
    }
}

impl Answer {
    /// The JSON body.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, String::from_utf8_lossy(&self.bytes)))
    }

    /// The JSON body of a success.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        self.expect(StatusCode::OK)
    }

    /// The JSON body of what was created.
    #[track_caller]
    pub(crate) fn created(&self) -> Value {
        self.expect(StatusCode::CREATED)
    }

    /// Says that there was nothing to say.
    #[track_caller]
    pub(crate) fn no_content(&self) {
        assert_eq!(self.status, StatusCode::NO_CONTENT, "{}", String::from_utf8_lossy(&self.bytes));
        assert!(self.bytes.is_empty());
    }

    /// The problem, which must have this status and type, and be told in the right shape.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, kind: &str) -> Value {
        let problem = self.json();
        assert_eq!(self.status.as_u16(), status, "{problem}");
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], kind, "{problem}");
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
        problem
    }

    /// The fields that a 422 names.
    #[track_caller]
    pub(crate) fn invalid_fields(&self) -> Vec<String> {
        let problem = self.problem(422, "about:blank");
        let errors = problem["errors"].as_array().expect("the fields are listed").clone();
        errors.iter().map(|error| error["field"].as_str().expect("a field's name").to_owned()).collect()
    }

    #[track_caller]
    fn expect(&self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json()
    }
}
