//! What is on record afterwards, as `centrale journeys` prints it.

use std::time::{Duration, Instant};

use crate::program::Case;

/// One call's record: the lines of its block.
pub(crate) struct Record(Vec<String>);

impl Record {
    /// Who called whom, by which trunk.
    pub(crate) fn head(&self) -> &str {
        &self.0[0]
    }

    /// How long it lasted and why it ended, or `running`.
    pub(crate) fn end(&self) -> &str {
        self.0.get(1).map_or("", |line| line.trim())
    }

    /// The journey's id, in brackets at the end of the second line.
    pub(crate) fn id(&self) -> &str {
        self.end().rsplit('(').next().unwrap().trim_end_matches(')')
    }

    /// The lines of its legs.
    pub(crate) fn legs(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter_map(|line| line.trim().strip_prefix("leg"))
    }

    /// The whole block.
    pub(crate) fn text(&self) -> String {
        self.0.join("\n")
    }
}

/// The newest records, at most `count`.
pub(crate) fn read(case: &Case, count: u32) -> Vec<Record> {
    let output = case.command(&["journeys", "-n", &count.to_string()]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "centrale journeys: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    std::fs::write(case.logs.join("journeys.txt"), &text).unwrap();
    let mut records = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if !line.starts_with(' ') {
            records.push(Record(Vec::new()));
        }
        if let Some(record) = records.last_mut() {
            record.0.push(line.to_owned());
        }
    }
    records.retain(|record| record.0.len() > 1);
    records
}

/// Waits until there are `count` records, none of them running, and no id twice; more than `count` is wrong too.
pub(crate) fn exactly(case: &Case, count: usize) -> Vec<Record> {
    wait(case, Some(count))
}

/// Waits until no record is running; no id may stand there twice.
pub(crate) fn settled(case: &Case) -> Vec<Record> {
    wait(case, None)
}

fn wait(case: &Case, count: Option<usize>) -> Vec<Record> {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let records = read(case, 10_000);
        let running = records
            .iter()
            .filter(|record| record.end().starts_with("running"))
            .count();
        let mut ids: Vec<&str> = records.iter().map(Record::id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), records.len(), "a record stands there twice");
        if running == 0 && count.is_none_or(|count| count == records.len()) {
            return records;
        }
        assert!(
            Instant::now() < until,
            "{} records of {count:?}, {running} still running; see {}/journeys.txt",
            records.len(),
            case.logs.display()
        );
        std::thread::sleep(Duration::from_millis(500));
    }
}
