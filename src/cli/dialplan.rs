//! `centrale dialplan`: check, test and try dialplans without a telephone. The same evaluator as for live calls.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use ivr::flow::StepKind;
use ivr::simulate::{self, Case, End, Phone};
use ivr::{Cause, Flow, Lang, QueueState, Situation, Surroundings, Walk};

use super::Place;
use crate::compose::dialplans;
use crate::config::Refusal;
use crate::start::Failure;
use crate::town::counted;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Say every mistake of a file, with its line and what was probably meant
    Check {
        /// The dialplan
        file: PathBuf,
    },
    /// Take the test calls written in a file, and say which came out otherwise
    Test {
        /// The dialplan
        file: PathBuf,
    },
    /// Take a made-up call through a file: the way, the prompts, and why
    Simulate(Simulate),
    /// Show every way a caller can go, from each number
    Ways {
        /// The dialplan
        file: PathBuf,
    },
    /// Show the coming days of a service: open, closed, and why
    Hours(Hours),
}

#[derive(Args, Debug)]
pub(super) struct Hours {
    /// The dialplan
    file: PathBuf,
    /// One service [default: all]
    #[arg(long)]
    service: Option<String>,
    /// The first day, e.g. 2026-12-24 [default: today in the town]
    #[arg(long)]
    from: Option<chrono::NaiveDate>,
    /// How many days
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
}

#[derive(Args, Debug)]
pub(super) struct Simulate {
    /// The dialplan
    file: PathBuf,
    /// Calling number [default: withheld]
    #[arg(long)]
    from: Option<String>,
    /// Called number [default: the first of the file]
    #[arg(long)]
    to: Option<String>,
    /// When, e.g. 2026-12-24T16:45 in the town's time [default: now]
    #[arg(long)]
    at: Option<String>,
    /// Keys pressed, one for each question; - is a silence
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    keys: String,
    /// What a phone does, e.g. 2101=busy: answers [usual], no-answer, busy or unreachable
    #[arg(long = "phone", value_name = "PHONE=WHAT", value_parser = phone)]
    phones: Vec<(String, Phone)>,
    /// How a queue stands, e.g. reception=4,2 for 4 waiting and 2 at work; reception=4,2,180 when the wait is known, in seconds
    #[arg(long = "queue", value_name = "STEP=WAITING,AGENTS", value_parser = queue)]
    queues: Vec<(String, QueueState)>,
    /// Language of the reasons: nl, fr, de or en
    #[arg(long, default_value = "en")]
    language: String,
}

fn phone(text: &str) -> Result<(String, Phone), String> {
    let said = text.split_once('=');
    said.and_then(|(name, does)| Some((name.to_owned(), Phone::parse(does)?)))
        .ok_or_else(|| {
            format!(
                "write for example 2101=busy; a phone {}",
                Phone::WORDS.join(", ")
            )
        })
}

fn queue(text: &str) -> Result<(String, QueueState), String> {
    let wrong =
        || "write for example reception=4,2: 4 callers wait, 2 people are at work".to_owned();
    let (name, state) = text.split_once('=').ok_or_else(wrong)?;
    let counts: Option<Vec<u32>> = state
        .split(',')
        .map(|count| count.trim().parse().ok())
        .collect();
    match counts.as_deref() {
        Some([waiting, agents, rest @ ..]) if rest.len() < 2 => Ok((
            name.to_owned(),
            QueueState {
                waiting: *waiting,
                agents: *agents,
                estimate: rest
                    .first()
                    .map(|seconds| Duration::from_secs(u64::from(*seconds))),
            },
        )),
        _ => Err(wrong()),
    }
}

pub(super) fn run(place: &Place, command: Command) -> Result<(), Failure> {
    let config = place.read()?;
    let (around, _) = dialplans::surroundings(&config);
    match command {
        Command::Check { file } => {
            let flow = read(&file, &around, true)?;
            let red = dialplans::red(&flow);
            if !red.is_empty() {
                return Err(Refusal::Mistakes(red).into());
            }
            println!(
                "{} is right: {}, {}, {}, {}",
                file.display(),
                counted(flow.numbers.len(), "number"),
                counted(flow.services.len(), "service"),
                counted(flow.steps.len(), "step"),
                match flow.tests.len() {
                    0 => "0 tests: nobody wrote what it must decide ([[test]])".to_owned(),
                    tests => format!("{} passed", counted(tests, "test")),
                }
            );
            Ok(())
        }
        Command::Test { file } => {
            let report = ivr::run_tests(&read(&file, &around, false)?);
            if report.outcomes.is_empty() {
                return Err(Failure::Other(format!(
                    "{}: 0 tests, so nothing was tried: a [[test]] says what the dialplan must decide, for example\n\n\
                     [[test]]\nname = \"on Christmas Day everybody hears that we are closed\"\nto = \"+32…\"\n\
                     at = 2026-12-25T10:00\nkeys = \"11\"\nends = \"closed\"",
                    file.display()
                )));
            }
            println!("{report}");
            let failed = report.outcomes.iter().filter(|o| !o.failures.is_empty());
            match failed.count() {
                0 => Ok(()),
                failed => Err(Failure::Other(format!(
                    "{} failed",
                    counted(failed, "test")
                ))),
            }
        }
        Command::Simulate(call) => {
            let flow = read(&call.file, &around, false)?;
            let (case, language) = case(&flow, &config, &call)?;
            let walk = ivr::simulate(&flow, &case);
            print!(
                "{}",
                simulate::render(&walk, &flow, &around.library, language)
            );
            came_to(&walk, &case, &flow)
        }
        Command::Ways { file } => {
            let flow = read(&file, &around, false)?;
            print!("{}", simulate::branches(&flow));
            Ok(())
        }
        Command::Hours(asked) => {
            let flow = read(&asked.file, &around, false)?;
            hours(&flow, &asked)
        }
    }
}

fn hours(flow: &Flow, asked: &Hours) -> Result<(), Failure> {
    let first = asked
        .from
        .unwrap_or_else(|| chrono::Utc::now().with_timezone(&flow.zone).date_naive());
    let wanted = |name: &str| asked.service.as_deref().is_none_or(|only| only == name);
    let services: Vec<_> = flow
        .services
        .iter()
        .filter(|(name, _)| wanted(name))
        .collect();
    if services.is_empty() {
        let names: Vec<&str> = flow.services.keys().map(|name| &**name).collect();
        let asked = asked.service.as_deref().unwrap_or("any service");
        return Err(Failure::Other(format!(
            "{asked} is not in the dialplan; its services are: {}",
            names.join(", ")
        )));
    }
    for (name, service) in services {
        println!("{name}");
        let days = ivr::schedule::preview(flow, service, first, asked.days, &Situation::default());
        for day in days {
            println!("  {day}");
        }
    }
    Ok(())
}

/// A dialplan that is right; its warnings are said when asked for.
fn read(file: &Path, around: &Surroundings, warn: bool) -> Result<Arc<Flow>, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|why| Failure::Other(format!("{} cannot be read: {why}", file.display())))?;
    match dialplans::checked(&text, &file.display().to_string(), around) {
        Ok((flow, warnings)) => {
            for warning in warnings.iter().filter(|_| warn) {
                println!("{warning}\n");
            }
            Ok(flow)
        }
        Err(mistakes) => Err(Refusal::Mistakes(mistakes).into()),
    }
}

/// A call that nobody planned for is a finding, for a script too.
fn came_to(walk: &Walk, case: &Case, flow: &Flow) -> Result<(), Failure> {
    let why = match walk.end {
        End::HungUp {
            cause: Cause::UnknownNumber,
        } => {
            let numbers: Vec<&str> = flow.numbers.iter().map(|n| &*n.pattern).collect();
            format!(
                "{} leads nowhere in this dialplan; its numbers are {}",
                case.to,
                numbers.join(", ")
            )
        }
        End::HungUp {
            cause: Cause::Fault,
        } => "the dialplan is broken: the decisions above say where".to_owned(),
        End::Endless => "the call never ends".to_owned(),
        End::HungUp { .. } | End::Answered { .. } => return Ok(()),
    };
    Err(Failure::Other(why))
}

fn case(
    flow: &Arc<Flow>,
    config: &crate::config::Config,
    call: &Simulate,
) -> Result<(Case, Lang), Failure> {
    let country = config.site.country;
    let e164 = |text: &String| {
        call::border::number::to_e164(country, text).unwrap_or_else(|| text.clone())
    };
    let first = || {
        flow.numbers
            .first()
            .map(|number| number.pattern.to_string())
    };
    let to =
        call.to.as_ref().map(e164).or_else(first).ok_or_else(|| {
            Failure::Other("--to is missing: the dialplan has no number".to_owned())
        })?;
    let at = match &call.at {
        Some(written) => {
            simulate::moment(flow, written).map_err(|why| Failure::Other(format!("--at {why}")))?
        }
        None => chrono::Utc::now(),
    };
    let language = Lang::parse(&call.language).ok_or_else(|| {
        Failure::Other(format!(
            "--language {}: expected nl, fr, de or en",
            call.language
        ))
    })?;
    let from = call.from.as_ref().map(e164);
    let mut case = Case::made_up(from, to, at, call.keys.clone());
    case.phones = call.phones.iter().cloned().collect();
    for (step, state) in &call.queues {
        case.situation
            .queues
            .insert(queue_step(flow, step)?, *state);
    }
    Ok((case, language))
}

/// The queue of that name, or which ones there are.
fn queue_step(flow: &Flow, name: &str) -> Result<Arc<str>, Failure> {
    let queues = flow.steps.iter();
    let queues = queues.filter(|step| matches!(step.kind, StepKind::Queue { .. }));
    let known: Vec<&Arc<str>> = queues.map(|step| &step.name).collect();
    match known.iter().find(|step| step.as_ref() == name) {
        Some(step) => Ok(Arc::clone(step)),
        None if known.is_empty() => Err(Failure::Other(
            "--queue: the dialplan has no queue".to_owned(),
        )),
        None => {
            let names: Vec<&str> = known.iter().map(|step| &***step).collect();
            let names = names.join(", ");
            Err(Failure::Other(format!(
                "--queue {name}: the queues of the dialplan are {names}"
            )))
        }
    }
}
