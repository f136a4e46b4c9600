//! RFC 4028 by its tables: who refreshes, how long, and when it is over.

use super::*;

fn se(delta: u32, refresher: Option<Refresher>) -> Option<SessionExpires> {
    Some(SessionExpires { delta, refresher })
}

fn said(supported: bool, session_expires: Option<SessionExpires>, min_se: Option<u32>) -> Said {
    Said {
        supported,
        session_expires,
        min_se,
    }
}

fn timed(delta: u32, refresher: Refresher, require: bool) -> Answer {
    Answer::Timed {
        session_expires: SessionExpires {
            delta,
            refresher: Some(refresher),
        },
        require,
    }
}

#[test]
fn table_2_decides_who_refreshes() {
    use Refresher::{Uac, Uas};
    let policy = Policy::default();
    for (supported, asked, expected) in [
        (false, None, Uas),
        (false, Some(Uac), Uas),
        (true, None, Uas),
        (true, Some(Uac), Uac),
        (true, Some(Uas), Uas),
    ] {
        assert_eq!(
            answer(&policy, &said(supported, se(1800, asked), None)),
            timed(1800, expected, supported),
            "{supported} {asked:?}"
        );
    }
    assert_eq!(answer(&policy, &Said::default()), timed(1800, Uas, false));
}

#[test]
fn too_short_an_interval_is_422_for_a_caller_that_understands_it() {
    let policy = Policy {
        interval: 1800,
        min_se: 120,
    };
    assert_eq!(
        answer(&policy, &said(true, se(119, None), None)),
        Answer::TooSmall { min_se: 120 }
    );
    assert_eq!(
        answer(&policy, &said(true, se(120, None), None)),
        timed(120, Refresher::Uas, true)
    );
    assert_eq!(
        answer(&policy, &said(false, se(1, None), None)),
        timed(120, Refresher::Uas, false),
        "no loop of refreshes from a header that a proxy added"
    );
    let careless = Policy {
        interval: 0,
        min_se: 0,
    };
    assert_eq!(
        answer(&careless, &said(true, se(10, None), None)),
        Answer::TooSmall { min_se: 90 }
    );
}

#[test]
fn the_interval_is_shortened_to_ours_but_not_below_their_minimum() {
    let policy = Policy {
        interval: 300,
        min_se: 90,
    };
    let answered = |min_se| answer(&policy, &said(true, se(3600, None), min_se));
    assert_eq!(answered(None), timed(300, Refresher::Uas, true));
    assert_eq!(answered(Some(900)), timed(900, Refresher::Uas, true));
    assert_eq!(answered(Some(u32::MAX)), timed(3600, Refresher::Uas, true));
}

#[test]
fn the_uac_takes_what_the_response_says() {
    let now = Instant::now();
    let got = |session_expires| accepted(now, 1800, &said(true, session_expires, None));
    assert_eq!(got(None), SessionTimer::new(now, 1800, Party::Us));
    assert_eq!(
        got(se(600, Some(Refresher::Uas))),
        SessionTimer::new(now, 600, Party::Peer)
    );
    assert_eq!(
        got(se(600, Some(Refresher::Uac))),
        SessionTimer::new(now, 600, Party::Us)
    );
    assert_eq!(got(se(0, None)).interval(), Duration::from_secs(90));
    assert_eq!(
        got(se(u32::MAX, None)).interval(),
        Duration::from_secs(1800)
    );
}

#[test]
fn a_422_is_followed_only_upwards_and_not_for_ever() {
    let policy = Policy::default();
    let raised = ask_again(&policy, Some(3600)).unwrap();
    assert_eq!(
        ask(&raised, None),
        (
            SessionExpires {
                delta: 3600,
                refresher: None
            },
            3600
        )
    );
    assert_eq!(ask_again(&raised, Some(3600)), None);
    assert_eq!(ask_again(&policy, Some(u32::MAX)), None);
    assert_eq!(ask_again(&policy, None), None);
}

#[test]
fn we_refresh_at_half_and_say_bye_before_the_end() {
    let start = Instant::now();
    let seconds = |s| start + Duration::from_secs(s);
    let mut timer = SessionTimer::new(start, 1800, Party::Us);
    assert_eq!(timer.next_deadline(), seconds(900));
    assert_eq!(timer.expire(seconds(899)), Due::Nothing);
    assert_eq!(timer.expire(seconds(900)), Due::Refresh);
    assert_eq!(timer.expire(seconds(901)), Due::Nothing, "asked once");
    assert_eq!(timer.next_deadline(), seconds(1768), "32 s before the end");
    assert_eq!(timer.expire(seconds(1768)), Due::Expired);
}

#[test]
fn a_silent_refresher_is_hung_up_a_third_before_a_short_end() {
    let start = Instant::now();
    let mut timer = SessionTimer::new(start, 90, Party::Peer);
    assert_eq!(timer.next_deadline(), start + Duration::from_secs(60));
    assert_eq!(timer.expire(start + Duration::from_secs(59)), Due::Nothing);
    assert_eq!(timer.expire(start + Duration::from_secs(60)), Due::Expired);
}

#[test]
fn the_answerers_timer_follows_its_header() {
    let now = Instant::now();
    assert_eq!(
        timed(600, Refresher::Uac, true).timer(now),
        Some(SessionTimer::new(now, 600, Party::Peer))
    );
    assert_eq!(
        timed(600, Refresher::Uas, true).timer(now),
        Some(SessionTimer::new(now, 600, Party::Us))
    );
    assert_eq!(Answer::TooSmall { min_se: 90 }.timer(now), None);
}

#[test]
fn headers_are_read_and_a_refresher_is_named_again() {
    let text = "UPDATE sip:x@a.example SIP/2.0\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK1\nMax-Forwards: 70\n\
        From: <sip:a@a.example>;tag=1\nTo: <sip:x@a.example>;tag=2\nCall-ID: c\nCSeq: 2 UPDATE\n\
        Supported: replaces, timer\nSession-Expires: 600;refresher=uac\nMin-SE: 120\nContent-Length: 0\n\n";
    let message = Message::parse(text.replace('\n', "\r\n").into()).unwrap();
    let read = Said::by(&message);
    assert_eq!(read, said(true, se(600, Some(Refresher::Uac)), Some(120)));
    let named = |party| ask(&Policy::default(), Some(party)).0.refresher;
    assert_eq!(named(Party::Us), Some(Refresher::Uac));
    assert_eq!(named(Party::Peer), Some(Refresher::Uas));
}
