//! The directory as the program sees it: opened once on a data directory, then rows in and out.
use crate::data_dir::DataDir;
use crate::database::Database;
use crate::error::DirectoryError;
use crate::journal::{Journal, Limits, Position};
use crate::key::SealingKey;
use ring::rand::SystemRandom;
use std::sync::Arc;

/// The store. Cloning is cheap and shares it; the data directory's lock is held until the last clone is gone.
#[derive(Clone, Debug)]
pub struct Directory {
    pub(crate) data: Arc<DataDir>,
    pub(crate) database: Database,
    pub(crate) key: Arc<SealingKey>,
    pub(crate) random: SystemRandom,
}

impl Directory {
    /// Opens the database and the key of a data directory, making both in an empty one. The schema is brought up to date by
    /// the process that has the directory for itself; a verb beside a running program uses it as it is.
    ///
    /// # Errors
    /// [`DirectoryError::Key`], [`DirectoryError::Schema`], [`DirectoryError::Locked`] and file or database errors.
    pub async fn open(data: DataDir) -> Result<Self, DirectoryError> {
        let random = SystemRandom::new();
        let fresh = !data.database().exists();
        let key = SealingKey::open(&data.key(), fresh && data.is_sole(), &random)?;
        let file = data.database();
        let opened = Database::open(&file, data.is_sole()).await;
        let database = opened.map_err(|why| why.at(&file))?;
        Ok(Directory {
            data: Arc::new(data),
            database,
            key: Arc::new(key),
            random,
        })
    }

    /// The data directory.
    pub fn data(&self) -> &DataDir {
        &self.data
    }

    /// How far the journal is folded into the tables.
    ///
    /// # Errors
    /// Database errors.
    pub async fn folded(&self) -> Result<Position, DirectoryError> {
        let (epoch, sequence): (i64, i64) =
            sqlx::query_as("SELECT epoch, sequence FROM journal_position WHERE id = 1")
                .fetch_one(self.database.read())
                .await?;
        Ok(Position {
            epoch: epoch.unsigned_abs(),
            sequence: sequence.unsigned_abs(),
        })
    }

    /// Begins this process's journal, in an epoch above all earlier ones. Give the result to a thread of its own.
    ///
    /// # Errors
    /// [`DirectoryError::InUse`] beside a running program, which writes the journal;
    /// [`DirectoryError::Journal`] when its directory cannot be made or read; database errors.
    pub async fn open_journal(&self, limits: Limits) -> Result<Journal, DirectoryError> {
        if !self.data.is_sole() {
            return Err(DirectoryError::InUse {
                path: self.data.path().to_owned(),
            });
        }
        let folded = self.folded().await?;
        let path = self.data.journal();
        Journal::open(&path, folded, limits).map_err(|why| DirectoryError::Journal { path, why })
    }

    /// Closes the connections; the lock goes with the last clone.
    pub async fn close(&self) {
        self.database.close().await;
    }
}
