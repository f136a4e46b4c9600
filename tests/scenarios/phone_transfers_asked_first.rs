//! A desk phone calls a second party and joins the two (REFER with Replaces, RFC 3891, RFC 5589 section 7): both its calls
//! end, the two hear each other, and who was asked is shown the citizen.

use world::{Line, Party, World, town};

struct Hall {
    world: World,
    phone: Party,
    target: Party,
    citizen: Line,
    /// The phone's line to the citizen.
    first: Line,
}

/// A citizen was put on hold by 2101; 2103 is there.
fn on_hold(seed: u64) -> Hall {
    let mut world = World::new(seed);
    let (carrier, phone, target) = (world.carrier(), world.phone("2101"), world.phone("2103"));
    let (citizen, first) = world.citizen_rings(carrier, phone);
    world.answer(first);
    world.talk(citizen, first);
    world.change(first, "INVITE", "sendonly");
    world.hears_soon(citizen, "music/default");
    Hall {
        world,
        phone,
        target,
        citizen,
        first,
    }
}

/// The same, and 2101 talks to 2103.
fn asked(seed: u64) -> (Hall, Line, Line) {
    let mut hall = on_hold(seed);
    let second = hall.world.call(hall.phone, "2103");
    let called = hall.world.ringing(hall.target);
    hall.world.answer(called);
    hall.world.talk(second, called);
    (hall, second, called)
}

fn shown(world: &World, party: Party, method: &str) -> String {
    world
        .last(party, method)
        .must("P-Asserted-Identity")
        .to_owned()
}

#[test]
fn joined() {
    let (hall, second, called) = asked(1);
    let Hall {
        mut world,
        target,
        citizen,
        first,
        ..
    } = hall;
    let invite = world.invitation(called);
    assert!(
        invite.must("From").contains("sip:2101@"),
        "who asks is shown first"
    );
    world.refer_to_call(first, "2103", second);
    world.over_soon(first);
    world.over_soon(second);
    world.talk(citizen, called);
    assert_eq!(world.referred(first), [202]);
    let told = (vec![100, 200], "terminated;reason=noresource".to_owned());
    assert_eq!(world.reports(first), told);
    assert!(shown(&world, target, "UPDATE").contains(town::CITIZEN));
    world.hang_up(called);
    world.over_soon(citizen);
    world.end("phone_transfers_asked_first");
}

#[test]
fn joined_while_it_rings() {
    let Hall {
        mut world,
        phone,
        target,
        citizen,
        first,
    } = on_hold(2);
    let second = world.call(phone, "2103");
    let called = world.ringing(target);
    world.run(200);
    world.refer_to_call(first, "2103", second);
    world.over_soon(second);
    world.hears_soon(citizen, "ringing");
    assert_eq!(world.reports(first).0, [100, 180]);
    world.answer(called);
    world.over_soon(first);
    world.talk(citizen, called);
    assert!(shown(&world, target, "UPDATE").contains(town::CITIZEN));
    everybody_leaves(world, citizen, called).end("phone_transfers_while_it_rings");
}

fn everybody_leaves(mut world: World, citizen: Line, last: Line) -> World {
    world.hang_up(citizen);
    world.over_soon(last);
    world
}

#[test]
fn joined_while_it_rings_and_nobody_answers() {
    for stays in [true, false] {
        let Hall {
            mut world,
            phone,
            target,
            citizen,
            first,
        } = on_hold(3);
        let second = world.call(phone, "2103");
        let called = world.ringing(target);
        world.run(200);
        world.refer_to_call(first, "2103", second);
        world.over_soon(second);
        if !stays {
            world.hang_up(first);
            world.over_soon(first);
        }
        let heir = if stays {
            world.refuse(called, 486);
            world.run(100);
            assert_eq!(world.reports(first).0, [100, 180, 486]);
            world.change(first, "INVITE", "sendrecv");
            world.run(100);
            first
        } else {
            let back = world.ringing_within(phone, 30);
            assert!(
                world
                    .invitation(back)
                    .must("From")
                    .contains("terug van 2103")
            );
            world.answer(back);
            back
        };
        world.talk(citizen, heir);
        everybody_leaves(world, citizen, heir).nothing_left();
    }
}

#[test]
fn the_other_way_round() {
    // Some phones ask in the dialog with the second party, and name the first.
    let (hall, second, called) = asked(4);
    let Hall {
        mut world,
        citizen,
        first,
        ..
    } = hall;
    world.refer_to_call(second, "citizen", first);
    world.over_soon(first);
    world.over_soon(second);
    world.talk(citizen, called);
    everybody_leaves(world, citizen, called).nothing_left();
}

#[test]
fn who_called_the_phone_meanwhile_is_joined() {
    let Hall {
        mut world,
        phone,
        target,
        citizen,
        first,
    } = on_hold(5);
    let caller = world.call(target, "2101");
    let second = world.ringing(phone);
    world.answer(second);
    world.talk(caller, second);
    world.refer_to_call(first, "2103", second);
    world.over_soon(first);
    world.over_soon(second);
    world.talk(citizen, caller);
    // It dialled 2101 and is told that it speaks to the citizen.
    assert!(shown(&world, target, "UPDATE").contains(town::CITIZEN));
    everybody_leaves(world, citizen, caller).nothing_left();
}

#[test]
fn three_phones_and_no_citizen() {
    let mut world = World::new(6);
    let (a, b, c) = (
        world.phone("2101"),
        world.phone("2102"),
        world.phone("2103"),
    );
    let (first, left) = world.talking(a, "2102", b);
    world.change(first, "INVITE", "sendonly");
    world.run(100);
    let (second, right) = world.talking(a, "2103", c);
    world.refer_to_call(first, "2103", second);
    world.over_soon(first);
    world.over_soon(second);
    world.talk(left, right);
    assert!(shown(&world, b, "UPDATE").contains("\"Desk 2103\" <sip:2103@"));
    assert!(shown(&world, c, "UPDATE").contains("\"Desk 2102\" <sip:2102@"));
    world.hang_up(left);
    world.over_soon(right);
    world.nothing_left();
}

#[test]
fn a_phone_without_update_is_told_by_reinvite() {
    let Hall {
        mut world,
        phone,
        target,
        citizen,
        first,
    } = on_hold(7);
    world.with(target, |habits| habits.takes_update = false);
    let second = world.call(phone, "2103");
    let called = world.ringing(target);
    world.answer(called);
    world.refer_to_call(first, "2103", second);
    world.over_soon(second);
    world.run(100);
    assert!(shown(&world, target, "INVITE").contains(town::CITIZEN));
    world.talk(citizen, called);
    everybody_leaves(world, citizen, called).nothing_left();
}

#[test]
fn a_phone_that_takes_a_changed_from() {
    let Hall {
        mut world,
        phone,
        target,
        citizen,
        first,
    } = on_hold(8);
    world.with(target, |habits| habits.from_change = true);
    let second = world.call(phone, "2103");
    let called = world.ringing(target);
    world.answer(called);
    world.refer_to_call(first, "2103", second);
    world.over_soon(second);
    world.run(100);
    assert!(
        world
            .last(target, "UPDATE")
            .must("From")
            .contains(town::CITIZEN)
    );
    world.talk(citizen, called);
    everybody_leaves(world, citizen, called).nothing_left();
}

#[test]
fn somebody_elses_calls_are_not_joined() {
    let (hall, second, called) = asked(9);
    let Hall {
        mut world,
        citizen,
        first,
        ..
    } = hall;
    let (thief, friend) = (world.phone("2104"), world.phone("2105"));
    let (own, other) = world.talking(thief, "2105", friend);
    // 2104 knows the names of 2101's dialog, and 2103 those of its own with 2101, which is no second one.
    for (line, named) in [
        (own, world.replaces(first)),
        (called, world.replaces(called)),
    ] {
        let value = named.replace(';', "%3B").replace('=', "%3D");
        let refer_to = format!("<sip:x@demo.centrale?Replaces={value}>");
        world.ask(line, "REFER", &[("Refer-To", refer_to)], "");
        world.until("an answer", |world| !world.referred(line).is_empty());
        assert_eq!(world.referred(line), [404]);
    }
    world.talk(own, other);
    world.talk(second, called);
    for line in [own, second, citizen] {
        world.hang_up(line);
    }
    world.over_soon(first);
    world.nothing_left();
}

#[test]
fn a_call_at_a_menu_has_nobody_to_give() {
    let Hall {
        mut world,
        phone,
        citizen,
        first,
        ..
    } = on_hold(10);
    let second = world.call(phone, "054310000");
    world.hears_soon(second, "nl/welcome");
    world.refer_to_call(first, "054310000", second);
    world.until("an answer", |world| !world.referred(first).is_empty());
    assert_eq!(world.referred(first), [404]);
    world.hang_up(second);
    world.change(first, "INVITE", "sendrecv");
    world.run(100);
    world.talk(citizen, first);
    everybody_leaves(world, citizen, first).nothing_left();
}
