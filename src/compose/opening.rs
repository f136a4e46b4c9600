//! Open or closed now, and until when: what the desk shows of the house, by the evaluator that decides live calls.

use std::time::{Duration, SystemTime};

use call::snapshot::Snapshot;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use console::Opening;
use ivr::flow::Branch;
use ivr::{Flow, Situation, schedule};

/// How far ahead the next change is looked for, days.
const AHEAD: u16 = 8;

/// The service of reception behind the central number; a house without hours is always open.
pub(crate) fn opening(snapshot: &Snapshot, now: SystemTime) -> Opening {
    let always = Opening {
        open: true,
        until: None,
    };
    let number = snapshot.numbers.get(&snapshot.settings.site_number);
    let flow = number
        .and_then(|number| snapshot.flows.get(&number.flow))
        .or_else(|| snapshot.flows.values().next());
    let Some(flow) = flow else {
        return always;
    };
    let Some(service) = flow.reception_service() else {
        return always;
    };
    let now = DateTime::<Utc>::from(now);
    let situation = &snapshot.situation;
    let branch = schedule::verdict(flow, service, now, situation).branch;
    Opening {
        open: branch == Branch::Open,
        until: next_change(flow, service, situation, (now, branch)),
    }
}

fn next_change(
    flow: &Flow,
    service: &ivr::flow::Service,
    situation: &Situation,
    (now, branch): (DateTime<Utc>, Branch),
) -> Option<SystemTime> {
    let today = now.with_timezone(&flow.zone).date_naive();
    let days = schedule::preview(flow, service, today, AHEAD, situation);
    let changes = days.iter().flat_map(|day| {
        let other = day.periods.iter().filter(|period| period.branch != branch);
        other.filter_map(|period| moment(flow, day.date, period.minutes.start))
    });
    changes.filter(|at| *at > now).min().map(SystemTime::from)
}

/// A local wall clock time; one that a clock change skips is an hour later.
fn moment(flow: &Flow, date: NaiveDate, minutes: u16) -> Option<DateTime<Utc>> {
    let (date, minutes) = match minutes {
        1440 => (date.checked_add_days(Days::new(1))?, 0),
        minutes => (date, minutes),
    };
    let local = date
        .and_time(NaiveTime::MIN)
        .checked_add_signed(TimeDelta::minutes(i64::from(minutes)))?;
    let at = flow
        .zone
        .from_local_datetime(&local)
        .earliest()
        .or_else(|| {
            let later = local.checked_add_signed(TimeDelta::hours(1))?;
            flow.zone.from_local_datetime(&later).earliest()
        })?;
    Some(at.with_timezone(&Utc))
}

/// The moment up to which an answer of [`opening`] need not be asked for again: the hours count in minutes.
pub(crate) const FRESH: Duration = Duration::from_secs(20);
