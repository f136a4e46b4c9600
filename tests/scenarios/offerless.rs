//! INVITE and re-INVITE without an offer (RFC 3261 13.2.1, 14.2): we offer in the 200, the answer comes in the ACK.

use world::World;

#[test]
fn an_offerless_invite() {
    let mut world = World::new(1);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| habits.offerless = true);
    let (caller, called) = world.talking(a, "2102", b);
    world.hang_up(called);
    world.over_soon(caller);
    world.end("offerless");
}

#[test]
fn an_offerless_invite_into_the_menu() {
    let mut world = World::new(2);
    let (carrier, desk) = (world.carrier(), world.phone("2101"));
    world.with(carrier, |habits| habits.offerless = true);
    let (citizen, called) = world.citizen_rings(carrier, desk);
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn an_offerless_reinvite() {
    let mut world = World::new(3);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let (caller, called) = world.talking(a, "2102", b);
    world.reinvite_without_offer(caller);
    world.run(200);
    assert_eq!(world.modified(caller), [200]);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}
