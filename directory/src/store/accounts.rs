//! Accounts: added with their secrets sealed, listed with them opened.
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::secret;
use crate::types::{Account, Digests, Ha1, Moment, NewAccount};
use sqlx::{Sqlite, SqliteConnection, Transaction};

/// An `account` row in the order of the statement that reads it.
type Row = (
    String,
    String,
    String,
    String,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<String>,
    Option<String>,
    i64,
);

impl Directory {
    /// Adds an account; only the digests of its password are kept, sealed.
    ///
    /// # Errors
    /// [`DirectoryError::AccountExists`], [`DirectoryError::Invalid`] with what was expected, database errors.
    pub async fn add_account(
        &self,
        account: &NewAccount,
        now: Moment,
    ) -> Result<(), DirectoryError> {
        let mut transaction = self.database.write().await?;
        self.insert_account(&mut transaction, account, now).await?;
        Ok(transaction.commit().await?)
    }

    /// A fresh password for an account, 24 characters.
    ///
    /// # Errors
    /// [`DirectoryError::Random`].
    pub fn generate_password(&self) -> Result<String, DirectoryError> {
        secret::generate(&self.random)
    }

    /// All accounts with their secrets opened, by realm and name.
    ///
    /// # Errors
    /// [`DirectoryError::Sealed`] when the key file is not theirs; database errors.
    pub async fn accounts(&self) -> Result<Vec<Account>, DirectoryError> {
        let mut connection = self.database.read().acquire().await?;
        self.accounts_in(&mut connection).await
    }

    /// The same, as one view with other rows.
    pub(crate) async fn accounts_in(
        &self,
        db: &mut SqliteConnection,
    ) -> Result<Vec<Account>, DirectoryError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT realm, name, display, digests, ha1_sha256, ha1_md5, site, caller_number, blocked FROM account ORDER BY realm, name",
        )
        .fetch_all(db)
        .await?;
        rows.into_iter().map(|row| self.open_account(row)).collect()
    }

    /// Blocks or frees an account; false when there is none of that name.
    ///
    /// # Errors
    /// Database errors.
    pub async fn block_account(
        &self,
        realm: &str,
        name: &str,
        blocked: bool,
    ) -> Result<bool, DirectoryError> {
        let mut transaction = self.database.write().await?;
        let changed = sqlx::query("UPDATE account SET blocked = $3 WHERE realm = $1 AND name = $2")
            .bind(realm)
            .bind(name)
            .bind(i64::from(blocked))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Removes an account; false when there is none of that name.
    ///
    /// # Errors
    /// Database errors.
    pub async fn remove_account(&self, realm: &str, name: &str) -> Result<bool, DirectoryError> {
        let mut transaction = self.database.write().await?;
        let removed = sqlx::query("DELETE FROM account WHERE realm = $1 AND name = $2")
            .bind(realm)
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(removed.rows_affected() > 0)
    }

    /// Adds an account inside a transaction of the caller.
    pub(crate) async fn insert_account(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        account: &NewAccount,
        now: Moment,
    ) -> Result<(), DirectoryError> {
        account.check().map_err(DirectoryError::Invalid)?;
        let ha1 = secret::ha1(
            &account.name,
            &account.realm,
            &account.password,
            account.digests,
        );
        let seal = |algorithm: &str, plain: &[u8]| {
            self.key.seal(
                &context(&account.realm, &account.name, algorithm),
                plain,
                &self.random,
            )
        };
        let sha256 = ha1.sha256.map(|plain| seal("sha256", &plain)).transpose()?;
        let md5 = ha1.md5.map(|plain| seal("md5", &plain)).transpose()?;
        let inserted = sqlx::query(
            "INSERT INTO account (realm, name, display, digests, ha1_sha256, ha1_md5, site, caller_number, blocked, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9) ON CONFLICT (realm, name) DO NOTHING",
        )
        .bind(&account.realm)
        .bind(&account.name)
        .bind(&account.display)
        .bind(account.digests.as_str())
        .bind(sha256)
        .bind(md5)
        .bind(&account.site)
        .bind(&account.caller_number)
        .bind(now.0)
        .execute(&mut **transaction)
        .await
        .map_err(|error| no_such_site(error, account))?;
        match inserted.rows_affected() {
            0 => Err(DirectoryError::AccountExists(format!(
                "{}@{}",
                account.name, account.realm
            ))),
            _ => Ok(()),
        }
    }

    fn open_account(&self, row: Row) -> Result<Account, DirectoryError> {
        let (realm, name, display, digests, sha256, md5, site, caller_number, blocked) = row;
        let sealed = || DirectoryError::Sealed {
            account: format!("{name}@{realm}"),
        };
        let open = |algorithm, closed: Option<Vec<u8>>| {
            closed
                .map(|closed| {
                    self.key
                        .open_sealed(&context(&realm, &name, algorithm), &closed)
                        .ok_or_else(sealed)
                })
                .transpose()
        };
        let sha256 = open("sha256", sha256)?
            .map(|plain| plain.try_into().map_err(|_| sealed()))
            .transpose()?;
        let md5 = open("md5", md5)?
            .map(|plain| plain.try_into().map_err(|_| sealed()))
            .transpose()?;
        let digests = Digests::from_code(&digests).ok_or_else(|| {
            DirectoryError::Invalid(format!(
                "account {name}@{realm}: unknown digests {digests:?}"
            ))
        })?;
        Ok(Account {
            realm,
            name,
            display,
            digests,
            ha1: Ha1 { sha256, md5 },
            site,
            caller_number,
            blocked: blocked != 0,
        })
    }
}

/// Binds a sealed secret to its row and algorithm.
fn context(realm: &str, name: &str, algorithm: &str) -> String {
    format!("ha1:{algorithm}:{name}@{realm}")
}

fn no_such_site(error: sqlx::Error, account: &NewAccount) -> DirectoryError {
    match (
        &account.site,
        error
            .as_database_error()
            .is_some_and(|error| error.is_foreign_key_violation()),
    ) {
        (Some(site), true) => DirectoryError::Invalid(format!(
            "account {}: there is no site {site:?}",
            account.name
        )),
        _ => error.into(),
    }
}
