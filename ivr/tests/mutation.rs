//! Seeded mutation of the dialplans, prompt texts and hours: whatever is read, nothing panics and nothing hangs.
//! `FUZZ_SECONDS` (default 1) is the time for each test.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use ivr::schedule::{Calendar, Hours, preview};
use ivr::simulate::branches;
use ivr::{Library, Situation, Surroundings, check, parse, run_tests};
use std::sync::Arc;
use std::time::{Duration, Instant};

const FLOWS: [&str; 2] = [
    include_str!("../../dialplans/demo.toml"),
    include_str!("../../dialplans/merger.toml"),
];
const TEXTS: &str = include_str!("../../dialplans/prompts/texts.toml");
const HOURS: [&str; 9] = [
    "24/7",
    "Mo-Fr 08:30-12:00,13:00-16:30; PH off",
    "Mo-Fr 08:30-12:00, We 13:30-16:00; PH off",
    "Fr 22:00-02:00; Sa 00:00-24:00",
    "Jan-Mar Mo-Fr 09:00-17:00; Dec 24 09:00-12:00; week 10-20 Sa 10:00-12:00",
    "2026 Dec 24-2027 Jan 01 off \"feest\"; PH Mo 10:00-11:00",
    "Mo[1] 08:00-10:00; Su[-1] off; SH off; sunrise-sunset",
    "Mo-Fr 10:00+ || \"on call\"",
    "easter -2 days off; PH,Mo-Fr 08:00-26:00/01:30",
];

/// Marsaglia's xorshift64: the same mutations on every machine.
struct Seed(u64);

impl Seed {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }

    /// One to four changes: a byte, a cut, a doubled or moved piece, or a piece of another text.
    fn mutate(&mut self, text: &str, other: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let length = self.below(40).min(bytes.len() - at);
            match self.below(6) {
                0 if at < bytes.len() => {
                    bytes[at] = b" \"=[]{}#.,:;-*+0129az\xC3\n\\"[self.below(24)]
                }
                1 => drop(bytes.drain(at..at + length)),
                2 => {
                    let piece = bytes[at..at + length].to_vec();
                    let to = self.below(bytes.len() + 1);
                    bytes.splice(to..to, piece);
                }
                3 => {
                    let from = self.below(other.len());
                    let piece = other.as_bytes()[from..]
                        .iter()
                        .take(length.max(1))
                        .copied()
                        .collect::<Vec<u8>>();
                    bytes.splice(at..at + length, piece);
                }
                4 if at < bytes.len() => bytes[at] ^= 1 << self.below(7),
                _ => bytes.truncate(bytes.len() - length.min(bytes.len())),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn for_a_while(mut one: impl FnMut(usize)) {
    let seconds = std::env::var("FUZZ_SECONDS")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(1);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut rounds = 0;
    while Instant::now() < end {
        let begin = Instant::now();
        one(rounds);
        assert!(
            begin.elapsed() < Duration::from_secs(5),
            "round {rounds} took {:?}",
            begin.elapsed()
        );
        rounds += 1;
    }
    println!("{rounds} mutations");
}

#[test]
fn dialplan() {
    let library = Library::parse(TEXTS, "texts.toml").unwrap();
    let around = Surroundings {
        library,
        emergency: vec!["112".into()],
        country_code: "32".into(),
    };
    let mut seed = Seed(0x5EED_0001);
    let mut accepted = 0;
    for_a_while(|round| {
        let source = seed.mutate(FLOWS[round % 2], FLOWS[(round + 1) % 2]);
        match parse(&source, "mutated.toml") {
            Err(found) => {
                assert!(!found.is_empty());
                assert!(found.iter().all(|d| !d.to_string().is_empty()));
            }
            Ok(flow) => {
                accepted += 1;
                let flow = Arc::new(flow);
                check(&flow, &around)
                    .iter()
                    .for_each(|d| assert!(!d.to_string().is_empty()));
                assert!(!run_tests(&flow).to_string().is_empty());
                branches(&flow);
            }
        }
    });
    println!("{accepted} accepted");
    assert!(accepted > 0, "some mutations only touch comments");
}

#[test]
fn hours() {
    let calendar = Calendar::of(&["BE"]).unwrap();
    let flow = parse(FLOWS[0], "demo.toml").unwrap();
    let service = flow.services.values().next().unwrap();
    let mut seed = Seed(0x5EED_0002);
    for_a_while(|round| {
        let other = HOURS[seed.below(HOURS.len())];
        let text = seed.mutate(HOURS[round % HOURS.len()], other);
        if let Ok(hours) = Hours::parse("mutated", &text, &calendar) {
            hours.replaced();
            let situation = Situation {
                hours: [(service.name.clone(), text)].into(),
                ..Situation::default()
            };
            preview(
                &flow,
                service,
                "2026-12-20".parse().unwrap(),
                20,
                &situation,
            );
        }
    });
}

#[test]
fn texts() {
    let mut seed = Seed(0x5EED_0003);
    for_a_while(|_| drop(Library::parse(&seed.mutate(TEXTS, FLOWS[0]), "texts.toml")));
}
