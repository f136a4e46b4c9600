//! Facts there and, for what is restored, back again.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sip::{Peer, Transport};

use super::*;
use crate::compose::restored;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn peer() -> Peer {
    Peer {
        transport: Transport::Udp,
        local: SocketAddr::from(([127, 0, 0, 1], 5060)),
        remote: SocketAddr::from(([127, 0, 0, 1], 5070)),
        flow: None,
    }
}

fn entry(fact: Fact) -> Entry {
    Entry { at: at(7), fact }
}

#[test]
fn a_dialog_comes_back_so_that_its_bye_is_the_same_dialog() {
    let dialog = GhostDialog {
        journey: JourneyId(0xab),
        call_id: "c1".to_owned(),
        local: "<sip:+3254310000@127.0.0.1>;tag=ours".to_owned(),
        remote: "\"A > B\" <sip:a;x=1@127.0.0.2>;foo=1;tag=theirs;bar=2".to_owned(),
        target: "sip:a@127.0.0.2:5070".to_owned(),
        routes: vec!["<sip:r@127.0.0.3;lr>".to_owned()],
        cseq: 4,
        peer: peer(),
    };
    let record = dialog_record(&dialog);
    assert_eq!(
        (record.local_tag.as_str(), record.remote_tag.as_str()),
        ("ours", "theirs")
    );
    let ghost = directory::GhostLeg {
        journey: journey_id(dialog.journey),
        leg: LegId("x".to_owned()),
        dialog: record,
    };
    let back = restored::ghost(&ghost).unwrap();
    assert_eq!(back.local, dialog.local);
    assert_eq!(
        back.remote,
        "\"A > B\" <sip:a;x=1@127.0.0.2>;foo=1;bar=2;tag=theirs"
    );
    let rest = GhostDialog {
        remote: dialog.remote.clone(),
        ..back
    };
    assert_eq!(rest, dialog);
}

#[test]
fn a_binding_comes_back() {
    let row = Binding {
        account: "2101".to_owned(),
        contact: "sip:2101@127.0.0.1:5070".to_owned(),
        peer: peer(),
        expires: at(3_600),
        call_id: "r1".to_owned(),
        cseq: 2,
        q: 300,
        instance: Some("<urn:uuid:1>".to_owned()),
        reg_id: Some(1),
        path: vec!["<sip:p;lr>".to_owned()],
        user_agent: "phone".to_owned(),
        seen: UNIX_EPOCH,
    };
    assert_eq!(restored::binding(&binding(&row)), Some(row));
}

#[test]
fn a_way_back_comes_back() {
    let phone = Origin::Phone {
        account: Some("2101".to_owned()),
        contact: "sip:2101@127.0.0.1:5070".to_owned(),
        peer: peer(),
    };
    let line = Origin::Line {
        trunk: "school".to_owned(),
        digits: "2201".to_owned(),
    };
    for origin in [phone, line] {
        let row = Callback {
            number: "+3254310099".to_owned(),
            origin,
            until: at(3_600),
            centre: Some("+3225000000".to_owned()),
        };
        assert_eq!(restored::callback(&callback(&row)), Some(row));
    }
}

#[test]
fn a_leg_that_moved_keeps_its_first_name() {
    let mut translator = Translator::default();
    let (one, two) = (JourneyId(1), JourneyId(2));
    let moved = translator.fact(&entry(Fact::LegMoved {
        journey: one,
        leg: LegRef(3),
        to: two,
        to_leg: LegRef(1),
    }));
    let ended = translator.fact(&entry(Fact::LegEnded {
        journey: two,
        leg: LegRef(1),
        cause: Cause::TrunkFailed(503),
        quality: None,
    }));
    let name = LegId(format!("{:032x}-3", 1));
    assert!(
        matches!(moved, directory::Fact::LegMoved { leg, journey, .. } if leg == name && journey == journey_id(two))
    );
    match ended {
        directory::Fact::LegEnded { leg, cause, .. } => {
            assert_eq!((leg, cause.as_str()), (name, "trunk-failed:503"));
        }
        other => panic!("{other:?}"),
    }
    assert!(translator.moved.is_empty());
}

#[test]
fn quality_becomes_whole_numbers() {
    let report = report(&Quality {
        received: 10,
        sent: 11,
        lost: 1,
        jitter: Duration::from_micros(1_250),
        round_trip: Some(Duration::from_millis(30)),
        mos: Some(4.409),
    });
    assert_eq!(
        (report.jitter_us, report.delay_us, report.mos_centi),
        (1_250, 15_000, 441)
    );
    assert_eq!(hundredths(f32::NAN), 0);
}

#[test]
fn who_spoke_with_whom_is_told_in_the_directory_s_words() {
    let fact = Fact::Spoke {
        journey: JourneyId(0xab),
        caller: "+32470123456".to_owned(),
        who: "reception1".to_owned(),
        service: Some("population".to_owned()),
    };
    let told = Translator::default().fact(&entry(fact));
    let expected = directory::Fact::Spoke {
        at: Moment(7_000),
        journey: journey_id(JourneyId(0xab)),
        caller: "+32470123456".to_owned(),
        who: "reception1".to_owned(),
        service: Some("population".to_owned()),
    };
    assert_eq!(told, expected);
}
