//! Accounts: added with their secrets sealed, listed with them opened.
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::secret;
use crate::types::{
    Account, AccountChange, Digests, Ha1, Moment, NewAccount, SymmetricRtp, check_place,
};
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
    i64,
    String,
    String,
);

/// SHA-256 and MD5, sealed, where the account has them.
type Sealed = (Option<Vec<u8>>, Option<Vec<u8>>);

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
            "SELECT realm, name, display, digests, ha1_sha256, ha1_md5, site, caller_number, blocked, outside, place, symmetric_rtp FROM account ORDER BY realm, name",
        )
        .fetch_all(db)
        .await?;
        rows.into_iter().map(|row| self.open_account(row)).collect()
    }

    /// Changes an account. Another way of proof keeps the password where its digest is on record: a phone that turns out to
    /// read MD5 alone goes on with the password it has.
    ///
    /// # Errors
    /// [`DirectoryError::Invalid`] when there is none of that name, or the new way of proof takes a new password; database
    /// errors.
    pub async fn change_account(
        &self,
        realm: &str,
        name: &str,
        change: &AccountChange,
    ) -> Result<(), DirectoryError> {
        let mut transaction = self.database.write().await?;
        let known = self.accounts_in(&mut transaction).await?;
        let mut account = known
            .into_iter()
            .find(|account| account.realm == realm && account.name == name)
            .ok_or_else(|| {
                DirectoryError::Invalid(format!("there is no account {name}@{realm}"))
            })?;
        account.digests = change.digests.unwrap_or(account.digests);
        account.ha1 = match &change.password {
            Some(password) => {
                let new = NewAccount::new(realm, name, password);
                new.check().map_err(DirectoryError::Invalid)?;
                secret::ha1(name, realm, password, account.digests)
            }
            None => still_proves(account.ha1, account.digests).ok_or_else(|| {
                DirectoryError::Invalid(format!(
                    "account {name}@{realm}: its password is not on record for {}, it needs a new one",
                    account.digests.as_str()
                ))
            })?,
        };
        if let Some(display) = &change.display {
            account.display.clone_from(display);
        }
        account.caller_number = change.caller_number.clone().or(account.caller_number);
        account.outside = change.outside.unwrap_or(account.outside);
        if let Some(place) = &change.place {
            check_place(name, place).map_err(DirectoryError::Invalid)?;
            account.place.clone_from(place);
        }
        account.symmetric_rtp = change.symmetric_rtp.unwrap_or(account.symmetric_rtp);
        let (sha256, md5) = self.seal(realm, name, &account.ha1)?;
        sqlx::query(
            "UPDATE account SET display = $3, digests = $4, ha1_sha256 = $5, ha1_md5 = $6, caller_number = $7, outside = $8, place = $9, symmetric_rtp = $10 \
             WHERE realm = $1 AND name = $2",
        )
        .bind(realm)
        .bind(name)
        .bind(&account.display)
        .bind(account.digests.as_str())
        .bind(sha256)
        .bind(md5)
        .bind(&account.caller_number)
        .bind(i64::from(account.outside))
        .bind(&account.place)
        .bind(account.symmetric_rtp.as_str())
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
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
        let (sha256, md5) = self.seal(&account.realm, &account.name, &ha1)?;
        let inserted = sqlx::query(
            "INSERT INTO account (realm, name, display, digests, ha1_sha256, ha1_md5, site, caller_number, blocked, created_at, outside, place, symmetric_rtp) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12) ON CONFLICT (realm, name) DO NOTHING",
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
        .bind(i64::from(account.outside))
        .bind(&account.place)
        .bind(account.symmetric_rtp.as_str())
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

    /// The secrets as they stand in the row: SHA-256, MD5.
    fn seal(&self, realm: &str, name: &str, ha1: &Ha1) -> Result<Sealed, DirectoryError> {
        let seal = |algorithm: &str, plain: &[u8]| {
            self.key
                .seal(&context(realm, name, algorithm), plain, &self.random)
        };
        Ok((
            ha1.sha256.map(|plain| seal("sha256", &plain)).transpose()?,
            ha1.md5.map(|plain| seal("md5", &plain)).transpose()?,
        ))
    }

    fn open_account(&self, row: Row) -> Result<Account, DirectoryError> {
        let (
            realm,
            name,
            display,
            digests,
            sha256,
            md5,
            site,
            caller_number,
            blocked,
            outside,
            place,
            symmetric_rtp,
        ) = row;
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
        let symmetric_rtp = SymmetricRtp::from_code(&symmetric_rtp).ok_or_else(|| {
            DirectoryError::Invalid(format!(
                "account {name}@{realm}: unknown symmetric_rtp {symmetric_rtp:?}"
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
            outside: outside != 0,
            place,
            symmetric_rtp,
        })
    }
}

/// The digests of a known password that this way of proof uses; `None` when one of them is not on record.
fn still_proves(known: Ha1, digests: Digests) -> Option<Ha1> {
    let there = Ha1 {
        sha256: known.sha256.filter(|_| digests.sha256()),
        md5: known.md5.filter(|_| digests.md5()),
    };
    let all = there.sha256.is_some() == digests.sha256() && there.md5.is_some() == digests.md5();
    all.then_some(there)
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
