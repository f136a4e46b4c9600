//! `centrale town`: the towns and other bodies of the house, and which of them another has taken over.

use clap::{Args, Subcommand};
use directory::{Directory, Entity};

use super::account::columns;
use super::{Place, data};
use crate::config::{self, Config};
use crate::start::Failure;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Show all towns
    List,
    /// Add a town, or change the one of this id
    Add(Add),
}

#[derive(Args, Debug)]
pub(super) struct Add {
    /// Short stable name, e.g. gooik
    town: String,
    /// What people call it; a dialplan whose `town` is called the same is this one's
    #[arg(long)]
    name: Option<String>,
    /// The town that took it over, by id
    #[arg(long)]
    merged_into: Option<String>,
}

pub(super) fn run(place: &Place, command: Command) -> Result<(), Failure> {
    let config = place.read()?;
    super::note_demo(&config);
    let changed = data::with(&config, async |directory| match command {
        Command::List => list(directory).await,
        Command::Add(add) => self::add(directory, &config, add).await,
    })?;
    if changed {
        data::tell(&config, "it")?;
    }
    Ok(())
}

async fn list(directory: &Directory) -> Result<bool, Failure> {
    let mut lines = vec![["TOWN", "NAME", "MERGED INTO"].map(str::to_owned)];
    for town in directory.snapshot().await?.entities {
        let into = town.merged_into.unwrap_or_else(|| "-".to_owned());
        lines.push([town.id, town.name, into]);
    }
    if lines.len() == 1 {
        println!("There is no town yet; `centrale town add` makes one.");
    } else {
        print!("{}", columns(&lines));
    }
    Ok(false)
}

async fn add(directory: &Directory, config: &Config, add: Add) -> Result<bool, Failure> {
    let towns = directory.snapshot().await?.entities;
    let known = towns.iter().find(|town| town.id == add.town);
    let mut town = known.cloned().unwrap_or_else(|| fresh(config, &add.town));
    town.name = add.name.unwrap_or(town.name);
    town.merged_into = add.merged_into.or(town.merged_into);
    town.check(&towns).map_err(Failure::Other)?;
    directory.put_entity(&town).await?;
    println!("town      {} ({})", town.id, town.name);
    Ok(true)
}

/// A town of which only the id is known: in the country of the house, with its languages.
fn fresh(config: &Config, id: &str) -> Entity {
    let languages = config::default_languages(config.site.country);
    Entity {
        id: id.to_owned(),
        name: id.to_owned(),
        country: config::country_code(config.site.country).to_owned(),
        languages: languages.iter().map(ToString::to_string).collect(),
        merged_into: None,
    }
}
