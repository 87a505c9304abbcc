//! What can be typed and set. `--help` is written from here; the checks are beside it, in `values`.

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand};
use uuid::Uuid;

use crate::text::Email;

/// Courtesy inspections for repair shops: a car is inspected, the manager reviews, the customer gets a text with a link.
#[derive(Parser)]
#[command(name = "courtesy", version, max_term_width = 110)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// With what.
    #[command(flatten)]
    pub options: Options,
}

/// What the program does.
#[derive(Subcommand)]
pub enum Command {
    /// Serve web pages and the JSON API, until SIGTERM or SIGINT
    Serve {
        /// Fill an empty database with a demo shop, and print its address and logins
        #[arg(long, env = "COURTESY_DEMO", value_parser = FalseyValueParser::new(), hide_env_values = true)]
        demo: bool,
    },
    /// Bring the database to the current schema
    Migrate,
    /// Check configuration, certificate, database, rights, storage and texting
    Doctor,
    /// Help somebody who can't log in
    #[command(subcommand)]
    User(UserCommand),
    /// Change or close a shop
    #[command(subcommand)]
    Shop(ShopCommand),
}

/// What the operator does for a person.
#[derive(Subcommand)]
pub enum UserCommand {
    /// Print a new password, once, and end all sessions
    Reset {
        /// What they log in with
        email: Email,
    },
}

/// What the operator does with a shop.
#[derive(Subcommand)]
pub enum ShopCommand {
    /// Set the subscription; what is left out stays
    #[command(group = clap::ArgGroup::new("subscription").required(true).multiple(true))]
    Set {
        /// The shop
        id: Uuid,
        /// What it pays for
        #[arg(long, group = "subscription", value_parser = ["starter", "professional", "business"])]
        tier: Option<String>,
        /// Whether it may write; an inactive one can only read
        #[arg(long, group = "subscription", value_parser = ["active", "inactive"])]
        status: Option<String>,
    },
    /// Close the shop: nobody of it can log in any more; its rows stay
    Close {
        /// The shop
        id: Uuid,
    },
}

/// Every option, as it was given. What holds passwords is better set in the environment, since others can read command
/// lines; `--help` shows names only.
#[derive(Args, Default)]
#[command(next_help_heading = "Options, each also as an environment variable")]
pub struct Options {
    /// A PostgreSQL 15 or newer, as the schema's owner; unset, a private one is started in the data directory
    #[arg(long, env = "DATABASE_URL", value_name = "URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// A login that is only in `courtesy_app` and `courtesy_worker`, for serving [default: the owner in those roles]
    #[arg(long, env = "COURTESY_APP_URL", value_name = "URL", global = true, hide_env_values = true)]
    pub app_url: Option<String>,
    /// The folder of the private database and of photos [default: /var/lib/courtesy for root, else `$XDG_DATA_HOME/courtesy`]
    #[arg(long, env = "COURTESY_DATA_DIR", value_name = "FOLDER", global = true, hide_env_values = true)]
    pub data_dir: Option<String>,
    /// Photos in a store that speaks S3, as `s3://bucket/prefix`, with the usual `AWS_` variables [default: the data
    /// directory]
    #[arg(long, env = "COURTESY_STORAGE_URL", value_name = "URL", global = true, hide_env_values = true)]
    pub storage_url: Option<String>,
    /// Where to listen; port 0 picks one [default: 127.0.0.1:8080]
    #[arg(long, env = "COURTESY_LISTEN", value_name = "ADDRESS:PORT", global = true, hide_env_values = true)]
    pub listen: Option<String>,
    /// What links in texts begin with; needed on 0.0.0.0 and [::] [default: the address listened on]
    #[arg(long, env = "COURTESY_PUBLIC_URL", value_name = "URL", global = true, hide_env_values = true)]
    pub public_url: Option<String>,
    /// The certificate for https, as a PEM file with its chain; read again when it is replaced [default: plain http]
    #[arg(long, env = "COURTESY_TLS_CERT", value_name = "FILE", global = true, hide_env_values = true)]
    pub tls_cert: Option<String>,
    /// The private key of the certificate, as a PEM file without a password
    #[arg(long, env = "COURTESY_TLS_KEY", value_name = "FILE", global = true, hide_env_values = true)]
    pub tls_key: Option<String>,
    /// Addresses and networks, separated by commas, whose forwarded client address is believed [default: nobody's]
    #[arg(long, env = "COURTESY_TRUSTED_PROXIES", value_name = "LIST", global = true, hide_env_values = true)]
    pub trusted_proxies: Option<String>,
    /// `off` lifts the throttles on signing up and logging in, while listening on loopback only [default: on]
    #[arg(long, env = "COURTESY_LIMITS", value_name = "on|off", global = true, hide_env_values = true)]
    pub limits: Option<String>,
    /// Prometheus text on a listener of its own [default: off]
    #[arg(long, env = "COURTESY_METRICS_LISTEN", value_name = "ADDRESS:PORT", global = true, hide_env_values = true)]
    pub metrics_listen: Option<String>,
    /// How texts are sent; in the sandbox they stay in this server [default: sandbox]
    #[arg(long, env = "COURTESY_SMS", value_name = "sandbox|twilio", global = true, hide_env_values = true)]
    pub sms: Option<String>,
    /// The account at Twilio: AC and 32 digits
    #[arg(long, env = "TWILIO_ACCOUNT_SID", value_name = "SID", global = true, hide_env_values = true)]
    pub twilio_account_sid: Option<String>,
    /// The account's token, which signs requests and webhooks
    #[arg(long, env = "TWILIO_AUTH_TOKEN", value_name = "TOKEN", global = true, hide_env_values = true)]
    pub twilio_auth_token: Option<String>,
    /// The other token while tokens are being changed: webhooks may be signed with either
    #[arg(long, env = "TWILIO_AUTH_TOKEN_2", value_name = "TOKEN", global = true, hide_env_values = true)]
    pub twilio_auth_token_2: Option<String>,
    /// Where Twilio is asked [default: <https://api.twilio.com>]
    #[arg(long, env = "TWILIO_API_URL", value_name = "URL", global = true, hide_env_values = true)]
    pub twilio_api_url: Option<String>,
    /// The messaging service whose sender pool holds the shops' numbers [default: texts leave from the bare number]
    #[arg(long, env = "TWILIO_MESSAGING_SERVICE_SID", value_name = "SID", global = true, hide_env_values = true)]
    pub twilio_messaging_service_sid: Option<String>,
    /// The folder of PostgreSQL's programs [default: PATH, /usr/lib/postgresql, `pg_config`]
    #[arg(long, env = "COURTESY_PG_BIN", value_name = "FOLDER", global = true, hide_env_values = true)]
    pub pg_bin: Option<String>,
    /// What is logged on standard error, for example `warn` or `info,courtesy::web=debug` [default: info]
    #[arg(long, env = "COURTESY_LOG", value_name = "FILTER", global = true, hide_env_values = true)]
    pub log: Option<String>,
}
