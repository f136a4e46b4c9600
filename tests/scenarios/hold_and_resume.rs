//! A desk phone holds the other party by re-INVITE or UPDATE (RFC 3264 8.4), who hears music, and resumes.

use world::World;

fn held_by(method: &str, direction: &'static str, seed: u64) -> World {
    let mut world = World::new(seed);
    let (carrier, desk) = (world.carrier(), world.phone("2101"));
    let (citizen, called) = world.citizen_rings(carrier, desk);
    world.answer(called);
    world.talk(citizen, called);
    world.change(called, method, direction);
    world.hears_soon(citizen, "music/default");
    world.hears_nothing(called);
    world.change(called, method, "sendrecv");
    world.run(100);
    world.talk(citizen, called);
    world.hang_up(called);
    world.over_soon(citizen);
    world
}

#[test]
fn by_reinvite() {
    held_by("INVITE", "sendonly", 1).end("hold_and_resume");
}

#[test]
fn by_update() {
    held_by("UPDATE", "sendonly", 2).nothing_left();
}

#[test]
fn inactive() {
    held_by("INVITE", "inactive", 3).nothing_left();
}

#[test]
fn both_hold_and_both_resume() {
    let mut world = World::new(4);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let (caller, called) = world.talking(a, "2102", b);
    world.change(caller, "INVITE", "sendonly");
    world.hears_soon(called, "music/default");
    world.change(called, "INVITE", "sendonly");
    world.hears_nothing(caller);
    world.hears_nothing(called);
    world.change(caller, "INVITE", "sendrecv");
    world.hears_soon(caller, "music/default");
    world.change(called, "INVITE", "sendrecv");
    world.run(100);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn who_holds_may_hang_up() {
    let mut world = World::new(5);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let (caller, called) = world.talking(a, "2102", b);
    world.change(called, "INVITE", "sendonly");
    world.hears_soon(caller, "music/default");
    world.hang_up(called);
    world.over_soon(caller);
    world.nothing_left();
}

#[test]
fn a_long_hold_is_not_silence() {
    let mut world = World::new(6);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let (caller, called) = world.talking(a, "2102", b);
    world.change(called, "INVITE", "inactive");
    world.hears_soon(caller, "music/default");
    world.run(90_000);
    world.change(called, "INVITE", "sendrecv");
    world.run(100);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}
