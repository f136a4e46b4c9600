//! One evaluator (IVR-4): random journeys live, through the core with keys in RTP, decide exactly what the simulator says
//! for the same number, time and keys.

use std::collections::BTreeMap;
use std::time::Duration;

use call::journal::Fact;
use chrono::{TimeZone, Utc};
use ivr::simulate::Phone;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use world::{Line, Sound, State, World, town};

/// The outside number of the second dialplan; it is always busy here.
const OUTSIDE: &str = "+32475000000";
/// How many journeys.
const JOURNEYS: u64 = 40;
/// What a phone may do.
const PHONES_DO: [Phone; 4] = [
    Phone::Answers,
    Phone::NoAnswer,
    Phone::Busy,
    Phone::Unreachable,
];

/// Step, rule, inputs and result of a decision.
type Row = (String, String, Vec<(String, String)>, String);

/// The phones of the town. Those that ring together answer one after the other: the first of them wins.
const PHONES: [&str; 4] = ["2101", "2102", "2103", "2104"];

struct Journey {
    to: &'static str,
    at: u64,
    keys: String,
    phones: [Phone; 4],
}

fn journey(seed: u64) -> Journey {
    let mut dice = ChaCha20Rng::seed_from_u64(seed);
    let mut below = |n: u64| dice.next_u64() % n;
    let to = [town::CENTRAL, town::SECOND][below(2) as usize];
    // Any day of 2026, a quarter past any hour: no boundary of the hours lies inside the call.
    let at = 1_767_225_600 + below(365) * 86_400 + below(24) * 3_600 + 900;
    let keys = (0..below(7)).map(|_| {
        "1122233009*#-"
            .chars()
            .nth(below(13) as usize)
            .unwrap_or('-')
    });
    let keys: String = keys.collect();
    // Every second caller knows the way to a service: at random few would get there.
    let way = ["", "11", "", "12", "", "21", "", "22"][below(8) as usize];
    let keys = format!("{way}{keys}");
    let phones = PHONES.map(|_| PHONES_DO[below(4) as usize]);
    Journey {
        to,
        at,
        keys,
        phones,
    }
}

fn simulated(journey: &Journey) -> Vec<Row> {
    let (source, name) = if journey.to == town::CENTRAL {
        (town::DEMO_FLOW, "demo")
    } else {
        (town::SECOND_FLOW, "second")
    };
    let flow = town::flow(source, name);
    let at = Utc
        .timestamp_opt(i64::try_from(journey.at).unwrap(), 0)
        .unwrap();
    let from = Some(town::CITIZEN.to_owned());
    let mut case = ivr::Case::made_up(from, journey.to.to_owned(), at, journey.keys.clone());
    case.phones = PHONES
        .iter()
        .zip(journey.phones)
        .map(|(name, does)| ((*name).to_owned(), does))
        .collect();
    case.phones.insert(OUTSIDE.to_owned(), Phone::Busy);
    let rows = ivr::simulate(&flow, &case)
        .decisions
        .into_iter()
        .map(|decision| {
            let inputs = decision
                .inputs
                .iter()
                .map(|(name, value)| (name.to_string(), value.clone()));
            let inputs: Vec<(String, String)> = inputs.collect();
            (
                decision.node.to_string(),
                decision.rule.code().to_owned(),
                inputs,
                decision.result,
            )
        });
    rows.collect()
}

/// Waits until nothing is heard any more: a key is awaited, or the call is over.
fn wait_for_silence(world: &mut World, citizen: Line) {
    let mut quiet = 0;
    while quiet < 15 && world.state(citizen) != State::Over {
        world.run(20);
        quiet = if world.hears(citizen) == Sound::Silence {
            quiet + 1
        } else {
            0
        };
    }
}

/// A phone that does so; one that is unreachable is not there.
fn place(world: &mut World, name: &str, does: Phone, after: Duration) {
    if does == Phone::Unreachable {
        return;
    }
    let phone = world.phone(name);
    world.with(phone, |habits| match does {
        Phone::Answers => {
            habits.answers_after = Some(after);
            habits.hangs_up_after = Some(Duration::from_secs(5));
        }
        Phone::Busy => habits.refuses = Some((after, 486)),
        Phone::NoAnswer | Phone::Unreachable => {}
    });
}

fn live(journey: &Journey, seed: u64) -> Vec<Row> {
    let mut world = World::at(seed, town::snapshot(), Duration::from_secs(journey.at));
    let carrier = world.carrier();
    world.with(carrier, |habits| {
        habits.refuses = Some((Duration::from_millis(10), 486))
    });
    for (order, (name, does)) in (1..).zip(PHONES.iter().zip(journey.phones)) {
        place(&mut world, name, does, Duration::from_millis(200 * order));
    }
    let citizen = world.citizen_calls(carrier, journey.to);
    world.up_soon(citizen);
    let mut keys = journey.keys.chars();
    while world.state(citizen) != State::Over {
        wait_for_silence(&mut world, citizen);
        if world.state(citizen) == State::Over {
            break;
        }
        match keys.next().filter(|key| *key != '-') {
            Some(key) => world.press(citizen, &key.to_string()),
            None => {
                while world.state(citizen) != State::Over && world.hears(citizen) == Sound::Silence
                {
                    world.run(20);
                }
            }
        }
    }
    world.nothing_left();
    let rows = world.facts.iter().filter_map(|entry| match &entry.fact {
        Fact::Decided {
            node,
            rule,
            inputs,
            result,
            ..
        } if node != "border" => Some((node.clone(), rule.clone(), inputs.clone(), result.clone())),
        _ => None,
    });
    rows.collect()
}

#[test]
fn for_random_numbers_times_and_keys() {
    let mut rules: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..JOURNEYS {
        let journey = journey(seed);
        let (live, simulated) = (live(&journey, seed), simulated(&journey));
        assert_eq!(
            live, simulated,
            "to {} at {} keys {:?} phones {:?}",
            journey.to, journey.at, journey.keys, journey.phones
        );
        for row in live {
            *rules.entry(row.1).or_default() += 1;
        }
    }
    // The journeys are worth something: they meet many different rules.
    assert!(rules.len() >= 14, "{rules:?}");
    for rule in ["answered", "no-answer", "busy", "unreachable"] {
        assert!(rules.contains_key(rule), "{rule}: {rules:?}");
    }
}
