//! A proxy of the operator forks our INVITE and two devices answer (RFC 3261 13.2.2.4): one is kept, the other gets ACK and BYE.

use world::{World, town};

#[test]
fn the_second_is_thanked_and_sent_away() {
    let mut world = World::new(1);
    let (a, carrier) = (world.phone("2101"), world.carrier());
    let caller = world.call(a, "0475000000");
    let called = world.ringing(carrier);
    world.run(100);
    world.answer_now(called);
    let other = world.answer_as_fork(called);
    world.over_soon(other);
    world.talk(caller, called);
    assert_eq!(
        world.invitation(called).uri,
        format!("sip:+32475000000@{}", town::OPERATOR)
    );
    world.hang_up(caller);
    world.over_soon(called);
    world.end("two_answers_from_a_fork");
}
