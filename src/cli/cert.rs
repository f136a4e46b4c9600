//! `centrale cert`: a certificate for the console when nobody else signs one.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::{Datelike, Days, Utc};
use clap::{Args, Subcommand};

use super::Place;
use crate::config;
use crate::start::Failure;

/// Two years and some: browsers refuse what is valid for longer when it is signed by a town's own authority.
const VALID: Days = Days::new(820);
/// Where the certificate is written, beside the configuration.
const CERTIFICATE: &str = "console-cert.pem";
/// Where its key is written.
const KEY: &str = "console-key.pem";

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Make a key and a certificate for it that browsers trust when they are told to
    SelfSigned(SelfSigned),
}

#[derive(Args, Debug)]
pub(super) struct SelfSigned {
    /// Address by which browsers ask for the console; several are possible
    #[arg(long, required_unless_present = "name")]
    address: Vec<IpAddr>,
    /// Host name by which browsers ask for it; several are possible
    #[arg(long)]
    name: Vec<String>,
    /// Take the place of the files that are there
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let Command::SelfSigned(asked) = command;
    let file = place
        .config
        .clone()
        .unwrap_or_else(|| PathBuf::from(config::FILE));
    // Before the console is in the configuration it may not even be readable as one: the town's name is all we want of it.
    let town = place
        .read()
        .map_or_else(|_| "town".to_owned(), |config| config.site.name);
    let here = file.parent().unwrap_or(Path::new(""));
    let (certificate, key) = (here.join(CERTIFICATE), here.join(KEY));
    for there in [&certificate, &key] {
        if there.exists() && !asked.replace {
            return Err(Failure::Other(format!(
                "{} is there already and stays as it is; --replace makes a new one in its place",
                there.display()
            )));
        }
    }
    let today = Utc::now().date_naive();
    let until = today.checked_add_days(VALID).unwrap_or(today);
    // From yesterday on: clocks differ.
    let from = today.pred_opt().unwrap_or(today);
    let made = console::self_signed(&town, &asked.address, &asked.name, (day(from), day(until)))
        .map_err(Failure::Other)?;
    write(&key, &made.key)?;
    write(&certificate, &made.certificate)?;
    println!(
        "{} and {} are written, valid until {until}.\n",
        certificate.display(),
        key.display()
    );
    println!("Put into {}, under [console]:\n", file.display());
    println!("certificate = \"{CERTIFICATE}\"");
    println!("key = \"{KEY}\"");
    if !asked.name.is_empty() {
        println!("names = {:?}", asked.name);
    }
    println!(
        "\nBrowsers warn until they are told to trust it: give {} to the town's computers as a certificate that is trusted.",
        certificate.display()
    );
    if asked.replace {
        println!("`centrale web restart` makes the running console show it.");
    }
    Ok(())
}

fn day(date: chrono::NaiveDate) -> (i32, u8, u8) {
    let small = |number: u32| u8::try_from(number).unwrap_or(1);
    (date.year(), small(date.month()), small(date.day()))
}

/// Writes a file that nobody but its owner reads, whole or not at all.
fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let failed = |why: std::io::Error| {
        Failure::Other(format!("{} cannot be written: {why}", file.display()))
    };
    let mut name = file.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    // A half-written one of an earlier try.
    let _ = fs::remove_file(&new);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut open = options.open(&new).map_err(failed)?;
    open.write_all(text.as_bytes()).map_err(failed)?;
    open.sync_all().map_err(failed)?;
    fs::rename(&new, file).map_err(failed)
}
