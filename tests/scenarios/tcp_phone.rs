//! A phone that speaks TCP: its calls go over the connection it registered with, and over a new one when that breaks.

use world::World;

#[test]
fn it_calls_and_is_called() {
    let mut world = World::new(1);
    let (a, b) = (world.phone_by_tcp("2101"), world.phone("2102"));
    let (caller, called) = world.talking(a, "2102", b);
    world.hang_up(caller);
    world.over_soon(called);
    let (caller, called) = world.talking(b, "2101", a);
    world.hang_up(called);
    world.over_soon(caller);
    world.end("tcp_phone");
}

#[test]
fn the_connection_breaks_during_a_call() {
    let mut world = World::new(2);
    let (a, b) = (world.phone_by_tcp("2101"), world.phone("2102"));
    let (caller, called) = world.talking(a, "2102", b);
    world.break_connection(a);
    world.talk(caller, called);
    // Our BYE opens a connection to the phone.
    world.hang_up(called);
    world.over_soon(caller);
    world.nothing_left();
}

#[test]
fn the_phone_hangs_up_over_a_new_connection() {
    let mut world = World::new(3);
    let (a, b) = (world.phone_by_tcp("2101"), world.phone("2102"));
    let (caller, called) = world.talking(a, "2102", b);
    world.break_connection(a);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn a_phone_that_cannot_be_reached_any_more() {
    let mut world = World::new(4);
    let (a, b) = (world.phone_by_tcp("2101"), world.phone("2102"));
    world.break_connection(a);
    world.with(a, |habits| habits.deaf = true);
    let caller = world.call(b, "2101");
    world.over_soon(caller);
    assert!(
        [480, 503].contains(&world.status(caller)),
        "{}",
        world.status(caller)
    );
    world.nothing_left();
}
