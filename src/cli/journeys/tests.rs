//! The table of a whole call.

use std::collections::BTreeMap;

use directory::{JourneyId, LegId, MediaReport, MoveRow};

use super::*;

const BEGAN: i64 = 1_772_442_000_000;

fn after(seconds: i64) -> Moment {
    Moment(BEGAN + seconds * 1_000)
}

fn leg(direction: &str, party: &str, cause: &str) -> LegRow {
    LegRow {
        id: LegId("j-1".to_owned()),
        direction: direction.to_owned(),
        party: party.to_owned(),
        address: String::new(),
        began_at: after(0),
        answered_at: Some(after(5)),
        ended_at: Some(after(80)),
        cause: Some(cause.to_owned()),
        report: None,
    }
}

fn journey() -> JourneyRecord {
    let report = MediaReport {
        packets_sent: 3_700,
        packets_received: 3_750,
        packets_lost: 2,
        jitter_us: 900,
        delay_us: 0,
        mos_centi: 441,
    };
    let mut caller = leg("inbound", "+32470123456", "caller-hung-up");
    caller.report = Some(report);
    let mut phone = leg("outbound", "2101", "failed:486");
    phone.answered_at = None;
    let value = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    JourneyRecord {
        id: JourneyId("ab".to_owned()),
        began_at: after(0),
        from: "+32470123456".to_owned(),
        to: "+3254310000".to_owned(),
        trunk: Some("operator".to_owned()),
        session_id: None,
        ended_at: Some(after(80)),
        cause: Some("caller-hung-up".to_owned()),
        legs: vec![caller, phone],
        decisions: vec![DecisionRow {
            at: after(1),
            node: "border".to_owned(),
            code: "unknown-number".to_owned(),
            arguments: BTreeMap::from([value("number", "112"), value(RESULT, "404")]),
        }],
        moves: vec![MoveRow {
            at: after(2),
            leg: LegId("j-1".to_owned()),
            from: JourneyId("ab".to_owned()),
            to: JourneyId("cd".to_owned()),
            reason: "moved".to_owned(),
        }],
        commands: Vec::new(),
    }
}

#[test]
fn a_call_is_told_with_its_legs_and_reasons() {
    let text = table(&journey(), zone(Country::Be));
    let lines: Vec<&str> = text.lines().collect();
    // 2 March 2026, 09:00 UTC: the machine's clock may be elsewhere, the town's is an hour ahead.
    assert!(lines[0].starts_with("2026-03-02 10:00:00  "), "{text}");
    assert!(
        lines[0].ends_with("+32470123456 → +3254310000 by operator"),
        "{text}"
    );
    assert_eq!(lines[1], "  1 min 20 s, caller hung up   (ab)");
    assert_eq!(
        lines[2],
        "  leg     from +32470123456, talked 1 min 15 s, caller hung up; 3750 packets in, 3700 out, 2 lost, MOS 4.41"
    );
    assert_eq!(
        lines[3],
        "  leg     to   2101, not answered, failed (SIP 486)"
    );
    assert!(
        lines[4].ends_with("border: unknown number (number 112) → 404"),
        "{text}"
    );
    assert!(lines[5].ends_with("a leg went on to cd"), "{text}");
}
