//! The operator's line is dead: an INVITE that is not even answered with 100 fails within two seconds.

use call::journal::Cause;
use std::sync::Arc;
use std::time::Duration;
use world::{World, town};

#[test]
fn a_call_outside_fails_within_two_seconds() {
    let mut world = World::new(1);
    let (a, carrier) = (world.phone("2101"), world.carrier());
    world.with(carrier, |habits| habits.deaf = true);
    let began = world.elapsed();
    let caller = world.call(a, "0475000000");
    world.over_soon(caller);
    assert!(
        world.elapsed() - began < Duration::from_millis(2_100),
        "{:?}",
        world.elapsed() - began
    );
    assert_eq!(world.status(caller), 503);
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::TrunkFailed(0)]);
    world.end("trunk_unreachable");
}

#[test]
fn nothing_of_the_failed_call_takes_a_channel_or_is_waited_for() {
    let mut snapshot = town::snapshot();
    let mut trunk = town::trunk();
    (trunk.channels, trunk.reserved) = (1, 0);
    snapshot.trunks = Arc::new(vec![trunk]);
    let mut world = World::of(4, snapshot);
    let (a, carrier) = (world.phone("2101"), world.carrier());
    world.with(carrier, |habits| habits.deaf = true);
    for _ in 0..3 {
        let began = world.elapsed();
        let caller = world.call(a, "0475000000");
        world.over_soon(caller);
        let tried = world.elapsed() - began;
        assert!(tried > Duration::from_millis(1_900), "{tried:?}");
        world.run(200);
        let view = world.view();
        assert_eq!((view.calls, view.legs, view.channels), (0, 0, 0));
    }
    world.with(carrier, |habits| habits.deaf = false);
    // The INVITEs that are still repeated ring there, and are taken back.
    for _ in 0..3 {
        let late = world.ringing(carrier);
        world.over_soon(late);
    }
    let caller = world.call(a, "0475000000");
    let called = world.ringing(carrier);
    world.answer(called);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn the_dialplan_goes_on() {
    let mut world = World::new(2);
    let carrier = world.carrier();
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "3");
    world.hears_soon(citizen, "nl/please-hold");
    world.deaf_to_invites(carrier);
    world.hears_soon(citizen, "nl/nobody-answers");
    world.over_soon(citizen);
    world.nothing_left();
}

#[test]
fn a_line_that_answers_100_and_nothing_more() {
    let mut world = World::new(3);
    let (a, carrier) = (world.phone("2101"), world.carrier());
    world.with(carrier, |habits| habits.rings_after = None);
    let caller = world.call(a, "0475000000");
    let called = world.ringing(carrier);
    world.progress(called, 100, false, false);
    world.run(5_000);
    assert_eq!(world.status(caller), 0);
    world.answer(called);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}
