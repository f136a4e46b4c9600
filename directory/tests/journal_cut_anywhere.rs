//! A power cut or kill leaves a journal cut at any byte: every whole record is kept, none is doubled, and the next process
//! writes on in a new epoch (RELIABILITY fault 8).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
mod town;

use directory::journal::{Journal, Limits, Position, Reader};
use directory::{DirectoryError, Fact};
use std::fs;
use std::path::Path;

fn limits() -> Limits {
    Limits {
        reserve: 0,
        ..Limits::default()
    }
}

fn segments(path: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "journal"));
    files.sort();
    files
}

fn all(path: &Path) -> (Vec<(Position, Fact)>, u64) {
    let backlog = Reader::new(path)
        .read(Position::default(), usize::MAX)
        .unwrap();
    assert!(backlog.caught_up);
    (
        backlog
            .records
            .into_iter()
            .map(|(position, fact)| (position, *fact.unwrap()))
            .collect(),
        backlog.damaged,
    )
}

#[test]
fn cut_at_every_byte_and_opened_again() {
    let temp = tempfile::tempdir().unwrap();
    let recorded = temp.path().join("recorded");
    let facts = &town::call("1-1")[..5];
    let mut journal = Journal::open(&recorded, Position::default(), limits()).unwrap();
    journal.append(facts);
    journal.sync();
    drop(journal);
    let file = segments(&recorded).remove(0);
    let bytes = fs::read(&file).unwrap();
    let ends: Vec<usize> = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(index, _)| index + 1)
        .collect();
    assert_eq!(
        ends.len(),
        facts.len() + 1,
        "a first line and one line for each fact"
    );
    for cut in 0..=bytes.len() {
        let path = temp.path().join(format!("cut-{cut}"));
        fs::create_dir(&path).unwrap();
        fs::write(path.join(file.file_name().unwrap()), &bytes[..cut]).unwrap();
        let whole = ends
            .iter()
            .filter(|end| **end <= cut)
            .count()
            .saturating_sub(1);
        let mut next = Journal::open(&path, Position::default(), limits()).unwrap();
        assert_eq!(next.epoch(), 2);
        next.append(&facts[..1]);
        let (records, damaged) = all(&path);
        assert_eq!(damaged, 0, "a cut is not damage (byte {cut})");
        let kept: Vec<&Fact> = records
            .iter()
            .filter(|(position, _)| position.epoch == 1)
            .map(|(_, fact)| fact)
            .collect();
        assert_eq!(
            kept,
            facts[..whole].iter().collect::<Vec<_>>(),
            "byte {cut}"
        );
        assert_eq!(
            records.last().unwrap(),
            &(
                Position {
                    epoch: 2,
                    sequence: 1
                },
                facts[0].clone()
            )
        );
        fs::remove_dir_all(&path).unwrap();
    }
}

#[test]
fn a_damaged_line_costs_itself_only_and_is_counted() {
    let temp = tempfile::tempdir().unwrap();
    let facts = town::call("1-1");
    let mut journal = Journal::open(temp.path(), Position::default(), limits()).unwrap();
    journal.append(&facts);
    let file = segments(temp.path()).remove(0);
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    fs::write(&file, bytes).unwrap();
    let (records, damaged) = all(temp.path());
    assert_eq!((records.len(), damaged), (facts.len() - 1, 1));
}

#[test]
fn a_page_of_zeros_after_a_power_cut_does_not_stop_the_next_process() {
    let temp = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(temp.path(), Position::default(), limits()).unwrap();
    journal.append(&town::call("1-1"));
    drop(journal);
    let file = segments(temp.path()).remove(0);
    let mut bytes = fs::read(&file).unwrap();
    let half = bytes.len() / 2;
    bytes[..half].fill(0);
    fs::write(&file, bytes).unwrap();
    let mut next = Journal::open(temp.path(), Position::default(), limits()).unwrap();
    next.append(&town::call("2-1"));
    let (records, damaged) = all(temp.path());
    assert_eq!(
        damaged, 1,
        "the zeros and what they hide are one damaged line"
    );
    assert_eq!(
        records
            .iter()
            .filter(|(position, _)| position.epoch == 2)
            .count(),
        9
    );
    assert!(
        records.len() > 9,
        "the whole lines after the zeros are kept"
    );
}

#[test]
fn a_format_of_the_future_is_refused_by_name() {
    let temp = tempfile::tempdir().unwrap();
    drop(Journal::open(temp.path(), Position::default(), limits()).unwrap());
    let file = segments(temp.path()).remove(0);
    fs::write(&file, "centrale-journal 2\n").unwrap();
    let error = Reader::new(temp.path())
        .read(Position::default(), 10)
        .unwrap_err();
    assert!(matches!(error, DirectoryError::JournalFormat { path } if path == file));
}

#[test]
fn segments_follow_each_other_and_go_when_they_are_folded() {
    let temp = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(
        temp.path(),
        Position::default(),
        Limits {
            segment: 4000,
            ..limits()
        },
    )
    .unwrap();
    let mut reader = Reader::new(temp.path());
    let mut reached = Position::default();
    let mut seen = Vec::new();
    for round in 0..20 {
        journal.append(&town::call(&format!("1-{round}")));
        journal.sync();
        // A small batch, so that readings end inside segments.
        let backlog = reader.read(reached, 7).unwrap();
        reached = backlog.records.last().unwrap().0;
        seen.extend(
            backlog
                .records
                .into_iter()
                .map(|(position, _)| position.sequence),
        );
    }
    assert!(segments(temp.path()).len() > 5);
    loop {
        let backlog = reader.read(reached, 7).unwrap();
        let Some((last, _)) = backlog.records.last() else {
            break;
        };
        reached = *last;
        seen.extend(
            backlog
                .records
                .into_iter()
                .map(|(position, _)| position.sequence),
        );
    }
    assert_eq!(seen, (1..=180).collect::<Vec<u64>>());
    reader
        .retire(Position {
            epoch: 1,
            sequence: 90,
        })
        .unwrap();
    let rest = Reader::new(temp.path())
        .read(
            Position {
                epoch: 1,
                sequence: 90,
            },
            usize::MAX,
        )
        .unwrap();
    assert_eq!(rest.records.len(), 90, "nothing that is not folded may go");
    reader.retire(reached).unwrap();
    assert_eq!(
        segments(temp.path()).len(),
        1,
        "the newest stays: its name carries the epoch"
    );
}

#[test]
fn an_emptied_directory_does_not_bring_old_epochs_back() {
    let temp = tempfile::tempdir().unwrap();
    let folded = Position {
        epoch: 7,
        sequence: 1234,
    };
    assert_eq!(
        Journal::open(temp.path(), folded, limits())
            .unwrap()
            .epoch(),
        8
    );
    assert_eq!(
        Journal::open(temp.path(), Position::default(), limits())
            .unwrap()
            .epoch(),
        9
    );
}
