//! One desk phone calls another; they talk, and one of them hangs up.

use call::journal::Cause;
use world::World;

#[test]
fn the_caller_hangs_up() {
    let mut world = World::new(1);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    // Ringing tone is the phone's own affair while it has no sound of ours (RFC 3960).
    world.until("180", |world| world.statuses(caller) == [100, 180]);
    world.hears_nothing(caller);
    world.answer(called);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.run(1_000);
    assert_eq!(world.causes(), [Cause::CallerHungUp]);
    world.end("phone_calls_phone");
}

#[test]
fn the_called_hangs_up() {
    let mut world = World::new(2);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.answer(called);
    world.talk(caller, called);
    world.hang_up(called);
    world.over_soon(caller);
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::CalleeHungUp]);
}
