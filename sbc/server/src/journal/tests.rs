//! The writer with sinks that are slow, full or well.

use std::sync::Mutex;
use std::time::SystemTime;

use call::journal::Fact;

use super::*;

/// Remembers when each entry was appended.
#[derive(Default)]
struct Sink {
    appended: Mutex<Vec<(Instant, String)>>,
    groups: Mutex<usize>,
    syncs: Mutex<Vec<Instant>>,
    refuse: Mutex<bool>,
    /// Held by a test: the disk does not come back.
    stall: Mutex<()>,
}

impl JournalSink for Sink {
    fn append(&self, entries: &[Entry]) -> io::Result<()> {
        if *self.refuse.lock().unwrap() {
            return Err(io::Error::other("no space left"));
        }
        *self.groups.lock().unwrap() += 1;
        let now = Instant::now();
        self.appended
            .lock()
            .unwrap()
            .extend(entries.iter().map(|entry| {
                let Fact::BindingGone { account, .. } = &entry.fact else {
                    panic!("an entry of another kind");
                };
                (now, account.clone())
            }));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let _stalled = self.stall.lock().unwrap();
        self.syncs.lock().unwrap().push(Instant::now());
        Ok(())
    }
}

fn entry(number: usize) -> Entry {
    Entry {
        at: SystemTime::UNIX_EPOCH,
        fact: Fact::BindingGone {
            account: number.to_string(),
            contact: String::new(),
        },
    }
}

fn started(sink: &Arc<Sink>) -> (Journal, Arc<Counters>) {
    let counters = Arc::new(Counters::default());
    let (log, _) = Log::start(Arc::clone(&counters)).unwrap();
    let sink: Arc<dyn JournalSink> = Arc::clone(sink) as _;
    (start(sink, log, Arc::clone(&counters)).unwrap(), counters)
}

fn finish(journal: Journal) {
    let Journal { outbox, thread } = journal;
    drop(outbox);
    thread.join().unwrap();
}

#[test]
fn entries_are_written_in_groups_while_the_disk_stalls_and_synced_at_the_end() {
    let sink = Arc::new(Sink::default());
    let stalled = sink.stall.lock().unwrap();
    let (mut journal, _) = started(&sink);
    // Longer than SYNC, so that a sync is under way and stalls.
    let began = Instant::now();
    let mut pushed = 0;
    while began.elapsed() < SYNC * 2 {
        journal.outbox.push(entry(pushed)).unwrap();
        pushed += 1;
        std::thread::sleep(Duration::from_millis(5));
    }
    let groups_allowed = began.elapsed().as_millis() / GROUP.as_millis() + 2;
    while sink.appended.lock().unwrap().len() < pushed {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "a stalled disk holds entries up"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!((*sink.groups.lock().unwrap() as u128) <= groups_allowed);
    assert!(sink.syncs.lock().unwrap().is_empty());
    drop(stalled);
    finish(journal);
    let last = sink.syncs.lock().unwrap().last().copied().unwrap();
    assert!(last >= sink.appended.lock().unwrap().last().unwrap().0);
}

#[test]
fn a_full_disk_holds_entries_back_in_order_and_loses_none() {
    let sink = Arc::new(Sink::default());
    *sink.refuse.lock().unwrap() = true;
    let (mut journal, counters) = started(&sink);
    for number in 0..5_000 {
        journal.outbox.push(entry(number)).unwrap();
    }
    std::thread::sleep(Duration::from_millis(200));
    journal.outbox.flush();
    *sink.refuse.lock().unwrap() = false;
    while journal.outbox.is_waiting() {
        std::thread::sleep(Duration::from_millis(5));
        journal.outbox.flush();
    }
    finish(journal);
    let numbers: Vec<usize> = sink
        .appended
        .lock()
        .unwrap()
        .iter()
        .map(|(_, number)| number.parse().unwrap())
        .collect();
    assert_eq!(numbers, (0..5_000).collect::<Vec<_>>());
    assert_eq!(counters.journal_lost.get(), 0);
}
