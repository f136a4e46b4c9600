//! A phone takes a call over by INVITE with Replaces (RFC 3891): from another device of its account, or from one that
//! rings with it; and who may not.

use world::{Line, Party, World};

/// A phone calls with Replaces.
fn take(world: &mut World, party: Party, replaces: &str) -> Line {
    let value = vec![("Replaces".to_owned(), replaces.to_owned())];
    world.with(party, |habits| habits.extra = value);
    let line = world.call(party, "2101");
    world.until("an answer", |world| world.status(line) != 0);
    world.with(party, |habits| habits.extra.clear());
    world.run(100);
    line
}

#[test]
fn a_conversation_goes_on_at_the_other_device() {
    let mut world = World::new(1);
    let (carrier, phone) = (world.carrier(), world.phone("2101"));
    let (citizen, called) = world.citizen_rings(carrier, phone);
    world.answer(called);
    world.talk(citizen, called);
    let mobile = world.second_device("2101", "mobile");
    let name = world.replaces(called);
    let line = take(&mut world, mobile, &name);
    assert_eq!(world.status(line), 200);
    world.over_soon(called);
    world.talk(citizen, line);
    world.run(2_500);
    let shown = world.last(mobile, "UPDATE");
    assert!(shown.must("P-Asserted-Identity").contains("+32470123456"));
    world.hang_up(line);
    world.over_soon(citizen);
    world.end("phone_takes_over");
}

#[test]
fn who_dialled_goes_on_at_the_other_device() {
    let mut world = World::new(2);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let (caller, called) = world.talking(a, "2102", b);
    let mobile = world.second_device("2101", "mobile");
    let name = world.replaces(caller);
    let line = take(&mut world, mobile, &name);
    world.over_soon(caller);
    world.talk(line, called);
    world.hang_up(called);
    world.over_soon(line);
    world.nothing_left();
}

#[test]
fn a_call_that_rings_is_picked_up() {
    let mut world = World::new(3);
    let (carrier, phone, colleague) = (world.carrier(), world.phone("2101"), world.phone("2102"));
    let (citizen, ringing) = world.citizen_rings(carrier, phone);
    let too = world.ringing(colleague);
    world.run(100);
    let name = format!("{};early-only", world.replaces(ringing));
    let line = take(&mut world, colleague, &name);
    assert_eq!(world.status(line), 200);
    world.over_soon(ringing);
    world.over_soon(too);
    assert!(world.reason(ringing).contains("Call completed elsewhere"));
    world.talk(citizen, line);
    world.hang_up(citizen);
    world.over_soon(line);
    world.end("phone_picks_up");
}

#[test]
fn who_may_not_and_what_is_not_there() {
    let mut world = World::new(4);
    let (carrier, phone, stranger) = (world.carrier(), world.phone("2101"), world.phone("2103"));
    let (citizen, called) = world.citizen_rings(carrier, phone);
    world.run(100);
    let ringing = world.replaces(called);
    // Somebody who does not ring with it may not pick up.
    let line = take(&mut world, stranger, &ringing);
    assert_eq!(world.status(line), 403);
    world.answer(called);
    let mobile = world.second_device("2101", "mobile");
    let confirmed = world.replaces(called);
    for (party, name, status) in [
        (stranger, confirmed.clone(), 403),
        (mobile, format!("{confirmed};early-only"), 486),
        (mobile, confirmed.replace("to-tag=", "to-tag=x"), 481),
        (mobile, confirmed.replace("from-tag=", "from-tag=x"), 481),
        (mobile, format!("x{confirmed}"), 481),
        (mobile, "nonsense".to_owned(), 400),
    ] {
        let line = take(&mut world, party, &name);
        assert_eq!(world.status(line), status, "{name}");
    }
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    // The operator's line takes nobody's place; and what is over is over.
    let value = vec![("Replaces".to_owned(), confirmed.clone())];
    world.with(carrier, |habits| habits.extra = value);
    let line = world.citizen_calls(carrier, "+3254310000");
    world.until("an answer", |world| world.status(line) != 0);
    assert_eq!(world.status(line), 403);
    let line = take(&mut world, mobile, &confirmed);
    assert_eq!(world.status(line), 481);
    world.nothing_left();
}

#[test]
fn an_early_dialog_of_who_calls_is_nobodys_to_take() {
    let mut world = World::new(5);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.run(100);
    let mobile = world.second_device("2101", "mobile");
    let name = world.replaces(caller);
    let line = take(&mut world, mobile, &name);
    assert_eq!(world.status(line), 481);
    world.answer(called);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn an_offer_that_cannot_be_used_changes_nothing() {
    let mut world = World::new(6);
    let (carrier, phone) = (world.carrier(), world.phone("2101"));
    let (citizen, called) = world.citizen_rings(carrier, phone);
    world.answer(called);
    let mobile = world.second_device("2101", "mobile");
    world.with(mobile, |habits| {
        habits.codecs = Vec::new();
        habits.events = None;
    });
    let name = world.replaces(called);
    let line = take(&mut world, mobile, &name);
    assert_eq!(world.status(line), 488);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    world.nothing_left();
}
