//! 112 (CMP-1): before any rule, with the site's number, never blocked, never queued; without a way out, spoken advice.

use call::journal::Cause;
use call::snapshot::{Rule, RuleTarget, Snapshot};
use std::sync::Arc;
use world::{Party, World, town};

/// Rules that would swallow every short number, for the account 2102.
fn greedy() -> Snapshot {
    let mut snapshot = town::snapshot();
    let rule = |pattern: &str, target| Rule {
        pattern: pattern.to_owned(),
        strip: 0,
        target,
    };
    snapshot.rules = Arc::new(vec![
        rule("1*", RuleTarget::Account("2102".to_owned())),
        rule("9*", RuleTarget::Refuse),
        rule("0*", RuleTarget::Flow("demo".to_owned())),
    ]);
    snapshot
}

fn reaches_the_operator(world: &mut World, a: Party, carrier: Party, uri: &str) {
    let caller = world.call_uri(a, uri);
    let called = world.ringing(carrier);
    let invitation = world.invitation(called);
    assert_eq!(
        invitation.uri,
        format!("sip:112@{}", town::OPERATOR),
        "{uri}"
    );
    assert!(
        invitation.must("From").contains(town::CENTRAL),
        "the site's number is shown"
    );
    assert!(
        invitation
            .must("P-Asserted-Identity")
            .contains(town::CENTRAL)
    );
    world.answer(called);
    world.talk(caller, called);
    world.hang_up(called);
    world.over_soon(caller);
}

#[test]
fn it_comes_before_every_rule() {
    let mut world = World::of(1, greedy());
    world.expect_note("emergency");
    let (a, carrier) = (world.phone("2101"), world.carrier());
    let other = world.phone("2102");
    reaches_the_operator(&mut world, a, carrier, "sip:112@demo.centrale");
    assert_eq!(world.calls_of(other), 0);
    assert!(
        world.was_noted("emergency"),
        "the log says where it came from"
    );
    // The desk is told who, and where the phone stands.
    let [alarm] = world.desk.emergencies.as_slice() else {
        panic!("{:?}", world.desk.emergencies);
    };
    assert_eq!(alarm.account.as_deref(), Some("2101"));
    assert_eq!(alarm.number, "112");
    assert_eq!(alarm.site, "Demo town hall");
    assert_eq!(alarm.room, "first floor");
    world.end("emergency");
}

#[test]
fn in_every_spelling() {
    for (seed, uri) in [
        "sip:112@192.0.2.1",
        "sip:0112@demo.centrale",
        "sip:+32112@demo.centrale",
        "sip:0032112@demo.centrale",
        "sip:1.1.2@demo.centrale",
        "sip:112@demo.centrale;user=phone",
        "sip:%31%31%32@demo.centrale",
        "sip:112@some.where.else",
        "tel:112",
        "tel:112;phone-context=+32",
        "urn:service:sos",
        "urn:service:sos.fire",
    ]
    .into_iter()
    .enumerate()
    {
        let mut world = World::of(100 + seed as u64, greedy());
        world.expect_note("emergency");
        let (a, carrier) = (world.phone("2101"), world.carrier());
        reaches_the_operator(&mut world, a, carrier, uri);
        world.nothing_left();
    }
}

#[test]
fn from_a_blocked_account() {
    let mut snapshot = greedy();
    let mut accounts = (*snapshot.accounts).clone();
    accounts.get_mut("2101").unwrap().blocked = true;
    snapshot.accounts = Arc::new(accounts);
    let mut world = World::of(2, snapshot);
    world.expect_note("emergency");
    let (a, carrier) = (world.unregistered("2101"), world.carrier());
    assert_eq!(world.try_register(a, 3_600), 403);
    let caller = world.call(a, "2102");
    world.over_soon(caller);
    assert_eq!(world.status(caller), 403, "it may call nobody else");
    reaches_the_operator(&mut world, a, carrier, "sip:112@demo.centrale");
    world.nothing_left();
}

#[test]
fn when_all_channels_are_taken() {
    let mut snapshot = greedy();
    let mut trunk = town::trunk();
    (trunk.channels, trunk.reserved) = (1, 0);
    snapshot.trunks = Arc::new(vec![trunk]);
    snapshot.rules = Arc::new(Vec::new());
    let mut world = World::of(3, snapshot);
    world.expect_note("emergency");
    let (a, b, carrier) = (world.phone("2101"), world.phone("2102"), world.carrier());
    let (first, called) = world.talking(b, "0475000000", carrier);
    reaches_the_operator(&mut world, a, carrier, "sip:112@demo.centrale");
    world.talk(first, called);
    world.hang_up(first);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn in_a_full_house_and_while_draining() {
    let mut snapshot = greedy();
    let mut settings = (*snapshot.settings).clone();
    settings.calls = 0;
    snapshot.settings = Arc::new(settings);
    let mut world = World::of(4, snapshot);
    world.expect_note("emergency");
    let (a, carrier) = (world.phone("2101"), world.carrier());
    let caller = world.call(a, "2101");
    world.over_soon(caller);
    assert_eq!(world.status(caller), 503);
    world.tell_core(call::Input::Drain);
    reaches_the_operator(&mut world, a, carrier, "sip:112@demo.centrale");
    world.nothing_left();
}

#[test]
fn without_a_way_out_advice_is_spoken_before_the_503() {
    let mut snapshot = greedy();
    snapshot.trunks = Arc::new(Vec::new());
    let mut world = World::of(5, snapshot);
    world.expect_note("emergency");
    let a = world.phone("2101");
    let caller = world.call(a, "112");
    world.hears_soon(caller, "nl/emergency-no-route");
    world.hears_soon(caller, "fr/emergency-no-route");
    world.over_soon(caller);
    assert_eq!(world.statuses(caller), [100, 183, 503]);
    world.end("emergency_without_a_way_out");
}

#[test]
fn an_unreachable_line_gives_advice_too() {
    let mut world = World::of(6, greedy());
    world.expect_note("emergency");
    let (a, carrier) = (world.phone("2101"), world.carrier());
    world.with(carrier, |habits| habits.deaf = true);
    let caller = world.call(a, "112");
    world.hears_soon(caller, "nl/emergency-no-route");
    world.over_soon(caller);
    assert_eq!(world.status(caller), 503);
    world.nothing_left();
    assert!(matches!(world.causes()[..], [Cause::TrunkFailed(_)]));
}

#[test]
fn a_caller_who_hangs_up_during_the_advice() {
    let mut snapshot = greedy();
    snapshot.trunks = Arc::new(Vec::new());
    let mut world = World::of(7, snapshot);
    world.expect_note("emergency");
    let a = world.phone("2101");
    let caller = world.call(a, "112");
    world.hears_soon(caller, "nl/emergency-no-route");
    world.hang_up(caller);
    world.over_soon(caller);
    assert_eq!(world.status(caller), 487);
    world.nothing_left();
}
