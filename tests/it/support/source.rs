//! The program's own source as words, for the tests that hold rules about it.

use std::fs;
use std::path::{Path, PathBuf};

/// One word of Rust; comments, lifetimes and characters are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// A name, a keyword or a number.
    Name(String),
    /// The content of a string.
    Text(String),
    /// Anything else, one character each.
    Mark(char),
}

/// A file below `src`.
pub(crate) struct Source {
    /// As in `customers/api.rs`.
    pub path: String,
    pub words: Vec<Word>,
}

/// Every file of the program, tests inside it left out.
pub(crate) fn program() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let sources = files.iter().map(|file| {
        let text = fs::read_to_string(file).expect("a readable file");
        let program = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let path = file.strip_prefix(&root).expect("a file below src");
        Source { path: path.to_str().expect("a plain name").to_owned(), words: words(program) }
    });
    sources.collect()
}

impl Word {
    /// Whether it is this name.
    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(self, Self::Name(own) if own == name)
    }
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            collect(&entry, into);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            into.push(entry);
        }
    }
}

/// Cuts source into words.
pub(crate) fn words(mut rest: &str) -> Vec<Word> {
    let mut words = Vec::new();
    while let Some(first) = rest.chars().next() {
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first == '"' {
            let (text, length) = text(&rest[1..]);
            words.push(Word::Text(text));
            length + 1
        } else if first == '\'' {
            length_of_quoted(rest)
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            words.push(Word::Name(rest[..end].to_owned()));
            end
        } else {
            if !first.is_whitespace() {
                words.push(Word::Mark(first));
            }
            first.len_utf8()
        };
        rest = &rest[taken..];
    }
    words
}

/// A string's content, and how much of the source it takes with its closing quote. A backslash before a line break
/// joins the lines; what the others stand for does not matter here.
fn text(source: &str) -> (String, usize) {
    let mut content = String::new();
    let mut characters = source.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (content, at + 1),
            '\\' => match characters.next() {
                Some((_, '\n')) => while characters.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                Some((_, escaped)) => content.push(escaped),
                None => break,
            },
            other => content.push(other),
        }
    }
    panic!("a string without an end: {content}");
}

/// `'a'` and `'\n'` are characters, `'a` is a lifetime.
fn length_of_quoted(source: &str) -> usize {
    let mut characters = source.char_indices().skip(1);
    match (characters.next(), characters.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let behind = at + escaped.len_utf8();
            behind + source[behind..].find('\'').expect("a character ends") + 1
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}
