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

/// What the writer promises: a fact is written so long after it happened, at most.
const PROMISED: Duration = Duration::from_millis(100);

/// A day of made-up time: facts come when they are said to, and nothing takes longer than it is said to.
struct Day {
    start: Instant,
    past: Arc<Mutex<Duration>>,
    facts: std::collections::VecDeque<(Duration, usize)>,
}

impl Day {
    fn past(&self) -> Duration {
        *self.past.lock().unwrap()
    }

    fn wait_until(&self, moment: Duration) {
        let mut past = self.past.lock().unwrap();
        *past = moment.max(*past);
    }
}

impl Inbox for Day {
    fn now(&self) -> Instant {
        self.start + self.past()
    }

    fn next(&mut self, within: Duration) -> Result<Entry, RecvTimeoutError> {
        let Some((at, _)) = self.facts.front().copied() else {
            return Err(RecvTimeoutError::Disconnected);
        };
        let limit = self.past() + within;
        self.wait_until(at.min(limit));
        self.at_hand().ok_or(RecvTimeoutError::Timeout)
    }

    fn at_hand(&mut self) -> Option<Entry> {
        let (at, number) = self.facts.front().copied()?;
        (at <= self.past()).then(|| {
            self.facts.pop_front();
            entry(number)
        })
    }

    fn sleep(&mut self, time: Duration) {
        self.wait_until(self.past() + time);
    }
}

/// Remembers at which moment of the day each fact was written.
struct Book {
    past: Arc<Mutex<Duration>>,
    written: Mutex<Vec<(Duration, usize)>>,
}

impl JournalSink for Book {
    fn append(&self, entries: &[Entry]) -> io::Result<()> {
        let now = *self.past.lock().unwrap();
        let mut written = self.written.lock().unwrap();
        written.extend(entries.iter().map(|entry| match &entry.fact {
            Fact::BindingGone { account, .. } => (now, account.parse().unwrap()),
            _ => panic!("an entry of another kind"),
        }));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Exactly, in made-up time: storms, trickles and silences between them, one fact alone and many in the same moment.
#[test]
fn no_fact_waits_longer_than_is_promised() {
    let gaps = [
        0, 0, 1, 3, 7, 19, 20, 21, 49, 50, 51, 69, 70, 99, 250, 3_000,
    ];
    let mut at = Duration::ZERO;
    let mut happened = Vec::new();
    for number in 0..20_000_usize {
        // Every gap meets every other one: a walk through the list with a growing stride.
        let gap = gaps[(number * (1 + number / gaps.len())) % gaps.len()];
        at += Duration::from_millis(gap);
        happened.push((at, number));
    }
    let past = Arc::new(Mutex::new(Duration::ZERO));
    let mut day = Day {
        start: Instant::now(),
        past: Arc::clone(&past),
        facts: happened.iter().copied().collect(),
    };
    let book = Book {
        past,
        written: Mutex::default(),
    };
    let counters = Arc::new(Counters::default());
    let (log, _) = Log::start(Arc::clone(&counters)).unwrap();
    let mut writer = Writer {
        sink: &book,
        log: &log,
        counters: &counters,
        group: Vec::new(),
        failing: false,
        written_at: None,
        unsynced_since: None,
        ask: sync_channel(1).0,
    };
    writer.run(&mut day);
    let written = book.written.lock().unwrap();
    assert_eq!(written.len(), happened.len());
    let mut longest = Duration::ZERO;
    for ((at, number), (happened, same)) in written.iter().zip(&happened) {
        assert_eq!(number, same, "in the order in which it happened");
        longest = longest.max(*at - *happened);
    }
    assert!(longest <= PROMISED, "a fact waited {longest:?}");
    assert!(longest >= GROUP, "facts are written in groups");
}
