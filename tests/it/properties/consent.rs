//! Who may be texted: what phones say, what staff write down, and what the provider knows, in any order.

use std::collections::{BTreeMap, HashSet};

use courtesy::conversations::outbox::turn;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Ground, Member, hold, text};
use crate::support::provider::{Script, refused};

/// Two phones that three customers share and change; each history has numbers of its own.
const PHONES: usize = 2;
const CUSTOMERS: usize = 3;

/// What happens.
#[derive(Clone, Debug)]
enum Act {
    /// Somebody texts the shop from a phone.
    Says(usize, &'static str),
    /// Staff write down whether a customer wants texts, and perhaps a phone with it.
    Changes {
        who: usize,
        wants: Option<bool>,
        phone: Member<usize>,
    },
    /// Staff write a customer's row back as they read it.
    WritesBack(usize),
    Deletes(usize),
    /// A manager texts a customer; the text waits.
    Texts(usize),
    /// The outbox hands over what waits.
    Turn,
    /// The same, and the provider has heard a STOP that we have not.
    Refusal,
}

use Act::{Changes, Deletes, Refusal, Says, Texts, Turn, WritesBack};

fn any_words() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        3 => prop::sample::select(vec!["STOP", "stop", " Unsubscribe. ", "QUIT!", "OptOut"]),
        2 => prop::sample::select(vec!["START", "unstop", "Start."]),
        2 => prop::sample::select(vec!["YES", "yes!"]),
        1 => Just("HELP"),
        2 => prop::sample::select(vec!["Stop by at 5?", "please start", "yes please", "ok"]),
    ]
}

fn any_act() -> impl Strategy<Value = Act> {
    let who = 0..CUSTOMERS;
    let phone = prop::option::weighted(0.6, prop::option::weighted(0.8, 0..PHONES));
    prop_oneof![
        6 => (0..PHONES, any_words()).prop_map(|(phone, words)| Says(phone, words)),
        7 => (who.clone(), prop::option::of(any::<bool>()), phone)
            .prop_map(|(who, wants, phone)| Changes { who, wants, phone }),
        2 => who.clone().prop_map(WritesBack),
        1 => who.clone().prop_map(Deletes),
        6 => who.prop_map(Texts),
        2 => Just(Turn),
        1 => Just(Refusal),
    ]
}

/// Where the customers start: with a phone or without, willing or not.
type Start = [(Option<usize>, bool); CUSTOMERS];

fn any_history() -> impl Strategy<Value = (Start, Vec<Act>)> {
    let one = || (prop::option::weighted(0.8, 0..PHONES), prop::bool::weighted(0.8));
    ((one(), one(), one()), prop::collection::vec(any_act(), 1..36)).prop_map(|((a, b, c), acts)| ([a, b, c], acts))
}

/// A customer as the rules have them.
#[derive(Clone, Debug)]
struct Customer {
    phone: Option<usize>,
    wants: bool,
    is_deleted: bool,
}

/// Why a customer may not be texted: the status of the answer is 409 for each.
type Hindrance = &'static str;

/// A text: for whom, to which phone, by which id.
type Waiting = (usize, usize, String);

#[derive(Clone, Debug, Default)]
struct Model {
    customers: Vec<Customer>,
    /// The phones whose last word is a STOP.
    stopped: [bool; PHONES],
    /// What waits in the outbox.
    waiting: Vec<Waiting>,
}

impl Model {
    fn hindrance(&self, who: usize) -> Option<Hindrance> {
        let customer = &self.customers[who];
        match customer.phone {
            _ if customer.is_deleted => Some("state"),
            None => Some("no-phone"),
            Some(phone) => (self.stopped[phone] || !customer.wants).then_some("opted-out"),
        }
    }

    /// The rows of whoever has a phone follow its word.
    fn word(&mut self, phone: usize, welcome: bool) {
        self.stopped[phone] = !welcome;
        for customer in self.customers.iter_mut().filter(|customer| customer.phone == Some(phone)) {
            customer.wants = welcome;
        }
    }

    fn says(&mut self, phone: usize, words: &str) {
        match words.trim().trim_end_matches(['.', '!']).to_uppercase().as_str() {
            "STOP" | "UNSUBSCRIBE" | "QUIT" | "OPTOUT" => self.word(phone, false),
            "START" | "UNSTOP" => self.word(phone, true),
            "YES" if self.stopped[phone] => self.word(phone, true),
            _ => {}
        }
    }

    fn changes(&mut self, who: usize, wants: Option<bool>, phone: Member<usize>) {
        let customer = &mut self.customers[who];
        customer.phone = phone.unwrap_or(customer.phone);
        if let Some(wants) = wants.filter(|wants| *wants != customer.wants) {
            customer.wants = wants;
            if let Some(phone) = customer.phone {
                self.word(phone, wants);
            }
        }
    }

    /// Whether a text that waits may still leave.
    fn may_leave(&self, who: usize, phone: usize) -> bool {
        let customer = &self.customers[who];
        !customer.is_deleted && customer.wants && !self.stopped[phone]
    }
}

struct Play<'a> {
    ground: &'a Ground,
    numbers: Vec<String>,
    /// For each customer their own address and that of their conversation.
    addresses: Vec<(String, String)>,
    model: Model,
}

impl Play<'_> {
    async fn begin(ground: &Ground, start: Start) -> Play<'_> {
        let sql = "SELECT '+1415' || (5550000 + nextval('test_numbers'))::text FROM generate_series(1, $1)";
        ground.owner.batch_execute("CREATE SEQUENCE IF NOT EXISTS test_numbers").await.expect("made");
        let many = i32::try_from(PHONES).expect("few");
        let numbers = ground.owner.query(sql, &[&many]).await.expect("numbers");
        let numbers = numbers.iter().map(|row| row.get(0)).collect();
        let mut play = Play { ground, numbers, addresses: Vec::new(), model: Model::default() };
        for (phone, wants) in start {
            let row = json!({ "phone": phone.map(|phone| &play.numbers[phone]), "sms_opt_in": wants });
            let made = ground.app.post("/customers", &ground.world.ours.manager, &row).await.created();
            play.meet(&text(&made["id"]), Customer { phone, wants, is_deleted: false }).await;
        }
        play
    }

    /// Opens the customer's conversation, as staff do who want to write.
    async fn meet(&mut self, id: &str, customer: Customer) {
        let boss = &self.ground.world.ours.manager;
        let opened = self.ground.app.post("/conversations", boss, &json!({ "customer_id": id })).await;
        let address = format!("/conversations/{}", text(&opened.json()["id"]));
        self.addresses.push((format!("/customers/{id}"), address));
        self.model.customers.push(customer);
    }

    async fn act(&mut self, act: &Act) {
        let (app, boss) = (&self.ground.app, &self.ground.world.ours.manager);
        match act {
            Says(phone, words) => self.says(*phone, words).await,
            Changes { who, .. } | WritesBack(who) if self.model.customers[*who].is_deleted => {
                app.patch(&self.addresses[*who].0, boss, &json!({})).await.problem(404, "about:blank");
            }
            Changes { who, wants, phone } => {
                let mut change = json!({});
                if let Some(wants) = wants {
                    change["sms_opt_in"] = json!(wants);
                }
                if let Some(phone) = phone {
                    change["phone"] = json!(phone.map(|phone| &self.numbers[phone]));
                }
                app.patch(&self.addresses[*who].0, boss, &change).await.ok();
                self.model.changes(*who, *wants, *phone);
            }
            WritesBack(who) => {
                let row = app.get(&self.addresses[*who].0, boss).await.ok();
                let same = json!({ "phone": row["phone"], "sms_opt_in": row["sms_opt_in"] });
                app.patch(&self.addresses[*who].0, boss, &same).await.ok();
            }
            Deletes(who) => {
                app.delete(&self.addresses[*who].0, boss).await.no_content();
                self.model.customers[*who].is_deleted = true;
            }
            Texts(who) => {
                if self.model.hindrance(*who).is_none() {
                    let messages = format!("{}/messages", self.addresses[*who].1);
                    let queued =
                        app.post(&messages, boss, &json!({ "content": "Your car is ready" })).await.created();
                    let phone = self.model.customers[*who].phone.expect("it may be texted");
                    self.model.waiting.push((*who, phone, text(&queued["id"])));
                }
            }
            Turn => self.turn(false).await,
            Refusal => self.turn(true).await,
        }
    }

    async fn says(&mut self, phone: usize, words: &str) {
        let said = json!({ "from": self.numbers[phone], "content": words });
        let came = self.ground.app.post("/sandbox/messages", &self.ground.world.ours.mechanic, &said).await.created();
        let sender = format!("/customers/{}", text(&came["customer_id"]));
        let known = self.addresses.iter().position(|(address, _)| *address == sender);
        let is_theirs = |customer: &Customer| customer.phone == Some(phone) && !customer.is_deleted;
        if let Some(who) = known {
            assert!(is_theirs(&self.model.customers[who]), "it came from somebody with this phone");
        } else {
            assert!(!self.model.customers.iter().any(is_theirs), "nobody had this phone");
            // The word is heeded for the stranger's row as well.
            let stranger = Customer { phone: Some(phone), wants: true, is_deleted: false };
            self.meet(sender.trim_start_matches("/customers/"), stranger).await;
        }
        self.model.says(phone, words);
    }

    /// Hands over what waits; a provider that knows better refuses everything.
    async fn turn(&mut self, refuses: bool) {
        let answers = vec![refused("21610"); if refuses { self.model.waiting.len() } else { 0 }];
        let provider = Script::new(answers);
        while turn(self.ground.app.database(), &provider).await.expect("the database answers") > 0 {}
        let (mut left, mut expected) = (Vec::new(), BTreeMap::new());
        let mut waiting = std::mem::take(&mut self.model.waiting);
        while !waiting.is_empty() {
            let (claimed, behind) = oldest_to_each_phone(waiting);
            waiting = behind;
            // All are judged when they are claimed, so that a refusal holds back only what comes behind.
            let leave: Vec<bool> = claimed.iter().map(|(who, phone, _)| self.model.may_leave(*who, *phone)).collect();
            for ((_, phone, id), leaves) in claimed.into_iter().zip(leave) {
                if leaves {
                    left.push(self.numbers[phone].clone());
                }
                if leaves && refuses {
                    self.model.word(phone, false);
                }
                expected.insert(id, if leaves && !refuses { "sent" } else { "failed" });
            }
        }
        let mut handed_over: Vec<String> = provider.sent().into_iter().map(|(to, _)| to).collect();
        handed_over.sort();
        left.sort();
        assert_eq!(handed_over, left, "no text leaves after a STOP, and each other one does once");
        let sql = "SELECT id::text, status FROM messages WHERE id::text = ANY ($1)";
        let ids: Vec<&String> = expected.keys().collect();
        let rows = self.ground.owner.query(sql, &[&ids]).await.expect("the texts");
        let ended: BTreeMap<String, &str> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert_eq!(ended, expected);
    }

    /// Every conversation says whether its customer may be texted, and whoever tries all the same is told why not.
    async fn judge(&self) {
        let (app, boss) = (&self.ground.app, &self.ground.world.ours.manager);
        for (who, (_, conversation)) in self.addresses.iter().enumerate() {
            let hindrance = self.model.hindrance(who);
            let shown: Value = app.get(conversation, boss).await.ok();
            assert_eq!(shown["may_text"], hindrance.is_none(), "customer {who}: {hindrance:?}");
            assert_eq!(shown["customer"]["sms_opt_in"], self.model.customers[who].wants, "customer {who}");
            if let Some(hindrance) = hindrance {
                let content = json!({ "content": "Hello" });
                app.post(&format!("{conversation}/messages"), boss, &content).await.problem(409, hindrance);
            }
        }
    }
}

/// What the outbox claims at once: the oldest text to each phone. And what waits behind these.
fn oldest_to_each_phone(waiting: Vec<Waiting>) -> (Vec<Waiting>, Vec<Waiting>) {
    let mut phones = HashSet::new();
    waiting.into_iter().partition(|(_, phone, _)| phones.insert(*phone))
}

async fn play(ground: &Ground, (start, acts): (Start, Vec<Act>)) {
    let mut play = Play::begin(ground, start).await;
    play.judge().await;
    for act in &acts {
        play.act(act).await;
        play.judge().await;
    }
    play.turn(false).await;
}

#[test]
fn who_may_be_texted_is_what_the_phones_and_the_staff_said_last() {
    hold(60, any_history(), &play);
}
