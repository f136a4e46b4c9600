//! The dialplan at work on a live call: its acts become effects, what happens becomes its events. The evaluator is
//! `ivr::Session`, the same that simulates and tests.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use ivr::{Act, Event, ExternalOutcome, QueueOutcome, RingOutcome};
use media::{Digit, SoundId, Source};
use sip::StatusCode;

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::fork::{self, Why};
use super::{farewell, forward, queue};
use crate::border::destination;
use crate::deadlines::{CallTimer, Timer};
use crate::desk::DecisionText;
use crate::journal::{Cause, Fact};
use crate::limits;

/// What the dialplan lets the caller hear, and what comes after it.
#[derive(Debug)]
pub(crate) struct Speaking {
    /// What is heard now.
    pub(crate) source: Source,
    /// Whether the end of the sound is awaited.
    playing: bool,
    /// Whether a key stops the sound.
    interruptible: bool,
    then: Then,
}

#[derive(Debug)]
enum Then {
    /// The dialplan is asked.
    Ask,
    /// A key is awaited for so long.
    Collect(Duration),
    /// The call is over.
    HangUp(ivr::Cause),
}

impl Speaking {
    pub(crate) fn silent() -> Speaking {
        Speaking {
            source: Source::Silence,
            playing: false,
            interruptible: false,
            then: Then::Ask,
        }
    }
}

/// More than that many rounds of the dialplan inside one event is a fault of the flow.
const ROUNDS: usize = 32;

/// Enters the dialplan of a number of ours: its name, and the number called. `None`: no dialplan has it.
pub(crate) fn enter(call: &mut Call, cx: &mut Cx<'_>, found: Option<(String, String)>) {
    let Some((name, number)) = found else {
        let (status, cause) = (StatusCode::TEMPORARILY_UNAVAILABLE, Cause::NoAnswer);
        return farewell::refuse(call, cx, status, cause);
    };
    let flows = Arc::clone(&cx.stack.snapshot.flows);
    let Some(flow) = flows.get(&name) else {
        cx.stack.error(
            "dialplan",
            None,
            format!("the dialplan {name:?} of a number does not exist"),
        );
        let status = StatusCode::TEMPORARILY_UNAVAILABLE;
        call.record(
            cx.stack,
            "border",
            "no dialplan",
            &[],
            &status.0.to_string(),
        );
        return farewell::refuse(call, cx, status, Cause::Internal);
    };
    if !flow.answers(&number, wall(cx)) {
        let (status, rule) = (StatusCode::NOT_FOUND, "number not in the dialplan");
        call.record(cx.stack, "border", rule, &[], &status.0.to_string());
        return farewell::refuse(call, cx, status, Cause::UnknownNumber);
    }
    begin_for(call, cx, Arc::clone(flow), number);
}

/// The dialplan of a number of ours, when it answers it today.
pub(crate) fn of_number(cx: &Cx<'_>, flow: &str, number: &str) -> Option<Arc<ivr::Flow>> {
    let flow = cx.stack.snapshot.flows.get(flow)?;
    flow.answers(number, wall(cx)).then(|| Arc::clone(flow))
}

/// Begins a flow for the caller, who called this number or was sent there, with what is known of them.
pub(crate) fn begin_for(call: &mut Call, cx: &mut Cx<'_>, flow: Arc<ivr::Flow>, number: String) {
    let from = Some(call.identity.number.clone()).filter(|number| number != "anonymous");
    let known = &cx.stack.snapshot.languages;
    let remembered = from
        .as_ref()
        .and_then(|number| cx.stack.languages.of(known, number));
    let facts = ivr::Facts {
        from,
        to: number,
        remembered,
        spoken: call.language,
    };
    begin(call, cx, flow, facts);
}

/// Begins a flow for the caller.
fn begin(call: &mut Call, cx: &mut Cx<'_>, flow: Arc<ivr::Flow>, facts: ivr::Facts) {
    let (session, acts) = ivr::Session::start(flow, facts, wall(cx), &queue::situation(cx.stack));
    call.plan = Some(session);
    call.phase = Phase::Plan(Speaking::silent());
    perform(call, cx, acts);
}

/// Begins the flow anew for a caller whom nobody took back. Says whether there was one.
pub(crate) fn begin_again(call: &mut Call, cx: &mut Cx<'_>) -> bool {
    let Some(session) = &call.plan else {
        return false;
    };
    let (flow, facts) = (Arc::clone(session.flow()), session.facts().clone());
    call.record(cx.stack, "desk", "nobody-took-back", &[], "dialplan again");
    begin(call, cx, flow, facts);
    true
}

/// A key of the caller.
pub(crate) fn key(call: &mut Call, cx: &mut Cx<'_>, digit: Digit) {
    if let Phase::Plan(speaking) = &mut call.phase
        && speaking.playing
        && speaking.interruptible
    {
        speaking.playing = false;
        speaking.source = Source::Silence;
        if let Then::Collect(timeout) = speaking.then {
            let at = cx.stack.now.monotonic + timeout;
            cx.stack
                .deadlines
                .set(Timer::Call(call.id, CallTimer::Collect), at);
        }
    }
    feed(call, cx, Event::Key(digit.to_char()));
}

/// The prompts were heard.
pub(crate) fn played(call: &mut Call, cx: &mut Cx<'_>) {
    let Phase::Plan(speaking) = &mut call.phase else {
        return;
    };
    if !speaking.playing {
        return;
    }
    speaking.playing = false;
    speaking.source = Source::Silence;
    match speaking.then {
        Then::Ask => feed(call, cx, Event::Played),
        Then::Collect(timeout) => {
            let at = cx.stack.now.monotonic + timeout;
            cx.stack
                .deadlines
                .set(Timer::Call(call.id, CallTimer::Collect), at);
        }
        Then::HangUp(cause) => end(call, cx, cause),
    }
}

/// No key came.
pub(crate) fn silence(call: &mut Call, cx: &mut Cx<'_>) {
    feed(call, cx, Event::Silence);
}

/// The phones that the dialplan rang did not answer.
pub(crate) fn ring_failed(call: &mut Call, cx: &mut Cx<'_>, cause: &Cause) {
    let outcome = match cause {
        Cause::NoAnswer => RingOutcome::NoAnswer,
        Cause::Busy | Cause::Declined => RingOutcome::Busy,
        _ => RingOutcome::Unreachable,
    };
    feed(call, cx, Event::Ring(outcome));
    still_nobody(call, cx);
}

/// A dialplan that has nothing to say to a failure must not leave the caller with a tone and no phone.
fn still_nobody(call: &mut Call, cx: &mut Cx<'_>) {
    if matches!(&call.phase, Phase::Ringing(fork) if fork.legs.is_empty()) {
        cx.stack.error(
            "dialplan",
            None,
            "a dialplan had no answer to a call that failed, and was ended".to_owned(),
        );
        end(call, cx, ivr::Cause::Fault);
    }
}

/// The outside number did not answer.
pub(crate) fn external_failed(call: &mut Call, cx: &mut Cx<'_>, cause: &Cause) {
    let outcome = match cause {
        Cause::NoAnswer => ExternalOutcome::NoAnswer,
        Cause::Busy | Cause::Declined => ExternalOutcome::Busy,
        _ => ExternalOutcome::Failed,
    };
    feed(call, cx, Event::External(outcome));
    still_nobody(call, cx);
}

/// The stay in the queue ended without an answer.
pub(crate) fn queue_ended(call: &mut Call, cx: &mut Cx<'_>, outcome: QueueOutcome) {
    feed(call, cx, Event::Queue(outcome));
}

/// Somebody took the caller: the dialplan's part is over. Its session stays for a caller who comes back.
pub(crate) fn connected(call: &mut Call, cx: &mut Cx<'_>, by: &str) {
    cx.stack
        .deadlines
        .cancel(Timer::Call(call.id, CallTimer::Collect));
    let event = match &call.phase {
        Phase::Ringing(fork) => match fork.why {
            Why::Plan => Event::Ring(RingOutcome::Answered { by: by.to_owned() }),
            Why::External => Event::External(ExternalOutcome::Answered),
            _ => return,
        },
        Phase::Queued(_) => Event::Queue(QueueOutcome::Answered { by: by.to_owned() }),
        _ => return,
    };
    tell(call, cx, event);
}

/// The caller is gone.
pub(crate) fn hung_up(call: &mut Call, cx: &mut Cx<'_>) {
    if matches!(
        call.phase,
        Phase::Plan(_) | Phase::Ringing(_) | Phase::Queued(_)
    ) {
        tell(call, cx, Event::HungUp);
    }
}

/// Tells the session something that ends it: only its notes matter.
fn tell(call: &mut Call, cx: &mut Cx<'_>, event: Event) {
    let situation = queue::situation(cx.stack);
    let now = wall(cx);
    if let Some(session) = &mut call.plan {
        let acts = session.handle(now, event, &situation);
        note(call, cx, &acts);
    }
}

fn feed(call: &mut Call, cx: &mut Cx<'_>, event: Event) {
    let situation = queue::situation(cx.stack);
    let now = wall(cx);
    let Some(session) = &mut call.plan else {
        return;
    };
    let acts = session.handle(now, event, &situation);
    perform(call, cx, acts);
}

/// Carries a list of acts out. Acts that fail on the spot (nobody registered, queue full) ask the session again here,
/// so that a fault of the flow is a loop that ends and not a stack that grows.
fn perform(call: &mut Call, cx: &mut Cx<'_>, acts: Vec<Act>) {
    let mut acts = acts;
    for _ in 0..ROUNDS {
        note(call, cx, &acts);
        if !acts.iter().any(Act::is_doing) {
            return;
        }
        withdraw(call, cx);
        let Some(event) = carry_out(call, cx, acts) else {
            return;
        };
        let situation = queue::situation(cx.stack);
        let now = wall(cx);
        let Some(session) = &mut call.plan else {
            return;
        };
        acts = session.handle(now, event, &situation);
    }
    cx.stack.error(
        "dialplan",
        None,
        "a dialplan went round in a circle and was ended".to_owned(),
    );
    end(call, cx, ivr::Cause::Fault);
}

/// Decisions and language go on record.
fn note(call: &mut Call, cx: &mut Cx<'_>, acts: &[Act]) {
    for act in acts {
        match act {
            Act::Decided(decision) => {
                if decision.rule.is_loud() {
                    let text = format!("step {}: {}", decision.node, decision.rule.code());
                    cx.stack.error("dialplan", None, text);
                }
                if matches!(decision.rule, ivr::Rule::Key | ivr::Rule::Reception)
                    && call.path.len() < limits::PATH
                {
                    let choice = format!("{}={}", decision.node, decision.result);
                    call.path.push(Arc::from(choice));
                }
                let inputs = decision.inputs.iter();
                let text = DecisionText {
                    node: decision.node.to_string(),
                    rule: decision.rule.code().to_owned(),
                    inputs: inputs
                        .map(|(name, value)| (name.to_string(), value.clone()))
                        .collect(),
                    result: decision.result.clone(),
                };
                call.decided(cx.stack, text);
            }
            Act::Language(language) => call.language = Some(*language),
            Act::Remember(language) => remember(call, cx, *language),
            _ => {}
        }
    }
}

/// The caller agreed to be remembered in a language, or no longer.
fn remember(call: &Call, cx: &mut Cx<'_>, language: Option<ivr::Lang>) {
    let number = call.identity.number.clone();
    cx.stack.languages.keep(&number, language);
    cx.stack.journal(Fact::LanguageKept {
        number,
        language: language.map(|language| language.to_string()),
    });
}

/// What was under way is replaced.
fn withdraw(call: &mut Call, cx: &mut Cx<'_>) {
    cx.stack
        .deadlines
        .cancel(Timer::Call(call.id, CallTimer::Collect));
    fork::withdraw(call, cx, Cause::NoAnswer);
    queue::leave(call, cx);
    call.phase = Phase::Plan(Speaking::silent());
}

/// Carries out the doing acts of one list. An outcome that is there at once comes back as an event.
fn carry_out(call: &mut Call, cx: &mut Cx<'_>, acts: Vec<Act>) -> Option<Event> {
    for act in acts {
        match act {
            Act::Decided(_) | Act::Language(_) | Act::Remember(_) => {}
            Act::Play {
                prompts,
                interruptible,
            } => play(call, cx, &prompts, interruptible),
            Act::Collect { timeout } => collect(call, cx, timeout),
            Act::Music => {
                answer(call, cx);
                let music = call.music(cx.stack);
                if let Phase::Plan(speaking) = &mut call.phase {
                    speaking.source = music;
                }
            }
            Act::Hangup { cause } => hang_up(call, cx, cause),
            Act::Ring {
                targets,
                timeout,
                service,
            } => {
                call.service = service;
                return ring(call, cx, &targets, timeout);
            }
            Act::External { number, timeout } => return external(call, cx, &number, timeout),
            Act::Queue(order) => {
                call.service.clone_from(&order.service);
                return queue::enter(call, cx, order);
            }
        }
    }
    None
}

fn answer(call: &mut Call, cx: &mut Cx<'_>) {
    cx.with(call.caller, |leg, stack| leg.answer(stack, &[]));
}

fn play(call: &mut Call, cx: &mut Cx<'_>, prompts: &[ivr::Prompt], interruptible: bool) {
    answer(call, cx);
    let sounds: Arc<[SoundId]> = prompts
        .iter()
        .map(|prompt| SoundId::from(prompt.to_string()))
        .collect();
    let source = Source::Play {
        sounds,
        repeat: false,
    };
    cx.with(call.caller, |leg, stack| {
        leg.hear_anew(stack, source.clone())
    });
    call.phase = Phase::Plan(Speaking {
        source,
        playing: true,
        interruptible,
        then: Then::Ask,
    });
}

fn collect(call: &mut Call, cx: &mut Cx<'_>, timeout: Duration) {
    answer(call, cx);
    if let Phase::Plan(speaking) = &mut call.phase
        && speaking.playing
    {
        speaking.then = Then::Collect(timeout);
        return;
    }
    let at = cx.stack.now.monotonic + timeout;
    cx.stack
        .deadlines
        .set(Timer::Call(call.id, CallTimer::Collect), at);
}

fn hang_up(call: &mut Call, cx: &mut Cx<'_>, cause: ivr::Cause) {
    if let Phase::Plan(speaking) = &mut call.phase
        && speaking.playing
    {
        speaking.then = Then::HangUp(cause);
        return;
    }
    end(call, cx, cause);
}

/// Rings the phones of a ring step; the caller's own device is not rung.
fn ring(call: &mut Call, cx: &mut Cx<'_>, targets: &[String], timeout: Duration) -> Option<Event> {
    let phones = forward::for_plan(call, cx, targets);
    let ringing = fork::ring(call, cx, phones, Why::Plan);
    if ringing.legs.is_empty() {
        return Some(Event::Ring(RingOutcome::Unreachable));
    }
    call.phase = Phase::Ringing(ringing);
    fork::limit(call, cx, timeout);
    None
}

fn external(call: &mut Call, cx: &mut Cx<'_>, number: &str, timeout: Duration) -> Option<Event> {
    let targets = destination::outside(cx.stack, number, call.emergency).unwrap_or_default();
    let ringing = fork::ring(call, cx, targets, Why::External);
    if ringing.legs.is_empty() {
        return Some(Event::External(ExternalOutcome::Failed));
    }
    call.phase = Phase::Ringing(ringing);
    fork::limit(call, cx, timeout);
    None
}

/// The dialplan has ended the call: a caller who was never answered gets a status, one who was gets a BYE.
fn end(call: &mut Call, cx: &mut Cx<'_>, cause: ivr::Cause) {
    let (status, cause) = match cause {
        ivr::Cause::Finished => (StatusCode::DECLINE, Cause::Finished),
        ivr::Cause::Closed => (StatusCode::TEMPORARILY_UNAVAILABLE, Cause::Finished),
        ivr::Cause::NobodyThere => (StatusCode::TEMPORARILY_UNAVAILABLE, Cause::NoAnswer),
        ivr::Cause::UnknownNumber => (StatusCode::NOT_FOUND, Cause::UnknownNumber),
        ivr::Cause::Fault => (StatusCode::SERVER_INTERNAL_ERROR, Cause::Internal),
    };
    if cx
        .legs
        .get(&call.caller)
        .is_some_and(|leg| leg.is_answered())
    {
        call.finish(cx, cause);
    } else {
        farewell::refuse(call, cx, status, cause);
    }
}

fn wall(cx: &Cx<'_>) -> DateTime<Utc> {
    DateTime::<Utc>::from(cx.stack.now.wall)
}
