//! What else a desk orders: to speak to one and to the other, to call out, to press keys, and to come second.

use call::command::Refusal;
use call::desk::{CallState, StationState};
use call::{CommandResult, Verb};
use world::World;

fn desk() -> String {
    "desk".to_owned()
}

#[test]
fn to_one_and_to_the_other() {
    let mut world = World::new(1);
    let (carrier, target) = (world.carrier(), world.phone("2103"));
    let station = world.attach("desk");
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(1);
    world.must(Verb::Answer {
        station: desk(),
        journey,
    });
    world.must(Verb::Consult {
        journey,
        target: "2103".to_owned(),
    });
    let called = world.ringing(target);
    world.answer(called);
    world.talk(station, called);
    world.must(Verb::Swap { journey });
    world.talk(citizen, station);
    world.hears_soon(called, "music/default");
    assert_eq!(world.seen(journey).state, CallState::ConsultSwapped);
    world.press(citizen, "7");
    world.run(300);
    assert_eq!(world.keys_heard(station), "7");
    world.must(Verb::Swap { journey });
    world.talk(station, called);
    world.hears_soon(citizen, "music/default");
    world.must(Verb::Swap { journey });
    world.must(Verb::CompleteTransfer { journey });
    world.talk(citizen, called);
    world.hears_nothing(station);
    world.hang_up(citizen);
    world.over_soon(called);
    world.hang_up(station);
    world.nothing_left();
}

#[test]
fn a_station_calls_out_and_holds_whom_it_called() {
    let mut world = World::new(2);
    let target = world.phone("2103");
    let station = world.attach("desk");
    world.must(Verb::Dial {
        station: desk(),
        target: "2103".to_owned(),
    });
    let called = world.ringing(target);
    world.hears_soon(station, "ringing");
    let journey = world.journey(1);
    assert_eq!(world.seen(journey).state, CallState::Ringing);
    assert_eq!(world.seen(journey).station.as_deref(), Some("desk"));
    world.answer(called);
    world.talk(station, called);
    assert_eq!(world.desk.stations["desk"].state, StationState::Talking);
    world.must(Verb::Digit {
        station: desk(),
        digit: '5',
    });
    world.run(400);
    assert_eq!(world.keys_heard(called), "5");
    world.must(Verb::Hold { journey });
    world.hears_soon(called, "music/default");
    world.hears_nothing(station);
    // Whoever holds somebody is offered nobody else.
    assert_eq!(world.desk.stations["desk"].state, StationState::Talking);
    world.must(Verb::Retrieve {
        station: desk(),
        journey,
    });
    world.talk(station, called);
    world.hang_up(called);
    world.run(100);
    assert!(world.is_up(station), "the station's leg stays");
    world.hang_up(station);
    world.nothing_left();
}

#[test]
fn nobody_answers_a_station_that_calls_out() {
    let mut world = World::new(3);
    let target = world.phone("2103");
    let station = world.attach("desk");
    for number in ["2103", "2106", "nowhere"] {
        let dial = Verb::Dial {
            station: desk(),
            target: number.to_owned(),
        };
        let result = world.order(dial);
        if number == "2103" {
            let called = world.ringing(target);
            world.refuse(called, 486);
        } else {
            let why = match number {
                "nowhere" => Refusal::NoTarget,
                _ => Refusal::NotReachable,
            };
            assert_eq!(result, CommandResult::Refused(why));
        }
        world.run(100);
        world.hears_nothing(station);
        assert!(world.is_up(station), "the station's leg stays");
    }
    world.hang_up(station);
    world.nothing_left();
}

#[test]
fn a_blind_transfer_is_taken_back_and_the_second_to_answer_is_told() {
    let mut world = World::new(4);
    let (carrier, target) = (world.carrier(), world.phone("2103"));
    let (first, second) = (world.attach("desk"), world.attach("desk2"));
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(2);
    let answer = |station: &str| Verb::Answer {
        station: station.to_owned(),
        journey,
    };
    world.must(answer("desk"));
    assert_eq!(
        world.order(answer("desk2")),
        CommandResult::Refused(Refusal::Taken { by: desk() })
    );
    world.talk(citizen, first);
    world.hears_nothing(second);
    world.must(Verb::BlindTransfer {
        journey,
        target: "2103".to_owned(),
    });
    let called = world.ringing(target);
    assert_eq!(world.seen(journey).state, CallState::Transferring);
    world.must(Verb::TakeBack { journey });
    world.over_soon(called);
    world.must(Verb::Retrieve {
        station: desk(),
        journey,
    });
    world.talk(citizen, first);
    world.hang_up(citizen);
    world.run(100);
    for station in ["desk", "desk2"] {
        world.must(Verb::DetachStation {
            station: station.to_owned(),
        });
    }
    world.nothing_left();
}

#[test]
fn who_takes_another_caller_puts_the_first_on_hold() {
    let mut world = World::new(5);
    let carrier = world.carrier();
    let (first, second) = (world.attach("desk"), world.attach("desk2"));
    let one = world.citizen_in_menu(carrier);
    let two = world.citizen_in_menu(carrier);
    let (journey, other) = (world.journey(2), world.journey(3));
    let answer = |station: &str, journey| Verb::Answer {
        station: station.to_owned(),
        journey,
    };
    world.must(answer("desk", journey));
    world.talk(one, first);
    world.must(answer("desk", other));
    world.talk(two, first);
    world.hears_soon(one, "music/default");
    assert_eq!(world.seen(journey).state, CallState::Held);
    // Back again, by the same one order.
    world.must(Verb::Retrieve {
        station: desk(),
        journey,
    });
    world.talk(one, first);
    world.hears_soon(two, "music/default");
    // Whom a colleague has cannot be taken, and nobody is put on hold for that.
    world.must(Verb::Retrieve {
        station: "desk2".to_owned(),
        journey: other,
    });
    world.talk(two, second);
    assert_eq!(
        world.order(answer("desk", other)),
        CommandResult::Refused(Refusal::Taken {
            by: "desk2".to_owned()
        })
    );
    world.talk(one, first);
    for line in [one, two] {
        world.hang_up(line);
    }
    world.run(100);
    for line in [first, second] {
        world.hang_up(line);
    }
    world.nothing_left();
}
