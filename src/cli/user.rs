//! `centrale user`: who signs in at the desk, as what, and with which phone.

use std::io::{BufRead, IsTerminal, Write};
use std::time::SystemTime;

use clap::{Args, Subcommand, ValueEnum};
use directory::{AuditEntry, Directory, User, UserChange, password};
use ring::rand::SystemRandom;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::{Place, account, data};
use crate::compose::snapshot::moment;
use crate::out;
use crate::start::Failure;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Add a user; a generated password is shown once
    Add(Add),
    /// Change a user: password, roles, phone, station, or block; whatever changes ends the user's sessions
    Change(Change),
    /// Show all users
    List,
    /// Remove a user; the audit keeps the name
    Remove {
        /// What is typed to sign in
        user: String,
    },
}

#[derive(Args, Debug)]
pub(super) struct Add {
    /// What is typed to sign in, e.g. an.peeters
    user: String,
    /// What colleagues see
    #[arg(long)]
    name: Option<String>,
    /// What the person is; several with commas
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "receptionist"
    )]
    role: Vec<Role>,
    /// Account of the desk phone beside the browser, e.g. 2105
    #[arg(long)]
    phone: Option<String>,
    /// Number of a mobile that may take the browser's place
    #[arg(long)]
    mobile: Option<String>,
    /// Station at the desk [default: the user's name]
    #[arg(long)]
    station: Option<String>,
    /// Town whose calls the person has to do with, by id (`centrale town list`) [default: all of the house]
    #[arg(long)]
    town: Option<String>,
    /// Languages spoken, first preferred, e.g. nl,fr
    #[arg(long, value_delimiter = ',')]
    languages: Vec<String>,
    /// Ask for the password instead of generating one
    #[arg(long)]
    ask_password: bool,
}

#[derive(Args, Debug)]
pub(super) struct Change {
    /// What is typed to sign in
    user: String,
    /// Make a new password, which is shown once
    #[arg(long, conflicts_with = "ask_password")]
    new_password: bool,
    /// Ask for a new password
    #[arg(long)]
    ask_password: bool,
    /// What colleagues see
    #[arg(long)]
    name: Option<String>,
    /// What the person is, all of it; several with commas
    #[arg(long, value_enum, value_delimiter = ',')]
    role: Option<Vec<Role>>,
    /// Account of the desk phone; an empty one takes it away
    #[arg(long)]
    phone: Option<String>,
    /// Number of a mobile; an empty one takes it away
    #[arg(long)]
    mobile: Option<String>,
    /// Station at the desk
    #[arg(long)]
    station: Option<String>,
    /// Town, by id; an empty one is all of the house
    #[arg(long)]
    town: Option<String>,
    /// Languages spoken, first preferred
    #[arg(long, value_delimiter = ',')]
    languages: Option<Vec<String>>,
    /// Whether the person may sign in
    #[arg(long, value_enum)]
    sign_in: Option<May>,
}

/// Whether somebody may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum May {
    Allowed,
    Blocked,
}

/// A role, as the command line writes it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Role {
    /// Takes and transfers calls, notes, tasks, closures, absences
    Receptionist,
    /// The same for a service
    ServiceLead,
    /// Says who is away
    DirectoryEditor,
    /// Numbers, lines, accounts, users
    TelephonyAdmin,
    /// Reads everything
    Auditor,
    /// Sees all desks, and may do what a receptionist may
    Supervisor,
}

fn codes(roles: &[Role]) -> Vec<String> {
    let code = |role: &Role| {
        use console::protocol::Role as R;
        console::role_code(match role {
            Role::Receptionist => R::Receptionist,
            Role::ServiceLead => R::ServiceLead,
            Role::DirectoryEditor => R::DirectoryEditor,
            Role::TelephonyAdmin => R::TelephonyAdmin,
            Role::Auditor => R::Auditor,
            Role::Supervisor => R::Supervisor,
        })
        .to_owned()
    };
    roles.iter().map(code).collect()
}

pub(super) fn run(place: &Place, command: Command) -> Result<(), Failure> {
    let config = place.read()?;
    super::note_demo(&config);
    let changed = data::with(&config, async |directory| match command {
        Command::Add(add) => self::add(directory, add).await,
        Command::Change(change) => self::change(directory, change).await,
        Command::List => list(directory).await,
        Command::Remove { user } => remove(directory, &user).await,
    })?;
    if changed {
        data::tell(&config, "it")?;
    }
    Ok(())
}

async fn add(directory: &Directory, add: Add) -> Result<bool, Failure> {
    let (password, is_shown) = new_password(directory, add.ask_password)?;
    let mut user = User::new(&add.user, hash(&password)?);
    user.display = add.name.unwrap_or(user.display);
    user.roles = codes(&add.role);
    user.station = add.station.unwrap_or(user.station);
    user.phone = add.phone;
    user.mobile = add.mobile;
    user.entity = add.town;
    user.languages = add.languages;
    directory.add_user(&user, moment(SystemTime::now())).await?;
    audit(directory, "add-user", &user.name).await?;
    println!("user      {}", user.name);
    if is_shown {
        show_once(&password);
    }
    Ok(true)
}

async fn change(directory: &Directory, asked: Change) -> Result<bool, Failure> {
    let (mut password, mut is_shown) = (None, false);
    if asked.new_password || asked.ask_password {
        let (new, shown) = new_password(directory, asked.ask_password)?;
        (password, is_shown) = (Some(new), shown);
    }
    let change = UserChange {
        display: asked.name,
        password: password.as_deref().map(hash).transpose()?,
        roles: asked.role.as_deref().map(codes),
        station: asked.station,
        phone: asked.phone,
        mobile: asked.mobile,
        entity: asked.town,
        languages: asked.languages,
        blocked: asked.sign_in.map(|may| may == May::Blocked),
    };
    if change == UserChange::default() {
        return Err(Failure::Other(
            "nothing to change: say what, for example --new-password or --role supervisor"
                .to_owned(),
        ));
    }
    directory.change_user(&asked.user, &change).await?;
    audit(directory, "change-user", &asked.user).await?;
    println!(
        "user      {} is changed, and signed out everywhere",
        asked.user
    );
    if let Some(password) = password.filter(|_| is_shown) {
        show_once(&password);
    }
    Ok(true)
}

async fn remove(directory: &Directory, user: &str) -> Result<bool, Failure> {
    if !directory.remove_user(user).await? {
        return Err(Failure::Other(format!("there is no user {user}")));
    }
    audit(directory, "remove-user", user).await?;
    println!("user      {user} is removed, and signed out everywhere");
    Ok(true)
}

async fn list(directory: &Directory) -> Result<bool, Failure> {
    let header = [
        "USER", "NAME", "ROLES", "TOWN", "STATION", "PHONE", "MOBILE",
    ]
    .map(str::to_owned);
    let mut lines = vec![header];
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    for user in directory.users().await? {
        let blocked = if user.blocked { " (blocked)" } else { "" };
        lines.push([
            format!("{}{blocked}", user.name),
            user.display,
            user.roles.join(", "),
            user.entity.unwrap_or_else(|| "all".to_owned()),
            user.station,
            or_dash(user.phone),
            or_dash(user.mobile),
        ]);
    }
    if lines.len() == 1 {
        println!("There is no user yet; `centrale user add` makes one.");
    } else {
        print!("{}", account::columns(&lines));
    }
    Ok(false)
}

async fn audit(directory: &Directory, action: &str, user: &str) -> Result<(), Failure> {
    let entry = AuditEntry {
        at: moment(SystemTime::now()),
        actor: "command line".to_owned(),
        action: action.to_owned(),
        what: user.to_owned(),
        result: "done".to_owned(),
        address: String::new(),
    };
    Ok(directory.audit(&[entry]).await?)
}

fn hash(text: &str) -> Result<String, Failure> {
    Ok(password::hash(text, &SystemRandom::new())?)
}

/// A password that a person chose, or a generated one, and whether it must be shown.
fn new_password(directory: &Directory, ask: bool) -> Result<(String, bool), Failure> {
    if !ask {
        return Ok((directory.generate_password()?, true));
    }
    let chosen = typed()?;
    if chosen.chars().count() < password::SHORTEST {
        return Err(Failure::Other(format!(
            "a password has at least {} characters; a sentence is easy to remember",
            password::SHORTEST
        )));
    }
    Ok((chosen, false))
}

/// One line from the terminal without showing it, or from whatever stands on the standard input.
fn typed() -> Result<String, Failure> {
    let input = std::io::stdin();
    let unread =
        |why: std::io::Error| Failure::Other(format!("the password cannot be read: {why}"));
    let mut line = String::new();
    if input.is_terminal() {
        eprint!("Password (at least {} characters): ", password::SHORTEST);
        std::io::stderr().flush().map_err(unread)?;
        let shown = tcgetattr(&input).map_err(|why| unread(why.into()))?;
        let mut hidden = shown.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&input, OptionalActions::Flush, &hidden).map_err(|why| unread(why.into()))?;
        let read = input.lock().read_line(&mut line);
        // Whatever was read, the terminal shows again what is typed.
        let _ = tcsetattr(&input, OptionalActions::Now, &shown);
        eprintln!();
        read.map_err(unread)?;
    } else {
        input.lock().read_line(&mut line).map_err(unread)?;
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn show_once(password: &str) {
    out::say_once(&format!(
        "password  {password}\nThe password is shown this once; only its hash is kept.\n"
    ));
}
