//! `centrale init`: a town of one's own: a commented `centrale.toml`, a dialplan, and accounts with generated passwords.

mod questions;
mod written;

use std::fs;
use std::io::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use call::border::number;
use call::snapshot::Country;
use clap::{Args, ValueEnum};
use directory::{Directory, Entity, NewAccount, Site};

use super::{Place, account, data};
use crate::compose::snapshot::moment;
use crate::config::{self, Config};
use crate::out;
use crate::start::Failure;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// This machine's address on the town's network; asked for when not given
    #[arg(long)]
    address: Option<IpAddr>,
    /// Belgian or French numbers, emergency numbers and languages
    #[arg(long, value_enum, default_value_t = Land::Be)]
    country: Land,
    /// The town's name; asked for when not given
    #[arg(long)]
    name: Option<String>,
    /// The central number, e.g. +3225323223, shown outside and to the emergency services; asked for when not given
    #[arg(long)]
    number: Option<String>,
    /// The operator's address; without one, outside calls are not possible yet
    #[arg(long, value_name = "ADDRESS")]
    trunk: Option<IpAddr>,
    /// How many phone accounts to make, from 2101 on
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(2..=500))]
    phones: u16,
}

/// A country, as the command line writes it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Land {
    Be,
    Fr,
}

/// What the files are made of.
struct Plan {
    address: IpAddr,
    country: Country,
    name: String,
    number: String,
    trunk: Option<IpAddr>,
    phones: Vec<String>,
}

pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let file = place
        .config
        .clone()
        .unwrap_or_else(|| PathBuf::from(config::FILE));
    let dialplan = beside(&file, "dialplans/town.toml");
    for there in [&file, &dialplan] {
        if there.exists() {
            return Err(Failure::Other(format!(
                "{} is there already: it stays as it is. Move it away to begin anew.",
                there.display()
            )));
        }
    }
    let plan = plan(arguments)?;
    let text = written::configuration(&plan);
    // What we write must be what we read: a mistake of ours is told here, not at the first start.
    let config = config::parse(&text, &file).map_err(|why| Failure::Other(why.to_string()))?;
    write(&dialplan, &written::dialplan(&plan))?;
    write(&file, &text)?;
    let accounts = data::with(&config, async |directory| {
        fill(directory, &config, &plan).await
    })?;
    println!(
        "{} and {} are written.\n",
        file.display(),
        dialplan.display()
    );
    let mut lines = vec![["ACCOUNT", "PASSWORD"].map(str::to_owned)];
    lines.extend(
        accounts
            .into_iter()
            .map(|(name, password)| [name, password]),
    );
    out::say_once(&account::columns(&lines));
    println!("\nPasswords are shown this once; only their digests are kept.");
    println!(
        "On each phone: server {}, port 5060, UDP or TCP, and its account and password.\n",
        plan.address
    );
    println!(
        "Next: read {}, then `centrale check` and `centrale`.",
        file.display()
    );
    Ok(())
}

fn plan(arguments: &Arguments) -> Result<Plan, Failure> {
    let country = match arguments.country {
        Land::Be => Country::Be,
        Land::Fr => Country::Fr,
    };
    questions::can_be_asked(&[
        ("--address", arguments.address.is_some(), questions::ADDRESS),
        ("--name", arguments.name.is_some(), questions::NAME),
        ("--number", arguments.number.is_some(), questions::NUMBER),
    ])?;
    let address = match arguments.address {
        Some(address) => address,
        None => questions::address()?,
    };
    if address.is_unspecified() {
        return Err(Failure::Other(format!(
            "--address {address}: expected this machine's own address on the network, like 192.168.1.10"
        )));
    }
    let name = match &arguments.name {
        Some(name) => plain(name).ok_or("--name: expected a name without quotes".to_owned())?,
        None => questions::until(questions::NAME, plain, "expected a name without quotes")?,
    };
    let e164 = |text: &str| number::to_e164(country, text);
    let expected = match country {
        Country::Be => "expected a telephone number, like +3225323223",
        Country::Fr => "expected a telephone number, like +33240123456",
    };
    let number = match &arguments.number {
        Some(asked) => e164(asked).ok_or(format!("--number {asked}: {expected}"))?,
        None => questions::until(questions::NUMBER, e164, expected)?,
    };
    Ok(Plan {
        address,
        country,
        name,
        number,
        trunk: arguments.trunk,
        phones: (0..arguments.phones)
            .map(|place| (2_101 + u32::from(place)).to_string())
            .collect(),
    })
}

/// A name that can stand between quotes.
fn plain(name: &str) -> Option<String> {
    let plain = |c: char| !c.is_control() && c != '"' && c != '\\';
    let name = name.trim();
    (!name.is_empty() && name.chars().all(plain)).then(|| name.to_owned())
}

/// A path beside the configuration.
fn beside(file: &Path, name: &str) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).join(name)
}

/// Writes a new file; one that is there stays.
fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let failed = |why: std::io::Error| {
        Failure::Other(format!("{} cannot be written: {why}", file.display()))
    };
    if let Some(directory) = file.parent().filter(|path| !path.as_os_str().is_empty()) {
        fs::create_dir_all(directory).map_err(failed)?;
    }
    let mut new = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .map_err(failed)?;
    new.write_all(text.as_bytes()).map_err(failed)
}

/// The town's rows, and its accounts with their passwords. Accounts that are there already are left alone.
async fn fill(
    directory: &Directory,
    config: &Config,
    plan: &Plan,
) -> Result<Vec<(String, String)>, Failure> {
    directory.put_entity(&entity(plan)).await?;
    directory.put_site(&site(plan)).await?;
    let mut made = Vec::new();
    for name in &plan.phones {
        let password = directory.generate_password()?;
        if add(directory, config, name, &password).await? {
            made.push((name.clone(), password));
        }
    }
    Ok(made)
}

async fn add(
    directory: &Directory,
    config: &Config,
    name: &str,
    password: &str,
) -> Result<bool, Failure> {
    let mut account = NewAccount::new(&config.site.realm, name, password);
    account.display = format!("Desk {name}");
    account.site = Some(SITE.to_owned());
    match directory
        .add_account(&account, moment(SystemTime::now()))
        .await
    {
        Ok(()) => Ok(true),
        Err(directory::DirectoryError::AccountExists(_)) => Ok(false),
        Err(why) => Err(why.into()),
    }
}

/// The first site's id.
const SITE: &str = "town-hall";

fn entity(plan: &Plan) -> Entity {
    let languages = config::default_languages(plan.country);
    Entity {
        id: "town".to_owned(),
        name: plan.name.clone(),
        country: config::country_code(plan.country).to_owned(),
        languages: languages.iter().map(ToString::to_string).collect(),
        merged_into: None,
    }
}

fn site(plan: &Plan) -> Site {
    Site {
        id: SITE.to_owned(),
        entity: "town".to_owned(),
        name: "Town hall".to_owned(),
        address: plan.name.clone(),
        time_zone: match plan.country {
            Country::Be => "Europe/Brussels".to_owned(),
            Country::Fr => "Europe/Paris".to_owned(),
        },
        emergency_number: plan.number.clone(),
    }
}

#[cfg(test)]
mod tests;
