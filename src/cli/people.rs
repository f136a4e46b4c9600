//! `centrale people`: whom the desk finds.

use std::path::PathBuf;

use chrono_tz::Tz;
use clap::{Args, Subcommand};
use directory::import::{PeopleImport, PersonChange};
use directory::search::{Context, Index, entries};
use directory::{Directory, DirectoryError, Person, Visibility};

use super::account::columns;
use super::journeys::{local, zone};
use super::{Place, data};
use crate::start::Failure;
use crate::town::counted;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Show all people, functions, rooms and partners
    List,
    /// Say whom the desk finds for a text, best first
    Find(Find),
    /// Show what the desk searched for in vain: words to add to a service, people to add to the list
    Misses,
    /// Take the people of a CSV file, or none of them
    #[command(after_help = IMPORT)]
    Import(Import),
}

const IMPORT: &str = "\
The first line names the columns: id, kind, name, other names, function, service, site, desk, mobile, hidden, outside,
languages, words, deputy, protected, entity. Only `name` must be there; several values stand apart by |. kind is person
(usual), role, room or partner; an id that is empty is made of the name. Numbers are accounts or like +3254310020; one
under `hidden` is called and shown to nobody. Who is protected (yes) is shown nowhere. A person with the same id is
changed; who is not in the file stays.

  name,function,service,desk,mobile,languages,deputy
  Mieke Verhelst,permits,town-planning,2120,+32470310301,nl|fr,jo-baert
  Jo Baert,surveyor,town-planning,2121,,nl,";

#[derive(Args, Debug)]
pub(super) struct Find {
    /// What an operator would type
    text: Vec<String>,
}

#[derive(Args, Debug)]
pub(super) struct Import {
    /// The CSV file
    file: PathBuf,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(place: &Place, command: Command) -> Result<(), Failure> {
    let config = place.read()?;
    super::note_demo(&config);
    let changed = data::with(&config, async |directory| match command {
        Command::List => list(directory).await,
        Command::Find(find) => found(directory, &find.text.join(" ")).await,
        Command::Misses => misses(directory, zone(config.site.country)).await,
        Command::Import(arguments) => import(directory, &arguments).await,
    })?;
    if changed {
        data::tell(&config, "them")?;
    }
    Ok(())
}

async fn list(directory: &Directory) -> Result<bool, Failure> {
    let mut people = directory.snapshot().await?.people;
    people.sort_by(|one, other| one.name.cmp(&other.name));
    let mut lines = vec![
        [
            "ID", "KIND", "NAME", "FUNCTION", "SERVICE", "NUMBERS", "DEPUTY",
        ]
        .map(str::to_owned),
    ];
    for person in &people {
        lines.push([
            person.id.clone(),
            person.kind.as_str().to_owned(),
            person.name.clone(),
            or_dash(&person.function),
            or_dash(person.service.as_deref().unwrap_or_default()),
            or_dash(&numbers(person)),
            or_dash(person.deputy.as_deref().unwrap_or_default()),
        ]);
    }
    if people.is_empty() {
        println!("Nobody yet: `centrale people import FILE.csv` takes a file.");
    } else {
        print!("{}", columns(&lines));
    }
    Ok(false)
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "-" } else { text }.to_owned()
}

/// The numbers that may be shown; of the others, that there is one.
fn numbers(person: &Person) -> String {
    let shown = person.numbers.iter().map(|number| match number.visibility {
        Visibility::Public | Visibility::Internal => number.number.as_str(),
        Visibility::Private | Visibility::Hidden => "(hidden)",
    });
    shown.collect::<Vec<_>>().join(" ")
}

async fn found(directory: &Directory, text: &str) -> Result<bool, Failure> {
    let index = Index::build(entries(&directory.snapshot().await?));
    let rows = index.search(text, &Context::default(), 10);
    if rows.is_empty() {
        println!("Nobody is found for {text:?}.");
        return Ok(false);
    }
    let mut lines = vec![["POINTS", "NAME", "DETAIL", "FIRST NUMBER"].map(str::to_owned)];
    for row in &rows {
        let numbers = row.numbers();
        let first = numbers.first().and_then(|number| number.shown);
        lines.push([
            row.text.to_string(),
            row.entry.name().to_owned(),
            or_dash(&row.entry.detail()),
            or_dash(first.unwrap_or_default()),
        ]);
    }
    print!("{}", columns(&lines));
    Ok(false)
}

async fn misses(directory: &Directory, zone: Tz) -> Result<bool, Failure> {
    let misses = directory.search_misses().await?;
    let mut lines = vec![["TIMES", "LAST", "TEXT"].map(str::to_owned)];
    lines.extend(misses.iter().map(|miss| {
        let last = local(miss.last_at, zone, "%Y-%m-%d %H:%M");
        [miss.times.to_string(), last, miss.text.clone()]
    }));
    if misses.is_empty() {
        println!("Every search has found something.");
    } else {
        print!("{}", columns(&lines));
    }
    Ok(false)
}

async fn import(directory: &Directory, import: &Import) -> Result<bool, Failure> {
    let file = import.file.display();
    let text = std::fs::read_to_string(&import.file)
        .map_err(|why| Failure::Other(format!("{file} cannot be read: {why}")))?;
    let preview = match directory.preview_people(&text).await {
        Ok(preview) => preview,
        Err(DirectoryError::Import(mistakes)) => {
            let mut lines: Vec<String> = mistakes
                .iter()
                .map(|mistake| format!("{file}:{}: {}", mistake.line, mistake.message))
                .collect();
            lines.push("nothing was imported".to_owned());
            return Err(Failure::Other(lines.join("\n")));
        }
        Err(other) => return Err(other.into()),
    };
    if !import.dry_run {
        directory.import_people(&preview).await?;
    }
    say(&preview, import.dry_run);
    Ok(!import.dry_run)
}

fn say(preview: &PeopleImport, dry_run: bool) {
    for (row, change) in &preview.people {
        let word = match change {
            PersonChange::New => "new",
            PersonChange::Changed => "changed",
            PersonChange::Same => continue,
        };
        println!("{word:8}{} ({})", row.person.name, row.person.id);
    }
    for id in &preview.missing {
        println!("missing {id}: it came from an earlier file, and stays");
    }
    println!(
        "{}: {} new, {} changed, {} the same.{}",
        counted(preview.people.len(), "line"),
        preview.count(PersonChange::New),
        preview.count(PersonChange::Changed),
        preview.count(PersonChange::Same),
        if dry_run { " Nothing was written." } else { "" }
    );
}
