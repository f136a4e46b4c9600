//! A merged conversation whose operator works with a page (CON-13, CON-15): what the two callers hear while she is not heard,
//! which other device rings, and what becomes of them when she stays away.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::time::Duration;

use bench::page::{conversation, heard, missed, tell, welcoming};
use bench::script::Request;
use bench::{Bench, TRUNK, answer, sdp};
use call::desk::CallState;
use call::journal::JourneyId;
use call::{CommandResult, DeskEvent, Device, Input, Verb, limits};
use media::Source;
use media::plane::EndpointId;

const TABLE: &str = "127.0.0.1:6001";

fn done(result: &CommandResult) {
    assert!(matches!(result, CommandResult::Done { .. }), "{result:?}");
}

/// Anna's page, the caller she held first, and the one she talks with: merged.
fn merged() -> (Bench, EndpointId, [EndpointId; 2], [JourneyId; 2]) {
    let mut bench = welcoming();
    bench.feed(Input::Watch(true));
    let (desk, one, ..) = conversation(&mut bench);
    let first = bench.journey(1);
    done(&bench.order(Verb::Hold { journey: first }));
    let invite = Request::invite(TRUNK, "sip:+3254310000@127.0.0.1", "+32470999888", "second")
        .body(sdp(40_100));
    bench.say(&invite);
    let ok = bench.last(TRUNK, "200");
    bench.say(&invite.next("ACK", 1, &ok));
    let two = bench.open.last().unwrap().0;
    let second = bench.journey(2);
    done(&bench.order(Verb::Answer {
        station: "anna".to_owned(),
        journey: second,
    }));
    done(&bench.order(Verb::Merge {
        journey: second,
        with: first,
    }));
    hear_each_other(&bench, [desk, one, two]);
    (bench, desk, [one, two], [first, second])
}

fn hear_each_other(bench: &Bench, all: [EndpointId; 3]) {
    for ear in all {
        let Source::Mix(heard) = &bench.hears[&ear].1 else {
            panic!("{:?}", bench.hears[&ear].1);
        };
        let others = all.iter().filter(|other| **other != ear);
        assert!(others.clone().all(|other| heard.contains(other)));
        assert_eq!(heard.len(), 2, "and nobody else");
    }
}

#[test]
fn who_has_company_goes_on_while_she_is_not_heard() {
    let (mut bench, desk, [one, two], journeys) = merged();
    tell(&mut bench, missed, desk);
    assert_eq!(bench.hears[&one].1, Source::Endpoint(two));
    assert_eq!(bench.hears[&two].1, Source::Endpoint(one));
    tell(&mut bench, heard, desk);
    bench.played(desk);
    hear_each_other(&bench, [desk, one, two]);
    for journey in journeys {
        assert_eq!(bench.view(journey).state, CallState::Merged);
    }
}

#[test]
fn who_stays_away_leaves_them_to_each_other() {
    let (mut bench, desk, [one, two], [first, second]) = merged();
    tell(&mut bench, missed, desk);
    bench.wait(limits::REATTACH - limits::MISSED + Duration::from_millis(10));
    assert_eq!(bench.hears[&one].1, Source::Endpoint(two));
    assert_eq!(bench.hears[&two].1, Source::Endpoint(one));
    assert_eq!(bench.count(TRUNK, "BYE"), 0, "nobody is cut off");
    let seen = bench.view(second);
    assert_eq!((seen.state, seen.station), (CallState::Talking, None));
    let gone = |event: &DeskEvent| matches!(event, DeskEvent::CallGone { journey, .. } if *journey == first);
    assert!(bench.seen.iter().any(gone), "they are one call now");
}

#[test]
fn her_other_device_takes_her_place_in_it() {
    let (mut bench, desk, [one, two], journeys) = merged();
    bench.registered("2101", TABLE);
    bench.order(Verb::Fallback {
        station: "anna".to_owned(),
        device: Some(Device::Phone("2101".to_owned())),
    });
    tell(&mut bench, missed, desk);
    bench.wait(limits::OTHER_DEVICE);
    let call = bench.last(TABLE, "INVITE");
    bench.datagram(TABLE, answer(&call, "200 OK", &sdp(30_002)));
    let table = bench.open.last().unwrap().0;
    hear_each_other(&bench, [table, one, two]);
    for journey in journeys {
        let seen = bench.view(journey);
        assert_eq!(seen.station.as_deref(), Some("anna"));
    }
}
