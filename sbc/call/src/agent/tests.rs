//! An agent by itself: work after a call, silence, pauses, and that no state is left behind.

use super::*;

fn ready(kind: Kind, now: Instant) -> Agent {
    let mut agent = Agent::new(kind, now);
    agent.handle(now, Event::Reach(true));
    agent
}

fn second(start: Instant, n: u64) -> Instant {
    start + Duration::from_secs(n)
}

#[test]
fn a_call_in_the_midst_of_work_has_it_follow_again_and_one_after_it_has_none() {
    let start = Instant::now();
    let mut agent = Agent::new(Kind::Station, start);
    agent.handle(start, Event::Reach(true));
    agent.handle(start, Event::Took(Duration::from_secs(10)));
    agent.handle(start, Event::Engaged(true));
    agent.handle(second(start, 5), Event::Engaged(false));
    assert_eq!(agent.state(), StationState::WrapUp, "given away");
    agent.handle(second(start, 8), Event::Engaged(true));
    agent.handle(second(start, 9), Event::Engaged(false));
    assert_eq!(agent.state(), StationState::WrapUp, "taken back, and ended");
    agent.handle(second(start, 20), Event::Tick);
    assert_eq!(agent.state(), StationState::Ready);
    agent.handle(second(start, 21), Event::Engaged(true));
    agent.handle(second(start, 22), Event::Engaged(false));
    assert_eq!(agent.state(), StationState::Ready, "a call of its own");
}

#[test]
fn work_after_a_call_ends_by_the_clock_or_by_hand() {
    let start = Instant::now();
    let mut agent = ready(Kind::Station, start);
    agent.handle(start, Event::Took(Duration::from_secs(10)));
    agent.handle(start, Event::Engaged(true));
    assert_eq!(agent.state(), StationState::Talking);
    agent.handle(second(start, 60), Event::Engaged(false));
    assert_eq!(agent.state(), StationState::WrapUp);
    assert_eq!(agent.next_deadline(), Some(second(start, 70)));
    agent.handle(second(start, 69), Event::Tick);
    assert_eq!(agent.state(), StationState::WrapUp);
    agent.handle(second(start, 70), Event::Tick);
    assert!(agent.is_ready());
    agent.handle(second(start, 71), Event::Took(Duration::from_secs(10)));
    agent.handle(second(start, 71), Event::Engaged(true));
    agent.handle(second(start, 72), Event::Engaged(false));
    agent.handle(second(start, 73), Event::Ready);
    assert!(agent.is_ready());
}

#[test]
fn silence_pauses_a_station_with_notice_and_never_a_phone() {
    let start = Instant::now();
    for kind in [Kind::Station, Kind::Phone] {
        let mut agent = ready(kind, start);
        let mut noticed = 0;
        for n in 0..u64::from(limits::UNANSWERED_OFFERS) {
            agent.handle(start, Event::Offered(CallId(n), second(start, n)));
            noticed += u32::from(agent.handle(start, Event::Missed));
            if kind == Kind::Phone {
                assert!(!agent.is_ready(), "a breath");
                agent.handle(start + limits::PHONE_BREATH, Event::Tick);
            }
        }
        let paused = kind == Kind::Station;
        assert_eq!(noticed, u32::from(paused));
        assert_eq!((agent.is_ready(), agent.is_there()), (!paused, !paused));
        agent.handle(start, Event::Ready);
        assert!(agent.is_ready() && agent.is_there());
    }
}

#[test]
fn who_was_paused_while_talking_is_paused_afterwards() {
    let start = Instant::now();
    let mut agent = ready(Kind::Station, start);
    agent.handle(start, Event::Engaged(true));
    agent.handle(start, Event::Pause(Pause::Asked("lunch".to_owned())));
    assert_eq!(agent.state(), StationState::Talking);
    agent.handle(start, Event::Engaged(false));
    assert!(matches!(agent.state(), StationState::Paused(_)));
}

/// Whatever came before: once the truth is told and its time has run out, an agent is what the truth makes it.
#[test]
fn no_state_is_left_behind() {
    use proptest::prelude::*;
    let start = Instant::now();
    let event = (0u8..11, 0u64..30).prop_map(move |(kind, n)| match kind {
        0 => Event::Reach(true),
        1 => Event::Reach(false),
        2 => Event::Engaged(true),
        3 => Event::Engaged(false),
        4 => Event::Ready,
        5 => Event::Pause(Pause::Asked(String::new())),
        6 => Event::Offered(CallId(n), second(start, n)),
        7 => Event::Withdrawn,
        8 => Event::Declined,
        9 => Event::Missed,
        _ => Event::Took(Duration::from_secs(n)),
    });
    let life = proptest::collection::vec((event, 0u64..20), 0..60);
    proptest!(|(life in life)| {
        let mut agent = ready(Kind::Station, start);
        let mut now = start;
        for (event, wait) in life {
            now += Duration::from_secs(wait);
            agent.handle(now, event);
            let state = agent.state();
            prop_assert!(agent.is_ready() == (state == StationState::Ready));
        }
        for event in [Event::Reach(true), Event::Withdrawn, Event::Engaged(false), Event::Ready] {
            agent.handle(now, event);
        }
        prop_assert!(agent.is_ready());
        prop_assert_eq!(agent.next_deadline(), None);
    });
}
