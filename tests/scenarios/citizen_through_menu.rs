//! A citizen calls the town's number, chooses a language and a service with the keys, and talks with who answers.

use call::journal::Cause;
use world::{World, town};

#[test]
fn a_citizen_reaches_a_desk_through_the_menu() {
    let mut world = World::new(1);
    let (carrier, desk) = (world.carrier(), world.phone("2101"));
    let citizen = world.citizen_calls(carrier, town::CENTRAL);
    world.hears_soon(citizen, "nl/welcome");
    world.hears_soon(citizen, "fr/choose-language");
    world.press(citizen, "1");
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "1");
    world.hears_soon(citizen, "nl/please-hold");
    let called = world.ringing(desk);
    assert!(
        world
            .invitation(called)
            .must("From")
            .contains(town::CITIZEN)
    );
    world.hears_soon(citizen, "ringing");
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(called);
    world.over_soon(citizen);
    world.run(1_000);
    assert_eq!(world.causes(), [Cause::CalleeHungUp]);
    world.end("citizen_through_menu");
}
