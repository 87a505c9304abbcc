//! The program's statements, read out of its source, so that none can be forgotten.

use std::collections::HashMap;

use tokio_postgres::Client;

use super::source::{Source, Word, program};

/// A statement and where it stands.
#[derive(Debug)]
pub(crate) struct Statement {
    /// The file, as in `customers/queries.rs`.
    pub at: String,
    pub sql: String,
    /// Sent by a flight, which binds the shop as `$1`; otherwise by a door.
    pub flies: bool,
}

/// Calls whose first argument is a statement.
const CALLS: [&str; 4] = ["one", "optional", "list", "run"];

/// Every statement of the program.
pub(crate) fn all() -> Vec<Statement> {
    let program = program();
    program.iter().flat_map(|source| statements(source, &program).expect("they can be read")).collect()
}

/// The statements of a file, or the first call whose statement can't be read.
pub(crate) fn statements(source: &Source, program: &[Source]) -> Result<Vec<Statement>, String> {
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

/// Reads an expression that is text when compiled: a string, `concat!`, a constant, or a macro of ours.
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

/// A macro with one arm, whose parameters are literals; one of this file before another's with the same name.
fn expand(name: &str, values: Vec<String>, source: &Source, program: &[Source]) -> Option<String> {
    let begins = |file: &Source| file.words.windows(3).position(|w| w[0].is("macro_rules") && w[2].is(name));
    let mut files = std::iter::once(source).chain(program);
    let (source, begins) = files.find_map(|file| Some((file, begins(file)?)))?;
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

/// The tables whose rows belong to shops.
pub(crate) async fn tenant_tables(owner: &Client) -> Vec<String> {
    let sql =
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')";
    owner.query(sql, &[]).await.expect("a list").iter().map(|row| row.get(0)).collect()
}
