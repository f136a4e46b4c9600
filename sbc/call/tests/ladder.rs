//! The loss ladder (CON-15): an operator is not heard any more, and nobody hung up. What who waits for her hears, which other
//! device rings, and where the caller goes when she stays away, in each state of a conversation.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::time::Duration;

use bench::page::{conversation, heard, is_music, missed, page, tell, welcoming};
use bench::script::{Request, in_their_dialog};
use bench::{Bench, TRUNK, answer, sdp};
use call::desk::CallState;
use call::journal::JourneyId;
use call::{CommandResult, DeskEvent, Device, Input, Verb, limits};
use media::Source;
use media::plane::EndpointId;

const TABLE: &str = "127.0.0.1:6001";
const TARGET: &str = "127.0.0.1:6003";

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// What this party is told once, by name.
fn told(bench: &Bench, endpoint: EndpointId) -> Vec<String> {
    match &bench.hears[&endpoint].1 {
        Source::Play {
            sounds,
            repeat: false,
        } => sounds
            .iter()
            .map(|sound| sound.as_str().to_owned())
            .collect(),
        other => panic!("{other:?}"),
    }
}

/// Anna's page speaks to a citizen whom the dialplan had put into reception's line, and somebody watches.
fn talking() -> (Bench, EndpointId, EndpointId, JourneyId) {
    let mut bench = welcoming();
    bench.feed(Input::Watch(true));
    let (desk, caller, ..) = conversation(&mut bench);
    let journey = bench.journey(1);
    assert_eq!(bench.view(journey).state, CallState::Talking);
    (bench, desk, caller, journey)
}

/// The same, and the citizen came through reception's line.
fn talking_from_the_line() -> (Bench, EndpointId, EndpointId, JourneyId) {
    let mut bench = welcoming();
    bench.feed(Input::Watch(true));
    page(&mut bench);
    bench::page::came(&mut bench);
    let station = || "anna".to_owned();
    bench.order(Verb::Serve {
        station: station(),
        queues: vec!["reception".into()],
    });
    let desk = bench.open[0].0;
    bench::page::citizen(&mut bench);
    let caller = bench.open[1].0;
    let journey = bench.journey(1);
    for key in ['1', '0'] {
        bench.press(caller, key);
        while matches!(bench.hears[&caller].1, Source::Play { repeat: false, .. })
            && bench.view(journey).state == CallState::Menu
            && key == '0'
        {
            bench.played(caller);
        }
    }
    assert_eq!(bench.view(journey).state, CallState::Queued);
    let station = station();
    let taken = bench.order(Verb::Answer { station, journey });
    assert!(matches!(taken, CommandResult::Done { .. }), "{taken:?}");
    (bench, desk, caller, journey)
}

/// Anna's page has this other device beside it, and is missed while she talks; the caller has heard the word.
fn missed_beside(device: Device) -> (Bench, EndpointId, EndpointId, JourneyId) {
    let (mut bench, desk, caller, journey) = talking();
    bench.registered("2101", TABLE);
    bench.order(Verb::Fallback {
        station: "anna".to_owned(),
        device: Some(device),
    });
    tell(&mut bench, missed, desk);
    bench.played(caller);
    (bench, desk, caller, journey)
}

fn second_operator(bench: &mut Bench) {
    let station = "berta".to_owned();
    let device = Device::Mobile("+32470999999".to_owned());
    bench.order(Verb::AttachStation { station, device });
    bench.order(Verb::Serve {
        station: "berta".to_owned(),
        queues: vec!["reception".into()],
    });
}

#[test]
fn who_waits_hears_a_sign_a_word_and_music_and_both_hear_that_it_goes_on() {
    let (mut bench, desk, caller, journey) = talking();
    tell(&mut bench, missed, desk);
    assert_eq!(
        told(&bench, caller),
        ["signals/lost", "nl/one-moment", "fr/one-moment"],
        "no language was chosen yet: those of the site"
    );
    let seen = bench.view(journey);
    assert_eq!(seen.state, CallState::Reattaching);
    assert_eq!(seen.station.as_deref(), Some("anna"));
    let left = seen.reattach_until.unwrap().duration_since(seen.since);
    assert_eq!(left.unwrap(), limits::REATTACH - limits::MISSED);
    bench.played(caller);
    assert!(is_music(&bench.hears[&caller].1));
    bench.wait(seconds(20));
    tell(&mut bench, heard, desk);
    for party in [desk, caller] {
        assert_eq!(told(&bench, party), ["signals/back"]);
    }
    bench.played(caller);
    assert_eq!(
        bench.hears[&caller].1,
        Source::Endpoint(desk),
        "who heard it goes on"
    );
    bench.played(desk);
    assert_eq!(bench.hears[&desk].1, Source::Endpoint(caller));
    let seen = bench.view(journey);
    assert_eq!(
        (seen.state, seen.reattach_until),
        (CallState::Talking, None)
    );
    // And once more: a second gap begins like the first.
    tell(&mut bench, missed, desk);
    assert_eq!(told(&bench, caller)[0], "signals/lost");
    tell(&mut bench, heard, desk);
    bench.wait(limits::SIGN);
    assert_eq!(
        bench.hears[&caller].1,
        Source::Endpoint(desk),
        "whatever the plane says"
    );
}

#[test]
fn the_word_is_said_in_the_caller_s_language() {
    let (mut bench, desk, caller, _) = talking_from_the_line();
    tell(&mut bench, missed, desk);
    assert_eq!(told(&bench, caller), ["signals/lost", "nl/one-moment"]);
}

#[test]
fn the_other_device_rings_after_ten_seconds_and_whoever_answers_there_goes_on() {
    let device = Device::Phone("2101".to_owned());
    let (mut bench, _, caller, journey) = missed_beside(device);
    bench.wait(limits::OTHER_DEVICE - limits::MISSED - Duration::from_millis(10));
    assert_eq!(bench.count(TABLE, "INVITE"), 0);
    bench.wait(Duration::from_millis(20));
    let call = bench.last(TABLE, "INVITE");
    assert_eq!(
        call.from().uri().unwrap().user.as_deref(),
        Some("+32470123456")
    );
    assert!(
        !call.has(&sip::HeaderName::AnswerMode),
        "it must not open by itself in an empty room"
    );
    bench.datagram(TABLE, answer(&call, "200 OK", &sdp(30_002)));
    let table = bench.open.last().unwrap().0;
    assert_eq!(bench.hears[&caller].1, Source::Endpoint(table));
    assert_eq!(bench.hears[&table].1, Source::Endpoint(caller));
    let seen = bench.view(journey);
    assert_eq!(seen.state, CallState::Talking);
    assert_eq!(
        seen.station.as_deref(),
        Some("anna"),
        "she still has the caller"
    );
    // The page stays away: nothing of that reaches the conversation.
    bench.wait(seconds(60));
    assert_eq!(bench.hears[&caller].1, Source::Endpoint(table));
    assert_eq!(bench.count(TRUNK, "BYE"), 0);
    bench.datagram(TABLE, in_their_dialog(&call, "BYE", 1, TABLE, ""));
    assert_eq!(bench.count(TRUNK, "BYE"), 1, "she hung up there");
}

#[test]
fn a_mobile_presses_one_and_a_page_that_is_back_stops_the_ringing() {
    let device = Device::Mobile("+32470999999".to_owned());
    let (mut bench, desk, caller, _) = missed_beside(device);
    bench.wait(seconds(9));
    let call = bench.last(TRUNK, "INVITE");
    bench.datagram(TRUNK, answer(&call, "200 OK", &sdp(30_002)));
    let mobile = bench.open.last().unwrap().0;
    assert!(
        is_music(&bench.hears[&caller].1),
        "a voicemail box takes nobody"
    );
    let Source::Play {
        sounds,
        repeat: true,
    } = bench.hears[&mobile].1.clone()
    else {
        panic!("{:?}", bench.hears[&mobile]);
    };
    assert_eq!(sounds[0].as_str(), "nl/press-1-to-take");
    tell(&mut bench, heard, desk);
    assert_eq!(bench.count(TRUNK, "BYE"), 1, "it is not needed any more");
    for party in [caller, desk] {
        bench.played(party);
    }
    assert_eq!(bench.hears[&caller].1, Source::Endpoint(desk));
    tell(&mut bench, missed, desk);
    bench.wait(seconds(9));
    let call = bench.last(TRUNK, "INVITE");
    bench.datagram(TRUNK, answer(&call, "200 OK", &sdp(30_002)));
    let mobile = bench.open.last().unwrap().0;
    bench.press(mobile, '2');
    assert!(!matches!(bench.hears[&caller].1, Source::Endpoint(_)));
    bench.press(mobile, '1');
    assert_eq!(bench.hears[&caller].1, Source::Endpoint(mobile));
}

#[test]
fn an_other_device_that_refuses_leaves_the_ladder_as_it_is() {
    let device = Device::Handset("2101".to_owned());
    let (mut bench, desk, caller, _) = missed_beside(device);
    bench.wait(seconds(9));
    let call = bench.last(TABLE, "INVITE");
    bench.datagram(TABLE, answer(&call, "486 Busy Here", ""));
    assert!(is_music(&bench.hears[&caller].1));
    tell(&mut bench, heard, desk);
    assert_eq!(told(&bench, caller), ["signals/back"]);
}

#[test]
fn who_was_lost_while_talking_stands_first_in_the_line_and_is_marked() {
    let (mut bench, desk, caller, journey) = talking_from_the_line();
    second_operator(&mut bench);
    tell(&mut bench, missed, desk);
    bench.played(caller);
    bench.wait(limits::REATTACH - limits::MISSED + Duration::from_millis(10));
    let seen = bench.view(journey);
    assert_eq!((seen.state, seen.position), (CallState::Queued, Some(1)));
    let returned = seen.returned.expect("marked");
    assert_eq!(
        (&*returned.from, returned.why.code()),
        ("anna", "media-silent")
    );
    assert_eq!(seen.reason.unwrap().rule, "station-lost");
    bench.last(TRUNK, "INVITE");
    assert_eq!(
        bench.count(TRUNK, "INVITE"),
        1,
        "the first free operator is rung"
    );
}

#[test]
fn a_station_that_is_not_heard_is_offered_nobody() {
    let (mut bench, desk, _, journey) = talking_from_the_line();
    bench.order(Verb::HangUp { journey });
    tell(&mut bench, missed, desk);
    let state = |bench: &Bench| {
        let seen = bench.seen.iter().rev();
        let mut views = seen.filter_map(|event| match event {
            DeskEvent::Station(view) => Some(format!("{:?}", view.state)),
            _ => None,
        });
        views.next().unwrap()
    };
    assert_eq!(state(&bench), "Calling");
    tell(&mut bench, heard, desk);
    assert_ne!(state(&bench), "Calling");
}

#[test]
fn a_caller_on_hold_goes_to_the_line_when_the_holder_is_lost() {
    let (mut bench, desk, caller, journey) = talking_from_the_line();
    bench.order(Verb::Hold { journey });
    second_operator(&mut bench);
    tell(&mut bench, missed, desk);
    assert!(is_music(&bench.hears[&caller].1), "as before");
    bench.wait(seconds(27));
    assert_eq!(bench.view(journey).state, CallState::Held);
    bench.wait(seconds(2));
    let seen = bench.view(journey);
    assert_eq!((seen.state, seen.position), (CallState::Queued, Some(1)));
    assert_eq!(seen.returned.unwrap().from, "anna");
}

#[test]
fn who_is_consulted_hears_the_word_and_the_caller_her_music() {
    let (mut bench, desk, caller, journey) = talking_from_the_line();
    bench.registered("2103", TARGET);
    let target = "2103".to_owned();
    bench.order(Verb::Consult { journey, target });
    // While it rings nobody but the caller waits, with music.
    tell(&mut bench, missed, desk);
    assert!(is_music(&bench.hears[&caller].1));
    assert_eq!(bench.view(journey).state, CallState::Reattaching);
    tell(&mut bench, heard, desk);
    bench.played(desk);
    let call = bench.last(TARGET, "INVITE");
    bench.datagram(TARGET, answer(&call, "200 OK", &sdp(30_002)));
    let third = bench.open.last().unwrap().0;
    assert_eq!(bench.hears[&third].1, Source::Endpoint(desk));
    tell(&mut bench, missed, desk);
    assert_eq!(told(&bench, third)[..2], ["signals/lost", "nl/one-moment"]);
    assert!(is_music(&bench.hears[&caller].1));
    tell(&mut bench, heard, desk);
    bench.played(third);
    bench.played(desk);
    assert_eq!(bench.hears[&third].1, Source::Endpoint(desk));
    // Swapped, it is the caller who hears it; and she is lost: the third is sent away, the caller stands first.
    bench.order(Verb::Swap { journey });
    second_operator(&mut bench);
    tell(&mut bench, missed, desk);
    assert_eq!(told(&bench, caller), ["signals/lost", "nl/one-moment"]);
    assert!(is_music(&bench.hears[&third].1));
    bench.wait(seconds(29));
    bench.last(TARGET, "BYE");
    assert_eq!(bench.view(journey).state, CallState::Queued);
}

#[test]
fn a_transfer_that_comes_back_to_a_station_that_is_lost_goes_to_the_line() {
    let (mut bench, desk, _, journey) = talking_from_the_line();
    bench.registered("2103", TARGET);
    second_operator(&mut bench);
    let target = "2103".to_owned();
    bench.order(Verb::BlindTransfer { journey, target });
    assert_eq!(bench.view(journey).state, CallState::Transferring);
    let call = bench.last(TARGET, "INVITE");
    bench.datagram(TARGET, answer(&call, "180 Ringing", ""));
    bench.wait(Duration::from_millis(100));
    // The page's own time is over before the target's: it was missed already.
    tell(&mut bench, missed, desk);
    bench.order(Verb::DetachStation {
        station: "anna".to_owned(),
    });
    bench.datagram(TARGET, answer(&call, "486 Busy Here", ""));
    let seen = bench.view(journey);
    assert_eq!((seen.state, seen.position), (CallState::Queued, Some(1)));
    assert_eq!(seen.returned.unwrap().from, "2103");
}

#[test]
fn an_explicit_end_is_no_loss() {
    let (mut bench, desk, caller, journey) = talking();
    tell(&mut bench, missed, desk);
    bench.played(caller);
    bench.order(Verb::HangUp { journey });
    assert_eq!(bench.count(TRUNK, "BYE"), 1);
}

#[test]
fn somebody_on_hold_is_not_forgotten() {
    let (mut bench, desk, _, journey) = talking();
    bench.order(Verb::Hold { journey });
    bench.wait(limits::HOLD_SIGN - Duration::from_millis(10));
    assert_eq!(bench.hears[&desk].1, Source::Silence);
    bench.wait(Duration::from_millis(20));
    assert_eq!(told(&bench, desk), ["signals/waiting"]);
    bench.played(desk);
    assert_eq!(bench.hears[&desk].1, Source::Silence, "once");
    bench.wait(limits::PARK - limits::HOLD_SIGN);
    assert_eq!(told(&bench, desk), ["signals/waiting"], "the recall");
    bench.played(desk);
    assert_eq!(bench.view(journey).returned.unwrap().from, "anna");
    let station = "anna".to_owned();
    bench.order(Verb::Retrieve { station, journey });
    bench.wait(limits::PARK);
    assert_eq!(bench.view(journey).state, CallState::Talking);
}

#[test]
fn an_operator_who_talks_hears_of_who_waits_when_she_is_free() {
    let (mut bench, desk, _, first) = talking();
    bench.order(Verb::Hold { journey: first });
    let invite = Request::invite(TRUNK, "sip:054310000@127.0.0.1", "+32470777777", "two");
    let invite = invite.body(sdp(30_006));
    bench.say(&invite);
    let ok = bench.last(TRUNK, "200");
    bench.say(&invite.next("ACK", 1, &ok));
    let (station, second) = ("anna".to_owned(), bench.journey(2));
    let taken = bench.order(Verb::Answer {
        station,
        journey: second,
    });
    assert!(matches!(taken, CommandResult::Done { .. }), "{taken:?}");
    let other = bench.open.last().unwrap().0;
    bench.wait(limits::HOLD_SIGN + seconds(1));
    assert_eq!(
        bench.hears[&desk].1,
        Source::Endpoint(other),
        "nothing breaks in"
    );
    bench.order(Verb::HangUp { journey: second });
    bench.wait(limits::HOLD_SIGN_AGAIN);
    assert_eq!(told(&bench, desk), ["signals/waiting"]);
}

#[test]
fn a_handset_that_pulls_is_rung_first() {
    let mut bench = Bench::new();
    bench.feed(Input::Watch(true));
    bench.registered("2101", TABLE);
    let station = "carla".to_owned();
    let device = Device::Handset("2101".to_owned());
    bench.order(Verb::AttachStation { station, device });
    for (nth, prepare) in ["menu", "held"].into_iter().enumerate() {
        let call_id = ["pull1", "pull2"][nth];
        let invite = Request::invite(TRUNK, "sip:054310000@127.0.0.1", "+32470123456", call_id);
        let invite = invite.body(sdp(30_000));
        bench.say(&invite);
        let ok = bench.last(TRUNK, "200");
        bench.say(&invite.next("ACK", 1, &ok));
        let caller = bench.open.last().unwrap().0;
        let journey = bench.journey(nth);
        let station = || "carla".to_owned();
        let answer_it = |bench: &mut Bench| {
            let call = bench.last(TABLE, "INVITE");
            bench.datagram(TABLE, answer(&call, "200 OK", &sdp(30_002)));
            let handset = bench.open.last().unwrap().0;
            assert_eq!(bench.hears[&caller].1, Source::Endpoint(handset));
            assert_eq!(bench.view(journey).station.as_deref(), Some("carla"));
            call
        };
        let taken = bench.order(Verb::Answer {
            station: station(),
            journey,
        });
        assert!(matches!(taken, CommandResult::Done { .. }), "{taken:?}");
        assert_eq!(
            bench.view(journey).state,
            CallState::Menu,
            "not before it answers"
        );
        let call = answer_it(&mut bench);
        if prepare == "held" {
            bench.order(Verb::Park { journey });
            bench.last(TABLE, "BYE");
            let taken = bench.order(Verb::Retrieve {
                station: station(),
                journey,
            });
            assert!(matches!(taken, CommandResult::Done { .. }), "{taken:?}");
            assert!(is_music(&bench.hears[&caller].1));
            answer_it(&mut bench);
            assert_eq!(bench.core.view().parked, 0);
        } else {
            bench.datagram(TABLE, in_their_dialog(&call, "BYE", 1, TABLE, ""));
            bench.last(TRUNK, "BYE");
        }
    }
}

#[test]
fn a_handset_that_nobody_lifts_rings_no_longer_than_a_transfer_and_the_caller_stays() {
    let mut bench = Bench::new();
    bench.feed(Input::Watch(true));
    bench.registered("2101", TABLE);
    let station = "carla".to_owned();
    let device = Device::Handset("2101".to_owned());
    bench.order(Verb::AttachStation { station, device });
    bench::page::citizen(&mut bench);
    let (station, journey) = ("carla".to_owned(), bench.journey(0));
    bench.order(Verb::Answer { station, journey });
    let call = bench.last(TABLE, "INVITE");
    bench.datagram(TABLE, answer(&call, "180 Ringing", ""));
    bench.wait(limits::TRANSFER_RING + Duration::from_millis(10));
    bench.last(TABLE, "CANCEL");
    assert_ne!(bench.view(journey).state, CallState::Talking);
    assert_eq!(bench.count(TRUNK, "BYE"), 0);
}
