//! Measures the journal and its folding on this machine: `cargo run --release -p centrale-directory --example measure [directory]`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use directory::journal::Limits;
use directory::{Arguments, DataDir, Directory, Fact, Folder, JourneyId, Moment};
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let parent = std::env::args()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let temp = tempfile::tempdir_in(parent).unwrap();
    let begun = Instant::now();
    let directory = Directory::open(DataDir::open(&temp.path().join("data")).unwrap())
        .await
        .unwrap();
    directory.seed_demo(Moment(0)).await.unwrap();
    let mut journal = directory.open_journal(Limits::default()).await.unwrap();
    directory
        .restore(&journal, Moment(0), Duration::from_secs(5))
        .await
        .unwrap();
    directory.snapshot().await.unwrap();
    println!(
        "first start (schema, demo town, journal, snapshot): {:?}",
        begun.elapsed()
    );

    let mut appends = Vec::new();
    let mut syncs = Vec::new();
    let facts: Vec<Fact> = (0..50_000).flat_map(call).collect();
    for (index, group) in facts.chunks(10).enumerate() {
        let before = Instant::now();
        journal.append(group);
        appends.push(before.elapsed());
        if index % 500 == 499 {
            let before = Instant::now();
            journal.sync();
            syncs.push(before.elapsed());
        }
    }
    journal.sync();
    report("append of 10 facts", &mut appends);
    report("sync of 5000 facts", &mut syncs);

    let begun = Instant::now();
    let folded = Folder::new(&directory)
        .catch_up(Duration::from_secs(5))
        .await
        .unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "folded {} facts in {seconds:.2} s: {:.0} facts/s",
        folded.facts,
        folded.facts as f64 / seconds
    );
    let begun = Instant::now();
    directory.journeys(20).await.unwrap();
    println!(
        "last 20 of {} journeys: {:?}",
        facts.len() / 4,
        begun.elapsed()
    );
}

/// Four small facts of one journey.
fn call(number: i64) -> [Fact; 4] {
    let journey = JourneyId(format!("1-{number}"));
    let at = Moment(1_800_000_000_000 + number);
    let decision = |node: &str| Fact::Decision {
        at,
        journey: journey.clone(),
        node: node.into(),
        code: "open".into(),
        arguments: Arguments::from([("calendar".into(), "Guichets".into())]),
    };
    [
        Fact::JourneyBegan {
            at,
            journey: journey.clone(),
            from: "+32470123456".into(),
            to: "+3254310000".into(),
            trunk: Some("operator".into()),
            session_id: None,
        },
        decision("hours"),
        decision("menu"),
        Fact::JourneyEnded {
            at,
            journey: journey.clone(),
            cause: "caller-hung-up".into(),
        },
    ]
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    println!(
        "{what}: median {:?}, p99 {:?}, worst {:?}",
        at(50),
        at(99),
        at(100)
    );
}
