//! A softphone behind a NAT (SBC-9, RFC 3581, RFC 7362): its Contact and its media address are of no use, and it works.

use std::sync::Arc;

use call::snapshot::SymmetricRtp;
use world::{World, town};

/// A town in which the sound of 2101 is believed as told.
fn town_with(symmetric_rtp: SymmetricRtp) -> call::snapshot::Snapshot {
    let mut snapshot = town::snapshot();
    let mut accounts = (*snapshot.accounts).clone();
    accounts.get_mut("2101").unwrap().habits.symmetric_rtp = symmetric_rtp;
    snapshot.accounts = Arc::new(accounts);
    snapshot
}

#[test]
fn only_the_signalled_address_counts_where_the_configuration_says_so() {
    let mut world = World::of(3, town_with(SymmetricRtp::Off));
    let (home, desk) = (world.phone_behind_nat("2101"), world.phone("2102"));
    let caller = world.call(home, "2102");
    let called = world.ringing(desk);
    world.answer(called);
    world.up_soon(caller);
    world.run(2_000);
    world.hears_nothing(called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn the_first_packet_counts_where_the_configuration_says_so() {
    let mut world = World::of(4, town_with(SymmetricRtp::On));
    let (home, desk) = (world.phone_behind_nat("2101"), world.phone("2102"));
    let (caller, called) = world.talking(home, "2102", desk);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn it_is_reached_where_it_was_heard() {
    let mut world = World::new(1);
    let (home, desk) = (world.phone_behind_nat("2101"), world.phone("2102"));
    let (caller, called) = world.talking(desk, "2101", home);
    world.hang_up(caller);
    world.over_soon(called);
    let (caller, called) = world.talking(home, "2102", desk);
    world.hang_up(called);
    world.over_soon(caller);
    world.end("nat_phone");
}

#[test]
fn the_nat_forgets_during_a_call() {
    let mut world = World::new(2);
    let (home, desk) = (world.phone_behind_nat("2101"), world.phone("2102"));
    let (caller, called) = world.talking(home, "2102", desk);
    world.rebind_nat(home);
    world.run(5_000);
    world.talk(caller, called);
    // Its next request shows the new address; what we ask then arrives.
    world.change(caller, "INVITE", "sendrecv");
    world.run(200);
    assert_eq!(world.modified(caller), [200]);
    world.hang_up(called);
    world.over_soon(caller);
    world.nothing_left();
}

/// On the town's own network, where every address is private: loopback's is still nobody's there.
#[test]
fn it_signals_loopback_from_another_host() {
    let mut world = World::new(3);
    let (lost, desk) = (
        world.phone_that_signals_loopback("2101"),
        world.phone("2102"),
    );
    let (caller, called) = world.talking(desk, "2101", lost);
    world.hang_up(caller);
    world.over_soon(called);
    let (caller, called) = world.talking(lost, "2102", desk);
    world.hang_up(called);
    world.over_soon(caller);
    world.nothing_left();
}
