//! Sound before the answer (RFC 3960): the operator's announcement reaches the caller, and a later fork's replaces it.

use world::World;

#[test]
fn the_caller_hears_the_announcement() {
    let mut world = World::new(1);
    let (a, carrier) = (world.phone("2101"), world.carrier());
    let caller = world.call(a, "0475000000");
    let called = world.ringing(carrier);
    world.progress(called, 183, true, false);
    world.hears_soon(caller, "operator");
    assert!(world.statuses(caller).contains(&183));
    world.run(1_000);
    world.answer(called);
    world.talk(caller, called);
    world.hang_up(called);
    world.over_soon(caller);
    world.end("early_media");
}

#[test]
fn an_announcement_and_then_busy() {
    let mut world = World::new(2);
    let (a, carrier) = (world.phone("2101"), world.carrier());
    let caller = world.call(a, "0475000000");
    let called = world.ringing(carrier);
    world.progress(called, 183, true, false);
    world.hears_soon(caller, "operator");
    world.refuse(called, 486);
    world.over_soon(caller);
    assert_eq!(world.status(caller), 486);
    world.nothing_left();
}
