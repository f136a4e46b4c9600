//! Is a service open at this moment? Pure, with the reason, and never silent when it cannot be told (IVR-7).
//!
//! In order: a closure or exceptional opening (highest priority first), the live hours, the hours of the flow. Hours are
//! local wall-clock times of the flow's zone, so the two nights a year when the clock changes need no rule of their own:
//! an hour that happens twice is open twice, one that is skipped never comes.

mod holidays;
mod hours;
mod preview;

pub use holidays::{Calendar, YEARS, calendar_names, holiday_name};
pub use hours::{Hours, Unreadable};
pub use preview::{Day, Period, preview};

use crate::flow::{Branch, Flow, Service};
use crate::situation::{Closure, Situation};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use std::borrow::Cow;
use std::sync::Arc;

/// Open or closed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What to do: for hours that cannot be evaluated, the declared safe branch.
    pub branch: Branch,
    /// The reason.
    pub because: Because,
}

/// The reason of a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// The opening hours say so.
    Hours,
    /// A public holiday changed the hours of this day.
    Holiday {
        /// Code of the holiday; [`holiday_name`] names it.
        code: Arc<str>,
        /// The day.
        date: NaiveDate,
    },
    /// A closure or an exceptional opening.
    Closure {
        /// Its name.
        name: Arc<str>,
        /// The step it wants instead of the service's own.
        step: Option<Arc<str>>,
    },
    /// The hours could not be evaluated. Loud: somebody must look at them.
    Unsure {
        /// What is wrong with them.
        problem: String,
    },
}

/// Whether a service is open now.
pub fn verdict(
    flow: &Flow,
    service: &Service,
    now: DateTime<Utc>,
    situation: &Situation,
) -> Verdict {
    verdict_at(
        flow,
        service,
        now.with_timezone(&flow.zone).naive_local(),
        situation,
    )
}

/// Whether a service is open at a local moment.
pub fn verdict_at(
    flow: &Flow,
    service: &Service,
    local: NaiveDateTime,
    situation: &Situation,
) -> Verdict {
    if let Some(closure) = ruling(flow, service, local, situation) {
        let because = Because::Closure {
            name: closure.name.clone(),
            step: closure.step.clone(),
        };
        return Verdict {
            branch: if closure.open {
                Branch::Open
            } else {
                Branch::Closed
            },
            because,
        };
    }
    let hours = match effective(flow, service, situation) {
        Ok(hours) => hours,
        Err(problem) => {
            return Verdict {
                branch: service.unsure,
                because: Because::Unsure {
                    problem: problem.message,
                },
            };
        }
    };
    let date = local.date();
    if hours.knows_holidays() && !flow.calendar.covers(date) {
        let problem = format!(
            "holidays are only known from {} to {}",
            YEARS.start(),
            YEARS.end()
        );
        return Verdict {
            branch: service.unsure,
            because: Because::Unsure { problem },
        };
    }
    let branch = if hours.open_at(local) {
        Branch::Open
    } else {
        Branch::Closed
    };
    let holiday = flow
        .calendar
        .on(date)
        .filter(|_| hours.changed_by_holiday(date));
    let because = holiday.map_or(Because::Hours, |code| Because::Holiday {
        code: code.clone(),
        date,
    });
    Verdict { branch, because }
}

/// The hours in force: live ones before those of the flow.
pub(crate) fn effective<'a>(
    flow: &Flow,
    service: &'a Service,
    situation: &Situation,
) -> Result<Cow<'a, Hours>, Unreadable> {
    match situation.hours.get(&service.name) {
        None => Ok(Cow::Borrowed(&service.hours)),
        Some(text) => Hours::parse(text, text, &flow.calendar).map(Cow::Owned),
    }
}

/// Closures that are for a service, of the flow and live ones.
fn closures<'a>(
    flow: &'a Flow,
    service: &Service,
    situation: &'a Situation,
) -> impl Iterator<Item = &'a Closure> {
    let name = service.name.clone();
    let planned = flow.closures.iter().map(|p| &p.closure);
    planned
        .chain(&situation.closures)
        .filter(move |c| c.services.is_empty() || c.services.contains(&name))
}

/// The closure that rules a moment: highest priority, at equal priority a closed one, then the first written.
fn ruling<'a>(
    flow: &'a Flow,
    service: &Service,
    local: NaiveDateTime,
    situation: &'a Situation,
) -> Option<&'a Closure> {
    let mut best: Option<&Closure> = None;
    for closure in closures(flow, service, situation).filter(|c| c.from <= local && local < c.to) {
        if best.is_none_or(|b| (closure.priority, !closure.open) > (b.priority, !b.open)) {
            best = Some(closure);
        }
    }
    best
}

#[cfg(test)]
mod tests;
