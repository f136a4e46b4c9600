//! The fuzz targets of this crate with seeded mutation on stable Rust; seeds stand in `fuzz/corpus/<target>`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

#[path = "../../../fuzz/mutate.rs"]
mod mutate;
#[path = "../../../fuzz/targets/sip.rs"]
mod targets;

use std::path::Path;

const WORDS: [&str; 46] = [
    "\r\n",
    "\r\n ",
    "\r\n\r\n",
    "\\\"",
    "\"",
    "<sip:",
    ">",
    ";;",
    ";tag=",
    ";branch=z9hG4bK",
    ";rport",
    ";received=[::1]",
    "SIP/2.0",
    "sips:",
    "tel:+32",
    "Via: ",
    "v:",
    "From:",
    "To :",
    "Call-ID:",
    "i:",
    "CSeq: 4294967296 ",
    "CSeq: 1 INVITE",
    "Content-Length: ",
    "l: 65536",
    "-999",
    "Contact: *",
    "Route: <",
    "[::ffff:1.2.3.4]",
    "[2001:db8:::1]",
    "%00",
    "%zz",
    "Digest ",
    "nc=00000001",
    "realm=\"",
    "99999999999999999999",
    "INVITE ",
    "ACK ",
    "\u{e9}",
    "X-Town : ",
    "\r\n--b",
    "--b--",
    "boundary=b",
    "Content-Type: multipart/alternative;boundary=c\r\n",
    "Content-Disposition: by-reference;handling=optional\r\n",
    "Content-ID: <a@b>\r\n",
];

fn run(target: &str, body: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let corpus = root.join("fuzz/corpus").join(target);
    let torture = root.join("tests/torture");
    match target {
        "sip_message" | "stream_framer" => mutate::run(
            target,
            &[&corpus, &torture.join("rfc4475"), &torture.join("rfc5118")],
            &WORDS,
            body,
        ),
        _ => mutate::run(target, &[&corpus], &WORDS, body),
    }
}

#[test]
fn sip_message() {
    run("sip_message", targets::sip_message);
}

#[test]
fn uri() {
    run("uri", targets::uri);
}

#[test]
fn via() {
    run("via", targets::via);
}

#[test]
fn name_addr() {
    run("name_addr", targets::name_addr);
}

#[test]
fn auth() {
    run("auth", targets::auth);
}

#[test]
fn stream_framer() {
    run("stream_framer", targets::stream_framer);
}

#[test]
fn body() {
    run("body", targets::body);
}
