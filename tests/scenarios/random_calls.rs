//! Random calls on a network that loses up to 30 % of the messages: whatever people do, nothing is left. 300 fixed seeds;
//! the arms of the call's table that they reach are counted, and those never reached are named here, each with its reason.

use std::collections::BTreeMap;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use call::snapshot::{Forward, Occasion, Snapshot};
use call::{Arm, Duty, Verb};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use world::{Conditions, Line, Party, Reliably, World, town};

/// Arms that the random calls never take, and why.
const NEVER: &[(Arm, &str)] = &[
    (
        Arm::GapPlayed,
        "only a page is missed so soon: told in sbc/call/tests/ladder.rs, as the one below",
    ),
    (Arm::GapDue, "it follows ten seconds later"),
];

/// Arms that only the order of two events decides: reached by chance, and neither way is a fault.
const BY_CHANCE: &[(Arm, &str)] = &[
    (
        Arm::TooLate,
        "an event that was queued behind the one which ended its call",
    ),
    (
        Arm::HeldLong,
        "people here seldom hold for two minutes; told in sbc/call/tests/hold.rs, as the two below",
    ),
    (Arm::ReminderAnswered, "it rings to remind only after that"),
    (Arm::ReminderRefused, "it rings to remind only after that"),
];

/// How many seeds: `SEEDS=n` makes it fewer while something is being looked for.
fn seeds() -> u64 {
    let wished = std::env::var("SEEDS").ok();
    wished.and_then(|n| n.parse().ok()).unwrap_or(300)
}

/// Calls of these go elsewhere, to each other and outside.
fn elsewhere(snapshot: &mut Snapshot) {
    let soon = || Occasion::NoAnswer(Duration::from_secs(3));
    let rules = [
        ("2101", soon(), "0475000000"),
        ("2102", Occasion::Busy, "2103"),
        ("2103", soon(), "2104"),
        ("2104", Occasion::Busy, "0475000000"),
        ("2104", Occasion::Unreachable, "2101"),
    ];
    let accounts = Arc::make_mut(&mut snapshot.accounts);
    for (account, occasion, to) in rules {
        let account = accounts.get_mut(account).expect("an account");
        account.forwards.push(Forward {
            occasion,
            to: to.to_owned(),
            until: None,
            by: "anna".to_owned(),
        });
    }
}

struct Life {
    world: World,
    dice: ChaCha20Rng,
    phones: Vec<Party>,
    carrier: Party,
    stations: Vec<&'static str>,
    faulty: bool,
}

impl Life {
    fn below(&mut self, below: u64) -> u64 {
        self.dice.next_u64() % below
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        let count = list.len() as u64;
        (count > 0).then(|| list[self.below(count) as usize])
    }

    fn begin(seed: u64) -> Life {
        let mut snapshot = town::snapshot();
        if seed % 10 == 3 {
            snapshot.trunks = Arc::new(Vec::new());
        }
        if seed % 4 == 1 {
            elsewhere(&mut snapshot);
        }
        let mut world = World::of(seed, snapshot);
        world.expect_note("emergency");
        let carrier = world.carrier();
        let phones = ["2101", "2102", "2103", "2104"]
            .map(|name| world.phone(name))
            .to_vec();
        let stations = match seed % 3 {
            0 => vec!["desk", "desk2"],
            1 => vec!["desk"],
            _ => Vec::new(),
        };
        for station in &stations {
            world.attach(station);
        }
        let dice = ChaCha20Rng::seed_from_u64(seed);
        let faulty = seed % 7 == 5;
        let mut life = Life {
            world,
            dice,
            phones,
            carrier,
            stations,
            faulty,
        };
        life.habits();
        let loss = u32::try_from(life.below(301)).unwrap();
        life.world.conditions = Conditions {
            loss,
            rtp_loss: loss / 4,
            twice: 100,
            delay: Duration::from_millis(5),
            jitter: Duration::from_millis(60),
        };
        life
    }

    /// Every phone gets habits of its own.
    fn habits(&mut self) {
        for party in self.phones.clone() {
            let answers = (!self.one_in(3)).then(|| Duration::from_millis(self.below(6_000)));
            let refuses = self.one_in(6).then(|| {
                (
                    Duration::from_millis(self.below(2_000)),
                    [486, 480, 603, 500][self.below(4) as usize],
                )
            });
            let hangs_up = self
                .one_in(2)
                .then(|| Duration::from_millis(500 + self.below(9_000)));
            let reliably =
                [Reliably::No, Reliably::Supported, Reliably::Required][self.below(3) as usize];
            let (offerless, takes_update, mute) = (self.one_in(6), self.one_in(2), !self.one_in(5));
            self.world.with(party, |habits| {
                habits.answers_after = answers;
                habits.refuses = refuses;
                habits.hangs_up_after = hangs_up;
                habits.reliably = reliably;
                habits.offerless = offerless;
                habits.takes_update = takes_update;
                habits.mute = mute;
            });
        }
        let answers = Some(Duration::from_millis(self.below(4_000)));
        self.world.with(self.carrier, |habits| {
            habits.answers_after = answers;
            habits.mute = true;
        });
    }

    /// One thing that somebody does.
    fn act(&mut self) {
        match self.below(19) {
            0 | 1 => self.citizen_calls(),
            2 => self.phone_calls(),
            3..=7 => self.press(),
            8 => self.somebody_hangs_up(),
            9 => self.somebody_changes(),
            10 if self.faulty => self.fault(),
            16 | 17 => self.somebody_transfers(),
            18 => self.somebody_takes_over(),
            _ => self.desk(),
        }
    }

    fn citizen_calls(&mut self) {
        let number =
            [town::CENTRAL, town::CENTRAL, town::SECOND, "+3254999999"][self.below(4) as usize];
        self.world.citizen_calls(self.carrier, number);
    }

    /// Some wait for long: in the queue, held or parked, or before a phone that only rings.
    fn wait_in_line(&mut self) {
        for party in self.phones.clone() {
            self.world.with(party, |habits| {
                habits.answers_after = None;
                habits.refuses = None;
            });
        }
        let citizen = self.world.citizen_calls(self.carrier, town::SECOND);
        for _ in 0..4 {
            self.desk();
            self.world.run(2_000);
            if self.world.is_up(citizen) {
                self.world.press_later(citizen, "2");
            }
        }
        if let Some(party) = self.phones.first().copied() {
            self.world.call(party, "2102");
        }
    }

    fn phone_calls(&mut self) {
        let Some(party) = self.pick(&self.phones.clone()) else {
            return;
        };
        let dialled = [
            "2101",
            "2102",
            "2103",
            "0475000000",
            "112",
            "9999",
            "054310001",
            "*8",
            "*82101",
        ][self.below(9) as usize];
        let parked = self.world.view().parked > 0;
        let dialled = if parked { "*71" } else { dialled };
        self.world.call(party, dialled);
    }

    fn press(&mut self) {
        let up: Vec<Line> = self
            .world
            .lines()
            .into_iter()
            .filter(|line| self.world.is_up(*line))
            .collect();
        if let Some(line) = self.pick(&up) {
            let key = ["1", "1", "2", "2", "3", "0", "*", "9"][self.below(8) as usize];
            self.world.press_later(line, key);
        }
    }

    fn somebody_hangs_up(&mut self) {
        if let Some(line) = self.pick(&self.world.lines()) {
            self.world.hang_up(line);
        }
    }

    fn somebody_changes(&mut self) {
        let free = |line: &Line| self.world.is_up(*line) && !self.world.is_changing(*line);
        let up: Vec<Line> = self.world.lines().into_iter().filter(free).collect();
        let Some(line) = self.pick(&up) else { return };
        let direction = ["sendonly", "sendrecv", "inactive"][self.below(3) as usize];
        let method = if self.one_in(3) { "UPDATE" } else { "INVITE" };
        self.world.change(line, method, direction);
    }

    /// A phone transfers: blind, or by joining two calls of its own, one of which it may have to make first.
    fn somebody_transfers(&mut self) {
        let up: Vec<Line> = self
            .world
            .lines()
            .into_iter()
            .filter(|line| self.world.is_up(*line))
            .collect();
        let Some(line) = self.pick(&up) else { return };
        let target = ["2101", "2102", "2103", "2104", "0475000000", "112"][self.below(6) as usize];
        match (self.world.other_line(line), self.below(3)) {
            (Some(other), 0 | 1) => self.world.refer_to_call(line, target, other),
            (None, 0) => {
                let Some(party) = self.world.party_of(line).filter(|_| target != "112") else {
                    return;
                };
                self.world.call(party, target);
            }
            _ => self.world.refer(line, target),
        }
    }

    /// A phone calls to take the place of somebody's leg.
    fn somebody_takes_over(&mut self) {
        let (lines, phones) = (self.world.lines(), self.phones.clone());
        let (Some(line), Some(party)) = (self.pick(&lines), self.pick(&phones)) else {
            return;
        };
        let own = self.world.party_of(line).filter(|_| self.one_in(2));
        let party = own.unwrap_or(party);
        let name = ("Replaces".to_owned(), self.world.replaces(line));
        self.world.with(party, |habits| habits.extra = vec![name]);
        self.world.call(party, "2101");
        self.world.run(200);
        self.world.with(party, |habits| habits.extra.clear());
    }

    fn fault(&mut self) {
        let journeys: Vec<_> = self
            .world
            .glance()
            .iter()
            .map(|call| call.journey)
            .collect();
        let lines = self.world.lines();
        match self.below(2) {
            0 => {
                if let Some(journey) = self.pick(&journeys) {
                    self.world.expect_note("fence");
                    self.world.inject_fault(journey);
                }
            }
            _ => {
                if let Some(line) = self.pick(&lines) {
                    self.world.forgive_new_streams();
                    self.world.lose_port_if_there(line);
                }
            }
        }
    }

    fn desk(&mut self) {
        let calls = self.world.glance().into_iter();
        let journeys: Vec<_> = calls.map(|call| (call.journey, call.phase)).collect();
        let Some((journey, phase)) = self.pick(&journeys) else {
            return;
        };
        let with = self.pick(&journeys).map_or(journey, |(with, _)| with);
        let station = self.pick(&self.stations.clone());
        let station = station.unwrap_or("desk").to_owned();
        let target = ["2101", "2102", "2103", "0475000000"][self.below(4) as usize].to_owned();
        if self.one_in(12) {
            let refuses = self.one_in(2).then(|| (Duration::from_millis(40), 486));
            self.world
                .with_account(&station, |habits| habits.refuses = refuses);
        }
        let verb = match (phase, self.below(10)) {
            (_, 0) => Verb::HangUp { journey },
            ("talking" | "merged", 1) => Verb::Hold { journey },
            ("talking", 9) => Verb::Merge { journey, with },
            ("merged", 2) => Verb::CompleteTransfer { journey },
            ("merged", 3) => Verb::CancelTransfer { journey },
            ("talking", 2) | ("held", 1) => Verb::Park { journey },
            ("talking", 3 | 4) | ("held", 2) => Verb::BlindTransfer { journey, target },
            ("talking" | "consulting" | "merged", 8) => {
                let digit = '5';
                Verb::Digit { station, digit }
            }
            ("consulting", 9) => Verb::Swap { journey },
            ("ringing", 8) => Verb::TakeBack { journey },
            ("resting", 2..=5) => Verb::Dial { station, target },
            ("talking", 5..) => Verb::Consult { journey, target },
            ("consulting", 1..=4) => Verb::CompleteTransfer { journey },
            ("consulting" | "ringing", 5..) => Verb::CancelTransfer { journey },
            ("held" | "parked", 3..) => Verb::Retrieve { station, journey },
            ("resting", 1) => Verb::DetachStation { station },
            (_, 7) if !self.stations.is_empty() => Verb::AttachStation {
                device: call::Device::Phone(station.clone()),
                station,
            },
            (_, 6) => match self.below(4) {
                0 => Verb::Serve {
                    station,
                    queues: vec!["line".into(), "reception".into()],
                },
                1 => Verb::Next { station },
                2 => Verb::Decline { station, journey },
                _ => Verb::StationState {
                    station,
                    state: [Duty::Ready, Duty::Paused(String::new()), Duty::Out]
                        [self.below(3) as usize]
                        .clone(),
                },
            },
            _ => Verb::Answer { station, journey },
        };
        self.world.order(verb);
    }

    /// Everybody goes home, the network recovers, and nothing may be left.
    fn end(mut self) -> BTreeMap<Arm, u64> {
        self.world.conditions = Conditions::GOOD;
        for station in self.stations.clone() {
            self.world.order(Verb::DetachStation {
                station: station.to_owned(),
            });
        }
        for _ in 0..3 {
            self.world.everybody_hangs_up();
            self.world.run(40_000);
        }
        self.world.nothing_left();
        self.world.arms_taken()
    }
}

fn live(seed: u64) -> BTreeMap<Arm, u64> {
    let mut life = Life::begin(seed);
    // Most live for some busy seconds, some long enough for every limit to be met.
    let pause = if seed.is_multiple_of(6) { 6_000 } else { 700 };
    for _ in 0..30 {
        life.act();
        let wait = life.below(pause);
        life.world.run(wait);
    }
    if seed % 5 == 1 {
        life.wait_in_line();
        life.world.run(150_000);
    }
    life.end()
}

/// What hardly ever happens by chance is played once on purpose, so that the coverage does not hang on a die.
fn rare() -> BTreeMap<Arm, u64> {
    let mut world = World::new(1_000);
    let (carrier, phone) = (world.carrier(), world.phone("2101"));
    let desk = world.attach("desk");
    let station = || "desk".to_owned();
    // The one who was asked hangs up.
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(1);
    world.must(Verb::Answer {
        station: station(),
        journey,
    });
    world.must(Verb::Consult {
        journey,
        target: "2101".to_owned(),
    });
    let called = world.ringing(phone);
    world.answer(called);
    world.must(Verb::Swap { journey });
    world.must(Verb::Swap { journey });
    world.hang_up(called);
    world.run(500);
    // Somebody else has the citizen already.
    world.order(Verb::Answer {
        station: station(),
        journey,
    });
    // The shift ends in the middle of the conversation.
    world.order(Verb::DetachStation { station: station() });
    world.run(500);
    world.hang_up(citizen);
    world.run(500);
    // A desk phone holds a citizen by command and hangs up; much later it is rung again.
    let (citizen, called) = world.citizen_rings(carrier, phone);
    world.answer(called);
    let journey = world.journey(2);
    world.must(Verb::Hold { journey });
    world.hang_up(called);
    world.run(121_000);
    world.hang_up(citizen);
    world.hang_up(desk);
    world.run(500);
    world.nothing_left();
    let mut taken = world.arms_taken();
    let others = [
        rare_transfers(),
        rare_waits(),
        crate::desk_devices::all(),
        crate::desk_merges::all(),
    ];
    for (arm, count) in others.into_iter().flatten() {
        *taken.entry(arm).or_default() += count;
    }
    taken
}

/// The same of queues: a mobile that hangs up instead of pressing 1, then takes the caller; other phones meanwhile.
fn rare_waits() -> BTreeMap<Arm, u64> {
    let mut world = World::new(1_002);
    let carrier = world.carrier();
    world.must(Verb::AttachStation {
        station: "anna".to_owned(),
        device: call::Device::Mobile("+32475111111".to_owned()),
    });
    world.serve("anna", &["line"]);
    for presses in [false, true] {
        let citizen = world.citizen_calls(carrier, town::SECOND);
        world.hears_soon(citizen, "nl/demo-menu");
        world.press(citizen, "2");
        world.hears_soon(citizen, "music/default");
        world.tell_core(call::Input::Reload(town::snapshot()));
        let mobile = world.ringing(carrier);
        world.answer(mobile);
        if presses {
            world.press(mobile, "1");
            world.talk(citizen, mobile);
        } else {
            world.hang_up(mobile);
            world.hears_within(citizen, "nl/queue-comfort", 25);
        }
        world.hang_up(citizen);
        world.run(6_000);
    }
    world.must(Verb::DetachStation {
        station: "anna".to_owned(),
    });
    world.nothing_left();
    world.arms_taken()
}

/// The same of transfers by phones.
fn rare_transfers() -> BTreeMap<Arm, u64> {
    let mut world = World::new(1_001);
    let (a, b, c) = (
        world.phone("2101"),
        world.phone("2102"),
        world.phone("2103"),
    );
    let take = |world: &mut World, line: Line| {
        let name = ("Replaces".to_owned(), world.replaces(line));
        world.with(a, |habits| habits.extra = vec![name]);
        let new = world.call(a, "2101");
        world.until("an answer", |world| world.status(new) != 0);
        world.with(a, |habits| habits.extra.clear());
        new
    };
    let (first, left) = world.talking(a, "2102", b);
    let (second, right) = world.talking(a, "2103", c);
    world.refer_to_call(first, "2103", second);
    world.over_soon(second);
    world.talk(left, right);
    world.hang_up(left);
    world.run(500);
    // A phone that waits for the outcome of its transfer is no party that could be replaced.
    let (first, left) = world.talking(a, "2102", b);
    world.refer(first, "2103");
    let called = world.ringing(c);
    let nobody = take(&mut world, first);
    assert_eq!(world.status(nobody), 481);
    world.answer(called);
    world.talk(left, called);
    world.hang_up(left);
    world.over_soon(first);
    let ringing = world.call(b, "2101");
    let called = world.ringing(a);
    world.run(100);
    let taken = take(&mut world, called);
    world.talk(ringing, taken);
    world.hang_up(ringing);
    world.run(500);
    world.nothing_left();
    world.arms_taken()
}

#[test]
fn whatever_people_do_nothing_is_left() {
    let mut taken = rare();
    let mut failed = Vec::new();
    for seed in 0..seeds() {
        match catch_unwind(AssertUnwindSafe(|| live(seed))) {
            Ok(arms) => {
                for (arm, count) in arms {
                    *taken.entry(arm).or_default() += count;
                }
            }
            Err(why) => {
                let why = why.downcast_ref::<String>().map_or("", |why| why.as_str());
                failed.push((seed, why.lines().next().unwrap_or_default().to_owned()));
            }
        }
    }
    // Straight to the terminal: the coverage is worth seeing when all is well, too.
    let mut table = String::from("\n    times  arm of the call's table\n");
    for arm in Arm::ALL {
        let times = taken.get(arm).copied().unwrap_or_default();
        table.push_str(&format!("{times:>9}  {arm:?}\n"));
    }
    std::io::stdout()
        .write_all(table.as_bytes())
        .expect("the terminal takes it");
    assert!(failed.is_empty(), "these seeds failed: {failed:#?}");
    if seeds() < 300 {
        println!(
            "NOT RUN: {} of 300 seeds, and which arms they reach: SEEDS is set",
            300 - seeds()
        );
        return;
    }
    let by_chance = |arm: &Arm| BY_CHANCE.iter().any(|(chance, _)| chance == arm);
    for arm in Arm::ALL.iter().filter(|arm| !by_chance(arm)) {
        let listed = NEVER.iter().any(|(never, _)| never == arm);
        assert_eq!(
            taken.contains_key(arm),
            !listed,
            "{arm:?}: reached, or else listed with its reason"
        );
    }
}

/// One seed, for the debugger: `SEED=17 cargo test one_seed`.
#[test]
fn one_seed() {
    let seed = std::env::var("SEED")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1);
    let arms = live(seed);
    assert!(!arms.is_empty());
}
