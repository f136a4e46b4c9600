//! Keys (SBC-13): RFC 4733, in-band and INFO, in the menu and across to the other party; one press is one key.

use call::snapshot::Account;
use std::collections::BTreeMap;
use std::sync::Arc;
use world::{World, town};

#[test]
fn across_by_rfc_4733() {
    let mut world = World::new(1);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let (caller, called) = world.talking(a, "2102", b);
    world.press(caller, "12#");
    world.press(called, "0");
    world.run(400);
    assert_eq!(world.keys_heard(called), "12#");
    assert_eq!(world.keys_heard(caller), "0");
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    assert!(!world.was_noted("no-telephone-event"));
    world.end("keys");
}

#[test]
fn other_payload_types_are_mapped() {
    let mut world = World::new(2);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| habits.events = Some(96));
    let (caller, called) = world.talking(a, "2102", b);
    world.press(caller, "7");
    world.press(called, "9");
    world.run(400);
    assert_eq!(
        (world.keys_heard(called), world.keys_heard(caller)),
        ("7".to_owned(), "9".to_owned())
    );
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn the_menu_hears_keys_in_the_sound() {
    let mut world = World::new(3);
    let (carrier, desk) = (world.carrier(), world.phone("2101"));
    world.with(carrier, |habits| habits.events = None);
    let (citizen, called) = world.citizen_rings(carrier, desk);
    assert!(world.was_noted("no-telephone-event"), "SBC-13: at set-up");
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn the_menu_takes_keys_by_info() {
    let mut world = World::new(4);
    let (carrier, desk) = (world.carrier(), world.phone("2101"));
    world.with(carrier, |habits| habits.events = None);
    let citizen = world.citizen_calls(carrier, town::CENTRAL);
    world.hears_soon(citizen, "nl/welcome");
    world.press_by_info(citizen, '1');
    world.hears_soon(citizen, "nl/demo-menu");
    world.press_by_info(citizen, '1');
    let called = world.ringing(desk);
    world.hang_up(citizen);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn a_phone_that_wants_info_gets_info() {
    let mut snapshot = town::snapshot();
    let mut accounts: BTreeMap<String, Account> = (*snapshot.accounts).clone();
    accounts.get_mut("2102").unwrap().habits.dtmf_info = true;
    snapshot.accounts = Arc::new(accounts);
    let mut world = World::of(5, snapshot);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(b, |habits| habits.events = None);
    let (caller, called) = world.talking(a, "2102", b);
    world.press(caller, "5");
    world.run(400);
    assert_eq!(world.keys_heard(called), "5");
    world.press_by_info(called, '8');
    world.run(600);
    assert_eq!(world.keys_heard(caller), "8");
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn a_key_heard_in_two_ways_is_one_key() {
    let mut world = World::new(6);
    let carrier = world.carrier();
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    // An invalid key by RFC 4733, and the same press once more by INFO: one explanation, not two.
    world.press_both(citizen, '9');
    world.run(1_500);
    let invalid = world.decided("key-invalid");
    assert_eq!(invalid, 1, "{}", world.drawing());
    world.hang_up(citizen);
    world.nothing_left();
}
