//! The ACK of our 200 never comes (RFC 3261 13.3.1.4): the 200 is repeated, and after 64*T1 both sides get their BYE.

use call::journal::Cause;
use world::World;

#[test]
fn both_sides_get_their_bye_after_32_seconds() {
    let mut world = World::new(1);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| habits.acks = false);
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.answer(called);
    world.talk(caller, called);
    world.run(31_000);
    assert!(world.is_up(caller) && world.is_up(called));
    world.run(2_000);
    assert!(!world.is_up(caller) && !world.is_up(called));
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::NoAck]);
    world.end("lost_ack");
}
