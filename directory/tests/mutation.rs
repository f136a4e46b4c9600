//! The fuzz targets of this crate with seeded mutation on stable Rust; seeds stand in `fuzz/corpus/<target>`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

#[path = "../../fuzz/mutate.rs"]
mod mutate;
#[path = "../../fuzz/targets/directory.rs"]
mod targets;

use std::path::Path;

const WORDS: [&str; 14] = [
    "\r\n",
    "\r",
    "\"",
    "\"\"",
    "\",\"",
    ";",
    ",",
    "account",
    "digests",
    "sha256+md5",
    "\u{feff}",
    "\u{e9}",
    "{\"fact\":",
    "18446744073709551616",
];

fn run(target: &str, body: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target);
    mutate::run(target, &[&corpus], &WORDS, body);
}

#[test]
fn csv() {
    run("csv", targets::csv);
}

#[test]
fn journal() {
    run("journal", targets::journal);
}
