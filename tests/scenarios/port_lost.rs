//! The media plane loses a port: a new one and a re-INVITE, once (DESIGN 3); a second time the call ends with a reason.

use call::journal::Cause;
use world::World;

#[test]
fn the_sound_comes_back_on_another_port() {
    let mut world = World::new(1);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let (caller, called) = world.talking(a, "2102", b);
    world.forgive_new_streams();
    world.lose_port(called);
    world.run(100);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.end("port_lost");
}

#[test]
fn lost_again_the_call_ends() {
    let mut world = World::new(2);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let (caller, called) = world.talking(a, "2102", b);
    world.forgive_new_streams();
    world.lose_port(called);
    world.run(100);
    world.talk(caller, called);
    world.lose_port(called);
    world.over_soon(called);
    world.over_soon(caller);
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::Internal]);
}
