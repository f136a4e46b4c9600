//! What must hold for any text a dialplan, a line of hours or a file of prompts may be. Used by libFuzzer and by the seeded
//! mutation on stable Rust.
#![allow(
    unreachable_pub,
    reason = "included as a private module by its two users"
)]

use ivr::schedule::{Calendar, Hours, preview};
use ivr::simulate::{branches, render};
use ivr::{Lang, Library, Situation, Surroundings, check, parse, run_tests};
use std::sync::Arc;

/// A dialplan: what is refused is told at a place of the file; what is read can be checked, walked and shown.
pub fn dialplan(data: &[u8]) {
    let source = String::from_utf8_lossy(data);
    let flow = match parse(&source, "fuzz.toml") {
        Err(found) => {
            assert!(!found.is_empty(), "refused without a reason");
            for told in &found {
                assert!(told.line <= source.matches('\n').count() + 1);
                assert!(!told.to_string().is_empty());
            }
            return;
        }
        Ok(flow) => Arc::new(flow),
    };
    let around = Surroundings {
        library: Library::default(),
        emergency: vec!["112".into()],
        country_code: "32".into(),
    };
    for told in check(&flow, &around) {
        assert!(!told.to_string().is_empty());
    }
    branches(&flow);
    for outcome in run_tests(&flow).outcomes {
        for decision in &outcome.walk.decisions {
            // A brace may come from the flow's own words; one that does not is a place nobody filled in.
            let own = decision.inputs.iter().any(|(_, value)| value.contains('{'))
                || decision.node.contains('{')
                || decision.result.contains('{');
            assert!(own || !decision.sentence(Lang::FR).contains('{'));
        }
        render(&outcome.walk, &flow, &around.library, Lang::NL);
    }
    for service in flow.services.values().take(3) {
        for day in preview(
            &flow,
            service,
            "2026-12-20".parse().expect("a constant"),
            15,
            &Situation::default(),
        ) {
            assert_eq!(day.periods.first().map(|p| p.minutes.start), Some(0));
            assert_eq!(day.periods.last().map(|p| p.minutes.end), Some(1440));
        }
    }
}

/// A line of hours: what is read can be asked for any day.
pub fn hours(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let calendar = Calendar::of(&["BE"]).expect("it is in the data");
    match Hours::parse("fuzz", &text, &calendar) {
        Err(told) => assert!(!told.message.is_empty()),
        Ok(hours) => {
            for day in [
                "2020-02-29",
                "2026-03-29",
                "2026-07-21",
                "2026-10-25",
                "2099-12-31",
            ] {
                let date: chrono::NaiveDate = day.parse().expect("a constant");
                let ranges = hours.ranges_on(date);
                assert!(ranges.iter().all(|r| r.start < r.end && r.end <= 1440));
                assert!(
                    ranges
                        .windows(2)
                        .all(|w| matches!(w, [a, b] if a.end < b.start))
                );
                hours.changed_by_holiday(date);
            }
            hours.replaced();
        }
    }
}

/// A file of prompt texts.
pub fn prompt_texts(data: &[u8]) {
    match Library::parse(&String::from_utf8_lossy(data), "fuzz.toml") {
        Err(found) => assert!(!found.is_empty()),
        Ok(library) => assert!(
            library
                .names()
                .all(|name| !library.has(name, Lang::EN) || library.text(name, Lang::EN).is_some())
        ),
    }
}
