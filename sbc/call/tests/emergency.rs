//! Calls for help (CMP-1): nothing stands before them, and every way out is tried.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::sync::Arc;
use std::time::Duration;

use bench::script::Request;
use bench::{Bench, TRUNK, answer, sdp};
use call::CoreView;
use call::journal::Fact;
use call::snapshot::{AddressRange, Snapshot};
use media::Source;
use sip::Method;
use sip::digest::{self, Ha1, Login};

const A: &str = "127.0.0.1:6001";
const SECOND: &str = "127.0.0.3:5060";

fn two_trunks() -> Snapshot {
    let mut snapshot = bench::snapshot();
    let mut first = snapshot.trunks[0].clone();
    let one = |address: &str| AddressRange {
        first: address.parse().unwrap(),
        last: address.parse().unwrap(),
    };
    first.sources = vec![one("127.0.0.2")];
    let mut second = first.clone();
    second.name = "second".to_owned();
    second.sources = vec![one("127.0.0.3")];
    second.target = SECOND.parse().unwrap();
    snapshot.trunks = Arc::new(vec![first, second]);
    snapshot
}

fn help(at: &'static str, call_id: &'static str) -> Request<'static> {
    Request::invite(at, "sip:112@demo.centrale", "2101", call_id).body(sdp(30_000))
}

fn nothing_is_left(bench: &mut Bench) {
    bench.wait(Duration::from_secs(120));
    assert_eq!(bench.core.view(), CoreView::default());
}

#[test]
fn a_silent_trunk_hands_over_to_the_next_within_two_seconds() {
    let mut bench = Bench::with(two_trunks());
    let invite = help(A, "sos");
    bench.say(&invite);
    bench.last(TRUNK, "INVITE");
    bench.wait(Duration::from_millis(2_100));
    let call = bench.last(SECOND, "INVITE");
    assert_eq!(call.request_uri(), format!("sip:112@{SECOND}"));
    assert_eq!(
        call.from().uri().unwrap().user.as_deref(),
        Some("+3254310000"),
        "the site's number"
    );
    bench.datagram(SECOND, answer(&call, "200 OK", &sdp(30_002)));
    let ok = bench.last(A, "200");
    bench.say(&invite.next("ACK", 1, &ok));
    bench.say(&invite.next("BYE", 2, &ok));
    let bye = bench.last(SECOND, "BYE");
    bench.datagram(SECOND, answer(&bye, "200 OK", ""));
    nothing_is_left(&mut bench);
}

#[test]
fn no_way_out_is_told_before_it_is_refused() {
    let mut bench = Bench::with(two_trunks());
    let invite = help(A, "sos");
    bench.say(&invite);
    let call = bench.last(TRUNK, "INVITE");
    bench.datagram(TRUNK, answer(&call, "486 Busy Here", ""));
    let call = bench.last(SECOND, "INVITE");
    bench.datagram(SECOND, answer(&call, "503 Service Unavailable", ""));
    assert!(
        !bench.last(A, "183").body().is_empty(),
        "advice needs sound"
    );
    let caller = bench.open[0].0;
    let Source::Play { sounds, .. } = bench.hears[&caller].1.clone() else {
        panic!("{:?}", bench.hears[&caller]);
    };
    assert_eq!(sounds.len(), 2, "in both languages of the site");
    assert_eq!(bench.count(A, "503"), 0);
    bench.played(caller);
    let refused = bench.last(A, "503");
    bench.say(&invite.next("ACK", 1, &refused));
    nothing_is_left(&mut bench);
}

#[test]
fn advice_that_is_never_reported_as_heard_still_ends() {
    let mut snapshot = bench::snapshot();
    snapshot.trunks = Arc::new(Vec::new());
    let mut bench = Bench::with(snapshot);
    let invite = help(A, "sos");
    bench.say(&invite);
    bench.last(A, "183");
    bench.wait(Duration::from_secs(61));
    let refused = bench.last(A, "503");
    bench.say(&invite.next("ACK", 1, &refused));
    nothing_is_left(&mut bench);
}

#[test]
fn a_stranger_who_claims_an_account_is_a_stranger() {
    let mut bench = Bench::new();
    for call_id in ["sos1", "sos2", "sos3"] {
        bench.say(&help("127.0.0.99:6001", call_id));
    }
    assert_eq!(
        bench.count(TRUNK, "INVITE"),
        2,
        "two at once from one address"
    );
    assert_eq!(bench.count("127.0.0.99:6001", "503"), 1);
    let by = |fact: &Fact| match fact {
        Fact::JourneyBegan { by, .. } => Some(by.clone()),
        _ => None,
    };
    assert_eq!(
        bench.facts.iter().filter_map(by).next().unwrap(),
        "unproven"
    );
}

/// The INVITE for help of a phone that proves who it is, with the answer to a challenge of another call.
fn proven_help(bench: &mut Bench) -> Request<'static> {
    bench.say(&Request::invite(
        A,
        "sip:2102@demo.centrale",
        "2101",
        "other",
    ));
    let challenge = bench.last(A, "401");
    let ha1 = Ha1::new("2101", "demo.centrale", "demo-2101", true);
    let login = Login {
        user: "2101",
        realm: "demo.centrale",
        ha1: &ha1,
    };
    let (challenges, uri) = (challenge.www_authenticate(), "sip:112@demo.centrale");
    let value = digest::answer(&challenges, &login, &Method::Invite, uri, "cn", 1).unwrap();
    help(A, "sos").with(&format!("Authorization: {value}"))
}

#[test]
fn nobody_who_called_for_help_is_transferred_or_taken_over() {
    let mut bench = Bench::with(two_trunks());
    let invite = proven_help(&mut bench);
    bench.say(&invite);
    let call = bench.last(TRUNK, "INVITE");
    bench.datagram(TRUNK, answer(&call, "200 OK", &sdp(30_002)));
    let ok = bench.last(A, "200");
    bench.say(&invite.next("ACK", 1, &ok));
    bench.registered("2102", "127.0.0.1:6002");
    let refer = invite.next("REFER", 2, &ok);
    bench.say(&refer.with("Refer-To: <sip:2102@demo.centrale>"));
    assert_eq!(bench.last(A, "403").method().as_str(), "REFER");
    let (ours, theirs) = (ok.to_tag().unwrap(), ok.from_tag().unwrap());
    let name = format!("Replaces: sos;to-tag={ours};from-tag={theirs}");
    let other = "127.0.0.1:6009";
    let takes = Request::invite(other, "sip:2101@demo.centrale", "2101", "taker");
    let takes = takes.with(&name).body(sdp(30_004));
    bench.proven("2101", takes);
    assert_eq!(bench.last(other, "403").method().as_str(), "INVITE");
    assert_eq!(bench.count(TRUNK, "BYE"), 0);
    bench.say(&invite.next("BYE", 3, &ok));
    bench.last(TRUNK, "BYE");
}

#[test]
fn whoever_answers_for_help_may_let_it_ring_long() {
    let mut bench = Bench::new();
    bench.say(&help(A, "sos"));
    let call = bench.last(TRUNK, "INVITE");
    bench.datagram(TRUNK, answer(&call, "180 Ringing", ""));
    bench.wait(Duration::from_secs(170));
    assert_eq!(bench.count(TRUNK, "CANCEL"), 0, "nobody cuts it short");
    assert_eq!(bench.core.view().calls, 1);
}

/// The line to another exchange of the town: its callers are no strangers, and reach what the dial rules name.
fn line_between_exchanges() -> Snapshot {
    let mut snapshot = bench::snapshot();
    let mut first = snapshot.trunks[0].clone();
    first.dial_rules = true;
    snapshot.trunks = Arc::new(vec![first]);
    snapshot
}

#[test]
fn help_called_behind_another_exchange_is_help() {
    let mut bench = Bench::with(line_between_exchanges());
    for call_id in ["sos1", "sos2", "sos3"] {
        let invite = Request::invite(TRUNK, "sip:112@demo.centrale", "2205", call_id);
        bench.say(&invite.body(sdp(30_000)));
    }
    assert_eq!(bench.count(TRUNK, "INVITE"), 3, "as many as need it");
    let shown = bench.last(TRUNK, "INVITE").from().uri().unwrap().user;
    assert_eq!(shown.as_deref(), Some("+3254310000"));
    let began = |fact: &&Fact| matches!(fact, Fact::JourneyBegan { emergency: true, by, .. } if by == "operator");
    assert_eq!(bench.facts.iter().filter(began).count(), 3);
    // The centre calls back: the caller behind the other exchange, by the same line.
    let back = Request::invite("127.0.0.3:5060", "sip:+3254310000@us", "112", "back");
    bench.say(&back.body(sdp(30_004)));
    let call = bench.last(TRUNK, "INVITE");
    assert_eq!(call.request_uri(), format!("sip:2205@{TRUNK}"));
    // They take no room from strangers who need help too.
    bench.say(&help("127.0.0.99:6001", "sos4"));
    assert_eq!(
        bench.last(TRUNK, "INVITE").request_uri(),
        format!("sip:112@{TRUNK}")
    );
    assert_eq!(bench.count("127.0.0.99:6001", "503"), 0);
}

#[test]
fn an_operator_s_call_to_112_is_no_call_for_help() {
    let mut bench = Bench::new();
    let invite = Request::invite(TRUNK, "sip:112@demo.centrale", "+32475000000", "odd");
    bench.say(&invite.body(sdp(30_000)));
    bench.last(TRUNK, "404");
    assert_eq!(bench.count(TRUNK, "INVITE"), 0);
}
