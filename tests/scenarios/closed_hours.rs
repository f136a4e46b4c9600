//! A service outside of its hours: the citizen hears that it is closed, and the journey says why.

use std::time::Duration;
use world::{World, town};

/// Monday 2 March 2026, 20:00 in Brussels.
const EVENING: u64 = 1_772_478_000;

#[test]
fn in_the_evening() {
    let mut world = World::at(1, town::snapshot(), Duration::from_secs(EVENING));
    let (carrier, desk) = (world.carrier(), world.phone("2103"));
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "1");
    world.hears_soon(citizen, "nl/closed");
    world.over_soon(citizen);
    assert_eq!((world.decided("closed"), world.calls_of(desk)), (1, 0));
    world.end("closed_hours");
}

#[test]
fn in_the_morning() {
    let mut world = World::new(2);
    let (carrier, desk) = (world.carrier(), world.phone("2103"));
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "1");
    let called = world.ringing(desk);
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    world.nothing_left();
}
