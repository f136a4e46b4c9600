//! Users: added, changed, removed. Whatever changes a user ends that user's sessions in the same transaction.
use super::{joined, split};
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::types::{Moment, User, UserChange};
use sqlx::{Sqlite, SqliteConnection, Transaction};

/// A `users` row in the order of [`COLUMNS`].
type Row = (
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
    i64,
);

const COLUMNS: &str =
    "name, display, password, roles, station, phone, mobile, entity, languages, blocked";

impl Directory {
    /// Adds a user.
    ///
    /// # Errors
    /// [`DirectoryError::UserExists`], [`DirectoryError::Invalid`] with what was expected, database errors.
    pub async fn add_user(&self, user: &User, now: Moment) -> Result<(), DirectoryError> {
        let mut transaction = self.database.write().await?;
        insert_user(&mut transaction, user, now).await?;
        Ok(transaction.commit().await?)
    }

    /// All users, by name.
    ///
    /// # Errors
    /// Database errors.
    pub async fn users(&self) -> Result<Vec<User>, DirectoryError> {
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM users ORDER BY name"
        )))
        .fetch_all(self.database.read())
        .await?;
        Ok(rows.into_iter().map(user).collect())
    }

    /// One user.
    ///
    /// # Errors
    /// Database errors.
    pub async fn user(&self, name: &str) -> Result<Option<User>, DirectoryError> {
        let mut connection = self.database.read().acquire().await?;
        one(&mut connection, name).await
    }

    /// Changes a user and ends the user's sessions.
    ///
    /// # Errors
    /// [`DirectoryError::Invalid`] when there is none of that name or the change is wrong; database errors.
    pub async fn change_user(&self, name: &str, change: &UserChange) -> Result<(), DirectoryError> {
        let mut transaction = self.database.write().await?;
        let mut user = one(&mut transaction, name)
            .await?
            .ok_or_else(|| DirectoryError::Invalid(format!("there is no user {name}")))?;
        change.apply(&mut user);
        user.check().map_err(DirectoryError::Invalid)?;
        town_is_known(&mut transaction, &user).await?;
        sqlx::query(
            "UPDATE users SET display = $2, password = $3, roles = $4, station = $5, phone = $6, mobile = $7, languages = $8, \
             blocked = $9, entity = $10 WHERE name = $1",
        )
        .bind(name)
        .bind(&user.display)
        .bind(&user.password)
        .bind(joined(&user.roles))
        .bind(&user.station)
        .bind(&user.phone)
        .bind(&user.mobile)
        .bind(joined(&user.languages))
        .bind(i64::from(user.blocked))
        .bind(&user.entity)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("DELETE FROM session WHERE owner = $1")
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Removes a user and the user's sessions; false when there is none of that name. The audit keeps the name.
    ///
    /// # Errors
    /// Database errors.
    pub async fn remove_user(&self, name: &str) -> Result<bool, DirectoryError> {
        let mut transaction = self.database.write().await?;
        let removed = sqlx::query("DELETE FROM users WHERE name = $1")
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(removed.rows_affected() > 0)
    }
}

/// Adds a user inside a transaction of the caller.
pub(crate) async fn insert_user(
    transaction: &mut Transaction<'_, Sqlite>,
    user: &User,
    now: Moment,
) -> Result<(), DirectoryError> {
    user.check().map_err(DirectoryError::Invalid)?;
    town_is_known(transaction, user).await?;
    let inserted = sqlx::query(
        "INSERT INTO users (name, display, password, roles, station, phone, mobile, entity, languages, blocked, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (name) DO NOTHING",
    )
    .bind(&user.name)
    .bind(&user.display)
    .bind(&user.password)
    .bind(joined(&user.roles))
    .bind(&user.station)
    .bind(&user.phone)
    .bind(&user.mobile)
    .bind(&user.entity)
    .bind(joined(&user.languages))
    .bind(i64::from(user.blocked))
    .bind(now.0)
    .execute(&mut **transaction)
    .await?;
    match inserted.rows_affected() {
        0 => Err(DirectoryError::UserExists(user.name.clone())),
        _ => Ok(()),
    }
}

/// Refuses a town that is none, with those there are.
async fn town_is_known(db: &mut SqliteConnection, user: &User) -> Result<(), DirectoryError> {
    let Some(town) = &user.entity else {
        return Ok(());
    };
    let towns: Vec<(String,)> = sqlx::query_as("SELECT id FROM entity ORDER BY id")
        .fetch_all(db)
        .await?;
    let towns: Vec<String> = towns.into_iter().map(|(id,)| id).collect();
    if towns.contains(town) {
        return Ok(());
    }
    Err(DirectoryError::Invalid(format!(
        "user {}: there is no town {town}; there is {}",
        user.name,
        towns.join(", ")
    )))
}

async fn one(db: &mut SqliteConnection, name: &str) -> Result<Option<User>, DirectoryError> {
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM users WHERE name = $1"
    )))
    .bind(name)
    .fetch_optional(db)
    .await?;
    Ok(row.map(user))
}

fn user(row: Row) -> User {
    let (name, display, password, roles, station, phone, mobile, entity, languages, blocked) = row;
    User {
        name,
        display,
        password,
        roles: split(&roles),
        station,
        phone,
        mobile,
        entity,
        languages: split(&languages),
        blocked: blocked != 0,
    }
}
