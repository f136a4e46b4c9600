//! The SQLite database: one writer, some readers, the schema (DESIGN section 9, sqlx).
//!
//! All SQL of this crate is text with `$n`, `TEXT`, `BIGINT` and `BLOB`, with upserts both engines know, so that a PostgreSQL pool
//! can stand beside this one without a second set of statements.
use crate::error::DirectoryError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Sqlite, SqlitePool, Transaction};
use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

/// How long a statement waits for another connection's lock before it gives [`DirectoryError::Locked`].
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const READERS: u32 = 4;

/// The two pools. Cloning shares them.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Database {
    /// Opens or creates the file; `migrate` brings its schema up to date.
    pub(crate) async fn open(path: &Path, migrate: bool) -> Result<Self, DirectoryError> {
        if migrate {
            // SQLite gives its other files the mode of this one: nobody else on the machine reads citizens' numbers.
            create_private(path).map_err(|why| DirectoryError::File {
                path: path.to_owned(),
                why,
            })?;
        }
        // FULL: a fold is on the disk before the journal that held it is removed.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true);
        // SQLite has one writer anyway: a second connection of ours would only wait inside SQLite instead of in order.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            // A full disk makes SQLite end the transaction by itself, of which sqlx is not told: its own count stays at one,
            // and every later transaction on that connection is refused. So it is closed here and the pool opens another.
            .before_acquire(|connection, _| {
                let idle = !connection.is_in_transaction();
                Box::pin(async move { Ok(idle) })
            })
            .connect_with(options.clone())
            .await?;
        if migrate {
            sqlx::migrate!("./migrations").run(&writer).await?;
        }
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_lazy_with(options.read_only(true));
        Ok(Database { writer, readers })
    }

    /// A transaction that holds the write lock from its first statement, so that it cannot fail half way for want of it.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, DirectoryError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// The pool for reading.
    pub(crate) fn read(&self) -> &SqlitePool {
        &self.readers
    }

    /// Ends all connections; SQLite folds its own log into the file.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
