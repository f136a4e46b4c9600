//! A data directory of an earlier program is brought up to date when it is opened, and nothing in it is lost.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
mod town;

use directory::Moment;
use sqlx::Connection;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;

/// The rows of a program that knew migrations up to 7.
const ROWS: [&str; 9] = [
    "INSERT INTO entity VALUES ('demo', 'Demo town', 'BE', 'nl,fr', NULL)",
    "INSERT INTO number (e164, entity, label, flow) VALUES ('+3254310000', 'demo', 'Central number', 'demo')",
    "INSERT INTO journey VALUES ('took', 3, 1000, '+32470123456', '+3254310000', 'operator', NULL, 9000, 'caller-hung-up')",
    "INSERT INTO leg VALUES ('took-1', 'took', 'inbound', '+32470123456', '', 1000, 1001, 9000, 'caller-hung-up', NULL, 0, NULL)",
    "INSERT INTO leg VALUES ('took-2', 'took', 'outbound', '2101', '', 1002, 2000, 9000, 'caller-hung-up', NULL, 0, NULL)",
    "INSERT INTO journey VALUES ('lost', 3, 500, '+32470000002', '+3254310000', 'operator', NULL, 900, 'cancelled')",
    "INSERT INTO leg VALUES ('lost-1', 'lost', 'inbound', '+32470000002', '', 500, 501, 900, 'cancelled', NULL, 0, NULL)",
    "INSERT INTO leg VALUES ('lost-2', 'lost', 'outbound', '2101', '', 502, NULL, 900, 'cancelled', NULL, 0, NULL)",
    "UPDATE journal_position SET epoch = 3, sequence = 77 WHERE id = 1",
];

#[tokio::test]
async fn a_directory_of_before_the_desk_keeps_its_journeys_and_gets_the_desk_s_tables() {
    let temp = tempfile::tempdir().unwrap();
    // The key file and an empty database; then the database of before in its place.
    let fresh = town::open(temp.path()).await;
    let file = fresh.data().database();
    fresh.close().await;
    drop(fresh);
    for ending in ["", "-wal", "-shm"] {
        let mut path = file.clone().into_os_string();
        path.push(ending);
        let _ = std::fs::remove_file(path);
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let all = Migrator::new(folder).await.unwrap();
    let options = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true);
    let mut old = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    all.run_to(7, &mut old).await.unwrap();
    for row in ROWS {
        sqlx::query(row).execute(&mut old).await.unwrap();
    }
    old.close().await.unwrap();

    let directory = town::open(temp.path()).await;
    let journeys = directory.journeys(10).await.unwrap();
    assert_eq!((journeys.len(), journeys[0].legs.len()), (2, 2));
    let missed = directory.missed(Moment(0), 10).await.unwrap();
    let missed: Vec<_> = missed.iter().map(|one| one.journey.0.as_str()).collect();
    assert_eq!(missed, ["lost"], "who answered then was spoken with");
    let contacts = directory
        .contacts("+32470123456", Moment(5_000), 8)
        .await
        .unwrap();
    assert_eq!(contacts[0].who.as_deref(), Some("2101"));
    assert_eq!(directory.folded().await.unwrap().sequence, 77);
    assert_eq!(directory.tasks_open().await.unwrap(), []);
    directory.close().await;
    drop(directory);
    let again = town::open(temp.path()).await;
    assert_eq!(again.journeys(10).await.unwrap(), journeys);
}
