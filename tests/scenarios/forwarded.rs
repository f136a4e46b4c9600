//! Calls that go elsewhere (CALL-11, CON-18): always, busy, unanswered, unreachable; to a colleague or outside, where whoever
//! answers presses 1; set for a time that ends by itself, and never round in a circle.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use call::Verb;
use call::journal::Fact;
use call::snapshot::{Forward, Occasion, Snapshot};
use world::{Line, World, town};

/// The world's wall clock at its beginning.
const BEGAN: u64 = 1_772_442_000;
const MOBILE: &str = "+32475111111";

fn forward(occasion: Occasion, to: &str) -> Forward {
    Forward {
        occasion,
        to: to.to_owned(),
        until: None,
        by: "anna".to_owned(),
    }
}

/// The town in which calls of these accounts go elsewhere.
fn town_where(rules: &[(&str, Forward)]) -> Snapshot {
    let mut snapshot = town::snapshot();
    let accounts = Arc::make_mut(&mut snapshot.accounts);
    for (account, rule) in rules {
        let account = accounts.get_mut(*account).unwrap();
        account.forwards.push(rule.clone());
    }
    snapshot
}

/// A mobile without voicemail after ten seconds.
fn after_ten() -> Forward {
    forward(Occasion::NoAnswer(Duration::from_secs(10)), MOBILE)
}

/// Between whom the record says that somebody spoke.
fn spoken(world: &World) -> Vec<(String, String)> {
    let spoken = world.facts.iter().filter_map(|entry| match &entry.fact {
        Fact::Spoke { caller, who, .. } => Some((caller.clone(), who.clone())),
        _ => None,
    });
    spoken.collect()
}

fn pair(caller: &str, who: &str) -> (String, String) {
    (caller.to_owned(), who.to_owned())
}

/// What is on record of the last forward, in the order account, occasion, to, by.
fn reason(world: &World) -> (String, Vec<String>) {
    let mut reasons = world.facts.iter().filter_map(|entry| match &entry.fact {
        Fact::Decided {
            node, rule, inputs, ..
        } if node == "forward" => {
            let values = inputs.iter().map(|(_, value)| value.clone());
            Some((rule.clone(), values.collect()))
        }
        _ => None,
    });
    reasons.next_back().expect("a forward on record")
}

fn over(mut world: World, caller: Line, called: Line) -> World {
    world.hang_up(caller);
    world.over_soon(called);
    world
}

#[test]
fn always_to_a_colleague() {
    let rule = forward(Occasion::Always, "2103");
    let mut world = World::of(1, town_where(&[("2101", rule)]));
    let (carrier, away, colleague) = (world.carrier(), world.phone("2101"), world.phone("2103"));
    let (citizen, called) = world.citizen_rings(carrier, colleague);
    // Whoever stands in sees for whom.
    let from = world.invitation(called).header("From").unwrap().to_owned();
    assert!(from.starts_with("\"voor Desk 2101"), "{from}");
    world.answer(called);
    world.talk(citizen, called);
    assert_eq!(world.calls_of(away), 0);
    let (rule, inputs) = reason(&world);
    assert_eq!(rule, "forwarded-on-behalf");
    assert_eq!(inputs, ["2101", "always", "2103", "anna"]);
    assert_eq!(spoken(&world), [pair(town::CITIZEN, "2103")]);
    over(world, citizen, called).end("forwarded_always");
}

#[test]
fn a_phone_that_dials_is_forwarded_too() {
    let rule = Forward {
        by: "2101".to_owned(),
        ..forward(Occasion::Always, "2103")
    };
    let mut world = World::of(2, town_where(&[("2101", rule)]));
    let (away, colleague, caller) = (
        world.phone("2101"),
        world.phone("2103"),
        world.phone("2104"),
    );
    let (calling, called) = world.talking(caller, "2101", colleague);
    assert_eq!(reason(&world).0, "forwarded", "by the account itself");
    let world = over(world, calling, called);
    // Who stands in calls the absent one: that phone rings, and not the caller's own.
    let mut world = world;
    let (calling, called) = world.talking(colleague, "2101", away);
    assert_eq!(reason(&world).0, "forward-loop");
    over(world, calling, called).nothing_left();
}

#[test]
fn busy_to_the_deputy() {
    let rule = forward(Occasion::Busy, "2103");
    let mut world = World::of(3, town_where(&[("2101", rule)]));
    let (carrier, busy, deputy) = (world.carrier(), world.phone("2101"), world.phone("2103"));
    let (citizen, called) = world.citizen_rings(carrier, busy);
    world.refuse(called, 486);
    let stands_in = world.ringing(deputy);
    world.hears_soon(citizen, "ringing");
    world.answer(stands_in);
    world.talk(citizen, stands_in);
    over(world, citizen, stands_in).end("forwarded_busy");
}

#[test]
fn a_phone_that_talks_is_busy_and_one_that_declines_is_too() {
    let rule = forward(Occasion::Busy, "2103");
    let mut world = World::of(4, town_where(&[("2101", rule)]));
    let (busy, deputy) = (world.phone("2101"), world.phone("2103"));
    let (second, third) = (world.phone("2104"), world.phone("2105"));
    let (first, talks) = world.talking(second, "2101", busy);
    let (calling, called) = world.talking(third, "2101", deputy);
    assert_eq!(world.calls_of(busy), 1, "it does not even ring");
    let world = over(world, calling, called);
    let mut world = over(world, first, talks);
    let calling = world.call(third, "2101");
    let called = world.ringing(busy);
    world.refuse(called, 603);
    let stands_in = world.ringing(deputy);
    world.answer(stands_in);
    world.talk(calling, stands_in);
    over(world, calling, stands_in).nothing_left();
}

#[test]
fn a_deputy_who_is_busy_too_leaves_the_caller_to_the_dialplan() {
    let rule = forward(Occasion::Busy, "2103");
    let mut world = World::of(5, town_where(&[("2101", rule)]));
    let (carrier, busy, deputy) = (world.carrier(), world.phone("2101"), world.phone("2103"));
    let (citizen, called) = world.citizen_rings(carrier, busy);
    world.refuse(called, 486);
    let stands_in = world.ringing(deputy);
    world.refuse(stands_in, 486);
    world.hears_soon(citizen, "nl/no-answer-reception");
    world.hang_up(citizen);
    world.run(200);
    assert_eq!(spoken(&world), []);
    world.nothing_left();
}

#[test]
fn unanswered_to_a_mobile_that_presses_1() {
    let mut world = World::of(6, town_where(&[("2101", after_ten())]));
    let (carrier, silent) = (world.carrier(), world.phone("2101"));
    let (citizen, called) = world.citizen_rings(carrier, silent);
    world.run(9_000);
    assert_eq!(world.calls_of(carrier), 1);
    let mobile = world.ringing(carrier);
    assert_eq!(
        world.invitation(mobile).uri,
        format!("sip:{MOBILE}@{}", town::OPERATOR)
    );
    world.within(Duration::from_secs(1), "the phone rings no more", |world| {
        world.status(called) == 487
    });
    world.answer(mobile);
    world.hears_soon(mobile, "nl/press-1-to-take");
    world.hears_soon(citizen, "ringing");
    world.press(mobile, "7");
    world.run(500);
    world.hears_soon(citizen, "ringing");
    assert_eq!(spoken(&world), []);
    world.press(mobile, "1");
    world.talk(citizen, mobile);
    // Nobody's own number is told: the record and the other party know whom it stands for.
    assert_eq!(spoken(&world), [pair(town::CITIZEN, "2101")]);
    over(world, citizen, mobile).end("forwarded_to_a_mobile");
}

#[test]
fn a_voicemail_box_that_answers_does_not_get_the_caller() {
    let mut world = World::of(7, town_where(&[("2101", after_ten())]));
    let (carrier, _silent) = (world.carrier(), world.phone("2101"));
    let citizen = world.citizen_in_menu(carrier);
    world.press(citizen, "1");
    let mobile = world.ringing_within(carrier, 15);
    // The operator's own words before the answer are not for the citizen.
    world.progress(mobile, 183, true, false);
    world.hears_soon(citizen, "ringing");
    world.answer(mobile);
    world.hears_soon(mobile, "nl/press-1-to-take");
    world.hears_within(citizen, "nl/no-answer-reception", 30);
    world.over_soon(mobile);
    assert_eq!(spoken(&world), []);
    world.hang_up(citizen);
    world.run(200);
    world.nothing_left();
}

#[test]
fn a_caller_in_the_house_is_not_told_the_mobile_s_number() {
    let rule = forward(Occasion::Always, MOBILE);
    let mut world = World::of(8, town_where(&[("2101", rule)]));
    let (carrier, caller) = (world.carrier(), world.phone("2104"));
    let calling = world.call(caller, "2101");
    let mobile = world.ringing(carrier);
    world.answer(mobile);
    assert_eq!(
        world.statuses(calling),
        [100, 180],
        "it rings, as far as the caller knows"
    );
    world.press(mobile, "1");
    world.talk(calling, mobile);
    let digits = MOBILE.trim_start_matches("+32");
    for said in world.mail(caller) {
        let told = format!("{said:?}");
        assert!(!told.contains(digits), "{told}");
    }
    over(world, calling, mobile).nothing_left();
}

#[test]
fn unreachable_to_the_deputy() {
    let rule = forward(Occasion::Unreachable, "2103");
    let mut world = World::of(9, town_where(&[("2101", rule)]));
    let (carrier, deputy) = (world.carrier(), world.phone("2103"));
    let (citizen, called) = world.citizen_rings(carrier, deputy);
    world.answer(called);
    world.talk(citizen, called);
    assert_eq!(reason(&world).1[1], "unreachable");
    over(world, citizen, called).nothing_left();
}

#[test]
fn its_time_is_over_and_the_phone_rings_again() {
    let rule = Forward {
        until: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(BEGAN + 60)),
        ..forward(Occasion::Always, "2103")
    };
    let mut world = World::of(10, town_where(&[("2101", rule)]));
    let (back, colleague, caller) = (
        world.phone("2101"),
        world.phone("2103"),
        world.phone("2104"),
    );
    world.run_to(Duration::from_millis(59_900));
    let calling = world.call(caller, "2101");
    let called = world.ringing(colleague);
    let mut world = over(world, calling, called);
    // Nobody told the exchange: its own clock did.
    world.run_to(Duration::from_secs(61));
    let (calling, called) = world.talking(caller, "2101", back);
    over(world, calling, called).end("forwarded_until");
}

/// 2101 belongs to a service with these hours, and its calls go to 2103 when that is closed.
fn town_that_closes(hours: &str) -> Snapshot {
    let occasion = Occasion::Closed {
        flow: "second".into(),
        service: "works".into(),
    };
    let rule = forward(occasion, "2103");
    let mut snapshot = town_where(&[("2101", rule)]);
    let usual = "Mo-Fr 08:30-12:00; PH off";
    assert!(town::SECOND_FLOW.contains(usual));
    let source = town::SECOND_FLOW.replace(usual, hours);
    Arc::make_mut(&mut snapshot.flows)
        .insert("second".to_owned(), town::flow(&source, "second.toml"));
    snapshot
}

#[test]
fn a_service_that_closes_sends_its_people_s_calls_elsewhere_to_the_minute() {
    // The world begins on a Monday at ten in Brussels.
    let mut world = World::of(18, town_that_closes("Mo-Fr 09:00-10:01; PH off"));
    let (own, colleague, caller) = (
        world.phone("2101"),
        world.phone("2103"),
        world.phone("2104"),
    );
    world.run_to(Duration::from_millis(59_900));
    let (calling, called) = world.talking(caller, "2101", own);
    let mut world = over(world, calling, called);
    world.run_to(Duration::from_secs(63));
    let (calling, called) = world.talking(caller, "2101", colleague);
    assert_eq!(
        reason(&world),
        (
            "forwarded-on-behalf".to_owned(),
            ["2101", "closed", "2103", "anna"].map(str::to_owned).into()
        )
    );
    over(world, calling, called).nothing_left();
}

#[test]
fn a_service_that_is_closed_by_hand_sends_them_too() {
    let mut snapshot = town_that_closes("24/7");
    let closure = call::snapshot::Closure {
        service: Some("works".into()),
        name: "gas alarm".into(),
        from: SystemTime::UNIX_EPOCH,
        until: SystemTime::UNIX_EPOCH + Duration::from_secs(BEGAN + 60),
    };
    snapshot.closures = Arc::new(vec![closure]);
    let mut world = World::of(19, snapshot);
    let (own, colleague, caller) = (
        world.phone("2101"),
        world.phone("2103"),
        world.phone("2104"),
    );
    let (calling, called) = world.talking(caller, "2101", colleague);
    let mut world = over(world, calling, called);
    world.run_to(Duration::from_secs(61));
    let (calling, called) = world.talking(caller, "2101", own);
    over(world, calling, called).nothing_left();
}

#[test]
fn two_who_stand_in_for_each_other_do_not_go_round() {
    let rules = [
        ("2101", forward(Occasion::Always, "2103")),
        ("2103", forward(Occasion::Always, "2101")),
    ];
    let mut world = World::of(11, town_where(&rules));
    let (_first, second, caller) = (
        world.phone("2101"),
        world.phone("2103"),
        world.phone("2104"),
    );
    let (calling, called) = world.talking(caller, "2101", second);
    assert_eq!(world.decided("forward-loop"), 1);
    over(world, calling, called).end("forwarded_in_a_circle");
}

#[test]
fn a_chain_is_followed_three_times() {
    let next = |to| forward(Occasion::Always, to);
    let rules = [
        ("2101", next("2102")),
        ("2102", next("2103")),
        ("2103", next("2105")),
        ("2105", next("2106")),
    ];
    let mut world = World::of(12, town_where(&rules));
    let (last, _beyond, caller) = (
        world.phone("2105"),
        world.phone("2106"),
        world.phone("2104"),
    );
    let (calling, called) = world.talking(caller, "2101", last);
    assert_eq!(world.decided("forwarded-on-behalf"), 3);
    over(world, calling, called).nothing_left();
}

#[test]
fn nobody_calls_outside_at_the_town_s_cost_by_a_forward() {
    let mut snapshot = town_where(&[("2101", forward(Occasion::Always, MOBILE))]);
    let accounts = Arc::make_mut(&mut snapshot.accounts);
    accounts.get_mut("2101").unwrap().outside = false;
    let mut world = World::of(13, snapshot);
    let (carrier, own) = (world.carrier(), world.phone("2101"));
    let (citizen, called) = world.citizen_rings(carrier, own);
    assert_eq!(reason(&world).0, "forward-forbidden");
    world.answer(called);
    world.talk(citizen, called);
    over(world, citizen, called).nothing_left();
}

#[test]
fn a_forward_to_an_emergency_number_or_a_menu_leads_nowhere() {
    for (seed, to) in [
        (14, "112"),
        (15, town::CENTRAL),
        (16, "nobody"),
        (17, "0112"),
    ] {
        let mut world = World::of(seed, town_where(&[("2101", forward(Occasion::Always, to))]));
        let (_carrier, own, caller) = (world.carrier(), world.phone("2101"), world.phone("2104"));
        let (calling, called) = world.talking(caller, "2101", own);
        assert_eq!(reason(&world).0, "forward-nowhere", "{to}");
        over(world, calling, called).nothing_left();
    }
}

#[test]
fn the_desk_transfers_to_somebody_who_is_away() {
    let rule = forward(Occasion::Always, "2103");
    for asked_first in [false, true] {
        let mut world = World::of(18, town_where(&[("2105", rule.clone())]));
        let (carrier, deputy) = (world.carrier(), world.phone("2103"));
        let desk = world.attach("desk");
        let citizen = world.citizen_in_menu(carrier);
        let journey = world.journey(1);
        world.must(Verb::Answer {
            station: "desk".to_owned(),
            journey,
        });
        world.talk(citizen, desk);
        let target = "2105".to_owned();
        world.must(if asked_first {
            Verb::Consult { journey, target }
        } else {
            Verb::BlindTransfer { journey, target }
        });
        let called = world.ringing(deputy);
        world.answer(called);
        if asked_first {
            world.talk(desk, called);
            world.must(Verb::CompleteTransfer { journey });
        }
        world.talk(citizen, called);
        assert_eq!(
            spoken(&world),
            [pair(town::CITIZEN, "desk"), pair(town::CITIZEN, "2103")]
        );
        let mut world = over(world, citizen, called);
        world.hang_up(desk);
        world.nothing_left();
    }
}

#[test]
fn the_desk_asks_somebody_whose_mobile_presses_1() {
    let mut world = World::of(19, town_where(&[("2105", after_ten())]));
    let (carrier, _silent) = (world.carrier(), world.phone("2105"));
    let desk = world.attach("desk");
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(1);
    world.must(Verb::Answer {
        station: "desk".to_owned(),
        journey,
    });
    world.talk(citizen, desk);
    world.must(Verb::Consult {
        journey,
        target: "2105".to_owned(),
    });
    let mobile = world.ringing_within(carrier, 12);
    world.answer(mobile);
    world.hears_soon(mobile, "nl/press-1-to-take");
    world.hears_soon(desk, "ringing");
    world.press(mobile, "1");
    world.talk(desk, mobile);
    world.hears_soon(citizen, "music/default");
    world.must(Verb::CompleteTransfer { journey });
    world.talk(citizen, mobile);
    let mut world = over(world, citizen, mobile);
    world.hang_up(desk);
    world.end("forwarded_while_the_desk_asks");
}

#[test]
fn a_queue_rings_its_phones_whatever_they_forward() {
    let rule = forward(Occasion::Always, "2103");
    let mut world = World::of(20, town_where(&[("2101", rule)]));
    let (carrier, operator) = (world.carrier(), world.phone("2101"));
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "2");
    world.hears_soon(citizen, "nl/please-hold");
    let called = world.ringing(operator);
    world.answer(called);
    world.talk(citizen, called);
    over(world, citizen, called).nothing_left();
}

#[test]
fn a_deputy_who_rings_already_is_not_rung_twice() {
    let rule = forward(Occasion::Busy, "2102");
    let mut world = World::of(21, town_where(&[("2101", rule)]));
    let (carrier, busy, deputy) = (world.carrier(), world.phone("2101"), world.phone("2102"));
    let (citizen, called) = world.citizen_rings(carrier, busy);
    let stands_in = world.ringing(deputy);
    world.refuse(called, 486);
    world.run(500);
    assert_eq!(world.calls_of(deputy), 1);
    world.answer(stands_in);
    world.talk(citizen, stands_in);
    over(world, citizen, stands_in).nothing_left();
}
