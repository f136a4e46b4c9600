//! The whole data directory on a disk that others fill: rows cannot be written, facts wait, and when there is room again every
//! call is one journey (RELIABILITY fault 7).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
mod town;

use directory::Folder;
use directory::journal::{Limits, Notice};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

#[test]
fn a_full_disk_costs_no_record() {
    town::file_system::of(2048, "a_full_disk_costs_no_record", |path| {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(fill_and_free(path));
    });
}

async fn fill_and_free(path: &Path) {
    const CALLS: usize = 300;
    let directory = town::open(&path.join("data")).await;
    let mut journal = directory
        .open_journal(Limits {
            reserve: 64 * 1024,
            ..Limits::default()
        })
        .await
        .unwrap();
    journal.sync();
    let mut folder = Folder::new(&directory);
    let mut filler = File::create(path.join("filler")).unwrap();
    while filler.write_all(&[7; 512]).is_ok() {}
    let mut refused = 0;
    for call in 0..CALLS {
        journal.append(&town::call(&format!("1-{call}")));
        if call % 50 == 49 {
            journal.sync();
            let error = folder.catch_up(Duration::ZERO).await.unwrap_err();
            assert!(error.is_temporary(), "{error:?}");
            refused += 1;
        }
    }
    assert_eq!(refused, CALLS / 50);
    let said: Vec<Notice> = std::iter::from_fn(|| journal.poll_notice()).collect();
    assert!(
        matches!(said[..], [Notice::ReserveSpent, Notice::Waiting(_)]),
        "each said once: {said:?}"
    );
    assert_eq!(
        directory.journeys(10).await.unwrap(),
        [],
        "reading works meanwhile"
    );
    drop(filler); // an open file keeps its room
    std::fs::remove_file(path.join("filler")).unwrap();
    journal.sync();
    assert!(
        std::iter::from_fn(|| journal.poll_notice())
            .any(|notice| notice == Notice::Recovered { lost: 0 })
    );
    folder.catch_up(Duration::from_secs(10)).await.unwrap();
    let journeys = directory.journeys(u32::MAX).await.unwrap();
    assert_eq!(journeys.len(), CALLS);
    assert!(journeys.iter().all(|journey| journey.legs.len() == 2
        && journey.decisions.len() == 1
        && journey.cause.is_some()));
    assert_eq!(directory.lost_facts().await.unwrap(), 0);
}
