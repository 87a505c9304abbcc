//! The order of the house: what is below may use what is above, never the other way round.

use std::collections::HashMap;

use crate::support::source::{Source, Word, program, words};

/// Macros that stand at the crate's root, and the module they belong to.
const MACROS: [(&str, &str); 1] = [("params", "db")];

/// The modules in the order of `lib.rs`.
fn order(sources: &[Source]) -> Vec<String> {
    let lib = sources.iter().find(|source| source.path == "lib.rs").expect("lib.rs");
    let named = lib.words.windows(2).filter(|pair| pair[0].is("mod"));
    named.filter_map(|pair| if let Word::Name(name) = &pair[1] { Some(name.clone()) } else { None }).collect()
}

/// The modules that a file names behind `crate::`, also those in braces.
fn used(words: &[Word]) -> Vec<String> {
    let mut used = Vec::new();
    for (at, _) in
        words.windows(3).enumerate().filter(|(_, w)| w[0].is("crate") && w[1] == Word::Mark(':') && w[2] == w[1])
    {
        let behind = &words[at + 3..];
        match behind.first() {
            Some(Word::Name(name)) => used.push(name.clone()),
            Some(Word::Mark('{')) => used.extend(first_names(&behind[1..])),
            other => panic!("crate:: is followed by {other:?}"),
        }
    }
    used
}

/// The names that begin each path of `{a, b::c, d::{e, f}}`.
fn first_names(group: &[Word]) -> Vec<String> {
    let mut depth = 0;
    let mut is_first = true;
    let mut names = Vec::new();
    for word in group {
        match word {
            Word::Mark('}') if depth == 0 => break,
            Word::Mark('{') => depth += 1,
            Word::Mark('}') => depth -= 1,
            Word::Mark(',') if depth == 0 => is_first = true,
            Word::Name(name) if depth == 0 && is_first => {
                names.push(name.clone());
                is_first = false;
            }
            _ => {}
        }
    }
    names
}

/// The edges that run upwards, as sentences.
fn upward_edges(sources: &[Source]) -> Vec<String> {
    let order = order(sources);
    let place: HashMap<&str, usize> = order.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| !["lib.rs", "main.rs"].contains(&source.path.as_str())) {
        let own = source.path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        let Some(own_place) = place.get(own) else {
            faults.push(format!("{} belongs to no module of lib.rs", source.path));
            continue;
        };
        for name in used(&source.words) {
            let module = MACROS.iter().find(|(call, _)| *call == name).map_or(name.as_str(), |(_, module)| module);
            match place.get(module) {
                Some(used_place) if used_place <= own_place => {}
                Some(_) => faults.push(format!("{} uses {module}, which stands below {own}", source.path)),
                None => faults.push(format!("{} uses crate::{name}, which lib.rs does not name", source.path)),
            }
        }
    }
    faults
}

/// What a file of a feature may not name, because another one does it. `findings_queries.rs` is a `queries.rs` too.
fn forbidden(file: &str) -> &'static [&'static [&'static str]] {
    if file == "mod.rs" {
        &[&["axum"], &["tokio_postgres"], &[".", "await"]]
    } else if file.ends_with("queries.rs") {
        &[&["axum"], &["StatusCode"], &["super", ":", ":", "api"], &["super", ":", ":", "pages"]]
    } else if file.ends_with("api.rs") || file.ends_with("pages.rs") {
        &[&["tokio_postgres"], &["Query"], &["params", "!"]]
    } else {
        &[]
    }
}

/// Files of a feature that do another one's work. A folder with statements or addresses is a feature.
fn misplaced_work(sources: &[Source]) -> Vec<String> {
    let is_feature = |folder: &str| {
        let has = |file: &str| sources.iter().any(|source| source.path == format!("{folder}/{file}"));
        has("queries.rs") || has("api.rs")
    };
    let in_features = sources.iter().filter_map(|source| Some((source, source.path.rsplit_once('/')?)));
    let mut faults = Vec::new();
    for (source, (_, file)) in in_features.filter(|(_, (folder, _))| is_feature(folder)) {
        for phrase in forbidden(file) {
            let phrase_words = words(&phrase.join(" "));
            if source.words.windows(phrase.len()).any(|window| *window == phrase_words) {
                faults.push(format!("{} names {}", source.path, phrase.concat()));
            }
        }
    }
    faults
}

/// Doors that lead into any shop, and who may open them: the files whose path begins so.
const DOORS: [(&str, &[&str]); 3] = [
    ("by_session", &["db/", "auth/", "users/"]),
    ("worker_in", &["db/", "conversations/sandbox.rs", "photos/sweep.rs"]),
    ("watcher_in", &["db/", "live/hub.rs"]),
];

/// Files that open such a door though it is not theirs.
fn doors_opened_elsewhere(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for (door, holders) in DOORS {
        let strangers = sources.iter().filter(|source| !holders.iter().any(|holder| source.path.starts_with(holder)));
        let opening = strangers.filter(|source| source.words.iter().any(|word| word.is(door)));
        faults.extend(opening.map(|source| format!("{} opens {door}", source.path)));
    }
    faults
}

fn source(path: &str, text: &str) -> Source {
    Source { path: path.into(), words: words(text) }
}

#[test]
fn every_module_uses_only_those_above_it() {
    let sources = program();
    assert_eq!(upward_edges(&sources), [""; 0]);
    let edges: usize = sources.iter().map(|source| used(&source.words).len()).sum();
    assert!(edges > 50, "there is something to judge: {edges} edges");
}

#[test]
fn in_a_feature_addresses_statements_and_rules_stand_apart() {
    assert_eq!(misplaced_work(&program()), [""; 0]);
}

#[test]
fn nobody_gets_into_a_shop_but_by_who_is_asking() {
    assert_eq!(doors_opened_elsewhere(&program()), [""; 0]);
    let opens = "fn f() { database.by_session(shop, bearer, None) }";
    assert_eq!(doors_opened_elsewhere(&[source("auth/staff.rs", opens), source("users/api.rs", opens)]), [""; 0]);
    assert_eq!(doors_opened_elsewhere(&[source("cars/api.rs", opens)]).len(), 1);
    assert_eq!(doors_opened_elsewhere(&[source("cars/api.rs", "database.worker_in(shop)")]).len(), 1);
    assert_eq!(doors_opened_elsewhere(&[source("live/api.rs", "database.watcher_in(shop)")]).len(), 1);
}

#[test]
fn an_edge_that_runs_upwards_is_seen_however_it_is_written() {
    let lib = "pub mod error;\n\npub mod db;\n\npub mod shops;";
    for upwards in [
        "use crate::shops;",
        "use crate::{error, shops::Shop};",
        "fn f() { crate::shops::find() }",
        "use crate::new;",
    ] {
        let faults = upward_edges(&[source("lib.rs", lib), source("db/mod.rs", upwards)]);
        assert_eq!(faults.len(), 1, "{upwards}");
    }
    let harmless = "// crate::shops\nuse crate::{error::{self, shops}, db};\nlet x = \"crate::shops\"; params![]";
    assert_eq!(upward_edges(&[source("lib.rs", lib), source("db/mod.rs", harmless)]), [""; 0]);
    assert_eq!(upward_edges(&[source("lib.rs", lib), source("stray.rs", "")]).len(), 1);
}

#[test]
fn misplaced_work_is_seen() {
    let feature = |mod_rs: &str, queries: &str, api: &str| {
        misplaced_work(&[
            source("cars/mod.rs", mod_rs),
            source("cars/queries.rs", queries),
            source("cars/api.rs", api),
        ])
    };
    assert_eq!(feature("pub enum Car {}", "use tokio_postgres::Row;", "use axum::Json;"), [""; 0]);
    assert_eq!(feature("x().await", "", "").len(), 1);
    assert_eq!(feature("use axum::Json;", "", "").len(), 1);
    assert_eq!(feature("", "use super::api::show;", "").len(), 1);
    assert_eq!(feature("", "", "Query::run(\"DELETE FROM cars\", vec![])").len(), 1);
    let files = [source("cars/api.rs", ""), source("cars/parts_api.rs", "Query::run(\"DELETE FROM cars\", vec![])")];
    assert_eq!(misplaced_work(&files).len(), 1);
}
