//! Seeded mutation on stable Rust: the corpus of a fuzz target, changed a little, again and again. A panic fails and shows the input.
//!
//! Include it with `#[path]` and call `run` from one test for each target. `FUZZ_SECONDS` (default 1) is the time for each;
//! `FUZZ_SEED` (default 1) chooses another way through.

#![allow(unreachable_pub, reason = "included as a private module by its users")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest input: just above the largest message.
const LONGEST: usize = 66 * 1024;
/// An input that takes longer, each time it is tried, is a failure too.
const HANG: Duration = Duration::from_secs(1);
/// How often a slow input is tried: a machine that does other things is slow once, a hang is slow always.
const TRIES: usize = 4;

/// xorshift64*: fast, and the same on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        (high as usize) % bound.max(1)
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn read(folder: &Path, seeds: &mut Vec<Vec<u8>>) {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read(&path, seeds);
        } else {
            seeds.extend(std::fs::read(&path));
        }
    }
}

/// Feeds `body` the files of `folders` as they are, then mutations of them until the time is over. `words` are spliced in.
pub fn run(target: &str, folders: &[&Path], words: &[&str], body: impl Fn(&[u8])) {
    let mut seeds = Vec::new();
    for folder in folders {
        read(folder, &mut seeds);
    }
    assert!(!seeds.is_empty(), "{target}: no corpus in {folders:?}");
    let mut dice = Dice(number("FUZZ_SEED", 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let end = Instant::now() + Duration::from_secs(number("FUZZ_SECONDS", 1));
    let mut inputs = 0u64;
    for seed in &seeds {
        try_one(target, seed, &body);
    }
    while Instant::now() < end {
        let mut input = seeds[dice.below(seeds.len())].clone();
        for _ in 0..=dice.below(4) {
            let other = &seeds[dice.below(seeds.len())];
            change(&mut input, other, words, &mut dice);
            input.truncate(LONGEST);
        }
        try_one(target, &input, &body);
        inputs += 1;
    }
    println!(
        "mutation {target}: {} seeds, {inputs} mutations",
        seeds.len()
    );
}

fn try_one(target: &str, input: &[u8], body: &impl Fn(&[u8])) {
    let mut quickest = Duration::MAX;
    for _ in 0..TRIES {
        let start = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| body(input)));
        assert!(
            result.is_ok(),
            "{target} failed on b\"{}\"",
            input.escape_ascii()
        );
        quickest = quickest.min(start.elapsed());
        if quickest < HANG {
            return;
        }
    }
    panic!(
        "{target} took {quickest:?} or more for b\"{}\"",
        input.escape_ascii()
    );
}

fn change(input: &mut Vec<u8>, other: &[u8], words: &[&str], dice: &mut Dice) {
    const BYTES: &[u8] = b"\0\x01\t\n\r \"#%&'()*+,-./059:;<=>?@AZ[\\]^az{|}~\x7f\x80\xc3\xff";
    let at = dice.below(input.len() + 1);
    let span = at..(at + dice.below(1 + 64.min(input.len() - at))).min(input.len());
    match dice.below(9) {
        0 if at < input.len() => input[at] ^= 1 << dice.below(8),
        1 if at < input.len() => input[at] = BYTES[dice.below(BYTES.len())],
        2 => input.insert(at, BYTES[dice.below(BYTES.len())]),
        3 => drop(input.drain(span)),
        4 => input.truncate(at),
        5 => {
            // A piece again and again, up to lengths around powers of two.
            let piece = input[span].to_vec();
            let wanted = (1usize << dice.below(17)).saturating_sub(dice.below(3));
            let times = if piece.is_empty() {
                0
            } else {
                wanted / piece.len()
            };
            drop(input.splice(at..at, piece.repeat(times)));
        }
        6 => {
            let from = dice.below(other.len() + 1);
            let to = from + dice.below(other.len() - from + 1);
            drop(input.splice(span, other[from..to].iter().copied()));
        }
        7 if !words.is_empty() => drop(input.splice(span, words[dice.below(words.len())].bytes())),
        _ => {
            let tail = input.split_off(at);
            input.extend_from_slice(&other[dice.below(other.len() + 1)..]);
            input.extend_from_slice(&tail[..dice.below(tail.len() + 1)]);
        }
    }
}
