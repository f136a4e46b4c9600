//! Two desks ring together: one wins, the other is told that the call was completed elsewhere (RFC 3326, CALL-12).

use std::time::Duration;
use world::World;

#[test]
fn one_winner() {
    let mut world = World::new(1);
    let (carrier, first, second) = (world.carrier(), world.phone("2101"), world.phone("2102"));
    let (citizen, called) = world.citizen_rings(carrier, first);
    let loser = world.ringing(second);
    world.run(1_500);
    world.answer(called);
    world.over_soon(loser);
    assert_eq!(
        world.reason(loser),
        "SIP;cause=200;text=\"Call completed elsewhere\""
    );
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    world.end("parallel_ring");
}

#[test]
fn both_answer_in_the_same_moment() {
    let mut world = World::new(2);
    let (carrier, first, second) = (world.carrier(), world.phone("2101"), world.phone("2102"));
    let (citizen, called) = world.citizen_rings(carrier, first);
    let loser = world.ringing(second);
    world.run(300);
    world.answer_now(called);
    world.answer_now(loser);
    world.over_soon(loser);
    world.talk(citizen, called);
    world.hang_up(called);
    world.over_soon(citizen);
    world.nothing_left();
}

#[test]
fn one_is_busy_and_the_other_answers() {
    let mut world = World::new(3);
    let (carrier, first, second) = (world.carrier(), world.phone("2101"), world.phone("2102"));
    world.with(first, |habits| {
        habits.refuses = Some((Duration::from_millis(10), 486))
    });
    let citizen = world.citizen_in_menu(carrier);
    world.press(citizen, "1");
    let called = world.ringing(second);
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.nothing_left();
}

#[test]
fn two_devices_of_one_account() {
    let mut world = World::new(4);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let soft = world.second_device("2102", "soft");
    let caller = world.call(a, "2102");
    let (desk, called) = (world.ringing(b), world.ringing(soft));
    world.answer(called);
    world.over_soon(desk);
    assert!(world.reason(desk).contains("elsewhere"));
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn a_global_refusal_ends_the_search() {
    let mut world = World::new(5);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let soft = world.second_device("2102", "soft");
    let caller = world.call(a, "2102");
    let (desk, called) = (world.ringing(b), world.ringing(soft));
    world.run(100);
    world.refuse(desk, 603);
    world.over_soon(called);
    world.over_soon(caller);
    assert_eq!(world.status(caller), 603);
    world.nothing_left();
}
