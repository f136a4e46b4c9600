//! Services and the whole house, closed by hand. A closure ends by its own time; nobody has to take it away.
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::typed;
use crate::types::{ClosureRow, Moment, NewClosure};
use sqlx::SqliteConnection;

/// Longest text of a closure, characters.
const TEXT: usize = 200;
/// Longest time that may be closed by hand, milliseconds: 366 days. What is closed for longer belongs into the dialplan.
const LONGEST: i64 = 366 * 24 * 3_600 * 1_000;
/// Closures in force at once.
const OPEN: i64 = 100;

type Row = (
    String,
    Option<String>,
    String,
    String,
    i64,
    i64,
    Option<i64>,
    Option<String>,
);

const SELECT: &str =
    "SELECT id, service, text, author, since, until, ended_at, ended_by FROM closure";

impl Directory {
    /// The closures that have not ended at `now`, those of the whole house first, then by service and time.
    ///
    /// # Errors
    /// Database errors.
    pub async fn closures(&self, now: Moment) -> Result<Vec<ClosureRow>, DirectoryError> {
        let mut connection = self.database.read().acquire().await?;
        let mut rows = closures_in(&mut connection).await?;
        rows.retain(|row| now < row.until);
        Ok(rows)
    }

    /// Closes a service or the house. The same id again gives the closure that is there, as it is now.
    ///
    /// # Errors
    /// [`DirectoryError::Invalid`] without an end after the beginning, with one more than 366 days later, with too long a
    /// text, or when a hundred are in force; database errors.
    pub async fn close_by_hand(&self, new: NewClosure) -> Result<ClosureRow, DirectoryError> {
        let new = checked(new)?;
        let mut transaction = self.database.write().await?;
        if let Some(there) = closure_in(&mut transaction, &new.id).await? {
            transaction.rollback().await?;
            return Ok(there);
        }
        sqlx::query("UPDATE closure SET ended_at = until WHERE ended_at IS NULL AND until <= $1")
            .bind(new.from.0)
            .execute(&mut *transaction)
            .await?;
        let (open,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM closure WHERE ended_at IS NULL")
            .fetch_one(&mut *transaction)
            .await?;
        if open >= OPEN {
            return Err(DirectoryError::Invalid(format!(
                "{open} closures are in force: open something before closing another"
            )));
        }
        sqlx::query(
            "INSERT INTO closure (id, service, text, author, since, until) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&new.id)
        .bind(&new.service)
        .bind(&new.text)
        .bind(&new.by)
        .bind(new.from.0)
        .bind(new.until.0)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(ClosureRow {
            id: new.id,
            service: new.service,
            text: new.text,
            by: new.by,
            from: new.from,
            until: new.until,
            reopened: None,
        })
    }

    /// Opens early. Saying it twice keeps who said it first; a closure whose time is over stays as it is. `None` when there is
    /// none of that id.
    ///
    /// # Errors
    /// Database errors.
    pub async fn reopen(
        &self,
        id: &str,
        by: &str,
        at: Moment,
    ) -> Result<Option<ClosureRow>, DirectoryError> {
        let by = typed::name(by, "who opens")?;
        let mut transaction = self.database.write().await?;
        sqlx::query(
            "UPDATE closure SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at IS NULL AND until > $2",
        )
        .bind(id)
        .bind(at.0)
        .bind(&by)
        .execute(&mut *transaction)
        .await?;
        let row = closure_in(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(row)
    }
}

fn checked(new: NewClosure) -> Result<NewClosure, DirectoryError> {
    if new.until <= new.from {
        return Err(DirectoryError::Invalid(
            "closure: expected an end that is later than now".to_owned(),
        ));
    }
    if new.until.0.saturating_sub(new.from.0) > LONGEST {
        return Err(DirectoryError::Invalid(
            "closure: expected an end at most 366 days from now".to_owned(),
        ));
    }
    Ok(NewClosure {
        id: typed::name(&new.id, "id of a closure")?,
        service: typed::name_if_any(new.service.as_deref(), "service of a closure")?,
        text: typed::line(&new.text, TEXT, "text of a closure")?,
        by: typed::name(&new.by, "who closes")?,
        ..new
    })
}

/// Closures that nobody ended; whether their time is over, the reader compares with its own clock.
pub(super) async fn closures_in(
    db: &mut SqliteConnection,
) -> Result<Vec<ClosureRow>, DirectoryError> {
    let sql =
        format!("{SELECT} WHERE ended_at IS NULL ORDER BY service IS NOT NULL, service, since, id");
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(closure).collect())
}

async fn closure_in(
    db: &mut SqliteConnection,
    id: &str,
) -> Result<Option<ClosureRow>, DirectoryError> {
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} WHERE id = $1")))
        .bind(id)
        .fetch_optional(db)
        .await?;
    Ok(row.map(closure))
}

fn closure(row: Row) -> ClosureRow {
    let (id, service, text, by, since, until, ended_at, ended_by) = row;
    ClosureRow {
        id,
        service,
        text,
        by,
        from: Moment(since),
        until: Moment(until),
        reopened: ended_by.zip(ended_at.map(Moment)),
    }
}
