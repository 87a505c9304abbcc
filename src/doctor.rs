//! `courtesy doctor`: one line for each thing that has to be right, with what to do where it isn't.

use std::fmt::Display;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use crate::certificate::Pair;
use crate::config::{Config, Mistakes};
use crate::conversations::twilio::Twilio;
use crate::db::diagnosis::{Diagnosis, diagnose};
use crate::db::migrate::Schema;
use crate::db::{Database, private};
use crate::error::chain;
use crate::failure::Failure;
use crate::photos::{Place, Store};
use crate::postgres::Postgres;
use crate::web::metrics::Metrics;

/// Writes the findings as they come; true if all is well.
pub async fn examine(config: Result<&Config, &Mistakes>) -> bool {
    let mut findings = Findings { all_is_well: true };
    match config {
        Err(mistakes) => findings.note("configuration", Err(mistakes.to_string())),
        Ok(config) => {
            findings.note("configuration", Ok("every option is right".into()));
            findings.note("https", https(config));
            let data_dir = &config.data_dir;
            findings.note("data directory", data_directory(data_dir));
            database(config, &mut findings).await;
            findings.note("storage", storage(&config.photos).await);
            findings.note("texting", texting(config).await);
        }
    }
    findings.all_is_well
}

struct Findings {
    all_is_well: bool,
}

impl Findings {
    fn note(&mut self, what: &str, finding: Result<String, String>) {
        self.all_is_well &= finding.is_ok();
        let (word, text) = match finding {
            Ok(text) => ("ok  ", text),
            Err(text) => ("FAIL", text),
        };
        // One line each, also where the sentence goes on with SQL to run. A reader who has gone away needs no more.
        let _gone = writeln!(io::stdout(), "{word}  {what}: {}", text.replace('\n', " "));
    }
}

/// Plain http is a choice, but one to know of.
fn https(config: &Config) -> Result<String, String> {
    match &config.tls {
        Some(pair) => certificate(pair),
        None if config.is_in_the_clear() => {
            Ok("off, so whoever is in this network can read passwords on their way, and \
             phones can't work without it; COURTESY_TLS_CERT and COURTESY_TLS_KEY turn it on"
                .into())
        }
        None => Ok("off, which is right behind a proxy that speaks it, or on one machine".into()),
    }
}

fn certificate(pair: &Pair) -> Result<String, String> {
    let identity = pair.read().map_err(|reason| reason.to_string())?;
    let certificate = pair.certificate.display();
    match identity.good_until {
        Some(end) if identity.has_expired() => Err(format!("{certificate} was good until {end}; renew it")),
        Some(end) => Ok(format!("{certificate} is good until {end}")),
        None => Ok(format!("{certificate} and its key fit each other")),
    }
}

/// Makes the folder if need be, as `serve` does.
fn data_directory(folder: &Path) -> Result<String, String> {
    private::make_folders(folder).map_err(|reason| reason.to_string())?;
    writable(folder)
}

/// No folder is made here: root would make it root's, in a data directory that may be somebody else's.
async fn storage(place: &Place) -> Result<String, String> {
    match place {
        Place::Folder(folder) if folder.exists() => writable(folder),
        Place::Folder(folder) => Ok(format!("{} is made when the server starts", folder.display())),
        Place::Bucket(bucket) => {
            let store = Store::at(place).map_err(|reason| reason.to_string())?;
            let tried = store.try_out().await;
            tried.map(|()| format!("{bucket} takes, gives back and removes what it is given")).map_err(|reason| {
                format!("{bucket}: {}; check COURTESY_STORAGE_URL and the AWS_ variables", chain(&reason))
            })
        }
    }
}

fn writable(folder: &Path) -> Result<String, String> {
    let probe = folder.join(".doctor");
    match fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)) {
        Ok(()) => Ok(format!("{} is writable", folder.display())),
        Err(reason) => {
            Err(format!("{} can't be written to: {reason}; choose another COURTESY_DATA_DIR", folder.display()))
        }
    }
}

/// Asks for the account itself; nothing is sent.
async fn texting(config: &Config) -> Result<String, String> {
    let (Some(account), Some(public_url)) = (config.twilio.clone(), config.public_url.clone()) else {
        return Ok("sandbox, texts stay in this server".into());
    };
    let (sid, asked_at) = (account.sid.clone(), account.api_url.clone());
    let twilio = Twilio::new(account, public_url, Metrics::default());
    let twilio = twilio.map_err(|reason| Failure::Encryption(reason).to_string())?;
    match twilio.examine().await {
        Ok(()) => Ok(format!("Twilio's account {sid} is active")),
        Err(fault) => Err(format!(
            "Twilio's account {sid} can't be used at {asked_at}: {fault}; check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN \
             against the provider's console"
        )),
    }
}

async fn database(config: &Config, findings: &mut Findings) {
    let postgres = match Postgres::for_command(config).await {
        Ok(postgres) => postgres,
        Err(reason) => return findings.note("database", Err(reason.to_string())),
    };
    match diagnose(&postgres.owner()).await {
        Ok(diagnosis) => {
            findings.note("database", Ok(format!("PostgreSQL {}, {}", diagnosis.version, place(&postgres))));
            findings.note("owner", owner(&diagnosis));
            findings.note("schema", schema(&diagnosis));
            findings.note("serving", serving(config, &postgres, &diagnosis).await);
        }
        Err(reason) => findings.note("database", Err(format!("{reason}; check DATABASE_URL and the server"))),
    }
    postgres.stop().await;
}

fn place(postgres: &Postgres) -> &'static str {
    match postgres {
        Postgres::Given(_) => "at DATABASE_URL",
        Postgres::Private(_) => "private, started for this examination",
        Postgres::Elsewhere(_) => "private, of the courtesy that runs",
    }
}

fn owner(diagnosis: &Diagnosis) -> Result<String, String> {
    let name = &diagnosis.owner;
    if diagnosis.is_too_mighty {
        return Err(format!(
            "{name} bypasses row level security: let DATABASE_URL name a login without SUPERUSER and BYPASSRLS"
        ));
    }
    match &diagnosis.roles_to_ask_for {
        Some(sql) => Err(sql.to_string()),
        None => Ok(format!("{name} has what it needs and no more")),
    }
}

fn schema(diagnosis: &Diagnosis) -> Result<String, String> {
    match diagnosis.schema {
        Schema::Current => Ok("current".into()),
        Schema::Empty => Ok("none yet, `courtesy serve` or `courtesy migrate` makes it".into()),
        Schema::Behind => Err("not current: run `courtesy migrate`".into()),
    }
}

/// Opens the connections that requests would get, which are refused if their rights go too far.
async fn serving(config: &Config, postgres: &Postgres, diagnosis: &Diagnosis) -> Result<String, String> {
    let login = config.serving_login();
    if !diagnosis.has_roles && login.is_none() {
        return Ok("the roles are made together with the schema".into());
    }
    let opened = Database::open(&postgres.owner(), login).await;
    let database = opened.map_err(|reason| told(&reason, login.is_some()))?;
    database.close();
    Ok("connections are held to row level security".into())
}

fn told(reason: &dyn Display, is_given: bool) -> String {
    let variable = if is_given { "COURTESY_APP_URL" } else { "DATABASE_URL" };
    format!("{reason}; let {variable} name a login that is a member of courtesy_app and courtesy_worker")
}
