//! Keys of phones that take somebody else's caller: `*8` and an account, `*8` for the group (CALL-10), `*7` and a slot for who
//! is parked (CALL-9).

use std::time::Duration;

use call::{CommandResult, Verb};
use world::{Line, World, town};

fn over(mut world: World, caller: Line, called: Line) -> World {
    world.hang_up(caller);
    world.over_soon(called);
    world
}

#[test]
fn a_call_that_rings_at_a_colleague() {
    let mut world = World::new(1);
    let (carrier, rings, takes) = (world.carrier(), world.phone("2101"), world.phone("2104"));
    let (citizen, called) = world.citizen_rings(carrier, rings);
    let line = world.call(takes, "*82101");
    world.up_soon(line);
    world.talk(citizen, line);
    world.over_soon(called);
    assert_eq!(
        world.reason(called),
        "SIP;cause=200;text=\"Call completed elsewhere\""
    );
    // It is shown now whom it speaks to.
    let is_told = |world: &World| world.mail(takes).iter().any(|said| said.method == "UPDATE");
    world.until("the phone is told", is_told);
    let told = world.last(takes, "UPDATE");
    let shown = told.must("P-Asserted-Identity");
    assert!(shown.contains(town::CITIZEN), "{shown}");
    over(world, citizen, line).end("picked_up");
}

#[test]
fn whichever_rings_in_the_group_and_nothing_of_another() {
    let mut world = World::new(2);
    let (carrier, rings) = (world.carrier(), world.phone("2101"));
    let (colleague, stranger) = (world.phone("2102"), world.phone("2104"));
    world.with(colleague, |habits| {
        habits.refuses = Some((Duration::from_millis(30), 486));
    });
    let (citizen, called) = world.citizen_rings(carrier, rings);
    let nothing = world.call(stranger, "*8");
    world.over_soon(nothing);
    assert_eq!(world.status(nothing), 480);
    let line = world.call(colleague, "*8");
    world.up_soon(line);
    world.talk(citizen, line);
    world.over_soon(called);
    over(world, citizen, line).nothing_left();
}

#[test]
fn a_call_between_phones_and_one_in_a_queue() {
    let mut world = World::new(3);
    let (carrier, rings) = (world.carrier(), world.phone("2101"));
    let (takes, caller) = (world.phone("2104"), world.phone("2105"));
    let calling = world.call(caller, "2101");
    let called = world.ringing(rings);
    // Nobody picks up a call of their own.
    let own = world.call(caller, "*82101");
    world.over_soon(own);
    assert_eq!(world.status(own), 480);
    let line = world.call(takes, "*82101");
    world.up_soon(line);
    world.talk(calling, line);
    world.over_soon(called);
    let mut world = over(world, calling, line);
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "2");
    let called = world.ringing(rings);
    let line = world.call(takes, "*82101");
    world.up_soon(line);
    world.talk(citizen, line);
    world.over_soon(called);
    over(world, citizen, line).nothing_left();
}

#[test]
fn nothing_rings_there_and_nobody_is_called_so() {
    let mut world = World::new(4);
    let (carrier, phone) = (world.carrier(), world.phone("2104"));
    for (dialled, status) in [
        ("*82101", 480),
        ("*8", 480),
        ("*8nobody", 404),
        ("*71", 480),
        ("*7", 404),
        ("*7x", 404),
        ("*799999", 404),
    ] {
        let line = world.call(phone, dialled);
        world.over_soon(line);
        assert_eq!(world.status(line), status, "{dialled}");
    }
    // An operator's line has no keys.
    let outside = world.citizen_calls(carrier, "*82101");
    world.over_soon(outside);
    assert_eq!(world.status(outside), 404);
    world.nothing_left();
}

#[test]
fn who_is_parked_is_taken_by_the_slot_s_number() {
    let mut world = World::new(5);
    let (carrier, phone) = (world.carrier(), world.phone("2104"));
    let desk = world.attach("desk");
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(1);
    world.must(Verb::Answer {
        station: "desk".to_owned(),
        journey,
    });
    world.talk(citizen, desk);
    let parked = world.order(Verb::Park { journey });
    let CommandResult::Parked { slot, .. } = parked else {
        panic!("{parked:?}")
    };
    world.hears_soon(citizen, "music/default");
    let line = world.call(phone, &format!("*7{slot}"));
    world.up_soon(line);
    world.talk(citizen, line);
    assert_eq!(world.view().parked, 0);
    // A second one who dials the same slot meets nobody, and above all not these two.
    let late = world.call(phone, &format!("*7{slot}"));
    world.over_soon(late);
    assert_eq!(world.status(late), 480);
    world.talk(citizen, line);
    let mut world = over(world, citizen, line);
    world.hang_up(desk);
    world.end("parked_and_taken_by_phone");
}

#[test]
fn two_who_dial_the_slot_at_once_do_not_meet() {
    let mut world = World::new(6);
    let (carrier, first, second) = (world.carrier(), world.phone("2104"), world.phone("2105"));
    let desk = world.attach("desk");
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(1);
    world.must(Verb::Answer {
        station: "desk".to_owned(),
        journey,
    });
    world.must(Verb::Park { journey });
    let (a, b) = (world.call(first, "*71"), world.call(second, "*71"));
    world.until("one has the caller", |world| {
        world.is_up(a) || world.is_up(b)
    });
    world.run(500);
    let (has, not) = if world.is_up(a) { (a, b) } else { (b, a) };
    assert_eq!(world.status(not), 480);
    world.talk(citizen, has);
    let mut world = over(world, citizen, has);
    world.hang_up(desk);
    world.nothing_left();
}

#[test]
fn who_is_parked_for_too_long_returns_to_who_parked() {
    let mut world = World::new(7);
    let carrier = world.carrier();
    let desk = world.attach("desk");
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(1);
    let station = || "desk".to_owned();
    world.must(Verb::Answer {
        station: station(),
        journey,
    });
    world.talk(citizen, desk);
    world.must(Verb::Park { journey });
    world.within(Duration::from_secs(125), "the caller returns", |world| {
        world.phase(journey) == "held"
    });
    let seen = world.seen(journey);
    assert_eq!(seen.station.as_deref(), Some("desk"));
    assert!(seen.returned.is_some(), "marked as one who came back");
    assert_eq!(world.view().parked, 0);
    world.must(Verb::Retrieve {
        station: station(),
        journey,
    });
    world.talk(citizen, desk);
    world.hang_up(citizen);
    world.run(300);
    world.hang_up(desk);
    world.nothing_left();
}

#[test]
fn a_phone_parks_and_another_takes() {
    let mut world = World::new(8);
    let (carrier, parks, takes) = (world.carrier(), world.phone("2101"), world.phone("2104"));
    let (citizen, called) = world.citizen_rings(carrier, parks);
    world.answer(called);
    world.talk(citizen, called);
    world.refer(called, "*7");
    world.over_soon(called);
    assert_eq!(world.reports(called).0.last(), Some(&200));
    // The phone shows what takes the caller again.
    assert!(
        world
            .last(parks, "UPDATE")
            .must("P-Asserted-Identity")
            .contains("*71@")
    );
    world.hears_soon(citizen, "music/default");
    let line = world.call(takes, "*71");
    world.up_soon(line);
    world.talk(citizen, line);
    over(world, citizen, line).end("parked_by_phone");
}

#[test]
fn whom_a_phone_parked_for_too_long_returns_to_it() {
    let mut world = World::new(9);
    let (carrier, parks) = (world.carrier(), world.phone("2101"));
    let (citizen, called) = world.citizen_rings(carrier, parks);
    world.answer(called);
    world.talk(citizen, called);
    world.refer(called, "*7");
    world.over_soon(called);
    let again = world.ringing_within(parks, 125);
    world.answer(again);
    world.talk(citizen, again);
    over(world, citizen, again).nothing_left();
}
