//! The note on a call, and what the call came to (FEATURES CON-12).
use super::Moment;
use crate::error::DirectoryError;

/// What an operator wrote about a call. It dies with the journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Rises with each save, from 1.
    pub version: u64,
    /// At most 4 000 characters, with newlines and no other control characters.
    pub text: String,
    /// Who saved it last: a user's name.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// Why a note was not saved.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    /// Somebody saved another text since: this one.
    #[error("the note was changed by {} meanwhile", .0.by)]
    Changed(Note),
    /// It is too long, or the database failed.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl From<sqlx::Error> for NoteError {
    fn from(error: sqlx::Error) -> Self {
        NoteError::Directory(error.into())
    }
}
