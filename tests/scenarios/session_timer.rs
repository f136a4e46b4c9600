//! Session timers (RFC 4028) in both roles: we refresh, the peer refreshes, nobody does, and 422 on both sides.

use call::journal::Cause;
use std::time::Duration;
use world::World;

#[test]
fn we_refresh_by_update() {
    let mut world = World::new(1);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| habits.session = Some((120, "uas")));
    let (caller, called) = world.talking(a, "2102", b);
    assert_eq!(
        world.last(a, "200").must("Session-Expires"),
        "120;refresher=uas"
    );
    world.run(250_000);
    assert_eq!(
        world
            .last(a, "UPDATE")
            .must("Session-Expires")
            .split(';')
            .next(),
        Some("120")
    );
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.end("session_timer");
}

#[test]
fn we_refresh_by_reinvite_where_update_is_not_taken() {
    let mut world = World::new(2);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| {
        habits.session = Some((120, "uas"));
        habits.takes_update = false;
    });
    let (caller, called) = world.talking(a, "2102", b);
    world.run(65_000);
    assert_eq!(world.last(a, "INVITE").cseq().1, "INVITE");
    world.talk(caller, called);
    world.hang_up(called);
    world.over_soon(caller);
    world.nothing_left();
}

#[test]
fn the_caller_refreshes() {
    let mut world = World::new(3);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| habits.session = Some((120, "uac")));
    let (caller, called) = world.talking(a, "2102", b);
    world.run(190_000);
    assert_eq!(world.modified(caller), [200, 200, 200]);
    world.talk(caller, called);
    // It stops refreshing: the session ends before its interval is over.
    world.with(a, |habits| habits.refreshes = false);
    world.within(Duration::from_secs(125), "the session ends", |world| {
        !world.is_up(caller)
    });
    world.over_soon(called);
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::PeerLost]);
}

#[test]
fn the_called_refreshes() {
    let mut world = World::new(4);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(b, |habits| habits.session = Some((1_800, "uas")));
    let (caller, called) = world.talking(a, "2102", b);
    world.run(1_000_000);
    assert_eq!(world.modified(called), [200]);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn an_interval_too_small_for_us() {
    let mut world = World::new(5);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| habits.session = Some((60, "")));
    let caller = world.call(a, "2102");
    world.until("422", |world| world.statuses(caller).contains(&422));
    // The caller tries again with our Min-SE, and is challenged like anybody.
    assert_eq!(world.last(a, "422").must("Min-SE"), "90");
    let called = world.ringing(b);
    world.answer(called);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn an_interval_too_small_for_the_operator() {
    let mut world = World::new(6);
    let (a, carrier) = (world.phone("2101"), world.carrier());
    world.with(carrier, |habits| {
        habits.min_se = Some(3_600);
        habits.session = Some((3_600, "uac"));
    });
    let caller = world.call(a, "0475000000");
    let called = world.ringing(carrier);
    assert_eq!(world.invitation(called).must("Session-Expires"), "3600");
    assert_eq!(world.invitation(called).must("Min-SE"), "3600");
    world.answer(called);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}
