//! The program from outside: its commands, its sentences and exit codes, and a call that a `kill -9` cuts.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod citizen;
mod configuration;
mod console;
mod exchange;
mod phone;
mod reloading;
mod words;

use citizen::Citizen;
use exchange::{Exchange, centrale, free_address, sip_ok};

#[test]
fn a_second_exchange_is_refused_in_one_sentence_that_names_what_is_taken() {
    let first = Exchange::start();
    let same_data = centrale(first.place()).output().unwrap();
    let said = String::from_utf8_lossy(&same_data.stderr).into_owned();
    assert_eq!(same_data.status.code(), Some(2), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    assert!(
        said.contains(&first.directory().display().to_string()),
        "{said}"
    );

    let elsewhere = tempfile::tempdir().unwrap();
    let place = [
        "--listen".to_owned(),
        first.address.to_string(),
        "--console".to_owned(),
        "127.0.0.1:0".to_owned(),
        "--data".to_owned(),
        elsewhere.path().display().to_string(),
    ];
    let same_port = centrale(place).output().unwrap();
    let said = String::from_utf8_lossy(&same_port.stderr).into_owned();
    assert_eq!(same_port.status.code(), Some(2), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    assert!(said.contains(&first.address.to_string()), "{said}");
}

#[test]
fn the_demo_town_stays_on_loopback_and_says_why() {
    let data = tempfile::tempdir().unwrap();
    let said = centrale(["--listen", "0.0.0.0:5060", "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    assert_eq!(said.status.code(), Some(1));
    let why = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(why.contains("its passwords are public"), "{why}");
}

#[test]
fn a_running_exchange_takes_a_new_account_and_ends_when_asked() {
    let mut exchange = Exchange::start();
    let added = exchange.ask(&["account", "add", "2120", "--name", "Desk 2120"]);
    assert!(added.contains("password  "), "{added}");
    assert!(added.contains("knows it already"), "{added}");
    let reloaded = exchange.ask(&["reload"]);
    assert!(reloaded.contains("dialplan demo: unchanged"), "{reloaded}");
    assert!(reloaded.contains("11 accounts"), "{reloaded}");
    assert!(exchange.ask(&["account", "list"]).contains("Desk 2120"));
    let place = "first floor, room 12";
    exchange.ask(&[
        "account",
        "change",
        "2120",
        "--calls",
        "inside",
        "--place",
        place,
        "--symmetric-rtp",
        "on",
    ]);
    let listed = exchange.ask(&["account", "list"]);
    let line = listed
        .lines()
        .find(|line| line.starts_with("2120"))
        .unwrap();
    assert!(line.contains("inside") && line.contains(place), "{line}");
    let told = exchange.ask(&["emergency", "test", "0112", "--account", "2120"]);
    for part in [
        "emergency call to 112",
        place,
        "+3254310000",
        "operator: sip:112@127.0.0.2:5060",
        "Nobody was called",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(exchange.ask(&["journeys"]).contains("No call is on record"));
    let phones = exchange.ask(&["account", "phones"]);
    assert!(phones.contains("No device has registered yet"), "{phones}");
    exchange.signal("TERM");
    assert_eq!(exchange.wait().code(), Some(0));
}

#[test]
fn an_account_in_use_is_removed_only_when_that_is_meant() {
    let exchange = Exchange::start();
    let refused = exchange.run(&["account", "remove", "2101"]);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{why}");
    let rings = "dialplan demo rings it in step population";
    assert!(why.contains(rings) && why.contains("--yes"), "{why}");
    assert!(exchange.ask(&["account", "list"]).contains("2101"));

    phone::register(exchange.address, "2108");
    // The tables know it when the journal was folded, twice a second.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !exchange.ask(&["account", "phones"]).contains("2108") {
        assert!(std::time::Instant::now() < end, "it is never listed");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let refused = exchange.run(&["account", "remove", "2108"]);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(why.contains("is registered"), "{why}");
    let removed = exchange.ask(&["account", "remove", "2108", "--yes"]);
    assert!(removed.contains("2108 is removed"), "{removed}");
    assert!(removed.contains("knows it already"), "{removed}");
    let status = exchange.ask(&["status"]);
    assert!(status.contains("0 registered contacts"), "{status}");

    let removed = exchange.ask(&["account", "remove", "2109"]);
    assert!(removed.contains("2109 is removed"), "{removed}");
    let again = exchange.run(&["account", "remove", "2109"]);
    let why = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(why.contains("there is no account 2109"), "{why}");
    let listed = exchange.ask(&["account", "list"]);
    assert!(
        !listed.contains("2108") && !listed.contains("2109"),
        "{listed}"
    );
}

#[test]
fn a_town_of_one_s_own_runs_and_a_broken_file_leaves_it_as_it_is() {
    let exchange = Exchange::init();
    assert!(exchange.ask(&["check"]).contains("is right"));
    assert!(exchange.ask(&["account", "list"]).contains("2110"));
    let dialplan = exchange.directory().join("dialplans/town.toml");
    let right = std::fs::read_to_string(&dialplan).unwrap();
    std::fs::write(
        &dialplan,
        right.replace("otherwise = \"nobody\"", "otherwise = \"nobdy\""),
    )
    .unwrap();
    let refused = exchange.run(&["reload"]);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{why}");
    assert!(why.starts_with("refused, the old one stays"), "{why}");
    assert!(why.contains("did you mean `nobody`?"), "{why}");
    assert!(sip_ok(exchange.address));
    std::fs::write(&dialplan, right.replace("20 s", "25 s")).unwrap();
    let taken = exchange.ask(&["reload"]);
    assert!(taken.contains("dialplan town: changed"), "{taken}");
    let file = dialplan.display().to_string();
    let ways = exchange.ask(&["dialplan", "ways", &file]);
    assert!(ways.contains("nobody answers: nobody"), "{ways}");
    let year_end = ["--from", "2026-12-24", "--days", "3"];
    let days = exchange.ask(&[&["dialplan", "hours", &file], &year_end[..]].concat());
    assert!(days.contains("Fri 2026-12-25"), "{days}");
    let wrong = exchange.run(&["dialplan", "hours", &file, "--service", "dogs"]);
    let why = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(why.contains("its services are: "), "{why}");
}

#[test]
fn a_phone_that_reads_md5_alone_keeps_its_password() {
    let exchange = Exchange::start();
    let changed = exchange.ask(&["account", "change", "2101", "--digests", "md5"]);
    assert!(changed.contains("knows it already"), "{changed}");
    assert!(!changed.contains("password"), "{changed}");
    let accounts = exchange.ask(&["account", "list"]);
    let line = accounts.lines().find(|line| line.starts_with("2101"));
    assert!(line.unwrap().contains(" md5 "), "{accounts}");
    let nothing = exchange.run(&["account", "change", "2101"]);
    assert_eq!(nothing.status.code(), Some(2), "nothing to change");
}

#[test]
fn ctrl_c_says_which_calls_it_waits_for() {
    let mut exchange = Exchange::start();
    let citizen = Citizen::call(exchange.address);
    exchange.signal("INT");
    exchange.says("no new calls; 1 running have 30 s");
    exchange.signal("INT");
    citizen.expect_bye();
    assert_eq!(exchange.wait().code(), Some(0));
}

#[test]
fn a_call_cut_by_kill_9_is_closed_and_its_peer_gets_a_bye() {
    let mut exchange = Exchange::start();
    let citizen = Citizen::call(exchange.address);
    // A fact is written at most 100 ms after it happened.
    std::thread::sleep(std::time::Duration::from_millis(300));
    exchange.signal("KILL");
    exchange.wait();
    exchange.restart();
    citizen.expect_bye();
    let journeys = exchange.ask(&["journeys"]);
    assert!(
        journeys.contains("+32470123456 → +3254310000 by operator"),
        "{journeys}"
    );
    assert_eq!(journeys.matches(", restart").count(), 2, "{journeys}");
    assert_eq!(
        journeys.matches(" → ").count(),
        1,
        "nothing is doubled: {journeys}"
    );
}

#[test]
fn the_first_options_is_answered_soon_after_the_start() {
    let exchange = Exchange::start();
    assert!(sip_ok(exchange.address));
    let free = free_address();
    assert!(!sip_ok(free), "nobody listens there");
}
