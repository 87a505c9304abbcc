//! What the fuzzer begins with, and what it has found: see `bin/fuzz`.

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/judge.rs"]
mod judge;

#[test]
#[expect(
    clippy::print_stdout,
    reason = "a panic does not name the file, and is shown together with what was printed last"
)]
fn whatever_the_fuzzer_found_ends_in_a_print_or_a_refusal() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/photo");
    let (mut prints, mut refusals) = (0, 0);
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        println!("{}", file.display());
        *(if judge::judge(&fs::read(&file).unwrap()) { &mut prints } else { &mut refusals }) += 1;
    }
    assert!(prints >= 10 && refusals >= 5, "{prints} prints, {refusals} refusals");
}
