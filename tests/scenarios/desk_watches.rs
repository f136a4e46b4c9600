//! What a watching desk is told: each call with number, town, way and language, and the four true states of phones.

use call::Verb;
use call::desk::{CallState, PresenceState};
use call::journal::Cause;
use world::{World, town};

#[test]
fn a_call_from_its_first_prompt_to_its_end() {
    let mut world = World::new(1);
    let (carrier, phone) = (world.carrier(), world.phone("2101"));
    assert_eq!(world.presence("2101"), PresenceState::Free);
    assert_eq!(world.presence("2102"), PresenceState::Unreachable);
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(0);
    let seen = world.seen(journey).clone();
    assert_eq!(seen.state, CallState::Menu);
    assert_eq!(seen.caller.number, town::CITIZEN);
    assert_eq!(seen.dialled.as_deref(), Some(town::CENTRAL));
    assert_eq!(
        (seen.entity.as_str(), seen.label.as_str()),
        ("Demo", "demo")
    );
    assert_eq!(seen.language, Some(ivr::Lang::NL));
    assert!(seen.path.is_empty());
    world.press(citizen, "1");
    let called = world.ringing(phone);
    let seen = world.seen(journey).clone();
    assert_eq!(&*seen.path[0], "menu=population");
    assert_eq!(seen.service.as_deref(), Some("population"));
    assert_eq!(seen.target.as_deref(), Some("2101"));
    assert_eq!(world.presence("2101"), PresenceState::Ringing);
    world.answer(called);
    assert_eq!(world.seen(journey).state, CallState::Talking);
    assert_eq!(world.presence("2101"), PresenceState::Busy);
    let with = world.desk.presence["2101"].with.clone();
    assert_eq!(with.as_deref(), Some(town::CITIZEN));
    world.desk_knows_all();
    world.hang_up(citizen);
    world.over_soon(called);
    world.run(100);
    assert_eq!(world.desk.gone, [(journey, Cause::CallerHungUp)]);
    assert_eq!(world.presence("2101"), PresenceState::Free);
    world.nothing_left();
}

#[test]
fn the_station_responsible_and_the_slot() {
    let mut world = World::new(2);
    let carrier = world.carrier();
    let desk = world.attach("desk");
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(1);
    let station = "desk".to_owned();
    world.must(Verb::Answer { station, journey });
    world.talk(citizen, desk);
    assert_eq!(world.seen(journey).station.as_deref(), Some("desk"));
    world.must(Verb::Hold { journey });
    assert_eq!(world.seen(journey).state, CallState::Held);
    assert_eq!(world.seen(journey).station.as_deref(), Some("desk"));
    world.must(Verb::Park { journey });
    assert_eq!(world.seen(journey).slot, Some(1));
    world.hang_up(citizen);
    world.over_soon(citizen);
    world.run(100);
    world.hang_up(desk);
    world.nothing_left();
}

#[test]
fn a_phone_that_leaves_is_unreachable_at_once() {
    let mut world = World::new(3);
    let phone = world.phone("2101");
    assert_eq!(world.presence("2101"), PresenceState::Free);
    assert_eq!(world.try_register(phone, 0), 200);
    assert_eq!(world.presence("2101"), PresenceState::Unreachable);
    world.nothing_left();
}
