//! The journal writer: takes facts from the core without ever holding it up, and gives them to the program's sink in groups.
//! A fact is written at most 100 ms after it happened, and on the disk at most 1 s after (DESIGN section 3).

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use call::Entry;
use call::io::Level;

use crate::clock;
use crate::counters::Counters;
use crate::log::Log;
use crate::outbox::{Outbox, outbox};

/// Facts in the channel; [`WAITING`] more wait with the core.
const CHANNEL: usize = 1_024;
/// With the sink failing or the disk stalled, so many facts wait before the newest are lost; calls go on.
const WAITING: usize = 65_536;
/// At most one group in this time: half of what a fact may wait.
const GROUP: Duration = Duration::from_millis(50);
/// While facts come, the writer looks so often whether there are more: to be woken for each would cost the core a system call.
const BREATH: Duration = Duration::from_millis(20);
/// Facts in one group.
const GROUP_SIZE: usize = 4_096;
/// A failing sink is tried again after this.
const RETRY: Duration = Duration::from_secs(1);
/// The disk is asked to hold what was written after this, at the latest; the rest of the second is the disk's own.
const SYNC: Duration = Duration::from_millis(500);

/// Where facts are kept. Given by the program; called from two threads of the shell's own, so that a slow disk delays no
/// `append`. A group that failed is given again, whole: entries are keyed so that a replay doubles nothing.
pub trait JournalSink: Send + Sync {
    /// Writes the entries, so that they survive the death of the process.
    fn append(&self, entries: &[Entry]) -> io::Result<()>;
    /// Makes what was appended survive a power cut. May take long.
    fn sync(&self) -> io::Result<()>;
}

/// What the writer has of the world: facts that come, a clock, and sleep. Passed in, so that what a fact waits is tested exactly.
trait Inbox {
    fn now(&self) -> Instant;
    /// The next fact, or none within this time.
    fn next(&mut self, within: Duration) -> Result<Entry, RecvTimeoutError>;
    /// A fact that is there already.
    fn at_hand(&mut self) -> Option<Entry>;
    fn sleep(&mut self, time: Duration);
}

impl Inbox for Receiver<Entry> {
    fn now(&self) -> Instant {
        clock::monotonic()
    }

    fn next(&mut self, within: Duration) -> Result<Entry, RecvTimeoutError> {
        self.recv_timeout(within)
    }

    fn at_hand(&mut self) -> Option<Entry> {
        self.try_recv().ok()
    }

    fn sleep(&mut self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// The running writer.
pub(crate) struct Journal {
    pub(crate) outbox: Outbox<Entry>,
    pub(crate) thread: JoinHandle<()>,
}

/// Starts the writer and its syncing companion. They end, with everything written, when the outbox is dropped.
pub(crate) fn start(
    sink: Arc<dyn JournalSink>,
    log: Log,
    counters: Arc<Counters>,
) -> io::Result<Journal> {
    let (outbox, mut entries) = outbox(CHANNEL, WAITING, None);
    // One place: a request while one runs asks for exactly one more.
    let (ask, asked) = sync_channel(1);
    let syncing = {
        let (sink, log) = (Arc::clone(&sink), log.clone());
        std::thread::Builder::new()
            .name("journal-sync".into())
            .spawn(move || sync_all(&*sink, &asked, &log))?
    };
    let thread = std::thread::Builder::new()
        .name("journal".into())
        .spawn(move || {
            let mut writer = Writer {
                sink: &*sink,
                log: &log,
                counters: &counters,
                group: Vec::new(),
                failing: false,
                written_at: None,
                unsynced_since: None,
                ask,
            };
            writer.run(&mut entries);
            drop(writer);
            // The companion ends with its last sync; a panic of the sink is told by the panic hook.
            let _ = syncing.join();
        })?;
    Ok(Journal { outbox, thread })
}

struct Writer<'a> {
    sink: &'a dyn JournalSink,
    log: &'a Log,
    counters: &'a Counters,
    group: Vec<Entry>,
    failing: bool,
    written_at: Option<Instant>,
    unsynced_since: Option<Instant>,
    ask: SyncSender<()>,
}

impl Writer<'_> {
    fn run(&mut self, entries: &mut impl Inbox) {
        loop {
            let now = entries.now();
            match entries.next(self.wait(now)) {
                Ok(entry) => self.take(entry, entries),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let now = entries.now();
            if self.append_at(now).is_some_and(|at| at <= now) {
                self.append(now);
            }
            if !self.group.is_empty() && !self.failing {
                entries.sleep(BREATH);
            }
            if self.unsynced_since.is_some_and(|since| since + SYNC <= now) {
                // A full place means that a sync is asked for and has not begun: it covers this as well.
                let _ = self.ask.try_send(());
                self.unsynced_since = None;
            }
        }
        self.append(entries.now());
        if !self.group.is_empty() {
            self.lost(self.group.len());
        }
        // The last sync: waits until the companion has taken it.
        let _ = self.ask.send(());
    }

    /// While the sink works a group is bounded by its size; while it fails, by what may wait.
    fn take(&mut self, entry: Entry, entries: &mut impl Inbox) {
        let bound = if self.failing { WAITING } else { GROUP_SIZE };
        self.group.push(entry);
        while self.group.len() < bound {
            match entries.at_hand() {
                Some(entry) => self.group.push(entry),
                None => return,
            }
        }
        if self.failing && self.group.len() > WAITING {
            self.group.pop();
            self.lost(1);
        }
    }

    /// When the group is due.
    fn append_at(&self, now: Instant) -> Option<Instant> {
        if self.group.is_empty() {
            return None;
        }
        let pause = if self.failing { RETRY } else { GROUP };
        Some(self.written_at.map_or(now, |at| at + pause))
    }

    fn wait(&self, now: Instant) -> Duration {
        let sync_at = self.unsynced_since.map(|since| since + SYNC);
        [self.append_at(now), sync_at]
            .into_iter()
            .flatten()
            .min()
            .map_or(Duration::from_secs(3_600), |at| {
                at.saturating_duration_since(now)
            })
    }

    fn append(&mut self, now: Instant) {
        if self.group.is_empty() {
            return;
        }
        self.written_at = Some(now);
        // A sink that panics is a sink that failed: the journal must outlive it.
        let appended = catch_unwind(AssertUnwindSafe(|| self.sink.append(&self.group)))
            .unwrap_or_else(|_| Err(io::Error::other("the journal's sink fell")));
        match appended {
            Ok(()) => {
                self.group.clear();
                self.group.shrink_to(GROUP_SIZE);
                self.unsynced_since.get_or_insert(now);
                if std::mem::take(&mut self.failing) {
                    self.log
                        .say(Level::Warn, "journal", "the journal is written again");
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut self.failing, true) {
                    let text = format!(
                        "the journal cannot be written, records wait and calls go on: {error}"
                    );
                    self.log.say(Level::Error, "journal", text);
                }
            }
        }
    }

    fn lost(&self, count: usize) {
        self.counters
            .journal_lost
            .add(u64::try_from(count).unwrap_or(u64::MAX));
        self.log.say(
            Level::Error,
            "journal-lost",
            "journal entries are lost: the journal cannot be written for too long",
        );
    }
}

fn sync_all(sink: &dyn JournalSink, asked: &Receiver<()>, log: &Log) {
    let mut failing = false;
    while asked.recv().is_ok() {
        let synced = catch_unwind(AssertUnwindSafe(|| sink.sync()))
            .unwrap_or_else(|_| Err(io::Error::other("the journal's sink fell")));
        match synced {
            Ok(()) => failing = false,
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    log.say(
                        Level::Error,
                        "journal-sync",
                        format!("the disk does not confirm the journal: {error}"),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
