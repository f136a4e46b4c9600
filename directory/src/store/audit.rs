//! The audit: only ever added to; the database itself refuses the rest.
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::types::{AuditEntry, Moment};

impl Directory {
    /// Adds entries, in their order.
    ///
    /// # Errors
    /// Database errors; then none of them was added.
    pub async fn audit(&self, entries: &[AuditEntry]) -> Result<(), DirectoryError> {
        let mut transaction = self.database.write().await?;
        for entry in entries {
            sqlx::query(
                "INSERT INTO audit (number, at, actor, action, what, result, address) \
                 SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4, $5, $6 FROM audit",
            )
            .bind(entry.at.0)
            .bind(&entry.actor)
            .bind(&entry.action)
            .bind(&entry.what)
            .bind(&entry.result)
            .bind(&entry.address)
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The newest entries, newest first.
    ///
    /// # Errors
    /// Database errors.
    pub async fn audited(&self, most: u32) -> Result<Vec<AuditEntry>, DirectoryError> {
        let rows: Vec<(i64, String, String, String, String, String)> = sqlx::query_as(
            "SELECT at, actor, action, what, result, address FROM audit ORDER BY number DESC LIMIT $1",
        )
        .bind(i64::from(most))
        .fetch_all(self.database.read())
        .await?;
        let entry = |(at, actor, action, what, result, address)| AuditEntry {
            at: Moment(at),
            actor,
            action,
            what,
            result,
            address,
        };
        Ok(rows.into_iter().map(entry).collect())
    }
}
