//! CANCEL and 200 cross (RFC 3261 9.1, 15; RFC 6026): ACK, then BYE, on whichever side it happens.

use world::World;

#[test]
fn the_phone_answers_as_the_caller_gives_up() {
    let mut world = World::new(1);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.until("180", |world| world.statuses(caller).contains(&180));
    // Our CANCEL and the phone's 200 meet on the way between us and the phone.
    world.hang_up(caller);
    world.run(7);
    world.answer_now(called);
    world.over_soon(caller);
    world.over_soon(called);
    assert_eq!(world.status(caller), 487);
    world.end("cancel_crosses_answer");
}

#[test]
fn our_200_is_on_its_way_as_the_caller_gives_up() {
    let mut world = World::new(2);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.until("180", |world| world.statuses(caller).contains(&180));
    world.answer_now(called);
    world.run(7);
    world.hang_up(caller);
    world.over_soon(caller);
    world.over_soon(called);
    assert_eq!(world.status(caller), 200);
    world.nothing_left();
}

#[test]
fn every_millisecond_around_the_crossing() {
    for millis in 0..24 {
        let mut world = World::new(100 + millis);
        let (a, b) = (world.phone("2101"), world.phone("2102"));
        let caller = world.call(a, "2102");
        let called = world.ringing(b);
        world.until("180", |world| world.statuses(caller).contains(&180));
        world.answer_now(called);
        world.run(millis);
        world.hang_up(caller);
        world.over_soon(caller);
        world.over_soon(called);
        world.nothing_left();
    }
}
