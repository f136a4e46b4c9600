//! A receptionist with a station: answers a waiting citizen, holds, retrieves, parks, and hangs up; her leg stays.

use call::Verb;
use call::journal::Cause;
use world::{Sound, World};

fn station(name: &str) -> String {
    name.to_owned()
}

#[test]
fn one_leg_outlives_three_calls() {
    let mut world = World::new(1);
    let carrier = world.carrier();
    let desk = world.attach("desk");
    world.hears_nothing(desk);
    for index in 1..=3 {
        let citizen = world.citizen_in_menu(carrier);
        let journey = world.journey(index);
        world.must(Verb::Answer {
            station: station("desk"),
            journey,
        });
        world.talk(citizen, desk);
        if index == 2 {
            world.must(Verb::HangUp { journey });
        } else {
            world.hang_up(citizen);
        }
        world.over_soon(citizen);
        world.hears_nothing(desk);
        assert!(world.is_up(desk), "the station's leg stays");
    }
    world.must(Verb::DetachStation {
        station: station("desk"),
    });
    world.over_soon(desk);
    world.end("desk_answers_and_holds");
}

#[test]
fn hold_and_retrieve() {
    let mut world = World::new(2);
    let carrier = world.carrier();
    let desk = world.attach("desk");
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(1);
    world.must(Verb::Answer {
        station: station("desk"),
        journey,
    });
    world.talk(citizen, desk);
    world.must(Verb::Hold { journey });
    world.hears_soon(citizen, "music/default");
    world.hears_nothing(desk);
    assert_eq!(world.phase(journey), "held");
    world.must(Verb::Retrieve {
        station: station("desk"),
        journey,
    });
    world.talk(citizen, desk);
    // The operator's phone is put down: the shift ends, and the call with it.
    world.hang_up(desk);
    world.over_soon(citizen);
    world.nothing_left();
    assert_eq!(world.causes().len(), 2);
}

#[test]
fn park_and_another_station_takes_the_citizen() {
    let mut world = World::new(3);
    let carrier = world.carrier();
    let (first, second) = (world.attach("desk"), world.attach("desk2"));
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(2);
    world.must(Verb::Answer {
        station: station("desk"),
        journey,
    });
    world.talk(citizen, first);
    world.must(Verb::Park { journey });
    assert_eq!(world.view().parked, 1);
    world.hears_soon(citizen, "music/default");
    world.must(Verb::Retrieve {
        station: station("desk2"),
        journey,
    });
    world.talk(citizen, second);
    assert_eq!(world.view().parked, 0);
    world.hears_nothing(first);
    world.hang_up(citizen);
    world.run(100);
    world.hang_up(first);
    world.hang_up(second);
    world.nothing_left();
}

#[test]
fn a_ringing_citizen_is_taken_from_the_phones() {
    let mut world = World::new(4);
    let (carrier, phone) = (world.carrier(), world.phone("2101"));
    let desk = world.attach("desk");
    let (citizen, called) = world.citizen_rings(carrier, phone);
    let journey = world.journey(1);
    world.must(Verb::Answer {
        station: station("desk"),
        journey,
    });
    world.over_soon(called);
    assert!(world.reason(called).contains("elsewhere"));
    world.talk(citizen, desk);
    world.hang_up(citizen);
    world.run(100);
    world.must(Verb::DetachStation {
        station: station("desk"),
    });
    world.nothing_left();
}

#[test]
fn a_queueing_citizen_is_taken_from_the_line() {
    let mut world = World::new(5);
    let (carrier, phone) = (world.carrier(), world.phone("2101"));
    let desk = world.attach("desk");
    let citizen = world.citizen_calls(carrier, world::town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "2");
    let called = world.ringing(phone);
    let journey = world.journey(1);
    assert_eq!(world.phase(journey), "queued");
    world.must(Verb::Answer {
        station: station("desk"),
        journey,
    });
    world.over_soon(called);
    world.talk(citizen, desk);
    assert_eq!(world.view().queued, 0);
    world.hang_up(citizen);
    world.run(100);
    world.hang_up(desk);
    world.nothing_left();
}

#[test]
fn a_desk_phone_is_held_by_command() {
    let mut world = World::new(6);
    let (carrier, phone) = (world.carrier(), world.phone("2101"));
    let (citizen, called) = world.citizen_rings(carrier, phone);
    world.answer(called);
    let journey = world.journey(0);
    world.must(Verb::Hold { journey });
    world.hears_soon(citizen, "music/default");
    world.run(300);
    assert_eq!(world.hears(called), Sound::Silence);
    let desk = world.attach("desk");
    world.must(Verb::Retrieve {
        station: station("desk"),
        journey,
    });
    world.over_soon(called);
    world.talk(citizen, desk);
    world.hang_up(citizen);
    world.run(100);
    world.hang_up(desk);
    world.nothing_left();
}

#[test]
fn held_too_long_the_phone_rings_again() {
    let mut world = World::new(7);
    let (carrier, phone) = (world.carrier(), world.phone("2101"));
    let (citizen, called) = world.citizen_rings(carrier, phone);
    world.answer(called);
    let journey = world.journey(0);
    world.must(Verb::Park { journey });
    world.over_soon(called);
    world.hears_soon(citizen, "music/default");
    let called = world.ringing_within(phone, 125);
    world.hears_soon(citizen, "music/default");
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(citizen);
    world.over_soon(called);
    world.nothing_left();
}

#[test]
fn the_citizen_hangs_up_while_held_and_while_parked() {
    for park in [false, true] {
        let mut world = World::new(8);
        let carrier = world.carrier();
        let desk = world.attach("desk");
        let citizen = world.citizen_in_menu(carrier);
        let journey = world.journey(1);
        world.must(Verb::Answer {
            station: station("desk"),
            journey,
        });
        world.must(if park {
            Verb::Park { journey }
        } else {
            Verb::Hold { journey }
        });
        world.run(500);
        world.hang_up(citizen);
        world.run(500);
        assert_eq!(world.causes(), [Cause::CallerHungUp]);
        assert_eq!(world.view().parked, 0);
        world.hang_up(desk);
        world.nothing_left();
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut world = World::new(9);
    let carrier = world.carrier();
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(0);
    for verb in [
        Verb::Hold { journey },
        Verb::Retrieve {
            station: station("desk"),
            journey,
        },
        Verb::Answer {
            station: station("desk"),
            journey,
        },
        Verb::CompleteTransfer { journey },
        Verb::DetachStation {
            station: station("desk"),
        },
        Verb::AttachStation {
            station: station("nobody"),
            device: call::Device::Phone(station("nobody")),
        },
    ] {
        let result = world.order(verb.clone());
        assert!(
            matches!(result, call::CommandResult::Refused(_)),
            "{verb:?}: {result:?}"
        );
    }
    world.hang_up(citizen);
    world.nothing_left();
}
