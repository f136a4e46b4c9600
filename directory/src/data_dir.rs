//! The data directory: one process works on it, and everything the program keeps lies in it.
use crate::error::DirectoryError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A data directory, and the lock on it for as long as this value lives. The lock is the system's: a killed process leaves none.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    lock: Option<File>,
}

impl DataDir {
    /// Takes the directory for this process alone, creating it (readable by the owner only) when missing.
    ///
    /// # Errors
    /// [`DirectoryError::InUse`] when another process has it, [`DirectoryError::Directory`] when it cannot be made.
    pub fn open(path: &Path) -> Result<Self, DirectoryError> {
        let data = Self::open_beside(path)?;
        if data.lock.is_none() {
            return Err(DirectoryError::InUse {
                path: path.to_owned(),
            });
        }
        Ok(data)
    }

    /// Opens the directory whether or not another process has it: for command line verbs that only use the database. It takes
    /// the lock when it is free.
    ///
    /// # Errors
    /// [`DirectoryError::Directory`] when it cannot be made or read.
    pub fn open_beside(path: &Path) -> Result<Self, DirectoryError> {
        let fail = |why| DirectoryError::Directory {
            path: path.to_owned(),
            why,
        };
        if path.is_file() {
            return Err(fail(io::Error::other("it is a file")));
        }
        create_private(path).map_err(fail)?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(fail)?;
        let lock = match file.try_lock() {
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(why)) => return Err(fail(why)),
        };
        Ok(DataDir {
            path: path.to_owned(),
            lock,
        })
    }

    /// The directory as it is, for who only looks: nothing in it is made, changed or locked. `None` when there is no database.
    pub fn look(path: &Path) -> Option<Self> {
        let data = DataDir {
            path: path.to_owned(),
            lock: None,
        };
        data.database().exists().then_some(data)
    }

    /// Whether this process has the directory for itself.
    pub fn is_sole(&self) -> bool {
        self.lock.is_some()
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The SQLite file.
    pub fn database(&self) -> PathBuf {
        self.path.join("centrale.sqlite")
    }

    /// The key file: outside the database, so that a copy or dump of that alone holds no secret.
    pub fn key(&self) -> PathBuf {
        self.path.join("centrale.key")
    }

    /// The directory of journal segments.
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }
}

fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_opening_is_refused_and_names_the_directory() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("centrale-data");
        let first = DataDir::open(&path).unwrap();
        let error = DataDir::open(&path).unwrap_err();
        assert!(matches!(&error, DirectoryError::InUse { path: named } if *named == path));
        assert!(error.to_string().contains("centrale-data"));
        assert!(!DataDir::open_beside(&path).unwrap().is_sole());
        drop(first);
        assert!(DataDir::open(&path).unwrap().is_sole());
    }
}
