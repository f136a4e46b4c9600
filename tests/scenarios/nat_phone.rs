//! A softphone behind a NAT (SBC-9, RFC 3581, RFC 7362): its Contact and its media address are of no use, and it works.

use world::World;

#[test]
fn it_is_reached_where_it_was_heard() {
    let mut world = World::new(1);
    let (home, desk) = (world.phone_behind_nat("2101"), world.phone("2102"));
    let (caller, called) = world.talking(desk, "2101", home);
    world.hang_up(caller);
    world.over_soon(called);
    let (caller, called) = world.talking(home, "2102", desk);
    world.hang_up(called);
    world.over_soon(caller);
    world.end("nat_phone");
}

#[test]
fn the_nat_forgets_during_a_call() {
    let mut world = World::new(2);
    let (home, desk) = (world.phone_behind_nat("2101"), world.phone("2102"));
    let (caller, called) = world.talking(home, "2102", desk);
    world.rebind_nat(home);
    world.run(5_000);
    world.talk(caller, called);
    // Its next request shows the new address; what we ask then arrives.
    world.change(caller, "INVITE", "sendrecv");
    world.run(200);
    assert_eq!(world.modified(caller), [200]);
    world.hang_up(called);
    world.over_soon(caller);
    world.nothing_left();
}
