//! The table of a whole call.

use std::collections::BTreeMap;

use directory::{JourneyId, LegId, MediaReport, MoveRow};

use super::*;

#[test]
fn a_call_is_told_with_its_legs_and_reasons() {
    let began = Moment(1_772_442_000_000);
    let after = |seconds: i64| Moment(began.0 + seconds * 1_000);
    let leg = |direction: &str, party: &str, cause: &str| LegRow {
        id: LegId("j-1".to_owned()),
        direction: direction.to_owned(),
        party: party.to_owned(),
        address: String::new(),
        began_at: began,
        answered_at: Some(after(5)),
        ended_at: Some(after(80)),
        cause: Some(cause.to_owned()),
        report: None,
    };
    let report = MediaReport {
        packets_sent: 3_700,
        packets_received: 3_750,
        packets_lost: 2,
        jitter_us: 900,
        delay_us: 0,
        mos_centi: 441,
    };
    let value = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let journey = JourneyRecord {
        id: JourneyId("ab".to_owned()),
        began_at: began,
        from: "+32470123456".to_owned(),
        to: "+3254310000".to_owned(),
        trunk: Some("operator".to_owned()),
        session_id: None,
        ended_at: Some(after(80)),
        cause: Some("caller-hung-up".to_owned()),
        legs: vec![
            LegRow {
                report: Some(report),
                ..leg("inbound", "+32470123456", "caller-hung-up")
            },
            LegRow {
                answered_at: None,
                ..leg("outbound", "2101", "failed:486")
            },
        ],
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
    };
    let text = table(&journey);
    let lines: Vec<&str> = text.lines().collect();
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
