//! One caller's way through the flow: the only evaluator, live and simulated.
//!
//! A [`Session`] stands at a step and waits for one thing. [`Session::handle`] is one `match (waiting, event)`; everything
//! a step does when it is entered is in `enter.rs`, the choices of a caller are in `choice.rs`, the language that is remembered in `remember.rs`, hours in `opening.rs`.

mod choice;
mod enter;
mod opening;
mod remember;
mod turn;

use crate::act::{Act, Cause};
use crate::decision::Rule;
use crate::event::{Event, ExternalOutcome, QueueOutcome, RingOutcome};
use crate::flow::{Flow, StepId, StepKind};
use crate::lang::Lang;
use crate::situation::Situation;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use turn::Turn;

/// Steps a caller may pass without pressing a key, before the flow counts as running in a circle. The check refuses such
/// flows; this is the defence behind it, and it bounds the work of one event.
pub const STEP_LIMIT: u32 = 64;

/// What is known of the call when it arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Calling number, E.164 or as received; `None` when withheld.
    pub from: Option<String>,
    /// Called number, E.164 with `+`.
    pub to: String,
    /// The language that this caller asked to be remembered in, on an earlier call.
    pub remembered: Option<Lang>,
    /// The language spoken in this call already, at another number: one that the flow speaks is not asked for again.
    pub spoken: Option<Lang>,
}

/// A caller's way through a flow. Plain data: cloning it forks the way.
#[derive(Clone, Debug)]
pub struct Session {
    flow: Arc<Flow>,
    facts: Facts,
    language: Option<Lang>,
    /// Whether the caller was asked for a language (a number's own language is not an answer).
    asked: bool,
    at: Option<StepId>,
    waiting: Waiting,
    /// A key pressed while something was said that leads to a choice: it counts there.
    typed: Option<char>,
    /// Steps passed since the last key.
    passed: u32,
    /// Steps entered in the last turn.
    trail: Vec<StepId>,
    /// Why the call would end now.
    cause: Cause,
}

/// What the session waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// The end of what is said.
    Said { interruptible: bool, after: After },
    /// A key, in a menu or language step.
    Key { wrong: u8, silent: u8 },
    /// Leave to remember the language.
    Consent,
    /// Phones.
    Ring,
    /// A place in a queue.
    Queue,
    /// An outside number.
    External,
    /// Nothing any more.
    Over,
}

/// What comes when all was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Go(StepId),
    /// Go on, unless the star asks for another language than the remembered one.
    Greeted(StepId),
    Ring,
    Queue,
    External,
    Hangup,
}

impl Session {
    /// Begins at the step of the called number. Always answers with at least one act that does something.
    pub fn start(
        flow: Arc<Flow>,
        facts: Facts,
        now: DateTime<Utc>,
        situation: &Situation,
    ) -> (Session, Vec<Act>) {
        let language = match flow.languages.as_slice() {
            [only] => Some(*only),
            several => facts.spoken.filter(|lang| several.contains(lang)),
        };
        let mut session = Session {
            flow,
            facts,
            language,
            asked: language.is_some(),
            at: None,
            waiting: Waiting::Over,
            typed: None,
            passed: 0,
            trail: Vec::new(),
            cause: Cause::Finished,
        };
        let mut turn = Turn::new(now, situation);
        if let Some(language) = language {
            turn.acts.push(Act::Language(language));
        }
        session.arrive(&mut turn);
        (session, turn.acts)
    }

    /// One event. The answer is empty when nothing changes; the work per event is bounded by [`STEP_LIMIT`].
    pub fn handle(&mut self, now: DateTime<Utc>, event: Event, situation: &Situation) -> Vec<Act> {
        let mut turn = Turn::new(now, situation);
        self.trail.clear();
        match (self.waiting, event) {
            (Waiting::Over, _) => {}
            (_, Event::HungUp) => self.waiting = Waiting::Over,
            (_, Event::Key(key)) => self.key(&mut turn, key),
            (Waiting::Said { after, .. }, Event::Played) => self.after(&mut turn, after),
            (Waiting::Key { wrong, silent }, Event::Silence) => {
                self.silence(&mut turn, wrong, silent)
            }
            (Waiting::Consent, Event::Silence) => self.consented(&mut turn, None),
            (Waiting::Ring, Event::Ring(outcome)) => self.rang(&mut turn, outcome),
            (Waiting::Queue, Event::Queue(outcome)) => self.queued(&mut turn, outcome),
            (Waiting::External, Event::External(outcome)) => self.called(&mut turn, outcome),
            // Late news about something that was already left.
            (
                _,
                Event::Played
                | Event::Silence
                | Event::Ring(_)
                | Event::Queue(_)
                | Event::External(_),
            ) => {}
        }
        turn.acts
    }

    /// The music for this caller: of the service that the caller waits for or last waited for, else of the flow.
    pub fn music(&self) -> Option<&str> {
        let step = self.at.and_then(|at| self.flow.step(at));
        let service = step.and_then(|step| match &step.kind {
            StepKind::Ring { service, .. } | StepKind::Queue { service, .. } => service.as_ref(),
            StepKind::Hours { service, .. } => Some(service),
            _ => None,
        });
        let own = service.and_then(|name| self.flow.services.get(name)?.music.as_ref());
        own.or(self.flow.music.as_ref()).map(|said| &*said.name)
    }

    /// The flow revision this caller began with.
    pub fn flow(&self) -> &Arc<Flow> {
        &self.flow
    }

    /// What was known when the call arrived.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The caller's language, once known.
    pub fn language(&self) -> Option<Lang> {
        self.language
    }

    /// Name of the step the caller stands at.
    pub fn step(&self) -> Option<&Arc<str>> {
        self.at.and_then(|id| self.flow.step(id)).map(|s| &s.name)
    }

    /// Names of the steps entered by the last event (or at the start), in order.
    pub fn entered(&self) -> impl Iterator<Item = Arc<str>> {
        self.trail.iter().map(|id| self.flow.name(*id))
    }

    /// Whether the dialplan has nothing more to say: answered, hung up, or gone.
    pub fn is_over(&self) -> bool {
        self.waiting == Waiting::Over
    }

    fn arrive(&mut self, turn: &mut Turn<'_>) {
        let flow = self.flow.clone();
        let called = self.facts.to.clone();
        let Some(number) = flow.number(&called, turn.now) else {
            turn.decided(
                called.as_str().into(),
                Rule::NumberUnknown,
                &[("number", called.as_str())],
                "end",
            );
            return self.hang_up(turn, Cause::UnknownNumber);
        };
        let inputs = [("number", called.as_str()), ("label", &*number.label)];
        if let Some(language) = number.language
            && self.language.is_none()
        {
            self.speak(turn, language);
        }
        match &number.retired {
            None => {
                turn.decided(
                    called.as_str().into(),
                    Rule::Number,
                    &inputs,
                    &flow.name(number.to),
                );
                self.go(turn, number.to);
            }
            Some(message) => {
                turn.decided(
                    called.as_str().into(),
                    Rule::NumberRetired,
                    &inputs,
                    &flow.name(number.to),
                );
                let prompts = self.prompts([&*message.name]);
                self.say(turn, prompts, true, After::Go(number.to));
            }
        }
    }

    fn after(&mut self, turn: &mut Turn<'_>, after: After) {
        match after {
            After::Go(step) | After::Greeted(step) => self.go(turn, step),
            After::Ring => self.ring(turn),
            After::Queue => self.queue(turn),
            After::External => self.external(turn),
            After::Hangup => self.hang_up(turn, self.cause),
        }
    }

    fn rang(&mut self, turn: &mut Turn<'_>, outcome: RingOutcome) {
        let flow = self.flow.clone();
        let Some(StepKind::Ring {
            targets, otherwise, ..
        }) = self.kind(&flow)
        else {
            return;
        };
        let rule = match outcome {
            RingOutcome::Answered { by } => return self.answered(turn, &by),
            RingOutcome::NoAnswer => Rule::NoAnswer,
            RingOutcome::Busy => Rule::Busy,
            RingOutcome::Unreachable => Rule::Unreachable,
        };
        self.cause = Cause::NobodyThere;
        turn.decided(
            self.node(),
            rule,
            &[("phones", &targets.join(", "))],
            &flow.name(*otherwise),
        );
        self.go(turn, *otherwise);
    }

    fn queued(&mut self, turn: &mut Turn<'_>, outcome: QueueOutcome) {
        let flow = self.flow.clone();
        let Some(StepKind::Queue {
            full,
            too_long,
            nobody,
            max_wait,
            max_length,
            line,
            ..
        }) = self.kind(&flow)
        else {
            return;
        };
        let node = self.node();
        let (rule, limit, next) = match outcome {
            QueueOutcome::Answered { by } => return self.answered(turn, &by),
            QueueOutcome::Full => (Rule::QueueFull, max_length.to_string(), *full),
            QueueOutcome::TooLong => (
                Rule::QueueTooLong,
                format!("{} s", max_wait.as_secs()),
                *too_long,
            ),
            QueueOutcome::Nobody => (Rule::QueueNobody, String::new(), *nobody),
        };
        self.cause = Cause::NobodyThere;
        let waiting = if rule == Rule::QueueFull {
            limit.clone()
        } else {
            String::new()
        };
        let inputs = [
            ("queue", &**line.as_ref().unwrap_or(&node)),
            ("waiting", waiting.as_str()),
            ("limit", limit.as_str()),
        ];
        turn.decided(node.clone(), rule, &inputs, &flow.name(next));
        self.go(turn, next);
    }

    fn called(&mut self, turn: &mut Turn<'_>, outcome: ExternalOutcome) {
        let flow = self.flow.clone();
        let Some(StepKind::External {
            number, otherwise, ..
        }) = self.kind(&flow)
        else {
            return;
        };
        let rule = match outcome {
            ExternalOutcome::Answered => return self.answered(turn, number),
            ExternalOutcome::NoAnswer => Rule::ExternalNoAnswer,
            ExternalOutcome::Busy => Rule::ExternalBusy,
            ExternalOutcome::Failed => Rule::ExternalFailed,
        };
        self.cause = Cause::NobodyThere;
        turn.decided(
            self.node(),
            rule,
            &[("number", number.as_str())],
            &flow.name(*otherwise),
        );
        self.go(turn, *otherwise);
    }

    fn answered(&mut self, turn: &mut Turn<'_>, by: &str) {
        turn.decided(self.node(), Rule::Answered, &[("by", by)], "end");
        self.waiting = Waiting::Over;
    }

    fn hang_up(&mut self, turn: &mut Turn<'_>, cause: Cause) {
        self.waiting = Waiting::Over;
        turn.acts.push(Act::Hangup { cause });
    }
}

#[cfg(test)]
mod tests;
