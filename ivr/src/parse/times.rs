//! Dates and local times of a flow file.

use super::table::{Report, Table};
use chrono::{DateTime, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use toml::de::DeValue;
use toml::value::{Datetime, Offset};

const EXAMPLE: &str = "write for example 2026-12-24T12:00";

/// A moment: local time of the flow's zone, or with an offset (`…+01:00`) where an autumn night has the hour twice.
pub(super) fn moment(
    table: &mut Table<'_>,
    key: &'static str,
    zone: Tz,
    report: &mut Report<'_>,
) -> Option<DateTime<Utc>> {
    let (span, written) = written(table, key, report)?;
    let Some(local) = date(&written).and_then(|d| Some(d.and_time(time(&written)?))) else {
        report.error(
            span,
            format!("`{key}` is a day and a time"),
            Some(EXAMPLE.into()),
        );
        return None;
    };
    let told = match written.offset {
        Some(Offset::Z) => return Some(local.and_utc()),
        Some(Offset::Custom { minutes }) => {
            return local
                .checked_sub_signed(chrono::Duration::minutes(i64::from(minutes)))
                .map(|t| t.and_utc());
        }
        None => match zone.from_local_datetime(&local) {
            LocalResult::Single(t) => return Some(t.with_timezone(&Utc)),
            LocalResult::Ambiguous(..) => "the clock shows this time twice that night",
            LocalResult::None => "the clock never shows this time: it goes forward that night",
        },
    };
    report.error(
        span,
        told,
        Some("add the offset, for example +01:00".into()),
    );
    None
}

/// The first local moment of a period: a day begins at midnight.
pub(super) fn begin(
    table: &mut Table<'_>,
    key: &'static str,
    report: &mut Report<'_>,
) -> Option<NaiveDateTime> {
    local(table, key, 0, report)
}

/// The first local moment after a period: a day is included whole.
pub(super) fn end(
    table: &mut Table<'_>,
    key: &'static str,
    report: &mut Report<'_>,
) -> Option<NaiveDateTime> {
    local(table, key, 1, report)
}

fn local(
    table: &mut Table<'_>,
    key: &'static str,
    days: u64,
    report: &mut Report<'_>,
) -> Option<NaiveDateTime> {
    if table.value(key).is_none() {
        table.missing(key, "write a day, or a day and a time", report);
    }
    let (span, written) = written(table, key, report)?;
    let moment = match (date(&written), written.time, written.offset) {
        (Some(date), None, None) => date
            .checked_add_days(Days::new(days))
            .map(|d| d.and_time(NaiveTime::MIN)),
        (Some(date), Some(_), None) => time(&written).map(|t| date.and_time(t)),
        _ => None,
    };
    if moment.is_none() {
        report.error(
            span,
            format!("`{key}` is a day, or a day and a local time"),
            Some(EXAMPLE.into()),
        );
    }
    moment
}

/// A plain day.
pub(super) fn day(
    table: &mut Table<'_>,
    key: &'static str,
    report: &mut Report<'_>,
) -> Option<NaiveDate> {
    let (span, written) = written(table, key, report)?;
    let date = date(&written).filter(|_| written.time.is_none());
    if date.is_none() {
        report.error(
            span,
            format!("`{key}` is a day"),
            Some("write for example 2026-12-24".into()),
        );
    }
    date
}

fn written(
    table: &mut Table<'_>,
    key: &'static str,
    report: &mut Report<'_>,
) -> Option<(crate::diagnostic::Span, Datetime)> {
    let value = table.value(key)?;
    if let DeValue::Datetime(written) = value.get_ref() {
        return Some((value.span(), *written));
    }
    report.error(
        value.span(),
        format!("`{key}` is a date"),
        Some(format!("{EXAMPLE}, without quotes")),
    );
    None
}

fn date(written: &Datetime) -> Option<NaiveDate> {
    let date = written.date?;
    NaiveDate::from_ymd_opt(
        i32::from(date.year),
        u32::from(date.month),
        u32::from(date.day),
    )
}

fn time(written: &Datetime) -> Option<NaiveTime> {
    let time = written.time?;
    NaiveTime::from_hms_opt(
        u32::from(time.hour),
        u32::from(time.minute),
        u32::from(time.second.unwrap_or(0)),
    )
}
