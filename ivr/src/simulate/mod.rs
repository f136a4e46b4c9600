//! The simulator: a made-up call through the same [`Session`] as live calls (IVR-4), and the tests beside a flow (IVR-5).

mod branches;
mod expect;
pub(crate) mod render;

pub use branches::branches;
pub(crate) use branches::exits;
pub use expect::{Outcome, TestReport, run_tests};
pub use render::render;

use crate::act::{Act, Cause, QueueOrder};
use crate::decision::{Decision, Rule};
use crate::diagnostic::Span;
use crate::event::{Event, ExternalOutcome, QueueOutcome, RingOutcome};
use crate::flow::Flow;
use crate::lang::{Lang, Prompt};
use crate::session::{Facts, Session};
use crate::situation::Situation;
use chrono::{DateTime, LocalResult, NaiveDateTime, TimeDelta, TimeZone, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A made-up call. In a test table of a flow, `expect` says what must come out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What is tried.
    pub name: Arc<str>,
    /// Calling number.
    pub from: Option<String>,
    /// Called number.
    pub to: String,
    /// The language that an earlier call of this caller left.
    pub remembered: Option<Lang>,
    /// When.
    pub at: DateTime<Utc>,
    /// What the caller presses, one key for each question: `0`-`9`, `*`, `#`; `-` is a silence, and so is everything after the end.
    pub keys: String,
    /// What phones and outside numbers do; those not named answer.
    pub phones: BTreeMap<String, Phone>,
    /// What is true beside the flow.
    pub situation: Situation,
    /// What must come out.
    pub expect: Expect,
    /// Where it stands in the flow.
    pub span: Span,
}

impl Case {
    /// A call made up on the spot: everybody answers, nothing special is true, nothing is expected.
    pub fn made_up(from: Option<String>, to: String, at: DateTime<Utc>, keys: String) -> Case {
        Case {
            name: "made up".into(),
            from,
            to,
            remembered: None,
            at,
            keys,
            phones: BTreeMap::new(),
            situation: Situation::default(),
            expect: Expect::default(),
            span: 0..0,
        }
    }
}

/// A moment as people write it on a command line: `2026-12-24T16:45` (or with a blank) in the flow's time zone, or with
/// an offset (`2026-10-25T02:30:00+01:00`). The error is a sentence.
pub fn moment(flow: &Flow, written: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(exact) = DateTime::parse_from_rfc3339(written) {
        return Ok(exact.with_timezone(&Utc));
    }
    let forms = [
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
    ];
    let local = forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(written, form).ok());
    let Some(local) = local else {
        return Err(format!(
            "`{written}` is not a moment; write for example 2026-12-24T16:45"
        ));
    };
    match flow.zone.from_local_datetime(&local) {
        LocalResult::Single(at) => Ok(at.with_timezone(&Utc)),
        LocalResult::Ambiguous(..) => Err(
            "the clock shows this time twice that night; add the offset, for example :00+01:00"
                .into(),
        ),
        LocalResult::None => {
            Err("the clock never shows this time: it goes forward that night".into())
        }
    }
}

/// What a phone does in a made-up call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phone {
    /// Somebody answers.
    Answers,
    /// It rings and nobody answers.
    NoAnswer,
    /// It is busy.
    Busy,
    /// It is not there.
    Unreachable,
}

impl Phone {
    /// The words of a flow file.
    pub const WORDS: [&'static str; 4] = ["answers", "no-answer", "busy", "unreachable"];

    /// Reads a word.
    pub fn parse(word: &str) -> Option<Phone> {
        match word {
            "answers" => Some(Phone::Answers),
            "no-answer" => Some(Phone::NoAnswer),
            "busy" => Some(Phone::Busy),
            "unreachable" => Some(Phone::Unreachable),
            _ => None,
        }
    }
}

/// What a test expects; what is empty is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// The last step.
    pub ends: Option<Arc<str>>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// The language at the end.
    pub language: Option<Lang>,
    /// All steps, in order.
    pub way: Vec<Arc<str>>,
    /// Prompts in this order, others may come between; `name` or `lang/name`.
    pub hears: Vec<Arc<str>>,
    /// Prompts that must not be heard.
    pub never_hears: Vec<Arc<str>>,
    /// Rules that must have decided, in this order.
    pub why: Vec<Rule>,
}

/// What a made-up call came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// The steps, in order, without repetitions in place.
    pub way: Vec<Arc<str>>,
    /// What was heard.
    pub heard: Vec<Prompt>,
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// What was rung, queued for or called, in order: `2101, 2102`.
    pub rung: Vec<String>,
    /// The caller's language at the end.
    pub language: Option<Lang>,
    /// How it ended.
    pub end: End,
    /// Keys nobody asked for.
    pub unused_keys: String,
    /// The queues in which the caller waited, in order.
    pub waits: Vec<Wait>,
}

/// How long a caller may wait in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The queue.
    pub queue: Arc<str>,
    /// What the exchange would expect; none when nobody said how busy it is: the file does not know that.
    pub estimate: Option<Duration>,
    /// The longest wait that the dialplan allows.
    pub most: Duration,
}

/// How a made-up call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Somebody answered.
    Answered {
        /// The account or number.
        by: String,
    },
    /// The dialplan hung up.
    HungUp {
        /// Why.
        cause: Cause,
    },
    /// It did not end within the limit of the simulator; the session's own limit makes this impossible without keys.
    Endless,
}

/// Most events of one made-up call.
const LIMIT: usize = 1000;

/// Takes a made-up call through the flow.
pub fn simulate(flow: &Arc<Flow>, case: &Case) -> Walk {
    let facts = Facts {
        from: case.from.clone(),
        to: case.to.clone(),
        remembered: case.remembered,
        spoken: None,
    };
    let mut now = case.at;
    let (mut session, acts) = Session::start(flow.clone(), facts, now, &case.situation);
    let mut walk = Walk {
        way: Vec::new(),
        heard: Vec::new(),
        decisions: Vec::new(),
        rung: Vec::new(),
        language: None,
        end: End::Endless,
        unused_keys: String::new(),
        waits: Vec::new(),
    };
    let mut keys = case.keys.chars();
    let mut next = walk.note(&session, acts, case, &mut keys);
    for _ in 0..LIMIT {
        let Some((event, takes)) = next else { break };
        now = now.checked_add_signed(takes).unwrap_or(now);
        let acts = session.handle(now, event, &case.situation);
        next = walk.note(&session, acts, case, &mut keys);
    }
    walk.language = session.language();
    walk.unused_keys = keys.collect();
    walk
}

impl Walk {
    /// Writes down a list of acts; answers with what happens next in the made-up world, and how long that takes.
    fn note(
        &mut self,
        session: &Session,
        acts: Vec<Act>,
        case: &Case,
        keys: &mut std::str::Chars<'_>,
    ) -> Option<(Event, TimeDelta)> {
        let mut next = None;
        for act in acts {
            if !act.is_doing() {
                self.record(act);
                continue;
            }
            let (event, takes) = match act {
                Act::Play { prompts, .. } => {
                    self.heard.extend(prompts);
                    (Event::Played, Duration::from_secs(5))
                }
                Act::Collect { timeout } => match keys.next() {
                    Some('-') | None => (Event::Silence, timeout),
                    Some(key) => (Event::Key(key), Duration::from_secs(2)),
                },
                Act::Ring {
                    targets, timeout, ..
                } => {
                    self.rung.push(targets.join(", "));
                    (Event::Ring(ring(&targets, &case.phones)), timeout)
                }
                Act::Queue(order) => (Event::Queue(self.queue(&order, case)), order.max_wait),
                Act::External { number, timeout } => {
                    let outcome = match case.phones.get(&number) {
                        None | Some(Phone::Answers) => ExternalOutcome::Answered,
                        Some(Phone::NoAnswer) => ExternalOutcome::NoAnswer,
                        Some(Phone::Busy) => ExternalOutcome::Busy,
                        Some(Phone::Unreachable) => ExternalOutcome::Failed,
                    };
                    self.rung.push(number);
                    (Event::External(outcome), timeout)
                }
                Act::Hangup { cause } => {
                    self.end = End::HungUp { cause };
                    continue;
                }
                Act::Music | Act::Decided(_) | Act::Language(_) | Act::Remember(_) => continue,
            };
            next = Some((event, TimeDelta::from_std(takes).unwrap_or_default()));
        }
        for step in session.entered() {
            if self.way.last() != Some(&step) {
                self.way.push(step);
            }
        }
        if session.is_over() { None } else { next }
    }

    /// A note for the record.
    fn record(&mut self, act: Act) {
        let Act::Decided(decision) = act else { return };
        if let (Rule::Answered, Some(by)) = (decision.rule, decision.input("by")) {
            self.end = End::Answered { by: by.to_owned() };
        }
        self.decisions.push(decision);
    }

    fn queue(&mut self, order: &QueueOrder, case: &Case) -> QueueOutcome {
        self.rung.push(order.targets.join(", "));
        // Without phones, stations serve it: the case says how many.
        let state = case.situation.queues.get(&order.queue);
        self.waits.push(Wait {
            queue: order.queue.clone(),
            estimate: state.and_then(|state| state.estimate),
            most: order.max_wait,
        });
        if order.targets.is_empty() && state.is_some_and(|state| state.agents > 0) {
            let by = order.queue.to_string();
            return QueueOutcome::Answered { by };
        }
        match ring(&order.targets, &case.phones) {
            RingOutcome::Answered { by } => QueueOutcome::Answered { by },
            RingOutcome::Unreachable => QueueOutcome::Nobody,
            RingOutcome::NoAnswer | RingOutcome::Busy => {
                self.heard.extend(order.comfort.iter().cloned());
                QueueOutcome::TooLong
            }
        }
    }
}

/// Phones that ring together: the first that answers, else the most promising outcome.
fn ring(targets: &[String], phones: &BTreeMap<String, Phone>) -> RingOutcome {
    let does = |target: &String| phones.get(target).copied().unwrap_or(Phone::Answers);
    if let Some(by) = targets.iter().find(|t| does(t) == Phone::Answers) {
        return RingOutcome::Answered { by: by.clone() };
    }
    if targets.iter().any(|t| does(t) == Phone::NoAnswer) {
        return RingOutcome::NoAnswer;
    }
    if targets.iter().any(|t| does(t) == Phone::Busy) {
        RingOutcome::Busy
    } else {
        RingOutcome::Unreachable
    }
}

#[cfg(test)]
mod tests;
