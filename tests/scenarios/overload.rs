//! A full house refuses with 503 and Retry-After, a draining one too; what runs goes on, and the end is told.

use call::Input;
use std::sync::Arc;
use world::{World, town};

#[test]
fn one_call_too_many() {
    let mut snapshot = town::snapshot();
    let mut settings = (*snapshot.settings).clone();
    settings.calls = 1;
    snapshot.settings = Arc::new(settings);
    let mut world = World::of(1, snapshot);
    let (a, b, carrier) = (world.phone("2101"), world.phone("2102"), world.carrier());
    let (caller, called) = world.talking(a, "2102", b);
    let citizen = world.citizen_calls(carrier, town::CENTRAL);
    world.over_soon(citizen);
    assert_eq!(
        (
            world.status(citizen),
            world.last(carrier, "503").must("Retry-After")
        ),
        (503, "10")
    );
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    let citizen = world.citizen_calls(carrier, town::CENTRAL);
    world.up_soon(citizen);
    world.hang_up(citizen);
    world.end("overload");
}

#[test]
fn draining() {
    let mut world = World::new(2);
    let (a, b, carrier) = (world.phone("2101"), world.phone("2102"), world.carrier());
    let (caller, called) = world.talking(a, "2102", b);
    world.tell_core(Input::Drain);
    let citizen = world.citizen_calls(carrier, town::CENTRAL);
    world.over_soon(citizen);
    assert_eq!(world.status(citizen), 503);
    world.talk(caller, called);
    assert!(!world.is_idle());
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
    assert!(world.is_idle());
}

#[test]
fn stopping() {
    let mut world = World::new(3);
    let (a, b, carrier) = (world.phone("2101"), world.phone("2102"), world.carrier());
    let (caller, called) = world.talking(a, "2102", b);
    let citizen = world.citizen_in_menu(carrier);
    world.tell_core(Input::Stop);
    for line in [caller, called, citizen] {
        world.over_soon(line);
    }
    world.nothing_left();
    assert!(world.is_idle());
}

#[test]
fn no_port_is_ready() {
    let mut world = World::without_ports(4);
    let (a, b, carrier) = (world.phone("2101"), world.phone("2102"), world.carrier());
    let citizen = world.citizen_calls(carrier, town::CENTRAL);
    world.over_soon(citizen);
    assert_eq!(world.status(citizen), 503);
    let caller = world.call(a, "2102");
    world.over_soon(caller);
    assert_eq!(world.status(caller), 503);
    assert_eq!(world.calls_of(b), 0);
    world.nothing_left();
}
