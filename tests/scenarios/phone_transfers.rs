//! A desk phone transfers with its own key (REFER, RFC 3515, RFC 5589 section 6): the outcome is reported, a failure
//! brings the caller back, and nobody is sent where the phone itself could not have called.

use std::sync::Arc;
use std::time::Duration;

use world::{Line, Party, World, town};

struct Hall {
    world: World,
    carrier: Party,
    phone: Party,
    target: Party,
    citizen: Line,
    /// The phone's line to the citizen.
    desk: Line,
}

/// A citizen talks to 2101; 2103 is there.
fn talking(seed: u64) -> Hall {
    let mut world = World::new(seed);
    let (carrier, phone, target) = (world.carrier(), world.phone("2101"), world.phone("2103"));
    let (citizen, desk) = world.citizen_rings(carrier, phone);
    world.answer(desk);
    world.talk(citizen, desk);
    Hall {
        world,
        carrier,
        phone,
        target,
        citizen,
        desk,
    }
}

fn everybody_leaves(world: &mut World, citizen: Line, last: Line) {
    world.hang_up(citizen);
    world.over_soon(last);
}

#[test]
fn blind() {
    let Hall {
        mut world,
        target,
        citizen,
        desk,
        ..
    } = talking(1);
    world.with(target, |habits| {
        habits.rings_after = Some(Duration::from_millis(1_500));
    });
    world.change(desk, "INVITE", "sendonly");
    world.hears_soon(citizen, "music/default");
    world.refer(desk, "2103");
    let called = world.ringing(target);
    world.run(500);
    world.hears_soon(citizen, "music/default");
    world.hears_soon(citizen, "ringing");
    world.hears_nothing(desk);
    assert_eq!(world.reports(desk).0, [100, 180]);
    assert!(world.reports(desk).1.starts_with("active;expires="));
    let invite = world.invitation(called);
    assert!(invite.must("From").contains(town::CITIZEN), "{invite:#?}");
    assert!(
        invite.must("Referred-By").contains("sip:2101@"),
        "{invite:#?}"
    );
    world.answer(called);
    world.talk(citizen, called);
    world.over_soon(desk);
    assert_eq!(world.referred(desk), [202]);
    let told = (
        vec![100, 180, 200],
        "terminated;reason=noresource".to_owned(),
    );
    assert_eq!(world.reports(desk), told);
    world.hang_up(called);
    world.over_soon(citizen);
    world.end("phone_transfers_blind");
}

#[test]
fn the_target_is_busy_and_the_phone_has_the_citizen_again() {
    let Hall {
        mut world,
        target,
        citizen,
        desk,
        ..
    } = talking(2);
    world.change(desk, "INVITE", "sendonly");
    world.run(100);
    world.refer(desk, "2103");
    let called = world.ringing(target);
    world.run(100);
    world.refuse(called, 486);
    world.run(100);
    world.hears_soon(citizen, "music/default");
    let told = (
        vec![100, 180, 486],
        "terminated;reason=noresource".to_owned(),
    );
    assert_eq!(world.reports(desk), told);
    world.change(desk, "INVITE", "sendrecv");
    world.run(100);
    world.talk(citizen, desk);
    // Another try, which succeeds: a second subscription in the same dialog has a name of its own.
    world.refer(desk, "2103");
    let called = world.ringing(target);
    world.answer(called);
    world.over_soon(desk);
    world.talk(citizen, called);
    everybody_leaves(&mut world, citizen, called);
    world.end("phone_transfers_to_a_busy_phone");
}

#[test]
fn nobody_answers_and_the_phone_has_left() {
    let Hall {
        mut world,
        phone,
        target,
        citizen,
        desk,
        ..
    } = talking(3);
    world.refer(desk, "2103");
    let called = world.ringing(target);
    world.hang_up(desk);
    world.over_soon(desk);
    world.run(100);
    assert!(world.reports(desk).1.starts_with("terminated"));
    let back = world.ringing_within(phone, 30);
    assert_eq!(world.status(called), 487);
    world.hears_soon(citizen, "music/default");
    let shown = world.invitation(back).must("From").to_owned();
    assert!(
        shown.contains("\"terug van 2103\"") && shown.contains(town::CITIZEN),
        "{shown}"
    );
    world.answer(back);
    world.talk(citizen, back);
    everybody_leaves(&mut world, citizen, back);
    world.end("phone_transfers_and_nobody_answers");
}

#[test]
fn the_phone_hangs_up_while_the_failure_is_on_its_way() {
    let Hall {
        mut world,
        phone,
        target,
        citizen,
        desk,
        ..
    } = talking(4);
    world.refer(desk, "2103");
    let called = world.ringing(target);
    world.run(300);
    world.refuse(called, 486);
    world.hang_up(desk);
    let back = world.ringing(phone);
    world.answer(back);
    world.talk(citizen, back);
    everybody_leaves(&mut world, citizen, back);
    world.nothing_left();
}

/// baresip does so, and a clerk who has put the handset down.
#[test]
fn the_phone_hangs_up_although_it_was_told_of_the_failure() {
    for held in [false, true] {
        let Hall {
            mut world,
            phone,
            target,
            citizen,
            desk,
            ..
        } = talking(16);
        if held {
            world.change(desk, "INVITE", "sendonly");
            world.run(100);
        }
        world.refer(desk, "2103");
        let called = world.ringing(target);
        world.run(300);
        world.refuse(called, 486);
        // It is one thing not to have heard the citizen again, another to hold them for long.
        world.run(if held { 20_000 } else { 1_000 });
        world.hang_up(desk);
        let back = world.ringing(phone);
        let shown = world.invitation(back).must("From").to_owned();
        assert!(shown.contains("\"terug van 2103\""), "{shown}");
        world.hears_soon(citizen, "music/default");
        world.answer(back);
        world.talk(citizen, back);
        everybody_leaves(&mut world, citizen, back);
        world.nothing_left();
    }
}

#[test]
fn the_phone_takes_the_citizen_back_and_hangs_up() {
    let Hall {
        mut world,
        target,
        citizen,
        desk,
        ..
    } = talking(17);
    world.change(desk, "INVITE", "sendonly");
    world.run(100);
    world.refer(desk, "2103");
    let called = world.ringing(target);
    world.refuse(called, 486);
    world.run(100);
    world.change(desk, "INVITE", "sendrecv");
    world.talk(citizen, desk);
    world.hang_up(desk);
    world.over_soon(citizen);
    world.nothing_left();
}

#[test]
fn no_reports_are_wanted() {
    for succeeds in [true, false] {
        let Hall {
            mut world,
            phone,
            target,
            citizen,
            desk,
            ..
        } = talking(5);
        let wish = [
            ("Refer-Sub", "false".to_owned()),
            ("Require", "norefersub".to_owned()),
        ];
        world.refer_saying(desk, "2103", &wish);
        let called = world.ringing(target);
        let accepted = world.last(phone, "202");
        assert_eq!(accepted.must("Refer-Sub"), "false");
        let heir = if succeeds {
            world.answer(called);
            called
        } else {
            world.refuse(called, 486);
            let back = world.ringing(phone);
            world.answer(back);
            back
        };
        // Nobody told the phone to hang up: it is hung up on.
        world.over_soon(desk);
        assert!(world.reports(desk).0.is_empty());
        world.talk(citizen, heir);
        everybody_leaves(&mut world, citizen, heir);
        world.nothing_left();
    }
}

#[test]
fn a_phone_that_stays_is_hung_up_on() {
    let Hall {
        mut world,
        phone,
        target,
        citizen,
        desk,
        ..
    } = talking(6);
    world.with(phone, |habits| habits.leaves = false);
    world.refer(desk, "2103");
    let called = world.ringing(target);
    world.answer(called);
    world.talk(citizen, called);
    assert!(world.is_up(desk));
    world.hears_nothing(desk);
    world.within(Duration::from_secs(3), "the phone is let go", |world| {
        !world.is_up(desk)
    });
    assert!(world.reason(desk).contains("Transferred"));
    everybody_leaves(&mut world, citizen, called);
    world.nothing_left();
}

#[test]
fn a_phone_that_takes_no_reports() {
    let Hall {
        mut world,
        phone,
        target,
        citizen,
        desk,
        ..
    } = talking(7);
    world.with(phone, |habits| habits.takes_reports = false);
    world.refer(desk, "2103");
    let called = world.ringing(target);
    world.run(300);
    let notified = world
        .mail(phone)
        .iter()
        .filter(|said| said.method == "NOTIFY" && said.is_request());
    assert_eq!(notified.count(), 1, "it said 481 to the first");
    world.answer(called);
    world.over_soon(desk);
    world.talk(citizen, called);
    everybody_leaves(&mut world, citizen, called);
    world.nothing_left();
}

#[test]
fn who_dialled_transfers_who_answered() {
    let mut world = World::new(8);
    let (a, b, c) = (
        world.phone("2101"),
        world.phone("2102"),
        world.phone("2103"),
    );
    let (caller, called) = world.talking(a, "2102", b);
    world.refer(caller, "2103");
    let third = world.ringing(c);
    world.hears_soon(called, "ringing");
    let invite = world.invitation(third);
    assert!(invite.must("From").contains("\"Desk 2102\" <sip:2102@"));
    world.answer(third);
    world.over_soon(caller);
    world.talk(called, third);
    // Who was called is told whom it speaks to now.
    let shown = world
        .last(b, "UPDATE")
        .must("P-Asserted-Identity")
        .to_owned();
    assert!(shown.contains("\"Desk 2103\" <sip:2103@"), "{shown}");
    world.hang_up(third);
    world.over_soon(called);
    world.end("phone_transfers_whom_it_called");
}

#[test]
fn to_an_outside_number() {
    let Hall {
        mut world,
        carrier,
        citizen,
        desk,
        ..
    } = talking(9);
    world.refer(desk, "0475000000");
    let mobile = world.ringing(carrier);
    let invite = world.invitation(mobile);
    assert!(
        invite.uri.starts_with("sip:+32475000000@"),
        "{}",
        invite.uri
    );
    assert_eq!(
        invite.header("Referred-By"),
        None,
        "people of the town are not told outside"
    );
    world.answer(mobile);
    world.over_soon(desk);
    world.run(400);
    assert!(world.is_up(citizen) && world.is_up(mobile));
    everybody_leaves(&mut world, citizen, mobile);
    world.nothing_left();
}

#[test]
fn to_a_number_of_the_town() {
    let Hall {
        mut world,
        target,
        citizen,
        desk,
        ..
    } = talking(15);
    world.refer(desk, "054310000");
    world.over_soon(desk);
    assert_eq!(world.reports(desk).0, [100, 200]);
    // The language was chosen before.
    world.hears_soon(citizen, "nl/welcome");
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "2");
    let called = world.ringing(target);
    world.answer(called);
    world.talk(citizen, called);
    everybody_leaves(&mut world, citizen, called);
    world.nothing_left();
}

#[test]
fn the_citizen_hangs_up_while_it_rings() {
    let Hall {
        mut world,
        target,
        citizen,
        desk,
        ..
    } = talking(10);
    world.refer(desk, "2103");
    let called = world.ringing(target);
    world.run(100);
    world.hang_up(citizen);
    world.over_soon(called);
    world.over_soon(desk);
    world.run(100);
    let told = (
        vec![100, 180, 487],
        "terminated;reason=noresource".to_owned(),
    );
    assert_eq!(world.reports(desk), told);
    world.nothing_left();
}

/// REFERs that are refused, and with what; the conversation goes on.
#[test]
fn what_is_refused() {
    let mut snapshot = town::snapshot();
    let mut accounts = snapshot.accounts.as_ref().clone();
    if let Some(account) = accounts.get_mut("2101") {
        account.outside = false;
    }
    snapshot.accounts = Arc::new(accounts);
    let mut world = World::of(11, snapshot);
    let (carrier, phone) = (world.carrier(), world.phone("2101"));
    let (citizen, desk) = world.citizen_rings(carrier, phone);
    world.answer(desk);
    let say = |world: &mut World, line: Line, value: &str| {
        let before = world.referred(line).len();
        world.ask(line, "REFER", &[("Refer-To", value.to_owned())], "");
        world.until("an answer", |world| world.referred(line).len() > before);
        world.referred(line).last().copied()
    };
    for (refer_to, status) in [
        ("2103", 400),
        ("<sip:2103@demo.centrale?Replaces=nonsense>", 400),
        ("<http://demo.centrale/>", 416),
        ("<urn:service:sos>", 416),
        ("<sip:2103@demo.centrale;method=BYE>", 603),
        // Nobody is registered there; nobody has that number.
        ("<sip:2103@demo.centrale>", 480),
        ("<sip:9999@demo.centrale>", 404),
        ("<sip:demo.centrale>", 404),
        ("<sip:0475000000@demo.centrale>", 403),
        ("<tel:+32475000000>", 403),
        ("<sip:112@demo.centrale>", 403),
        ("<tel:0112>", 403),
        (
            "<sip:a@demo.centrale?Replaces=x%3Bto-tag%3Dy%3Bfrom-tag%3Dz>",
            404,
        ),
    ] {
        assert_eq!(say(&mut world, desk, refer_to), Some(status), "{refer_to}");
    }
    // An operator's line transfers nobody.
    assert_eq!(
        say(&mut world, citizen, "<sip:2103@demo.centrale>"),
        Some(603)
    );
    world.talk(citizen, desk);
    everybody_leaves(&mut world, citizen, desk);
    world.nothing_left();
}

#[test]
fn outside_of_a_dialog() {
    let mut world = World::new(12);
    let phone = world.phone("2101");
    let at = world.address(phone);
    for (tag, status) in [("", "403"), (";tag=guessed", "481")] {
        world.raw(
            phone,
            &format!(
                "REFER sip:2103@demo.centrale SIP/2.0\nVia: SIP/2.0/UDP {at};branch=z9hG4bKr{status};rport\n\
                 Max-Forwards: 70\nFrom: <sip:2101@demo.centrale>;tag=1\nTo: <sip:2103@demo.centrale>{tag}\n\
                 Call-ID: nothing-{status}\nCSeq: 1 REFER\nContact: <sip:2101@{at}>\nRefer-To: <sip:2103@demo.centrale>\n\
                 Content-Length: 0\n\n"
            ),
        );
        world.run(50);
        assert_eq!(world.last(phone, status).method, "REFER");
    }
    world.nothing_left();
}

#[test]
fn who_called_for_help_is_transferred_nowhere() {
    let mut world = World::new(13);
    let (carrier, phone) = (world.carrier(), world.phone("2101"));
    world.phone("2103");
    world.expect_note("emergency");
    let caller = world.call(phone, "112");
    let help = world.ringing(carrier);
    world.answer(help);
    world.refer(caller, "2103");
    world.until("an answer", |world| !world.referred(caller).is_empty());
    // Nobody asked who calls for help; a phone that is not known may transfer nobody at all.
    assert_eq!(world.referred(caller), [603]);
    world.talk(caller, help);
    world.hang_up(help);
    world.over_soon(caller);
    world.nothing_left();
}

#[test]
fn a_storm_of_transfers() {
    let Hall {
        mut world,
        target,
        citizen,
        desk,
        ..
    } = talking(14);
    world.refer(desk, "2103");
    let called = world.ringing(target);
    for _ in 0..50 {
        world.refer(desk, "2103");
    }
    world.run(200);
    let answers = world.referred(desk);
    assert_eq!(answers.iter().filter(|status| **status == 202).count(), 1);
    assert_eq!(answers.iter().filter(|status| **status == 491).count(), 50);
    world.refuse(called, 486);
    world.run(100);
    for _ in 0..50 {
        world.refer(desk, "9999");
        world.run(20);
    }
    let answers = world.referred(desk);
    assert_eq!(answers.iter().filter(|status| **status == 404).count(), 19);
    assert_eq!(answers.iter().filter(|status| **status == 603).count(), 31);
    assert_eq!(world.view().legs, 2);
    world.talk(citizen, desk);
    everybody_leaves(&mut world, citizen, desk);
    world.nothing_left();
}
