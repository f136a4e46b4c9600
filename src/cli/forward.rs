//! `centrale account forward`: where the calls of an account go instead, and when (FEATURES CALL-11, CON-18).

use std::time::SystemTime;

use clap::{Args, ValueEnum};
use directory::{Directory, Occasion};

use super::account::columns;
use crate::compose::snapshot::moment;
use crate::start::Failure;

/// Who says so on record.
const BY: &str = "command line";

#[derive(Args, Debug)]
pub(super) struct Forward {
    /// Whose calls; without anything else it says where they go
    account: String,
    /// On which occasion
    #[arg(long, value_enum, requires = "goes")]
    when: Option<When>,
    /// Where they go then: an account, or a number as it is dialled; an outside phone takes a call by pressing 1
    #[arg(long, group = "goes", requires = "when")]
    to: Option<String>,
    /// They go nowhere else any more on this occasion
    #[arg(long, group = "goes", requires = "when")]
    off: bool,
    /// How long the phone rings before that, with `--when no-answer`, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = Occasion::USUAL_S)]
    after: u32,
}

/// When calls go elsewhere.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum When {
    /// Whatever the phone does
    Always,
    /// The phone is in a call, or refuses one
    Busy,
    /// Nobody answers
    NoAnswer,
    /// No phone is registered
    Unreachable,
    /// The service of the account's person is closed, by its hours, a holiday or by hand
    Closed,
}

impl When {
    fn occasion(self, after_s: u32) -> Occasion {
        match self {
            When::Always => Occasion::Always,
            When::Busy => Occasion::Busy,
            When::NoAnswer => Occasion::NoAnswer { after_s },
            When::Unreachable => Occasion::Unreachable,
            When::Closed => Occasion::Closed,
        }
    }
}

/// Does what was asked; `true` when something was changed.
pub(super) async fn run(directory: &Directory, asked: Forward) -> Result<bool, Failure> {
    let account = asked.account.as_str();
    let Some(when) = asked.when else {
        return list(directory, account).await;
    };
    let (occasion, now) = (when.occasion(asked.after), moment(SystemTime::now()));
    let name = occasion.as_str();
    if let Some(to) = &asked.to {
        directory
            .set_absence(account, occasion, Some(to), None, BY, now)
            .await?;
        println!("account   {account}: {name} to {to}");
        return Ok(true);
    }
    if !directory.end_forward(account, occasion, BY, now).await? {
        println!("account   {account}: {name} was not set");
        return Ok(false);
    }
    println!("account   {account}: {name} is off");
    Ok(true)
}

async fn list(directory: &Directory, account: &str) -> Result<bool, Failure> {
    let accounts = directory.accounts().await?;
    if !accounts.iter().any(|row| row.name == account) {
        let unknown = format!("there is no account {account}");
        return Err(Failure::Other(unknown));
    }
    let mut lines = vec![["WHEN", "TO", "SAID BY"].map(str::to_owned)];
    let rows = directory.absences(moment(SystemTime::now())).await?;
    for row in rows.into_iter().filter(|row| row.account == account) {
        let when = match row.occasion.after_s() {
            Some(after) => format!("{} ({after} s)", row.occasion.as_str()),
            None => row.occasion.as_str().to_owned(),
        };
        lines.push([when, row.to.unwrap_or_else(|| "-".to_owned()), row.by]);
    }
    if lines.len() == 1 {
        println!("Calls of {account} go nowhere else.");
    } else {
        print!("{}", columns(&lines));
    }
    Ok(false)
}
