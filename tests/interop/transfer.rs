//! A softphone transfers with its own command (REFER): the others talk; and a caller whom nobody takes comes back to it.

use std::time::Duration;

use crate::baresip::{Setup, Softphone};
use crate::journeys;
use crate::program::{Case, Centrale};
use crate::talk::{CALLED, CALLER};
use crate::wire::register;

const SOON: Duration = Duration::from_secs(15);
/// What the transferring person says, Hz.
const BETWEEN: f64 = 1_260.0;

struct Three {
    centrale: Centrale,
    caller: Softphone,
    between: Softphone,
    target: Softphone,
}

/// 2110 called 2109, and they talk; 2103 is there. Then 2109 transfers to 2103, which rings.
fn transferring(case: &Case) -> Three {
    let centrale = case.centrale();
    // baresip 1.0 cannot answer the SHA-256 challenge of 2103, so its port is registered for it.
    register("2103", "127.0.0.1:5190");
    let phone = |name, user, listen, says| {
        let setup = Setup {
            name,
            user,
            listen,
            registers: user != "2103",
            says: Some(says),
            codec: "PCMA",
        };
        Softphone::start(case, setup)
    };
    let mut caller = phone("caller", "2110", "127.0.0.1:5170", CALLER);
    let mut between = phone("between", "2109", "127.0.0.1:5180", BETWEEN);
    let mut target = phone("target", "2103", "127.0.0.1:5190", CALLED);
    case.say("2110 calls 2109");
    caller.dial("2109");
    between.expect("CALL_INCOMING", SOON);
    std::thread::sleep(Duration::from_millis(500));
    between.answer();
    caller.expect("CALL_ESTABLISHED", SOON);
    between.expect("CALL_ESTABLISHED", SOON);
    std::thread::sleep(Duration::from_secs(4));
    case.say("2109 transfers to 2103");
    between.transfer("2103");
    let event = target.expect("CALL_INCOMING", SOON);
    case.say(format_args!("2103 rings: {event}"));
    assert!(event.contains("2110"), "the target sees who calls: {event}");
    std::thread::sleep(Duration::from_secs(1));
    Three {
        centrale,
        caller,
        between,
        target,
    }
}

#[test]
fn a_softphone_transfers_and_is_free() {
    let case = Case::new("a_softphone_transfers_and_is_free");
    let Three {
        centrale,
        mut caller,
        mut between,
        mut target,
    } = transferring(&case);
    target.answer();
    target.expect("CALL_ESTABLISHED", SOON);
    between.expect("CALL_CLOSED", SOON);
    case.say("2109 is free; the others talk");
    std::thread::sleep(Duration::from_secs(4));
    caller.hang_up();
    target.expect("CALL_CLOSED", SOON);
    let records = journeys::exactly(&case, 1);
    case.say(records[0].text());
    assert_eq!(records[0].legs().count(), 3);
    let (caller, target) = (caller.heard(), target.heard());
    case.say(format_args!(
        "the caller heard {:.1} s of 2109 and {:.1} s of 2103; 2103 heard {:.1} s of the caller and {:.1} s of other sound",
        caller.tone(BETWEEN),
        caller.tone(CALLED),
        target.tone(CALLER),
        target.other_than(&[CALLER]),
    ));
    assert!(caller.tone(BETWEEN) >= 2.5 && caller.tone(CALLED) >= 2.5);
    assert!(target.tone(CALLER) >= 2.5 && target.tone(BETWEEN) < 0.5);
    centrale.stop();
}

/// baresip hangs up when its transfer fails. The caller must not pay for that: 2109 rings again.
#[test]
fn a_softphone_that_drops_its_failed_transfer_is_rung() {
    let case = Case::new("a_softphone_that_drops_its_failed_transfer_is_rung");
    let Three {
        centrale,
        mut caller,
        mut between,
        mut target,
    } = transferring(&case);
    case.say("2103 refuses");
    target.hang_up();
    target.expect("CALL_CLOSED", SOON);
    between.expect("TRANSFER_FAILED", SOON);
    let event = between.expect("CALL_INCOMING", SOON);
    case.say(format_args!("2109 hung up and rings again: {event}"));
    assert!(event.contains("2103"), "marked with whom it comes from");
    between.answer();
    between.expect("CALL_ESTABLISHED", SOON);
    std::thread::sleep(Duration::from_secs(4));
    caller.hang_up();
    between.expect("CALL_CLOSED", SOON);
    let records = journeys::exactly(&case, 1);
    case.say(records[0].text());
    let caller = caller.heard();
    let (talk, other) = (caller.tone(BETWEEN), caller.other_than(&[BETWEEN]));
    case.say(format_args!(
        "the caller heard {talk:.1} s of 2109 and {other:.1} s of other sound"
    ));
    assert!(talk >= 6.5, "before and after");
    centrale.stop();
}
