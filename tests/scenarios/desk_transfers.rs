//! A receptionist transfers a citizen: blind with return, taken back, asked first while up or while it rings, given up.

use call::command::Refusal;
use call::desk::CallState;
use call::journal::JourneyId;
use call::{CommandResult, Verb};
use std::time::Duration;
use world::{Line, Party, Sound, World, town};

struct Desk {
    world: World,
    desk: Line,
    citizen: Line,
    target: Party,
    journey: JourneyId,
}

/// A citizen talks with the receptionist; the phone 2103 is there.
fn talking(seed: u64) -> Desk {
    let mut world = World::new(seed);
    let (carrier, target) = (world.carrier(), world.phone("2103"));
    let desk = world.attach("desk");
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(1);
    world.must(Verb::Answer {
        station: "desk".to_owned(),
        journey,
    });
    world.talk(citizen, desk);
    Desk {
        world,
        desk,
        citizen,
        target,
        journey,
    }
}

fn close(mut world: World, citizen: Line, desk: Line) -> World {
    world.hang_up(citizen);
    world.over_soon(citizen);
    world.run(200);
    world.hang_up(desk);
    world
}

#[test]
fn blind() {
    let Desk {
        mut world,
        desk,
        citizen,
        target,
        journey,
    } = talking(1);
    world.must(Verb::BlindTransfer {
        journey,
        target: "2103".to_owned(),
    });
    let called = world.ringing(target);
    world.hears_soon(citizen, "ringing");
    world.hears_nothing(desk);
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(called);
    world.over_soon(citizen);
    close(world, citizen, desk).end("desk_transfers_blind");
}

#[test]
fn blind_to_a_number_of_the_town() {
    let mut world = World::new(16);
    let (carrier, target) = (world.carrier(), world.phone("2103"));
    let desk = world.attach("desk");
    let citizen = world.citizen_calls(carrier, town::CENTRAL);
    world.hears_soon(citizen, "nl/welcome");
    world.press(citizen, "2");
    world.hears_soon(citizen, "fr/demo-menu");
    let journey = world.journey(1);
    let answer = || Verb::Answer {
        station: "desk".to_owned(),
        journey,
    };
    let send = |target: &str| Verb::BlindTransfer {
        journey,
        target: target.to_owned(),
    };
    world.must(answer());
    world.talk(citizen, desk);
    world.must(send("054310001"));
    world.hears_soon(citizen, "fr/demo-menu");
    world.hears_nothing(desk);
    let view = world.seen(journey);
    assert_eq!(view.state, CallState::Menu);
    assert_eq!(view.dialled.as_deref(), Some(town::SECOND));
    assert_eq!((view.label.as_str(), &view.station), ("second", &None));
    // Back to the first number: nobody asks again for the language.
    world.must(answer());
    world.talk(citizen, desk);
    world.must(send("054310000"));
    world.hears_soon(citizen, "fr/welcome");
    world.hears_soon(citizen, "fr/demo-menu");
    world.press(citizen, "2");
    let called = world.ringing(target);
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(called);
    world.over_soon(citizen);
    close(world, citizen, desk).nothing_left();
}

#[test]
fn a_menu_is_nobody_to_talk_to_first() {
    let Desk {
        mut world,
        desk,
        citizen,
        journey,
        ..
    } = talking(17);
    for (target, why) in [
        ("054310001", Refusal::OwnNumber),
        ("nowhere", Refusal::NoTarget),
    ] {
        let ask = Verb::Consult {
            journey,
            target: target.to_owned(),
        };
        assert_eq!(world.order(ask), CommandResult::Refused(why));
    }
    world.talk(citizen, desk);
    world.must(Verb::Hold { journey });
    let dial = Verb::Dial {
        station: "desk".to_owned(),
        target: "054310001".to_owned(),
    };
    let own = CommandResult::Refused(Refusal::OwnNumber);
    assert_eq!(world.order(dial), own);
    close(world, citizen, desk).nothing_left();
}

#[test]
fn blind_and_nobody_answers() {
    let Desk {
        mut world,
        desk,
        citizen,
        target,
        journey,
    } = talking(2);
    world.must(Verb::BlindTransfer {
        journey,
        target: "2103".to_owned(),
    });
    let called = world.ringing(target);
    // It rings for the citizen too, with music in the pauses.
    for _ in 0..2 {
        world.hears_soon(citizen, "ringing");
        world.hears_soon(citizen, "music/default");
    }
    for _ in 0..20 {
        world.run(200);
        assert_ne!(world.hears(citizen), Sound::Silence);
    }
    world.within(Duration::from_secs(26), "the target is let go", |world| {
        world.status(called) == 487
    });
    // The citizen is back, held at the station, which takes them again.
    world.hears_soon(citizen, "music/default");
    assert_eq!(world.phase(journey), "held");
    world.must(Verb::Retrieve {
        station: "desk".to_owned(),
        journey,
    });
    world.talk(citizen, desk);
    close(world, citizen, desk).nothing_left();
}

#[test]
fn blind_by_a_desk_phone_and_nobody_answers() {
    let mut world = World::new(3);
    let (carrier, phone, target) = (world.carrier(), world.phone("2101"), world.phone("2103"));
    let (citizen, called) = world.citizen_rings(carrier, phone);
    world.answer(called);
    let journey = world.journey(0);
    world.must(Verb::BlindTransfer {
        journey,
        target: "2103".to_owned(),
    });
    world.over_soon(called);
    let third = world.ringing(target);
    world.refuse(third, 486);
    let called = world.ringing(phone);
    world.hears_soon(citizen, "music/default");
    world.answer(called);
    world.talk(citizen, called);
    world.hang_up(called);
    world.over_soon(citizen);
    world.nothing_left();
}

#[test]
fn nobody_takes_the_citizen_back() {
    let mut world = World::new(4);
    let (carrier, phone, target) = (world.carrier(), world.phone("2101"), world.phone("2103"));
    let (citizen, called) = world.citizen_rings(carrier, phone);
    world.answer(called);
    let journey = world.journey(0);
    world.must(Verb::BlindTransfer {
        journey,
        target: "2103".to_owned(),
    });
    let third = world.ringing(target);
    world.refuse(third, 486);
    let called = world.ringing(phone);
    world.refuse(called, 486);
    // The dialplan begins again.
    world.hears_soon(citizen, "nl/welcome");
    world.hang_up(citizen);
    world.over_soon(citizen);
    world.nothing_left();
}

#[test]
fn a_blind_transfer_is_taken_back() {
    let Desk {
        mut world,
        desk,
        citizen,
        target,
        journey,
    } = talking(5);
    world.must(Verb::BlindTransfer {
        journey,
        target: "2103".to_owned(),
    });
    let called = world.ringing(target);
    world.must(Verb::CancelTransfer { journey });
    world.over_soon(called);
    world.must(Verb::Retrieve {
        station: "desk".to_owned(),
        journey,
    });
    world.talk(citizen, desk);
    close(world, citizen, desk).nothing_left();
}

#[test]
fn asked_first_and_joined() {
    let Desk {
        mut world,
        desk,
        citizen,
        target,
        journey,
    } = talking(6);
    world.must(Verb::Consult {
        journey,
        target: "2103".to_owned(),
    });
    let called = world.ringing(target);
    world.hears_soon(citizen, "music/default");
    world.hears_soon(desk, "ringing");
    world.answer(called);
    world.talk(desk, called);
    world.hears_soon(citizen, "music/default");
    world.must(Verb::CompleteTransfer { journey });
    world.talk(citizen, called);
    world.hears_nothing(desk);
    world.hang_up(called);
    world.over_soon(citizen);
    close(world, citizen, desk).end("desk_transfers_asked_first");
}

#[test]
fn asked_first_and_joined_while_it_rings() {
    let Desk {
        mut world,
        desk,
        citizen,
        target,
        journey,
    } = talking(7);
    world.must(Verb::Consult {
        journey,
        target: "2103".to_owned(),
    });
    let called = world.ringing(target);
    world.run(300);
    world.must(Verb::CompleteTransfer { journey });
    world.hears_soon(citizen, "ringing");
    world.hears_nothing(desk);
    world.answer(called);
    world.talk(citizen, called);
    close(world, citizen, desk).nothing_left();
}

#[test]
fn asked_first_and_given_up() {
    for answered in [false, true] {
        let Desk {
            mut world,
            desk,
            citizen,
            target,
            journey,
        } = talking(8);
        world.must(Verb::Consult {
            journey,
            target: "2103".to_owned(),
        });
        let called = world.ringing(target);
        if answered {
            world.answer(called);
            world.talk(desk, called);
        }
        world.must(Verb::CancelTransfer { journey });
        world.over_soon(called);
        world.talk(citizen, desk);
        close(world, citizen, desk).nothing_left();
    }
}

#[test]
fn asked_first_and_the_third_refuses_or_hangs_up() {
    for answered in [false, true] {
        let Desk {
            mut world,
            desk,
            citizen,
            target,
            journey,
        } = talking(9);
        world.must(Verb::Consult {
            journey,
            target: "2103".to_owned(),
        });
        let called = world.ringing(target);
        if answered {
            world.answer(called);
            world.talk(desk, called);
            world.hang_up(called);
        } else {
            world.refuse(called, 486);
        }
        world.run(100);
        world.talk(citizen, desk);
        close(world, citizen, desk).nothing_left();
    }
}

#[test]
fn who_asked_hangs_up_and_the_others_are_joined() {
    for answered in [false, true] {
        let Desk {
            mut world,
            desk,
            citizen,
            target,
            journey,
        } = talking(10);
        world.must(Verb::Consult {
            journey,
            target: "2103".to_owned(),
        });
        let called = world.ringing(target);
        if answered {
            world.answer(called);
        }
        world.hang_up(desk);
        if !answered {
            world.run(100);
            world.answer(called);
        }
        world.talk(citizen, called);
        close(world, citizen, desk).nothing_left();
    }
}

#[test]
fn the_citizen_hangs_up_during_the_question() {
    for answered in [false, true] {
        let Desk {
            mut world,
            desk,
            citizen,
            target,
            journey,
        } = talking(11);
        world.must(Verb::Consult {
            journey,
            target: "2103".to_owned(),
        });
        let called = world.ringing(target);
        if answered {
            world.answer(called);
        }
        world.hang_up(citizen);
        world.run(100);
        if answered {
            // The two go on, and the call is the desk's as if it had called.
            world.talk(desk, called);
            assert_eq!(world.seen(journey).station.as_deref(), Some("desk"));
            world.must(Verb::Hold { journey });
            world.hears_soon(called, "music/default");
            world.must(Verb::Retrieve {
                station: "desk".to_owned(),
                journey,
            });
            world.talk(desk, called);
            world.must(Verb::HangUp { journey });
        }
        world.over_soon(called);
        world.run(200);
        world.hears_nothing(desk);
        world.hang_up(desk);
        world.nothing_left();
    }
}

#[test]
fn keys_of_the_desk_reach_the_third() {
    let Desk {
        mut world,
        desk,
        citizen,
        target,
        journey,
    } = talking(12);
    world.must(Verb::Consult {
        journey,
        target: "2103".to_owned(),
    });
    let called = world.ringing(target);
    world.answer(called);
    world.press(desk, "4");
    world.run(300);
    assert_eq!(
        (
            world.keys_heard(called).as_str(),
            world.keys_heard(citizen).as_str()
        ),
        ("4", "")
    );
    world.must(Verb::CancelTransfer { journey });
    world.over_soon(called);
    world.talk(citizen, desk);
    close(world, citizen, desk).nothing_left();
}
