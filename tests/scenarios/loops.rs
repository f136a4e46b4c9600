//! Loops and copies: a call of ours that comes back (482, RFC 7332), no hops left (483), the same INVITE by two ways (8.2.2.2).

use world::World;

#[test]
fn no_hops_left() {
    let mut world = World::new(1);
    let (a, _) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| {
        habits.extra = vec![("Max-Forwards".into(), "0".into())]
    });
    let caller = world.call(a, "2102");
    world.over_soon(caller);
    assert_eq!(world.status(caller), 483);
    world.nothing_left();
}

#[test]
fn a_hop_is_taken_away() {
    let mut world = World::new(2);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| {
        habits.extra = vec![("Max-Forwards".into(), "5".into())]
    });
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    assert_eq!(world.invitation(called).must("Max-Forwards"), "4");
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn our_own_call_comes_back_from_the_operator() {
    let mut world = World::new(3);
    let (a, carrier) = (world.phone("2101"), world.carrier());
    let caller = world.call(a, "0475000000");
    let called = world.ringing(carrier);
    let session = world.invitation(called).must("Session-ID").to_owned();
    // The operator's number is forwarded to the town: the call comes back with the same Session-ID.
    world.with(carrier, |habits| {
        habits.extra = vec![("Session-ID".into(), session)]
    });
    let back = world.citizen_calls(carrier, world::town::CENTRAL);
    world.up_soon(back);
    // Once is honest; the same call to the same number a second time is a loop.
    let round = world.citizen_calls(carrier, world::town::CENTRAL);
    world.over_soon(round);
    assert_eq!(world.status(round), 482);
    world.hang_up(back);
    world.refuse(called, 486);
    world.over_soon(caller);
    world.end("loops");
}

#[test]
fn the_same_invite_by_two_ways() {
    let mut world = World::new(4);
    let carrier = world.carrier();
    let citizen = world.citizen_calls(carrier, world::town::CENTRAL);
    world.until("100", |world| world.statuses(citizen).contains(&100));
    // A proxy forked it: the same Call-ID, From tag and CSeq under another branch.
    world.merged_copy(citizen);
    world.run(50);
    assert_eq!(world.last(carrier, "482").status, 482);
    world.up_soon(citizen);
    world.hang_up(citizen);
    world.nothing_left();
    assert_eq!(world.causes().len(), 1);
}
