//! It rings and nobody answers: the ring limit of a direct call, and the time of a dialplan's step.

use call::journal::Cause;
use std::time::Duration;
use world::World;

#[test]
fn a_direct_call_rings_for_a_minute() {
    let mut world = World::new(1);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.run(59_000);
    assert_eq!(world.status(caller), 0);
    world.run(2_000);
    assert_eq!(world.status(caller), 480);
    assert!(
        world.reason(called).contains("No answer"),
        "{}",
        world.reason(called)
    );
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::NoAnswer]);
    world.end("nobody_answers");
}

#[test]
fn a_step_of_the_dialplan_goes_on_to_reception() {
    let mut world = World::new(2);
    let (carrier, desk, reception) = (world.carrier(), world.phone("2101"), world.phone("2104"));
    let (citizen, called) = world.citizen_rings(carrier, desk);
    world.within(Duration::from_secs(22), "the desk is cancelled", |world| {
        world.status(called) == 487
    });
    world.hears_soon(citizen, "nl/no-answer-reception");
    let called = world.ringing(reception);
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn a_citizen_whom_nobody_answers_is_told_so() {
    let mut world = World::new(3);
    let carrier = world.carrier();
    let citizen = world.citizen_in_menu(carrier);
    world.press(citizen, "1");
    world.hears_soon(citizen, "nl/no-answer-reception");
    world.hears_soon(citizen, "nl/nobody-answers");
    world.hears_soon(citizen, "nl/goodbye");
    world.over_soon(citizen);
    world.nothing_left();
}
