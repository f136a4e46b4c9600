//! `centrale audit`: who did what, what was refused, and how the sound of each desk is.

use clap::Args;

use super::account::columns;
use super::journeys::{local, zone};
use super::{Place, data};
use crate::start::Failure;

/// Entries that are looked through for those of one action.
const THROUGH: u32 = 10_000;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// How many
    #[arg(short = 'n', long, default_value_t = 20)]
    number: u32,
    /// Of one action alone, e.g. sound-test, words, sign-in
    #[arg(long)]
    action: Option<String>,
}

pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let config = place.read()?;
    super::note_demo(&config);
    let most = match arguments.action {
        Some(_) => THROUGH,
        None => arguments.number,
    };
    let mut entries = data::with(&config, async |directory| {
        Ok(directory.audited(most).await?)
    })?;
    entries.retain(|entry| {
        let wanted = arguments.action.as_ref();
        wanted.is_none_or(|action| *action == entry.action)
    });
    entries.truncate(usize::try_from(arguments.number).unwrap_or(usize::MAX));
    if entries.is_empty() {
        println!("Nothing of the kind stands in the audit.");
        return Ok(());
    }
    let zone = zone(config.site.country);
    let mut lines = vec![["WHEN", "WHO", "ACTION", "RESULT", "WHAT"].map(str::to_owned)];
    lines.extend(entries.into_iter().map(|entry| {
        let when = local(entry.at, zone, "%Y-%m-%d %H:%M:%S");
        [when, entry.actor, entry.action, entry.result, entry.what]
    }));
    print!("{}", columns(&lines));
    Ok(())
}
