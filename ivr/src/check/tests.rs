//! Each rule of the check, on a town that is right but for one thing.

use super::*;
use crate::lang::{Lang, Prompt};
use crate::parse;
use std::time::Duration;

const TOWN: &str = r#"
town = "Test"
country = "BE"
languages = ["nl", "fr"]
reception = "desk"
when-hours-fail = "open"
[numbers]
"+3254310000" = "hello"
[service.population]
hours = "Mo-Fr 08:30-12:00"
closed = "bye"
[step.hello]
kind = "greet"
say = "welcome"
then = "menu"
[step.menu]
kind = "menu"
say = "demo-menu"
keys = { 1 = "population", 2 = "desk" }
[step.population]
kind = "ring"
service = "population"
phones = ["2101"]
otherwise = "bye"
[step.desk]
kind = "ring"
phones = "2104"
otherwise = "bye"
[step.bye]
kind = "message"
say = "goodbye"
"#;

fn around() -> Surroundings {
    let texts = include_str!("../../../dialplans/prompts/texts.toml");
    Surroundings {
        library: Library::parse(texts, "texts.toml").unwrap(),
        emergency: ["112", "101", "100", "911"].map(String::from).to_vec(),
        country_code: "32".into(),
    }
}

fn remarks(right: &str, wrong: &str) -> Vec<Diagnostic> {
    assert!(TOWN.contains(right), "{right}");
    let source = TOWN.replacen(right, wrong, 1);
    let flow = parse(&source, "town.toml").unwrap_or_else(|found| panic!("{wrong}: {found:?}"));
    check(&flow, &around())
}

#[test]
fn the_town_itself_has_no_remark() {
    assert_eq!(remarks("town", "town"), []);
}

/// What is right, what is put in its place, and what is told.
const REFUSED: &[(&str, &str, &str)] = &[
    // A step nobody reaches.
    (
        "2 = \"desk\"",
        "2 = \"desk\" }\n[step.island]\nkind = \"message\"\nsay = \"goodbye\"\n[step.other]\nkind = \"menu\"\nsay = \"demo-menu\"\nkeys = { 1 = \"bye\"",
        "no caller can reach step island",
    ),
    // Circles: on itself, through a phone that may not be there, through a greeting.
    (
        "then = \"menu\"",
        "then = \"hello\"",
        "circle: hello > hello",
    ),
    (
        "phones = [\"2101\"]\notherwise = \"bye\"",
        "phones = [\"2101\"]\notherwise = \"desk\"\n[step.x]\nkind = \"greet\"\nsay = \"goodbye\"\nthen = \"population\"",
        "no caller can reach step x",
    ),
    (
        "phones = \"2104\"\notherwise = \"bye\"",
        "phones = \"2104\"\notherwise = \"population2\"\n[step.population2]\nkind = \"ring\"\nphones = \"2101\"\notherwise = \"desk\"",
        "circle",
    ),
    // A closed service without a step.
    ("closed = \"bye\"", "", "nowhere to go when it is closed"),
    // Prompts.
    (
        "say = \"goodbye\"",
        "say = \"godbye\"",
        "no prompt called `godbye`",
    ),
    (
        "say = \"goodbye\"",
        "say = \"own\"\n[prompt.own]\nnl = \"Hallo\"",
        "`own` is missing in fr",
    ),
    // Nobody behind key 0.
    (
        "reception = \"desk\"",
        "",
        "menu has no way out for a caller who says nothing",
    ),
    (
        "reception = \"desk\"",
        "",
        "menu has no way out for a caller who presses wrong keys",
    ),
    ("reception = \"desk\"", "", "no reception behind key 0"),
    (
        "reception = \"desk\"",
        "reception = \"menu\"",
        "behind key 0 but rings nobody",
    ),
    // Emergency numbers.
    (
        "\"+3254310000\" =",
        "\"1*\" =",
        "catch the emergency number 112",
    ),
    (
        "\"+3254310000\" =",
        "\"9*\" =",
        "catch the emergency number",
    ),
    ("\"+3254310000\" =", "\"*\" =", "catch the emergency number"),
    (
        "\"+3254310000\" =",
        "\"+321*\" =",
        "catch the emergency number 112",
    ),
    (
        "\"+3254310000\" =",
        "\"0032112\" =",
        "catch the emergency number 112",
    ),
    (
        "phones = \"2104\"",
        "phones = \"112\"",
        "sends callers to the emergency number 112",
    ),
    // Closures that quarrel.
    (
        "[step.hello]",
        "[[closure]]\nname = \"a\"\nfrom = 2026-01-01\nuntil = 2026-01-10\n[[closure]]\nname = \"b\"\nfrom = 2026-01-10\nuntil = 2026-01-11\nopen = true\n[step.hello]",
        "`a` and `b` overlap",
    ),
];

#[test]
fn what_is_refused() {
    for (right, wrong, message) in REFUSED {
        let found = remarks(right, wrong);
        let hit = found
            .iter()
            .find(|d| d.message.contains(message))
            .unwrap_or_else(|| panic!("{wrong}: {found:#?}"));
        assert_eq!(hit.severity, Severity::Error, "{wrong}");
        assert!(refused(&found));
    }
}

#[test]
fn what_is_only_a_warning() {
    for (right, wrong, message) in [
        (
            "2 = \"desk\"",
            "2 = \"desk\", 3 = \"bye\", 4 = \"bye\", 5 = \"bye\", 6 = \"bye\"",
            "offers 6 choices",
        ),
        (
            "1 = \"population\"",
            "1 = \"m2\" }\n[step.m2]\nkind = \"menu\"\nsay = \"demo-menu\"\nkeys = { 1 = \"m3\" }\n[step.m3]\nkind = \"menu\"\nsay = \"demo-menu\"\nkeys = { 1 = \"m4\" }\n[step.m4]\nkind = \"menu\"\nsay = \"demo-menu\"\nkeys = { 1 = \"population\"",
            "m4 is more than 3 menus deep",
        ),
        (
            "Mo-Fr 08:30-12:00",
            "Mo-Fr 08:30-12:00; We 13:30-16:00",
            "replaces We 08:30-12:00",
        ),
        (
            "[step.hello]",
            "[service.ghost]\nhours = \"24/7\"\n[step.hello]",
            "no step uses the service ghost",
        ),
        (
            "[step.hello]",
            "[prompt.ghost]\nnl = \"x\"\n[step.hello]",
            "no step says the prompt ghost",
        ),
    ] {
        let found = remarks(right, wrong);
        let hit = found
            .iter()
            .find(|d| d.message.contains(message))
            .unwrap_or_else(|| panic!("{wrong}: {found:#?}"));
        assert_eq!(hit.severity, Severity::Warning, "{wrong}");
    }
}

#[test]
fn a_whole_number_that_only_begins_like_an_emergency_number_is_allowed() {
    assert_eq!(remarks("\"+3254310000\" =", "\"+3211200000\" ="), []);
    assert_eq!(remarks("\"+3254310000\" =", "\"+3254*\" ="), []);
}

#[test]
fn closures_with_priority_or_for_different_services_do_not_quarrel() {
    let two = |more: &str| {
        format!(
            "[[closure]]\nname = \"a\"\nfrom = 2026-01-01\nuntil = 2026-01-10\n[[closure]]\nname = \"b\"\nfrom = 2026-01-10\nuntil = 2026-01-11\nopen = true\n{more}\n[step.hello]"
        )
    };
    assert_eq!(remarks("[step.hello]", &two("priority = 1")), []);
}

#[test]
fn sounds_count_once_they_are_known() {
    let flow = parse(TOWN, "town.toml").unwrap();
    let mut around = around();
    let names: Vec<String> = around.library.names().map(str::to_owned).collect();
    for (name, lang) in names.iter().flat_map(|n| [(n, Lang::NL), (n, Lang::FR)]) {
        if (name.as_str(), lang) == ("goodbye", Lang::FR) {
            continue;
        }
        let long = (name.as_str(), lang) == ("welcome", Lang::FR);
        let length = Duration::from_secs(if long { 21 } else { 4 });
        around.library.recorded(
            Prompt {
                name: name.as_str().into(),
                lang,
            },
            Some(length),
        );
    }
    let found: Vec<String> = check(&flow, &around)
        .iter()
        .map(|d| d.message.clone())
        .collect();
    assert_eq!(
        found,
        [
            "this greeting takes 21 s in fr",
            "the prompt `goodbye` has no sound in fr"
        ]
    );
}

#[test]
fn a_number_with_the_country_behind_an_outside_line_is_an_emergency_number_too() {
    for pattern in ["0003211*", "90032*", "0112", "9112", "00112"] {
        let wrong = format!("\"{pattern}\" =");
        let found = remarks("\"+3254310000\" =", &wrong);
        assert!(refused(&found), "{pattern}");
    }
}

#[test]
fn music_that_is_not_there_is_told_once_music_is_known() {
    let source = TOWN.replacen("town =", "music = \"clam\"\ntown =", 1);
    let flow = parse(&source, "town.toml").unwrap();
    let mut around = around();
    assert_eq!(check(&flow, &around), [], "nobody looked for music");
    around.library.music_recorded("calm");
    let found = check(&flow, &around);
    let told: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(told, ["there is no music called `clam`"]);
    assert!(
        found[0]
            .suggestion
            .as_deref()
            .is_some_and(|s| s.contains("calm"))
    );
    let path = TOWN.replacen("town =", "music = \"../x\"\ntown =", 1);
    let refused = parse(&path, "town.toml").unwrap_err();
    assert!(
        refused[0].message.contains("name of a recording"),
        "{refused:?}"
    );
}
