//! Sessions: they outlive the program, and whoever removes a row ends one.
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::types::{Moment, Session, User};

impl Directory {
    /// Begins a session of a user who is still as he was when he proved himself; false when the user was changed, blocked
    /// or removed meanwhile. Sessions of the same user above `most` end, the one unused for longest first.
    ///
    /// # Errors
    /// Database errors.
    pub async fn begin_session(
        &self,
        session: &Session,
        user: &User,
        most: u32,
    ) -> Result<bool, DirectoryError> {
        let mut transaction = self.database.write().await?;
        let inserted = sqlx::query(
            "INSERT INTO session (hash, owner, began_at, seen_at, address) \
             SELECT $1, name, $3, $4, $5 FROM users WHERE name = $2 AND blocked = 0 AND password = $6",
        )
        .bind(session.hash.as_slice())
        .bind(&session.owner)
        .bind(session.began_at.0)
        .bind(session.seen_at.0)
        .bind(&session.address)
        .bind(&user.password)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM session WHERE owner = $1 AND hash NOT IN \
             (SELECT hash FROM session WHERE owner = $1 ORDER BY seen_at DESC, began_at DESC, hash LIMIT $2)",
        )
        .bind(&session.owner)
        .bind(i64::from(most))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(inserted.rows_affected() > 0)
    }

    /// All sessions, the oldest first.
    ///
    /// # Errors
    /// Database errors.
    pub async fn sessions(&self) -> Result<Vec<Session>, DirectoryError> {
        let rows: Vec<(Vec<u8>, String, i64, i64, String)> = sqlx::query_as(
            "SELECT hash, owner, began_at, seen_at, address FROM session ORDER BY began_at, hash",
        )
        .fetch_all(self.database.read())
        .await?;
        // A hash of another length is nobody's cookie.
        let session = |(hash, owner, began_at, seen_at, address): (Vec<u8>, _, _, _, _)| {
            Some(Session {
                hash: hash.try_into().ok()?,
                owner,
                began_at: Moment(began_at),
                seen_at: Moment(seen_at),
                address,
            })
        };
        Ok(rows.into_iter().filter_map(session).collect())
    }

    /// Writes down when sessions were last used; those that are gone stay gone.
    ///
    /// # Errors
    /// Database errors.
    pub async fn touch_sessions(&self, seen: &[([u8; 32], Moment)]) -> Result<(), DirectoryError> {
        let mut transaction = self.database.write().await?;
        for (hash, at) in seen {
            sqlx::query("UPDATE session SET seen_at = $2 WHERE hash = $1 AND seen_at < $2")
                .bind(hash.as_slice())
                .bind(at.0)
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Ends sessions: signed out, run out or revoked.
    ///
    /// # Errors
    /// Database errors.
    pub async fn end_sessions(&self, hashes: &[[u8; 32]]) -> Result<(), DirectoryError> {
        let mut transaction = self.database.write().await?;
        for hash in hashes {
            sqlx::query("DELETE FROM session WHERE hash = $1")
                .bind(hash.as_slice())
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }
}
