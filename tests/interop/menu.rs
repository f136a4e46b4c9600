//! A citizen with a softphone calls the central number, hears the menu, presses keys, and a desk phone rings.

use std::time::Duration;

use crate::baresip::{Setup, Softphone};
use crate::journeys;
use crate::program::{Case, NUMBER};
use crate::talk::{CALLED, CALLER};
use crate::wire::register;

const SOON: Duration = Duration::from_secs(15);

/// Calls, listens to the menu, presses 2 (French) and 2 (Town planning); 2103 rings and talks.
fn through_the_menu(case: &Case, citizen: Setup<'_>, dials: &str) {
    let centrale = case.centrale();
    // baresip 1.0 cannot answer the SHA-256 challenge of 2103, so its port is registered for it.
    register("2103", "127.0.0.1:5180");
    let desk = Setup {
        name: "desk",
        user: "2103",
        listen: "127.0.0.1:5180",
        registers: false,
        says: Some(CALLED),
        codec: "PCMA",
    };
    let mut desk = Softphone::start(case, desk);
    let mut citizen = Softphone::start(case, citizen);
    case.say(format_args!("a citizen dials {dials}"));
    citizen.dial(dials);
    citizen.expect("CALL_ESTABLISHED", SOON);
    case.say("hears the greeting, and presses 2 and 2");
    std::thread::sleep(Duration::from_secs(4));
    citizen.press('2');
    std::thread::sleep(Duration::from_millis(1_500));
    citizen.press('2');
    let event = desk.expect("CALL_INCOMING", SOON);
    case.say(format_args!("Town planning rings: {event}"));
    std::thread::sleep(Duration::from_secs(1));
    desk.answer();
    desk.expect("CALL_ESTABLISHED", SOON);
    case.say("they talk");
    std::thread::sleep(Duration::from_secs(4));
    desk.hang_up();
    citizen.expect("CALL_CLOSED", SOON);
    let records = journeys::exactly(case, 1);
    case.say(records[0].text());
    let (citizen, desk) = (citizen.heard(), desk.heard());
    case.say(format_args!(
        "the citizen heard {:.1} s of prompts, then {:.1} s of the desk; the desk heard {:.1} s of the citizen, {:.1} s of other sound",
        citizen.other_than(&[CALLED]),
        citizen.tone(CALLED),
        desk.tone(CALLER),
        desk.other_than(&[CALLER]),
    ));
    assert!(citizen.other_than(&[CALLED]) > 3.0, "the menu is silent");
    assert!(
        citizen.tone(CALLED) >= 2.5,
        "the citizen does not hear the desk"
    );
    assert!(
        desk.tone(CALLER) >= 2.5,
        "the desk does not hear the citizen"
    );
    assert!(
        records[0].text().contains("2103"),
        "no leg to 2103 on record"
    );
    centrale.stop();
}

#[test]
fn a_citizen_on_a_softphone_reaches_town_planning() {
    let case = Case::new("a_citizen_on_a_softphone_reaches_town_planning");
    let citizen = Setup {
        name: "citizen",
        user: "2110",
        listen: "127.0.0.1:5170",
        registers: true,
        says: Some(CALLER),
        codec: "PCMA",
    };
    through_the_menu(&case, citizen, "054310000");
}

#[test]
fn a_citizen_behind_the_trunk_reaches_town_planning() {
    let case = Case::new("a_citizen_behind_the_trunk_reaches_town_planning");
    let citizen = Setup {
        name: "citizen",
        user: "+32470123456",
        listen: "127.0.0.2:5060",
        registers: false,
        says: Some(CALLER),
        codec: "PCMA",
    };
    through_the_menu(&case, citizen, NUMBER);
}
