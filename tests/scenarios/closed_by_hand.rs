//! A service or the whole house closed from the desk (CON-21, IVR-9): new callers hear so and the record says why, those who
//! were there before go on, and it opens by itself, to the minute, also in the night when an hour comes twice.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use call::journal::Fact;
use call::snapshot::{Closure, Snapshot};
use world::{Party, World, town};

/// The world's wall clock at its beginning.
const BEGAN: u64 = 1_772_442_000;

fn closed(service: Option<&str>, from: u64, until: u64) -> Snapshot {
    let moment = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let mut snapshot = town::snapshot();
    snapshot.closures = Arc::new(vec![Closure {
        service: service.map(Arc::from),
        name: Arc::from("gas alarm"),
        from: moment(from),
        until: moment(until),
    }]);
    snapshot
}

/// A caller of the second town presses 2: the service of the people. Whether it is open.
fn is_open(world: &mut World, carrier: Party, phone: Party) -> bool {
    let before = world.calls_of(phone);
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "2");
    world.until("the dialplan decides", |world| {
        world.calls_of(phone) > before || world.hears(citizen) == heard("nl/closed")
    });
    let open = world.calls_of(phone) > before;
    world.hang_up(citizen);
    world.over_soon(citizen);
    world.run(100);
    open
}

fn heard(what: &str) -> world::Sound {
    world::Sound::Heard(vec![what.to_owned()])
}

#[test]
fn a_service_until_a_minute() {
    let mut world = World::of(1, closed(Some("people"), BEGAN, BEGAN + 60));
    let (carrier, phone) = (world.carrier(), world.phone("2101"));
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "2");
    world.hears_soon(citizen, "nl/closed");
    world.over_soon(citizen);
    let why = world.facts.iter().find_map(|entry| match &entry.fact {
        Fact::Decided { rule, inputs, .. } if rule == "closed-exceptionally" => Some(inputs),
        _ => None,
    });
    let why = why.expect("the reason is on record");
    assert!(
        why.contains(&("closure".to_owned(), "gas alarm".to_owned())),
        "{why:?}"
    );
    // Nobody orders anything: at the minute it is open.
    world.run_to(Duration::from_secs(60));
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "2");
    let called = world.ringing(phone);
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    world.end("closed_by_hand");
}

#[test]
fn another_service_stays_open_and_the_whole_house_does_not() {
    for (service, open) in [(Some("works"), true), (None, false)] {
        let mut world = World::of(2, closed(service, BEGAN, BEGAN + 600));
        let (carrier, phone) = (world.carrier(), world.phone("2101"));
        assert_eq!(is_open(&mut world, carrier, phone), open, "{service:?}");
        world.nothing_left();
    }
}

#[test]
fn who_waited_before_is_still_answered() {
    let mut world = World::of(3, closed(None, BEGAN + 10, BEGAN + 600));
    let (carrier, phone) = (world.carrier(), world.phone("2101"));
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "2");
    let called = world.ringing(phone);
    world.run_to(Duration::from_secs(15));
    let called = match world.status(called) {
        487 => world.ringing(phone),
        _ => called,
    };
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    assert!(!is_open(&mut world, carrier, phone));
    world.nothing_left();
}

/// Sunday 25 October 2026: at 03:00 in Brussels clocks go back to 02:00, so that 02:30 comes twice, at 00:30 and 01:30 UTC.
const FIRST_HALF_PAST_TWO: u64 = 1_792_888_200;

#[test]
fn in_the_night_when_an_hour_comes_twice() {
    let hour = 3_600;
    for (seed, until) in [(4, FIRST_HALF_PAST_TWO), (5, FIRST_HALF_PAST_TWO + hour)] {
        // Asked a minute before and after the end, and at the same local time of the other hour.
        for (at, open) in [
            (until - 60, false),
            (until, true),
            (until + 60, true),
            (until + hour - 60, true),
            (until + hour + 60, true),
        ] {
            let snapshot = closed(Some("people"), until - 10 * hour, until);
            let mut world = World::at(seed, snapshot, Duration::from_secs(at));
            let (carrier, phone) = (world.carrier(), world.phone("2101"));
            assert_eq!(is_open(&mut world, carrier, phone), open, "{at} of {until}");
            world.nothing_left();
        }
    }
}

#[test]
fn in_the_night_when_an_hour_is_left_out() {
    // Sunday 29 March 2026: at 02:00 in Brussels it is 03:00. Closed until 03:15, a quarter of an hour later.
    let spring = 1_774_746_000;
    for (at, open) in [
        (spring - 60, false),
        (spring + 60, false),
        (spring + 900, true),
    ] {
        let snapshot = closed(Some("people"), spring - 3_600, spring + 900);
        let mut world = World::at(6, snapshot, Duration::from_secs(at));
        let (carrier, phone) = (world.carrier(), world.phone("2101"));
        assert_eq!(is_open(&mut world, carrier, phone), open, "{at}");
        world.nothing_left();
    }
}
