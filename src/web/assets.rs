//! Stylesheets, scripts and icons: part of the program, and named by what they contain, so that a browser may keep them
//! for ever.

use std::io::Write as _;
use std::sync::{LazyLock, OnceLock};

use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::error::Error;

struct Asset {
    name: &'static str,
    content_type: &'static str,
    content: String,
    /// Where it is served: its name with a fingerprint of its content.
    address: String,
    /// The content as small as it gets, once that is known.
    smallest: OnceLock<Bytes>,
}

/// One stylesheet out of files with a subject each, in the order of their layers.
const STYLES: &str = concat!(
    include_str!("../../assets/css/tokens.css"),
    include_str!("../../assets/css/base.css"),
    include_str!("../../assets/css/components.css"),
    include_str!("../../assets/css/desk.css"),
    include_str!("../../assets/css/door.css"),
    include_str!("../../assets/css/intake.css"),
    include_str!("../../assets/css/report.css"),
    include_str!("../../assets/css/photos.css"),
    include_str!("../../assets/css/review.css"),
    include_str!("../../assets/css/clientele.css"),
    include_str!("../../assets/css/board.css"),
    include_str!("../../assets/css/inbox.css"),
    include_str!("../../assets/css/sandbox.css"),
    include_str!("../../assets/css/work.css"),
    include_str!("../../assets/css/inspect.css"),
    include_str!("../../assets/css/contract.css"),
    include_str!("../../assets/css/team.css"),
    include_str!("../../assets/css/settings.css"),
    include_str!("../../assets/css/data.css"),
);

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// What waits on a phone, and sends it.
macro_rules! queue {
    () => {
        concat!(
            include_str!("../../assets/inspect/kept.js"),
            include_str!("../../assets/inspect/ids.js"),
            include_str!("../../assets/inspect/learned.js"),
            include_str!("../../assets/inspect/turn.js"),
            include_str!("../../assets/inspect/changes.js"),
            include_str!("../../assets/inspect/queue.js"),
            include_str!("../../assets/inspect/sender.js"),
            include_str!("../../assets/inspect/shrink.js"),
        )
    };
}

/// Scripts out of modules with a subject each, because each file costs a phone in a bad network a request. A module stands
/// behind those that it imports.
const JOINED: &[(&str, &str)] = &[
    (
        "inspect.js",
        concat!(
            include_str!("../../assets/events.js"),
            queue!(),
            include_str!("../../assets/inspect/verdict.js"),
            include_str!("../../assets/inspect/model.js"),
            include_str!("../../assets/inspect/parts.js"),
            include_str!("../../assets/inspect/photos.js"),
            include_str!("../../assets/inspect/draw.js"),
            include_str!("../../assets/inspect/row.js"),
            include_str!("../../assets/inspect/car.js"),
            include_str!("../../assets/inspect/sign.js"),
            include_str!("../../assets/inspect/inspect.js"),
        ),
    ),
    ("work.js", concat!(queue!(), include_str!("../../assets/inspect/work.js"))),
];

/// What is served. A module stands behind those that it imports.
const FILES: &[(&str, &str, &str)] = &[
    ("app.css", "text/css; charset=utf-8", STYLES),
    ("icon.svg", "image/svg+xml", include_str!("../../assets/icon.svg")),
    ("copy.js", SCRIPT, include_str!("../../assets/copy.js")),
    ("countries.js", SCRIPT, include_str!("../../assets/countries.js")),
    ("import.js", SCRIPT, include_str!("../../assets/import.js")),
    ("forms.js", SCRIPT, include_str!("../../assets/forms.js")),
    ("keys.js", SCRIPT, include_str!("../../assets/keys.js")),
    ("ages.js", SCRIPT, include_str!("../../assets/ages.js")),
    ("events.js", SCRIPT, include_str!("../../assets/events.js")),
    ("swap.js", SCRIPT, include_str!("../../assets/swap.js")),
    ("quiet.js", SCRIPT, include_str!("../../assets/quiet.js")),
    ("live.js", SCRIPT, include_str!("../../assets/live.js")),
    ("intake.js", SCRIPT, include_str!("../../assets/intake.js")),
    ("search.js", SCRIPT, include_str!("../../assets/search.js")),
    ("report.js", SCRIPT, include_str!("../../assets/report.js")),
    ("photos.js", SCRIPT, include_str!("../../assets/photos.js")),
    ("uploads.js", SCRIPT, include_str!("../../assets/uploads.js")),
    ("segments.js", SCRIPT, include_str!("../../assets/segments.js")),
    ("inbox.js", SCRIPT, include_str!("../../assets/inbox.js")),
    ("review.js", SCRIPT, include_str!("../../assets/review.js")),
];

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let mut assets = Vec::new();
    for (name, content_type, content) in FILES {
        assets.push(asset(name, content_type, content, &assets));
    }
    for (name, modules) in JOINED {
        assets.push(asset(name, SCRIPT, &joined(modules), &assets));
    }
    assets
});

/// Where an asset is served.
///
/// # Panics
///
/// Where there is no asset of this name; every page has a test that shows it.
#[must_use]
pub fn address(name: &str) -> &'static str {
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    &asset.expect("pages name assets that exist").address
}

/// `/assets/{name}`. What is not compressed here is compressed on its way, not as far but at once.
pub async fn serve(uri: Uri, headers: HeaderMap) -> Result<Response, Error> {
    let asset = ASSETS.iter().find(|asset| asset.address == uri.path());
    let asset = asset.ok_or(Error::NotFound)?;
    let mut response = match asset.smallest.get().filter(|_| reads_brotli(&headers)) {
        Some(smallest) => {
            let told = [(header::CONTENT_ENCODING, "br"), (header::VARY, "accept-encoding")];
            (told, smallest.clone()).into_response()
        }
        None => asset.content.as_str().into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    Ok(response)
}

fn reads_brotli(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|coding| coding.trim() == "br")
}

/// Makes everything as small as it gets, which takes a second or two: phones in a bad network load a sixth less, and nobody's
/// request waits for it.
pub fn compress() {
    for asset in ASSETS.iter() {
        asset.smallest.get_or_init(|| smallest(asset.content.as_bytes()));
    }
}

/// As far back as repetitions are looked for, as a power of two: over each asset as a whole, and no further, because it is paid
/// for in memory.
const WINDOW: u32 = 17;

fn smallest(content: &[u8]) -> Bytes {
    const QUALITY: u32 = 11;
    let mut compressing = brotli::CompressorWriter::new(Vec::new(), 4096, QUALITY, WINDOW);
    compressing.write_all(content).expect("memory takes everything");
    compressing.into_inner().into()
}

/// Modules in one scope: none has to import what stands above it, and nobody reads their comments.
fn joined(modules: &str) -> String {
    let is_said = |line: &&str| !line.starts_with("import ") && !line.trim_start().starts_with("//");
    let lines = modules.lines().filter(is_said);
    lines.flat_map(|line| [line.strip_prefix("export ").unwrap_or(line).trim_start(), "\n"]).collect()
}

/// A module imports another one by the address under which a browser may keep it.
fn asset(name: &'static str, content_type: &'static str, content: &str, before: &[Asset]) -> Asset {
    let mut content = content.to_owned();
    for known in before {
        content = content.replace(&format!("\"./{}\"", known.name), &format!("\"{}\"", known.address));
    }
    let fingerprint = URL_SAFE_NO_PAD.encode(&Sha256::digest(&content)[..9]);
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    let address = format!("/assets/{stem}.{fingerprint}.{ending}");
    Asset { name, content_type, content, address, smallest: OnceLock::new() }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Files whose classes are for every page.
    const SHARED: [&str; 4] = ["tokens.css", "base.css", "components.css", "desk.css"];
    /// Classes that a page has for itself and that others use as well, with the rules of both; there should be none more.
    const BORROWED: [&str; 14] = [
        "answer", "back", "button", "car", "earlier", "facts", "input", "line", "marks", "nothing", "shots", "stack",
        "thumb", "ways",
    ];

    /// The class that each selector of a stylesheet begins with.
    fn first_classes(style: &str) -> impl Iterator<Item = &str> {
        let selectors = style.split('{').filter_map(|before| before.rsplit(['}', ';', '/']).next());
        let singles = selectors.flat_map(|selectors| selectors.split(','));
        singles.filter_map(|selector| selector.trim().strip_prefix('.')?.split([' ', '.', ':', '[', '>']).next())
    }

    /// All files are one stylesheet, so what one page means by a class must not reach another page.
    #[test]
    fn a_page_s_classes_are_its_own() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/css");
        let mut owner: BTreeMap<String, String> = BTreeMap::new();
        for file in fs::read_dir(folder).expect("the styles").flatten() {
            let name = file.file_name().into_string().expect("a plain name");
            if SHARED.contains(&name.as_str()) {
                continue;
            }
            let style = fs::read_to_string(file.path()).expect("text");
            for class in first_classes(&style) {
                let known = owner.entry(class.to_owned()).or_insert_with(|| name.clone());
                assert_eq!(*known, name, ".{class} stands at the beginning of rules in both");
            }
        }
        assert!(owner.len() > 50, "there is something to judge: {owner:?}");
    }

    /// The classes that a stylesheet says something about, wherever in a selector they stand.
    fn all_classes(style: &str) -> HashSet<&str> {
        let selectors = style.split('{').filter_map(|before| before.rsplit(['}', ';', '/']).next());
        let words = selectors.flat_map(|selectors| selectors.split([' ', ',', '>', '+', '~', '(', ')', ':', '[']));
        words.flat_map(|word| word.split('.').skip(1)).filter(|class| !class.is_empty()).collect()
    }

    /// A class that a page means by itself would bring its rules along to where another page uses it within its own.
    #[test]
    fn no_page_uses_what_another_means_by_itself() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/css");
        let files = fs::read_dir(folder).expect("the styles").flatten().map(|file| {
            let name = file.file_name().into_string().expect("a plain name");
            (name, fs::read_to_string(file.path()).expect("text"))
        });
        let files: Vec<_> = files.filter(|(name, _)| !SHARED.contains(&name.as_str())).collect();
        for (owner, style) in &files {
            let own: HashSet<_> = first_classes(style).filter(|class| !BORROWED.contains(class)).collect();
            for (name, other) in files.iter().filter(|(name, _)| name != owner) {
                let used: Vec<_> = all_classes(other).intersection(&own).copied().collect();
                assert!(used.is_empty(), "{name} uses {used:?}, which {owner} means by itself");
            }
        }
    }

    #[test]
    fn modules_in_one_scope_name_nothing_twice() {
        for (name, modules) in JOINED {
            let mut known = HashSet::new();
            let script = joined(modules);
            for line in modules.lines().map(|line| line.strip_prefix("export ").unwrap_or(line)) {
                let line = line.strip_prefix("async ").unwrap_or(line);
                let named = ["const ", "let ", "function ", "class "].iter().find_map(|word| line.strip_prefix(word));
                let word = named.and_then(|named| named.split([' ', '(', ';', ',']).find(|word| !word.is_empty()));
                let Some(word) = word.filter(|word| !word.starts_with('{')) else { continue };
                assert!(known.insert(word), "{name} has two of {word}");
            }
            assert!(known.len() > 20 && !script.contains("\nimport ") && !script.contains("\nexport "), "{name}");
        }
    }

    #[tokio::test]
    async fn whoever_reads_brotli_gets_the_smallest_once_there_is_one() {
        let ask = async |accepted: &str| {
            let uri = address("copy.js").parse().expect("an address");
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, accepted.parse().expect("a value"))]);
            let answer = serve(uri, headers).await.expect("it is there");
            let coding = answer.headers().get(header::CONTENT_ENCODING).cloned();
            (coding, axum::body::to_bytes(answer.into_body(), usize::MAX).await.expect("it is in memory"))
        };
        let (coding, plain) = ask("gzip, br").await;
        assert!(coding.is_none() && plain.starts_with(b"//"), "nothing is compressed yet");
        compress();
        for (accepted, is_smallest) in [("gzip, br", true), ("br", true), ("gzip, br;q=0", false), ("gzip", false)] {
            let (coding, body) = ask(accepted).await;
            assert_eq!(coding.is_some(), is_smallest, "{accepted}");
            assert_eq!(body == plain, !is_smallest, "{accepted}");
        }
        let mut unpacked = Vec::new();
        let (_, body) = ask("br").await;
        brotli::BrotliDecompress(&mut &*body, &mut unpacked).expect("it is brotli");
        assert_eq!(unpacked, plain);
    }

    #[test]
    fn every_asset_is_seen_as_a_whole_when_it_is_compressed() {
        for asset in ASSETS.iter() {
            assert!(asset.content.len() < 1 << WINDOW, "{} has {} bytes", asset.name, asset.content.len());
        }
    }

    #[test]
    fn whatever_a_module_imports_is_served() {
        for asset in ASSETS.iter().filter(|asset| asset.content_type == SCRIPT) {
            let imports = asset.content.lines().filter(|line| line.starts_with("import "));
            let addresses = imports.filter_map(|line| line.split('"').nth(1));
            for address in addresses {
                assert!(ASSETS.iter().any(|known| known.address == address), "{} imports {address}", asset.name);
            }
        }
    }
}
