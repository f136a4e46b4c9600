//! The towns of the repository: checked without a remark, their tests green, every step reached.

use super::*;
use crate::{Library, Surroundings, check, parse};

fn library() -> Library {
    Library::parse(
        include_str!("../../../dialplans/prompts/texts.toml"),
        "texts.toml",
    )
    .unwrap()
}

fn around() -> Surroundings {
    let emergency = ["112", "101", "100"].map(String::from).to_vec();
    Surroundings {
        library: library(),
        emergency,
        country_code: "32".into(),
    }
}

fn town(source: &str, file: &str) -> Arc<Flow> {
    let told = |found: Vec<crate::Diagnostic>| {
        let lines: Vec<String> = found.iter().map(|d| d.to_string()).collect();
        panic!("{}", lines.join("\n\n"))
    };
    let flow = parse(source, file).unwrap_or_else(told);
    let remarks = check(&flow, &around());
    if !remarks.is_empty() {
        told(remarks);
    }
    Arc::new(flow)
}

fn passes(source: &str, file: &str) -> TestReport {
    let report = run_tests(&town(source, file));
    assert!(
        report.passed() && report.never_reached.is_empty(),
        "{report}"
    );
    report
}

#[test]
fn the_demo_town_does_what_its_tests_say() {
    passes(include_str!("../../../dialplans/demo.toml"), "demo.toml");
}

#[test]
fn the_merged_town_does_what_its_tests_say() {
    let report = passes(
        include_str!("../../../dialplans/merger.toml"),
        "merger.toml",
    );
    assert!(report.outcomes.len() >= 25);
}
