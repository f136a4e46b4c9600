//! The operator's line is dead: an INVITE that is not even answered with 100 fails within two seconds.

use call::journal::Cause;
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
