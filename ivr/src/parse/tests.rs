//! Every kind of mistake is told at its place, with what was probably meant.

use super::*;

/// A small town with one hole for a mistake at each `@…@`.
const TOWN: &str = r#"
town = "Test"
country = "BE"
languages = ["nl", "fr"]
reception = "desk"
when-hours-fail = "open"
[numbers]
"+3254310000" = "menu"
[hours]
counters = "Mo-Fr 08:30-12:00; PH off"
[service.population]
hours = "counters"
closed = "bye"
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

/// Replaces a text of the town and returns what is told: line of the replaced text, and the remarks.
fn told(right: &str, wrong: &str) -> (usize, Vec<Diagnostic>) {
    assert!(TOWN.contains(right), "{right}");
    let source = TOWN.replacen(right, wrong, 1);
    let line = TOWN.split(right).next().unwrap().matches('\n').count() + 1;
    (
        line,
        parse(&source, "town.toml").expect_err("must be refused"),
    )
}

#[test]
fn the_town_itself_is_right() {
    let flow = parse(TOWN, "town.toml").unwrap();
    assert_eq!(flow.steps.len(), 4);
    assert_eq!(
        &*flow.step(flow.find("menu").unwrap()).unwrap().name,
        "menu"
    );
    assert_eq!(flow.zone, chrono_tz::Europe::Brussels);
}

/// What is right, the mistake, what is told, and what is suggested.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    (
        "1 = \"population\"",
        "1 = \"populaton\"",
        "no step called `populaton`",
        "did you mean `population`?",
    ),
    (
        "reception = \"desk\"",
        "reception = \"dsek\"",
        "no step called `dsek`",
        "did you mean `desk`?",
    ),
    (
        "kind = \"menu\"",
        "kind = \"meun\"",
        "no kind of step called `meun`",
        "did you mean `menu`?",
    ),
    (
        "service = \"population\"",
        "service = \"poplation\"",
        "no service called `poplation`",
        "did you mean `population`?",
    ),
    (
        "hours = \"counters\"",
        "hours = \"conters\"",
        "[hours] has no line called `conters`",
        "did you mean `counters`?",
    ),
    (
        "say = \"goodbye\"",
        "sya = \"goodbye\"",
        "knows no `sya`",
        "did you mean `say`?",
    ),
    (
        "languages =",
        "langauges =",
        "knows no `langauges`",
        "did you mean `languages`?",
    ),
    (
        "\"nl\", \"fr\"",
        "\"dutch\", \"fr\"",
        "two small letters",
        "nl",
    ),
    (
        "\"+3254310000\"",
        "\"054/310000\"",
        "not a telephone number",
        "+32",
    ),
    (
        "Mo-Fr 08:30-12:00;",
        "Lu-Ve 08:30-12:00;",
        "cannot be read",
        "Mo Tu We",
    ),
    (
        "Mo-Fr 08:30-12:00;",
        "Mo-Fr 8h30-12h;",
        "cannot be read",
        "Mo-Fr 08:30",
    ),
    (
        "Mo-Fr 08:30-12:00;",
        "Mo-Fr sunrise-12:00;",
        "sunrise cannot be evaluated",
        "",
    ),
    ("country = \"BE\"", "country = \"NL\"", "country", "BE, FR"),
    (
        "when-hours-fail = \"open\"",
        "when-hours-fail = \"opn\"",
        "open or closed",
        "did you mean `open`?",
    ),
    ("2 = \"desk\"", "0 = \"desk\"", "key 0", "reception"),
    (
        "2 = \"desk\"",
        "12 = \"desk\"",
        "`12` is not a key",
        "1 to 9",
    ),
    ("2 = \"desk\"", "2 = 3", "must be a text", "quotes"),
    (
        "phones = \"2104\"",
        "phones = \"2104\"\ntime = \"2 weeks\"",
        "length of time",
        "20 s",
    ),
    (
        "phones = [\"2101\"]",
        "phones = [\"2101\", \"2101\"]",
        "named twice",
        "",
    ),
];

#[test]
fn each_mistake_is_told_where_it_stands() {
    for (right, wrong, message, suggestion) in MISTAKES {
        let (line, found) = told(right, wrong);
        let all: Vec<String> = found.iter().map(|d| d.to_string()).collect();
        let hit = found
            .iter()
            .find(|d| d.message.contains(message))
            .unwrap_or_else(|| panic!("{wrong}: {}", all.join("\n")));
        assert!(
            (line..=line + wrong.matches('\n').count()).contains(&hit.line),
            "{wrong}: {hit}"
        );
        let told = hit.suggestion.as_deref().unwrap_or("");
        assert!(told.contains(suggestion), "{wrong}: {told}");
    }
}

#[test]
fn the_caret_stands_under_the_wrong_word_and_inside_the_hours() {
    let (_, found) = told("1 = \"population\"", "1 = \"populaton\"");
    let expected = "error: there is no step called `populaton`
  --> town.toml:17:14
   |
17 | keys = { 1 = \"populaton\", 2 = \"desk\" }
   |              ^^^^^^^^^^^ did you mean `population`?";
    assert_eq!(found.first().unwrap().to_string(), expected);
    let (_, found) = told("Mo-Fr 08:30-12:00;", "Mo-Fr 08:30~12:00;");
    assert_eq!(
        found.first().unwrap().column,
        "counters = \"Mo-Fr 08:30~".len()
    );
}

#[test]
fn what_is_missing_is_told_at_its_table() {
    for (gone, message) in [
        ("town = \"Test\"", "has no `town`"),
        ("otherwise = \"bye\"", "has no `otherwise`"),
        ("kind = \"message\"", "has no `kind`"),
        ("phones = [\"2101\"]", "has no `phones`"),
        (
            "keys = { 1 = \"population\", 2 = \"desk\" }",
            "has no `keys`",
        ),
        ("when-hours-fail = \"open\"", "has no `when-hours-fail`"),
        ("[numbers]\n\"+3254310000\" = \"menu\"", "has no `numbers`"),
    ] {
        let (_, found) = told(gone, "");
        assert!(
            found.iter().any(|d| d.message.contains(message)),
            "{gone}: {found:?}"
        );
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let source = TOWN
        .replace("1 = \"population\"", "1 = \"populaton\"")
        .replace("kind = \"message\"", "kind = \"massage\"");
    let lines: Vec<usize> = parse(&source, "t")
        .unwrap_err()
        .iter()
        .map(|d| d.line)
        .collect();
    assert_eq!(lines, [17, 28]);
}

#[test]
fn toml_that_is_no_toml_is_told_with_its_place() {
    let found = parse("town = \"a\"\ncountry = BE\nlanguages = [", "t.toml").unwrap_err();
    assert_eq!(found.first().map(|d| d.line), Some(2));
    assert!(parse(&" ".repeat(LARGEST + 1), "t").is_err());
}

#[test]
fn a_test_moment_that_the_clock_never_shows_or_shows_twice_is_refused() {
    let test = |at: &str| {
        format!("{TOWN}[[test]]\nname = \"x\"\nto = \"+3254310000\"\nat = {at}\nends = \"bye\"\n")
    };
    for (at, word) in [
        ("2026-03-29T02:30", "never shows"),
        ("2026-10-25T02:30", "twice"),
        ("\"tomorrow\"", "is a date"),
        ("2026-10-25", "a day and a time"),
    ] {
        let found = parse(&test(at), "t").unwrap_err();
        assert!(
            found.first().unwrap().message.contains(word),
            "{at}: {found:?}"
        );
    }
    let flow = parse(&test("2026-10-25T02:30:00+01:00"), "t").unwrap();
    assert_eq!(
        flow.tests.first().unwrap().at.to_rfc3339(),
        "2026-10-25T01:30:00+00:00"
    );
}

/// The seed of the fuzz target uses every key of the format; when it is refused, the mutations test only refusals.
#[test]
fn the_seed_of_the_fuzz_target_is_read() {
    let seed = include_str!("../../../fuzz/corpus/dialplan/every-kind-of-step");
    let flow = parse(seed, "seed").unwrap_or_else(|found| panic!("{}", found[0]));
    assert_eq!(flow.steps.len(), 11);
    let report = crate::run_tests(&Arc::new(flow));
    assert!(report.outcomes.iter().all(|o| !o.walk.way.is_empty()));
}

#[test]
fn a_file_of_nothing_but_brackets_is_refused() {
    let deep = format!("town = {}", "{".repeat(100_000));
    let told = parse(&deep, "deep.toml").expect_err("refused");
    assert!(told[0].to_string().contains("deep"), "{}", told[0]);
}
