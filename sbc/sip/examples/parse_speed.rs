//! Prints how long parsing, answering and reading a typical INVITE takes: `cargo run --profile dist -p centrale-sip --example parse_speed`.
//!
//! A measurement to look at, not a test: no number here fails anything.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "it measures"
)]

use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;
use sip::{Message, StatusCode, Uri, Writer};

const INVITE: &str = "INVITE sip:054310000@192.0.2.10:5060;transport=udp SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-524287-1---8f3e2a1b0c9d;rport\r\n\
    Max-Forwards: 70\r\n\
    Contact: <sip:+32470123456@192.0.2.1:5060;transport=udp>\r\n\
    To: <sip:+3254310000@192.0.2.10>\r\n\
    From: \"Jan Janssens\" <sip:+32470123456@192.0.2.1>;tag=5f1e2d3c\r\n\
    Call-ID: 84412ZjE4NzYwYzM3ODU4OTk3NTkyYjQ3MjU1MmU2M2U0ZDM\r\n\
    CSeq: 1 INVITE\r\n\
    Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE, SUBSCRIBE, INFO, PRACK, UPDATE\r\n\
    Supported: replaces, timer, 100rel\r\n\
    Session-Expires: 1800;refresher=uac\r\n\
    P-Asserted-Identity: <sip:+32470123456@carrier.example;user=phone>\r\n\
    User-Agent: Carrier SBC 9.3.0\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 160\r\n\r\n\
    v=0\r\no=- 20518 0 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 54400 RTP/AVP 8 0 101\r\n\
    a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv  \r\n";

/// How many times 500 runs are measured; an argument makes it less, for a profiler.
fn rounds() -> u32 {
    std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(2000)
}

fn measure(what: &str, mut work: impl FnMut()) {
    const ROUNDS: u32 = 500;
    // The best of many short rounds: a shared machine only ever adds.
    let best = (0..rounds()).map(|_| {
        let start = Instant::now();
        (0..ROUNDS).for_each(|_| work());
        start.elapsed() / ROUNDS
    });
    println!(
        "{what:<28} {:>8.0} ns",
        best.min().unwrap_or_default().as_secs_f64() * 1e9
    );
}

fn main() {
    let bytes = Bytes::from_static(INVITE.as_bytes());
    let message = Message::parse(bytes.clone()).expect("a good INVITE");
    let source = "192.0.2.1:5060".parse().expect("an address");
    println!(
        "INVITE of {} bytes, {} headers, Message of {} bytes",
        bytes.len(),
        message.headers().count(),
        size_of::<Message>()
    );
    measure("parse", || {
        drop(black_box(Message::parse(black_box(bytes.clone()))))
    });
    // The same work by another library, so that the figures mean something on a busy machine too.
    measure("rsip 0.4, parse", || {
        drop(black_box(rsip::SipMessage::try_from(black_box(&bytes[..]))))
    });
    measure("clone", || drop(black_box(message.clone())));
    measure("from, to, contact, uri", || {
        black_box((
            message.from(),
            message.to(),
            message.contacts().is_ok(),
            Uri::parse(message.request_uri()).is_ok(),
        ));
    });
    measure("180 with tag", || {
        drop(black_box(
            Writer::response(&message, source, StatusCode::RINGING, None, Some("a1b2c3")).finish(),
        ))
    });
}
