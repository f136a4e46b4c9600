//! Phones that may only call inside hear why they may not, and their calls for help pass; a test of an emergency number
//! tells what such a call would do, and calls nobody.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::sync::Arc;

use bench::script::Request;
use bench::{Bench, PHONE, TRUNK, answer, sdp};
use call::border::emergency::plan;
use call::journal::Fact;
use call::snapshot::{Emergency, Snapshot};
use media::Source;

fn town() -> Snapshot {
    let mut snapshot = bench::snapshot();
    snapshot.emergency = Arc::new(Emergency {
        test_prefix: Some("*99".to_owned()),
        ..(*snapshot.emergency).clone()
    });
    let mut accounts = (*snapshot.accounts).clone();
    accounts.get_mut("2101").unwrap().outside = false;
    snapshot.accounts = Arc::new(accounts);
    snapshot
}

fn dialled(uri: &'static str, call_id: &'static str) -> Request<'static> {
    Request::invite(PHONE, uri, "2101", call_id).body(sdp(30_000))
}

/// What the first party hears, and its endpoint.
fn heard(bench: &mut Bench) -> Vec<String> {
    let endpoint = bench.open[0].0;
    let Source::Play { sounds, .. } = bench.hears[&endpoint].1.clone() else {
        panic!("{:?}", bench.hears[&endpoint]);
    };
    bench.played(endpoint);
    sounds
        .iter()
        .map(|sound| sound.as_str().to_owned())
        .collect()
}

#[test]
fn a_phone_that_may_only_call_inside_hears_why() {
    let mut bench = Bench::with(town());
    bench.proven("2101", dialled("sip:+32475000000@demo.centrale", "out"));
    assert!(!bench.last(PHONE, "183").body().is_empty());
    assert_eq!(bench.count(PHONE, "403"), 0, "first the reason");
    assert_eq!(heard(&mut bench), ["nl/inside-only", "fr/inside-only"]);
    bench.last(PHONE, "403");
    assert_eq!(bench.count(TRUNK, "INVITE"), 0);
}

#[test]
fn its_calls_for_help_pass() {
    let mut bench = Bench::with(town());
    bench.say(&dialled("sip:112@demo.centrale", "sos"));
    bench.last(TRUNK, "INVITE");
}

#[test]
fn a_test_tells_the_way_and_calls_nobody() {
    for uri in ["sip:*99112@demo.centrale", "urn:service:test.sos"] {
        let mut bench = Bench::with(town());
        let invite = bench.proven("2101", dialled(uri, "test"));
        let ok = bench.last(PHONE, "200");
        let said = heard(&mut bench);
        let dutch = "emergency-test digit-1 digit-1 digit-2 emergency-test-shown \
                     digit-0 digit-5 digit-4 digit-3 digit-1 digit-0 digit-0 digit-0 digit-0 emergency-test-place";
        let in_both = ["nl", "fr"].map(|language| {
            let words = dutch.split_whitespace();
            words
                .map(|word| format!("{language}/{word}"))
                .collect::<Vec<_>>()
        });
        assert_eq!(said, in_both.concat(), "{uri}");
        bench.say(&invite.next("ACK", invite.cseq, &ok));
        let bye = bench.last(PHONE, "BYE");
        bench.datagram(PHONE, answer(&bye, "200 OK", ""));
        assert_eq!(bench.count(TRUNK, "INVITE"), 0);
        let inputs = bench.facts.iter().find_map(|fact| match fact {
            Fact::Decided { rule, inputs, .. } if rule == "emergency-test" => Some(inputs.clone()),
            _ => None,
        });
        let inputs = inputs.expect("the test is on record");
        assert!(inputs.contains(&("place".to_owned(), "first floor".to_owned())));
        assert!(inputs.contains(&("lines".to_owned(), "operator".to_owned())));
        let began = |fact: &Fact| {
            matches!(
                fact,
                Fact::JourneyBegan {
                    emergency: true,
                    ..
                }
            )
        };
        assert!(!bench.facts.iter().any(began));
    }
}

#[test]
fn the_plan_of_a_test_is_the_plan_of_the_call() {
    let snapshot = town();
    let plan = plan::plan(&snapshot, "0112", Some("2101")).unwrap();
    let mut bench = Bench::with(snapshot.clone());
    bench.say(&dialled("sip:112@demo.centrale", "sos"));
    let call = bench.last(TRUNK, "INVITE");
    assert_eq!(plan.ways[0].uri, call.request_uri());
    assert_eq!(
        Some(plan.presented),
        call.from().uri().unwrap().user,
        "what the centre is shown"
    );
    assert_eq!(plan::plan(&snapshot, "0475000000", Some("2101")), None);
}

#[test]
fn without_a_prefix_there_is_no_test() {
    let mut bench = Bench::new();
    bench.proven("2101", dialled("sip:*99112@demo.centrale", "test"));
    bench.last(PHONE, "404");
}
