//! Callers wait for operators (QUE-1 to QUE-13): offered to whoever is free, taken once, and brought back when lost.

use std::time::Duration;

use call::command::Refusal;
use call::desk::{CallState, Pause, StationState};
use call::journal::{Cause, JourneyId};
use call::{CommandResult, Device, Duty, Verb};
use world::{Line, Party, World, town};

fn in_line(world: &mut World, carrier: Party) -> Line {
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "2");
    world.hears_soon(citizen, "nl/please-hold");
    world.hears_soon(citizen, "music/default");
    citizen
}

fn state(world: &World, station: &str) -> StationState {
    world.desk.stations[station].state.clone()
}

fn answer(station: &str, journey: JourneyId) -> Verb {
    Verb::Answer {
        station: station.to_owned(),
        journey,
    }
}

fn away(world: &mut World, stations: &[&str]) {
    for station in stations {
        world.must(Verb::DetachStation {
            station: (*station).to_owned(),
        });
    }
}

#[test]
fn all_are_rung_and_one_has_the_caller() {
    let mut world = World::new(1);
    let carrier = world.carrier();
    let first = world.on_duty("desk", &["line"]);
    let second = world.on_duty("desk2", &["line"]);
    let citizen = in_line(&mut world, carrier);
    let journey = world.journey(2);
    for station in ["desk", "desk2"] {
        assert_eq!(state(&world, station), StationState::Ringing);
        assert_eq!(world.desk.stations[station].journey, Some(journey));
    }
    assert_eq!(world.seen(journey).position, Some(1));
    assert_eq!(world.desk.queues["line"].waiting, 1);
    world.must(answer("desk", journey));
    world.talk(citizen, first);
    world.hears_nothing(second);
    assert_eq!(state(&world, "desk"), StationState::Talking);
    assert_eq!(state(&world, "desk2"), StationState::Ready);
    // The next one is offered to who is free, and refused there: never offered there again, but it can be pulled.
    let next = in_line(&mut world, carrier);
    let other = world.journey(3);
    assert_eq!(world.desk.stations["desk2"].journey, Some(other));
    world.must(Verb::Decline {
        station: "desk2".to_owned(),
        journey: other,
    });
    world.run(25_000);
    assert_eq!(state(&world, "desk2"), StationState::Ready);
    world.hang_up(citizen);
    world.run(100);
    assert_eq!(state(&world, "desk"), StationState::WrapUp);
    world.run(5_100);
    assert_eq!(world.desk.stations["desk"].journey, Some(other));
    world.must(Verb::Next {
        station: "desk2".to_owned(),
    });
    world.talk(next, second);
    assert_eq!(state(&world, "desk"), StationState::Ready);
    world.hang_up(next);
    world.run(100);
    away(&mut world, &["desk", "desk2"]);
    world.nothing_left();
}

#[test]
fn fifty_answers_at_the_same_moment() {
    let mut world = World::new(2);
    let carrier = world.carrier();
    let names = ["2101", "2102", "2103", "2104", "2105", "desk", "desk2"];
    let lines = names.map(|name| world.on_duty(name, &["line"]));
    let citizen = in_line(&mut world, carrier);
    let journey = world.journey(names.len());
    let all = names.iter().cycle().take(50);
    let results = world.order_at_once(all.map(|name| answer(name, journey)).collect());
    let done = |result: &&CommandResult| matches!(result, CommandResult::Done { .. });
    assert_eq!(results.iter().filter(done).count(), 1);
    let taken = CommandResult::Refused(Refusal::Taken {
        by: names[0].to_owned(),
    });
    assert_eq!(
        results.iter().filter(|result| **result == taken).count(),
        49
    );
    world.talk(citizen, lines[0]);
    for line in &lines[1..] {
        world.hears_nothing(*line);
    }
    world.hang_up(citizen);
    world.run(100);
    away(&mut world, &names);
    world.nothing_left();
}

#[test]
fn the_last_one_out_begins_the_night_and_calls_in_progress_are_kept() {
    let mut world = World::new(3);
    let carrier = world.carrier();
    let desk = world.on_duty("desk", &["line"]);
    let talking = in_line(&mut world, carrier);
    let journey = world.journey(1);
    world.must(answer("desk", journey));
    world.talk(talking, desk);
    let waiting = in_line(&mut world, carrier);
    world.must(Verb::StationState {
        station: "desk".to_owned(),
        state: Duty::Out,
    });
    world.hears_soon(waiting, "nl/nobody-answers");
    world.talk(talking, desk);
    world.hang_up(talking);
    world.over_soon(desk);
    world.over_soon(waiting);
    world.nothing_left();
}

#[test]
fn who_does_not_answer_is_paused_with_notice() {
    let mut world = World::new(4);
    let carrier = world.carrier();
    world.on_duty("desk", &["line"]);
    let citizen = in_line(&mut world, carrier);
    world.hears_within(citizen, "nl/queue-comfort", 25);
    world.hears_soon(citizen, "nl/queue-position-1");
    world.hears_within(citizen, "nl/nobody-answers", 20);
    let paused = StationState::Paused(Pause::Unanswered(3));
    assert_eq!(state(&world, "desk"), paused);
    assert!(world.was_noted("station-paused"));
    world.over_soon(citizen);
    world.must(Verb::StationState {
        station: "desk".to_owned(),
        state: Duty::Ready,
    });
    assert_eq!(state(&world, "desk"), StationState::Ready);
    away(&mut world, &["desk"]);
    world.nothing_left();
}

#[test]
fn who_is_paused_is_not_rung_and_takes_whom_she_wants() {
    let mut world = World::new(12);
    let carrier = world.carrier();
    let one = world.on_duty("desk", &["line"]);
    let other = world.on_duty("desk2", &["line"]);
    world.must(Verb::StationState {
        station: "desk".to_owned(),
        state: Duty::Paused("counter".to_owned()),
    });
    let paused = StationState::Paused(Pause::Asked("counter".to_owned()));
    let citizen = in_line(&mut world, carrier);
    world.run(3_000);
    assert_eq!(state(&world, "desk"), paused);
    assert_eq!(state(&world, "desk2"), StationState::Ringing);
    world.must(Verb::Next {
        station: "desk".to_owned(),
    });
    world.talk(citizen, one);
    world.hears_nothing(other);
    assert_eq!(state(&world, "desk2"), StationState::Ready);
    world.hang_up(citizen);
    world.run(6_000);
    assert_eq!(state(&world, "desk"), paused);
    away(&mut world, &["desk", "desk2"]);
    world.run(6_000);
    world.nothing_left();
}

#[test]
fn a_mobile_takes_the_call_by_pressing_1() {
    let mut world = World::new(5);
    let (carrier, station) = (world.carrier(), "anna".to_owned());
    world.must(Verb::AttachStation {
        station: station.clone(),
        device: Device::Mobile("+32475111111".to_owned()),
    });
    world.serve("anna", &["line"]);
    assert_eq!(state(&world, "anna"), StationState::Ready, "at once");
    let citizen = in_line(&mut world, carrier);
    let mobile = world.ringing(carrier);
    world.answer(mobile);
    world.hears_soon(mobile, "nl/press-1-to-take");
    world.hears_soon(citizen, "music/default");
    world.press(mobile, "5");
    world.hears_soon(mobile, "nl/press-1-to-take");
    world.press(mobile, "1");
    world.talk(citizen, mobile);
    assert_eq!(state(&world, "anna"), StationState::Talking);
    let journey = world.journey(0);
    assert_eq!(world.seen(journey).station.as_deref(), Some("anna"));
    world.hang_up(mobile);
    world.over_soon(citizen);
    // A voicemail box presses nothing: the caller goes on waiting.
    let citizen = in_line(&mut world, carrier);
    world.run(5_500);
    let mobile = world.ringing(carrier);
    world.answer(mobile);
    world.over_soon(mobile);
    world.hears_soon(citizen, "music/default");
    world.hang_up(citizen);
    world.run(100);
    away(&mut world, &["anna"]);
    world.nothing_left();
}

#[test]
fn a_handset_rings_for_each_call_and_is_not_rung_while_it_talks() {
    let mut world = World::new(6);
    let (carrier, phone) = (world.carrier(), world.phone("2103"));
    world.must(Verb::AttachStation {
        station: "bert".to_owned(),
        device: Device::Handset("2103".to_owned()),
    });
    world.serve("bert", &["line"]);
    let first = in_line(&mut world, carrier);
    let called = world.ringing(phone);
    world.answer(called);
    world.talk(first, called);
    let second = in_line(&mut world, carrier);
    world.run(15_000);
    assert_eq!(state(&world, "bert"), StationState::Talking);
    world.hang_up(first);
    world.over_soon(called);
    let called = world.ringing_within(phone, 6);
    world.refuse(called, 486);
    world.run(12_000);
    assert_eq!(state(&world, "bert"), StationState::Ready, "refused once");
    world.hang_up(second);
    world.run(100);
    away(&mut world, &["bert"]);
    world.nothing_left();
}

#[test]
fn a_transfer_that_nobody_answers_is_marked() {
    let mut world = World::new(7);
    let (carrier, target) = (world.carrier(), world.phone("2103"));
    let desk = world.on_duty("desk", &[]);
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(1);
    world.must(answer("desk", journey));
    world.must(Verb::BlindTransfer {
        journey,
        target: "2103".to_owned(),
    });
    let called = world.ringing(target);
    world.within(Duration::from_secs(26), "the target is let go", |world| {
        world.status(called) == 487
    });
    let seen = world.seen(journey).clone();
    let returned = seen.returned.expect("it is marked");
    assert_eq!(
        (returned.from.as_str(), returned.why),
        ("2103", Cause::NoAnswer)
    );
    assert_eq!(returned.after.as_secs(), 25);
    assert_eq!(seen.station.as_deref(), Some("desk"));
    world.must(answer("desk", journey));
    world.talk(citizen, desk);
    // Forgotten on hold: the holder is reminded, then the dialplan takes the citizen.
    world.must(Verb::Hold { journey });
    world.run(121_000);
    let seen = world.seen(journey);
    assert_eq!(seen.state, CallState::Held);
    assert_eq!(
        seen.returned.as_ref().map(|r| r.from.as_str()),
        Some("desk")
    );
    world.hears_within(citizen, "nl/welcome", 30);
    world.hang_up(citizen);
    world.run(100);
    away(&mut world, &["desk"]);
    world.nothing_left();
}

#[test]
fn a_station_that_is_lost_gives_the_caller_back_to_the_head_of_the_queue() {
    let mut world = World::new(8);
    let carrier = world.carrier();
    let device = world.on_duty("desk", &["line"]);
    let citizen = in_line(&mut world, carrier);
    let journey = world.journey(1);
    world.must(answer("desk", journey));
    world.talk(citizen, device);
    let colleague = world.on_duty("desk2", &["line"]);
    let busy = in_line(&mut world, carrier);
    world.must(answer("desk2", world.journey(3)));
    world.talk(busy, colleague);
    world.with_account("desk", |habits| (habits.mute, habits.deaf) = (true, true));
    world.within(Duration::from_secs(100), "the station is lost", |world| {
        world.phase(journey) == "queued"
    });
    world.hears_soon(citizen, "music/default");
    let seen = world.seen(journey);
    assert_eq!((seen.state, seen.position), (CallState::Queued, Some(1)));
    assert_eq!(
        seen.returned.as_ref().map(|r| r.from.as_str()),
        Some("desk")
    );
    world.hang_up(busy);
    world.run(5_200);
    world.must(Verb::Next {
        station: "desk2".to_owned(),
    });
    world.talk(citizen, colleague);
    world.hang_up(citizen);
    world.run(100);
    away(&mut world, &["desk2"]);
    world.with_account("desk", |habits| habits.deaf = false);
    world.hang_up(device);
    world.nothing_left();
}

#[test]
fn another_phone_in_the_dialplan_counts_for_those_who_wait() {
    let mut world = World::new(9);
    let (carrier, old, new) = (world.carrier(), world.phone("2101"), world.phone("2105"));
    world.with(old, |habits| {
        habits.refuses = Some((Duration::from_millis(30), 486))
    });
    let citizen = in_line(&mut world, carrier);
    let source = town::SECOND_FLOW.replace("[\"2101\", \"2102\"]", "[\"2105\"]");
    let mut snapshot = town::snapshot();
    let mut flows = (*snapshot.flows).clone();
    flows.insert("second".to_owned(), town::flow(&source, "second"));
    snapshot.flows = std::sync::Arc::new(flows);
    world.tell_core(call::Input::Reload(snapshot));
    let called = world.ringing(new);
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    world.nothing_left();
}
