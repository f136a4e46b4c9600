//! The records of a running program: facts into the journal at once, and from there into the tables within a second.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use call::Entry;
use directory::journal::{Journal, Notice};
use directory::{Directory, DirectoryError, Folder, LegId};
use server::JournalSink;
use tokio::runtime::Handle;

use crate::compose::facts::Translator;

/// How often the journal is folded.
const FOLD: Duration = Duration::from_millis(500);
/// How long the last folding may wait for a locked database.
const LAST: Duration = Duration::from_secs(5);
/// After this the peers of ghost dialogs have had their BYE (RFC 3261: 64*T1), or are gone themselves.
const GHOSTS: Duration = Duration::from_secs(33);

/// The journal as the shell's writer sees it.
pub(crate) struct Sink {
    directory: PathBuf,
    inner: Mutex<Inner>,
}

struct Inner {
    journal: Journal,
    translator: Translator,
}

impl Sink {
    /// Takes over this process's journal, whose segments lie in `directory`.
    pub(crate) fn new(journal: Journal, directory: PathBuf) -> Sink {
        Sink {
            directory,
            inner: Mutex::new(Inner {
                journal,
                translator: Translator::default(),
            }),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl JournalSink for Sink {
    /// Never fails: what the disk refuses waits in the journal's own memory, and it says so once.
    fn append(&self, entries: &[Entry]) -> io::Result<()> {
        let mut inner = self.inner();
        let Inner {
            journal,
            translator,
        } = &mut *inner;
        let facts: Vec<_> = entries.iter().map(|entry| translator.fact(entry)).collect();
        journal.append(&facts);
        say(journal);
        Ok(())
    }

    /// The disk takes its time before the lock is taken, so that no `append` waits for it: what is left for the journal's own
    /// fsync is what was written meanwhile. An error is the journal's to see: the kernel tells it to every open file.
    fn sync(&self) -> io::Result<()> {
        let segments = std::fs::read_dir(&self.directory).into_iter().flatten();
        for segment in segments.flatten() {
            let _ = File::open(segment.path()).and_then(|file| file.sync_data());
        }
        let mut inner = self.inner();
        inner.journal.sync();
        say(&mut inner.journal);
        Ok(())
    }
}

fn say(journal: &mut Journal) {
    while let Some(notice) = journal.poll_notice() {
        match notice {
            Notice::Waiting(why) => {
                tracing::error!(
                    kind = "journal",
                    "records wait in memory, calls go on: {why}"
                );
            }
            Notice::Recovered { lost: 0 } => {
                tracing::warn!(
                    kind = "journal",
                    "the disk takes records again, none was lost"
                );
            }
            Notice::Recovered { lost } => {
                tracing::error!(
                    kind = "journal",
                    "the disk takes records again, {lost} were lost"
                );
            }
            Notice::ReserveSpent => {
                tracing::error!(
                    kind = "journal",
                    "the disk is full: make room, records are still written"
                );
            }
            Notice::ReserveRestored => {
                tracing::info!(kind = "journal", "the disk has room again");
            }
            Notice::SyncFailed(why) => {
                tracing::error!(
                    kind = "journal",
                    "the disk did not confirm records, they are written again: {why}"
                );
            }
        }
    }
}

/// The thread that folds the journal into the tables, until it is ended.
pub(crate) struct Folding {
    stop: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Folding {
    /// Starts it. `ghosts` are noted as told once their BYEs had their time.
    pub(crate) fn start(
        runtime: Handle,
        directory: Directory,
        ghosts: Vec<LegId>,
    ) -> io::Result<Folding> {
        let (stop, stopped) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("folder".into())
            .spawn(move || fold_all(&runtime, &directory, ghosts, &stopped))?;
        Ok(Folding { stop, thread })
    }

    /// Folds what is still there and ends the thread.
    pub(crate) fn end(self) {
        // A thread that is gone already has folded what it could.
        let _ = self.stop.try_send(());
        let _ = self.thread.join();
    }
}

fn fold_all(runtime: &Handle, directory: &Directory, mut ghosts: Vec<LegId>, stop: &Receiver<()>) {
    let begun = Instant::now();
    let mut folder = Folder::new(directory);
    let mut failing = false;
    loop {
        let more = match runtime.block_on(folder.fold()) {
            Ok(folded) => {
                if std::mem::take(&mut failing) {
                    tracing::warn!(kind = "database", "records reach the database again");
                }
                if folded.damaged > 0 {
                    tracing::error!(
                        kind = "journal",
                        "{} damaged records are skipped",
                        folded.damaged
                    );
                }
                !folded.caught_up
            }
            Err(why) => {
                tell(&why, &mut failing);
                false
            }
        };
        if !ghosts.is_empty() && begun.elapsed() > GHOSTS {
            match runtime.block_on(directory.ghosts_told(&ghosts)) {
                Ok(()) => ghosts.clear(),
                Err(why) => tell(&why, &mut failing),
            }
        }
        let pause = if more { Duration::ZERO } else { FOLD };
        match stop.recv_timeout(pause) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    if let Err(why) = runtime.block_on(folder.catch_up(LAST)) {
        tracing::warn!(
            kind = "database",
            "the last records wait in the journal for the next start: {why}"
        );
    }
}

fn tell(why: &DirectoryError, failing: &mut bool) {
    if !std::mem::replace(failing, true) {
        tracing::error!(
            kind = "database",
            "the database takes no records, they wait in the journal and calls go on: {why}"
        );
    }
}
