//! A fault of ours inside a call costs that call, wherever it strikes (RELIABILITY S22), and leaves nothing behind.
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
use call::CoreView;
use call::journal::{Cause, Fact, JourneyId};

fn citizen(bench: &mut Bench, call_id: &'static str) -> Request<'static> {
    let uri = "sip:054310000@127.0.0.1";
    let invite = Request::invite(TRUNK, uri, "+32470123456", call_id).body(sdp(30_000));
    bench.say(&invite);
    let ok = bench.last(TRUNK, "200");
    let ack = invite.next("ACK", 1, &ok);
    bench.say(&ack);
    ack
}

fn journey(bench: &Bench) -> JourneyId {
    let began = |fact: &Fact| match fact {
        Fact::JourneyBegan { journey, .. } => Some(*journey),
        _ => None,
    };
    bench.facts.iter().find_map(began).unwrap()
}

/// Two citizens; the first one's call was struck. The second must not have noticed.
fn one_was_struck(mut bench: Bench, second: &Request<'static>) {
    let bye = bench.last(TRUNK, "BYE");
    bench.datagram(TRUNK, answer(&bye, "200 OK", ""));
    assert_eq!(bench.core.view().calls, 1);
    let struck = |fact: &Fact| {
        matches!(
            fact,
            Fact::JourneyEnded {
                cause: Cause::Internal,
                ..
            }
        )
    };
    assert_eq!(bench.facts.iter().filter(|fact| struck(fact)).count(), 1);
    let bye = Request {
        method: "BYE",
        branch: "z9hG4bKlast".to_owned(),
        cseq: 9,
        ..second.clone()
    };
    bench.say(&bye);
    bench.wait(Duration::from_secs(120));
    assert_eq!(bench.core.view(), CoreView::default());
}

#[test]
fn a_fault_in_a_call_costs_that_call() {
    let mut bench = Bench::new();
    citizen(&mut bench, "one");
    let second = citizen(&mut bench, "two");
    let first = journey(&bench);
    bench.core.inject_fault(first);
    let endpoint = bench.open[0].0;
    bench.press(endpoint, '1');
    one_was_struck(bench, &second);
}

#[test]
fn a_fault_in_a_leg_costs_its_call() {
    let mut bench = Bench::new();
    let first = citizen(&mut bench, "one");
    let second = citizen(&mut bench, "two");
    let journey = journey(&bench);
    bench.core.inject_leg_fault(journey);
    let options = Request {
        method: "OPTIONS",
        branch: "z9hG4bKoptions".to_owned(),
        cseq: 2,
        ..first
    };
    bench.say(&options);
    one_was_struck(bench, &second);
}

#[test]
fn a_copy_of_an_invite_is_not_a_second_call_even_after_the_answer() {
    let mut bench = Bench::new();
    let invite = Request::invite(TRUNK, "sip:054310000@127.0.0.1", "+32470123456", "one");
    let invite = invite.body(sdp(30_000));
    bench.say(&invite);
    bench.last(TRUNK, "200");
    let copy = Request {
        branch: "z9hG4bKanother".to_owned(),
        ..invite
    };
    bench.say(&copy);
    bench.last(TRUNK, "482");
    assert_eq!(bench.core.view().calls, 1);
}

#[test]
fn calls_of_both_directions_count_on_a_trunk() {
    let mut bench = Bench::new();
    let ack = citizen(&mut bench, "one");
    assert_eq!(bench.core.view().channels, 1);
    let bye = Request {
        method: "BYE",
        branch: "z9hG4bKlast".to_owned(),
        cseq: 9,
        ..ack
    };
    bench.say(&bye);
    assert_eq!(bench.core.view().channels, 0);
}
