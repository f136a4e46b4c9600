//! The evaluator act by act, and random journeys with the noise of live calls against the simulator.

use super::*;
use crate::lang::Prompt;
use crate::parse;
use crate::simulate::{Case, End, Phone, simulate};
use proptest::prelude::*;
use std::sync::LazyLock;
use std::time::Duration;

const DEMO: &str = include_str!("../../../dialplans/demo.toml");
const MERGER: &str = include_str!("../../../dialplans/merger.toml");

fn flow(source: &str) -> Arc<Flow> {
    Arc::new(parse(source, "t.toml").unwrap_or_else(|found| panic!("{found:?}")))
}

/// The two towns, read once.
fn town(demo: bool) -> Arc<Flow> {
    static TOWNS: LazyLock<[Arc<Flow>; 2]> = LazyLock::new(|| [flow(DEMO), flow(MERGER)]);
    TOWNS[usize::from(!demo)].clone()
}

fn begin(source: &str, to: &str) -> (Session, Vec<Act>) {
    let facts = Facts {
        from: Some("+32470123456".into()),
        to: to.into(),
        remembered: None,
        spoken: None,
    };
    Session::start(flow(source), facts, now(), &Situation::default())
}

fn now() -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

/// The acts that do something, short.
fn doing(acts: &[Act]) -> Vec<String> {
    let short = |act: &Act| match act {
        Act::Play {
            prompts,
            interruptible,
        } => {
            let names: Vec<String> = prompts.iter().map(Prompt::to_string).collect();
            format!(
                "{} {}",
                if *interruptible { "play" } else { "tell" },
                names.join(" ")
            )
        }
        Act::Collect { timeout } => format!("collect {}", timeout.as_secs()),
        Act::Ring {
            targets, timeout, ..
        } => format!("ring {} {}", targets.join(" "), timeout.as_secs()),
        Act::Queue(order) => format!("queue {}", order.queue),
        Act::External { number, .. } => format!("call {number}"),
        Act::Music => "music".into(),
        Act::Hangup { cause } => format!("hangup {cause:?}"),
        Act::Decided(_) | Act::Language(_) | Act::Remember(_) => String::new(),
    };
    acts.iter().filter(|a| a.is_doing()).map(short).collect()
}

fn press(session: &mut Session, key: char) -> Vec<String> {
    doing(&session.handle(now(), Event::Key(key), &Situation::default()))
}

fn tell(session: &mut Session, event: Event) -> Vec<String> {
    doing(&session.handle(now(), event, &Situation::default()))
}

#[test]
fn the_demo_call_act_by_act() {
    let (mut call, acts) = begin(DEMO, "+3254310000");
    assert_eq!(doing(&acts), ["play nl/welcome fr/welcome"]);
    assert_eq!(
        tell(&mut call, Event::Played),
        ["play nl/choose-language fr/choose-language", "collect 8"]
    );
    assert_eq!(
        tell(&mut call, Event::Played),
        [""; 0],
        "the end of a question is no news"
    );
    assert_eq!(
        press(&mut call, '1'),
        ["play nl/demo-menu nl/menu-help", "collect 8"]
    );
    assert_eq!(press(&mut call, '1'), ["tell nl/please-hold"]);
    assert_eq!(tell(&mut call, Event::Played), ["ring 2101 2102 20"]);
    assert_eq!(
        tell(
            &mut call,
            Event::Ring(RingOutcome::Answered { by: "2102".into() })
        ),
        [""; 0]
    );
    assert!(call.is_over());
    assert_eq!(
        press(&mut call, '0'),
        [""; 0],
        "the dialplan has nothing more to say to a conversation"
    );
}

#[test]
fn keys_pressed_into_the_greeting_count() {
    let (mut call, _) = begin(DEMO, "+3254310000");
    assert_eq!(
        press(&mut call, '2'),
        ["play fr/demo-menu fr/menu-help", "collect 8"]
    );
    assert_eq!(call.language(), Some(Lang::FR));
    assert_eq!(press(&mut call, '2'), ["tell fr/please-hold"]);
    assert_eq!(tell(&mut call, Event::Played), ["ring 2103 20"]);
}

#[test]
fn zero_is_reception_wherever_the_caller_is() {
    for keys in ["", "1", "11"] {
        let (mut call, _) = begin(DEMO, "+3254310000");
        for key in keys.chars() {
            press(&mut call, key);
        }
        let acts = press(&mut call, '0');
        assert!(
            acts.iter().all(|a| a.contains("to-reception")),
            "after {keys}: {acts:?}"
        );
        assert_eq!(tell(&mut call, Event::Played), ["queue reception"]);
        assert_eq!(press(&mut call, '0'), [""; 0], "already there");
    }
    let (mut call, _) = begin(DEMO, "+3254310000");
    press(&mut call, '1');
    press(&mut call, '1');
    tell(&mut call, Event::Played);
    assert_eq!(
        press(&mut call, '0'),
        ["tell nl/to-reception"],
        "while phones ring"
    );
    assert_eq!(
        tell(&mut call, Event::Ring(RingOutcome::NoAnswer)),
        [""; 0],
        "news of the phones that were left"
    );
}

#[test]
fn a_language_spoken_in_the_call_already_is_not_asked_for_again() {
    let acts = |spoken| {
        let facts = Facts {
            from: None,
            to: "+3254310000".into(),
            remembered: None,
            spoken,
        };
        let (mut call, acts) = Session::start(flow(DEMO), facts, now(), &Situation::default());
        (doing(&acts), tell(&mut call, Event::Played))
    };
    let (greeting, then) = acts(Some(Lang::FR));
    assert_eq!(greeting, ["play fr/welcome"]);
    assert!(then[0].starts_with("play fr/demo-menu"), "{then:?}");
    // One that the flow does not speak is no answer.
    assert_eq!(acts(Some(Lang::DE)), acts(None));
    assert!(acts(None).1[0].contains("choose-language"));
}

#[test]
fn a_remembered_language_is_spoken_until_the_star() {
    let facts = Facts {
        from: Some("+32470123456".into()),
        to: "+3254310100".into(),
        remembered: Some(Lang::FR),
        spoken: None,
    };
    let merger = flow(MERGER);
    let (mut call, acts) = Session::start(merger, facts, now(), &Situation::default());
    assert_eq!(doing(&acts), ["play nl/merger-welcome fr/merger-welcome"]);
    assert_eq!(
        tell(&mut call, Event::Played),
        ["play fr/language-remembered"]
    );
    assert_eq!(call.language(), Some(Lang::FR));
    assert_eq!(
        press(&mut call, '*'),
        ["play nl/choose-language fr/choose-language", "collect 8"]
    );
    assert_eq!(
        press(&mut call, '1'),
        ["play nl/remember-language", "collect 5"]
    );
    // No leave: what was remembered is forgotten, and the key counts in the menu.
    let acts = call.handle(now(), Event::Key('2'), &Situation::default());
    assert!(acts.contains(&Act::Remember(None)), "{acts:?}");
    assert_eq!(
        doing(&acts),
        ["play nl/merger-menu-living nl/menu-help", "collect 8"]
    );
}

#[test]
fn a_withheld_number_is_not_asked_to_be_remembered() {
    let facts = Facts {
        from: None,
        to: "+3254310100".into(),
        remembered: None,
        spoken: None,
    };
    let (mut call, _) = Session::start(flow(MERGER), facts, now(), &Situation::default());
    tell(&mut call, Event::Played);
    let acts = call.handle(now(), Event::Key('1'), &Situation::default());
    assert!(
        !doing(&acts).concat().contains("remember-language"),
        "{acts:?}"
    );
}

#[test]
fn silence_and_wrong_keys_end_at_a_person() {
    let (mut call, _) = begin(DEMO, "+3254310000");
    press(&mut call, '1');
    assert_eq!(
        tell(&mut call, Event::Silence),
        ["play nl/no-key nl/demo-menu nl/menu-help", "collect 8"]
    );
    assert_eq!(tell(&mut call, Event::Silence), ["play nl/too-many-tries"]);
    assert_eq!(tell(&mut call, Event::Played), ["tell nl/to-reception"]);
    let (mut call, _) = begin(DEMO, "+3254310000");
    press(&mut call, '1');
    assert_eq!(
        press(&mut call, '9'),
        ["play nl/invalid-key nl/demo-menu nl/menu-help", "collect 8"]
    );
    assert_eq!(
        press(&mut call, '*'),
        ["play nl/demo-menu nl/menu-help", "collect 8"],
        "the star is no wrong key"
    );
    press(&mut call, '#');
    assert_eq!(press(&mut call, 'A'), ["play nl/too-many-tries"]);
}

#[test]
fn the_closing_message_can_be_repeated_and_left() {
    let (mut call, _) = begin(DEMO, "+3254310000");
    press(&mut call, '0');
    tell(&mut call, Event::Played);
    let message = ["tell nl/nobody-answers nl/goodbye fr/nobody-answers fr/goodbye"];
    assert_eq!(tell(&mut call, Event::Queue(QueueOutcome::Nobody)), message);
    assert_eq!(press(&mut call, '*'), message);
    assert_eq!(tell(&mut call, Event::Played), ["hangup NobodyThere"]);
    assert!(call.is_over());
}

#[test]
fn an_unknown_number_is_refused_at_once() {
    let (call, acts) = begin(DEMO, "+3254319999");
    assert_eq!(doing(&acts), ["hangup UnknownNumber"]);
    assert!(call.is_over());
}

/// The check refuses such a flow; a session that meets one anyway ends it politely and loudly, after bounded work.
#[test]
fn a_flow_that_runs_in_a_circle_is_ended() {
    let circle = r#"
town = "T"
country = "BE"
languages = ["nl"]
when-hours-fail = "open"
[numbers]
"+1" = "a"
[service.s]
hours = "24/7"
[step.a]
kind = "hours"
service = "s"
open = "b"
[step.b]
kind = "hours"
service = "s"
open = "a"
"#;
    let (mut call, acts) = begin(circle, "+1");
    assert_eq!(doing(&acts), ["tell nl/technical-problem"]);
    assert!(acts.len() <= usize::try_from(STEP_LIMIT).unwrap() + 4);
    let loud = |a: &&Act| matches!(a, Act::Decided(d) if d.rule == Rule::Endless && d.is_loud());
    assert_eq!(acts.iter().filter(loud).count(), 1);
    assert_eq!(tell(&mut call, Event::Played), ["hangup Fault"]);
    // The same over events: phones that are never there.
    let rings = circle.replace(
        "kind = \"hours\"\nservice = \"s\"\nopen",
        "kind = \"ring\"\nphones = \"1\"\notherwise",
    );
    let (mut call, _) = begin(&rings, "+1");
    let mut events = 0;
    while !call.is_over() {
        events += 1;
        assert!(events < 200, "never ends");
        let played = tell(&mut call, Event::Ring(RingOutcome::Unreachable)).is_empty();
        if played {
            tell(&mut call, Event::Played);
        }
    }
}

/// A random made-up call to one of the towns.
fn cases() -> impl Strategy<Value = (bool, Case)> {
    let numbers = prop::sample::select(vec![
        "+3254310100",
        "+3254890800",
        "+3223960801",
        "+32470000000",
    ]);
    let phone = prop::sample::select(vec![
        Phone::Answers,
        Phone::NoAnswer,
        Phone::Busy,
        Phone::Unreachable,
    ]);
    let some = [
        "2101",
        "2102",
        "2103",
        "2104",
        "2201",
        "2211",
        "2241",
        "2290",
        "2291",
        "+32470310190",
    ];
    let phones = prop::collection::btree_map(
        prop::sample::select(some.map(String::from).to_vec()),
        phone,
        0..10,
    );
    let queue = (0u32..30, 0u32..3);
    (
        any::<bool>(),
        numbers,
        "[0-9*#-]{0,10}",
        phones,
        0i64..2_000_000,
        any::<bool>(),
        queue,
    )
        .prop_map(
            |(demo, to, keys, phones, minutes, crisis, (waiting, agents))| {
                let mut situation = Situation::default();
                situation.bulletins.insert("crisis".into(), crisis);
                situation.queues.insert(
                    "population".into(),
                    crate::QueueState {
                        waiting,
                        agents,
                        estimate: None,
                    },
                );
                let to = if demo { "+3254310000" } else { to };
                let at = now() + chrono::TimeDelta::minutes(minutes);
                let mut case = Case::made_up(None, to.to_owned(), at, keys);
                case.phones = phones;
                case.situation = situation;
                (demo, case)
            },
        )
}

/// What a live call would do with the acts of one answer, seen from outside: the pending wait.
fn waits(acts: &[Act]) -> usize {
    let plays = acts
        .iter()
        .filter(|a| matches!(a, Act::Play { .. }))
        .count();
    let others = acts
        .iter()
        .filter(|a| a.is_doing() && !matches!(a, Act::Play { .. }))
        .count();
    assert!(plays <= 1 && others <= 1, "one thing at a time: {acts:?}");
    plays.max(others)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A live driver of its own, with late and doubled news, ends where the simulator says, for the same reasons.
    #[test]
    fn random_journeys_equal_the_simulator((demo, case) in cases(), noise in prop::collection::vec(0u8..6, 64)) {
        let flow = town(demo);
        let expected = simulate(&flow, &case);
        prop_assert!(expected.end != End::Endless);

        let facts = Facts { from: None, to: case.to.clone(), remembered: None, spoken: None };
        let (mut session, mut acts) = Session::start(flow, facts, case.at, &case.situation);
        let (mut decisions, mut heard, mut keys, mut clock) = (Vec::new(), Vec::new(), case.keys.chars(), case.at);
        let mut noise = noise.into_iter().cycle();
        loop {
            waits(&acts);
            let mut next = None;
            for act in acts.drain(..) {
                match act {
                    Act::Decided(d) => decisions.push(d),
                    Act::Play { prompts, .. } => { heard.extend(prompts); next = Some((Event::Played, 5)); }
                    Act::Collect { timeout } => {
                        prop_assert!(timeout >= Duration::from_secs(5));
                        next = Some(match keys.next() {
                            None | Some('-') => (Event::Silence, timeout.as_secs()),
                            Some(key) => (Event::Key(key), 2),
                        });
                    }
                    Act::Ring { targets, timeout, .. } => next = Some((Event::Ring(outcome(&targets, &case)), timeout.as_secs())),
                    Act::Queue(order) => next = Some((Event::Queue(match outcome(&order.targets, &case) {
                        RingOutcome::Answered { by } => QueueOutcome::Answered { by },
                        RingOutcome::Unreachable => QueueOutcome::Nobody,
                        _ => { heard.extend(order.comfort); QueueOutcome::TooLong }
                    }), order.max_wait.as_secs())),
                    Act::External { number, timeout } => next = Some((Event::External(match outcome(&[number], &case) {
                        RingOutcome::Answered { .. } => ExternalOutcome::Answered,
                        RingOutcome::NoAnswer => ExternalOutcome::NoAnswer,
                        RingOutcome::Busy => ExternalOutcome::Busy,
                        RingOutcome::Unreachable => ExternalOutcome::Failed,
                    }), timeout.as_secs())),
                    Act::Hangup { .. } | Act::Language(_) | Act::Remember(_) | Act::Music => {}
                }
            }
            let Some((event, seconds)) = next.filter(|_| !session.is_over()) else { break };
            // News that does not fit changes nothing.
            let stray = match noise.next() {
                Some(0) => Event::Ring(RingOutcome::Busy),
                Some(1) => Event::Queue(QueueOutcome::TooLong),
                Some(2) => Event::External(ExternalOutcome::Busy),
                Some(3) => Event::Silence,
                _ => Event::Played,
            };
            let fits = std::mem::discriminant(&stray) == std::mem::discriminant(&event)
                || (matches!(event, Event::Key(_)) && stray == Event::Silence);
            if !fits {
                prop_assert_eq!(session.handle(clock, stray, &case.situation), vec![]);
            }
            clock += chrono::TimeDelta::seconds(i64::try_from(seconds).unwrap());
            acts = session.handle(clock, event, &case.situation);
        }
        prop_assert_eq!(decisions, expected.decisions);
        prop_assert_eq!(heard, expected.heard);
        prop_assert_eq!(session.language(), expected.language);
    }

    /// Any events in any order: no panic, bounded answers, nothing after the end.
    #[test]
    fn any_events_in_any_order(keys in prop::collection::vec(("[0-9*#A]", 0u8..10), 0..200), merger: bool) {
        let to = if merger { "+3254310100" } else { "+3254310000" };
        let facts = Facts { from: None, to: to.into(), remembered: None, spoken: None };
        let (mut session, _) = Session::start(town(!merger), facts, now(), &Situation::default());
        for (key, what) in keys {
            let event = match what {
                0 => Event::Silence,
                1 => Event::Ring(RingOutcome::NoAnswer),
                2 => Event::Queue(QueueOutcome::TooLong),
                3 => Event::External(ExternalOutcome::Failed),
                4 | 5 => Event::Played,
                _ => Event::Key(key.chars().next().unwrap()),
            };
            let over = session.is_over();
            let acts = session.handle(now(), event, &Situation::default());
            prop_assert!(acts.len() < 80);
            prop_assert!(!over || acts.is_empty());
            waits(&acts);
        }
        session.handle(now(), Event::HungUp, &Situation::default());
        prop_assert!(session.is_over());
    }
}

fn outcome(targets: &[String], case: &Case) -> RingOutcome {
    let does = |t: &String| case.phones.get(t).copied().unwrap_or(Phone::Answers);
    let any = |what: Phone| targets.iter().find(|t| does(t) == what);
    match (any(Phone::Answers), any(Phone::NoAnswer), any(Phone::Busy)) {
        (Some(by), _, _) => RingOutcome::Answered { by: by.clone() },
        (_, Some(_), _) => RingOutcome::NoAnswer,
        (_, _, Some(_)) => RingOutcome::Busy,
        _ => RingOutcome::Unreachable,
    }
}
