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
#[path = "../../fuzz/targets/ivr.rs"]
mod targets;

use std::path::Path;

const WORDS: [&str; 40] = [
    "[step.x]\n",
    "[[test]]\n",
    "[[closure]]\n",
    "[numbers]\n",
    "[hours]\n",
    "[service.s]\n",
    "kind = ",
    "say = ",
    "then = ",
    "keys = { 1 = ",
    "otherwise = ",
    "\"menu\"",
    "\"ring\"",
    "\"hello\"",
    "\"bye\"",
    "\"*\"",
    "\"24/7\"",
    "\"+32*\"",
    "= {",
    "}",
    "[]",
    "\"\"\"",
    "''",
    "true",
    "0x7fffffffffffffff",
    "-1",
    "2026-02-30",
    "2026-03-29T02:30",
    "9999-12-31T23:59:60Z",
    "\"1000000 h\"",
    "PH",
    "SH",
    "off",
    "Mo[-5]",
    "easter",
    "week 53",
    "48:00",
    "00:00-24:00",
    "\u{e9}",
    "\\u0000",
];

fn run(target: &str, body: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target);
    mutate::run(target, &[&corpus], &WORDS, body);
}

#[test]
fn dialplan() {
    run("dialplan", targets::dialplan);
}

#[test]
fn hours() {
    run("hours", targets::hours);
}

#[test]
fn prompt_texts() {
    run("prompt_texts", targets::prompt_texts);
}
