//! What demo mode refuses: a port or a data directory that somebody has, a foreign address, a broken configuration.

use std::net::UdpSocket;
use std::process::Output;
use std::time::{Duration, Instant};

use crate::program::{ADDRESS, Case};
use crate::wire;

/// One sentence on the standard error, and the exit code.
fn refusal(output: &Output) -> (Option<i32>, String) {
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    (output.status.code(), said)
}

#[test]
fn a_busy_port_is_named() {
    let case = Case::new("a_busy_port_is_named");
    let taken = UdpSocket::bind(ADDRESS).unwrap();
    let (code, said) = refusal(&case.command(&["--console", "127.0.0.1:0"]));
    case.say(&said);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("5060") && said.lines().count() == 1, "{said}");
    drop(taken);
    case.centrale().stop();
}

#[test]
fn a_data_directory_in_use_is_named() {
    let case = Case::new("a_data_directory_in_use_is_named");
    let centrale = case.centrale();
    let (code, said) =
        refusal(&case.command(&["--listen", "127.0.0.1:5999", "--console", "127.0.0.1:0"]));
    case.say(&said);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("centrale-data") && said.lines().count() == 1,
        "{said}"
    );
    centrale.stop();
}

#[test]
fn the_demo_stays_on_loopback() {
    let case = Case::new("the_demo_stays_on_loopback");
    let (code, said) = refusal(&case.command(&["--listen", "0.0.0.0:5060"]));
    case.say(&said);
    assert_ne!(code, Some(0));
    assert!(said.contains("password"), "it does not say why: {said}");
}

#[test]
fn a_broken_configuration_is_refused_and_the_old_one_stays() {
    let case = Case::new("a_broken_configuration_is_refused_and_the_old_one_stays");
    let init = ["init", "--address", "127.0.0.1", "--name", "Gooik"];
    let number = ["--number", "+3254310000"];
    let output = case.command(&[&init[..], &number[..]].concat());
    case.say(String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{output:?}");
    let file = case.home.path().join("centrale.toml");
    let made = std::fs::read_to_string(&file).unwrap();
    let good = made.replace("127.0.0.1:8080", "127.0.0.1:0");
    std::fs::write(&file, &good).unwrap();
    let checked = case.command(&["check"]);
    assert!(checked.status.success(), "{checked:?}");
    let centrale = case.centrale();
    std::fs::write(&file, format!("{good}\n[surprise]\nport = 1\n")).unwrap();
    for command in ["check", "reload"] {
        let (code, said) = refusal(&case.command(&[command]));
        case.say(&said);
        assert_eq!(code, Some(1), "{command}: {said}");
        assert!(
            said.contains("centrale.toml") && said.contains("surprise"),
            "{said}"
        );
        assert!(said.contains('^'), "no caret: {said}");
    }
    centrale.process.signal("HUP");
    let until = Instant::now() + Duration::from_secs(5);
    while !centrale.process.output().contains("surprise") {
        assert!(
            Instant::now() < until,
            "SIGHUP says nothing: {}",
            centrale.process.tail()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(ADDRESS).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(2)))
        .unwrap();
    assert!(wire::options(&socket), "it does not answer any more");
    std::fs::write(&file, good).unwrap();
    let accepted = case.command(&["reload"]);
    case.say(String::from_utf8_lossy(&accepted.stdout));
    assert!(accepted.status.success(), "{accepted:?}");
    centrale.stop();
}
