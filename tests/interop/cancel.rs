//! A phone calls another and gives up: before it rings, while it rings, and at the very moment of the answer.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::answered::{desk, fixed};
use crate::journeys::{self, Record};
use crate::program::Case;
use crate::sipp::Sipp;

/// A pause of any length up to this, each as likely.
fn any_up_to(milliseconds: u32) -> String {
    format!("distribution=\"uniform\" min=\"0\" max=\"{milliseconds}\"")
}

struct Moment {
    calls: u32,
    /// Before the desk rings, and before it answers.
    ring: String,
    after: String,
    /// Whether the caller waits for 180, and how long then.
    waits_for_180: bool,
    before: String,
}

fn give_up(case: &Case, moment: &Moment) -> Vec<Record> {
    let centrale = case.centrale();
    let with = [
        ("ring", moment.ring.clone()),
        ("after", moment.after.clone()),
    ];
    let desk = desk(case, "2103", "answer", moment.calls, &with);
    let until = if moment.waits_for_180 {
        "<recv response=\"100\" optional=\"true\"/>\n  <recv response=\"180\"/>"
    } else {
        "<recv response=\"100\"/>"
    };
    let caller = Sipp {
        name: "caller",
        scenario: "desk_cancel",
        listen: ("127.0.0.1", 5170),
        media: 16_000,
        service: "2103",
        calls: moment.calls,
        rate: 10,
        with: &[
            ("until", until.to_owned()),
            ("before", moment.before.clone()),
        ],
        // SIPp would hash the address it sends to, and not the one it calls.
        more: &[
            "-au",
            "2110",
            "-ap",
            "demo-2110",
            "-auth_uri",
            "2103@127.0.0.1:5060",
        ],
    };
    let caller = caller.start(case);
    caller.succeeds(Duration::from_secs(90));
    case.say("the caller is done");
    every_answer_has_its_bye(&desk.ends(Duration::from_secs(60)));
    let records = journeys::exactly(case, moment.calls as usize);
    centrale.stop();
    records
}

/// Whenever the desk said 200 to an INVITE, its call was ended by BYE: nobody is left talking to nobody.
fn every_answer_has_its_bye(messages: &str) {
    let messages: Vec<&str> = messages
        .split("-----------------------------------------------")
        .collect();
    let call_id = |message: &&str| {
        let id = message
            .lines()
            .find_map(|line| line.strip_prefix("Call-ID: "));
        id.map(|id| id.trim().to_owned())
    };
    let ended: BTreeSet<String> = messages
        .iter()
        .filter(|message| message.contains("\nBYE sip:"))
        .filter_map(call_id)
        .collect();
    let answered: BTreeSet<String> = messages
        .iter()
        .filter(|message| message.contains("\nSIP/2.0 200") && message.contains(" INVITE"))
        .filter_map(call_id)
        .collect();
    let left: Vec<&String> = answered.difference(&ended).collect();
    assert!(left.is_empty(), "answered and never ended: {left:?}");
}

fn talked(records: &[Record]) -> usize {
    records
        .iter()
        .filter(|record| record.text().contains("talked"))
        .count()
}

#[test]
fn a_caller_gives_up_before_it_rings() {
    let case = Case::new("a_caller_gives_up_before_it_rings");
    let moment = Moment {
        calls: 10,
        ring: fixed(3_000),
        after: fixed(20_000),
        waits_for_180: false,
        before: fixed(300),
    };
    let records = give_up(&case, &moment);
    case.say(records[0].text());
    assert_eq!(talked(&records), 0);
}

#[test]
fn a_caller_gives_up_while_it_rings() {
    let case = Case::new("a_caller_gives_up_while_it_rings");
    let moment = Moment {
        calls: 10,
        ring: fixed(0),
        after: fixed(20_000),
        waits_for_180: true,
        before: fixed(300),
    };
    let records = give_up(&case, &moment);
    case.say(records[0].text());
    assert_eq!(talked(&records), 0);
}

#[test]
fn a_caller_gives_up_as_the_answer_comes() {
    let case = Case::new("a_caller_gives_up_as_the_answer_comes");
    let moment = Moment {
        calls: 200,
        ring: fixed(0),
        after: any_up_to(60),
        waits_for_180: true,
        before: any_up_to(60),
    };
    let records = give_up(&case, &moment);
    let talked = talked(&records);
    case.say(format_args!(
        "of {} calls {talked} were answered first and {} cancelled",
        records.len(),
        records.len() - talked
    ));
    // Both must happen, or the moments never crossed.
    assert!((20..180).contains(&talked));
}
