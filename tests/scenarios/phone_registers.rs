//! A phone registers (RFC 3261 section 10) and proves itself: by SHA-256, or by MD5 where it knows nothing better.

use call::snapshot::Account;
use std::collections::BTreeMap;
use std::sync::Arc;
use world::{World, town};

#[test]
fn sha_256_comes_first() {
    let mut world = World::new(1);
    let phone = world.phone("2101");
    assert_eq!(world.challenged(phone), ["SHA-256", "MD5"]);
    assert_eq!(world.view().bindings, 1);
    assert_eq!(world.try_register(phone, 0), 200);
    assert_eq!(world.view().bindings, 0);
    world.end("phone_registers");
}

#[test]
fn md5_alone_for_a_phone_that_reads_only_the_first_challenge() {
    let mut snapshot = town::snapshot();
    let mut accounts: BTreeMap<String, Account> = (*snapshot.accounts).clone();
    accounts.get_mut("2101").unwrap().md5_only = true;
    snapshot.accounts = Arc::new(accounts);
    let mut world = World::of(1, snapshot);
    let phone = world.phone("2101");
    assert_eq!(world.challenged(phone), ["MD5"]);
    world.nothing_left();
}

#[test]
fn a_registration_runs_out() {
    let mut world = World::new(1);
    let phone = world.unregistered("2101");
    assert_eq!(world.try_register(phone, 30), 423);
    assert_eq!(world.try_register(phone, 90), 200);
    world.run(89_000);
    assert_eq!(world.view().bindings, 1);
    world.run(2_000);
    assert_eq!(world.view().bindings, 0);
    world.nothing_left();
}
