//! Queues by themselves: who is rung, who is not, who is told to come back, and that nobody is forgotten.

use super::*;
use crate::desk::Pause;
use crate::limits;

fn order(queue: &str, strategy: Strategy, phones: &[&str]) -> QueueOrder {
    QueueOrder {
        queue: queue.into(),
        service: None,
        targets: phones.iter().map(|name| (*name).to_owned()).collect(),
        ring: Duration::from_secs(20),
        comfort: Vec::new(),
        comfort_every: Duration::from_secs(45),
        max_wait: Duration::from_secs(300),
        max_length: 3,
        strategy,
        wrap_up: Duration::from_secs(10),
        tell_position: true,
        tell_wait: true,
    }
}

struct Town {
    queues: Queues,
    now: Instant,
}

impl Town {
    /// A town with these stations, ready for the queue `line`.
    fn with(stations: &[&str]) -> Town {
        let mut town = Town {
            queues: Queues::default(),
            now: Instant::now(),
        };
        for name in stations {
            town.tell(Event::Join((*name).to_owned()));
            town.agent(name, agent::Event::Reach(true));
            town.tell(Event::Serve((*name).to_owned(), vec!["line".into()]));
            town.pass(1);
        }
        town
    }

    fn tell(&mut self, event: Event) -> Vec<Act> {
        let acts = self.queues.handle(self.now, event);
        self.holds();
        acts
    }

    fn agent(&mut self, name: &str, event: agent::Event) -> Vec<Act> {
        self.tell(Event::Agent(name.to_owned(), event))
    }

    fn pass(&mut self, seconds: u64) -> Vec<Act> {
        self.now += Duration::from_secs(seconds);
        self.tell(Event::Tick)
    }

    fn arrive(&mut self, call: u64, strategy: Strategy) -> Vec<Act> {
        self.tell(Event::Arrive {
            call: CallId(call),
            order: Box::new(order("line", strategy, &[])),
            phones: Vec::new(),
            head: false,
        })
    }

    fn answer(&mut self, call: u64, by: &str) -> Vec<Act> {
        self.tell(Event::Answered(CallId(call), Some(by.to_owned())))
    }

    /// What must be true whatever happened: who is offered somebody is offered a caller who waits, and every caller waits
    /// in exactly one line.
    fn holds(&self) {
        for agent in self.queues.agents.values() {
            if let Some(call) = agent.offered() {
                assert!(self.queues.place_of.contains_key(&call));
                assert_eq!(agent.state(), StationState::Ringing);
            }
        }
        let in_lines = self.queues.lines.values().flat_map(Line::callers).count();
        assert_eq!(in_lines, self.queues.len());
    }
}

fn offers(acts: &[Act]) -> Vec<(u64, &str)> {
    let offer = |act: &'_ Act| match act {
        Act::Offer(call, _) => Some(call.0),
        _ => None,
    };
    let name = |act: &'_ Act| match act {
        Act::Offer(_, name) => name.clone(),
        _ => String::new(),
    };
    let all = acts.iter().filter_map(|act| Some((offer(act)?, name(act))));
    all.map(|(call, name)| (call, &*name.leak())).collect()
}

#[test]
fn everybody_is_rung_and_the_others_are_free_for_the_next() {
    let mut town = Town::with(&["anna", "bert"]);
    let acts = town.arrive(1, Strategy::RingAll);
    assert_eq!(offers(&acts), [(1, "anna"), (1, "bert")]);
    assert!(offers(&town.arrive(2, Strategy::RingAll)).is_empty());
    let acts = town.answer(1, "bert");
    assert!(acts.contains(&Act::Withdraw(CallId(1), "anna".to_owned())));
    assert_eq!(offers(&acts), [(2, "anna")]);
    assert_eq!(town.queues.position(CallId(2)), Some(1));
}

#[test]
fn who_was_free_for_longest_is_rung_first_and_after_silence_the_next() {
    let mut town = Town::with(&["anna", "bert"]);
    let acts = town.arrive(1, Strategy::LongestIdle);
    assert_eq!(offers(&acts), [(1, "anna")]);
    let acts = town.pass(20);
    assert!(acts.contains(&Act::Withdraw(CallId(1), "anna".to_owned())));
    assert_eq!(offers(&acts), [(1, "bert")]);
}

#[test]
fn a_refusal_is_remembered_for_this_caller_alone() {
    let mut town = Town::with(&["anna"]);
    town.arrive(1, Strategy::RingAll);
    town.tell(Event::Declined("anna".to_owned(), CallId(1)));
    assert!(offers(&town.pass(60)).is_empty());
    assert_eq!(offers(&town.arrive(2, Strategy::RingAll)), [(2, "anna")]);
}

#[test]
fn nobody_on_a_call_is_rung_and_work_after_it_is_left_in_peace() {
    let mut town = Town::with(&["anna"]);
    town.arrive(1, Strategy::RingAll);
    town.answer(1, "anna");
    assert!(offers(&town.arrive(2, Strategy::RingAll)).is_empty());
    assert!(offers(&town.agent("anna", agent::Event::Engaged(false))).is_empty());
    assert!(offers(&town.pass(9)).is_empty());
    assert_eq!(offers(&town.pass(1)), [(2, "anna")]);
}

#[test]
fn silence_pauses_and_the_last_one_out_begins_the_night() {
    let mut town = Town::with(&["anna"]);
    town.arrive(1, Strategy::RingAll);
    let mut acts = Vec::new();
    for _ in 0..limits::UNANSWERED_OFFERS {
        acts = town.pass(20);
    }
    assert!(acts.contains(&Act::Paused("anna".to_owned())));
    assert!(acts.contains(&Act::Overflow(CallId(1), QueueOutcome::Nobody)));
    // A pause that she asked for herself keeps the line open.
    town.agent("anna", agent::Event::Ready);
    town.arrive(2, Strategy::RingAll);
    let why = Pause::Asked("lunch".to_owned());
    let acts = town.agent("anna", agent::Event::Pause(why));
    assert!(!acts.iter().any(|act| matches!(act, Act::Overflow(..))));
    let acts = town.tell(Event::Part("anna".to_owned()));
    assert!(acts.contains(&Act::Overflow(CallId(2), QueueOutcome::Nobody)));
    assert_eq!(town.queues.len(), 0);
}

#[test]
fn full_too_long_and_the_head_of_the_line() {
    let mut town = Town::with(&["anna"]);
    town.agent("anna", agent::Event::Engaged(true));
    for call in 1..=3 {
        assert!(town.arrive(call, Strategy::RingAll).is_empty());
    }
    let acts = town.arrive(4, Strategy::RingAll);
    assert_eq!(acts, [Act::Overflow(CallId(4), QueueOutcome::Full)]);
    town.tell(Event::Arrive {
        call: CallId(5),
        order: Box::new(order("line", Strategy::RingAll, &[])),
        phones: Vec::new(),
        head: true,
    });
    assert_eq!(town.queues.position(CallId(5)), Some(1));
    assert_eq!(town.queues.longest("anna"), Some(CallId(5)));
    let acts = town.agent("anna", agent::Event::Engaged(false));
    assert_eq!(offers(&acts), [(5, "anna")]);
    let acts = town.pass(300);
    for call in [1, 2, 3, 5] {
        assert!(acts.contains(&Act::Overflow(CallId(call), QueueOutcome::TooLong)));
    }
}

#[test]
fn an_estimate_needs_five_answered_calls() {
    let mut town = Town::with(&["anna"]);
    for call in 1..=5 {
        town.arrive(call, Strategy::RingAll);
        assert_eq!(town.queues.estimate(CallId(call), town.now), None);
        town.answer(call, "anna");
        town.pass(60);
        town.agent("anna", agent::Event::Engaged(false));
        town.agent("anna", agent::Event::Ready);
    }
    town.arrive(6, Strategy::RingAll);
    let minute = Some(Duration::from_secs(60));
    assert_eq!(town.queues.estimate(CallId(6), town.now), minute);
    // While nobody is answered the estimate grows.
    town.now += Duration::from_secs(300);
    assert!(town.queues.estimate(CallId(6), town.now) > minute);
}

#[test]
fn another_queue_is_served_at_once() {
    let mut town = Town::with(&["anna", "bert"]);
    town.tell(Event::Serve("bert".to_owned(), vec!["other".into()]));
    assert_eq!(offers(&town.arrive(1, Strategy::RingAll)), [(1, "anna")]);
    let acts = town.tell(Event::Serve("bert".to_owned(), vec!["line".into()]));
    assert_eq!(offers(&acts), [(1, "bert")]);
    let acts = town.tell(Event::Serve("bert".to_owned(), Vec::new()));
    assert!(acts.contains(&Act::Withdraw(CallId(1), "bert".to_owned())));
}

/// Whatever happens, in whatever order: offers stand for callers who wait, nobody waits for ever, and in the end nothing is left.
#[test]
fn whatever_happens_nobody_is_forgotten() {
    use proptest::prelude::*;
    let step = (0u8..12, 0u64..6, 0usize..3, 0u64..40);
    proptest!(|(steps in proptest::collection::vec(step, 0..80))| {
        let names = ["anna", "bert", "cleo"];
        let mut town = Town::with(&names);
        for (kind, call, who, wait) in steps {
            let name = names[who];
            let id = CallId(call);
            let known = town.queues.position(id).is_some();
            let strategy = if call % 2 == 0 { ivr::Strategy::RingAll } else { ivr::Strategy::LongestIdle };
            match kind {
                0..=2 if !known => drop(town.arrive(call, strategy)),
                3 => drop(town.tell(Event::Leave(id))),
                4 | 5 if known => drop(town.answer(call, name)),
                6 => drop(town.agent(name, agent::Event::Engaged(wait % 2 == 0))),
                7 => drop(town.agent(name, agent::Event::Ready)),
                8 => drop(town.agent(name, agent::Event::Pause(Pause::Asked(String::new())))),
                9 => drop(town.tell(Event::Declined(name.to_owned(), id))),
                10 => drop(town.tell(Event::Part(name.to_owned()))),
                11 => drop(town.tell(Event::Join(name.to_owned()))),
                _ => {}
            }
            town.pass(wait);
        }
        // Every caller's stay ends by itself.
        while let Some(at) = town.queues.next_deadline() {
            prop_assert!(at > town.now, "a deadline does not pass");
            town.now = at;
            town.tell(Event::Tick);
        }
        prop_assert_eq!(town.queues.len(), 0);
        prop_assert!(town.queues.agents.values().all(|agent| agent.offered().is_none()));
    });
}
