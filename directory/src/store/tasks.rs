//! Calls back that are to be made.
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::typed;
use crate::types::{JourneyId, Moment, NewTask, Task};
use sqlx::{FromRow, Row, SqliteConnection, sqlite::SqliteRow};

/// Longest text of a task, characters.
const TEXT: usize = 1_000;
/// Open tasks that a desk can show; above it somebody has to deal with some.
const OPEN: i64 = 1_000;

const COLUMNS: &str = "id, version, number, name, lang, service, whom, text, author, at, due, journey, done, done_by, done_at";

impl Directory {
    /// All open tasks, the oldest first.
    ///
    /// # Errors
    /// Database errors.
    pub async fn tasks_open(&self) -> Result<Vec<Task>, DirectoryError> {
        let sql = format!("SELECT {COLUMNS} FROM task WHERE done = 0 ORDER BY at, id LIMIT $1");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(OPEN)
            .fetch_all(self.database.read())
            .await?)
    }

    /// One task, `None` when there is none of that id.
    ///
    /// # Errors
    /// Database errors.
    pub async fn task(&self, id: &str) -> Result<Option<Task>, DirectoryError> {
        let mut connection = self.database.read().acquire().await?;
        task_in(&mut connection, id).await
    }

    /// Adds a task. The same id again gives the task that is there, as it is now.
    ///
    /// # Errors
    /// [`DirectoryError::Invalid`] without a number, with too long a text, or when a thousand are open; database errors.
    pub async fn add_task(&self, new: NewTask) -> Result<Task, DirectoryError> {
        let new = checked(new)?;
        let mut transaction = self.database.write().await?;
        if let Some(there) = task_in(&mut transaction, &new.id).await? {
            transaction.rollback().await?;
            return Ok(there);
        }
        let (open,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM task WHERE done = 0")
            .fetch_one(&mut *transaction)
            .await?;
        if open >= OPEN {
            return Err(DirectoryError::Invalid(format!(
                "{open} tasks are open: deal with some before adding another"
            )));
        }
        sqlx::query(
            "INSERT INTO task (id, version, number, name, lang, service, whom, text, author, at, due, journey, done) \
             VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0)",
        )
        .bind(&new.id)
        .bind(&new.number)
        .bind(&new.name)
        .bind(&new.lang)
        .bind(&new.service)
        .bind(&new.whom)
        .bind(&new.text)
        .bind(&new.by)
        .bind(new.at.0)
        .bind(new.due.map(|due| due.0))
        .bind(new.journey.as_ref().map(|journey| &journey.0))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Task {
            task: new,
            version: 1,
            done: None,
        })
    }

    /// A task is dealt with, or open again. Saying the same twice changes nothing. `None` when there is none of that id.
    ///
    /// # Errors
    /// Database errors.
    pub async fn task_done(
        &self,
        id: &str,
        done: bool,
        by: &str,
        at: Moment,
    ) -> Result<Option<Task>, DirectoryError> {
        let by = typed::name(by, "who dealt with a task")?;
        let mut transaction = self.database.write().await?;
        sqlx::query(
            "UPDATE task SET version = version + 1, done = $2, done_by = $3, done_at = $4 WHERE id = $1 AND done <> $2",
        )
        .bind(id)
        .bind(i64::from(done))
        .bind(done.then_some(&by))
        .bind(done.then_some(at.0))
        .execute(&mut *transaction)
        .await?;
        let task = task_in(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(task)
    }
}

/// What was ordered, as it is kept.
fn checked(new: NewTask) -> Result<NewTask, DirectoryError> {
    Ok(NewTask {
        id: typed::name(&new.id, "id of a task")?,
        number: typed::name(&new.number, "number to call back")?,
        name: new.name.as_deref().map(typed::from_outside),
        lang: typed::name_if_any(new.lang.as_deref(), "language of a task")?,
        service: typed::name_if_any(new.service.as_deref(), "service of a task")?,
        whom: typed::name_if_any(new.whom.as_deref(), "who is to call back")?,
        text: typed::lines(&new.text, TEXT, "text of a task")?,
        by: typed::name(&new.by, "author of a task")?,
        ..new
    })
}

async fn task_in(db: &mut SqliteConnection, id: &str) -> Result<Option<Task>, DirectoryError> {
    let sql = format!("SELECT {COLUMNS} FROM task WHERE id = $1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .fetch_optional(db)
        .await?)
}

impl<'r> FromRow<'r, SqliteRow> for Task {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        let due: Option<i64> = row.try_get("due")?;
        let done_by: Option<String> = row.try_get("done_by")?;
        let done_at: Option<i64> = row.try_get("done_at")?;
        let version: i64 = row.try_get("version")?;
        let task = NewTask {
            id: row.try_get("id")?,
            number: row.try_get("number")?,
            name: row.try_get("name")?,
            lang: row.try_get("lang")?,
            service: row.try_get("service")?,
            whom: row.try_get("whom")?,
            text: row.try_get("text")?,
            by: row.try_get("author")?,
            at: Moment(row.try_get("at")?),
            due: due.map(Moment),
            journey: row.try_get::<Option<String>, _>("journey")?.map(JourneyId),
        };
        Ok(Task {
            task,
            version: version.unsigned_abs(),
            done: done_by.zip(done_at.map(Moment)),
        })
    }
}
