//! What can be known of a call's sound before anybody is rung, and what its log lines say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::time::Duration;

use bench::script::Request;
use bench::{Bench, TRUNK, answer, sdp};
use call::io::Level;
use call::journal::{Cause, Fact};
use call::{CoreView, Input};
use sip::HeaderName;

const A: &str = "127.0.0.1:6001";
const B: &str = "127.0.0.1:6002";
const CITIZEN: &str = "127.0.0.2:5060";

/// An offer of G.729 alone, which nobody here speaks.
fn g729() -> String {
    sdp(30_000).replace("RTP/AVP 8 101", "RTP/AVP 18 101")
}

fn ended(bench: &Bench) -> Vec<Cause> {
    let cause = |fact: &Fact| match fact {
        Fact::JourneyEnded { cause, .. } => Some(cause.clone()),
        _ => None,
    };
    bench.facts.iter().filter_map(cause).collect()
}

#[test]
fn a_caller_without_a_codec_in_common_is_told_before_anything_rings() {
    let mut bench = Bench::new();
    bench.registered("2101", A);
    bench.registered("2102", B);
    let invite = Request::invite(A, "sip:2102@demo.centrale", "2101", "ab").body(g729());
    let invite = bench.proven("2101", invite);
    let refused = bench.last(A, "488");
    let warning = refused.header(&HeaderName::Warning).expect("why");
    assert!(warning.starts_with("305 demo.centrale "), "{warning}");
    assert_eq!(bench.count(B, "INVITE"), 0);
    bench.say(&invite.next("ACK", invite.cseq, &refused));
    bench.wait(Duration::from_secs(60));
    assert_eq!(ended(&bench), [Cause::NoMedia], "and it is on record");
}

#[test]
fn nothing_of_the_menu_begins_for_it_either() {
    let mut bench = Bench::new();
    let uri = "sip:+3254310000@127.0.0.1";
    let srtp = sdp(30_000).replace("RTP/AVP", "RTP/SAVP");
    bench.say(&Request::invite(CITIZEN, uri, "+32470123456", "c").body(srtp));
    let refused = bench.last(CITIZEN, "488");
    let warning = refused.header(&HeaderName::Warning).expect("why");
    assert!(warning.starts_with("302 "), "{warning}");
    let decided = |fact: &Fact| matches!(fact, Fact::Decided { node, .. } if node != "border");
    assert!(!bench.facts.iter().any(decided), "{:#?}", bench.facts);
}

#[test]
fn an_invite_without_an_offer_rings_as_before() {
    let mut bench = Bench::new();
    bench.registered("2101", A);
    bench.registered("2102", B);
    let invite = Request::invite(A, "sip:2102@demo.centrale", "2101", "ab");
    bench.proven("2101", invite);
    assert_eq!(bench.count(B, "INVITE"), 1);
    assert_eq!(bench.count(A, "488"), 0);
}

#[test]
fn a_call_for_help_that_can_have_no_sound_is_told_loudly() {
    let mut bench = Bench::new();
    let invite = Request::invite(A, "sip:112@demo.centrale", "2101", "sos").body(g729());
    bench.say(&invite);
    let refused = bench.last(A, "488");
    assert_eq!(bench.count(TRUNK, "INVITE"), 0);
    let loud = |note: &&call::io::Note| note.level == Level::Error && note.kind == "emergency";
    let note = bench.notes.iter().find(loud).expect("a loud line");
    assert!(note.text.contains("no codec in common"), "{}", note.text);
    bench.say(&invite.next("ACK", 1, &refused));
    bench.wait(Duration::from_secs(60));
    assert_eq!(bench.core.view(), CoreView::default());
}

#[test]
fn each_log_line_of_a_call_names_its_journey() {
    let mut bench = Bench::new();
    bench.registered("2101", A);
    bench.registered("2102", B);
    let invite = Request::invite(A, "sip:2102@demo.centrale", "2101", "ab").body(sdp(30_000));
    let invite = bench.proven("2101", invite);
    let call = bench.last(B, "INVITE");
    bench.datagram(B, answer(&call, "200 OK", &sdp(30_002)));
    let ok = bench.last(A, "200");
    bench.say(&invite.next("ACK", invite.cseq, &ok));
    let journey = bench.core.glance()[0].journey;
    assert!(bench.notes.is_empty(), "{:?}", bench.notes);
    // A line of the leg, one of the call, and one that concerns no call.
    let endpoint = bench.open[0].0;
    bench.feed(Input::Media(media::MediaEvent::Missing {
        endpoint,
        sound: "nl/lost".into(),
    }));
    bench.core.inject_fault(journey);
    bench.say(&invite.next("BYE", invite.cseq + 1, &ok));
    bench.datagram("127.0.0.1:7001", "no SIP at all\n\n".to_owned());
    let about = |note: &call::io::Note| (note.kind, note.journey);
    let seen: Vec<_> = bench.notes.iter().map(about).collect();
    let ours = Some(journey);
    assert_eq!(
        seen,
        [("prompt", ours), ("fence", ours), ("malformed", None)]
    );
}
