//! Folding: journal facts become rows, in one transaction with the position they reach, so that a kill at any moment neither
//! loses nor doubles (DESIGN "Journal"; RELIABILITY faults 6, 8, 10).
mod apply;
mod gather;
mod rows;

use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::journal::{Backlog, Position, Reader};
use crate::types::{Binding, Moment};
use gather::Gathered;
use sqlx::SqliteConnection;
use std::time::{Duration, Instant};

/// Facts in one transaction: enough that the fsync of the commit is shared, few enough that readers get their turn.
const BATCH: usize = 4000;

/// What one folding did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// Facts that became rows.
    pub facts: u64,
    /// Facts of a kind this program does not know, skipped.
    pub unknown: u64,
    /// Damaged lines, skipped; worth an alarm.
    pub damaged: u64,
    /// Nothing more was there.
    pub caught_up: bool,
}

/// Folds the journal of one data directory. Only the process that has the directory for itself has one.
#[derive(Debug)]
pub struct Folder {
    directory: Directory,
    reader: Reader,
}

impl Folder {
    /// A folder of `directory`'s journal.
    pub fn new(directory: &Directory) -> Self {
        Folder {
            directory: directory.clone(),
            reader: Reader::new(&directory.data().journal()),
        }
    }

    /// Folds at most one batch of facts and removes segments that are done with. Call it again at once unless `caught_up`, else
    /// within a second.
    ///
    /// # Errors
    /// Every error leaves the tables as they were and the records in the journal: log it once and call again. Temporary ones
    /// ([`DirectoryError::is_temporary`]) go by themselves or when somebody makes room; [`DirectoryError::JournalFormat`] and
    /// the rest need a person.
    pub async fn fold(&mut self) -> Result<Folded, DirectoryError> {
        let mut transaction = self.directory.database.write().await?;
        let before = apply::position(&mut transaction).await?;
        let backlog = self.read(before).await?;
        let mut folded = Folded {
            damaged: backlog.damaged,
            caught_up: backlog.caught_up,
            ..Folded::default()
        };
        let Some((reached, _)) = backlog.records.last() else {
            transaction.rollback().await?;
            self.reader.retire(before)?;
            return Ok(folded);
        };
        let mut gathered = Gathered::default();
        for (position, fact) in &backlog.records {
            let Some(fact) = fact else {
                folded.unknown = folded.unknown.saturating_add(1);
                continue;
            };
            folded.facts = folded.facts.saturating_add(1);
            if !gathered.take(*position, fact) {
                // It may change what was gathered before it, and be changed by what comes after it.
                rows::write(&mut transaction, std::mem::take(&mut gathered)).await?;
                apply::fact(&mut transaction, *position, fact).await?;
            }
        }
        rows::write(&mut transaction, gathered).await?;
        apply::set_position(&mut transaction, *reached).await?;
        transaction.commit().await?;
        self.reader.retire(*reached)?;
        Ok(folded)
    }

    /// Folds all that is there, trying again while the database is locked or the disk full, for at most `patience`.
    ///
    /// # Errors
    /// Those of [`Folder::fold`]; the temporary ones only when `patience` is spent.
    pub async fn catch_up(&mut self, patience: Duration) -> Result<Folded, DirectoryError> {
        let mut total = Folded::default();
        let begun = Instant::now();
        while !total.caught_up {
            match self.fold().await {
                Ok(folded) => total.add(folded),
                Err(error) if error.is_temporary() && begun.elapsed() < patience => {
                    tokio::time::sleep(RETRY).await;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(total)
    }

    /// Reads files, so on a thread that may block.
    async fn read(&mut self, after: Position) -> Result<Backlog, DirectoryError> {
        let mut reader = self.reader.clone();
        let task = tokio::task::spawn_blocking(move || {
            let backlog = reader.read(after, BATCH);
            (reader, backlog)
        });
        match task.await {
            Ok((reader, backlog)) => {
                self.reader = reader;
                backlog
            }
            Err(error) => Err(DirectoryError::Journal {
                path: self.directory.data().journal(),
                why: std::io::Error::other(error),
            }),
        }
    }
}

/// Writes a binding and the device behind it, as the fact of it would.
pub(crate) async fn binding_set(
    db: &mut SqliteConnection,
    at: Moment,
    binding: &Binding,
) -> Result<(), DirectoryError> {
    let mut gathered = Gathered::default();
    gathered.binding_set(at, binding);
    rows::write(db, gathered).await
}

const RETRY: Duration = Duration::from_millis(500);

impl Folded {
    fn add(&mut self, other: Folded) {
        self.facts = self.facts.saturating_add(other.facts);
        self.unknown = self.unknown.saturating_add(other.unknown);
        self.damaged = self.damaged.saturating_add(other.damaged);
        self.caught_up = other.caught_up;
    }
}
