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
#[path = "../../../fuzz/targets/plane.rs"]
mod plane_targets;
#[path = "../../../fuzz/targets/media.rs"]
mod targets;

use std::path::Path;

const WORDS: [&str; 30] = [
    "\r\n",
    "\r",
    "m=audio 4000 RTP/AVP 8 0\r\n",
    "m=video 0 RTP/AVP 97\r\n",
    "m=audio 4000/2 RTP/SAVP 8\r\n",
    "c=IN IP4 0.0.0.0\r\n",
    "c=IN IP6 ::ffff:10.0.0.1\r\n",
    "c=IN IP4 224.2.1.1/127/3\r\n",
    "o=- 18446744073709551615 18446744073709551615 IN IP4 x\r\n",
    "a=rtpmap:",
    "8 PCMA/8000/1",
    "101 telephone-event/8000",
    "9 G722/16000",
    "a=fmtp:101 0-15,66",
    "a=ptime:0.5",
    "a=maxptime:65535",
    "a=rtcp:65535 IN IP6 ::1",
    "a=rtcp-mux",
    "a=sendonly",
    "a=inactive",
    "65535",
    "65536",
    "128",
    "\u{a0}",
    "\u{2028}",
    "application/dtmf-relay\n",
    "application/dtmf\n",
    "Signal=",
    "Duration=4294967296",
    "\u{80}\u{0}\u{0}",
];

fn run(target: &str, body: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let other = corpus.with_file_name("sdp");
    // Offers of the reader's corpus are worth answering too.
    match target {
        "sdp_answer" => mutate::run(target, &[&corpus, &other], &WORDS, body),
        _ => mutate::run(target, &[&corpus], &WORDS, body),
    }
}

#[test]
fn sdp() {
    run("sdp", targets::sdp);
}

#[test]
fn sdp_answer() {
    run("sdp_answer", targets::sdp_answer);
}

#[test]
fn dtmf_info() {
    run("dtmf_info", targets::dtmf_info);
}

#[test]
fn rfc4733() {
    run("rfc4733", targets::rfc4733);
}

#[test]
fn codec() {
    run("codec", targets::codec);
}

#[test]
fn rtp() {
    run("rtp", plane_targets::rtp);
}

#[test]
fn rtcp() {
    run("rtcp", plane_targets::rtcp);
}

#[test]
fn plane_packet() {
    run("plane_packet", plane_targets::plane_packet);
}

#[test]
fn browser_packet() {
    run("browser_packet", plane_targets::browser_packet);
}
