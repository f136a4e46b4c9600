//! A town in a temporary directory: facts of a call as the core would write them, and what must come of them.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used)]
pub mod file_system;

use directory::{
    Arguments, Binding, DataDir, DialogRecord, Direction, Directory, Fact, JourneyId, LegId,
    MediaReport, Moment, PeerAddress,
};
use std::path::Path;

pub const NOW: Moment = Moment(1_800_000_000_000);

pub fn at(ms: i64) -> Moment {
    Moment(NOW.0 + ms)
}

pub async fn open(path: &Path) -> Directory {
    Directory::open(DataDir::open(path).unwrap()).await.unwrap()
}

pub fn peer() -> PeerAddress {
    PeerAddress {
        transport: "udp".into(),
        local: "127.0.0.1:5060".into(),
        remote: "127.0.0.2:5060".into(),
        flow: None,
    }
}

pub fn dialog(leg: &str, cseq: u32) -> Box<DialogRecord> {
    Box::new(DialogRecord {
        call_id: format!("call-{leg}"),
        local_tag: "us".into(),
        remote_tag: "them".into(),
        local_uri: "sip:+3254310000@127.0.0.1".into(),
        remote_uri: "sip:+32470123456@127.0.0.2".into(),
        route_set: vec!["<sip:127.0.0.2;lr>".into()],
        remote_target: "sip:trunk@127.0.0.2:5060".into(),
        cseq,
        peer: peer(),
    })
}

pub fn binding(aor: &str, contact: &str, expires_at: Moment) -> Binding {
    Binding {
        aor: aor.into(),
        contact: contact.into(),
        peer: peer(),
        expires_at,
        call_id: "register".into(),
        cseq: 3,
        user_agent: "Desk 1.2.3".into(),
        instance: None,
        reg_id: None,
        q: 700,
        path: vec![],
    }
}

/// The nine facts of one call from the trunk that 2101 answers, all of journey `id`.
pub fn call(id: &str) -> Vec<Fact> {
    let journey = JourneyId(id.into());
    let inbound = LegId(format!("{id}-in"));
    let outbound = LegId(format!("{id}-out"));
    let began = |leg: &LegId, direction, party: &str, ms| Fact::LegBegan {
        at: at(ms),
        journey: journey.clone(),
        leg: leg.clone(),
        direction,
        party: party.into(),
        address: "127.0.0.2:5060".into(),
    };
    let answered = |leg: &LegId, ms| Fact::LegAnswered {
        at: at(ms),
        journey: journey.clone(),
        leg: leg.clone(),
        dialog: dialog(&leg.0, 1),
    };
    let ended = |leg: &LegId, ms| Fact::LegEnded {
        at: at(ms),
        journey: journey.clone(),
        leg: leg.clone(),
        cause: "bye".into(),
        report: Some(MediaReport {
            packets_sent: 500,
            packets_received: 499,
            packets_lost: 1,
            jitter_us: 1200,
            delay_us: 20_000,
            mos_centi: 439,
        }),
    };
    vec![
        Fact::JourneyBegan {
            at: at(0),
            journey: journey.clone(),
            from: "+32470123456".into(),
            to: "+3254310000".into(),
            trunk: Some("operator".into()),
            session_id: Some("ab30317f1a784dc48ff824d0d3715d86".into()),
        },
        began(&inbound, Direction::Inbound, "+32470123456", 1),
        Fact::Decision {
            at: at(2),
            journey: journey.clone(),
            node: "hours".into(),
            code: "open".into(),
            arguments: Arguments::from([("calendar".into(), "Guichets".into())]),
        },
        answered(&inbound, 3),
        began(&outbound, Direction::Outbound, "2101", 4),
        answered(&outbound, 2000),
        ended(&outbound, 9000),
        ended(&inbound, 9001),
        Fact::JourneyEnded {
            at: at(9002),
            journey,
            cause: "caller-hung-up".into(),
        },
    ]
}
