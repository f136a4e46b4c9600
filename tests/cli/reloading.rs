//! What a reload takes, what it refuses, and what takes a restart; asked by command and by SIGHUP.

use std::fs;

use crate::configuration::{change, told};
use crate::exchange::{Exchange, sip_ok};

#[test]
fn sighup_reloads_and_the_log_says_what_was_taken_or_refused() {
    let exchange = Exchange::init();
    let dialplan = exchange.directory().join("dialplans/town.toml");
    let right = fs::read_to_string(&dialplan).unwrap();
    let broken = right.replace("otherwise = \"nobody\"", "otherwise = \"nobdy\"");
    fs::write(&dialplan, broken).unwrap();
    exchange.signal("HUP");
    exchange.says("the old configuration stays");
    exchange.says("did you mean `nobody`?");
    assert!(sip_ok(exchange.address));
    fs::write(&dialplan, right.replace("20 s", "25 s")).unwrap();
    exchange.signal("HUP");
    exchange.says("dialplan town: changed, for calls from now on");
    // The same over the socket: what SIGHUP took is in force.
    let again = exchange.ask(&["reload"]);
    assert!(again.contains("dialplan town: unchanged"), "{again}");
}

#[test]
fn what_takes_a_restart_is_said_at_every_reload_as_long_as_it_is_another_one_than_runs() {
    let exchange = Exchange::init();
    let file = exchange.directory().join("centrale.toml");
    let right = fs::read_to_string(&file).unwrap();
    let cases = [
        (
            "[media]",
            "\"20000-31999\"",
            "\"20000-30999\"",
            "ports and workers run until then",
        ),
        (
            "[listen]",
            "\n# advertised = \"198",
            "\nadvertised = \"198",
            "the old one runs",
        ),
        ("[console]", "# names = ", "names = ", "the old one runs"),
        (
            "[data]",
            "sqlite:centrale-data",
            "sqlite:elsewhere",
            "the old one runs",
        ),
        (
            "[site]",
            "name = \"Gooik\"",
            "name = \"Herne\"",
            "the console shows the old one",
        ),
    ];
    for (section, from, to, meanwhile) in cases {
        change(&file, from, to);
        let sentence = format!("{section} is not the one that runs: that takes a restart");
        for _ in 0..2 {
            let said = exchange.ask(&["reload"]);
            let line = said.lines().find(|line| line.starts_with(&sentence));
            assert!(line.is_some_and(|line| line.contains(meanwhile)), "{said}");
            assert_eq!(said.matches("takes a restart").count(), 1, "{said}");
        }
        fs::write(&file, &right).unwrap();
        let said = exchange.ask(&["reload"]);
        assert!(!said.contains("takes a restart"), "{said}");
    }
    assert!(sip_ok(exchange.address));
}

#[test]
fn a_refusal_is_one_line_of_the_log_for_each_fact() {
    let exchange = Exchange::init();
    let file = exchange.directory().join("centrale.toml");
    let right = fs::read_to_string(&file).unwrap();
    let lines = || {
        let log = exchange.log();
        let of = |line: &&str| line.contains("the old configuration stays");
        log.lines()
            .filter(of)
            .map(str::to_owned)
            .collect::<Vec<String>>()
    };
    // The file is not even readable as one, so that it does not say where the exchange is: it is found all the same.
    fs::write(&file, right.replace("[site]\n", "[site]\nnmae = \"x\"\n")).unwrap();
    let (said, code) = told(&exchange.run(&["reload"]));
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.starts_with("refused, the old one stays") && said.contains("^^^^"),
        "{said}"
    );
    exchange.says("`site` knows no `nmae` (did you mean `name`?)");
    assert_eq!(lines().len(), 1, "{:?}", lines());

    let wrong = "[site]\nnmae = \"x\"\npalce = \"y\"\n";
    fs::write(&file, right.replace("[site]\n", wrong)).unwrap();
    exchange.signal("HUP");
    exchange.says("`site` knows no `palce` (did you mean `place`?)");
    let lines = lines();
    assert_eq!(lines.len(), 3, "{lines:?}");
    for line in &lines {
        assert!(
            line.contains("centrale.toml:") && !line.contains('^'),
            "{line}"
        );
    }
}

#[test]
fn a_dialplan_whose_own_test_is_red_does_not_take_the_place_of_one_that_runs() {
    let mut exchange = Exchange::init();
    let dialplan = exchange.directory().join("dialplans/town.toml");
    change(
        &dialplan,
        "answered-by = \"2101\"",
        "answered-by = \"2109\"",
    );
    let (said, code) = told(&exchange.run(&["reload"]));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("expected 2109 to answer, 2101 did"), "{said}");
    change(
        &dialplan,
        "answered-by = \"2109\"",
        "answered-by = \"2101\"",
    );
    let said = exchange.ask(&["reload"]);
    assert!(said.contains("dialplan town: unchanged"), "{said}");
    change(
        &dialplan,
        "answered-by = \"2101\"",
        "answered-by = \"2109\"",
    );
    // Who starts with it answers the telephone all the same, and is told.
    exchange.signal("KILL");
    exchange.wait();
    exchange.restart();
    exchange.says("warning: test \"Population: the first phone answers\" failed");
}

#[test]
fn a_reload_warns_of_phones_without_an_account() {
    let exchange = Exchange::init();
    exchange.ask(&["account", "remove", "2101", "--yes"]);
    let said = exchange.ask(&["reload"]);
    assert!(
        said.contains("warning: there is no account 2101 yet"),
        "{said}"
    );
    exchange.says("there is no account 2101 yet: no phone rings (`centrale account add 2101`");
}

#[test]
fn an_account_for_data_that_do_not_run_yet_is_said_to_be_unknown() {
    let exchange = Exchange::init();
    let file = exchange.directory().join("centrale.toml");
    change(&file, "sqlite:centrale-data", "sqlite:elsewhere");
    let said = exchange.ask(&["account", "add", "2190"]);
    assert!(said.contains("does not know it"), "{said}");
    assert!(
        said.contains("centrale-data") && said.contains("elsewhere"),
        "{said}"
    );
    change(&file, "sqlite:elsewhere", "sqlite:centrale-data");
    let said = exchange.ask(&["account", "add", "2190"]);
    assert!(said.contains("knows it already"), "{said}");
}
