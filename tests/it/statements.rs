//! Every statement of the program: the source is searched for them, so that none can be forgotten. Each is prepared
//! against the migrated schema by the role that will send it.

use tokio_postgres::types::Type;

use crate::support::TestApp;
use crate::support::source::{Source, Word, words};
use crate::support::statements::{Statement, all, statements, tenant_tables};

/// Table names that `sql` reads or writes, as often as it does.
fn mentions<'a>(sql: &[Word], tables: &'a [String]) -> Vec<&'a String> {
    let begins = |word: &Word| ["FROM", "JOIN", "UPDATE", "INTO", "USING"].iter().any(|keyword| word.is(keyword));
    let named = sql.windows(2).filter(|pair| begins(&pair[0]));
    named.filter_map(|pair| tables.iter().find(|table| pair[1].is(table))).collect()
}

/// Whether each mention of a tenant table is bound to the shop, by `$1` or by a join on `shop_id`.
fn names_its_shop(sql: &str, tables: &[String]) -> bool {
    let words = words(sql);
    let shop = words.windows(2).filter(|pair| *pair == [Word::Mark('$'), Word::Name("1".into())]).count();
    let joined = words.windows(5).filter(|w| w[0].is("shop_id") && w[1] == Word::Mark('=') && w[4].is("shop_id"));
    shop > 0 && shop + joined.count() >= mentions(&words, tables).len()
}

#[tokio::test]
async fn every_statement_fits_the_schema_and_names_the_shop() {
    let (app, _) = TestApp::start().await;
    let tables = tenant_tables(&app.owner().await).await;
    let (requests, work) = (app.with_role("courtesy_app").await, app.with_role("courtesy_worker").await);
    let mut faults = Vec::new();
    let mut count = 0;
    for statement in all() {
        count += 1;
        let Statement { at, sql, flies } = &statement;
        let prepared = match requests.prepare(sql).await {
            Ok(prepared) => Ok(prepared),
            // Workers have functions and columns of their own.
            Err(_) if work.prepare(sql).await.is_ok() => work.prepare(sql).await,
            Err(error) => Err(error),
        };
        match prepared {
            Err(error) => faults.push(format!("{at}: {} in: {sql}", error.as_db_error().unwrap().message())),
            Ok(prepared) if *flies && prepared.params().first() != Some(&Type::UUID) => {
                faults.push(format!("{at}: $1 is not the shop in: {sql}"));
            }
            Ok(_) if *flies && !names_its_shop(sql, &tables) => faults.push(format!("{at}: names no shop: {sql}")),
            Ok(_) => {}
        }
    }
    assert_eq!(faults, [""; 0]);
    assert!(count > 30, "there is something to prepare: {count} statements");
}

#[test]
fn a_statement_is_read_however_it_is_written() {
    let file = r#"
        const HELD: &str = concat!("SELECT 1", " FOR UPDATE");
        macro_rules! select { ($rest:literal) => { concat!("SELECT a \
            FROM b ", $rest) }; }
        fn f() { Query::one("SELECT \"x\"", vec![], |row| row.get(0)); Query::run(HELD, params![]);
                 Query::optional(select!("WHERE c"), vec![]); on.prepare_cached(self.sql); }
    "#;
    let source = Source { path: "f.rs".into(), words: words(file) };
    let read: Vec<String> = statements(&source, &[]).unwrap().into_iter().map(|statement| statement.sql).collect();
    assert_eq!(read, ["SELECT \"x\"", "SELECT 1 FOR UPDATE", "SELECT a FROM b WHERE c"]);
    for hidden in ["Query::run(&format!(\"DELETE\"), vec![])", "Query::list(somewhere::ELSE, vec![])"] {
        let source = Source { path: "f.rs".into(), words: words(hidden) };
        assert!(statements(&source, &[]).is_err(), "{hidden}");
    }
}

#[test]
fn a_table_without_its_shop_is_seen() {
    let tables = ["cars".to_owned(), "owners".to_owned()];
    let bound = |sql| names_its_shop(sql, &tables);
    assert!(bound("SELECT * FROM cars WHERE shop_id = $1"));
    assert!(bound(
        "SELECT * FROM cars c JOIN owners o ON o.shop_id = c.shop_id AND o.id = c.owner WHERE c.shop_id = $1"
    ));
    assert!(!bound("SELECT * FROM cars WHERE id = $2"));
    assert!(!bound("SELECT * FROM cars c JOIN owners o ON o.id = c.owner WHERE c.shop_id = $1"));
}
