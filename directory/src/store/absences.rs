//! Who is away, and whose calls go elsewhere. A row is never changed but to say that it ended: who set what for whom, and when,
//! stays on record (FEATURES CON-18).
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::typed;
use crate::types::{Absence, Moment, Occasion};
use ring::rand::SecureRandom;
use sqlx::SqliteConnection;

/// Longest target, characters: a number as people dial it, or an account.
const TARGET: usize = 64;
/// How long a phone may ring before its calls go elsewhere, seconds.
const AFTER: std::ops::RangeInclusive<u32> = 5..=120;
/// Most rows of an account's history in one answer.
const HISTORY: u32 = 1_000;

type Row = (
    String,
    String,
    Option<i64>,
    Option<String>,
    Option<i64>,
    String,
    i64,
    Option<i64>,
    Option<String>,
);

const SELECT: &str = "SELECT account, occasion, after_s, target, until, author, set_at, ended_at, ended_by FROM absence";

impl Directory {
    /// What is in force at `now`, by account and occasion.
    ///
    /// # Errors
    /// Database errors.
    pub async fn absences(&self, now: Moment) -> Result<Vec<Absence>, DirectoryError> {
        let mut connection = self.database.read().acquire().await?;
        let mut rows = absences_in(&mut connection).await?;
        rows.retain(|row| row.until.is_none_or(|until| now < until));
        Ok(rows)
    }

    /// All that was ever said of an account, the newest first, at most `limit` and 1 000.
    ///
    /// # Errors
    /// Database errors.
    pub async fn absence_history(
        &self,
        account: &str,
        limit: u32,
    ) -> Result<Vec<Absence>, DirectoryError> {
        let sql = format!("{SELECT} WHERE account = $1 ORDER BY set_at DESC, id DESC LIMIT $2");
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(account)
            .bind(i64::from(limit.min(HISTORY)))
            .fetch_all(self.database.read())
            .await?;
        rows.into_iter().map(absence).collect()
    }

    /// Somebody is away (`Always`), or calls go elsewhere on an occasion; it replaces what was said of the same account and
    /// occasion. Saying the same again changes nothing.
    ///
    /// # Errors
    /// [`DirectoryError::Invalid`] when there is no such account, the end is not later than `at`, a target is missing where
    /// one is needed or is the account itself; database errors.
    pub async fn set_absence(
        &self,
        account: &str,
        occasion: Occasion,
        to: Option<&str>,
        until: Option<Moment>,
        by: &str,
        at: Moment,
    ) -> Result<Absence, DirectoryError> {
        let new = Absence {
            account: account.to_owned(),
            occasion,
            to: target(account, occasion, to)?,
            until: later(until, at)?,
            by: typed::name(by, "who says that somebody is away")?,
            at,
            ended: None,
        };
        let mut transaction = self.database.write().await?;
        let kept = self.put(&mut transaction, new).await?;
        transaction.commit().await?;
        Ok(kept)
    }

    /// Writes a rule in place of what was said of the same account and occasion, and gives what stands there then.
    pub(super) async fn put(
        &self,
        db: &mut SqliteConnection,
        new: Absence,
    ) -> Result<Absence, DirectoryError> {
        let (account, occasion, at) = (&new.account, new.occasion, new.at);
        known(db, account).await?;
        if occasion == Occasion::Closed {
            has_service(db, account).await?;
        }
        let there = absences_in(db).await?;
        let mut same = there.into_iter().filter(|row| {
            row.account == *account
                && row.occasion == occasion
                && row.until.is_none_or(|until| at < until)
        });
        if let Some(there) =
            same.find(|row| (&row.to, row.until, &row.by) == (&new.to, new.until, &new.by))
        {
            return Ok(there);
        }
        end(db, account, occasion, &new.by, at).await?;
        sqlx::query(
            "INSERT INTO absence (id, account, occasion, after_s, target, until, author, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(self.fresh_id()?)
        .bind(account)
        .bind(occasion.as_str())
        .bind(occasion.after_s().map(i64::from))
        .bind(&new.to)
        .bind(new.until.map(|until| until.0))
        .bind(&new.by)
        .bind(at.0)
        .execute(db)
        .await?;
        Ok(new)
    }

    /// Somebody is back: what was said for `Always` ends. True when something ended.
    ///
    /// # Errors
    /// Database errors.
    pub async fn end_absence(
        &self,
        account: &str,
        by: &str,
        at: Moment,
    ) -> Result<bool, DirectoryError> {
        self.end_forward(account, Occasion::Always, by, at).await
    }

    /// Calls go nowhere else on this occasion any more. True when something ended.
    ///
    /// # Errors
    /// Database errors.
    pub async fn end_forward(
        &self,
        account: &str,
        occasion: Occasion,
        by: &str,
        at: Moment,
    ) -> Result<bool, DirectoryError> {
        let by = typed::name(by, "who says that somebody is back")?;
        let mut transaction = self.database.write().await?;
        let ended = end(&mut transaction, account, occasion, &by, at).await?;
        transaction.commit().await?;
        Ok(ended)
    }

    /// 128 random bits in hex.
    fn fresh_id(&self) -> Result<String, DirectoryError> {
        let mut bytes = [0; 16];
        self.random
            .fill(&mut bytes)
            .map_err(|_| DirectoryError::Random)?;
        Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
    }
}

/// An end that is still to come.
pub(super) fn later(until: Option<Moment>, at: Moment) -> Result<Option<Moment>, DirectoryError> {
    if until.is_some_and(|until| until <= at) {
        return Err(DirectoryError::Invalid(
            "absence: expected an end that is later than now".to_owned(),
        ));
    }
    Ok(until)
}

/// Where calls may go: the words of the rule, not yet whether it leads anywhere; that the exchange says for each call.
pub(super) fn target(
    account: &str,
    occasion: Occasion,
    to: Option<&str>,
) -> Result<Option<String>, DirectoryError> {
    let to = to
        .map(|to| typed::line(to, TARGET, "where calls go"))
        .transpose()?
        .filter(|to| !to.is_empty());
    let wrong = |text: String| Err(DirectoryError::Invalid(text));
    if to.as_deref() == Some(account) {
        return wrong(format!("account {account}: its calls come to it already"));
    }
    if to.is_none() && occasion != Occasion::Always {
        return wrong(format!("account {account}: expected where its calls go"));
    }
    match occasion.after_s() {
        Some(after) if !AFTER.contains(&after) => wrong(format!(
            "account {account}: expected {} to {} seconds of ringing, not {after}",
            AFTER.start(),
            AFTER.end()
        )),
        _ => Ok(to),
    }
}

async fn known(db: &mut SqliteConnection, account: &str) -> Result<(), DirectoryError> {
    let (accounts,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM account WHERE name = $1")
        .bind(account)
        .fetch_one(db)
        .await?;
    match accounts {
        0 => Err(DirectoryError::Invalid(format!(
            "there is no account {account:?}"
        ))),
        _ => Ok(()),
    }
}

/// Who has the account belongs to a service, which opens and closes.
async fn has_service(db: &mut SqliteConnection, account: &str) -> Result<(), DirectoryError> {
    let (services,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM person p JOIN person_number n ON n.person = p.id WHERE n.number = $1 AND p.service IS NOT NULL",
    )
    .bind(account)
    .fetch_one(db)
    .await?;
    match services {
        0 => Err(DirectoryError::Invalid(format!(
            "account {account}: nobody is known there, or they have no service that could be closed"
        ))),
        _ => Ok(()),
    }
}

/// Ends what is in force, and gives those whose time is over the end they had.
pub(super) async fn end(
    db: &mut SqliteConnection,
    account: &str,
    occasion: Occasion,
    by: &str,
    at: Moment,
) -> Result<bool, DirectoryError> {
    sqlx::query("UPDATE absence SET ended_at = until WHERE ended_at IS NULL AND until <= $1")
        .bind(at.0)
        .execute(&mut *db)
        .await?;
    let ended = sqlx::query(
        "UPDATE absence SET ended_at = $4, ended_by = $3 WHERE account = $1 AND occasion = $2 AND ended_at IS NULL",
    )
    .bind(account)
    .bind(occasion.as_str())
    .bind(by)
    .bind(at.0)
    .execute(db)
    .await?;
    Ok(ended.rows_affected() > 0)
}

/// Rows that nobody ended; whether their time is over, the reader compares with its own clock.
pub(super) async fn absences_in(db: &mut SqliteConnection) -> Result<Vec<Absence>, DirectoryError> {
    let sql = format!("{SELECT} WHERE ended_at IS NULL ORDER BY account, occasion, set_at");
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .fetch_all(db)
        .await?;
    rows.into_iter().map(absence).collect()
}

fn absence(row: Row) -> Result<Absence, DirectoryError> {
    let (account, occasion, after, to, until, by, at, ended_at, ended_by) = row;
    let after = after.and_then(|after| u32::try_from(after).ok());
    let occasion = Occasion::from_code(&occasion, after).ok_or_else(|| {
        DirectoryError::Invalid(format!("account {account}: unknown occasion {occasion:?}"))
    })?;
    Ok(Absence {
        account,
        occasion,
        to,
        until: until.map(Moment),
        by,
        at: Moment(at),
        ended: ended_by.zip(ended_at.map(Moment)),
    })
}
