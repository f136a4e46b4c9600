//! Reliable provisional responses (RFC 3262) on both sides: required, supported, and with the PRACK lost.

use call::journal::Cause;
use std::time::Duration;
use world::{Reliably, World};

#[test]
fn a_caller_that_insists() {
    let mut world = World::new(1);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| habits.reliably = Reliably::Required);
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.until("180", |world| world.statuses(caller).contains(&180));
    assert_eq!(world.last(a, "180").must("Require"), "100rel");
    world.run(200);
    assert_eq!(world.last(a, "200").method, "PRACK");
    world.answer(called);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.end("reliable_provisional");
}

#[test]
fn a_caller_that_supports_it_gets_early_sound_reliably() {
    let mut world = World::new(2);
    let (a, carrier) = (world.phone("2101"), world.carrier());
    world.with(a, |habits| habits.reliably = Reliably::Supported);
    let caller = world.call(a, "0475000000");
    let called = world.ringing(carrier);
    world.progress(called, 183, true, false);
    world.hears_soon(caller, "operator");
    assert_eq!(world.last(a, "183").must("Require"), "100rel");
    world.answer(called);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn the_prack_never_comes() {
    let mut world = World::new(3);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| {
        habits.reliably = Reliably::Required;
        habits.pracks = false;
    });
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.within(Duration::from_secs(35), "it is given up", |world| {
        world.status(caller) != 0
    });
    assert_eq!(world.status(caller), 504);
    world.over_soon(called);
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::PeerLost]);
}

#[test]
fn the_phone_called_insists() {
    let mut world = World::new(4);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(b, |habits| habits.rings_after = None);
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.progress(called, 180, false, true);
    world.run(200);
    assert_eq!(
        world.last(b, "PRACK").must("RAck").split(' ').next(),
        Some("1")
    );
    world.progress(called, 183, true, true);
    world.hears_soon(caller, "2102");
    world.answer(called);
    world.talk(caller, called);
    world.hang_up(called);
    world.over_soon(caller);
    world.nothing_left();
}

#[test]
fn an_answer_that_comes_before_the_prack_waits() {
    let mut world = World::new(5);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| habits.reliably = Reliably::Supported);
    world.with(b, |habits| habits.rings_after = None);
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.progress(called, 183, true, false);
    world.run(7);
    world.answer(called);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn an_offerless_caller_that_insists() {
    let mut world = World::new(6);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| {
        habits.reliably = Reliably::Required;
        habits.offerless = true;
    });
    let (caller, called) = {
        let caller = world.call(a, "2102");
        let called = world.ringing(b);
        world.run(200);
        world.answer(called);
        (caller, called)
    };
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}
