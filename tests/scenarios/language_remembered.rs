//! A citizen agreed to be spoken to in French (IVR-13): the next call asks no more, the star key undoes it.

use std::sync::Arc;

use world::{World, town};

/// The demo town, with a language step that remembers.
fn town_that_remembers() -> call::snapshot::Snapshot {
    let source = town::DEMO_FLOW.replacen("then = \"menu\"", "then = \"menu\"\nremember = true", 1);
    assert_ne!(source, town::DEMO_FLOW);
    let mut snapshot = town::snapshot();
    let mut flows = (*snapshot.flows).clone();
    flows.insert("demo".to_owned(), town::flow(&source, "demo"));
    snapshot.flows = Arc::new(flows);
    snapshot
}

#[test]
fn the_next_call_is_in_the_same_language() {
    let mut world = World::of(1, town_that_remembers());
    let (carrier, reception) = (world.carrier(), world.phone("2104"));
    let citizen = world.citizen_calls(carrier, town::CENTRAL);
    world.hears_soon(citizen, "nl/welcome");
    world.press(citizen, "2");
    world.hears_soon(citizen, "fr/remember-language");
    world.press(citizen, "1");
    world.hears_soon(citizen, "fr/demo-menu");
    world.hang_up(citizen);
    world.run(2_000);

    let citizen = world.citizen_calls(carrier, town::CENTRAL);
    world.hears_soon(citizen, "nl/welcome");
    world.hears_within(citizen, "fr/language-remembered", 20);
    world.hears_within(citizen, "fr/demo-menu", 20);
    world.press(citizen, "0");
    let called = world.ringing(reception);
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(called);
    world.over_soon(citizen);

    // Another number is not taken for this one.
    let other = world.citizen_calls_from(carrier, "+32470999999", town::CENTRAL);
    world.hears_soon(other, "nl/welcome");
    world.hears_within(other, "nl/choose-language", 20);
    world.hang_up(other);
    world.end("language_remembered");
}

#[test]
fn the_star_key_forgets() {
    let mut snapshot = town_that_remembers();
    let known = [(town::CITIZEN.to_owned(), ivr::Lang::FR)];
    snapshot.languages = Arc::new(known.into_iter().collect());
    let mut world = World::of(2, snapshot);
    let carrier = world.carrier();
    let citizen = world.citizen_calls(carrier, town::CENTRAL);
    world.hears_within(citizen, "fr/language-remembered", 20);
    world.press(citizen, "*");
    world.hears_soon(citizen, "nl/choose-language");
    world.press(citizen, "1");
    world.hears_soon(citizen, "nl/remember-language");
    // Silence is no leave.
    world.hears_within(citizen, "nl/demo-menu", 20);
    world.hang_up(citizen);
    world.run(2_000);
    let citizen = world.citizen_calls(carrier, town::CENTRAL);
    world.hears_within(citizen, "nl/choose-language", 30);
    world.hang_up(citizen);
    world.nothing_left();
}
