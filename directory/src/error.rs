//! What can go wrong in the directory, each with the file or line to look at.
use crate::import::ImportError;
use std::io;
use std::path::{Path, PathBuf};

/// An error of the directory. Its text is one sentence that names what to look at.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Another process works on the data directory.
    #[error("the data directory {} is in use by another centrale", .path.display())]
    InUse {
        /// The data directory.
        path: PathBuf,
    },
    /// The data directory could not be made or locked.
    #[error("the data directory {} cannot be used: {why}", .path.display())]
    Directory {
        /// The data directory.
        path: PathBuf,
        /// The system's reason.
        why: io::Error,
    },
    /// The database cannot be opened: it is none, or it is damaged.
    #[error("the database {} cannot be opened: {why}", .path.display())]
    Database {
        /// The SQLite file.
        path: PathBuf,
        /// What SQLite says.
        why: sqlx::Error,
    },
    /// A file could not be made, read or written.
    #[error("the file {} cannot be used: {why}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        why: io::Error,
    },
    /// The key file cannot be used: missing beside an existing database, readable by others, or of a wrong length.
    #[error("the key file {} {why}", .path.display())]
    Key {
        /// The key file.
        path: PathBuf,
        /// The rest of the sentence.
        why: &'static str,
    },
    /// A sealed secret does not open: the key file is not the one it was sealed with, or the row was changed.
    #[error("the secret of account {account} cannot be opened with this key file")]
    Sealed {
        /// `name@realm`.
        account: String,
    },
    /// The database is locked by another connection; nothing was changed, try again.
    #[error("the database is locked by another program")]
    Locked,
    /// The disk has no room for the database; nothing was changed, try again.
    #[error("the disk is full")]
    DiskFull,
    /// The database refused or failed otherwise.
    #[error("database: {0}")]
    Sql(sqlx::Error),
    /// The database's schema is newer than this program, or was changed by hand.
    #[error("database schema: {0}")]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// A journal segment cannot be read.
    #[error("journal {}: {why}", .path.display())]
    Journal {
        /// The segment or the directory.
        path: PathBuf,
        /// The system's reason.
        why: io::Error,
    },
    /// A segment was written by a newer program.
    #[error("journal {} has a format this program does not know", .path.display())]
    JournalFormat {
        /// The segment.
        path: PathBuf,
    },
    /// A value is not what it has to be; the sentence says what was expected.
    #[error("{0}")]
    Invalid(String),
    /// An account of that name is there already.
    #[error("account {0} exists already")]
    AccountExists(String),
    /// A user of that name is there already.
    #[error("user {0} exists already")]
    UserExists(String),
    /// A file of accounts has mistakes; nothing was imported.
    #[error("{} mistakes, nothing was imported: {}", .0.len(), .0.first().map_or_else(String::new, ToString::to_string))]
    Import(Vec<ImportError>),
    /// The system gave no random bytes.
    #[error("the system gives no random bytes")]
    Random,
}

impl DirectoryError {
    /// Whether what is kept cannot be used as it is: the directory, a file of it, its key or its database.
    pub fn is_about_data(&self) -> bool {
        match self {
            DirectoryError::InUse { .. }
            | DirectoryError::Directory { .. }
            | DirectoryError::Database { .. }
            | DirectoryError::File { .. }
            | DirectoryError::Key { .. }
            | DirectoryError::Sealed { .. }
            | DirectoryError::Locked
            | DirectoryError::DiskFull
            | DirectoryError::Sql(_)
            | DirectoryError::Schema(_)
            | DirectoryError::Journal { .. }
            | DirectoryError::JournalFormat { .. } => true,
            DirectoryError::Invalid(_)
            | DirectoryError::AccountExists(_)
            | DirectoryError::UserExists(_)
            | DirectoryError::Import(_)
            | DirectoryError::Random => false,
        }
    }

    /// The same with the file's name, when it was met while the database was opened.
    pub(crate) fn at(self, database: &Path) -> DirectoryError {
        match self {
            DirectoryError::Sql(why) => DirectoryError::Database {
                path: database.to_owned(),
                why,
            },
            other => other,
        }
    }

    /// Whether the same call may succeed later without anybody changing anything here.
    pub fn is_temporary(&self) -> bool {
        matches!(self, DirectoryError::Locked | DirectoryError::DiskFull)
    }
}

impl From<sqlx::Error> for DirectoryError {
    fn from(error: sqlx::Error) -> Self {
        // SQLite's primary result code is the low byte of the extended one: 5 busy, 6 locked, 13 full.
        let code = error
            .as_database_error()
            .and_then(|error| error.code()?.parse::<i64>().ok());
        match (code.map(|code| code & 0xff), &error) {
            (Some(5 | 6), _) | (_, sqlx::Error::PoolTimedOut) => DirectoryError::Locked,
            (Some(13), _) => DirectoryError::DiskFull,
            _ => DirectoryError::Sql(error),
        }
    }
}
