//! `centrale` and `centrale run`: the exchange itself.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use super::Place;
use crate::start::{self, Failure};

/// What the log shows is chosen with this variable, e.g. `CENTRALE_LOG=debug`.
const LOG: &str = "CENTRALE_LOG";

pub(super) fn run(place: &Place) -> Result<(), Failure> {
    let filter = EnvFilter::try_from_env(LOG).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    start::run(place.origin())
}
