//! Many who are away at once: a service or a site whose calls go to the mobiles of its people, or to one place (FEATURES
//! CALL-11, CON-18). Each gets a row of their own, so that each can come back alone, and the record says of each who did it.
use super::absences::{end, later, target};
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::typed;
use crate::types::{Absence, Circle, Moment, Occasion, Together};
use sqlx::SqliteConnection;

/// Somebody of the circle: account, name, and the first mobile number.
type Colleague = (String, String, Option<String>);

impl Directory {
    /// Calls of everybody in the circle of `account` go to `to`, or to each one's own mobile, until then; all or, when
    /// something is wrong, none. Whoever has no mobile that may be shown stays as they were, and is named.
    ///
    /// # Errors
    /// [`DirectoryError::Invalid`] when the end is not later than `at`, or nobody is known to have this account, or has no
    /// such circle; database errors.
    pub async fn circle_away(
        &self,
        account: &str,
        circle: Circle,
        to: Option<&str>,
        until: Moment,
        by: &str,
        at: Moment,
    ) -> Result<Together, DirectoryError> {
        let by = typed::name(by, "who says that somebody is away")?;
        let until = later(Some(until), at)?;
        let mut transaction = self.database.write().await?;
        let mut done = Together::default();
        for (account, name, mobile) in colleagues(&mut transaction, account, circle).await? {
            // Whoever takes the others' calls keeps their own.
            if to.is_some_and(|to| to.trim() == account) {
                continue;
            }
            let Some(goes) = to.or(mobile.as_deref()) else {
                done.left.push(name);
                continue;
            };
            let new = Absence {
                to: target(&account, Occasion::Always, Some(goes))?,
                account: account.clone(),
                occasion: Occasion::Always,
                until,
                by: by.clone(),
                at,
                ended: None,
            };
            self.put(&mut transaction, new).await?;
            done.accounts.push(account);
        }
        transaction.commit().await?;
        Ok(done)
    }

    /// Everybody in the circle of `account` is back.
    ///
    /// # Errors
    /// As [`Directory::circle_away`].
    pub async fn circle_back(
        &self,
        account: &str,
        circle: Circle,
        by: &str,
        at: Moment,
    ) -> Result<Together, DirectoryError> {
        let by = typed::name(by, "who says that somebody is back")?;
        let mut transaction = self.database.write().await?;
        let mut done = Together::default();
        for (account, _, _) in colleagues(&mut transaction, account, circle).await? {
            if end(&mut transaction, &account, Occasion::Always, &by, at).await? {
                done.accounts.push(account);
            }
        }
        transaction.commit().await?;
        Ok(done)
    }
}

async fn colleagues(
    db: &mut SqliteConnection,
    account: &str,
    circle: Circle,
) -> Result<Vec<Colleague>, DirectoryError> {
    let column = match circle {
        Circle::Service => "service",
        Circle::Site => "site",
    };
    let sql = format!(
        "SELECT a.name, p.name, (SELECT m.number FROM person_number m WHERE m.person = p.id AND m.kind = 'mobile' AND m.visibility <> 'hidden' ORDER BY m.place LIMIT 1)
         FROM person p JOIN person_number n ON n.person = p.id JOIN account a ON a.name = n.number
         WHERE p.{column} = (SELECT q.{column} FROM person q JOIN person_number o ON o.person = q.id WHERE o.number = $1 LIMIT 1)
         GROUP BY a.name ORDER BY a.name"
    );
    let found: Vec<Colleague> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account)
        .fetch_all(db)
        .await?;
    match found.is_empty() {
        true => Err(DirectoryError::Invalid(format!(
            "account {account}: nobody is known there, or they have no {column}"
        ))),
        false => Ok(found),
    }
}
