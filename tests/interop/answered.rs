//! SIPp as the operator's trunk and as a desk phone: a call through the menu, ended from each side; and sipsak's OPTIONS.

use std::process::Command;
use std::time::Duration;

use crate::journeys;
use crate::keys;
use crate::process::Process;
use crate::program::{ADDRESS, Case, NUMBER};
use crate::sipp::{Running, Sipp};
use crate::wire::register;

/// Where the desk phone of the SIPp tests listens.
pub(crate) const DESK: (&str, u16) = ("127.0.0.1", 5180);
const LIMIT: Duration = Duration::from_secs(60);

/// Registers `account` and starts SIPp as its phone, with [ring], [after] and perhaps [talk] of the scenario.
pub(crate) fn desk(
    case: &Case,
    account: &str,
    scenario: &str,
    calls: u32,
    with: &[(&str, String)],
) -> Running {
    register(account, &format!("{}:{}", DESK.0, DESK.1));
    // On a busy machine an INVITE is repeated before the phone's 180 is seen. A phone absorbs the copy (RFC 3261 section
    // 17.2.1); SIPp, while it pauses, would give the call up.
    let patient: &[&str] = match calls {
        1 => &[],
        _ => &["-default_behaviors", "all,-abortunexp"],
    };
    let phone = Sipp {
        name: "desk",
        scenario,
        listen: DESK,
        media: 12_000,
        service: account,
        calls,
        rate: 1,
        with,
        more: patient,
    };
    phone.start(case)
}

/// A pause of fixed length, as SIPp writes it.
pub(crate) fn fixed(milliseconds: u32) -> String {
    format!("milliseconds=\"{milliseconds}\"")
}

/// Citizens behind the trunk who press 2 and 2.
pub(crate) fn citizens(
    case: &Case,
    scenario: &str,
    from: &str,
    calls: u32,
    rate: u32,
    talk: Option<u32>,
) -> Running {
    let keys = case.logs.join("keys.pcap");
    keys::capture(&keys, "22", 1_500);
    let press = format!(
        "<nop><action><exec play_pcap_audio=\"{}\"/></action></nop>",
        keys.display()
    );
    let mut with = vec![
        ("name", format!("Citizen at {from}")),
        ("listen", "1000".to_owned()),
        ("press", press),
    ];
    with.extend(talk.map(|talk| ("talk", talk.to_string())));
    let trunk = Sipp {
        name: &format!("citizens-{from}"),
        scenario,
        listen: (from, 5060),
        media: 14_000,
        service: NUMBER,
        calls,
        rate,
        with: &with,
        more: &[],
    };
    trunk.start(case)
}

#[test]
fn the_citizen_hangs_up() {
    let case = Case::new("the_citizen_hangs_up");
    let centrale = case.centrale();
    let desk = desk(
        &case,
        "2103",
        "answer",
        1,
        &[("ring", fixed(0)), ("after", fixed(1_000))],
    );
    case.say("a citizen calls through the trunk and presses 2, 2");
    let citizen = citizens(&case, "menu_call", "127.0.0.2", 1, 1, Some(9_000));
    citizen.succeeds(LIMIT);
    desk.succeeds(LIMIT);
    let records = journeys::exactly(&case, 1);
    case.say(records[0].text());
    assert!(records[0].head().contains("+3254310000"));
    assert_eq!(records[0].legs().count(), 2);
    centrale.stop();
}

#[test]
fn the_desk_hangs_up() {
    let case = Case::new("the_desk_hangs_up");
    let centrale = case.centrale();
    let with = [
        ("ring", fixed(300)),
        ("after", fixed(500)),
        ("talk", "2000".to_owned()),
    ];
    let desk = desk(&case, "2103", "answer_hangup", 1, &with);
    let citizen = citizens(&case, "menu_wait", "127.0.0.2", 1, 1, None);
    citizen.succeeds(LIMIT);
    desk.succeeds(LIMIT);
    let records = journeys::exactly(&case, 1);
    case.say(records[0].text());
    centrale.stop();
}

#[test]
fn options_is_answered_and_the_first_within_150_ms() {
    let case = Case::new("options_is_answered_and_the_first_within_150_ms");
    // The first start makes the database; what counts for a town is every one after it, and both are shown.
    let centrale = case.centrale();
    let first = centrale.first_answer;
    let log = case.logs.join("sipsak.log");
    let mut sipsak = Process::start(
        "sipsak",
        "sipsak",
        Command::new("sipsak").args(["-vv", "-s", &format!("sip:{ADDRESS}")]),
        &log,
    );
    let status = sipsak.wait(Duration::from_secs(10));
    assert!(status.success(), "{}", sipsak.output());
    assert!(sipsak.output().contains("200 OK"), "{}", sipsak.output());
    centrale.stop();
    let centrale = case.centrale();
    let second = centrale.first_answer;
    centrale.stop();
    println!(
        "first OPTIONS answered {} ms after process start in an empty directory, {} ms in a used one",
        first.as_millis(),
        second.as_millis()
    );
    // A debug build on a loaded machine is allowed more.
    let limit = if cfg!(debug_assertions) { 3_000 } else { 150 };
    let longest = first.max(second);
    assert!(longest.as_millis() <= limit, "{longest:?}");
}
