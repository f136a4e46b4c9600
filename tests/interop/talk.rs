//! Two softphones, each with a tone of its own: who hears whom, hold and resume, and hanging up from each side.

use std::time::Duration;

use crate::baresip::{Setup, Softphone};
use crate::journeys;
use crate::program::Case;
use crate::tone::Heard;

/// What the caller says, Hz.
pub(crate) const CALLER: f64 = 620.0;
/// What the called person says, Hz.
pub(crate) const CALLED: f64 = 940.0;
const SOON: Duration = Duration::from_secs(10);

/// How a call between the two phones goes.
#[derive(Clone, Copy)]
struct Talk<'a> {
    /// What the caller says; nothing when muted.
    caller_says: Option<f64>,
    codecs: (&'a str, &'a str),
    hold: bool,
    caller_hangs_up: bool,
}

const PLAIN: Talk<'static> = Talk {
    caller_says: Some(CALLER),
    codecs: ("PCMA", "PCMA"),
    hold: false,
    caller_hangs_up: true,
};

/// 2110 calls 2109; gives what each heard, caller first.
fn talk(case: &Case, talk: Talk<'_>) -> (Heard, Heard) {
    let centrale = case.centrale();
    let phone = |name, user, listen, says, codec| {
        let setup = Setup {
            name,
            user,
            listen,
            registers: true,
            says,
            codec,
        };
        Softphone::start(case, setup)
    };
    let mut caller = phone(
        "caller",
        "2110",
        "127.0.0.1:5170",
        talk.caller_says,
        talk.codecs.0,
    );
    let mut called = phone(
        "called",
        "2109",
        "127.0.0.1:5180",
        Some(CALLED),
        talk.codecs.1,
    );
    case.say("both phones are registered; 2110 calls 2109");
    caller.dial("2109");
    called.expect("CALL_INCOMING", SOON);
    std::thread::sleep(Duration::from_millis(500));
    called.answer();
    caller.expect("CALL_ESTABLISHED", SOON);
    called.expect("CALL_ESTABLISHED", SOON);
    case.say("they talk");
    std::thread::sleep(Duration::from_secs(4));
    if talk.hold {
        case.say("the called person holds");
        called.hold();
        std::thread::sleep(Duration::from_secs(5));
        case.say("and resumes");
        called.resume();
        std::thread::sleep(Duration::from_secs(4));
    }
    if talk.caller_hangs_up {
        case.say("the caller hangs up");
        caller.hang_up();
    } else {
        case.say("the called person hangs up");
        called.hang_up();
    }
    caller.expect("CALL_CLOSED", SOON);
    called.expect("CALL_CLOSED", SOON);
    let records = journeys::exactly(case, 1);
    case.say(records[0].text());
    assert_eq!(records[0].legs().count(), 2);
    let heard = (caller.heard(), called.heard());
    case.say(format_args!(
        "the caller heard {:.1} s: {:.1} s of the called person, {:.1} s of other sound; the called person heard {:.1} s: {:.1} s of \
         the caller, {:.1} s of other sound",
        heard.0.seconds(),
        heard.0.tone(CALLED),
        heard.0.other_than(&[CALLED]),
        heard.1.seconds(),
        heard.1.tone(CALLER),
        heard.1.other_than(&[CALLER]),
    ));
    centrale.stop();
    heard
}

/// The one judgement of all these tests; its negative control is `a_muted_caller_is_not_heard`.
fn hears(heard: &Heard, tone: f64) -> bool {
    heard.tone(tone) >= 2.5
}

#[test]
fn two_phones_talk_and_the_caller_hangs_up() {
    let case = Case::new("two_phones_talk_and_the_caller_hangs_up");
    let (caller, called) = talk(&case, PLAIN);
    assert!(hears(&caller, CALLED) && hears(&called, CALLER));
    assert!(caller.tone(CALLER) < 0.5, "the caller hears themself");
    assert!(
        called.tone(CALLED) < 0.5,
        "the called person hears themself"
    );
}

#[test]
fn the_called_person_hangs_up() {
    let case = Case::new("the_called_person_hangs_up");
    let plan = Talk {
        caller_hangs_up: false,
        ..PLAIN
    };
    let (caller, called) = talk(&case, plan);
    assert!(hears(&caller, CALLED) && hears(&called, CALLER));
}

#[test]
fn phones_without_a_common_codec_talk() {
    let case = Case::new("phones_without_a_common_codec_talk");
    let plan = Talk {
        codecs: ("G722", "PCMU"),
        ..PLAIN
    };
    let (caller, called) = talk(&case, plan);
    assert!(hears(&caller, CALLED) && hears(&called, CALLER));
}

/// The negative control: with one party muted, the same judgement must say no for that direction alone.
#[test]
fn a_muted_caller_is_not_heard() {
    let case = Case::new("a_muted_caller_is_not_heard");
    let plan = Talk {
        caller_says: None,
        ..PLAIN
    };
    let (caller, called) = talk(&case, plan);
    assert!(hears(&caller, CALLED));
    assert!(!hears(&called, CALLER));
    assert!(called.sound() < 0.5, "{}", called.sound());
}

#[test]
fn who_is_held_hears_music_and_then_the_other_again() {
    let case = Case::new("who_is_held_hears_music_and_then_the_other_again");
    let plan = Talk {
        hold: true,
        ..PLAIN
    };
    let (caller, called) = talk(&case, plan);
    assert!(caller.other_than(&[CALLED]) > 2.0, "no music");
    let again = caller.tone_after_other(CALLED, &[CALLED]);
    assert!(again >= 2.5, "heard for {again} s after the music");
    let before = caller.tone(CALLED) - again;
    assert!(before >= 2.5, "heard for {before} s before the hold");
    // baresip 1.0 ends its recording when it holds, so what the holder was sent afterwards is counted by the record.
    assert!(hears(&called, CALLER));
}
