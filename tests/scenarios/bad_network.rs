//! Loss, delay, reordering and duplication: one call stays one call, however often its messages come (17.2).

use std::time::Duration;
use world::{Conditions, World};

#[test]
fn every_message_comes_twice() {
    let mut world = World::new(1);
    world.conditions.twice = 1_000;
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let (caller, called) = world.talking(a, "2102", b);
    assert_eq!(world.calls_of(b), 1);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
    assert_eq!(world.causes().len(), 1);
}

#[test]
fn a_third_of_the_messages_is_lost() {
    let mut world = World::new(2);
    world.conditions = Conditions {
        loss: 300,
        rtp_loss: 50,
        twice: 100,
        delay: Duration::from_millis(20),
        jitter: Duration::from_millis(120),
    };
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(b, |habits| {
        habits.answers_after = Some(Duration::from_secs(2))
    });
    let caller = world.call(a, "2102");
    world.within(Duration::from_secs(30), "an answer", |world| {
        world.is_up(caller)
    });
    world.run(2_000);
    world.hang_up(caller);
    world.end("bad_network");
}
