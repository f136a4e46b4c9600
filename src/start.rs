//! Starting and running the exchange, and the few lines that say where everything is.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use call::snapshot::NumberFormat;
use console::{Doors, Settings, StartError, Web};
use directory::journal::Limits;
use directory::{DataDir, Directory, DirectoryError, LegId};
use server::{BindError, Capacity, Ended, Server, ShellConfig, Start};
use tokio::runtime::Runtime;

use crate::compose::agreement;
use crate::compose::dialplans::{self, Flows, Tests};
use crate::compose::restored;
use crate::compose::snapshot::moment;
use crate::config::{Config, Refusal};
use crate::demo;
use crate::household::Household;
use crate::records::{Folding, Sink};
use crate::town::{Origin, Town, absolute};

/// Longest path of a Unix socket, bytes (unix(7): 108 with the closing zero).
const SOCKET: usize = 107;
/// How long a start waits for a database that another program has locked.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the exchange does not run.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something else has what we need, or what is kept cannot be used: exit code 2.
    Busy(String),
    /// The database failed, and the text does not name it yet: exit code 2.
    Database(String),
    /// Everything else: exit code 1.
    Other(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Busy(why) | Failure::Other(why) => f.write_str(why),
            Failure::Database(why) => write!(f, "the database cannot be used: {why}."),
        }
    }
}

impl Failure {
    /// The same with the name of the database, where it is not said yet.
    pub(crate) fn of_database(self, path: &Path) -> Failure {
        match self {
            Failure::Database(why) => Failure::Busy(format!(
                "the database {} cannot be used: {why}.",
                path.display()
            )),
            other => other,
        }
    }
}

impl From<String> for Failure {
    fn from(why: String) -> Failure {
        Failure::Other(why)
    }
}

impl From<Refusal> for Failure {
    fn from(why: Refusal) -> Failure {
        Failure::Other(why.to_string())
    }
}

impl From<BindError> for Failure {
    fn from(why: BindError) -> Failure {
        Failure::Busy(why.to_string())
    }
}

impl From<DirectoryError> for Failure {
    fn from(why: DirectoryError) -> Failure {
        match why {
            DirectoryError::Sql(why) => Failure::Database(why.to_string()),
            DirectoryError::Locked => Failure::Database("another program has locked it".to_owned()),
            DirectoryError::DiskFull => Failure::Database("the disk is full".to_owned()),
            why if why.is_about_data() => Failure::Busy(format!("{why}.")),
            why => Failure::Other(why.to_string()),
        }
    }
}

impl From<StartError> for Failure {
    fn from(why: StartError) -> Failure {
        match why.is_busy() {
            true => Failure::Busy(why.to_string()),
            false => Failure::Other(why.to_string()),
        }
    }
}

/// A runtime for the database, on a thread of its own.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .thread_name("database")
        .build()
        .map_err(|why| Failure::Other(format!("the system gives no thread: {why}")))
}

/// Runs the exchange to its end.
pub(crate) fn run(origin: Origin) -> Result<(), Failure> {
    let config = origin.read()?;
    let read = dialplans::read(&config, &Flows::new(), Tests::Warn)?;
    for warning in &read.warnings {
        eprintln!("{warning}\n");
    }
    let runtime = runtime()?;
    let directory = runtime.block_on(open(&config))?;
    let journal = runtime.block_on(directory.open_journal(Limits::default()))?;
    let server = Server::bind(&shell(&config))?;
    let desk = config
        .console
        .as_ref()
        .map(|console| settings(&config, console));
    let doors = desk.as_ref().map(Doors::bind).transpose()?;
    let left =
        runtime.block_on(directory.restore(&journal, moment(SystemTime::now()), PATIENCE))?;
    let (bindings, ghosts, callbacks) = restored::restored(&left);
    let told: Vec<LegId> = left.ghosts.iter().map(|ghost| ghost.leg.clone()).collect();
    let capacity = server.capacity();
    let town = Town::new(
        origin,
        (config.clone(), read.flows.clone()),
        (directory.clone(), runtime.handle().clone()),
        (server.listeners(), capacity.calls),
    );
    let rows = town.rows()?;
    for warning in agreement::warnings(&config, &read.flows, Some(&rows)) {
        eprintln!("{warning}\n");
    }
    let snapshot = town.composed_of(&config, &read.flows, &rows);
    let words = first_words(&config, &snapshot, (capacity, doors.as_ref()));
    let town = Arc::new(town);
    let start = Start {
        snapshot,
        bindings,
        ghosts,
        callbacks,
    };
    let handle = server
        .run(
            start,
            Arc::clone(&town) as Arc<dyn server::Program>,
            Arc::new(Sink::new(journal, directory.data().journal())),
        )
        .map_err(|why| Failure::Other(format!("the exchange cannot start: {why}")))?;
    if let (Some(doors), Some(desk)) = (doors, desk) {
        serve(doors, desk, (&town, &directory, &handle))?;
    }
    print!("{words}");
    let folding = Folding::start(runtime.handle().clone(), directory.clone(), told)
        .map_err(|why| Failure::Other(format!("the system gives no thread: {why}")))?;
    let ended = handle.wait();
    town.close();
    folding.end();
    runtime.block_on(directory.close());
    match ended {
        Ended::Asked => Ok(()),
        Ended::Fault => Err(Failure::Other(
            "a fault ended the exchange; the log says where. It can be started again.".to_owned(),
        )),
    }
}

/// Opens the data directory for this process alone; the demo town is written into an empty one.
async fn open(config: &Config) -> Result<Directory, DirectoryError> {
    let directory = Directory::open(DataDir::open(&config.data)?).await?;
    if config.is_demo() {
        directory.seed_demo(moment(SystemTime::now())).await?;
    }
    Ok(directory)
}

/// Opens the console behind its doors.
fn serve(
    doors: Doors,
    desk: Settings,
    (town, directory, exchange): (&Arc<Town>, &Directory, &server::Handle),
) -> Result<(), Failure> {
    let household = Household::new(Arc::clone(town), exchange.clone());
    let (directory, handle) = (directory.clone(), exchange.clone());
    match Web::start(doors, desk, directory, handle, Arc::new(household)) {
        Ok(web) => town.opened(web),
        Err(why) => {
            // Without a thread for the console there will be none for the rest either.
            let _ = exchange.stop();
            return Err(why.into());
        }
    }
    Ok(())
}

/// What the web side is told.
fn settings(config: &Config, console: &crate::config::Console) -> Settings {
    Settings {
        listen: console.listen.clone(),
        tls: console.tls.clone(),
        names: console.names.clone(),
        demo: config.is_demo(),
        town: config.site.name.clone(),
        number: config.site.number.clone(),
        country: config.site.country,
        languages: config.site.languages.clone(),
    }
}

fn shell(config: &Config) -> ShellConfig {
    ShellConfig {
        listeners: config.listeners.clone(),
        media_address: config.media.address,
        ports: config.media.ports.clone(),
        workers: config.media.workers,
        control: Some(control(config)),
        signals: true,
    }
}

/// The control socket by its whole path, by which the system lists it (`cli/running.rs`); by a shorter one when that would be
/// too long for a socket.
fn control(config: &Config) -> PathBuf {
    let whole = absolute(&config.control());
    match whole.as_os_str().len() {
        0..=SOCKET => whole,
        _ => config.control(),
    }
}

/// Where everything is, and what to try first.
fn first_words(
    config: &Config,
    snapshot: &call::snapshot::Snapshot,
    (capacity, doors): (Capacity, Option<&Doors>),
) -> String {
    let mut lines = vec![match &config.file {
        None => {
            "Centrale, demo town (no centrale.toml here; `centrale init` makes a town of your own)"
                .to_owned()
        }
        Some(file) => format!("Centrale, {} ({})", config.site.name, file.display()),
    }];
    lines.push(String::new());
    let listeners = snapshot.settings.listeners.iter();
    let sip: Vec<String> = listeners
        .map(|listener| format!("{} {}", listener.transport, listener.local))
        .collect();
    lines.push(format!("  SIP        {}", sip.join(", ")));
    for address in doors.iter().flat_map(|doors| doors.addresses()) {
        lines.push(format!("  console    {}", console_words(config, *address)));
    }
    let media = &config.media;
    let (first, last) = (media.ports.start(), media.ports.end());
    lines.push(format!(
        "  sound      {}, ports {first} to {last}",
        media.address
    ));
    lines.push(format!("  data       {}", absolute(&config.data).display()));
    for number in snapshot.numbers.values() {
        let near =
            call::border::number::write(config.site.country, NumberFormat::National, &number.e164);
        lines.push(format!(
            "  number     {} ({near}), {}: dialplan {}",
            number.e164, number.label, number.flow
        ));
    }
    for trunk in &config.trunks {
        let sources: Vec<String> = trunk
            .sources
            .iter()
            .map(|range| {
                if range.first == range.last {
                    range.first.to_string()
                } else {
                    format!("{} to {}", range.first, range.last)
                }
            })
            .collect();
        lines.push(format!(
            "  trunk      {}: calls from {}, calls to {}",
            trunk.name,
            sources.join(", "),
            trunk.target
        ));
    }
    lines.push(format!("  accounts   {}", snapshot.accounts.len()));
    lines.push(format!(
        "  calls      {} at once (ports allow {}, descriptors {}); above that callers hear that all lines are busy (503)",
        snapshot.settings.calls, capacity.calls_by_ports, capacity.calls_by_descriptors
    ));
    lines.push(String::new());
    lines.extend(what_to_try(config));
    lines.push(
        "  Ctrl-C     ends it: running calls have 30 s, a second Ctrl-C ends them at once"
            .to_owned(),
    );
    lines.push(String::new());
    lines.join("\n")
}

/// Where a browser finds the desk, and as whom to sign in.
fn console_words(config: &Config, address: SocketAddr) -> String {
    let tls = config.console.as_ref().is_some_and(|c| c.tls.is_some());
    let scheme = if tls { "https" } else { "http" };
    if config.is_demo() {
        return format!(
            "{scheme}://{address} user reception1 (to reception3, or admin), password demo; {scheme}://{address}/call is a citizen's phone"
        );
    }
    format!("{scheme}://{address} (`centrale user add` makes who signs in)")
}

fn what_to_try(config: &Config) -> Vec<String> {
    if !config.is_demo() {
        return vec![
            "  try first  register two phones (`centrale account list` shows the accounts; their server is this machine) and call the number above".to_owned(),
            "  see        `centrale journeys` shows the last calls and why each went where it went".to_owned(),
        ];
    }
    let server = config.listeners.first().map_or(demo::ADDRESS, |l| l.local);
    vec![
        format!(
            "  try first  a softphone on this machine: account 2110, password demo-2110, server {server}, its own port not 5060;"
        ),
        format!(
            "             call {}. A second one as 2101 (password demo-2101) rings after keys 2, 1.",
            demo::DIALLED
        ),
        "  see        `centrale journeys` shows the last calls and why each went where it went"
            .to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_fails_is_named_once() {
        let failed = Failure::from(DirectoryError::DiskFull);
        assert_eq!(
            failed.to_string(),
            "the database cannot be used: the disk is full."
        );
        let named = failed.of_database(Path::new("data/centrale.db"));
        let said = "the database data/centrale.db cannot be used: the disk is full.";
        assert_eq!(named.to_string(), said);
        let again = named.of_database(Path::new("elsewhere"));
        assert_eq!(again.to_string(), said);
        assert!(matches!(again, Failure::Busy(_)), "exit code 2");
    }
}
