//! What a session carries on both sides: Session-ID (RFC 7989), early changes, reliable ringing, session timers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::time::Duration;

use bench::script::{Request, in_their_dialog};
use bench::{Bench, TRUNK, answer, sdp};
use sip::{HeaderName, Message};

const A: &str = "127.0.0.1:6001";
const B: &str = "127.0.0.1:6002";
const ALICE: &str = "ab30317f1a784dc48ff824d0d3715d86";
const BOB: &str = "47755a9de7794ba387653f2099600ef2";
const NIL: &str = "00000000000000000000000000000000";

fn calls(bench: &mut Bench, header: &str) -> (Request<'static>, Message) {
    bench.registered("2101", A);
    bench.registered("2102", B);
    let mut invite = Request::invite(A, "sip:2102@demo.centrale", "2101", "ab").body(sdp(30_000));
    if !header.is_empty() {
        invite = invite.with(header);
    }
    let invite = bench.proven("2101", invite);
    let call = bench.last(B, "INVITE");
    (invite, call)
}

fn session_id(message: &Message) -> String {
    let value = message.header(&HeaderName::SessionId);
    value.expect("a Session-ID").into_owned()
}

#[test]
fn each_side_is_told_both_halves() {
    let mut bench = Bench::new();
    let (invite, call) = calls(&mut bench, &format!("Session-ID: {ALICE};remote={NIL}"));
    assert_eq!(session_id(&call), format!("{ALICE};remote={NIL}"));
    let ok = answer(&call, "200 OK", &sdp(30_002)).replacen(
        "Contact",
        &format!("Session-ID: {BOB};remote={ALICE}\nContact"),
        1,
    );
    bench.datagram(B, ok);
    assert_eq!(
        session_id(&bench.last(B, "ACK")),
        format!("{ALICE};remote={BOB}")
    );
    let ok = bench.last(A, "200");
    assert_eq!(session_id(&ok), format!("{BOB};remote={ALICE}"));
    bench.say(&invite.next("ACK", invite.cseq, &ok));
    bench.say(&invite.next("BYE", invite.cseq + 1, &ok));
    assert_eq!(
        session_id(&bench.last(A, "200")),
        format!("{BOB};remote={ALICE}")
    );
    assert_eq!(
        session_id(&bench.last(B, "BYE")),
        format!("{ALICE};remote={BOB}")
    );
}

#[test]
fn a_party_that_says_nothing_gets_a_half() {
    let mut bench = Bench::new();
    let (_, call) = calls(&mut bench, "");
    bench.datagram(B, answer(&call, "200 OK", &sdp(30_002)));
    let (there, here) = (
        session_id(&bench.last(B, "ACK")),
        session_id(&bench.last(A, "200")),
    );
    let (a, b) = there.split_once(";remote=").unwrap();
    assert_eq!(here, format!("{b};remote={a}"));
    assert!(a != NIL && b != NIL && a != b);
}

#[test]
fn sound_that_comes_before_the_prack_is_told_after_it() {
    let mut bench = Bench::new();
    let (invite, call) = calls(&mut bench, "Require: 100rel");
    bench.datagram(B, answer(&call, "180 Ringing", ""));
    let ringing = bench.last(A, "180");
    bench.datagram(B, answer(&call, "183 Session Progress", &sdp(30_002)));
    assert_eq!(bench.count(A, "183"), 0, "one reliable response at a time");
    let rack = format!("RAck: {} {} INVITE", ringing.rseq().unwrap(), invite.cseq);
    bench.say(&invite.next("PRACK", invite.cseq + 1, &ringing).with(&rack));
    assert!(!bench.last(A, "183").body().is_empty());
}

#[test]
fn a_prack_that_the_200_overtook_is_no_stranger() {
    let mut bench = Bench::new();
    let (invite, call) = calls(&mut bench, "Require: 100rel");
    bench.datagram(B, answer(&call, "180 Ringing", ""));
    let ringing = bench.last(A, "180");
    bench.datagram(B, answer(&call, "200 OK", &sdp(30_002)));
    bench.last(A, "200");
    let rack = format!("RAck: {} {} INVITE", ringing.rseq().unwrap(), invite.cseq);
    bench.say(&invite.next("PRACK", invite.cseq + 1, &ringing).with(&rack));
    assert_eq!(bench.count(A, "481"), 0, "481 would end the dialog");
}

#[test]
fn the_called_party_may_update_before_it_answers() {
    let mut bench = Bench::new();
    let (_, call) = calls(&mut bench, "");
    bench.datagram(B, answer(&call, "183 Session Progress", &sdp(30_002)));
    let before = bench.count(B, "200");
    bench.datagram(B, in_their_dialog(&call, "UPDATE", 1, B, &sdp(30_006)));
    assert_eq!(bench.count(B, "200"), before + 1);
    assert!(!bench.last(B, "200").body().is_empty());
    bench.datagram(B, in_their_dialog(&call, "BYE", 2, B, ""));
    assert_eq!(
        bench.count(B, "481"),
        1,
        "an early dialog has no BYE from the called party"
    );
}

#[test]
fn a_refresh_asks_for_the_interval_that_the_peer_insists_on() {
    let mut bench = Bench::new();
    let (invite, call) = calls(&mut bench, "");
    let ok = answer(&call, "200 OK", &sdp(30_002)).replacen(
        "Contact",
        "Allow: INVITE, UPDATE\nRequire: timer\nSession-Expires: 1200;refresher=uac\nContact",
        1,
    );
    bench.datagram(B, ok);
    let ok = bench.last(A, "200");
    bench.say(&invite.next("ACK", invite.cseq, &ok));
    bench.wait(Duration::from_secs(601));
    let update = bench.last(B, "UPDATE");
    assert_eq!(update.session_expires().unwrap().delta, 1_200);
    let refusal = answer(&update, "422 Session Interval Too Small", "").replacen(
        "Contact",
        "Min-SE: 2000\nContact",
        1,
    );
    bench.datagram(B, refusal);
    bench.wait(Duration::from_secs(5));
    let update = bench.last(B, "UPDATE");
    assert_eq!(update.session_expires().unwrap().delta, 2_000);
}

#[test]
fn each_answer_names_the_address_its_request_came_from() {
    let mut bench = Bench::new();
    let second = "127.0.0.3:5060";
    let invite =
        Request::invite(TRUNK, "sip:+3254310000@us", "+32475000000", "two").body(sdp(30_000));
    bench.say(&invite);
    let ok = bench.last(TRUNK, "200");
    bench.say(&invite.next("ACK", 1, &ok));
    // The same trunk from another of its addresses (RFC 3261 18.2.1).
    let mut bye = invite.next("BYE", 2, &ok);
    bye.at = second;
    bench.say(&bye);
    let answer = bench.last(second, "200");
    let received = answer.top_via().received();
    assert_eq!(received, Some("127.0.0.3".parse().unwrap()));
}
