//! The coming days of a service, as the evaluator will see them (IVR-7: preview of the next 60 days).

use super::{Because, closures, effective, hours::clock, verdict_at};
use crate::flow::{Branch, Flow, Service};
use crate::situation::Situation;
use chrono::{Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use std::fmt;

/// One local day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: NaiveDate,
    /// From midnight to midnight without a gap.
    pub periods: Vec<Period>,
}

/// A part of a day with one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Minutes from midnight, local wall clock; end exclusive, at most 1440.
    pub minutes: std::ops::Range<u16>,
    /// Open or closed.
    pub branch: Branch,
    /// Why.
    pub because: Because,
}

/// The days from `first` on; at most 366.
pub fn preview(
    flow: &Flow,
    service: &Service,
    first: NaiveDate,
    days: u16,
    situation: &Situation,
) -> Vec<Day> {
    let dates = (0..u64::from(days.min(366))).filter_map(|n| first.checked_add_days(Days::new(n)));
    dates
        .map(|date| Day {
            date,
            periods: periods(flow, service, date, situation),
        })
        .collect()
}

/// The answer can only change where hours or closures begin or end; it is asked once from each such moment on.
fn periods(flow: &Flow, service: &Service, date: NaiveDate, situation: &Situation) -> Vec<Period> {
    let mut edges: Vec<u16> = vec![0, 1440];
    if let Ok(hours) = effective(flow, service, situation) {
        edges.extend(
            hours
                .ranges_on(date)
                .into_iter()
                .flat_map(|r| [r.start, r.end]),
        );
    }
    for closure in closures(flow, service, situation) {
        edges.extend(
            [closure.from, closure.to]
                .into_iter()
                .filter_map(|t| edge(date, t)),
        );
    }
    edges.sort_unstable();
    edges.dedup();
    let mut periods: Vec<Period> = Vec::new();
    for (start, end) in edges.iter().zip(edges.iter().skip(1)) {
        let Some(local) = date
            .and_time(NaiveTime::MIN)
            .checked_add_signed(Duration::minutes(i64::from(*start)))
        else {
            continue;
        };
        let verdict = verdict_at(flow, service, local, situation);
        match periods.last_mut() {
            Some(last) if last.branch == verdict.branch && last.because == verdict.because => {
                last.minutes.end = *end
            }
            _ => periods.push(Period {
                minutes: *start..*end,
                branch: verdict.branch,
                because: verdict.because,
            }),
        }
    }
    periods
}

/// The minute of a day a moment falls in, rounded up.
fn edge(date: NaiveDate, at: NaiveDateTime) -> Option<u16> {
    if at.date() != date {
        return None;
    }
    let minute = at
        .hour()
        .checked_mul(60)?
        .checked_add(at.minute())?
        .checked_add(u32::from(at.second() > 0))?;
    u16::try_from(minute).ok()
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.date.format("%a %Y-%m-%d"))?;
        let open: Vec<String> = self
            .periods
            .iter()
            .filter(|p| p.branch == Branch::Open)
            .map(|p| format!("{}-{}", clock(p.minutes.start), clock(p.minutes.end)))
            .collect();
        f.write_str(
            if open.is_empty() {
                "closed".to_owned()
            } else {
                open.join(", ")
            }
            .as_str(),
        )?;
        let mut told: Vec<String> = Vec::new();
        for period in &self.periods {
            let note = match &period.because {
                Because::Hours => continue,
                Because::Holiday { code, .. } => super::holiday_name(code, crate::Lang::EN),
                Because::Closure { name, .. } => name.to_string(),
                Because::Unsure { problem } => format!("CANNOT BE EVALUATED: {problem}"),
            };
            if !told.contains(&note) {
                told.push(note);
            }
        }
        if !told.is_empty() {
            write!(f, "  ({})", told.join("; "))?;
        }
        Ok(())
    }
}
