//! After a restart: what an earlier process left open is closed with cause "restart", and what still has a peer is handed out
//! so that it gets its BYE (RELIABILITY fault 10).
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::fold::Folder;
use crate::journal::Journal;
use crate::store::number;
use crate::types::{Binding, Callback, GhostLeg, LegId, Moment};
use std::time::Duration;

/// The code of the cause.
const RESTART: &str = "restart";

/// How long a caller's language is kept after it was last said, milliseconds: a year.
const LANGUAGE_KEPT: i64 = 366 * 24 * 3_600 * 1_000;

/// What a new process takes over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Contacts that are still valid.
    pub bindings: Vec<Binding>,
    /// Answered legs of earlier processes whose peers wait for a BYE.
    pub ghosts: Vec<GhostLeg>,
    /// Whom calls back after emergency calls are for.
    pub callbacks: Vec<Callback>,
    /// How many journeys were open and are now closed.
    pub closed_journeys: u64,
}

impl Directory {
    /// Folds what earlier processes left in the journal, closes their journeys and legs at `now`, drops lapsed bindings and old
    /// languages of callers, and
    /// gives what is to be taken over. `journal` is this process's: facts of its epoch are left alone. Harmless to repeat: a
    /// ghost is handed out at every start until [`Directory::ghosts_told`] or a `LegEnded` fact names it.
    ///
    /// # Errors
    /// Those of [`Folder::catch_up`], which waits `patience` for a locked database.
    pub async fn restore(
        &self,
        journal: &Journal,
        now: Moment,
        patience: Duration,
    ) -> Result<Restored, DirectoryError> {
        Folder::new(self).catch_up(patience).await?;
        let mut transaction = self.database.write().await?;
        sqlx::query(
            "UPDATE leg SET ended_at = $1, cause = $2, ghost = CASE WHEN dialog IS NULL THEN 0 ELSE 1 END \
             WHERE ended_at IS NULL AND journey IN (SELECT id FROM journey WHERE epoch < $3)",
        )
        .bind(now.0)
        .bind(RESTART)
        .bind(number(journal.epoch()))
        .execute(&mut *transaction)
        .await?;
        let closed = sqlx::query(
            "UPDATE journey SET ended_at = $1, cause = $2 WHERE ended_at IS NULL AND epoch < $3",
        )
        .bind(now.0)
        .bind(RESTART)
        .bind(number(journal.epoch()))
        .execute(&mut *transaction)
        .await?;
        sqlx::query("DELETE FROM caller_language WHERE said_at <= $1")
            .bind(now.0.saturating_sub(LANGUAGE_KEPT))
            .execute(&mut *transaction)
            .await?;
        for lapsed in [
            "DELETE FROM binding WHERE expires_at <= $1",
            "DELETE FROM callback WHERE until <= $1",
        ] {
            sqlx::query(lapsed)
                .bind(now.0)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        let bindings = self.bindings(now).await?;
        Ok(Restored {
            bindings,
            ghosts: self.ghosts().await?,
            callbacks: self.callbacks(now).await?,
            closed_journeys: closed.rows_affected(),
        })
    }

    /// Notes that the peers of these legs have had their BYE, or were given up.
    ///
    /// # Errors
    /// Database errors.
    pub async fn ghosts_told(&self, legs: &[LegId]) -> Result<(), DirectoryError> {
        let mut transaction = self.database.write().await?;
        for leg in legs {
            sqlx::query("UPDATE leg SET ghost = 0, dialog = NULL WHERE id = $1 AND ghost = 1")
                .bind(&leg.0)
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }
}
