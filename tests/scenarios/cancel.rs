//! The caller gives up before an answer (RFC 3261 section 9), at each moment.

use call::journal::Cause;
use world::{State, World};

#[test]
fn while_the_phone_rings() {
    let mut world = World::new(1);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.until("180", |world| world.statuses(caller).contains(&180));
    world.hang_up(caller);
    world.over_soon(caller);
    world.over_soon(called);
    assert_eq!((world.status(caller), world.status(called)), (487, 487));
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::Cancelled]);
    world.end("cancel");
}

#[test]
fn before_the_phone_said_anything() {
    let mut world = World::new(2);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(b, |habits| {
        habits.rings_after = Some(std::time::Duration::from_millis(700))
    });
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.until("100", |world| world.statuses(caller).contains(&100));
    world.hang_up(caller);
    world.over_soon(caller);
    // Our CANCEL waits until the phone has said something (9.1).
    assert_eq!(world.state(called), State::Ringing);
    world.over_soon(called);
    assert_eq!(world.status(called), 487);
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::Cancelled]);
}

#[test]
fn a_phone_that_says_nothing_at_all() {
    let mut world = World::new(3);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(b, |habits| habits.deaf = true);
    let caller = world.call(a, "2102");
    world.run(300);
    world.hang_up(caller);
    world.over_soon(caller);
    assert_eq!(world.status(caller), 487);
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::Cancelled]);
}

#[test]
fn while_early_sound_flows() {
    let mut world = World::new(4);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(b, |habits| habits.rings_after = None);
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.progress(called, 183, true, false);
    world.hears_soon(caller, "2102");
    world.hang_up(caller);
    world.over_soon(caller);
    world.over_soon(called);
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::Cancelled]);
}

#[test]
fn in_the_menu_it_is_a_bye() {
    let mut world = World::new(5);
    let carrier = world.carrier();
    let citizen = world.citizen_in_menu(carrier);
    world.hang_up(citizen);
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::CallerHungUp]);
}

#[test]
fn while_a_desk_of_the_menu_rings() {
    let mut world = World::new(6);
    let (carrier, desk) = (world.carrier(), world.phone("2101"));
    let (citizen, called) = world.citizen_rings(carrier, desk);
    world.hang_up(citizen);
    world.over_soon(called);
    assert_eq!(world.status(called), 487);
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::CallerHungUp]);
}
