//! `centrale account`: what phones register with.

use std::path::PathBuf;
use std::time::SystemTime;

use call::border::emergency::plan;
use clap::{Args, Subcommand, ValueEnum};
use directory::{AccountChange, Digests, Directory, NewAccount, SymmetricRtp};

use super::{Place, data, forward, journeys};
use crate::compose::dialplans::{self, Flows, Tests};
use crate::compose::snapshot::{Parts, compose, moment};
use crate::config::Config;
use crate::out;
use crate::start::Failure;
use crate::town::counted;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Add an account; its generated password is shown once
    Add(Add),
    /// Change an account: a new password, another kind of proof, name or number
    Change(Change),
    /// Remove an account; one that is registered, or that a dialplan rings, only with --yes
    Remove(Remove),
    /// Where its calls go instead: always, when busy, unanswered, unreachable or closed
    Forward(forward::Forward),
    /// Show all accounts
    List,
    /// Show the devices that registered: last seen, where, and what they are
    Phones,
    /// Add the accounts of a CSV file, or none of them
    #[command(after_help = IMPORT)]
    Import(Import),
}

const IMPORT: &str = "\
The first line names the columns: account, name, password, site, number, digests, calls, place, symmetric_rtp. Only
`account` must be there; an empty password gets a generated one, which is shown once. digests is sha256, sha256+md5
(usual) or md5 (old phones); calls is outside (usual) or inside; place is told when the phone calls an emergency number;
symmetric_rtp is auto (usual), on or off: whether its sound may come from elsewhere than it says.

  account,name,number
  2120,Desk 2120,+3254310020
  2121,Counter,";

#[derive(Args, Debug)]
pub(super) struct Add {
    /// User part of its address, e.g. 2120
    account: String,
    /// What colleagues see
    #[arg(long)]
    name: Option<String>,
    /// Number shown outside, e.g. +3254310020 [default: the site's]
    #[arg(long)]
    number: Option<String>,
    /// It may call colleagues and emergency numbers, and no other number outside
    #[arg(long)]
    internal_only: bool,
    /// Floor and room, told when it calls an emergency number
    #[arg(long)]
    place: Option<String>,
    /// How the phone proves itself
    #[arg(long, value_enum, default_value_t = Proof::Both)]
    digests: Proof,
    /// Whether its sound may come from elsewhere than it says: behind a NAT it does
    #[arg(long, value_enum, default_value_t = Symmetry::Auto)]
    symmetric_rtp: Symmetry,
}

#[derive(Args, Debug)]
pub(super) struct Change {
    /// User part of its address, e.g. 2101
    account: String,
    /// Make a new password, which is shown once
    #[arg(long, required_unless_present_any = ["digests", "name", "number", "calls", "place", "symmetric_rtp"])]
    new_password: bool,
    /// How the phone proves itself; it goes on with the password it has
    #[arg(long, value_enum)]
    digests: Option<Proof>,
    /// What colleagues see
    #[arg(long)]
    name: Option<String>,
    /// Number shown outside, e.g. +3254310020
    #[arg(long)]
    number: Option<String>,
    /// What it may call; emergency numbers always
    #[arg(long, value_enum)]
    calls: Option<Reach>,
    /// Floor and room, told when it calls an emergency number
    #[arg(long)]
    place: Option<String>,
    /// Whether its sound may come from elsewhere than it says: behind a NAT it does
    #[arg(long, value_enum)]
    symmetric_rtp: Option<Symmetry>,
}

#[derive(Args, Debug)]
pub(super) struct Remove {
    /// User part of its address, e.g. 2120
    account: String,
    /// Also when it is in use
    #[arg(long)]
    yes: bool,
}

/// What a phone may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reach {
    /// Colleagues and outside numbers
    Outside,
    /// Colleagues alone
    Inside,
}

/// Whose sound is believed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Symmetry {
    /// Only what comes from where it says
    Off,
    /// The first packet, when it says a private address from a public one
    Auto,
    /// The first packet, always
    On,
}

impl From<Symmetry> for SymmetricRtp {
    fn from(choice: Symmetry) -> SymmetricRtp {
        match choice {
            Symmetry::Off => SymmetricRtp::Off,
            Symmetry::Auto => SymmetricRtp::Auto,
            Symmetry::On => SymmetricRtp::On,
        }
    }
}

#[derive(Args, Debug)]
pub(super) struct Import {
    /// The CSV file
    file: PathBuf,
}

/// Digest algorithms that a phone is challenged with.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Proof {
    /// SHA-256 alone
    Sha256,
    /// SHA-256 first, then MD5
    Both,
    /// MD5 alone, for phones that read only the first challenge
    Md5,
}

impl From<Proof> for Digests {
    fn from(proof: Proof) -> Digests {
        match proof {
            Proof::Sha256 => Digests::Sha256,
            Proof::Both => Digests::Sha256ThenMd5,
            Proof::Md5 => Digests::Md5,
        }
    }
}

pub(super) fn run(place: &Place, command: Command) -> Result<(), Failure> {
    let config = place.read()?;
    super::note_demo(&config);
    let changed = data::with(&config, async |directory| match command {
        Command::Add(arguments) => add(&config, directory, arguments).await,
        Command::Change(arguments) => change(&config, directory, arguments).await,
        Command::Remove(arguments) => remove(&config, directory, &arguments).await,
        Command::Forward(arguments) => forward::run(directory, arguments).await,
        Command::List => list(&config, directory).await,
        Command::Phones => phones(&config, directory).await,
        Command::Import(arguments) => import(&config, directory, &arguments).await,
    })?;
    if changed {
        data::tell(&config, "it")?;
    }
    Ok(())
}

/// A phone that is called like an emergency number could never be called: those are matched first. The evaluator of live
/// calls says so, however the number is spelt.
async fn refuse_emergency(
    config: &Config,
    directory: &Directory,
    names: impl Iterator<Item = &str>,
) -> Result<(), Failure> {
    let parts = Parts {
        rows: &directory.snapshot().await?,
        flows: &Flows::new(),
        listeners: &config.listeners,
        calls: usize::MAX,
    };
    let snapshot = compose(config, &parts);
    let mut wrong = names.filter_map(|name| {
        let number = plan::plan(&snapshot, name, None)?.number;
        Some(format!(
            "{name} cannot be an account: who dials it reaches the emergency number {number}, before every account. \
             Take another name, for example 2{name}; nothing was added."
        ))
    });
    wrong.next().map_or(Ok(()), |why| Err(Failure::Other(why)))
}

async fn add(config: &Config, directory: &Directory, add: Add) -> Result<bool, Failure> {
    refuse_emergency(config, directory, [add.account.as_str()].into_iter()).await?;
    let password = directory.generate_password()?;
    let mut account = NewAccount::new(&config.site.realm, &add.account, &password);
    if let Some(name) = add.name {
        account.display = name;
    }
    account.caller_number = add.number;
    account.outside = !add.internal_only;
    account.place = add.place.unwrap_or_default();
    account.digests = add.digests.into();
    account.symmetric_rtp = add.symmetric_rtp.into();
    directory
        .add_account(&account, moment(SystemTime::now()))
        .await?;
    println!("account   {}", account.name);
    show_once(&account.realm, &password);
    Ok(true)
}

async fn change(config: &Config, directory: &Directory, asked: Change) -> Result<bool, Failure> {
    let password = if asked.new_password {
        Some(directory.generate_password()?)
    } else {
        None
    };
    let change = AccountChange {
        display: asked.name,
        password: password.clone(),
        digests: asked.digests.map(Digests::from),
        caller_number: asked.number,
        outside: asked.calls.map(|reach| reach == Reach::Outside),
        place: asked.place,
        symmetric_rtp: asked.symmetric_rtp.map(SymmetricRtp::from),
    };
    let realm = &config.site.realm;
    directory
        .change_account(realm, &asked.account, &change)
        .await?;
    println!("account   {} is changed", asked.account);
    if let Some(password) = password {
        show_once(realm, &password);
    }
    Ok(true)
}

async fn remove(config: &Config, directory: &Directory, asked: &Remove) -> Result<bool, Failure> {
    let (realm, name) = (&config.site.realm, asked.account.as_str());
    let known = directory.accounts().await?;
    if !known.iter().any(|a| a.realm == *realm && a.name == name) {
        let unknown = format!("there is no account {name}@{realm}; nothing was removed");
        return Err(Failure::Other(unknown));
    }
    let mut uses = Vec::new();
    let bindings = directory.bindings(moment(SystemTime::now())).await?;
    for binding in bindings.iter().filter(|binding| binding.aor == name) {
        uses.push(format!("a phone at {} is registered", binding.peer.remote));
    }
    match dialplans::read(config, &Flows::new(), Tests::Warn) {
        Err(_) => uses.push("the dialplans cannot be read, so they may ring it".to_owned()),
        Ok(read) => {
            for (flow, dialplan) in &read.flows {
                for step in dialplan.steps_that_ring(name) {
                    uses.push(format!("dialplan {flow} rings it in step {step}"));
                }
            }
        }
    }
    if !uses.is_empty() && !asked.yes {
        return Err(Failure::Other(format!(
            "account {name} is in use: {}\nnothing was removed; --yes removes it all the same",
            uses.join("; ")
        )));
    }
    directory.remove_account(realm, name).await?;
    println!("account   {name} is removed");
    for left in uses {
        println!("          {left}");
    }
    Ok(true)
}

fn show_once(realm: &str, password: &str) {
    out::say_once(&format!(
        "password  {password}\nrealm     {realm}\nThe password is shown this once; only its digest is kept.\n"
    ));
}

async fn list(config: &Config, directory: &Directory) -> Result<bool, Failure> {
    let accounts = directory.accounts().await?;
    let bindings = directory.bindings(moment(SystemTime::now())).await?;
    let mut lines = vec![
        [
            "ACCOUNT",
            "NAME",
            "DIGESTS",
            "NUMBER",
            "CALLS",
            "PLACE",
            "SOUND",
            "REGISTERED",
        ]
        .map(str::to_owned),
    ];
    for account in accounts.iter().filter(|a| a.realm == config.site.realm) {
        let phones: Vec<&str> = bindings
            .iter()
            .filter(|binding| binding.aor == account.name)
            .map(|binding| binding.peer.remote.as_str())
            .collect();
        let blocked = if account.blocked { " (blocked)" } else { "" };
        lines.push([
            format!("{}{blocked}", account.name),
            account.display.clone(),
            account.digests.as_str().to_owned(),
            account
                .caller_number
                .clone()
                .unwrap_or_else(|| "-".to_owned()),
            if account.outside { "outside" } else { "inside" }.to_owned(),
            if account.place.is_empty() {
                "-".to_owned()
            } else {
                account.place.clone()
            },
            account.symmetric_rtp.as_str().to_owned(),
            if phones.is_empty() {
                "-".to_owned()
            } else {
                phones.join(", ")
            },
        ]);
    }
    print!("{}", columns(&lines));
    Ok(false)
}

async fn phones(config: &Config, directory: &Directory) -> Result<bool, Failure> {
    let now = moment(SystemTime::now());
    let registered = directory.bindings(now).await?;
    let zone = journeys::zone(config.site.country);
    let mut lines =
        vec![["ACCOUNT", "LAST SEEN", "ADDRESS", "REGISTERED", "DEVICE"].map(str::to_owned)];
    for phone in directory.phones().await? {
        let here = registered
            .iter()
            .any(|binding| binding.aor == phone.aor && binding.peer.remote == phone.last_address);
        lines.push([
            phone.aor,
            journeys::clock(phone.last_seen, zone),
            phone.last_address,
            if here { "yes" } else { "no" }.to_owned(),
            if phone.user_agent.is_empty() {
                phone.device
            } else {
                phone.user_agent
            },
        ]);
    }
    if lines.len() == 1 {
        println!("No device has registered yet.");
    } else {
        print!("{}", columns(&lines));
    }
    Ok(false)
}

async fn import(config: &Config, directory: &Directory, import: &Import) -> Result<bool, Failure> {
    let file = import.file.display();
    let text = std::fs::read_to_string(&import.file)
        .map_err(|why| Failure::Other(format!("{file} cannot be read: {why}")))?;
    let preview = match directory.preview_accounts(&config.site.realm, &text).await {
        Ok(preview) => preview,
        Err(directory::DirectoryError::Import(mistakes)) => {
            let mut lines: Vec<String> = mistakes
                .iter()
                .map(|mistake| format!("{file}:{}: {}", mistake.line, mistake.message))
                .collect();
            lines.push("nothing was imported".to_owned());
            return Err(Failure::Other(lines.join("\n")));
        }
        Err(other) => return Err(other.into()),
    };
    let names = preview.accounts.iter().map(|row| row.account.name.as_str());
    refuse_emergency(config, directory, names).await?;
    directory
        .import_accounts(&preview, moment(SystemTime::now()))
        .await?;
    let mut lines = vec![["ACCOUNT", "NAME", "PASSWORD"].map(str::to_owned)];
    for row in &preview.accounts {
        let password = if row.generated {
            row.account.password.as_str()
        } else {
            "as in the file"
        };
        lines.push([
            row.account.name.clone(),
            row.account.display.clone(),
            password.to_owned(),
        ]);
    }
    out::say_once(&columns(&lines));
    println!(
        "{} imported. Generated passwords are shown this once; only their digests are kept.",
        counted(preview.accounts.len(), "account")
    );
    Ok(true)
}

/// Lines with their columns below each other.
pub(super) fn columns<const N: usize>(lines: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for line in lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for line in lines {
        let padded: Vec<String> = line
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}
