//! Accounts from a CSV file with a header row. Preview first; the import is the same reading, then one transaction.
use super::ImportError;
use super::csv::{self, CsvRecord};
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::secret;
use crate::types::{Digests, Moment, NewAccount, SymmetricRtp};
use std::collections::BTreeMap;

/// The columns a header may name, in any order; `account` must be there. An empty `password` gets a generated one, an empty
/// `digests` is `sha256+md5`, an empty `calls` is `outside`, an empty `symmetric_rtp` is `auto`.
pub const COLUMNS: [&str; 9] = [
    "account",
    "name",
    "password",
    "site",
    "number",
    "digests",
    "calls",
    "place",
    "symmetric_rtp",
];

/// One account of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedAccount {
    /// Line in the file.
    pub line: usize,
    /// What would be added.
    pub account: NewAccount,
    /// Whether the password was generated here: then it must be told, once.
    pub generated: bool,
}

/// What a file would add; nothing is written yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountImport {
    /// In the order of the file.
    pub accounts: Vec<ImportedAccount>,
}

impl Directory {
    /// Reads a file and checks every line against the rules and against what is there already.
    ///
    /// # Errors
    /// [`DirectoryError::Import`] with all mistakes; database errors.
    pub async fn preview_accounts(
        &self,
        realm: &str,
        text: &str,
    ) -> Result<AccountImport, DirectoryError> {
        let (accounts, mut mistakes) = self.read_accounts(realm, text)?;
        let snapshot = self.snapshot().await?;
        for row in &accounts {
            let new = &row.account;
            let mut mistake = |message| {
                mistakes.push(ImportError {
                    line: row.line,
                    message,
                })
            };
            if snapshot
                .accounts
                .iter()
                .any(|old| old.realm == new.realm && old.name == new.name)
            {
                mistake(format!("account {} exists already", new.name));
            }
            if let Some(site) = new
                .site
                .as_ref()
                .filter(|site| snapshot.sites.iter().all(|known| known.id != **site))
            {
                let known: Vec<&str> = snapshot.sites.iter().map(|site| site.id.as_str()).collect();
                mistake(format!(
                    "there is no site {site:?}; expected one of: {}",
                    known.join(", ")
                ));
            }
        }
        if mistakes.is_empty() {
            return Ok(AccountImport { accounts });
        }
        mistakes.sort_by_key(|mistake| mistake.line);
        Err(DirectoryError::Import(mistakes))
    }

    /// Adds all accounts of a preview, or none of them.
    ///
    /// # Errors
    /// [`DirectoryError::Import`] with the line when one became impossible since the preview; database errors.
    pub async fn import_accounts(
        &self,
        import: &AccountImport,
        now: Moment,
    ) -> Result<(), DirectoryError> {
        let mut transaction = self.database.write().await?;
        for row in &import.accounts {
            match self
                .insert_account(&mut transaction, &row.account, now)
                .await
            {
                Ok(()) => {}
                Err(error @ (DirectoryError::AccountExists(_) | DirectoryError::Invalid(_))) => {
                    return Err(DirectoryError::Import(vec![ImportError {
                        line: row.line,
                        message: error.to_string(),
                    }]));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(transaction.commit().await?)
    }

    fn read_accounts(
        &self,
        realm: &str,
        text: &str,
    ) -> Result<(Vec<ImportedAccount>, Vec<ImportError>), DirectoryError> {
        let refuse = |mistake| DirectoryError::Import(vec![mistake]);
        let records = csv::parse(text).map_err(refuse)?;
        let Some((header, rows)) = records.split_first() else {
            return Err(refuse(ImportError {
                line: 1,
                message: expected_header("the file is empty"),
            }));
        };
        let columns = columns(header).map_err(DirectoryError::Import)?;
        let mut accounts = Vec::with_capacity(rows.len());
        let mut mistakes = Vec::new();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for row in rows {
            let generated = secret::generate(&self.random)?;
            match account(realm, &columns, row, generated) {
                Ok(account) => {
                    if let Some(first) = seen.insert(account.account.name.clone(), row.line) {
                        let message = format!(
                            "account {} stands on line {first} as well",
                            account.account.name
                        );
                        mistakes.push(ImportError {
                            line: row.line,
                            message,
                        });
                    }
                    accounts.push(account);
                }
                Err(message) => mistakes.push(ImportError {
                    line: row.line,
                    message,
                }),
            }
        }
        Ok((accounts, mistakes))
    }
}

fn expected_header(wrong: &str) -> String {
    format!(
        "{wrong}; expected a header row with these columns: {}",
        COLUMNS.join(", ")
    )
}

/// The column of each field.
fn columns(header: &CsvRecord) -> Result<Vec<&'static str>, Vec<ImportError>> {
    let mut columns: Vec<&'static str> = Vec::new();
    let mut mistakes = Vec::new();
    let mut mistake = |wrong: &str| {
        mistakes.push(ImportError {
            line: header.line,
            message: expected_header(wrong),
        })
    };
    for field in &header.fields {
        match COLUMNS
            .iter()
            .find(|column| column.eq_ignore_ascii_case(field.trim()))
        {
            Some(column) if columns.contains(column) => {
                mistake(&format!("column {column:?} stands twice"))
            }
            Some(column) => columns.push(column),
            None => mistake(&format!("column {field:?} is not known")),
        }
    }
    if !columns.contains(&"account") {
        mistake("there is no column \"account\"");
    }
    if mistakes.is_empty() {
        Ok(columns)
    } else {
        Err(mistakes)
    }
}

fn account(
    realm: &str,
    columns: &[&'static str],
    row: &CsvRecord,
    generated: String,
) -> Result<ImportedAccount, String> {
    if row.fields.len() != columns.len() {
        return Err(format!(
            "{} fields, expected {} as in the header",
            row.fields.len(),
            columns.len()
        ));
    }
    let field = |name: &str| {
        let found = columns
            .iter()
            .zip(&row.fields)
            .find(|(column, _)| **column == name);
        found
            .map(|(_, field)| field.trim().to_owned())
            .filter(|field| !field.is_empty())
    };
    let name = field("account").ok_or("the account is empty")?;
    // A password is taken as it stands: a space at its end may be meant.
    let given = columns
        .iter()
        .zip(&row.fields)
        .find(|(column, _)| **column == "password")
        .map(|(_, field)| field.clone());
    let given = given.filter(|password| !password.is_empty());
    let mut account = NewAccount::new(realm, &name, "");
    let is_generated = given.is_none();
    account.password = given.unwrap_or(generated);
    account.display = field("name").unwrap_or(name);
    account.site = field("site");
    account.caller_number = field("number");
    if let Some(code) = field("digests") {
        account.digests = Digests::from_code(&code)
            .ok_or_else(|| format!("digests {code:?}: expected sha256, sha256+md5 or md5"))?;
    }
    account.outside = match field("calls").as_deref() {
        None | Some("outside") => true,
        Some("inside") => false,
        Some(other) => return Err(format!("calls {other:?}: expected outside or inside")),
    };
    account.place = field("place").unwrap_or_default();
    if let Some(code) = field("symmetric_rtp") {
        account.symmetric_rtp = SymmetricRtp::from_code(&code)
            .ok_or_else(|| format!("symmetric_rtp {code:?}: expected off, auto or on"))?;
    }
    account.check()?;
    Ok(ImportedAccount {
        line: row.line,
        account,
        generated: is_generated,
    })
}
