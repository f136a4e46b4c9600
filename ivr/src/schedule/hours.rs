//! Opening hours in the syntax of OpenStreetMap (`Mo-Fr 08:30-12:00,13:00-16:30; PH off`), read strictly.
//!
//! What the syntax allows but nobody can answer a telephone by (sunset, school holidays, open ends, "unknown") is refused
//! here, so that reading is the only moment an expression can fail.

use super::holidays::Calendar;
use chrono::{NaiveDate, NaiveDateTime, Timelike};
use opening_hours::{Context, ContextHolidays, OpeningHours, RuleKind};
use std::ops::Range;
use std::sync::Arc;

/// Longest expression that is read.
const LONGEST: usize = 512;

/// Hours ready to be asked.
#[derive(Clone, Debug)]
pub struct Hours {
    /// Name of the calendar (`counters`), or the expression itself.
    pub label: Arc<str>,
    /// The expression.
    pub text: Arc<str>,
    hours: OpeningHours,
    /// The same hours in a year without holidays; absent when the expression does not speak of them.
    without_holidays: Option<OpeningHours>,
}

/// Why an expression was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Byte in the expression where reading stopped, when known.
    pub at: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl Hours {
    /// Reads an expression.
    pub fn parse(label: &str, text: &str, calendar: &Calendar) -> Result<Hours, Unreadable> {
        let refuse = |message: String| Err(Unreadable { at: None, message });
        if text.len() > LONGEST {
            return refuse(format!("hours may be at most {LONGEST} characters long"));
        }
        let hours: OpeningHours = text.parse().map_err(|e| unreadable(&format!("{e}")))?;
        let words = without_comments(&hours.to_string());
        let has = |word: &str| {
            words
                .split(|c: char| !c.is_ascii_alphabetic())
                .any(|w| w == word)
        };
        for word in ["sunrise", "sunset", "dawn", "dusk"] {
            if has(word) {
                return refuse(format!("hours by {word} cannot be evaluated here"));
            }
        }
        if has("SH") {
            return refuse("school holidays (SH) are not known here; write a closure".into());
        }
        if has("unknown") {
            return refuse("`unknown` is no answer; write open or off".into());
        }
        for rule in &hours.get_expression().rules {
            spans_are_plain(
                rule.time_selector
                    .spans
                    .iter()
                    .map(|s| (s.to_string(), s.open_end, s.repeats.is_some())),
            )?;
        }
        let context = Context::default().with_holidays(calendar.context().clone());
        Ok(Hours {
            label: label.into(),
            text: text.into(),
            without_holidays: has("PH").then(|| {
                hours
                    .clone()
                    .with_context(Context::default().with_holidays(ContextHolidays::default()))
            }),
            hours: hours.with_context(context),
        })
    }

    /// Whether it speaks of public holidays.
    pub fn knows_holidays(&self) -> bool {
        self.without_holidays.is_some()
    }

    /// Open at a local moment?
    pub fn open_at(&self, local: NaiveDateTime) -> bool {
        let minute = minute_of(local);
        ranges(&self.hours, local.date())
            .iter()
            .any(|r| r.contains(&minute))
    }

    /// Open ranges of a local day, in minutes from midnight (end exclusive, at most 1440), in order, not touching.
    pub fn ranges_on(&self, date: NaiveDate) -> Vec<Range<u16>> {
        ranges(&self.hours, date)
    }

    /// Whether the holiday calendar changes this day.
    pub fn changed_by_holiday(&self, date: NaiveDate) -> bool {
        self.without_holidays
            .as_ref()
            .is_some_and(|plain| ranges(plain, date) != ranges(&self.hours, date))
    }

    /// A rule that silently replaces an earlier one on some weekday: `Mo-Fr 08:30-12:00; We 13:30-16:00` loses Wednesday
    /// morning, where people nearly always mean a comma. Tells the day and the hours lost, e.g. `We 08:30-12:00`.
    pub fn replaced(&self) -> Option<String> {
        let plain = self.text.split(';').map(str::trim).collect::<Vec<_>>();
        let parse = |text: &str| text.parse::<OpeningHours>().ok();
        // 2 to 8 February 2026, Monday to Sunday: a week without holidays in both countries.
        let week = (2..=8).filter_map(|day| NaiveDate::from_ymd_opt(2026, 2, day));
        for (day, name) in week.zip(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]) {
            for (index, part) in plain.iter().enumerate().skip(1) {
                let (Some(before), Some(this)) = (
                    plain
                        .get(..index)
                        .map(|p| p.join("; "))
                        .as_deref()
                        .and_then(parse),
                    parse(part),
                ) else {
                    continue;
                };
                let (before, this) = (ranges(&before, day), ranges(&this, day));
                let lost = before.iter().find(|b| {
                    !this.is_empty() && !this.iter().any(|t| t.start < b.end && b.start < t.end)
                });
                if let Some(lost) = lost {
                    return Some(format!("{name} {}-{}", clock(lost.start), clock(lost.end)));
                }
            }
        }
        None
    }
}

/// `08:30` for 510.
pub(crate) fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn minute_of(local: NaiveDateTime) -> u16 {
    u16::try_from(local.hour() * 60 + local.minute()).unwrap_or(0)
}

/// Asks one day only: the crate's own search for the next change may run through years.
fn ranges(hours: &OpeningHours, date: NaiveDate) -> Vec<Range<u16>> {
    let mut open: Vec<Range<u16>> = Vec::new();
    for span in hours.schedule_at(date) {
        let (start, end) = (
            span.range.start.mins_from_midnight(),
            span.range.end.mins_from_midnight().min(1440),
        );
        if span.kind != RuleKind::Open || start >= end {
            continue;
        }
        match open.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => open.push(start..end),
        }
    }
    open
}

/// Spans of one rule must be clear: no open end, no repetition, no overlap (the crate would join overlapping ones wrongly).
fn spans_are_plain(spans: impl Iterator<Item = (String, bool, bool)>) -> Result<(), Unreadable> {
    let refuse = |message: String| Err(Unreadable { at: None, message });
    let mut seen: Vec<(u32, u32, String)> = Vec::new();
    for (text, open_end, repeats) in spans {
        if open_end || repeats {
            return refuse(format!("`{text}` has no clear end; write from and to"));
        }
        let Some((from, to)) = text
            .split_once('-')
            .and_then(|(a, b)| Some((minutes(a)?, minutes(b)?)))
        else {
            continue;
        };
        let to = if to <= from { to + 1440 } else { to };
        if let Some((_, _, other)) = seen.iter().find(|(a, b, _)| *a < to && from < *b) {
            return refuse(format!("`{other}` and `{text}` overlap"));
        }
        seen.push((from, to, text));
    }
    Ok(())
}

fn minutes(clock: &str) -> Option<u32> {
    let (hour, minute) = clock.split_once(':')?;
    let minute: u32 = minute.parse().ok()?;
    hour.parse::<u32>()
        .ok()?
        .checked_mul(60)?
        .checked_add(minute)
}

fn without_comments(text: &str) -> String {
    text.split('"').step_by(2).collect::<Vec<_>>().join(" ")
}

/// The crate's message ends with the place as ` --> line:column`, and its grammar's names say nothing to people.
fn unreadable(message: &str) -> Unreadable {
    let place = message
        .lines()
        .next()
        .and_then(|l| l.trim().strip_prefix("--> ")?.split_once(':'));
    let at = place.and_then(|(_, column)| column.trim().parse::<usize>().ok()?.checked_sub(1));
    let message = if at.is_some() {
        "these opening hours cannot be read from here on".to_owned()
    } else {
        message.to_owned()
    };
    Unreadable { at, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(text: &str) -> Result<Hours, Unreadable> {
        Hours::parse("test", text, &Calendar::of(&["BE"]).unwrap())
    }

    fn open(text: &str, at: &str) -> bool {
        hours(text).unwrap().open_at(at.parse().unwrap())
    }

    #[test]
    fn hours_of_a_town_hall() {
        let text = "Mo-Fr 08:30-12:00,13:00-16:30; PH off";
        for (at, expected) in [
            ("2026-03-02T08:29:59", false),
            ("2026-03-02T08:30:00", true),
            ("2026-03-02T11:59:59", true),
            ("2026-03-02T12:00:00", false),
            ("2026-03-07T10:00:00", false),
            ("2026-07-21T10:00:00", false),
            ("2026-07-22T10:00:00", true),
        ] {
            assert_eq!(open(text, at), expected, "{at}");
        }
        assert!(open("Fr 22:00-02:00", "2026-03-07T01:59:00"));
        assert!(open("24/7", "2026-12-25T03:00:00"));
    }

    #[test]
    fn only_a_holiday_that_changes_the_day_is_the_reason() {
        let counters = hours("Mo-Fr 08:30-12:00; PH off").unwrap();
        assert!(counters.changed_by_holiday("2026-07-21".parse().unwrap()));
        assert!(
            !counters.changed_by_holiday("2026-11-01".parse().unwrap()),
            "All Saints 2026 is a Sunday"
        );
        assert!(
            !hours("24/7")
                .unwrap()
                .changed_by_holiday("2026-07-21".parse().unwrap())
        );
    }

    #[test]
    fn what_cannot_be_evaluated_is_refused() {
        for (text, word) in [
            ("Mo-Fr sunrise-12:00", "sunrise"),
            ("SH off", "school"),
            ("Mo 10:00+", "no clear end"),
            ("Mo 10:00-12:00 unknown", "unknown"),
            ("Mo 08:00-18:00,10:00-12:00", "overlap"),
        ] {
            let told = hours(text).unwrap_err();
            assert!(told.message.contains(word), "{text}: {}", told.message);
        }
        assert_eq!(
            hours("Mo-Fr 8h30-12h").unwrap_err().at.map(|at| at > 0),
            Some(true)
        );
        assert!(hours(&"Mo 10:00-12:00;".repeat(60)).is_err());
    }

    #[test]
    fn a_semicolon_that_loses_a_morning_is_seen() {
        assert_eq!(
            hours("Mo-Fr 08:30-12:00; We 13:30-16:00; PH off")
                .unwrap()
                .replaced()
                .as_deref(),
            Some("We 08:30-12:00")
        );
        assert_eq!(
            hours("Mo-Fr 08:30-12:00, We 13:30-16:00; PH off")
                .unwrap()
                .replaced(),
            None
        );
        assert_eq!(
            hours("Mo-Fr 08:30-12:00; We 08:30-16:00; PH off")
                .unwrap()
                .replaced(),
            None
        );
    }
}
