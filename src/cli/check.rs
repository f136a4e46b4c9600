//! `centrale check`: what a start would say about configuration, dialplans, recordings and accounts, without starting.

use directory::{DataDir, Directory, DirectoryError};

use super::Place;
use crate::compose::agreement;
use crate::compose::dialplans::{self, Flows, Tests};
use crate::config::{self, Config};
use crate::start::{self, Failure};
use crate::town::{Origin, absolute, counted};

pub(super) fn run(place: &Place) -> Result<(), Failure> {
    let origin = place.origin();
    let config = origin.read()?;
    let read = dialplans::read(&config, &Flows::new(), Tests::Bind)?;
    let rows = rows(&config)?;
    let mut warnings = read.warnings;
    warnings.extend(agreement::warnings(&config, &read.flows, rows.as_ref()));
    for warning in &warnings {
        eprintln!("{warning}\n");
    }
    let what = match &origin {
        Origin::Demo { .. } => {
            println!(
                "there is no {} in {}: the demo town was checked",
                config::FILE,
                absolute(".".as_ref()).display()
            );
            "the demo town".to_owned()
        }
        Origin::File(file) => file.display().to_string(),
    };
    let tests = read.flows.values().map(|flow| flow.tests.len()).sum();
    println!(
        "{what} is right: {}, {}, {}, {} with {}",
        counted(config.listeners.len(), "listener"),
        counted(config.trunks.len(), "trunk"),
        counted(config.rules.len(), "dial rule"),
        counted(read.flows.len(), "dialplan"),
        counted(tests, "test")
    );
    if rows.is_none() && !config.is_demo() {
        println!(
            "There are no data in {} yet, so nobody looked whether the phones have accounts.",
            config.data.display()
        );
    }
    Ok(())
}

/// The rows of the town, if it has any. A database of another version is for the exchange to bring up to date.
fn rows(config: &Config) -> Result<Option<directory::Snapshot>, Failure> {
    let Some(data) = DataDir::look(&config.data) else {
        return Ok(None);
    };
    let runtime = start::runtime()?;
    let rows = runtime.block_on(async {
        let directory = Directory::open(data).await?;
        let rows = directory.snapshot().await;
        directory.close().await;
        rows
    });
    match rows {
        Ok(rows) => Ok(Some(rows)),
        Err(DirectoryError::Sql(why)) => {
            eprintln!(
                "warning: nobody looked whether the phones have accounts: the database in {} cannot be read: {why}\n",
                config.data.display()
            );
            Ok(None)
        }
        Err(why) => Err(why.into()),
    }
}
