//! A call through everything: an emergency number, which needs no account, goes out over the trunk with sound both ways.

use std::net::SocketAddr;

use call::journal::Fact;

use crate::peer::{Peer, Text};
use crate::town::Town;

/// Citizen and operator, talking.
pub(crate) struct Talk {
    pub(crate) citizen: Peer,
    pub(crate) operator: Peer,
    pub(crate) answer: Text,
}

/// The citizen calls 112 and the operator answers; the sound is checked in both directions.
pub(crate) fn talk(last_byte: u8) -> (Town, Talk) {
    let mut citizen = Peer::new("127.0.0.1");
    let mut operator = Peer::new("127.0.0.2");
    let town = Town::start(last_byte, operator.address(), None);
    let uri = format!("sip:112@{}", town.udp);
    citizen.send(
        town.udp,
        &citizen.request("INVITE", &uri, "c1", "c1", &citizen.sdp()),
    );
    let (invite, exchange) = operator.expect("INVITE sip:112");
    operator.send(exchange, &operator.answer(&invite, "180 Ringing", ""));
    operator.send(
        exchange,
        &operator.answer(&invite, "200 OK", &operator.sdp()),
    );
    let (answer, _) = citizen.expect("SIP/2.0 200");
    citizen.send(town.udp, &citizen.in_dialog("ACK", 1, &answer));
    operator.expect("ACK ");

    let media = |port| SocketAddr::new(town.udp.ip(), port);
    let (to_citizen_leg, to_operator_leg) =
        (media(answer.audio_port()), media(invite.audio_port()));
    for sequence in 0..20 {
        citizen.speak(to_citizen_leg, sequence, 0x11);
        operator.speak(to_operator_leg, sequence, 0x77);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(
        operator.hears(0x11),
        "the operator does not hear the citizen"
    );
    assert!(
        citizen.hears(0x77),
        "the citizen does not hear the operator"
    );
    let talk = Talk {
        citizen,
        operator,
        answer,
    };
    (town, talk)
}

#[test]
fn a_call_is_set_up_heard_ended_and_on_record() {
    let (town, mut talk) = talk(10);
    town.wait_for_fact("answered", |fact| matches!(fact, Fact::LegAnswered { .. }));
    talk.citizen
        .send(town.udp, &talk.citizen.in_dialog("BYE", 2, &talk.answer));
    talk.citizen.expect("SIP/2.0 200");
    let (bye, exchange) = talk.operator.expect("BYE ");
    talk.operator
        .send(exchange, &talk.operator.answer(&bye, "200 OK", ""));
    town.wait_for_fact("ended", |fact| matches!(fact, Fact::JourneyEnded { .. }));
    town.wait_for_fact("quality", |fact| {
        matches!(fact, Fact::LegEnded { quality: Some(quality), .. } if quality.received > 0)
    });
    town.handle.stop().unwrap();
    town.handle.wait();
    assert_eq!(town.pages.synced(), town.pages.facts().len());
}
