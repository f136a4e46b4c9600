//! A phone is unplugged, or its BYE is lost: silence of its sound, or the session timer (RFC 4028), ends the call.

use call::journal::Cause;
use std::time::Duration;
use world::World;

#[test]
fn the_session_timer_ends_it() {
    let mut world = World::new(1);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| habits.session = Some((120, "uas")));
    world.with(a, |habits| habits.takes_update = true);
    let (caller, called) = world.talking(a, "2102", b);
    // Both hold, so that silence means nothing; then the caller's phone loses power.
    world.change(caller, "INVITE", "inactive");
    world.run(500);
    world.with(a, |habits| habits.deaf = true);
    world.within(
        Duration::from_secs(160),
        "the other side is let go",
        |world| !world.is_up(called),
    );
    world.with(a, |habits| habits.deaf = false);
    world.everybody_hangs_up();
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::PeerLost]);
    world.end("lost_bye");
}

#[test]
fn silence_ends_it_where_sound_is_due() {
    let mut world = World::new(2);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let (_, called) = world.talking(a, "2102", b);
    world.with(a, |habits| habits.deaf = true);
    world.within(
        Duration::from_secs(45),
        "the other side is let go",
        |world| !world.is_up(called),
    );
    world.with(a, |habits| habits.deaf = false);
    world.everybody_hangs_up();
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::MediaSilent]);
}
