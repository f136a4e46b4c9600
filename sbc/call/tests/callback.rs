//! The way back after an emergency call (CMP-1): for an hour the centre reaches the very phone that called, and citizens
//! reach the town as ever.
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
use call::Input;
use call::journal::{Callback, Fact, Origin};
use call::snapshot::{Emergency, Snapshot};

/// The phone that calls for help, and another one of the same account.
const A: &str = "127.0.0.1:6001";
const OTHER: &str = "127.0.0.1:6002";
const CENTRAL: &str = "+3254310000";
const KEPT: &str = "+3254310099";

fn kept() -> Snapshot {
    let mut snapshot = bench::snapshot();
    snapshot.emergency = Arc::new(Emergency {
        callback_number: Some(KEPT.to_owned()),
        ..(*snapshot.emergency).clone()
    });
    snapshot
}

/// 2101 calls 112 from its first phone, is answered by a centre that says this number, and hangs up.
fn helped(bench: &mut Bench, centre: &str) {
    bench.registered("2101", A);
    bench.registered("2101", OTHER);
    let invite = Request::invite(A, "sip:112@demo.centrale", "2101", "sos").body(sdp(30_000));
    bench.say(&invite);
    let call = bench.last(TRUNK, "INVITE");
    let ok = answer(&call, "200 OK", &sdp(30_002));
    let said = format!("P-Asserted-Identity: <sip:{centre}@operator>\nContact:");
    bench.datagram(TRUNK, ok.replace("Contact:", &said));
    let ok = bench.last(A, "200");
    bench.say(&invite.next("ACK", 1, &ok));
    bench.say(&invite.next("BYE", 2, &ok));
    let bye = bench.last(TRUNK, "BYE");
    bench.datagram(TRUNK, answer(&bye, "200 OK", ""));
    bench.sent.clear();
}

/// A call of the operator to this number.
fn calls(bench: &mut Bench, number: &str, from: &str, more: &str) -> Request<'static> {
    let uri: &'static str = format!("sip:{number}@127.0.0.1").leak();
    let id: &'static str = format!("back{}", bench.facts.len()).leak();
    let mut request = Request::invite(TRUNK, uri, from, id).body(sdp(30_004));
    if !more.is_empty() {
        request = request.with(more);
    }
    bench.say(&request);
    request
}

fn rang(bench: &Bench) -> (usize, usize) {
    (bench.count(A, "INVITE"), bench.count(OTHER, "INVITE"))
}

#[test]
fn every_call_to_a_kept_number_reaches_the_very_phone() {
    let mut bench = Bench::with(kept());
    helped(&mut bench, "112");
    for (number, from) in [(KEPT, "+3225000000"), ("054310099", "anonymous")] {
        bench.sent.clear();
        calls(&mut bench, number, from, "");
        assert_eq!(rang(&bench), (1, 0), "not the other phone of the account");
        let invite = bench.last(A, "INVITE");
        let priority = invite.header(&sip::HeaderName::Priority).unwrap();
        assert_eq!(priority, "psap-callback");
        bench.datagram(A, answer(&invite, "200 OK", &sdp(30_006)));
        assert!(!bench.last(TRUNK, "200").body().is_empty());
    }
    let decided =
        |fact: &Fact| matches!(fact, Fact::Decided { rule, .. } if rule == "emergency-callback");
    assert_eq!(bench.facts.iter().filter(|fact| decided(fact)).count(), 2);
}

#[test]
fn the_kept_number_is_the_one_that_is_shown() {
    let mut bench = Bench::with(kept());
    bench.registered("2101", A);
    bench.say(&Request::invite(A, "sip:112@demo.centrale", "2101", "sos").body(sdp(30_000)));
    let call = bench.last(TRUNK, "INVITE");
    let shown = call.from().uri().unwrap().user;
    assert_eq!(shown.as_deref(), Some(KEPT));
}

#[test]
fn the_central_number_stays_the_citizens() {
    let mut bench = Bench::new();
    helped(&mut bench, "+3225000001");
    calls(&mut bench, CENTRAL, "+32475000000", "");
    assert_eq!(rang(&bench), (0, 0), "a citizen hears the menu");
    assert!(!bench.last(TRUNK, "200").body().is_empty());
    for (from, more) in [
        ("+32475000000", "Priority: psap-callback"),
        ("112", ""),
        ("+32112", ""),
        // The centre that answered said this number.
        ("+3225000001", ""),
    ] {
        bench.sent.clear();
        calls(&mut bench, CENTRAL, from, more);
        assert_eq!(rang(&bench), (1, 0), "{from} {more}");
    }
    bench.sent.clear();
    calls(&mut bench, CENTRAL, "+32475000000", "Priority: emergency");
    assert_eq!(rang(&bench), (0, 0));
}

#[test]
fn after_an_hour_it_is_over() {
    for (wait, rings) in [(59, (1, 0)), (61, (0, 0))] {
        let mut bench = Bench::with(kept());
        helped(&mut bench, "112");
        bench.wait(Duration::from_secs(wait * 60));
        bench.registered("2101", A);
        bench.sent.clear();
        calls(&mut bench, KEPT, "+3225000000", "");
        assert_eq!(rang(&bench), rings, "after {wait} minutes");
        if wait > 60 {
            bench.last(TRUNK, "404");
        }
    }
}

#[test]
fn nobody_at_the_phone_leaves_it_to_the_dialplan() {
    let mut bench = Bench::with(kept());
    helped(&mut bench, "112");
    calls(&mut bench, KEPT, "+3225000000", "");
    let invite = bench.last(A, "INVITE");
    bench.datagram(A, answer(&invite, "486 Busy Here", ""));
    assert!(
        !bench.last(TRUNK, "200").body().is_empty(),
        "the site's dialplan answers"
    );
    let mut bench = Bench::new();
    helped(&mut bench, "112");
    calls(&mut bench, CENTRAL, "112", "");
    let invite = bench.last(A, "INVITE");
    bench.datagram(A, answer(&invite, "180 Ringing", ""));
    assert_eq!(bench.count(TRUNK, "200"), 0, "the phone rings");
    bench.wait(Duration::from_secs(61));
    bench.last(A, "CANCEL");
    assert!(!bench.last(TRUNK, "200").body().is_empty());
}

#[test]
fn a_full_house_has_room_for_it() {
    let mut bench = Bench::with(kept());
    helped(&mut bench, "112");
    bench.feed(Input::Drain);
    calls(&mut bench, KEPT, "+3225000000", "");
    assert_eq!(rang(&bench), (1, 0));
    calls(&mut bench, CENTRAL, "+3225000000", "");
    bench.last(TRUNK, "503");
}

#[test]
fn a_phone_that_is_registered_nowhere_is_called_where_it_called_from() {
    let mut bench = Bench::with(kept());
    let invite = Request::invite(A, "sip:112@demo.centrale", "nobody", "sos").body(sdp(30_000));
    bench.say(&invite);
    bench.say(&invite.cancel());
    bench.sent.clear();
    calls(&mut bench, KEPT, "+3225000000", "");
    assert_eq!(bench.last(A, "INVITE").request_uri(), format!("sip:me@{A}"));
}

#[test]
fn it_survives_a_restart() {
    let mut bench = Bench::with(kept());
    helped(&mut bench, "+3225000001");
    let kept_fact = |fact: &Fact| match fact {
        Fact::CalledForHelp(callback) => Some(callback.clone()),
        _ => None,
    };
    let callback: Callback = bench.facts.iter().rev().find_map(kept_fact).unwrap();
    assert_eq!(callback.number, KEPT);
    assert_eq!(callback.centre.as_deref(), Some("+3225000001"));
    assert!(
        matches!(&callback.origin, Origin::Phone { account: Some(name), .. } if name == "2101")
    );
    let mut bench = Bench::with(kept());
    bench.registered("2101", A);
    bench.feed(Input::Restore {
        bindings: Vec::new(),
        ghosts: Vec::new(),
        callbacks: vec![callback],
    });
    calls(&mut bench, KEPT, "+3225000000", "");
    assert_eq!(rang(&bench), (1, 0));
}
