//! The fuzz targets of this crate with seeded mutation on stable Rust; seeds stand in `fuzz/corpus/<target>`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;
#[path = "../../../fuzz/mutate.rs"]
mod mutate;
#[path = "../../../fuzz/targets/call.rs"]
mod targets;

use std::path::Path;

const WORDS: [&str; 30] = [
    "\n%%0",
    "\n%%1",
    "\n%%2",
    "\n%%3",
    "\r\n",
    "\r\n\r\n",
    "INVITE sip:2102@demo.centrale SIP/2.0\r\n",
    "BYE ",
    "ACK ",
    "CANCEL ",
    "REFER ",
    "PRACK ",
    "UPDATE ",
    "SIP/2.0 200 OK\r\n",
    "SIP/2.0 183 x\r\n",
    "SIP/2.0 491 x\r\n",
    "Require: 100rel\r\n",
    "RSeq: 1\r\n",
    "Replaces: c;to-tag=a;from-tag=b\r\n",
    "Refer-To: <sip:2103@demo.centrale>\r\n",
    "Session-Expires: 90;refresher=uac\r\n",
    "Supported: timer, 100rel\r\n",
    "Content-Type: application/sdp\r\n",
    "Content-Type: multipart/mixed;boundary=b\r\n",
    "Geolocation: <cid:a@b>\r\n",
    "Content-ID: <a@b>\r\n",
    "\r\n--b",
    "112",
    "a=inactive\r\n",
    "m=audio 0 RTP/AVP 8\r\n",
];

fn run(target: &str, body: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let corpus = root.join("fuzz/corpus").join(target);
    let torture = root.join("tests/torture");
    match target {
        "core" => mutate::run(
            target,
            &[&corpus, &torture.join("rfc4475"), &torture.join("rfc5118")],
            &WORDS,
            body,
        ),
        _ => mutate::run(target, &[&corpus], &WORDS, body),
    }
}

#[test]
fn core() {
    run("core", targets::core);
}

#[test]
fn place() {
    run("place", targets::place);
}
