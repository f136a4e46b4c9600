//! A citizen in the menu (IVR-12): silence, wrong keys, keys that interrupt, and the star key.

use world::World;

#[test]
fn silence_twice_leads_to_reception() {
    let mut world = World::new(1);
    let (carrier, reception) = (world.carrier(), world.phone("2104"));
    let citizen = world.citizen_in_menu(carrier);
    world.run(9_000);
    world.hears_soon(citizen, "nl/demo-menu");
    let called = world.ringing_within(reception, 20);
    assert_eq!(
        (world.decided("silence"), world.decided("silence-twice")),
        (1, 1)
    );
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(called);
    world.over_soon(citizen);
    world.end("menu");
}

#[test]
fn a_wrong_key_is_explained_and_asked_again() {
    let mut world = World::new(2);
    let (carrier, desk) = (world.carrier(), world.phone("2103"));
    let citizen = world.citizen_in_menu(carrier);
    world.press(citizen, "9");
    world.run(2_500);
    assert_eq!(world.decided("key-invalid"), 1);
    world.press(citizen, "2");
    let called = world.ringing(desk);
    world.hang_up(citizen);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn a_key_interrupts_the_prompt() {
    let mut world = World::new(3);
    let (carrier, desk) = (world.carrier(), world.phone("2103"));
    let citizen = world.citizen_in_menu(carrier);
    let began = world.elapsed();
    world.press(citizen, "2");
    let called = world.ringing(desk);
    assert!(
        world.elapsed() - began < std::time::Duration::from_millis(1_200),
        "{:?}",
        world.elapsed() - began
    );
    world.refuse(called, 486);
    world.hang_up(citizen);
    world.nothing_left();
}

#[test]
fn the_star_key_repeats() {
    let mut world = World::new(4);
    let carrier = world.carrier();
    let citizen = world.citizen_in_menu(carrier);
    world.run(3_000);
    world.press(citizen, "*");
    world.hears_soon(citizen, "nl/demo-menu");
    assert_eq!(world.decided("repeat"), 1);
    world.hang_up(citizen);
    world.nothing_left();
}

#[test]
fn zero_leads_to_reception_even_while_a_desk_rings() {
    let mut world = World::new(5);
    let (carrier, desk, reception) = (world.carrier(), world.phone("2101"), world.phone("2104"));
    let (citizen, called) = world.citizen_rings(carrier, desk);
    world.press(citizen, "0");
    world.over_soon(called);
    let called = world.ringing(reception);
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    world.nothing_left();
}
