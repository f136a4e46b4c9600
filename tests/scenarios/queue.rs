//! Citizens wait in a line (QUE-1, first form): music, comfort, phones that ring again, first come first served.

use std::time::Duration;
use world::{Line, Party, Sound, World, town};

fn in_line(world: &mut World, carrier: Party) -> Line {
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "2");
    world.hears_soon(citizen, "nl/please-hold");
    citizen
}

#[test]
fn first_come_first_served() {
    let mut world = World::new(1);
    let (carrier, desk) = (world.carrier(), world.phone("2101"));
    let first = in_line(&mut world, carrier);
    world.hears_soon(first, "music/default");
    let called = world.ringing(desk);
    let second = in_line(&mut world, carrier);
    world.hears_soon(second, "music/default");
    world.answer(called);
    world.talk(first, called);
    world.hang_up(called);
    world.over_soon(first);
    // The desk is free: now it rings for the second.
    let called = world.ringing(desk);
    world.answer(called);
    world.talk(second, called);
    world.hang_up(second);
    world.over_soon(called);
    world.end("queue");
}

#[test]
fn comfort_and_another_round_of_ringing() {
    let mut world = World::new(2);
    let (carrier, desk) = (world.carrier(), world.phone("2101"));
    let citizen = in_line(&mut world, carrier);
    let called = world.ringing(desk);
    world.within(Duration::from_secs(12), "the round ends", |world| {
        world.status(called) == 487
    });
    let called = world.ringing(desk);
    world.hears_within(citizen, "nl/queue-comfort", 12);
    world.hears_soon(citizen, "music/default");
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    world.nothing_left();
}

/// Waits for the comfort message and listens to all of it: whether an expected wait was told.
fn is_told_the_wait(world: &mut World, citizen: Line) -> bool {
    world.hears_within(citizen, "nl/queue-comfort", 25);
    world.hears_soon(citizen, "nl/queue-position-1");
    let wait = Sound::Heard(vec!["nl/queue-wait-1".to_owned()]);
    let mut told = false;
    for _ in 0..100 {
        world.run(20);
        told |= world.hears(citizen) == wait;
    }
    told
}

#[test]
fn the_wait_is_told_once_five_calls_tell_how_long_it_is() {
    let mut world = World::new(6);
    let (carrier, desk) = (world.carrier(), world.phone("2101"));
    for answered in 0..=5 {
        let citizen = in_line(&mut world, carrier);
        if answered == 0 || answered == 5 {
            let told = is_told_the_wait(&mut world, citizen);
            assert_eq!(told, answered == 5, "after {answered} calls");
        }
        let called = world.ringing(desk);
        world.answer(called);
        world.talk(citizen, called);
        world.hang_up(citizen);
        world.over_soon(called);
        world.run(6_000);
    }
    world.nothing_left();
}

#[test]
fn too_long() {
    let mut world = World::new(3);
    let (carrier, desk) = (world.carrier(), world.phone("2101"));
    world.with(desk, |habits| {
        habits.refuses = Some((Duration::from_millis(30), 486))
    });
    let citizen = in_line(&mut world, carrier);
    world.hears_within(citizen, "nl/queue-too-long", 70);
    world.over_soon(citizen);
    world.nothing_left();
}

#[test]
fn the_line_is_full() {
    let mut world = World::new(4);
    let (carrier, desk) = (world.carrier(), world.phone("2101"));
    let first = in_line(&mut world, carrier);
    let called = world.ringing(desk);
    let second = in_line(&mut world, carrier);
    world.hears_soon(second, "music/default");
    let third = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(third, "nl/demo-menu");
    world.press(third, "2");
    world.hears_soon(third, "nl/queue-full");
    world.over_soon(third);
    world.hang_up(first);
    world.over_soon(called);
    let called = world.ringing(desk);
    world.hang_up(second);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn nobody_is_there() {
    let mut world = World::new(5);
    let carrier = world.carrier();
    let citizen = in_line(&mut world, carrier);
    world.hears_soon(citizen, "nl/nobody-answers");
    world.over_soon(citizen);
    world.nothing_left();
}
