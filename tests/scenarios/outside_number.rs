//! The dialplan calls an outside number (IVR-11's simple form), and a phone calls outside by the operator.

use world::{World, town};

#[test]
fn the_dialplan_calls_a_mobile() {
    let mut world = World::new(1);
    let carrier = world.carrier();
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "3");
    let called = world.ringing(carrier);
    world.hears_soon(citizen, "ringing");
    assert!(
        world
            .invitation(called)
            .uri
            .starts_with("sip:+32475000000@")
    );
    assert!(
        world
            .invitation(called)
            .must("P-Asserted-Identity")
            .contains(town::CENTRAL)
    );
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    world.end("outside_number");
}

#[test]
fn nobody_answers_there() {
    let mut world = World::new(2);
    let carrier = world.carrier();
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "3");
    let called = world.ringing(carrier);
    world.refuse(called, 486);
    world.hears_soon(citizen, "nl/nobody-answers");
    world.over_soon(citizen);
    world.nothing_left();
}

#[test]
fn an_account_without_the_right() {
    let mut snapshot = town::snapshot();
    let mut accounts = (*snapshot.accounts).clone();
    accounts.get_mut("2101").unwrap().outside = false;
    snapshot.accounts = std::sync::Arc::new(accounts);
    let mut world = World::of(3, snapshot);
    let a = world.phone("2101");
    let caller = world.call(a, "0475000000");
    world.over_soon(caller);
    assert_eq!(world.status(caller), 403);
    world.nothing_left();
}

#[test]
fn no_channel_is_free() {
    let mut snapshot = town::snapshot();
    let mut trunk = town::trunk();
    (trunk.channels, trunk.reserved) = (3, 2);
    snapshot.trunks = std::sync::Arc::new(vec![trunk]);
    let mut world = World::of(4, snapshot);
    let (carrier, a, b) = (world.carrier(), world.phone("2101"), world.phone("2102"));
    let (first, called) = world.talking(a, "0475000000", carrier);
    let second = world.call(b, "0475000001");
    world.over_soon(second);
    assert_eq!(world.status(second), 503);
    world.hang_up(first);
    world.over_soon(called);
    let third = world.call(b, "0475000001");
    let called = world.ringing(carrier);
    world.hang_up(third);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn what_was_dialled_and_where_it_went_is_on_record() {
    let mut world = World::new(6);
    let (carrier, a, b) = (world.carrier(), world.phone("2101"), world.phone("2102"));
    let (caller, called) = world.talking(a, "0475000000", carrier);
    world.hang_up(caller);
    world.over_soon(called);
    assert_eq!(world.decided("outside"), 1);
    let (caller, called) = world.talking(a, "2102", b);
    world.hang_up(caller);
    world.over_soon(called);
    assert_eq!(world.decided("account"), 1);
    world.nothing_left();
}
