//! Two parties without a codec in common: the media plane transcodes; with one in common it does not.

use media::Codec;
use world::World;

fn between(from: &[Codec], to: &[Codec], seed: u64) -> World {
    let mut world = World::new(seed);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| habits.codecs = from.to_vec());
    world.with(b, |habits| habits.codecs = to.to_vec());
    let (caller, called) = world.talking(a, "2102", b);
    world.hang_up(caller);
    world.over_soon(called);
    world
}

#[test]
fn a_law_to_mu_law() {
    between(&[Codec::Pcma], &[Codec::Pcmu], 1).end("codecs_differ");
}

#[test]
fn a_law_to_g722() {
    between(&[Codec::Pcma], &[Codec::G722], 2).nothing_left();
}

#[test]
fn g722_to_mu_law() {
    between(&[Codec::G722], &[Codec::Pcmu], 3).nothing_left();
}

#[test]
fn a_codec_in_common_is_used_on_both_sides() {
    let mut world = between(&[Codec::Pcmu, Codec::Pcma], &[Codec::G722, Codec::Pcma], 4);
    let caller = world.world_codec("2101");
    assert_eq!(
        (caller, world.world_codec("2102")),
        (Codec::Pcma, Codec::Pcma)
    );
    world.nothing_left();
}

#[test]
fn a_citizen_by_mu_law_hears_the_menu() {
    let mut world = World::new(5);
    let (carrier, desk) = (world.carrier(), world.phone("2101"));
    world.with(carrier, |habits| habits.codecs = vec![Codec::Pcmu]);
    world.with(desk, |habits| {
        habits.codecs = vec![Codec::G722, Codec::Pcma]
    });
    let (citizen, called) = world.citizen_rings(carrier, desk);
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    world.nothing_left();
}
