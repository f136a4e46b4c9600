//! Two callers of one desk in one conversation (CON-13): who hears whom when the operator joins, holds, separates and leaves
//! them, when one of them or she hangs up, and when two things happen at once; and eight callers of one operator at a time.

use std::collections::BTreeMap;

use call::command::Refusal;
use call::desk::CallState;
use call::journal::{Fact, JourneyId};
use call::{Arm, CommandResult, Verb};
use world::{Line, Party, World, town};

fn name() -> String {
    "desk".to_owned()
}

/// The operator talks with a citizen and holds somebody who called from the phone 2106.
struct Desk {
    world: World,
    carrier: Party,
    station: Line,
    /// With whom she talks.
    one: Line,
    first: JourneyId,
    /// Whom she holds, and their phone.
    two: Line,
    phone: Party,
    second: JourneyId,
}

impl Desk {
    fn new(seed: u64) -> Desk {
        let mut world = World::new(seed);
        let (carrier, phone) = (world.carrier(), world.phone("2106"));
        let station = world.attach("desk");
        let two = world.call(phone, town::CENTRAL);
        world.hears_soon(two, "nl/welcome");
        let second = world.journey(1);
        world.must(Verb::Answer {
            station: name(),
            journey: second,
        });
        world.talk(two, station);
        world.must(Verb::Hold { journey: second });
        let one = world.citizen_in_menu(carrier);
        let first = world.journey(2);
        world.must(Verb::Answer {
            station: name(),
            journey: first,
        });
        world.talk(one, station);
        world.hears_soon(two, "music/default");
        Desk {
            world,
            carrier,
            station,
            one,
            first,
            two,
            phone,
            second,
        }
    }

    fn merge(&self) -> Verb {
        Verb::Merge {
            journey: self.first,
            with: self.second,
        }
    }

    /// The same, merged: all three hear each other.
    fn merged(seed: u64) -> Desk {
        let mut desk = Desk::new(seed);
        desk.world.must(desk.merge());
        desk.all();
        desk
    }

    fn all(&mut self) {
        self.world.three(self.one, self.two, self.station);
        for journey in [self.first, self.second] {
            let seen = self.world.seen(journey);
            assert_eq!(seen.state, CallState::Merged);
            assert_eq!(seen.station.as_deref(), Some("desk"));
        }
        let other = |journey| self.world.seen(journey).target.clone();
        assert_eq!(other(self.first).as_deref(), Some("2106"));
        assert_eq!(other(self.second).as_deref(), Some(town::CITIZEN));
    }

    /// The station has this one alone.
    fn alone(&mut self, line: Line) {
        self.world.talk(line, self.station);
        let journey = match line == self.one {
            true => self.first,
            false => self.second,
        };
        let seen = self.world.seen(journey);
        assert_eq!(seen.state, CallState::Talking);
        assert_eq!(seen.station.as_deref(), Some("desk"));
    }

    fn waits(&mut self, line: Line) {
        self.world.hears_soon(line, "music/default");
    }

    /// Whoever is there hangs up, the station last, and nothing is left.
    fn end(mut self) -> BTreeMap<Arm, u64> {
        self.world.everybody_hangs_up();
        self.world.run(6_000);
        self.world.nothing_left();
        self.world.arms_taken()
    }
}

/// What is played here and hardly ever by chance, for the coverage of the call's table.
pub(crate) fn all() -> BTreeMap<Arm, u64> {
    let mut taken = BTreeMap::new();
    for arms in [
        leaves(),
        holds(),
        separates(),
        phone_put_down(),
        first_hangs_up(),
    ] {
        for (arm, count) in arms {
            *taken.entry(arm).or_default() += count;
        }
    }
    taken
}

fn leaves() -> BTreeMap<Arm, u64> {
    // It does not matter which of the two calls the order names.
    for by_second in [true, false] {
        let mut desk = Desk::merged(1);
        let journey = if by_second { desk.second } else { desk.first };
        desk.world.must(Verb::CompleteTransfer { journey });
        desk.world.talk(desk.one, desk.two);
        desk.world.hears_nothing(desk.station);
        assert_eq!(desk.world.phase(desk.first), "talking");
        assert_eq!(desk.world.phase(desk.second), "over");
        assert_eq!(desk.world.seen(desk.first).station, None);
        let gone = if by_second { desk.one } else { desk.two };
        desk.world.hang_up(gone);
        desk.world.over_soon(desk.one);
        desk.world.over_soon(desk.two);
        assert!(desk.world.is_up(desk.station), "the station's leg stays");
        if !by_second {
            return desk.end();
        }
        desk.end();
    }
    unreachable!("the second round returns");
}

fn holds() -> BTreeMap<Arm, u64> {
    let mut desk = Desk::merged(2);
    // Nobody is called back out of a conversation, however long it takes.
    desk.world.run(150_000);
    desk.all();
    for journey in [desk.first, desk.second] {
        desk.world.must(Verb::Hold { journey });
        desk.waits(desk.one);
        desk.waits(desk.two);
        desk.world.hears_nothing(desk.station);
        for held in [desk.first, desk.second] {
            assert_eq!(desk.world.seen(held).state, CallState::Held);
        }
        desk.world.must(Verb::Retrieve {
            station: name(),
            journey,
        });
        desk.all();
    }
    // Held together too long both come back, and one order has both again.
    desk.world.must(Verb::Hold {
        journey: desk.first,
    });
    desk.world.run(125_000);
    for journey in [desk.first, desk.second] {
        let back = desk.world.seen(journey).returned.clone();
        assert_eq!(back.map(|back| back.from).as_deref(), Some("desk"));
    }
    desk.world.must(Verb::Retrieve {
        station: name(),
        journey: desk.second,
    });
    desk.all();
    for journey in [desk.first, desk.second] {
        assert_eq!(desk.world.seen(journey).returned, None);
    }
    desk.end()
}

fn separates() -> BTreeMap<Arm, u64> {
    let mut desk = Desk::merged(3);
    desk.world.must(Verb::CancelTransfer {
        journey: desk.second,
    });
    desk.world.talk(desk.one, desk.station);
    desk.waits(desk.two);
    // Merged before is not held together: she has the one she takes.
    desk.world.must(Verb::Retrieve {
        station: name(),
        journey: desk.second,
    });
    desk.world.talk(desk.two, desk.station);
    desk.waits(desk.one);
    // On hold again they are called back in time, as everybody.
    desk.world.run(121_000);
    assert!(desk.world.seen(desk.first).returned.is_some());
    desk.end()
}

fn phone_put_down() -> BTreeMap<Arm, u64> {
    let mut desk = Desk::merged(4);
    desk.world.hang_up(desk.station);
    desk.world.talk(desk.one, desk.two);
    desk.end()
}

fn first_hangs_up() -> BTreeMap<Arm, u64> {
    let mut desk = Desk::merged(5);
    desk.world.hang_up(desk.one);
    desk.alone(desk.two);
    // She can do with the other whatever can be done.
    desk.world.must(Verb::Hold {
        journey: desk.second,
    });
    desk.waits(desk.two);
    desk.end()
}

#[test]
fn the_operator_leaves_and_the_two_go_on() {
    leaves();
}

#[test]
fn both_are_held_and_both_come_back() {
    holds();
}

#[test]
fn they_are_separated_and_who_came_in_is_on_hold_again() {
    separates();
}

#[test]
fn her_phone_is_put_down_and_the_two_go_on() {
    phone_put_down();
}

#[test]
fn the_first_hangs_up_and_she_goes_on_with_the_second() {
    first_hangs_up();
}

#[test]
fn the_second_hangs_up_and_she_goes_on_with_the_first() {
    let mut desk = Desk::merged(6);
    desk.world.hang_up(desk.two);
    desk.alone(desk.one);
    desk.end();
}

#[test]
fn she_hangs_up_and_it_is_over_for_everybody() {
    for by_second in [true, false] {
        let mut desk = Desk::merged(7);
        let journey = if by_second { desk.second } else { desk.first };
        desk.world.must(Verb::HangUp { journey });
        desk.world.over_soon(desk.one);
        desk.world.over_soon(desk.two);
        assert!(desk.world.is_up(desk.station), "the station's leg stays");
        desk.world.hears_nothing(desk.station);
        desk.end();
    }
}

#[test]
fn she_takes_another_caller_and_both_wait_together() {
    let mut desk = Desk::merged(8);
    let third = desk.world.citizen_calls(desk.carrier, town::CENTRAL);
    desk.world.run(500);
    let journey = desk.world.journey(3);
    desk.world.must(Verb::Answer {
        station: name(),
        journey,
    });
    desk.world.talk(third, desk.station);
    desk.waits(desk.one);
    desk.waits(desk.two);
    // One of the two gives up waiting: the other is the only one who comes back.
    desk.world.must(Verb::HangUp { journey });
    desk.world.hang_up(desk.two);
    desk.world.run(500);
    desk.world.must(Verb::Retrieve {
        station: name(),
        journey: desk.first,
    });
    desk.world.talk(desk.one, desk.station);
    desk.end();
}

#[test]
fn a_colleague_takes_one_of_two_who_wait_together_and_no_more_comes_with_them() {
    let mut desk = Desk::merged(9);
    let colleague = desk.world.attach("desk2");
    desk.world.must(Verb::Hold {
        journey: desk.first,
    });
    desk.world.must(Verb::Retrieve {
        station: "desk2".to_owned(),
        journey: desk.first,
    });
    desk.world.talk(desk.one, colleague);
    desk.world.must(Verb::Retrieve {
        station: name(),
        journey: desk.second,
    });
    desk.world.talk(desk.two, desk.station);
    desk.end();
}

#[test]
fn a_key_of_hers_reaches_both_and_theirs_reach_her() {
    let mut desk = Desk::merged(10);
    desk.world.must(Verb::Digit {
        station: name(),
        digit: '5',
    });
    desk.world.run(500);
    for line in [desk.one, desk.two] {
        assert_eq!(desk.world.keys_heard(line), "5");
    }
    desk.end();
}

#[test]
fn a_phone_that_holds_is_left_out_and_the_others_go_on() {
    let mut desk = Desk::merged(11);
    // Nor is its music heard by those who go on.
    desk.world
        .with(desk.phone, |habits| habits.plays_on_hold = true);
    desk.world.change(desk.two, "INVITE", "sendonly");
    desk.world.run(500);
    desk.world.talk(desk.one, desk.station);
    desk.world.change(desk.two, "INVITE", "sendrecv");
    desk.world.run(500);
    desk.all();
    desk.end();
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut desk = Desk::new(12);
    let (first, second) = (desk.first, desk.second);
    let merge = |journey, with| Verb::Merge { journey, with };
    let mut refused = |verb: Verb, why: Refusal| {
        let result = desk.world.order(verb.clone());
        assert_eq!(result, CommandResult::Refused(why), "{verb:?}");
    };
    refused(merge(first, first), Refusal::NotNow);
    refused(merge(second, first), Refusal::NotNow);
    refused(merge(first, JourneyId(1)), Refusal::Gone);
    desk.world.must(merge(first, second));
    desk.all();
    // A third, a transfer, a slot: separate them first.
    let mut refused = |verb: Verb| {
        let result = desk.world.order(verb.clone());
        assert_eq!(result, CommandResult::Refused(Refusal::NotNow), "{verb:?}");
    };
    let target = "2103".to_owned();
    for journey in [first, second] {
        refused(Verb::Park { journey });
        refused(Verb::Swap { journey });
        refused(Verb::BlindTransfer {
            journey,
            target: target.clone(),
        });
        refused(Verb::Consult {
            journey,
            target: target.clone(),
        });
    }
    refused(merge(first, second));
    // Whom somebody else holds is not hers to bring in.
    let mut desk = Desk::new(13);
    let colleague = desk.world.attach("desk2");
    desk.world.must(Verb::Retrieve {
        station: "desk2".to_owned(),
        journey: desk.second,
    });
    desk.world.talk(desk.two, colleague);
    desk.world.must(Verb::Hold {
        journey: desk.second,
    });
    let result = desk.world.order(desk.merge());
    assert_eq!(result, CommandResult::Refused(Refusal::NotNow));
    desk.end();
    // Nor whom she said goodbye to, before they have heard it.
    let mut desk = Desk::new(23);
    let journey = desk.second;
    let orders = vec![Verb::HangUp { journey }, desk.merge()];
    let results = desk.world.order_at_once(orders);
    assert_eq!(results[1], CommandResult::Refused(Refusal::Gone));
    desk.end();
}

#[test]
fn who_called_for_help_is_merged_with_nobody() {
    let mut desk = Desk::new(22);
    desk.world.expect_note("emergency");
    let phone = desk.world.phone("2101");
    let caller = desk.world.call(phone, "112");
    let help = desk.world.ringing(desk.carrier);
    desk.world.answer(help);
    desk.world.talk(caller, help);
    let emergency = desk.world.journey(3);
    for (journey, with) in [(desk.first, emergency), (emergency, desk.second)] {
        let result = desk.world.order(Verb::Merge { journey, with });
        assert_eq!(result, CommandResult::Refused(Refusal::Forbidden));
    }
    desk.world.talk(caller, help);
    desk.world.hang_up(caller);
    desk.world.over_soon(help);
    desk.end();
}

#[test]
fn who_hangs_up_in_that_moment_is_not_merged_and_nobody_is_lost() {
    // The goodbye is on its way when the order comes, or came just before it.
    for (seed, wait) in [(14, 0), (15, 5), (16, 60)] {
        for second in [true, false] {
            let mut desk = Desk::new(seed);
            let gone = if second { desk.two } else { desk.one };
            desk.world.hang_up(gone);
            desk.world.run(wait);
            let result = desk.world.order(desk.merge());
            let done = matches!(result, CommandResult::Done { .. });
            let refused = CommandResult::Refused(Refusal::Gone);
            assert!(done || result == refused, "{result:?}");
            desk.world.over_soon(gone);
            desk.world.run(500);
            if second {
                desk.alone(desk.one);
            } else if done {
                desk.alone(desk.two);
            } else {
                desk.waits(desk.two);
            }
            desk.end();
        }
    }
}

#[test]
fn both_orders_at_once_are_done_one_after_the_other() {
    let mut desk = Desk::new(17);
    let (merge, journey) = (desk.merge(), desk.second);
    let results = desk
        .world
        .order_at_once(vec![merge, Verb::HangUp { journey }]);
    assert!(
        results
            .iter()
            .all(|result| matches!(result, CommandResult::Done { .. })),
        "{results:?}"
    );
    desk.world.over_soon(desk.one);
    desk.world.over_soon(desk.two);
    desk.end();
}

#[test]
fn a_fault_of_ours_in_one_call_leaves_the_other_with_the_station() {
    for second in [true, false] {
        let mut desk = Desk::merged(18);
        let (struck, gone, left) = match second {
            true => (desk.second, desk.two, desk.one),
            false => (desk.first, desk.one, desk.two),
        };
        desk.world.expect_note("fence");
        desk.world.inject_fault(struck);
        desk.world.press_by_info(gone, '1');
        desk.world.over_soon(gone);
        desk.world.run(500);
        desk.alone(left);
        desk.end();
    }
}

#[test]
fn the_record_says_who_spoke_with_whom() {
    let desk = Desk::merged(19);
    let spoke = |of: JourneyId| {
        let facts = desk.world.facts.iter();
        let pairs = facts.filter_map(move |entry| match &entry.fact {
            Fact::Spoke {
                journey,
                caller,
                who,
                ..
            } if *journey == of => Some((caller.clone(), who.clone())),
            _ => None,
        });
        pairs.collect::<Vec<_>>()
    };
    let pair = |caller: &str, who: &str| (caller.to_owned(), who.to_owned());
    assert_eq!(
        spoke(desk.first),
        [pair(town::CITIZEN, "desk"), pair(town::CITIZEN, "2106")]
    );
    assert_eq!(
        spoke(desk.second),
        [pair("2106", "desk"), pair("2106", town::CITIZEN)]
    );
    assert_eq!(desk.world.decided("merge"), 2);
    desk.end();
}

#[test]
fn eight_callers_of_one_operator_and_none_is_lost() {
    let mut world = World::new(20);
    let carrier = world.carrier();
    let station = world.attach("desk");
    let mut callers = Vec::new();
    for index in 1..=8 {
        let line = world.citizen_calls(carrier, town::CENTRAL);
        world.run(500);
        let journey = world.journey(index);
        // Taking another holds who was there, by the same one order.
        world.must(Verb::Answer {
            station: name(),
            journey,
        });
        world.talk(line, station);
        callers.push((line, journey));
    }
    // Twice round, forwards and backwards: she has the one she takes, all others hear music.
    let turns = [0, 1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1, 0];
    for turn in turns {
        let (line, journey) = callers[turn];
        if world.phase(journey) == "held" {
            world.must(Verb::Retrieve {
                station: name(),
                journey,
            });
        }
        world.talk(line, station);
        for (other, journey) in callers
            .iter()
            .filter(|(_, other)| *other != callers[turn].1)
        {
            world.hears_soon(*other, "music/default");
            let seen = world.seen(*journey);
            assert_eq!(seen.state, CallState::Held);
            assert_eq!(seen.station.as_deref(), Some("desk"));
        }
    }
    // Two of the eight are merged, and the six wait.
    let with = callers[7].1;
    let journey = callers[0].1;
    world.must(Verb::Merge { journey, with });
    world.run(500);
    for (line, journey) in &callers[1..7] {
        world.hears_soon(*line, "music/default");
        assert_eq!(world.seen(*journey).state, CallState::Held);
    }
    for (line, _) in &callers {
        assert!(world.is_up(*line));
    }
    world.everybody_hangs_up();
    world.run(6_000);
    world.nothing_left();
}
