//! The directory as a command meets it: opened beside a running exchange, closed again, and the exchange told of changes.

use std::time::SystemTime;

use directory::{DataDir, Directory};

use super::running;
use crate::compose::snapshot::moment;
use crate::config::Config;
use crate::start::{self, Failure};

/// Does something with the town's directory. A database that fails later than at its opening is named, too.
pub(super) fn with<T>(
    config: &Config,
    deed: impl AsyncFnOnce(&Directory) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let data = DataDir::open_beside(&config.data)?;
    let database = data.database();
    let done = start::runtime()?.block_on(async {
        let directory = Directory::open(data).await?;
        if config.is_demo() {
            directory.seed_demo(moment(SystemTime::now())).await?;
        }
        let done = deed(&directory).await;
        directory.close().await;
        done
    });
    done.map_err(|why| why.of_database(&database))
}

/// Says whether the running exchange knows of the change; with no exchange there is nothing to say.
pub(super) fn tell(config: &Config, what: &str) -> Result<(), Failure> {
    if running::ask(&config.control(), "reload")?.is_some() {
        println!("The running exchange knows {what} already.");
        return Ok(());
    }
    let file = config.file.as_deref();
    if let Some(control) = file.and_then(running::with_configuration) {
        let old = control.parent().unwrap_or(&control).display();
        println!(
            "The running exchange does not know {what}: it still uses the data in {old}, and those in {} only after a restart.",
            config.data.display()
        );
    }
    Ok(())
}
