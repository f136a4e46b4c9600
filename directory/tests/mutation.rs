//! Seeded mutation of what people and disks can hand to the parsers of this crate: an imported CSV file and a journal line
//! (RELIABILITY S24). `FUZZ_SECONDS` for each target, 1 when unsaid. A panic, or a wrong answer below, fails.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
mod town;

use directory::import::{CsvRecord, parse};
use directory::journal::{Line, decode, encode};
use std::time::{Duration, Instant};

/// xorshift64*: small, seeded, good enough to choose bytes.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(value).unwrap() % end.max(1)
    }

    /// One to four edits: a byte of `alphabet` put in or over, a stretch left out or doubled.
    fn mutate(&mut self, bytes: &mut Vec<u8>, alphabet: &[u8]) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let symbol = alphabet[self.below(alphabet.len())];
            let end = (at + self.below(9)).min(bytes.len());
            match self.below(4) {
                0 => bytes.insert(at, symbol),
                1 if at < bytes.len() => bytes[at] = symbol,
                2 => drop(bytes.drain(at..end)),
                _ => {
                    let stretch = bytes[at..end].to_vec();
                    bytes.splice(at..at, stretch);
                }
            }
        }
    }
}

fn run(seed: u64, mut round: impl FnMut(&mut Dice)) {
    let seconds = std::env::var("FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let begun = Instant::now();
    let mut dice = Dice(seed);
    let mut rounds = 0u64;
    while begun.elapsed() < Duration::from_secs(seconds) {
        round(&mut dice);
        rounds += 1;
    }
    println!("{rounds} rounds");
    assert!(rounds > 100);
}

/// What a spreadsheet would write: every field in quotes.
fn print(records: &[CsvRecord]) -> String {
    let quoted = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
    let line = |record: &CsvRecord| {
        record
            .fields
            .iter()
            .map(quoted)
            .collect::<Vec<_>>()
            .join(",")
            + "\r\n"
    };
    records.iter().map(line).collect()
}

#[test]
fn csv_import() {
    let corpus = [
        "account,name,password,site,number,digests\r\n2201,\"Peeters, An\",my own password,town-hall,+3254310001,md5\r\n",
        "account;name\n2201;\"say \"\"hi\"\"\"\n\n2202;Jan\n",
        "\u{feff}account\n\"two\nlines\"\n",
    ];
    run(1, |dice| {
        let mut bytes = corpus[dice.below(corpus.len())].as_bytes().to_vec();
        dice.mutate(&mut bytes, b"\",;\r\n a2\xc3\xa9\0");
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().count() + 1;
        match parse(&text) {
            Err(mistake) => assert!((1..=lines).contains(&mistake.line), "{text:?}: {mistake}"),
            Ok(records) => {
                assert!(
                    records
                        .iter()
                        .all(|record| (1..=lines).contains(&record.line)),
                    "{text:?}"
                );
                let again = parse(&print(&records)).unwrap();
                let fields = |records: Vec<CsvRecord>| {
                    records
                        .into_iter()
                        .map(|record| record.fields)
                        .collect::<Vec<_>>()
                };
                assert_eq!(fields(again), fields(records), "{text:?}");
            }
        }
    });
}

/// The other direction, where the right answer is known beforehand: whatever the fields hold comes back from quotes.
#[test]
fn csv_fields_come_back() {
    const ALPHABET: [&str; 9] = ["\"", ",", ";", "\r", "\n", " ", "a", "é", "2101"];
    run(3, |dice| {
        let width = 1 + dice.below(4);
        let mut field = |_| {
            (0..dice.below(6))
                .map(|_| ALPHABET[dice.below(ALPHABET.len())])
                .collect::<String>()
        };
        // A first line without a field of its own making: the separator is guessed from it.
        let header = CsvRecord {
            line: 1,
            fields: vec!["account".to_owned(); width],
        };
        let record = CsvRecord {
            line: 2,
            fields: (0..width).map(&mut field).collect(),
        };
        let expected = [header.fields.clone(), record.fields.clone()];
        let found = parse(&print(&[header, record])).unwrap();
        let found: Vec<Vec<String>> = found.into_iter().map(|record| record.fields).collect();
        assert_eq!(found, expected);
    });
}

#[test]
fn journal_line() {
    let facts = town::call("1-1");
    run(2, |dice| {
        let mut line = Vec::new();
        encode(7, &facts[dice.below(facts.len())], &mut line);
        line.pop();
        let whole = line.clone();
        dice.mutate(&mut line, b"\"{}:, 019af\xff\0");
        match decode(&line, |_| true) {
            Line::Damaged => {}
            Line::Record { .. } => assert_eq!(line, whole, "a changed line passes for a record"),
        }
    });
}
