//! `centrale check`: what a start would say about configuration, dialplans and recordings, without starting.

use super::Place;
use crate::compose::dialplans::{self, Flows};
use crate::start::Failure;
use crate::town::{Origin, counted};

pub(super) fn run(place: &Place) -> Result<(), Failure> {
    let origin = place.origin();
    let config = origin.read()?;
    let read = dialplans::read(&config, &Flows::new());
    for warning in &read.warnings {
        eprintln!("{warning}\n");
    }
    if !read.mistakes.is_empty() {
        return Err(Failure::Other(read.mistakes.join("\n\n")));
    }
    let what = match &origin {
        Origin::Demo { .. } => "the demo town".to_owned(),
        Origin::File(file) => file.display().to_string(),
    };
    println!(
        "{what} is right: {}, {}, {}, {}",
        counted(config.listeners.len(), "listener"),
        counted(config.trunks.len(), "trunk"),
        counted(config.rules.len(), "dial rule"),
        counted(read.flows.len(), "dialplan")
    );
    Ok(())
}
