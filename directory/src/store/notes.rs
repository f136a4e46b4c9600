//! Notes on calls, and what calls came to. They hang on their journey and go with it.
use super::number;
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::typed;
use crate::types::{JourneyId, Moment, Note, NoteError};
use sqlx::SqliteConnection;

/// Longest note, characters.
const NOTE: usize = 4_000;
/// Longest code of an outcome, characters.
const OUTCOME: usize = 32;
/// Longest id of a journey, characters.
const JOURNEY: usize = 64;

impl Directory {
    /// The note on a call.
    ///
    /// # Errors
    /// Database errors.
    pub async fn note(&self, journey: &JourneyId) -> Result<Option<Note>, DirectoryError> {
        let mut connection = self.database.read().acquire().await?;
        note_in(&mut connection, journey).await
    }

    /// Saves the whole text of a note that was typed upon version `seen`, 0 for the first. Saying the same again gives what
    /// was saved and changes nothing.
    ///
    /// # Errors
    /// [`NoteError::Changed`] with the note that is there when it is of another version; [`DirectoryError::Invalid`] when it
    /// is longer than 4 000 characters; database errors.
    pub async fn save_note(
        &self,
        journey: &JourneyId,
        seen: u64,
        text: &str,
        by: &str,
        at: Moment,
    ) -> Result<Note, NoteError> {
        let text = typed::lines(text, NOTE, "note")?;
        let by = typed::name(by, "author of a note")?;
        let mut transaction = self.database.write().await?;
        let there = note_in(&mut transaction, journey).await?;
        let version = there.as_ref().map_or(0, |note| note.version);
        if let Some(note) = there.filter(|_| version != seen) {
            let again = note.version == seen.saturating_add(1) && note.text == text;
            transaction.rollback().await?;
            return match again && note.by == by {
                true => Ok(note),
                false => Err(NoteError::Changed(note)),
            };
        }
        let saved = Note {
            version: version.saturating_add(1),
            text,
            by,
            at,
        };
        ensure_journey(&mut transaction, journey, at).await?;
        sqlx::query(
            "INSERT INTO note (journey, version, text, author, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (journey) DO UPDATE SET \
             version = excluded.version, text = excluded.text, author = excluded.author, at = excluded.at",
        )
        .bind(&journey.0)
        .bind(number(saved.version))
        .bind(&saved.text)
        .bind(&saved.by)
        .bind(at.0)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(saved)
    }

    /// Says what a call came to; the last word counts.
    ///
    /// # Errors
    /// [`DirectoryError::Invalid`] unless `outcome` is a short word of small letters and hyphens; database errors.
    pub async fn outcome(
        &self,
        journey: &JourneyId,
        outcome: &str,
        by: &str,
        at: Moment,
    ) -> Result<(), DirectoryError> {
        let code = |b: u8| b.is_ascii_lowercase() || matches!(b, b'-' | b'_');
        if outcome.is_empty() || outcome.len() > OUTCOME || !outcome.bytes().all(code) {
            return Err(DirectoryError::Invalid(format!(
                "outcome {outcome:?}: expected a short word of small letters"
            )));
        }
        let by = typed::name(by, "author of an outcome")?;
        let mut transaction = self.database.write().await?;
        ensure_journey(&mut transaction, journey, at).await?;
        sqlx::query(
            "INSERT INTO outcome (journey, outcome, author, at) VALUES ($1, $2, $3, $4) ON CONFLICT (journey) DO UPDATE SET \
             outcome = excluded.outcome, author = excluded.author, at = excluded.at",
        )
        .bind(&journey.0)
        .bind(outcome)
        .bind(&by)
        .bind(at.0)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }
}

async fn note_in(
    db: &mut SqliteConnection,
    journey: &JourneyId,
) -> Result<Option<Note>, DirectoryError> {
    let row: Option<(i64, String, String, i64)> =
        sqlx::query_as("SELECT version, text, author, at FROM note WHERE journey = $1")
            .bind(&journey.0)
            .fetch_optional(db)
            .await?;
    let note = |(version, text, by, at): (i64, String, String, i64)| Note {
        version: version.unsigned_abs(),
        text,
        by,
        at: Moment(at),
    };
    Ok(row.map(note))
}

/// A journey that began less than a second ago may not be folded yet: its row is made here, and the fact fills it.
pub(super) async fn ensure_journey(
    db: &mut SqliteConnection,
    journey: &JourneyId,
    at: Moment,
) -> Result<(), DirectoryError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if journey.0.is_empty() || journey.0.len() > JOURNEY || !journey.0.bytes().all(allowed) {
        return Err(DirectoryError::Invalid(format!(
            "journey {:?}: expected its id",
            journey.0
        )));
    }
    sqlx::query(
        "INSERT INTO journey (id, epoch, began_at, caller, called) VALUES ($1, 0, $2, '', '') ON CONFLICT (id) DO NOTHING",
    )
    .bind(&journey.0)
    .bind(at.0)
    .execute(db)
    .await?;
    Ok(())
}
