//! Whom calls back after emergency calls are for.
use super::value;
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::types::{Callback, Moment};

impl Directory {
    /// Those whose time is not over at `now`, by number.
    ///
    /// # Errors
    /// Database errors.
    pub async fn callbacks(&self, now: Moment) -> Result<Vec<Callback>, DirectoryError> {
        type Row = (String, String, i64, Option<String>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT number, origin, until, centre FROM callback WHERE until > $1 ORDER BY number",
        )
        .bind(now.0)
        .fetch_all(self.database.read())
        .await?;
        let callback = |(number, origin, until, centre): Row| {
            Ok(Callback {
                number,
                origin: value(&origin, "callback")?,
                until: Moment(until),
                centre,
            })
        };
        rows.into_iter().map(callback).collect()
    }
}
