//! `centrale emergency`: what a call for help would do. It asks the evaluator of live calls, and calls nobody.

use std::fmt::Write;

use call::border::emergency::plan::{self, Plan, Told};
use call::snapshot::Snapshot;
use clap::{Args, Subcommand};

use super::{Place, data};
use crate::compose::dialplans::{self, Flows, Tests};
use crate::compose::snapshot::{Parts, compose};
use crate::config::Config;
use crate::start::Failure;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Say the whole way of an emergency call without making one: lines, number shown, place, call back
    Test(Test),
}

#[derive(Args, Debug)]
pub(super) struct Test {
    /// What the phone dials, e.g. 112, 0112 or urn:service:sos.police
    number: String,
    /// Whose phone dials it
    #[arg(long)]
    account: Option<String>,
}

pub(super) fn run(place: &Place, command: Command) -> Result<(), Failure> {
    let Command::Test(test) = command;
    let config = place.read()?;
    let snapshot = snapshot(&config)?;
    let account = test.account.as_deref();
    if let Some(name) = account.filter(|name| !snapshot.accounts.contains_key(*name)) {
        return Err(Failure::Other(format!(
            "there is no account {name}; `centrale account list` shows them"
        )));
    }
    let Some(plan) = plan::plan(&snapshot, &test.number, account) else {
        return Err(Failure::Other(format!(
            "{} is no emergency number here; those are {}",
            test.number,
            snapshot.emergency.numbers.join(", ")
        )));
    };
    print!("{}", told(&snapshot, &plan, account));
    if plan.ways.is_empty() {
        return Err(Failure::Other(
            "no line would carry this call: the caller would hear advice, then 503".to_owned(),
        ));
    }
    Ok(())
}

/// What the core of a town would read, the town running or not.
fn snapshot(config: &Config) -> Result<Snapshot, Failure> {
    let read = dialplans::read(config, &Flows::new(), Tests::Warn)?;
    let rows = data::with(config, async |directory| Ok(directory.snapshot().await?))?;
    Ok(compose(
        config,
        &Parts {
            rows: &rows,
            flows: &read.flows,
            listeners: &config.listeners,
            calls: usize::MAX,
        },
    ))
}

/// The plan, for people.
fn told(snapshot: &Snapshot, plan: &Plan, account: Option<&str>) -> String {
    let mut text = format!("emergency call to {}: what would happen\n\n", plan.number);
    let phone = account.unwrap_or("not said (--account): as a phone that nobody knows");
    let place = match plan.place.as_str() {
        "" => "none on record",
        place => place,
    };
    let kept = if plan.kept {
        "kept for calls back"
    } else {
        "citizens call it too"
    };
    let _ = writeln!(text, "  phone      {phone}");
    let _ = writeln!(text, "  site       {}", plan.site);
    let _ = writeln!(text, "  place      {place}");
    let _ = writeln!(text, "  shown      {} ({kept})", plan.presented);
    for (index, way) in plan.ways.iter().enumerate() {
        let told = match way.place {
            Told::Nothing => "not told the place",
            Told::Said => "told what the phone says of its place",
            Told::Recorded => "told the place on record",
        };
        let _ = writeln!(
            text,
            "  {}. line    {}: {}, {} channels, {} of them for emergency calls alone, {told}",
            index.saturating_add(1),
            way.trunk,
            way.uri,
            way.channels,
            way.reserved
        );
    }
    let minutes = call::limits::CALLBACK.as_secs() / 60;
    let rule = if plan.kept {
        "every call to that number rings this phone first".to_owned()
    } else {
        format!(
            "a call to that number rings this phone first when it comes from {} or from the number that answered,\n             or says `Priority: psap-callback`; [emergency] callback-number keeps a number for all calls back",
            snapshot.emergency.numbers.join(", ")
        )
    };
    let _ = writeln!(text, "  call back  for {minutes} minutes {rule}");
    if let Some(prefix) = &snapshot.emergency.test_prefix {
        let _ = writeln!(
            text,
            "  try it     dial {prefix}{} on a phone: it hears this, and nobody is called",
            plan.number
        );
    }
    text.push_str("\nNobody was called.\n");
    text
}
