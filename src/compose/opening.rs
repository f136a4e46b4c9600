//! Open or closed now, and until when, and on which day next: what the desk shows of house and services, by the evaluator that
//! decides live calls.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use call::snapshot::Snapshot;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use console::Opening;
use ivr::flow::{Branch, Service};
use ivr::{Closure, Flow, Situation, schedule};

/// How far ahead the next change is looked for, days.
const AHEAD: u16 = 8;
/// How far ahead a day is looked for on which a service is open, days: as far as the preview of hours goes.
const NEXT: u64 = 60;
/// The last minute of a day: a service that is open until midnight is open until then.
const LAST: u16 = 1439;

/// The service of reception behind the central number; a house without hours is always open.
pub(crate) fn opening(snapshot: &Snapshot, now: SystemTime) -> Opening {
    let always = Opening {
        open: true,
        until: None,
    };
    let Some((flow, service)) =
        house(snapshot).and_then(|flow| Some((flow, flow.reception_service()?)))
    else {
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

/// The dialplan behind the central number.
fn house(snapshot: &Snapshot) -> Option<&Flow> {
    let number = snapshot.numbers.get(&snapshot.settings.site_number);
    let flow = number.and_then(|number| snapshot.flows.get(&number.flow));
    flow.or_else(|| snapshot.flows.values().next())
        .map(Arc::as_ref)
}

/// A service (none: reception) and the dialplan whose clock it goes by; a service of no dialplan needs hours in the directory.
fn service_of<'a>(
    snapshot: &'a Snapshot,
    service: Option<&str>,
) -> Option<(&'a Flow, Cow<'a, Service>)> {
    let Some(id) = service else {
        let flow = house(snapshot)?;
        return Some((flow, Cow::Borrowed(flow.reception_service()?)));
    };
    let mut flows = snapshot.flows.values();
    if let Some(found) =
        flows.find_map(|flow| Some((flow.as_ref(), Cow::Borrowed(flow.services.get(id)?))))
    {
        return Some(found);
    }
    let (name, _) = snapshot.situation.hours.get_key_value(id)?;
    let flow = house(snapshot)?;
    let mut like = flow.reception_service()?.clone();
    like.name = Arc::clone(name);
    Some((flow, Cow::Owned(like)))
}

/// The hours of a service (none: of reception) on the next day that it is open: this day, if it is open now or opens yet.
/// Empty when nobody knows its hours, and when it does not open within 60 days.
pub(crate) fn next_day(
    snapshot: &Snapshot,
    service: Option<&str>,
    now: SystemTime,
) -> Vec<Range<SystemTime>> {
    let Some((flow, service)) = service_of(snapshot, service) else {
        return Vec::new();
    };
    let mut situation = snapshot.situation.as_ref().clone();
    let by_hand = snapshot.closures.iter();
    situation
        .closures
        .extend(by_hand.map(|closure| planned(flow, closure)));
    let now = DateTime::<Utc>::from(now);
    let today = now.with_timezone(&flow.zone).date_naive();
    let dates = (0..=NEXT).filter_map(|n| today.checked_add_days(Days::new(n)));
    let mut days = dates.map(|date| open_on(flow, &service, &situation, date));
    let next = days.find(|hours| hours.last().is_some_and(|last| last.end > now));
    let hours = next.unwrap_or_default().into_iter();
    hours
        .map(|open| open.start.into()..open.end.into())
        .collect()
}

/// When a service is open on a local day, in order.
fn open_on(
    flow: &Flow,
    service: &Service,
    situation: &Situation,
    date: NaiveDate,
) -> Vec<Range<DateTime<Utc>>> {
    let days = schedule::preview(flow, service, date, 1, situation);
    let periods = days.iter().flat_map(|day| &day.periods);
    let open = periods.filter(|period| period.branch == Branch::Open);
    let hours = open.filter_map(|period| {
        let start = moment(flow, date, period.minutes.start)?;
        Some(start..moment(flow, date, period.minutes.end.min(LAST))?)
    });
    let mut joined: Vec<Range<DateTime<Utc>>> = Vec::new();
    for next in hours {
        match joined.last_mut() {
            Some(last) if last.end == next.start => last.end = next.end,
            _ => joined.push(next),
        }
    }
    joined
}

/// A closure by hand as the calendar sees it: between two local moments, above all that was planned.
fn planned(flow: &Flow, closure: &call::snapshot::Closure) -> Closure {
    let local = |at: SystemTime| {
        let at = DateTime::<Utc>::from(at);
        at.with_timezone(&flow.zone).naive_local()
    };
    Closure {
        name: Arc::clone(&closure.name),
        services: closure.service.iter().cloned().collect(),
        from: local(closure.from),
        to: local(closure.until),
        open: false,
        priority: i64::MAX,
        step: None,
    }
}

/// When this day began by the house's clock; by the world's when there is no dialplan.
pub(crate) fn day_began(snapshot: &Snapshot, now: SystemTime) -> SystemTime {
    let utc = DateTime::<Utc>::from(now);
    let began = match house(snapshot) {
        Some(flow) => moment(flow, utc.with_timezone(&flow.zone).date_naive(), 0),
        None => utc
            .date_naive()
            .and_hms_opt(0, 0, 0)
            .map(|local| local.and_utc()),
    };
    began.map_or(now, SystemTime::from)
}

fn next_change(
    flow: &Flow,
    service: &Service,
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

#[cfg(test)]
mod tests;
