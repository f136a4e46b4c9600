//! kill -9 at random moments while facts are written and folded: nothing acknowledged is lost, nothing is doubled, and each new
//! process goes on where the last one died (RELIABILITY fault 10).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
mod town;

use directory::journal::Limits;
use directory::{Direction, Fact, Folder, JourneyId};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const NAME: &str = "killed_at_any_moment";
const ROUNDS: u64 = 12;
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn killed_at_any_moment() {
    if let Ok(path) = std::env::var("CENTRALE_TEST_VICTIM") {
        return victim(Path::new(&path));
    }
    let temp = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env("CENTRALE_TEST_VICTIM", temp.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        acknowledged.extend(kill_after(
            &mut child,
            40 + usize::try_from(round * 37 % 101).unwrap(),
        ));
    }
    assert!(acknowledged.len() > 500);
    runtime().block_on(verify(temp.path(), &acknowledged));
}

/// Reads acknowledgements, kills in the middle of the work, and takes what had been acknowledged until then.
fn kill_after(child: &mut Child, lines: usize) -> Vec<String> {
    let mut journeys = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        if let Some(journey) = line.unwrap().strip_prefix("written ") {
            journeys.push(journey.to_owned());
        }
        if journeys.len() == lines {
            child.kill().unwrap();
        }
    }
    assert!(!child.wait().unwrap().success(), "it was killed, not done");
    journeys
}

/// Writes whole calls as fast as it can, says which are written, and folds them at the same time.
fn victim(path: &Path) {
    let (directory, mut journal) = runtime().block_on(async {
        let directory = town::open(path).await;
        // Small segments, so that the kill also meets rotation and removal.
        let journal = directory
            .open_journal(Limits {
                segment: 20_000,
                reserve: 0,
                ..Limits::default()
            })
            .await
            .unwrap();
        (directory, journal)
    });
    std::thread::spawn(move || {
        runtime().block_on(async {
            let mut folder = Folder::new(&directory);
            loop {
                folder.catch_up(PATIENCE).await.unwrap();
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        });
    });
    for call in 0u64.. {
        let journey = format!("{}-{call}", journal.epoch());
        journal.append(&town::call(&journey));
        println!("written {journey}");
        if call % 16 == 0 {
            journal.sync();
        }
    }
}

async fn verify(path: &Path, acknowledged: &[String]) {
    let directory = town::open(path).await;
    let journal = directory
        .open_journal(Limits {
            reserve: 0,
            ..Limits::default()
        })
        .await
        .unwrap();
    directory
        .restore(&journal, town::at(1_000_000), PATIENCE)
        .await
        .unwrap();
    assert_eq!(directory.folded().await.unwrap().epoch, ROUNDS);
    let records: BTreeMap<_, _> = directory
        .journeys(u32::MAX)
        .await
        .unwrap()
        .into_iter()
        .map(|record| (record.id.clone(), record))
        .collect();
    for journey in acknowledged {
        let record = records
            .get(&JourneyId(journey.clone()))
            .unwrap_or_else(|| panic!("{journey} is lost"));
        assert_eq!(record.cause.as_deref(), Some("caller-hung-up"), "{journey}");
        assert_eq!(
            (record.legs.len(), record.decisions.len()),
            (2, 1),
            "{journey}: nothing twice, nothing missing"
        );
        assert!(
            record
                .legs
                .iter()
                .all(|leg| leg.answered_at.is_some() && leg.report.is_some())
        );
    }
    // A call that was being written when the process died is closed, whatever part of it got through.
    assert!(records.values().all(|record| record.ended_at.is_some()));
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_torn_last_call_is_closed_as_a_restart() {
    let temp = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let directory = town::open(temp.path()).await;
        let mut journal = directory.open_journal(Limits::default()).await.unwrap();
        let facts = town::call("1-1");
        journal.append(&facts[..2]);
        let file = std::fs::read_dir(directory.data().journal())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|ending| ending == "journal"))
            .unwrap();
        let length = std::fs::metadata(&file).unwrap().len();
        std::fs::File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_len(length - 5)
            .unwrap();
        drop(journal);
        let journal = directory.open_journal(Limits::default()).await.unwrap();
        let restored = directory
            .restore(&journal, town::at(10), PATIENCE)
            .await
            .unwrap();
        assert_eq!((restored.closed_journeys, restored.ghosts.len()), (1, 0));
        let record = &directory.journeys(1).await.unwrap()[0];
        assert_eq!(
            (record.cause.as_deref(), record.legs.len()),
            (Some("restart"), 0)
        );
        assert!(
            matches!(
                &facts[1],
                Fact::LegBegan {
                    direction: Direction::Inbound,
                    ..
                }
            ),
            "the torn fact"
        );
    });
}
