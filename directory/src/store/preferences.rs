//! What people chose for the desk: theirs at whatever computer they sit. What it means is the console's.
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::types::{Moment, Preferences};
use sqlx::SqliteConnection;

/// Longest text, bytes.
const CHOSEN: usize = 4_096;

impl Directory {
    /// What a user chose last; none who never chose.
    ///
    /// # Errors
    /// Database errors.
    pub async fn preferences(&self, user: &str) -> Result<Option<Preferences>, DirectoryError> {
        let mut connection = self.database.read().acquire().await?;
        one(&mut connection, user).await
    }

    /// What a user chose now, all of it, in place of what was there.
    ///
    /// # Errors
    /// [`DirectoryError::Invalid`] when there is no such user, or when it is longer than 4 096 bytes; database errors.
    pub async fn keep_preferences(
        &self,
        user: &str,
        chosen: &str,
        at: Moment,
    ) -> Result<Preferences, DirectoryError> {
        if chosen.len() > CHOSEN {
            return Err(DirectoryError::Invalid(format!(
                "preferences of {} bytes: expected at most {CHOSEN}",
                chosen.len()
            )));
        }
        let mut transaction = self.database.write().await?;
        let kept = sqlx::query(
            "INSERT INTO preferences (owner, version, chosen, at) SELECT name, 1, $2, $3 FROM users WHERE name = $1 \
             ON CONFLICT (owner) DO UPDATE SET version = preferences.version + 1, chosen = excluded.chosen, at = excluded.at",
        )
        .bind(user)
        .bind(chosen)
        .bind(at.0)
        .execute(&mut *transaction)
        .await?;
        let row = one(&mut transaction, user).await?;
        let row = row.filter(|_| kept.rows_affected() > 0);
        let row = row.ok_or_else(|| DirectoryError::Invalid(format!("there is no user {user}")))?;
        transaction.commit().await?;
        Ok(row)
    }
}

async fn one(db: &mut SqliteConnection, user: &str) -> Result<Option<Preferences>, DirectoryError> {
    let row: Option<(i64, String)> =
        sqlx::query_as("SELECT version, chosen FROM preferences WHERE owner = $1")
            .bind(user)
            .fetch_optional(db)
            .await?;
    Ok(row.map(|(version, chosen)| Preferences {
        version: version.unsigned_abs(),
        chosen,
    }))
}
