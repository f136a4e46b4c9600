//! kill -9 under load: after the restart phones are still known, records are whole, and whoever still talks gets a BYE.

use std::time::{Duration, Instant};

use crate::answered::{citizens, desk, fixed};
use crate::journeys;
use crate::program::{Case, NUMBER};
use crate::sipp::{Running, Sipp};

/// Calls that talk when the process dies.
const TALKING: u32 = 50;
/// Calls that come and go meanwhile.
const LOAD: u32 = 600;

#[test]
fn killed_under_load_and_started_again() {
    let case = Case::new("killed_under_load_and_started_again");
    let mut centrale = case.centrale();
    // One more than talk: the call after the restart.
    let with = [("ring", fixed(0)), ("after", fixed(200))];
    let desk = desk(&case, "2103", "answer", TALKING + 1, &with);
    let talking = citizens(&case, "menu_wait", "127.0.0.2", TALKING, 25, None);
    desk.sees("\nACK sip:", TALKING as usize, Duration::from_secs(40));
    case.say(format_args!("{TALKING} calls talk; more come and go"));
    let load = load(&case);
    std::thread::sleep(Duration::from_secs(5));
    let answered = load.messages().matches("\nACK sip:").count();
    // What is younger than 100 ms may die with the process.
    std::thread::sleep(Duration::from_millis(150));
    centrale.process.kill();
    case.say(format_args!(
        "killed; at least {} calls were answered",
        answered as u32 + TALKING
    ));
    drop(load);
    let restart = Instant::now();
    let centrale = case.centrale();
    let citizen = citizens(&case, "menu_call", "127.0.0.3", 1, 1, Some(12_000));
    desk.sees("Citizen at 127.0.0.3", 1, Duration::from_secs(20));
    case.say(format_args!(
        "{:.1} s after the restart, most of them in the menu, a call has reached the phone, which did not register again",
        restart.elapsed().as_secs_f64()
    ));
    citizen.succeeds(Duration::from_secs(30));
    talking.succeeds(Duration::from_secs(60));
    desk.succeeds(Duration::from_secs(60));
    case.say(format_args!(
        "every ghost had its BYE within {:.1} s",
        restart.elapsed().as_secs_f64()
    ));
    let records = journeys::settled(&case);
    let closed = records
        .iter()
        .filter(|record| record.end().contains("restart"))
        .count();
    case.say(format_args!(
        "{} records, {closed} of them closed by the restart",
        records.len()
    ));
    assert!(closed >= TALKING as usize);
    assert!(
        records.len() > answered + TALKING as usize,
        "a record is lost"
    );
    centrale.stop();
}

/// Citizens who call, listen a second, and hang up.
fn load(case: &Case) -> Running {
    let trunk = Sipp {
        name: "load",
        scenario: "menu_call",
        listen: ("127.0.0.4", 5060),
        media: 18_000,
        service: NUMBER,
        calls: LOAD,
        rate: 20,
        with: &[
            ("name", "Load".to_owned()),
            ("listen", "500".to_owned()),
            ("press", String::new()),
            ("talk", "500".to_owned()),
        ],
        more: &[],
    };
    trunk.start(case)
}
