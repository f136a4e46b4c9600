//! A caller in a queue (QUE-1): music and comfort messages, place and expected wait, and whoever is rung for the caller.
//! Who that is, and when, [`crate::queue::Queues`] decides; here it is carried out.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDateTime;
use ivr::{Lang, QueueOrder, QueueOutcome};
use media::{SoundId, Source};

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::fork::{self, Fork, Why};
use super::plan;
use crate::agent;
use crate::border::destination::{self, Outgoing};
use crate::command::Device;
use crate::deadlines::Timer;
use crate::effect::{CallEvent, Effect};
use crate::id::LegId;
use crate::journal::Cause;
use crate::leg::Leg;
use crate::legs::Legs;
use crate::queue::{Act, Event, Phone};
use crate::snapshot::Closure;
use crate::stack::Stack;

/// One caller's place.
#[derive(Debug)]
pub(crate) struct Place {
    order: QueueOrder,
    /// What the caller hears just now.
    pub(crate) hears: Hears,
    /// The phones that ring just now.
    pub(crate) fork: Option<Fork>,
    /// Whose phones they are.
    rung: BTreeMap<LegId, String>,
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
    let now = stack.now.wall;
    let closures = stack.snapshot.closures.iter();
    let closed = closures.filter(|closure| closure.from <= now && now < closure.until);
    situation.closures.extend(closed.map(by_hand));
    stack.queues.describe(&mut situation, stack.now.monotonic);
    situation
}

/// A closure by hand that is in force, above all that was planned. It is in force at every local time: the core says when it
/// ends.
fn by_hand(closure: &Closure) -> ivr::Closure {
    ivr::Closure {
        name: Arc::clone(&closure.name),
        services: closure.service.iter().cloned().collect(),
        from: NaiveDateTime::MIN,
        to: NaiveDateTime::MAX,
        open: false,
        priority: i64::MAX,
        step: None,
    }
}

/// Tells the queues something; what follows from it is told to the calls.
pub(crate) fn feed(stack: &mut Stack, event: Event) {
    let call = match &event {
        Event::Arrive { call, .. } | Event::Leave(call) | Event::Answered(call, _) => Some(*call),
        _ => None,
    };
    // Places move up when somebody leaves.
    let neighbours = call.map(|call| stack.queues.neighbours(call).collect::<Vec<_>>());
    for neighbour in neighbours.into_iter().flatten() {
        stack.watch.call(neighbour);
    }
    let now = stack.now.monotonic;
    for act in stack.queues.handle(now, event) {
        let call = match &act {
            Act::Offer(call, _)
            | Act::Withdraw(call, _)
            | Act::Comfort(call)
            | Act::Overflow(call, _) => *call,
            Act::Paused(name) => {
                let text = format!("station {name} answered no offer and is paused");
                stack.warn("station-paused", None, text);
                continue;
            }
        };
        let event = CallEvent::Queue(act);
        stack.effects.push_back(Effect::Tell(call, event));
    }
    match stack.queues.next_deadline() {
        Some(at) => stack.deadlines.set(Timer::Queues, at),
        None => stack.deadlines.cancel(Timer::Queues),
    }
}

/// The phones that a queue rings, and what they do.
pub(crate) fn phones(call: &Call, cx: &Cx<'_>, names: &[String]) -> Vec<Phone> {
    let phone = |name: &String| Phone {
        name: name.clone(),
        reached: !destination::for_queue(call, cx, std::slice::from_ref(name)).is_empty(),
        engaged: is_engaged(cx.legs, name),
    };
    names.iter().map(phone).collect()
}

/// Whether a phone of this account is in a call.
pub(crate) fn is_engaged(legs: &Legs, account: &str) -> bool {
    legs.of_account(account).any(is_on_a_call)
}

/// Whether this leg is a call that its party is in: a station at rest is not.
pub(crate) fn is_on_a_call(leg: &Leg) -> bool {
    leg.call.is_some() && leg.is_engaged() && !leg.is_resting()
}

/// The caller joins the line. An outcome that is there at once comes back as an event.
pub(crate) fn enter(call: &mut Call, cx: &mut Cx<'_>, order: QueueOrder) -> Option<ivr::Event> {
    line_up(call, cx, order, false).map(ivr::Event::Queue)
}

/// The same; `head`: before all others, for a caller who was had and lost.
fn line_up(
    call: &mut Call,
    cx: &mut Cx<'_>,
    order: QueueOrder,
    head: bool,
) -> Option<QueueOutcome> {
    let before = cx.stack.effects.len();
    let event = Event::Arrive {
        call: call.id,
        order: Box::new(order.clone()),
        phones: phones(call, cx, &order.targets),
        head,
    };
    feed(cx.stack, event);
    let mut at_once = None;
    let effects = std::mem::take(&mut cx.stack.effects);
    for (index, effect) in effects.into_iter().enumerate() {
        match effect {
            Effect::Tell(to, CallEvent::Queue(Act::Overflow(_, outcome)))
                if index >= before && to == call.id =>
            {
                at_once = Some(outcome);
            }
            other => cx.stack.effects.push_back(other),
        }
    }
    if at_once.is_some() {
        return at_once;
    }
    cx.with(call.caller, |leg, stack| leg.answer(stack, &[]));
    call.waiting_since = Some(cx.stack.now.wall);
    call.order = Some(order.clone());
    call.phase = Phase::Queued(Box::new(Place {
        order,
        hears: Hears::Music,
        fork: None,
        rung: BTreeMap::new(),
    }));
    None
}

/// A caller who was had and lost comes to the head of the queue that the dialplan chose. `false`: there was none, or
/// nobody is there.
pub(crate) fn line_up_first(call: &mut Call, cx: &mut Cx<'_>) -> bool {
    match call.order.clone() {
        Some(order) => line_up(call, cx, order, true).is_none(),
        None => false,
    }
}

/// An agent is rung for the caller. A station whose leg is kept answers by command.
pub(crate) fn offer(call: &mut Call, cx: &mut Cx<'_>, name: &str) {
    ring(call, cx, name, destination::devices);
}

/// Rings the agent's device: a station's own, with the `phones` that this finds, or those of an account.
fn ring(call: &mut Call, cx: &mut Cx<'_>, name: &str, phones: fn(&Stack, &str) -> Vec<Outgoing>) {
    let targets: Vec<Outgoing> = match cx.stack.stations.get(name).map(|at| at.device.clone()) {
        Some(Device::Browser { .. }) => return,
        Some(device) if device.is_kept() => return,
        Some(Device::Mobile(number)) => {
            let found = destination::outside(cx.stack, &number, false);
            let ask = |party| Outgoing {
                asks: true,
                ..party
            };
            found.into_iter().flatten().map(ask).collect()
        }
        Some(Device::Handset(account) | Device::Phone(account)) => phones(cx.stack, &account),
        None => destination::for_queue(call, cx, &[name.to_owned()]),
    };
    let ringing = fork::ring(call, cx, targets, Why::Plan);
    if ringing.legs.is_empty() {
        let declined = Event::Declined(name.to_owned(), call.id);
        return feed(cx.stack, declined);
    }
    let Phase::Queued(place) = &mut call.phase else {
        return;
    };
    let whose = ringing.legs.iter().map(|leg| (*leg, name.to_owned()));
    place.rung.extend(whose);
    match &mut place.fork {
        Some(fork) => fork.merge(ringing),
        None => place.fork = Some(ringing),
    }
}

/// A station without a kept leg wants the caller: its device is rung now.
pub(crate) fn call_in(call: &mut Call, cx: &mut Cx<'_>, name: &str) -> bool {
    let Phase::Queued(place) = &call.phase else {
        return false;
    };
    let now = cx.stack.now.monotonic;
    let until = now.checked_add(place.order.ring).unwrap_or(now);
    let offered = agent::Event::Offered(call.id, until);
    feed(cx.stack, Event::Agent(name.to_owned(), offered));
    // It may ring already: a phone that rings cannot be told to answer, a new call can.
    silence(call, cx, name, &Cause::AnsweredElsewhere);
    ring(call, cx, name, destination::own_devices);
    true
}

/// An agent is rung no longer.
pub(crate) fn withdraw(call: &mut Call, cx: &mut Cx<'_>, name: &str) {
    silence(call, cx, name, &Cause::NoAnswer);
}

fn silence(call: &mut Call, cx: &mut Cx<'_>, name: &str, why: &Cause) {
    let Phase::Queued(place) = &mut call.phase else {
        return;
    };
    let legs: Vec<LegId> = place
        .rung
        .extract_if(.., |_, whose| whose == name)
        .map(|(leg, _)| leg)
        .collect();
    if let Some(fork) = &mut place.fork {
        legs.iter().for_each(|leg| fork.remove(*leg));
    }
    place.fork.take_if(|fork| fork.legs.is_empty());
    for leg in legs {
        call.dismiss(cx, leg, why.clone());
    }
}

/// One of the legs that rang is gone: when it was the agent's last, the agent does not take this caller.
pub(crate) fn refused(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) {
    let Phase::Queued(place) = &mut call.phase else {
        return;
    };
    place.fork.take_if(|fork| fork.legs.is_empty());
    let Some(name) = place.rung.remove(&leg) else {
        return;
    };
    if !place.rung.values().any(|whose| *whose == name) {
        feed(cx.stack, Event::Declined(name, call.id));
    }
}

/// What a mobile hears until it presses 1.
pub(crate) fn question(stack: &Stack) -> Source {
    let language = stack.settings().languages.first();
    let language = language.copied().unwrap_or(Lang::EN);
    let prompt = SoundId::from(format!("{language}/press-1-to-take"));
    Source::Play {
        sounds: Arc::from([prompt]),
        repeat: true,
    }
}

/// The comfort message: what the dialplan says, the place, and the wait when enough calls of late tell.
pub(crate) fn comfort(call: &mut Call, cx: &mut Cx<'_>) {
    let now = cx.stack.now.monotonic;
    let place_in_line = cx.stack.queues.position(call.id);
    let wait = cx.stack.queues.estimate(call.id, now);
    let languages = match (call.language, &call.plan) {
        (Some(language), _) => vec![language],
        (None, Some(session)) => session.flow().languages.clone(),
        (None, None) => Vec::new(),
    };
    let Phase::Queued(place) = &mut call.phase else {
        return;
    };
    let order = &place.order;
    let told = place_in_line.filter(|_| order.tell_position);
    let told = told.and_then(ivr::position);
    let wait = wait.filter(|_| order.tell_wait).and_then(ivr::wait_of);
    let mut sounds: Vec<SoundId> = Vec::new();
    for language in languages {
        let said = order.comfort.iter().filter(|said| said.lang == language);
        sounds.extend(said.map(|said| SoundId::from(said.to_string())));
        for name in told.iter().chain(&wait) {
            sounds.push(SoundId::from(format!("{language}/{name}")));
        }
    }
    if sounds.is_empty() {
        return feed(cx.stack, Event::Comforted(call.id));
    }
    place.hears = Hears::Comfort(Arc::from(sounds));
}

/// The comfort message was heard: music again.
pub(crate) fn played(call: &mut Call, cx: &mut Cx<'_>) {
    if let Phase::Queued(place) = &mut call.phase {
        place.hears = Hears::Music;
        feed(cx.stack, Event::Comforted(call.id));
    }
}

/// The stay is over without an answer: the dialplan says what comes next.
pub(crate) fn overflow(call: &mut Call, cx: &mut Cx<'_>, outcome: QueueOutcome) {
    fork::withdraw(call, cx, Cause::NoAnswer);
    plan::queue_ended(call, cx, outcome);
}

/// Whose leg it is, of those that are rung.
pub(crate) fn whose(call: &Call, leg: LegId) -> Option<String> {
    match &call.phase {
        Phase::Queued(place) => place.rung.get(&leg).cloned(),
        _ => None,
    }
}

/// Somebody took the caller: an agent, or somebody who is none.
pub(crate) fn answered(call: &Call, cx: &mut Cx<'_>, by: Option<String>) {
    feed(cx.stack, Event::Answered(call.id, by));
}

/// Gives the place up, if there is one.
pub(crate) fn leave(call: &Call, cx: &mut Cx<'_>) {
    if cx.stack.queues.position(call.id).is_some() {
        feed(cx.stack, Event::Leave(call.id));
    }
}

/// The configuration is another one: the queue rings the phones that it names now (QUE-13).
pub(crate) fn reloaded(call: &mut Call, cx: &mut Cx<'_>) {
    let Phase::Queued(place) = &call.phase else {
        return;
    };
    let town = call.plan.as_ref().map(|plan| Arc::clone(&plan.flow().town));
    let flows = Arc::clone(&cx.stack.snapshot.flows);
    let newest = flows
        .values()
        .find(|flow| Some(&flow.town) == town.as_ref());
    let named = newest.and_then(|flow| flow.queue_phones(&place.order.queue));
    let Some(named) = named.filter(|named| *named != place.order.targets) else {
        return;
    };
    let phones = phones(call, cx, named);
    if let Phase::Queued(place) = &mut call.phase {
        place.order.targets = named.to_vec();
    }
    feed(cx.stack, Event::Phones(call.id, phones));
}
