//! A caller in a queue, first form (QUE-1): music and comfort messages, the queue's phones rung again and again until
//! one answers, a longest wait and a longest line. The line itself is [`crate::queue::Queues`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use ivr::{Event, QueueOrder, QueueOutcome};
use media::SoundId;

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::fork::{self, Fork, Why};
use super::plan;
use crate::border::destination;
use crate::deadlines::{CallTimer, Timer};
use crate::journal::Cause;
use crate::stack::Stack;

/// Between two rounds of ringing nobody is rung for so long: phones that were just silent get a breath.
const PAUSE: Duration = Duration::from_secs(5);

/// One caller's place.
#[derive(Debug)]
pub(crate) struct Place {
    order: QueueOrder,
    /// What the caller hears just now.
    pub(crate) hears: Hears,
    /// The phones that ring just now.
    pub(crate) fork: Option<Fork>,
    /// Longest wait is over then.
    until: Instant,
    /// The next comfort message; far away when there is none.
    comfort_at: Option<Instant>,
    /// The next round of ringing, while none rings.
    ring_at: Option<Instant>,
}

/// What a waiting caller hears.
#[derive(Debug)]
pub(crate) enum Hears {
    /// Music.
    Music,
    /// A comfort message.
    Comfort(Arc<[SoundId]>),
}

/// What the dialplan is told of the queues, beside what the town has set.
pub(crate) fn situation(stack: &Stack) -> ivr::Situation {
    let mut situation = stack.snapshot.situation.as_ref().clone();
    stack.queues.describe(&mut situation);
    situation
}

/// The caller joins the line. An outcome that is there at once comes back as an event.
pub(crate) fn enter(call: &mut Call, cx: &mut Cx<'_>, order: QueueOrder) -> Option<Event> {
    let now = cx.stack.now.monotonic;
    if !cx
        .stack
        .queues
        .join(&order.queue, call.id, order.max_length, now)
    {
        return Some(Event::Queue(QueueOutcome::Full));
    }
    cx.with(call.caller, |leg, stack| leg.answer(stack, &[]));
    call.waiting_since = Some(cx.stack.now.wall);
    let comfort_at = (!order.comfort.is_empty()).then(|| now + order.comfort_every);
    let until = now + order.max_wait;
    call.phase = Phase::Queued(Place {
        order,
        hears: Hears::Music,
        fork: None,
        until,
        comfort_at,
        ring_at: Some(now),
    });
    let first = cx.stack.queues.is_first(call.id);
    tick(call, cx);
    // Nobody registered at all is told at once, while the caller is still in the queue's hands.
    match &call.phase {
        Phase::Queued(place) if first && place.fork.is_none() => {
            leave(call, cx);
            Some(Event::Queue(QueueOutcome::Nobody))
        }
        _ => None,
    }
}

/// Does what is due: give up, comfort, ring. Only the first in line is rung for.
pub(crate) fn tick(call: &mut Call, cx: &mut Cx<'_>) {
    let now = cx.stack.now.monotonic;
    let first = cx.stack.queues.is_first(call.id);
    let Phase::Queued(place) = &mut call.phase else {
        return;
    };
    if now >= place.until {
        fork::withdraw(call, cx, Cause::NoAnswer);
        leave(call, cx);
        return plan::queue_ended(call, cx, QueueOutcome::TooLong);
    }
    if place.comfort_at.is_some_and(|at| now >= at) {
        let sounds: Arc<[SoundId]> = place
            .order
            .comfort
            .iter()
            .map(|prompt| SoundId::from(prompt.to_string()))
            .collect();
        place.hears = Hears::Comfort(sounds);
        place.comfort_at = None;
    }
    let rings_too_long = place.fork.is_some() && place.ring_at.is_some_and(|at| now >= at);
    if rings_too_long {
        fork::withdraw(call, cx, Cause::NoAnswer);
        return attempt_failed(call, cx);
    }
    let due = place.fork.is_none() && place.ring_at.is_some_and(|at| now >= at);
    if due && first {
        let (targets, ring) = (place.order.targets.clone(), place.order.ring);
        let phones = destination::for_plan(call, cx, &targets);
        let ringing = fork::ring(call, cx, phones, Why::Plan);
        if let Phase::Queued(place) = &mut call.phase {
            let anybody = !ringing.legs.is_empty();
            // Phones may come back while the caller waits.
            place.ring_at = Some(now + if anybody { ring } else { PAUSE });
            place.fork = anybody.then_some(ringing);
        }
    }
    schedule(call, cx);
}

/// The comfort message was heard: music again.
pub(crate) fn played(call: &mut Call, cx: &mut Cx<'_>) {
    let now = cx.stack.now.monotonic;
    if let Phase::Queued(place) = &mut call.phase {
        place.hears = Hears::Music;
        place.comfort_at = Some(now + place.order.comfort_every);
    }
    schedule(call, cx);
}

/// This round of ringing found nobody: another one after a pause.
pub(crate) fn attempt_failed(call: &mut Call, cx: &mut Cx<'_>) {
    let now = cx.stack.now.monotonic;
    if let Phase::Queued(place) = &mut call.phase {
        place.fork = None;
        place.ring_at = Some(now + PAUSE);
    }
    schedule(call, cx);
}

/// Gives the place up, if there is one; who is first now is rung for.
pub(crate) fn leave(call: &mut Call, cx: &mut Cx<'_>) {
    cx.stack
        .deadlines
        .cancel(Timer::Call(call.id, CallTimer::Queue));
    for neighbour in cx.stack.queues.neighbours(call.id) {
        cx.stack.watch.call(neighbour);
    }
    if let Some(next) = cx.stack.queues.leave(call.id) {
        let now = cx.stack.now.monotonic;
        cx.stack
            .deadlines
            .set(Timer::Call(next, CallTimer::Queue), now);
    }
}

fn schedule(call: &mut Call, cx: &mut Cx<'_>) {
    let first = cx.stack.queues.is_first(call.id);
    let Phase::Queued(place) = &call.phase else {
        return;
    };
    let ring_at = place.ring_at.filter(|_| first || place.fork.is_some());
    let at = [Some(place.until), place.comfort_at, ring_at]
        .into_iter()
        .flatten()
        .min();
    if let Some(at) = at {
        cx.stack
            .deadlines
            .set(Timer::Call(call.id, CallTimer::Queue), at);
    }
}
