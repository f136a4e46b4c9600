//! The schedule against a naive evaluator that knows nothing of its crates: its own summer time, its own table of hours.

use super::*;
use crate::parse;
use chrono::{Datelike, Duration, TimeZone, Timelike, Weekday};
use proptest::prelude::*;

const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/// A town with one service and these hours.
fn town(hours: &str, more: &str) -> Flow {
    let source = format!(
        "town = \"T\"\ncountry = \"BE\"\nlanguages = [\"nl\"]\nwhen-hours-fail = \"closed\"\n\
         [numbers]\n\"+3254310000\" = \"s\"\n[service.s]\nhours = \"{hours}\"\nclosed = \"bye\"\n\
         [step.s]\nkind = \"ring\"\nservice = \"s\"\nphones = \"1\"\notherwise = \"bye\"\n\
         [step.bye]\nkind = \"message\"\nsay = \"goodbye\"\n{more}"
    );
    parse(&source, "t.toml").unwrap_or_else(|found| panic!("{hours}: {found:?}"))
}

fn at(flow: &Flow, local: &str) -> Verdict {
    verdict_at(
        flow,
        &flow.services["s"],
        local.parse().unwrap(),
        &Situation::default(),
    )
}

/// Hours of one week: for each weekday a sorted list of ranges in minutes.
fn weeks() -> impl Strategy<Value = Vec<Vec<(u16, u16)>>> {
    let day = prop::collection::btree_set(0u16..=96, 0..=6).prop_map(|edges| {
        let edges: Vec<u16> = edges.into_iter().map(|quarter| quarter * 15).collect();
        edges
            .chunks_exact(2)
            .map(|pair| (pair[0], pair[1]))
            .collect()
    });
    prop::collection::vec(day, 7)
}

fn expression(week: &[Vec<(u16, u16)>]) -> String {
    let clock = |m: u16| format!("{:02}:{:02}", m / 60, m % 60);
    let day = |(name, ranges): (&str, &Vec<(u16, u16)>)| {
        let spans: Vec<String> = ranges
            .iter()
            .map(|(a, b)| format!("{}-{}", clock(*a), clock(*b)))
            .collect();
        (!spans.is_empty()).then(|| format!("{name} {}", spans.join(",")))
    };
    let rules: Vec<String> = DAYS.into_iter().zip(week).filter_map(day).collect();
    if rules.is_empty() {
        "off".into()
    } else {
        rules.join("; ")
    }
}

/// Offset of Brussels from UTC in minutes: summer time from 01:00 UTC on the last Sunday of March to that of October.
fn offset(utc: DateTime<Utc>) -> i64 {
    let last_sunday = |month: u32| {
        let last = Utc
            .with_ymd_and_hms(utc.year(), month, 31, 1, 0, 0)
            .unwrap();
        last - Duration::days(i64::from(last.weekday().num_days_from_sunday()))
    };
    if last_sunday(3) <= utc && utc < last_sunday(10) {
        120
    } else {
        60
    }
}

/// The naive answer.
fn naive(week: &[Vec<(u16, u16)>], utc: DateTime<Utc>) -> bool {
    let local = utc.naive_utc() + Duration::minutes(offset(utc));
    let minute = u16::try_from(local.hour() * 60 + local.minute()).unwrap();
    let day = usize::try_from(local.weekday().num_days_from_monday()).unwrap();
    week[day].iter().any(|(a, b)| (*a..*b).contains(&minute))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Every quarter of an hour of the two nights the clock changes, and random moments of ten years.
    #[test]
    fn the_schedule_agrees_with_a_naive_one(week in weeks(), moments in prop::collection::vec(0i64..5_256_000, 40)) {
        let flow = town(&expression(&week), "");
        let ask = |utc: DateTime<Utc>| {
            verdict(&flow, &flow.services["s"], utc, &Situation::default()).branch == Branch::Open
        };
        for night in ["2026-03-28T22:00:00Z", "2026-10-24T22:00:00Z"] {
            let begin: DateTime<Utc> = night.parse().unwrap();
            for quarter in 0..32 {
                let utc = begin + Duration::minutes(15 * quarter);
                prop_assert_eq!(ask(utc), naive(&week, utc), "{} {}", expression(&week), utc);
            }
        }
        let begin: DateTime<Utc> = "2024-01-01T00:00:00Z".parse().unwrap();
        for minutes in moments {
            let utc = begin + Duration::minutes(minutes);
            prop_assert_eq!(ask(utc), naive(&week, utc), "{} {}", expression(&week), utc);
        }
    }

    /// The preview says for every minute what the evaluator says.
    #[test]
    fn the_preview_agrees_with_the_evaluator(week in weeks(), from in 0u16..1440, length in 1u16..3000, open: bool, first in 0u64..400) {
        let flow = town(&expression(&week), "");
        let date = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(first);
        let begin = date.and_hms_opt(0, 0, 0).unwrap() + Duration::minutes(i64::from(from));
        let closure = Closure {
            name: "c".into(), services: vec![], from: begin, to: begin + Duration::minutes(i64::from(length)), open, priority: 0, step: None,
        };
        let situation = Situation { closures: vec![closure], ..Situation::default() };
        let service = &flow.services["s"];
        for day in preview(&flow, service, date, 3, &situation) {
            let mut expected = 0;
            for period in &day.periods {
                prop_assert_eq!(period.minutes.start, expected, "no gap");
                expected = period.minutes.end;
                for minute in period.minutes.clone().step_by(5).chain([period.minutes.end - 1]) {
                    let local = day.date.and_hms_opt(0, 0, 0).unwrap() + Duration::minutes(i64::from(minute));
                    prop_assert_eq!(verdict_at(&flow, service, local, &situation).branch, period.branch);
                }
            }
            prop_assert_eq!(expected, 1440);
        }
    }
}

#[test]
fn a_range_inside_the_skipped_hour_never_comes_and_one_in_the_doubled_hour_comes_twice() {
    let flow = town("02:00-03:00", "");
    let service = &flow.services["s"];
    let open_minutes = |begin: &str| {
        let begin: DateTime<Utc> = begin.parse().unwrap();
        let minutes = (0..600).map(|m| begin + Duration::minutes(m));
        minutes
            .filter(|t| verdict(&flow, service, *t, &Situation::default()).branch == Branch::Open)
            .count()
    };
    assert_eq!(open_minutes("2026-03-28T20:00:00Z"), 0);
    assert_eq!(open_minutes("2026-10-24T20:00:00Z"), 120);
    assert_eq!(open_minutes("2026-06-01T20:00:00Z"), 60);
}

#[test]
fn priority_decides_between_closures_and_closed_wins_a_draw() {
    let closure = |name: &str, open: bool, priority: i64| {
        format!(
            "[[closure]]\nname = \"{name}\"\nfrom = 2026-05-04\nuntil = 2026-05-04\nopen = {open}\npriority = {priority}\n"
        )
    };
    for (first, second, branch) in [
        (("a", true, 1), ("b", false, 0), Branch::Open),
        (("a", true, 0), ("b", false, 1), Branch::Closed),
        (("a", true, 0), ("b", false, 0), Branch::Closed),
        (("a", false, 0), ("b", true, 0), Branch::Closed),
    ] {
        let both = closure(first.0, first.1, first.2) + &closure(second.0, second.1, second.2);
        assert_eq!(
            at(&town("24/7", &both), "2026-05-04T10:00:00").branch,
            branch,
            "{first:?} {second:?}"
        );
    }
    let day = town("24/7", &closure("day", false, 0));
    assert_eq!(
        at(&day, "2026-05-04T23:59:59").branch,
        Branch::Closed,
        "a day is included whole"
    );
    assert_eq!(at(&day, "2026-05-05T00:00:00").branch, Branch::Open);
}

#[test]
fn hours_that_cannot_be_evaluated_take_the_declared_branch_and_say_why() {
    let flow = town("Mo-Fr 08:30-12:00; PH off", "");
    let service = &flow.services["s"];
    let broken = Situation {
        hours: [("s".into(), "half past eight".to_owned())].into(),
        ..Situation::default()
    };
    let now = "2026-05-04T08:00:00Z".parse().unwrap();
    let told = verdict(&flow, service, now, &broken);
    assert_eq!(told.branch, Branch::Closed);
    assert!(matches!(told.because, Because::Unsure { .. }));
    assert!(
        matches!(
            at(&flow, "2100-05-04T10:00:00").because,
            Because::Unsure { .. }
        ),
        "no holidays are known then"
    );
    assert!(
        preview(&flow, service, "2026-05-04".parse().unwrap(), 1, &broken)[0]
            .to_string()
            .contains("CANNOT BE EVALUATED")
    );
}

#[test]
fn the_next_sixty_days_name_holidays_and_closures() {
    let flow = town(
        "Mo-Fr 08:30-12:00; PH off",
        "[[closure]]\nname = \"Bridge\"\nfrom = 2026-05-15\nuntil = 2026-05-15\n",
    );
    let days = preview(
        &flow,
        &flow.services["s"],
        "2026-05-11".parse().unwrap(),
        60,
        &Situation::default(),
    );
    assert_eq!(days.len(), 60);
    let lines: Vec<String> = days.iter().take(6).map(Day::to_string).collect();
    assert_eq!(
        lines,
        [
            "Mon 2026-05-11 08:30-12:00",
            "Tue 2026-05-12 08:30-12:00",
            "Wed 2026-05-13 08:30-12:00",
            "Thu 2026-05-14 closed  (Ascension Day)",
            "Fri 2026-05-15 closed  (Bridge)",
            "Sat 2026-05-16 closed",
        ]
    );
    assert_eq!(days[5].date.weekday(), Weekday::Sat);
}
