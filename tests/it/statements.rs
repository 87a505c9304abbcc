//! Every statement of the program: the source is searched for them, so that none can be forgotten. Each is prepared
//! against the migrated schema by the role that will send it.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use std::collections::HashMap;

use tokio_postgres::Client;
use tokio_postgres::types::Type;

use crate::support::TestApp;
use crate::support::source::{Source, Word, program, words};

/// A statement and where it stands.
#[derive(Debug)]
struct Statement {
    at: String,
    sql: String,
    /// Sent by a flight, which binds the shop as `$1`; otherwise by a door.
    flies: bool,
}

/// Calls whose first argument is a statement.
const CALLS: [&str; 4] = ["one", "optional", "list", "run"];

/// The statements of a file, or the first call whose statement can't be read.
fn statements(source: &Source, program: &[Source]) -> Result<Vec<Statement>, String> {
    let mut found = Vec::new();
    for at in 0..source.words.len() {
        let Some((flies, behind)) = call(&source.words[at..]) else {
            continue;
        };
        let argument = &behind[..end_of_argument(behind)];
        if is_handed_on(argument) {
            continue;
        }
        let sql = resolve(argument, source, program, &HashMap::new())
            .ok_or_else(|| format!("{}: a statement must be written out, not {argument:?}", source.path))?;
        found.push(Statement { at: source.path.clone(), sql, flies });
    }
    Ok(found)
}

/// Whether a call begins here that takes a statement, and what stands behind its parenthesis.
fn call(words: &[Word]) -> Option<(bool, &[Word])> {
    match words {
        [query, Word::Mark(':'), Word::Mark(':'), Word::Name(name), Word::Mark('('), behind @ ..]
            if query.is("Query") && CALLS.contains(&name.as_str()) =>
        {
            Some((true, behind))
        }
        [Word::Mark('.'), Word::Name(name), Word::Mark('('), behind @ ..] if name == "prepare_cached" => {
            Some((false, behind))
        }
        _ => None,
    }
}

/// `sql` and `self.sql` were given to a call that was read elsewhere.
fn is_handed_on(argument: &[Word]) -> bool {
    argument.last().is_some_and(|word| word.is("sql"))
}

/// Up to the comma or the closing parenthesis that ends the first argument.
fn end_of_argument(words: &[Word]) -> usize {
    let mut depth = 0;
    let ends = words.iter().position(|word| {
        match word {
            Word::Mark('(' | '[' | '{') => depth += 1,
            Word::Mark(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        depth < 0 || (depth == 0 && *word == Word::Mark(','))
    });
    ends.unwrap_or(words.len())
}

fn arguments(mut words: &[Word]) -> Vec<&[Word]> {
    let mut arguments = Vec::new();
    while !words.is_empty() {
        let end = end_of_argument(words);
        arguments.push(&words[..end]);
        words = words.get(end + 1..).unwrap_or_default();
    }
    arguments.retain(|argument| !argument.is_empty());
    arguments
}

/// Reads an expression that is text when compiled: a string, `concat!`, a constant, or a macro of the same file.
fn resolve(
    expression: &[Word],
    source: &Source,
    program: &[Source],
    bound: &HashMap<&str, String>,
) -> Option<String> {
    match expression {
        [Word::Text(text)] => Some(text.clone()),
        [Word::Mark('$'), Word::Name(name)] => bound.get(name.as_str()).cloned(),
        [Word::Name(name)] => {
            let mut files = std::iter::once(source).chain(program);
            let (file, value) = files.find_map(|file| Some((file, constant(name, &file.words)?)))?;
            resolve(value, file, program, bound)
        }
        [Word::Name(name), Word::Mark('!'), Word::Mark('('), inside @ .., Word::Mark(')')] => {
            let parts: Option<Vec<String>> =
                arguments(inside).into_iter().map(|part| resolve(part, source, program, bound)).collect();
            if name == "concat" { Some(parts?.concat()) } else { expand(name, parts?, source, program) }
        }
        _ => None,
    }
}

/// What stands behind `const NAME: &str =`.
fn constant<'a>(name: &str, words: &'a [Word]) -> Option<&'a [Word]> {
    let begins = words.windows(2).position(|pair| pair[0].is("const") && pair[1].is(name))?;
    let value = begins + words[begins..].iter().position(|word| *word == Word::Mark('='))? + 1;
    let end = value + words[value..].iter().position(|word| *word == Word::Mark(';'))?;
    Some(&words[value..end])
}

/// A macro of this file with one arm, whose parameters are literals.
fn expand(name: &str, values: Vec<String>, source: &Source, program: &[Source]) -> Option<String> {
    let begins = source.words.windows(3).position(|w| w[0].is("macro_rules") && w[2].is(name))?;
    let arm = &source.words[begins + 4..];
    let pattern_ends = arm.windows(2).position(|pair| *pair == [Word::Mark('='), Word::Mark('>')])?;
    let names = arm[..pattern_ends].windows(2).filter_map(|pair| match pair {
        [Word::Mark('$'), Word::Name(name)] => Some(name.as_str()),
        _ => None,
    });
    let bound: HashMap<&str, String> = names.zip(values).collect();
    let body = &arm[pattern_ends + 3..];
    resolve(&body[..end_of_argument(body)], source, program, &bound)
}

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

async fn tenant_tables(owner: &Client) -> Vec<String> {
    let sql =
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')";
    owner.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn every_statement_fits_the_schema_and_names_the_shop() {
    let (app, _) = TestApp::start().await;
    let tables = tenant_tables(&app.owner().await).await;
    let (requests, work) = (app.with_role("courtesy_app").await, app.with_role("courtesy_worker").await);
    let mut faults = Vec::new();
    let mut count = 0;
    let program = program();
    for statement in program.iter().flat_map(|source| statements(source, &program).unwrap()) {
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
