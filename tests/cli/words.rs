//! What the commands say, and when they refuse: nothing is guessed, nothing is lost, and nobody is left without a reason.

use std::fs;
use std::process::Stdio;

use crate::configuration::told;
use crate::exchange::{centrale, town};

#[test]
fn a_listener_who_goes_away_is_no_panic_and_passwords_are_not_lost() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("centrale.toml").display().to_string();
    let init = [
        "init",
        "--address",
        "127.0.0.1",
        "--name",
        "Gooik",
        "--number",
        "+3225323223",
    ];
    for arguments in [
        &init[..],
        &["account", "list"],
        &["account", "add", "2120"],
        &["journeys"],
        &["check"],
        &["--help"],
        &[
            "dialplan",
            "ways",
            &directory
                .path()
                .join("dialplans/town.toml")
                .display()
                .to_string(),
        ],
    ] {
        let mut child = centrale(arguments)
            .args(["--config", &file])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        let why = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.success(), "{arguments:?}: {why}");
        assert!(!why.contains("panicked"), "{arguments:?}: {why}");
        match arguments {
            ["init", ..] => assert!(why.contains("ACCOUNT") && why.contains("2110"), "{why}"),
            ["account", "add", ..] => assert!(why.contains("password  "), "{why}"),
            _ => {}
        }
    }
}

#[test]
fn init_guesses_neither_number_nor_name() {
    let directory = tempfile::tempdir().unwrap();
    let made = centrale(["init", "--address", "127.0.0.1"])
        .current_dir(directory.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (said, code) = told(&made);
    assert_eq!(code, Some(1), "{said}");
    for missing in [
        "--name is missing",
        "--number is missing",
        "nothing was written",
    ] {
        assert!(said.contains(missing), "{said}");
    }
    assert!(fs::read_dir(directory.path()).unwrap().next().is_none());
}

#[test]
fn the_options_of_the_demo_town_stand_apart_in_every_help() {
    for command in [&["account", "add"][..], &["check"], &["journeys"]] {
        let (said, _) = told(&centrale(command).arg("--help").output().unwrap());
        let (own, demo) = said.split_once("Demo town").expect("a heading");
        for option in ["--listen", "--console", "--data"] {
            assert!(!own.contains(option) && demo.contains(option), "{said}");
        }
    }
}

#[test]
fn a_phone_is_not_called_like_an_emergency_number() {
    let town = town();
    let file = town.path().join("centrale.toml");
    let run = |arguments: &[&str]| {
        let mut command = centrale(arguments);
        told(&command.arg("--config").arg(&file).output().unwrap())
    };
    for name in ["112", "101", "0112"] {
        let (said, code) = run(&["account", "add", name]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("the emergency number 1"), "{said}");
    }
    let csv = town.path().join("phones.csv");
    fs::write(&csv, "account,name\n2150,Desk\n100,Counter\n").unwrap();
    let (said, code) = run(&["account", "import", &csv.display().to_string()]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("100 cannot be an account"), "{said}");
    let (listed, _) = run(&["account", "list"]);
    assert!(
        !listed.contains("2150") && listed.contains("2110"),
        "{listed}"
    );
}

#[test]
fn data_that_cannot_be_used_are_named_and_the_exit_code_is_that_of_a_busy_directory() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("f");
    fs::write(&file, "").unwrap();
    let data = directory.path().join("d");
    fs::create_dir(&data).unwrap();
    let run = |arguments: &[&str], place: &std::path::Path| {
        let mut command = centrale(arguments);
        told(&command.arg("--data").arg(place).output().unwrap())
    };
    let (said, code) = run(&["account", "list"], &file);
    assert_eq!(code, Some(2), "{said}");
    let named = format!(
        "the data directory {} cannot be used: it is a file",
        file.display()
    );
    assert!(said.contains(&named), "{said}");
    assert_eq!(run(&["account", "list"], &data).1, Some(0));
    let database = data.join("centrale.sqlite");
    for left in ["centrale.sqlite-wal", "centrale.sqlite-shm"] {
        let _ = fs::remove_file(data.join(left));
    }
    fs::write(&database, "garbage ".repeat(2_000)).unwrap();
    for arguments in [&["account", "list"][..], &["check"]] {
        let (said, code) = run(arguments, &data);
        assert_eq!(code, Some(2), "{said}");
        let named = format!("the database {} cannot be opened", database.display());
        assert!(said.contains(&named), "{said}");
    }
}

#[test]
fn where_no_town_was_made_the_commands_say_that_they_mean_the_demo() {
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = centrale(arguments);
        told(&command.current_dir(directory.path()).output().unwrap())
    };
    let here = directory.path().canonicalize().unwrap();
    let (said, code) = run(&["check"]);
    assert_eq!(code, Some(0), "{said}");
    let none = format!("there is no centrale.toml in {}", here.display());
    assert!(
        said.contains(&none) && said.contains("the demo town was checked"),
        "{said}"
    );
    let (said, code) = run(&["account", "add", "2120"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("this is about the demo town"), "{said}");
    let (said, code) = run(&["reload"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("the demo town was looked for"), "{said}");
}
