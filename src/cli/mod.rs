//! The command line: one file for each command.

mod account;
mod audit;
mod cert;
mod check;
mod data;
mod dialplan;
mod emergency;
mod forward;
mod init;
mod journeys;
mod people;
mod reload;
mod run;
mod running;
mod town;
mod user;
mod web;

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{self, Config};
use crate::demo;
use crate::start::Failure;
use crate::town::{Origin, absolute};

const EXAMPLES: &str = "\
Examples:
  centrale                                run the demo town on this machine
  centrale init --name Gooik --number +3225323223
                                          make a town of your own: centrale.toml, a dialplan, accounts
  centrale check                          say whether configuration and dialplans are right
  centrale reload                         take changed files without ending a call
  centrale account add 2120 --name \"Desk 2120\" --place \"first floor, room 12\"
  centrale account change 2101 --new-password
  centrale user add an.peeters --name \"An Peeters\" --role receptionist --phone 2105
  centrale cert self-signed --address 192.168.1.10
  centrale web restart                    begin the console anew without ending a call
  centrale people import people.csv --dry-run
  centrale emergency test 112 --account 2101
  centrale journeys -n 5                  the last calls, leg by leg, with the reason of each decision
  centrale dialplan simulate dialplans/town.toml --to +3254310000 --at 2026-12-25T10:00 --keys 11

Without a command it runs, with ./centrale.toml when there is one, else as the demo town.";

/// The telephone exchange and reception desk of a town.
#[derive(Parser, Debug)]
#[command(name = "centrale", version, about, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Under what the options of the demo town stand in every help: they are no command's own.
const DEMO: &str = "Demo town (when there is no centrale.toml)";

/// Which town is meant.
#[derive(Args, Debug)]
struct Place {
    /// Configuration file [default: ./centrale.toml, and the demo town without one]
    #[arg(
        long,
        short,
        global = true,
        value_name = "FILE",
        help_heading = "Which town"
    )]
    config: Option<PathBuf>,
    /// Where the demo town listens, on loopback
    #[arg(long, global = true, value_name = "ADDRESS:PORT", default_value_t = demo::ADDRESS, conflicts_with = "config", help_heading = DEMO)]
    listen: SocketAddr,
    /// Where the demo town's console is, on loopback
    #[arg(long, global = true, value_name = "ADDRESS:PORT", default_value_t = config::CONSOLE, conflicts_with = "config", help_heading = DEMO)]
    console: SocketAddr,
    /// Data directory of the demo town [default: ./centrale-data]
    #[arg(
        long,
        global = true,
        value_name = "DIRECTORY",
        conflicts_with = "config",
        help_heading = DEMO
    )]
    data: Option<PathBuf>,
}

impl Place {
    fn origin(&self) -> Origin {
        let here = Path::new(config::FILE);
        match &self.config {
            Some(file) => Origin::File(file.clone()),
            None if here.is_file() => Origin::File(here.to_owned()),
            None => Origin::Demo {
                listen: self.listen,
                console: self.console,
                data: self.data.clone(),
            },
        }
    }

    fn read(&self) -> Result<Config, Failure> {
        Ok(self.origin().read()?)
    }
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the exchange (also without a command)
    Run,
    /// Make a town of your own: a commented centrale.toml, a dialplan and accounts
    Init(init::Arguments),
    /// Say whether configuration and dialplans are right, without starting
    Check,
    /// Make the running exchange read configuration, dialplans and accounts again
    Reload,
    /// Say what the running exchange is doing
    Status,
    /// Phone accounts
    #[command(subcommand)]
    Account(account::Command),
    /// The towns and other bodies of the house
    #[command(subcommand)]
    Town(town::Command),
    /// People who sign in at the desk
    #[command(subcommand)]
    User(user::Command),
    /// The console's certificate
    #[command(subcommand)]
    Cert(cert::Command),
    /// The web side of the running exchange
    #[command(subcommand)]
    Web(web::Command),
    /// Whom the desk finds: people, functions, rooms and partners
    #[command(subcommand)]
    People(people::Command),
    /// Say what an emergency call would do, without making one
    #[command(subcommand)]
    Emergency(emergency::Command),
    /// Show the last calls with their legs and the reasons of every decision
    Journeys(journeys::Arguments),
    /// Show who did what at the desk, what was refused, and how the sound of each desk is
    Audit(audit::Arguments),
    /// Check, test and try dialplans without a telephone
    #[command(subcommand)]
    Dialplan(dialplan::Command),
}

/// Reads the command line and does what it says. Exit code 0: done; 1: refused or failed, with the reason on the standard
/// error; 2: something else has the port or the data directory, the data cannot be used, or the command line is wrong.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        None | Some(Command::Run) => run::run(&cli.place),
        Some(Command::Init(arguments)) => init::run(&cli.place, &arguments),
        Some(Command::Check) => check::run(&cli.place),
        Some(Command::Reload) => reload::run(&cli.place, "reload"),
        Some(Command::Status) => reload::run(&cli.place, "status"),
        Some(Command::Account(command)) => account::run(&cli.place, command),
        Some(Command::Town(command)) => town::run(&cli.place, command),
        Some(Command::User(command)) => user::run(&cli.place, command),
        Some(Command::Cert(command)) => cert::run(&cli.place, &command),
        Some(Command::Web(command)) => web::run(&cli.place, &command),
        Some(Command::People(command)) => people::run(&cli.place, command),
        Some(Command::Emergency(command)) => emergency::run(&cli.place, command),
        Some(Command::Journeys(arguments)) => journeys::run(&cli.place, &arguments),
        Some(Command::Audit(arguments)) => audit::run(&cli.place, &arguments),
        Some(Command::Dialplan(command)) => dialplan::run(&cli.place, command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            match failure {
                Failure::Busy(_) | Failure::Database(_) => ExitCode::from(2),
                Failure::Other(_) => ExitCode::FAILURE,
            }
        }
    }
}

/// Says whose data a command changes when nobody named a town: it could have been meant for another directory.
fn note_demo(config: &Config) {
    if config.is_demo() {
        eprintln!(
            "There is no {} in {}: this is about the demo town, whose data are in {}.",
            config::FILE,
            absolute(Path::new(".")).display(),
            absolute(&config.data).display()
        );
    }
}

/// Whether a person can be asked.
fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}
