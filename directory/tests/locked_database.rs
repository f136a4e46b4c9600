//! Another program holds the database for longer than SQLite waits: facts go on into the journal, nothing is lost or doubled
//! when the lock goes (RELIABILITY fault 6; `CENTRALE_TEST_LOCK_SECONDS=30` for its full length).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
mod town;

use directory::journal::Limits;
use directory::{BUSY_TIMEOUT, DirectoryError, Folder};
use sqlx::Connection;
use std::time::{Duration, Instant};

#[tokio::test]
async fn facts_wait_while_another_program_holds_the_lock() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let mut journal = directory
        .open_journal(Limits {
            reserve: 0,
            ..Limits::default()
        })
        .await
        .unwrap();
    let url = format!("sqlite://{}", directory.data().database().display());
    let mut other = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let seconds = std::env::var("CENTRALE_TEST_LOCK_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(7);
    let locked = Duration::from_secs(seconds);
    assert!(locked > BUSY_TIMEOUT, "longer than one try waits");
    let begun = Instant::now();
    journal.append(&town::call("1-0"));
    let mut folder = Folder::new(&directory);
    assert!(matches!(folder.fold().await, Err(DirectoryError::Locked)));
    assert_eq!(
        directory.journeys(10).await.unwrap(),
        [],
        "reading works meanwhile"
    );
    let folding = tokio::spawn(async move { folder.catch_up(Duration::from_secs(60)).await });
    let mut slowest = Duration::ZERO;
    let mut calls = 1;
    while begun.elapsed() < locked {
        let before = Instant::now();
        journal.append(&town::call(&format!("1-{calls}")));
        slowest = slowest.max(before.elapsed());
        calls += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!folding.is_finished());
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    let folded = folding.await.unwrap().unwrap();
    let rest = Folder::new(&directory)
        .catch_up(Duration::from_secs(5))
        .await
        .unwrap();
    assert_eq!(folded.facts + rest.facts, 9 * calls);
    let journeys = directory.journeys(u32::MAX).await.unwrap();
    assert_eq!(u64::try_from(journeys.len()).unwrap(), calls);
    assert!(
        journeys
            .iter()
            .all(|journey| journey.legs.len() == 2 && journey.decisions.len() == 1)
    );
    println!("{calls} calls written while locked, slowest append {slowest:?}");
}
