//! The audit's way to the database: a bounded queue that no request waits for, and one writer that outlives panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use directory::{AuditEntry, Directory};
use tokio::sync::{Mutex, mpsc};

use crate::clock;
use crate::life::Life;

/// Entries that wait for the database; above it they are counted and logged.
const WAITING: usize = 4_096;
/// Entries in one transaction.
const BATCH: usize = 256;
/// Pause after the database refused.
const PAUSE: Duration = Duration::from_secs(1);
/// Longest text of an entry's field, bytes; what people type is cut.
const LONGEST: usize = 200;

/// Where entries are given. Cheap to clone; it lives as long as the web side.
#[derive(Clone, Debug)]
pub(crate) struct Audit {
    entries: mpsc::Sender<AuditEntry>,
    waiting: Arc<Mutex<Backlog>>,
    lost: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Backlog {
    entries: mpsc::Receiver<AuditEntry>,
    /// Taken from the queue and not yet in the database.
    batch: Vec<AuditEntry>,
}

impl Audit {
    /// An empty one.
    pub(crate) fn new() -> Audit {
        let (entries, receiver) = mpsc::channel(WAITING);
        Audit {
            entries,
            waiting: Arc::new(Mutex::new(Backlog {
                entries: receiver,
                batch: Vec::new(),
            })),
            lost: Arc::default(),
        }
    }

    /// Notes what somebody did or was refused. `actor` is a user or what somebody claimed to be, `action` what was tried,
    /// `what` what it was about, `result` what came of it, `address` where from.
    pub(crate) fn note(&self, actor: &str, action: &str, what: &str, result: &str, address: &str) {
        let entry = AuditEntry {
            at: clock::now(),
            actor: plain(actor),
            action: plain(action),
            what: plain(what),
            result: plain(result),
            address: plain(address),
        };
        if self.entries.try_send(entry).is_err()
            && self.lost.fetch_add(1, Ordering::Relaxed).is_power_of_two()
        {
            let lost = self.lost.load(Ordering::Relaxed);
            tracing::error!(
                lost,
                "the audit cannot keep up with what happens: entries are lost"
            );
        }
    }

    /// Writes entries as they come, until the life ends. What the database refuses is tried again.
    pub(crate) async fn write(self, directory: Directory, life: Life) {
        let mut backlog = self.waiting.lock().await;
        loop {
            tokio::select! {
                () = life.ended() => return,
                () = backlog.more() => {}
            }
            if !backlog.put(&directory).await {
                tokio::select! {
                    () = life.ended() => return,
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
        }
    }

    /// Writes what waits, once: at the end of a life, when its writer has ended.
    pub(crate) async fn flush(&self, directory: &Directory) {
        let mut backlog = self.waiting.lock().await;
        while backlog.put(directory).await && !backlog.entries.is_empty() {}
    }
}

impl Backlog {
    /// Waits until there is something to write.
    async fn more(&mut self) {
        if self.batch.is_empty()
            && let Some(entry) = self.entries.recv().await
        {
            self.batch.push(entry);
        }
    }

    /// Writes one batch; false when the database refused it.
    async fn put(&mut self, directory: &Directory) -> bool {
        while self.batch.len() < BATCH
            && let Ok(entry) = self.entries.try_recv()
        {
            self.batch.push(entry);
        }
        if self.batch.is_empty() {
            return true;
        }
        match directory.audit(&self.batch).await {
            Ok(()) => self.batch.clear(),
            Err(why) => {
                tracing::error!("the audit cannot be written, it is tried again: {why}");
                return false;
            }
        }
        true
    }
}

/// Text from outside, bounded and without control characters.
fn plain(text: &str) -> String {
    let mut plain: String = text.chars().filter(|c| !c.is_control()).collect();
    plain.truncate(plain.floor_char_boundary(LONGEST));
    plain
}
