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

#[test]
fn a_walk_tells_the_way_the_words_and_the_reasons() {
    let flow = town(include_str!("../../../dialplans/demo.toml"), "demo.toml");
    let at = moment(&flow, "2026-12-24 16:45").unwrap();
    let mut case = Case::made_up(None, "+3254310000".into(), at, "192".into());
    case.phones.insert("2103".into(), Phone::Busy);
    case.keys.push('5');
    let told = render(&simulate(&flow, &case), &flow, &library(), Lang::EN);
    let expected = "\
Way      welcome > language > menu > town-planning > try-reception > reception-after-service
Language nl
Heard
  nl/welcome: \"Goeiedag. U belt met het gemeentehuis.\"
  fr/welcome: \"Bonjour. Vous êtes bien à la maison communale.\"
  nl/choose-language: \"Voor Nederlands, druk op één.\"
  fr/choose-language: \"Pour le français, appuyez sur le deux.\"
  nl/demo-menu: \"Voor de dienst Bevolking, druk op één. Voor de dienst Stedenbouw, druk op twee.\"
  nl/menu-help: \"Voor het onthaal, druk op nul. Om de keuzes opnieuw te horen, druk op het sterretje.\"
  nl/invalid-key: \"Deze toets heeft hier geen functie. Luister nog even naar de keuzes.\"
  nl/demo-menu: \"Voor de dienst Bevolking, druk op één. Voor de dienst Stedenbouw, druk op twee.\"
  nl/menu-help: \"Voor het onthaal, druk op nul. Om de keuzes opnieuw te horen, druk op het sterretje.\"
  nl/please-hold: \"Een ogenblik, alstublieft. Wij verbinden u door.\"
  nl/no-answer-reception: \"Deze dienst kan nu niet opnemen. Wij verbinden u door met het onthaal.\"
Why
  +3254310000 (Central number) begins at welcome [number]
  the caller pressed 1 and chose nl, on to menu [language-chosen]
  key 9 has no meaning in menu: explained and asked again (time 1) [key-invalid]
  the caller pressed 2 in menu, on to town-planning [key]
  open: town-planning at 24 December 16:45 (calendar 24/7) [open]
  all phones are busy (2103), on to try-reception [busy]
  open: reception at 24 December 16:45 (calendar 24/7) [open]
  waits in the queue reception (0 before) [queue-wait]
  2104 answered [answered]
Rang     2103, then 2104
Wait     in reception: not known here, for an estimate needs five answered calls of the running exchange; at most 5 min
Unused   keys 5
End      answered by 2104
";
    assert_eq!(told, expected);
}

#[test]
fn a_failed_test_says_what_was_expected_and_why_it_came_otherwise() {
    let source = include_str!("../../../dialplans/demo.toml").replacen(
        "answered-by = \"2101\"",
        "answered-by = \"2199\"",
        1,
    );
    let report = run_tests(&town(&source, "demo.toml"));
    assert!(!report.passed());
    let text = report.to_string();
    assert!(text.contains("FAILED Population in Dutch"), "{text}");
    assert!(text.contains("expected 2199 to answer, 2101 did"), "{text}");
    assert!(
        text.contains("12 tests, 1 failed; 12 of 12 steps reached"),
        "{text}"
    );
    let remark = report.outcomes[0].remark.as_ref().unwrap();
    assert!(
        source
            .lines()
            .nth(remark.line - 1)
            .unwrap()
            .starts_with("name = \"Population in Dutch"),
        "{remark}"
    );
}

#[test]
fn every_branch_is_on_the_page() {
    let flow = town(include_str!("../../../dialplans/demo.toml"), "demo.toml");
    let page = branches(&flow);
    for step in &flow.steps {
        assert!(page.contains(&*step.name), "{}", step.name);
    }
    assert!(page.starts_with("+3254310000 (Central number)\n  welcome [greet]\n    then: language [language]\n      key 1 nl, 2 fr: menu [menu]\n"));
}

#[test]
fn moments_of_a_command_line() {
    let flow = town(include_str!("../../../dialplans/demo.toml"), "demo.toml");
    let utc = |written: &str| moment(&flow, written).map(|t| t.to_rfc3339());
    assert_eq!(
        utc("2026-12-24T16:45").as_deref(),
        Ok("2026-12-24T15:45:00+00:00")
    );
    assert_eq!(
        utc("2026-10-25T02:30:00+01:00").as_deref(),
        Ok("2026-10-25T01:30:00+00:00")
    );
    for (written, word) in [
        ("2026-10-25 02:30", "twice"),
        ("2026-03-29 02:30", "never"),
        ("tomorrow", "for example"),
    ] {
        assert!(utc(written).unwrap_err().contains(word), "{written}");
    }
}
