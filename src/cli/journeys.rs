//! `centrale journeys`: the last calls, each with its legs and the reasons of its decisions.

use std::fmt::Write;

use call::snapshot::Country;
use chrono_tz::Tz;
use clap::Args;
use directory::{DecisionRow, JourneyRecord, LegRow, Moment, RESULT};
use ivr::Lang;

use super::{Place, data};
use crate::start::Failure;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// How many
    #[arg(short = 'n', long, default_value_t = 10)]
    number: u32,
}

pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let config = place.read()?;
    let number = arguments.number;
    let journeys = data::with(&config, async |directory| {
        Ok(directory.journeys(number).await?)
    })?;
    if journeys.is_empty() {
        println!("No call is on record yet.");
    }
    for journey in &journeys {
        println!("{}", table(journey, zone(config.site.country)));
    }
    Ok(())
}

/// The town's own time: the machine's may be another.
pub(super) fn zone(country: Country) -> Tz {
    match country {
        Country::Be => Tz::Europe__Brussels,
        Country::Fr => Tz::Europe__Paris,
    }
}

/// One journey, for people.
fn table(journey: &JourneyRecord, zone: Tz) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut text, journey, zone);
    text
}

fn write(out: &mut String, journey: &JourneyRecord, zone: Tz) -> std::fmt::Result {
    let time = |at| local(at, zone, "%H:%M:%S");
    let from = if journey.from.is_empty() {
        "withheld"
    } else {
        &journey.from
    };
    let by = journey
        .trunk
        .as_ref()
        .map_or_else(String::new, |trunk| format!(" by {trunk}"));
    writeln!(
        out,
        "{}  {from} → {}{by}",
        clock(journey.began_at, zone),
        journey.to
    )?;
    let lasted = match journey.ended_at {
        Some(ended) => format!(
            "{}, {}",
            length(journey.began_at, ended),
            cause(journey.cause.as_deref())
        ),
        None => "running".to_owned(),
    };
    writeln!(out, "  {lasted}   ({})", journey.id.0)?;
    for leg in &journey.legs {
        writeln!(out, "  leg     {}", leg_line(leg))?;
    }
    for decision in &journey.decisions {
        writeln!(out, "  {}  {}", time(decision.at), reason(decision))?;
    }
    for moved in &journey.moves {
        let way = if moved.to == journey.id {
            "came here from"
        } else {
            "went on to"
        };
        let other = if moved.to == journey.id {
            &moved.from
        } else {
            &moved.to
        };
        writeln!(out, "  {}  a leg {way} {}", time(moved.at), other.0)?;
    }
    for command in &journey.commands {
        writeln!(
            out,
            "  {}  {} {}: {}",
            time(command.at),
            command.actor,
            command.verb,
            command.result
        )?;
    }
    Ok(())
}

fn leg_line(leg: &LegRow) -> String {
    let arrow = if leg.direction == "inbound" {
        "from"
    } else {
        "to  "
    };
    let mut line = format!("{arrow} {}", leg.party);
    match (leg.answered_at, leg.ended_at) {
        (Some(answered), Some(ended)) => {
            let _ = write!(line, ", talked {}", length(answered, ended));
        }
        (Some(_), None) => line.push_str(", talking"),
        (None, _) => line.push_str(", not answered"),
    }
    if let Some(code) = &leg.cause {
        let _ = write!(line, ", {}", cause(Some(code)));
    }
    if let Some(report) = &leg.report {
        let _ = write!(
            line,
            "; {} packets in, {} out, {} lost",
            report.packets_received, report.packets_sent, report.packets_lost
        );
        if report.mos_centi > 0 {
            let _ = write!(
                line,
                ", MOS {}.{:02}",
                report.mos_centi / 100,
                report.mos_centi % 100
            );
        }
    }
    line
}

/// A decision as a sentence: the dialplan's in its own words, every other by its code and values.
fn reason(decision: &DecisionRow) -> String {
    let rule = ivr::Rule::ALL
        .iter()
        .find(|rule| rule.code() == decision.code);
    let value = |name: &str| decision.arguments.get(name).cloned().unwrap_or_default();
    let inputs = decision
        .arguments
        .iter()
        .filter(|(name, _)| *name != RESULT);
    match rule {
        Some(rule) => ivr::Decision {
            node: decision.node.as_str().into(),
            rule: *rule,
            inputs: inputs
                .map(|(name, value)| (name.as_str().into(), value.clone()))
                .collect(),
            result: value(RESULT),
        }
        .sentence(Lang::EN),
        None => {
            let values: Vec<String> = inputs
                .map(|(name, value)| format!("{name} {value}"))
                .collect();
            let values = if values.is_empty() {
                String::new()
            } else {
                format!(" ({})", values.join(", "))
            };
            format!(
                "{}: {}{values} → {}",
                decision.node,
                decision.code.replace('-', " "),
                value(RESULT)
            )
        }
    }
}

/// A code as words; what stands behind its colon is a SIP status.
fn cause(code: Option<&str>) -> String {
    match code.and_then(|code| code.split_once(':')) {
        Some(("trunk-failed", "0")) => "the trunk said nothing".to_owned(),
        Some((code, status)) => format!("{} (SIP {status})", code.replace('-', " ")),
        None => code.unwrap_or("no reason on record").replace('-', " "),
    }
}

/// The town's day and time.
pub(super) fn clock(at: Moment, zone: Tz) -> String {
    local(at, zone, "%Y-%m-%d %H:%M:%S")
}

pub(super) fn local(at: Moment, zone: Tz, format: &str) -> String {
    at.utc().map_or_else(
        || "?".to_owned(),
        |utc| utc.with_timezone(&zone).format(format).to_string(),
    )
}

fn length(from: Moment, to: Moment) -> String {
    let seconds = to.0.saturating_sub(from.0).max(0) / 1_000;
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

#[cfg(test)]
mod tests;
