//! Every option, read once and checked; all mistakes are reported together.

mod command_line;
mod mistakes;
mod provider;
mod values;

use std::net::SocketAddr;
use std::path::PathBuf;

pub use command_line::{Command, CommandLine, Options, ShopCommand, UserCommand};
pub use mistakes::Mistakes;
pub use values::Surroundings;

use crate::certificate::Pair;
use crate::conversations::Texting;
use crate::conversations::twilio::Account;
use crate::db::private::Places;
use crate::photos::Place;
use crate::web::{PublicUrl, TrustedProxies};

/// What the operator wants, checked. Its `Debug` shows no password.
#[derive(Debug)]
pub struct Config {
    /// Which database.
    pub database: DatabaseChoice,
    /// Where the private database and the photos are.
    pub data_dir: PathBuf,
    /// Where requests are taken; port 0 picks one.
    pub listen: SocketAddr,
    /// Where customers reach the server, if that is not the address it listens on.
    pub public_url: Option<PublicUrl>,
    /// What is shown to whoever connects; without one, plain http is spoken.
    pub tls: Option<Pair>,
    /// Where photos are kept.
    pub photos: Place,
    /// Whose forwarded client address is believed.
    pub trusted_proxies: TrustedProxies,
    /// Whether the throttles on signing up and logging in hold.
    pub limits_hold: bool,
    /// Where texts go.
    pub texting: Texting,
    /// Whose account carries them, where they leave this server.
    pub twilio: Option<Account>,
    /// Where Prometheus may ask.
    pub metrics_listen: Option<SocketAddr>,
    /// What is logged, as a filter of `tracing`.
    pub log: String,
}

/// Which database the program works with.
#[derive(Debug)]
pub enum DatabaseChoice {
    /// One of its own, with PostgreSQL's programs found there.
    Private(Places),
    /// The operator's.
    Given(Box<Logins>),
}

/// How to log in to the operator's database.
#[derive(Debug)]
pub struct Logins {
    /// The schema's owner.
    pub owner: tokio_postgres::Config,
    /// A login that has only the serving roles.
    pub serving: Option<tokio_postgres::Config>,
}

impl Config {
    /// Checks every option, in the surroundings that the program finds itself in.
    pub fn check(mut options: Options, surroundings: Surroundings) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::default();
        let provider = provider::Given::take(&mut options);
        let listen = values::listen(options.listen);
        // Where the listener itself is wrong, there is nothing to be said about what depends on it.
        let limits = values::limits(options.limits, listen.as_ref().ok());
        let public_url = values::public_url(options.public_url, listen.as_ref().ok());
        let tls = values::tls(options.tls_cert, options.tls_key, public_url.as_ref().ok().and_then(Option::as_ref));

        let log = mistakes.sort_out(values::log(options.log));
        let listen = mistakes.sort_out(listen);
        let public_url = mistakes.sort_out(public_url);
        let tls = mistakes.sort_out(tls);
        let trusted_proxies = mistakes.sort_out(values::trusted_proxies(options.trusted_proxies));
        let limits_hold = mistakes.sort_out(limits);
        let metrics_listen = mistakes.sort_out(values::metrics_listen(options.metrics_listen));
        let texting = provider.read(public_url.as_ref(), &mut mistakes);
        let data_dir = mistakes.sort_out(values::data_dir(options.data_dir, &surroundings));
        let photos = mistakes.sort_out(values::photos(options.storage_url, data_dir.as_deref(), surroundings.aws));
        let places = Places::new(values::path(options.pg_bin), surroundings.search_path);
        let database = mistakes.sort_out(values::database(options.database_url, options.app_url, places));

        let (Some(log), Some(listen), Some(public_url), Some(trusted_proxies)) =
            (log, listen, public_url, trusted_proxies)
        else {
            return Err(mistakes);
        };
        let (Some(tls), Some(limits_hold), Some(texting), Some(metrics_listen), Some(data_dir), Some(database)) =
            (tls, limits_hold, texting, metrics_listen, data_dir, database)
        else {
            return Err(mistakes);
        };
        let (Some(photos), (texting, twilio)) = (photos, texting) else { return Err(mistakes) };
        let config = Self {
            database,
            data_dir,
            listen,
            public_url,
            tls,
            photos,
            trusted_proxies,
            limits_hold,
            texting,
            twilio,
            metrics_listen,
            log,
        };
        mistakes.none_or(config)
    }

    /// Whether passwords go over a network unencrypted, as far as can be known here.
    #[must_use]
    pub fn is_in_the_clear(&self) -> bool {
        let is_before_proxy = self.public_url.as_ref().is_some_and(|url| url.0.starts_with("https://"));
        self.tls.is_none() && !is_before_proxy && !self.listen.ip().is_loopback()
    }

    /// The login for requests, where the operator gave one.
    #[must_use]
    pub fn serving_login(&self) -> Option<&tokio_postgres::Config> {
        match &self.database {
            DatabaseChoice::Given(logins) => logins.serving.as_ref(),
            DatabaseChoice::Private(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings() -> Surroundings {
        Surroundings {
            is_root: false,
            home: Some("/home/ana".into()),
            xdg_data_home: None,
            search_path: "/usr/bin".into(),
            aws: Vec::new(),
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "every option may be left out")]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn mistakes(options: Options) -> String {
        Config::check(options, surroundings()).expect_err("there are mistakes").to_string()
    }

    fn kept(storage_url: &str) -> Place {
        let options = Options { storage_url: some(storage_url), ..Options::default() };
        let aws = vec![("AWS_SECRET_ACCESS_KEY".into(), "geheim".into()), ("AWS_PAGER".into(), String::new())];
        let config = Config::check(options, Surroundings { aws, ..surroundings() });
        config.expect("right").photos
    }

    #[test]
    fn photos_are_kept_in_the_data_directory_or_in_a_bucket() {
        assert_eq!(kept("").to_string(), "/home/ana/.local/share/courtesy/photos");
        for (url, place) in [
            ("s3://shop-photos", "s3://shop-photos/"),
            ("s3://shop-photos/", "s3://shop-photos/"),
            ("s3://shop-photos/a/b/", "s3://shop-photos/a/b"),
        ] {
            assert_eq!(kept(url).to_string(), place);
        }
        let Place::Bucket(bucket) = kept("s3://shop-photos") else { panic!("a bucket") };
        assert_eq!(bucket.settings.len(), 1);
        assert!(!format!("{bucket:?}").contains("geheim"));
        for wrong in ["/var/photos", "file:///var/photos", "s3://", "s3:///x", "https://bucket.example", "s3://b?x=y"]
        {
            let options = Options { storage_url: some(wrong), ..Options::default() };
            assert!(mistakes(options).contains("COURTESY_STORAGE_URL"), "{wrong}");
        }
    }

    #[test]
    fn nothing_has_to_be_set() {
        let config = Config::check(Options::default(), surroundings()).expect("the defaults are right");
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.data_dir, PathBuf::from("/home/ana/.local/share/courtesy"));
        assert!(config.limits_hold && config.public_url.is_none() && config.metrics_listen.is_none());
        assert!(matches!(config.database, DatabaseChoice::Private(_)));
    }

    #[test]
    fn an_empty_value_is_none() {
        let options = Options { listen: some(""), database_url: some(""), sms: some(" "), ..Options::default() };
        assert!(Config::check(options, surroundings()).is_ok());
    }

    #[test]
    fn the_data_directory_follows_who_runs_the_program() {
        let root = Surroundings { is_root: true, ..surroundings() };
        let config = Config::check(Options::default(), root).expect("right");
        assert_eq!(config.data_dir, PathBuf::from("/var/lib/courtesy"));
        let data = Surroundings { xdg_data_home: Some("/data".into()), ..surroundings() };
        assert_eq!(Config::check(Options::default(), data).expect("right").data_dir, PathBuf::from("/data/courtesy"));
        let homeless = Surroundings { home: None, ..surroundings() };
        let refused = Config::check(Options::default(), homeless).expect_err("nowhere to go").to_string();
        assert!(refused.contains("COURTESY_DATA_DIR"), "{refused}");
    }

    #[test]
    fn all_mistakes_are_reported_together() {
        let told = mistakes(Options {
            database_url: some("mysql://ana:geheim@host/shop"),
            listen: some("8080"),
            public_url: some("https://shop.example/path"),
            trusted_proxies: some("10.0.0.0/8, proxy"),
            limits: some("maybe"),
            metrics_listen: some("here"),
            sms: some("pigeon"),
            log: some("courtesy=loud"),
            ..Options::default()
        });
        for name in
            ["DATABASE_URL", "LISTEN", "PUBLIC_URL", "TRUSTED_PROXIES", "LIMITS", "METRICS_LISTEN", "SMS", "LOG"]
        {
            assert!(told.lines().any(|line| line.contains(name)), "{name}: {told}");
        }
        assert!(told.starts_with("the configuration has 8 mistakes"), "{told}");
        assert!(!told.contains("geheim"), "{told}");
    }

    #[test]
    fn limits_are_lifted_on_loopback_only() {
        let off = |listen: &str| Options { limits: some("off"), listen: some(listen), ..Options::default() };
        for loopback in ["127.0.0.1:0", "127.9.9.9:80", "[::1]:8080"] {
            assert!(!Config::check(off(loopback), surroundings()).expect("loopback").limits_hold);
        }
        for public in ["0.0.0.0:8080", "[::]:8080", "192.168.1.5:80"] {
            assert!(mistakes(off(public)).contains("COURTESY_LIMITS"), "{public}");
        }
    }

    #[test]
    fn who_listens_everywhere_says_where_customers_come_in() {
        for everywhere in ["0.0.0.0:8080", "[::]:8080"] {
            let options = Options { listen: some(everywhere), ..Options::default() };
            let told = mistakes(options);
            assert!(told.contains("COURTESY_PUBLIC_URL") && told.contains(everywhere), "{told}");
            let public_url = some("https://shop.example");
            let options = Options { listen: some(everywhere), public_url, ..Options::default() };
            assert!(Config::check(options, surroundings()).is_ok());
        }
    }

    #[test]
    fn a_public_address_is_a_bare_one() {
        let read = |url: &str| {
            let options = Options { public_url: some(url), ..Options::default() };
            Config::check(options, surroundings())
                .map(|config| config.public_url.expect("one was given").0.to_string())
        };
        for (given, kept) in [
            ("https://shop.example", "https://shop.example"),
            ("https://shop.example/", "https://shop.example"),
            ("http://192.168.1.5:8080/", "http://192.168.1.5:8080"),
            ("HTTPS://shop.example", "https://shop.example"),
        ] {
            assert_eq!(read(given).expect(given), kept);
        }
        for wrong in [
            "shop.example",
            "ftp://shop.example",
            "https://",
            "https://shop.example/x",
            "https://shop.example/?a=b",
            "https://shop.example/#top",
            "https://ana:geheim@shop.example",
            "https://shop.example:99999",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_certificate_and_its_key_are_given_together() {
        let tls = |cert: &str, key: &str| Options { tls_cert: some(cert), tls_key: some(key), ..Options::default() };
        assert!(Config::check(tls("", ""), surroundings()).expect("right").tls.is_none());
        let pair = Config::check(tls("/etc/c.pem", "k.pem"), surroundings()).expect("right").tls.expect("given");
        assert_eq!((pair.certificate, pair.key), (PathBuf::from("/etc/c.pem"), PathBuf::from("k.pem")));
        assert!(mistakes(tls("c.pem", "")).starts_with("COURTESY_TLS_CERT is set, but COURTESY_TLS_KEY"));
        assert!(mistakes(tls("", "k.pem")).starts_with("COURTESY_TLS_KEY is set, but COURTESY_TLS_CERT"));
    }

    #[test]
    fn in_the_clear_is_whatever_leaves_the_machine_unencrypted() {
        let is_in_the_clear = |listen: &str, public_url: &str, pair: Option<&str>| {
            let [tls_cert, tls_key] = [pair, pair].map(|file| file.map(str::to_owned));
            let (listen, public_url) = (some(listen), some(public_url));
            let options = Options { listen, public_url, tls_cert, tls_key, ..Options::default() };
            Config::check(options, surroundings()).expect("right").is_in_the_clear()
        };
        assert!(is_in_the_clear("192.168.1.5:80", "", None));
        assert!(is_in_the_clear("0.0.0.0:80", "http://shop.lan", None));
        assert!(!is_in_the_clear("0.0.0.0:80", "https://shop.example", None), "a proxy speaks https");
        assert!(!is_in_the_clear("192.168.1.5:443", "", Some("pair.pem")));
        assert!(!is_in_the_clear("127.0.0.1:80", "", None));
    }

    #[test]
    fn links_in_texts_do_not_lead_past_the_certificate() {
        let at = |url: &str| Options {
            tls_cert: some("c.pem"),
            tls_key: some("k.pem"),
            public_url: some(url),
            ..Options::default()
        };
        assert!(mistakes(at("http://shop.example")).contains("COURTESY_PUBLIC_URL is http://shop.example"));
        assert!(Config::check(at("https://shop.example"), surroundings()).is_ok());
    }

    #[test]
    fn a_serving_login_needs_a_database_to_log_in_to() {
        let options = Options { app_url: some("postgres://app@host/shop"), ..Options::default() };
        assert!(mistakes(options).contains("DATABASE_URL"));
    }

    #[test]
    fn passwords_are_not_shown() {
        let options = Options {
            database_url: some("postgres://owner:geheim@host/shop"),
            app_url: some("postgres://app:geheim@host/shop"),
            ..Options::default()
        };
        let config = Config::check(options, surroundings()).expect("right");
        let shown = format!("{config:?}");
        assert!(shown.contains("owner") && !shown.contains("geheim"), "{shown}");
        assert!(!shown.contains(&format!("{:?}", b"geheim")), "{shown}");
    }
}
