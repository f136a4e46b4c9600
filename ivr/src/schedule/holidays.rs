//! Public holidays of Belgium and France, computed from `data/holidays.toml`.

use crate::lang::Lang;
use chrono::{Datelike, Days, NaiveDate};
use opening_hours::ContextHolidays;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use toml::de::{DeTable, DeValue};

/// First and last year a calendar is computed for. Outside it, hours that depend on holidays cannot be evaluated.
pub const YEARS: std::ops::RangeInclusive<i32> = 2020..=2099;

/// When a holiday is.
#[derive(Clone, Copy, Debug)]
enum Day {
    Fixed { month: u32, day: u32 },
    Easter { offset: i64 },
}

/// One holiday of the data file.
#[derive(Clone, Debug)]
struct Holiday {
    code: Arc<str>,
    calendars: Vec<Arc<str>>,
    day: Option<Day>,
    names: BTreeMap<Lang, Arc<str>>,
}

/// The holidays a flow keeps.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    days: BTreeMap<NaiveDate, Arc<str>>,
    context: ContextHolidays,
}

impl Calendar {
    /// The days of these calendars (`BE`, `BE-VLG` …), or the first name that is not one.
    pub fn of(names: &[&str]) -> Result<Calendar, usize> {
        if let Some(unknown) = names.iter().position(|n| !calendar_names().contains(n)) {
            return Err(unknown);
        }
        let mut days = BTreeMap::new();
        for holiday in book()
            .iter()
            .filter(|h| h.calendars.iter().any(|c| names.contains(&&**c)))
        {
            for date in YEARS.filter_map(|year| holiday.day?.in_year(year)) {
                days.entry(date).or_insert_with(|| holiday.code.clone());
            }
        }
        // The crate of the calendar type is not named here: an empty one is taken from the context and filled.
        let mut public = ContextHolidays::default().get_public().clone();
        for date in days.keys() {
            public.insert(*date);
        }
        let context = ContextHolidays::new(Arc::new(public), Arc::default());
        Ok(Calendar { days, context })
    }

    /// The code of the holiday on a day.
    pub fn on(&self, date: NaiveDate) -> Option<&Arc<str>> {
        self.days.get(&date)
    }

    /// Whether the calendar was computed for a day's year.
    pub fn covers(&self, date: NaiveDate) -> bool {
        YEARS.contains(&date.year())
    }

    pub(super) fn context(&self) -> &ContextHolidays {
        &self.context
    }
}

/// Every calendar a flow may name.
pub fn calendar_names() -> BTreeSet<&'static str> {
    book()
        .iter()
        .flat_map(|h| h.calendars.iter().map(|c| &**c))
        .collect()
}

/// What people call a holiday; its code when the language has no name for it.
pub fn holiday_name(code: &str, lang: Lang) -> String {
    let holiday = book().iter().find(|h| &*h.code == code);
    let name = holiday.and_then(|h| h.names.get(&lang).or_else(|| h.names.get(&Lang::EN)));
    name.map_or_else(|| code.to_owned(), |n| n.to_string())
}

impl Day {
    fn in_year(self, year: i32) -> Option<NaiveDate> {
        match self {
            Day::Fixed { month, day } => NaiveDate::from_ymd_opt(year, month, day),
            Day::Easter { offset } if offset < 0 => {
                easter(year)?.checked_sub_days(Days::new(offset.unsigned_abs()))
            }
            Day::Easter { offset } => {
                easter(year)?.checked_add_days(Days::new(offset.unsigned_abs()))
            }
        }
    }
}

/// Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher); years are small and positive here.
fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

/// The data file, read once; it is compiled in, so every process reads the same.
fn book() -> &'static [Holiday] {
    static BOOK: OnceLock<Vec<Holiday>> = OnceLock::new();
    BOOK.get_or_init(|| {
        let Ok(table) = DeTable::parse(include_str!("../../data/holidays.toml")) else {
            return Vec::new();
        };
        table
            .get_ref()
            .iter()
            .filter_map(|(code, value)| read(code.get_ref(), value.get_ref().as_table()?))
            .collect()
    })
}

fn read(code: &str, table: &DeTable<'_>) -> Option<Holiday> {
    let text = |key: &str| table.get(key).and_then(|v| v.get_ref().as_str());
    let fixed = text("day")
        .and_then(|d| d.split_once('-'))
        .and_then(|(month, day)| {
            Some(Day::Fixed {
                month: month.parse().ok()?,
                day: day.parse().ok()?,
            })
        });
    let moving = table.get("easter").and_then(|v| match v.get_ref() {
        DeValue::Integer(i) => Some(Day::Easter {
            offset: i.as_str().parse().ok()?,
        }),
        _ => None,
    });
    let calendars = table.get("calendars")?.get_ref().as_array()?;
    let names = [Lang::EN, Lang::NL, Lang::FR, Lang::DE];
    Some(Holiday {
        code: code.into(),
        calendars: calendars
            .iter()
            .filter_map(|v| v.get_ref().as_str())
            .map(Arc::from)
            .collect(),
        day: fixed.or(moving),
        names: names
            .into_iter()
            .filter_map(|l| Some((l, Arc::from(text(l.as_str())?))))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_holiday_of_the_data_file_is_complete() {
        assert_eq!(book().len(), 25);
        for holiday in book() {
            assert!(holiday.day.is_some(), "{} has a day", holiday.code);
            assert_eq!(
                holiday.names.len(),
                4,
                "{} is named in four languages",
                holiday.code
            );
            assert!(!holiday.calendars.is_empty());
        }
    }

    #[test]
    fn easter_falls_where_the_almanac_says() {
        for (year, day) in [
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2038, "2038-04-25"),
            (2049, "2049-04-18"),
        ] {
            assert_eq!(easter(year), Some(date(day)));
        }
    }

    #[test]
    fn belgium_has_ten_and_france_eleven() {
        for (names, count) in [
            (vec!["BE"], 10),
            (vec!["FR"], 11),
            (vec!["FR", "FR-ALS"], 13),
            (vec!["BE", "BE-VLG"], 11),
        ] {
            let calendar = Calendar::of(&names).unwrap();
            assert_eq!(
                calendar.days.keys().filter(|d| d.year() == 2026).count(),
                count,
                "{names:?}"
            );
        }
        assert_eq!(
            Calendar::of(&["BE"])
                .unwrap()
                .on(date("2026-05-14"))
                .map(|c| &**c),
            Some("ascension")
        );
        assert_eq!(
            Calendar::of(&["BE", "BE-FWB"])
                .unwrap()
                .on(date("2026-09-27"))
                .map(|c| &**c),
            Some("french-community")
        );
        assert_eq!(Calendar::of(&["BE"]).unwrap().on(date("2026-07-11")), None);
        assert_eq!(
            Calendar::of(&["FR", "FR-ALS"])
                .unwrap()
                .on(date("2026-04-03"))
                .map(|c| &**c),
            Some("good-friday")
        );
        assert_eq!(Calendar::of(&["BE", "XX"]).unwrap_err(), 1);
    }
}
