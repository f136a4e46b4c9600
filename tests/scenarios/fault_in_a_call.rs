//! A panic inside one call (DESIGN 3, the fence) costs that call and no other.

use call::journal::Cause;
use world::World;

#[test]
fn the_other_call_goes_on() {
    let mut world = World::new(1);
    world.expect_note("fence");
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let (c, d) = (world.phone("2103"), world.phone("2104"));
    let (caller, called) = world.talking(a, "2102", b);
    let (other, partner) = world.talking(c, "2104", d);
    let journey = world.journey(0);
    world.inject_fault(journey);
    world.change(caller, "INVITE", "sendonly");
    world.over_soon(caller);
    world.over_soon(called);
    assert!(world.was_noted("fence"));
    world.talk(other, partner);
    world.hang_up(other);
    world.over_soon(partner);
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::Internal, Cause::CallerHungUp]);
    world.end("fault_in_a_call");
}

#[test]
fn while_it_rings_the_caller_gets_500() {
    let mut world = World::new(2);
    world.expect_note("fence");
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(b, |habits| habits.rings_after = None);
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    let journey = world.journey(0);
    world.inject_fault(journey);
    world.ring(called);
    world.over_soon(caller);
    world.over_soon(called);
    assert_eq!(world.status(caller), 500);
    world.nothing_left();
}

#[test]
fn in_the_queue_and_in_the_orbit() {
    for phase in ["queued", "parked"] {
        let mut world = World::new(3);
        world.expect_note("fence");
        let (carrier, desk) = (world.carrier(), world.phone("2101"));
        let citizen = if phase == "queued" {
            let citizen = world.citizen_calls(carrier, world::town::SECOND);
            world.hears_soon(citizen, "nl/demo-menu");
            world.press(citizen, "2");
            world.ringing(desk);
            citizen
        } else {
            let (citizen, called) = world.citizen_rings(carrier, desk);
            world.answer(called);
            let journey = world.journey(0);
            world.must(call::Verb::Park { journey });
            citizen
        };
        let journey = world.journey(0);
        assert_eq!(world.phase(journey), phase);
        world.inject_fault(journey);
        world.change(citizen, "INVITE", "sendonly");
        world.over_soon(citizen);
        world.nothing_left();
        assert_eq!(world.causes(), [Cause::Internal], "{phase}");
    }
}
