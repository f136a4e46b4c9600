//! `centrale web`: the console alone, while calls go on.

use clap::Subcommand;

use super::{Place, reload};
use crate::start::Failure;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Begin the web side anew: browsers connect again, sessions and calls go on, a renewed certificate is taken
    Restart,
}

pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Restart => reload::run(place, "web restart"),
    }
}
