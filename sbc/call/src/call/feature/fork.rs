//! Parallel ringing (RFC 3261 16.7, CALL-12): several phones, one winner, the others told "completed elsewhere".

use std::collections::BTreeSet;
use std::time::Duration;

use media::Digit;
use sip::StatusCode;

use super::super::phase::{Phase, Third};
use super::super::{Call, Cx};
use super::{dial, emergency, forward, plan, queue, refer, transfer};
use crate::border::destination::{self, Outgoing};
use crate::deadlines::{CallTimer, Timer};
use crate::id::LegId;
use crate::journal::{Cause, Fact};
use crate::leg::{Identity, Leg, Outbound};
use crate::limits;

/// Why phones ring, and so what happens when none answers.
#[derive(Clone, Debug)]
pub(crate) enum Why {
    /// A phone dialled them: it gets their status.
    Dialled,
    /// The dialplan rings them.
    Plan,
    /// The dialplan called an outside number.
    External,
    /// Someone transferred the caller: they get the caller back.
    Transfer(Box<transfer::Back>),
    /// The caller returns to who transferred or parked them; from whom they come back, when they were sent to somebody.
    Recall(Option<String>),
    /// A partner consults a third party.
    Consult,
    /// The account of this leg is reminded of whom it holds.
    Remind(LegId),
    /// A station's device that is rung beside what goes on.
    Beside,
    /// The emergency centre calls back to this number of ours.
    CallBack(String),
}

/// Phones that ring together.
#[derive(Debug)]
pub(crate) struct Fork {
    /// Those that still ring or are being called.
    pub(crate) legs: Vec<LegId>,
    /// Why.
    pub(crate) why: Why,
    /// The one whose early sound the caller hears: the last that sent any.
    pub(crate) early: Option<LegId>,
    /// One of them said so.
    pub(crate) rings: bool,
    /// Those who take the call by pressing 1.
    asks: BTreeSet<LegId>,
    /// Those of them who answered and have not pressed 1 yet.
    asked: BTreeSet<LegId>,
    /// Whose phones they are, where calls may go elsewhere.
    pub(crate) branches: forward::Branches,
    /// How long it may ring.
    pub(crate) limit: Duration,
    /// The best refusal so far (RFC 3261 16.7 step 6).
    best: Option<(StatusCode, Cause)>,
    /// Whether it rang long enough, for the record.
    timed_out: bool,
}

impl Fork {
    /// One in which nobody rings yet.
    fn of(why: Why) -> Fork {
        Fork {
            legs: Vec::new(),
            why,
            early: None,
            rings: false,
            asks: BTreeSet::new(),
            asked: BTreeSet::new(),
            branches: forward::Branches::default(),
            limit: limits::RING,
            best: None,
            timed_out: false,
        }
    }

    /// Whether keys of the caller belong to the dialplan.
    pub(crate) fn for_plan(&self) -> bool {
        matches!(self.why, Why::Plan | Why::External)
    }

    /// Whether it is a transfer that can be taken back.
    pub(crate) fn is_transfer(&self) -> bool {
        matches!(self.why, Why::Transfer(_))
    }

    /// Who gets the caller back when a transfer is not answered.
    pub(crate) fn back(&self) -> Option<&transfer::Back> {
        match &self.why {
            Why::Transfer(back) => Some(back),
            _ => None,
        }
    }

    /// Whether who waits hears music rather than ringing tone: whoever was transferred, until it rings somewhere.
    pub(crate) fn hears_music(&self) -> bool {
        match self.why {
            Why::Recall(_) => true,
            Why::Transfer(_) => !self.rings,
            _ => false,
        }
    }

    /// Whether it may ring on for somebody else than who began it.
    pub(crate) fn can_be_given(&self) -> bool {
        matches!(self.why, Why::Dialled | Why::Plan | Why::External) && !self.legs.is_empty()
    }

    /// Those who answered and are asked to press 1.
    pub(crate) fn asked(&self) -> impl Iterator<Item = LegId> {
        self.asked.iter().copied()
    }

    /// A leg rings no longer.
    pub(crate) fn remove(&mut self, leg: LegId) {
        self.legs.retain(|other| *other != leg);
        self.asks.remove(&leg);
        self.asked.remove(&leg);
        if self.early == Some(leg) {
            self.early = None;
        }
    }

    /// More phones ring for the same reason.
    pub(crate) fn merge(&mut self, other: Fork) {
        self.legs.extend(other.legs);
        self.asks.extend(other.asks);
        self.branches.merge(other.branches);
    }

    /// Keeps the better of two refusals: 6xx decide, then the lowest class, and among 4xx those that say more.
    fn note(&mut self, status: StatusCode, cause: Cause) {
        let rank = |status: StatusCode| match status.0 {
            600..=699 => 0,
            486 => 1,
            401 | 407 => 8,
            408 | 480 => 3,
            400..=499 => 4,
            300..=399 => 5,
            500..=599 => 6,
            _ => 9,
        };
        let better = self
            .best
            .as_ref()
            .is_none_or(|(best, _)| rank(status) < rank(*best));
        if better {
            self.best = Some((status, cause));
        }
    }

    /// The outcome when all have failed.
    pub(crate) fn outcome(&self) -> (StatusCode, Cause) {
        if self.timed_out {
            return (StatusCode::TEMPORARILY_UNAVAILABLE, Cause::NoAnswer);
        }
        self.best
            .clone()
            .unwrap_or((StatusCode::TEMPORARILY_UNAVAILABLE, Cause::NotRegistered))
    }
}

/// Sends the INVITEs. An empty list of targets, or one whose every leg fails at once, is a fork without legs: the
/// caller of this function treats it as failed.
pub(crate) fn ring(call: &mut Call, cx: &mut Cx<'_>, targets: Vec<Outgoing>, why: Why) -> Fork {
    let mut fork = Fork::of(why);
    if targets.len() > limits::FORKS {
        cx.stack.warn(
            "fork",
            None,
            format!(
                "{} phones to ring at once: only {} are rung",
                targets.len(),
                limits::FORKS
            ),
        );
    }
    let identity = in_name_of(call, cx, &fork.why);
    let referred_by = match &fork.why {
        Why::Transfer(back) => back.identity.clone(),
        _ => None,
    };
    for target in targets.into_iter().take(limits::FORKS) {
        let party = target.party.clone();
        let id = cx.stack.next_leg();
        fork.branches.note(cx.stack, &target, id);
        if target.asks {
            fork.asks.insert(id);
        }
        let via = target.via.as_deref().unwrap_or_default();
        let identity = forward::shown(cx.stack, &identity, via, &fork.why);
        let outbound = Outbound {
            id,
            number: call.number_leg(),
            journey: call.journey,
            call: call.id,
            identity,
            called: destination::identity(cx.stack, &target),
            referred_by: referred_by.clone(),
            prefer: cx
                .legs
                .get(&call.caller)
                .map(Leg::preferred_codecs)
                .unwrap_or_default(),
            max_forwards: call.max_forwards,
            session_id: call.session_id,
            relayed: call.relayed.clone(),
            emergency: call.emergency,
            target,
        };
        let number = outbound.number;
        cx.stack.journal(Fact::LegBegan {
            journey: call.journey,
            leg: number,
            party,
            inbound: false,
        });
        let leg = Leg::invite(cx.stack, outbound);
        cx.legs.insert(id, leg);
        fork.legs.push(id);
        call.legs.push(id);
    }
    fork
}

/// Who is shown to the phones that ring: the caller, marked when they come back; in a consultation who consults.
fn in_name_of(call: &Call, cx: &Cx<'_>, why: &Why) -> Identity {
    let partner = call.phase.partner().and_then(|leg| cx.legs.get(&leg));
    match why {
        Why::Consult => partner.map_or_else(|| call.identity.clone(), |leg| leg.identity().clone()),
        // Who holds is told who waits.
        Why::Remind(holder) if *holder == call.caller => {
            partner.map_or_else(|| call.identity.clone(), |leg| leg.identity().clone())
        }
        Why::Recall(Some(from)) => transfer::returned(cx.stack, &call.identity, from),
        _ => call.identity.clone(),
    }
}

/// How long this fork may ring.
pub(crate) fn limit(call: &mut Call, cx: &mut Cx<'_>, ring: Duration) {
    let ring = ring.min(limits::RING);
    let at = cx.stack.now.monotonic + ring;
    cx.stack
        .deadlines
        .set(Timer::Call(call.id, CallTimer::Ring), at);
    if let Some(fork) = call.phase.fork_mut() {
        fork.limit = ring;
    }
    forward::watch(call, cx);
}

/// A phone rings. A caller who has no answer yet is told.
pub(crate) fn rings(call: &mut Call, cx: &mut Cx<'_>, leg: LegId, early: bool) {
    let Some(fork) = call.phase.fork_mut() else {
        return;
    };
    fork.rings = true;
    // What an operator's line says of somebody's own number is not for the caller.
    if early && !fork.asks.contains(&leg) {
        fork.early = Some(leg);
    }
    let early = fork.early.is_some();
    refer::progress(call, cx, StatusCode::RINGING);
    if call.emergency {
        emergency::rings(call, cx);
    }
    if matches!(call.phase, Phase::Ringing(_)) {
        cx.with(call.caller, |caller, stack| caller.ring(stack, early));
    }
}

/// A phone answered: it wins, here and now; the others are told so (RFC 3326). A mobile may be a voicemail box: it is asked
/// first.
pub(crate) fn answered(call: &mut Call, cx: &mut Cx<'_>, winner: LegId) {
    let fork = call.phase.fork_mut();
    let Some(fork) = fork.filter(|fork| fork.asks.contains(&winner)) else {
        return won(call, cx, winner);
    };
    fork.asked.insert(winner);
    // For the caller it rings, as it did or as it never said.
    rings(call, cx, winner, false);
}

/// A key of a phone that rings: 1 takes the caller.
pub(crate) fn pressed(call: &mut Call, cx: &mut Cx<'_>, leg: LegId, digit: Digit) {
    let fork = call.phase.fork_mut();
    if digit.to_char() == '1' && fork.is_some_and(|fork| fork.asked.remove(&leg)) {
        won(call, cx, leg);
    }
}

/// This phone has the caller.
pub(crate) fn won(call: &mut Call, cx: &mut Cx<'_>, winner: LegId) {
    let agent = queue::whose(call, winner);
    cx.stack
        .deadlines
        .cancel(Timer::Call(call.id, CallTimer::Ring));
    let Some(fork) = call.phase.fork_mut() else {
        return;
    };
    let losers: Vec<LegId> = fork.legs.drain(..).filter(|leg| *leg != winner).collect();
    for leg in losers {
        call.dismiss(cx, leg, Cause::AnsweredElsewhere);
    }
    if let Phase::Consulting { third, .. } = &mut call.phase {
        *third = Third::Up(winner);
        return;
    }
    let party = cx
        .legs
        .get(&winner)
        .map(|leg| leg.party().to_owned())
        .unwrap_or_default();
    if call.emergency {
        emergency::answered(call, cx, winner);
    }
    plan::connected(call, cx, &party);
    if let Some(name) = &agent {
        cx.stack.stations.set_leg(name, Some(winner));
    }
    queue::answered(call, cx, agent);
    let caller = call.caller;
    let codecs = cx
        .legs
        .get(&winner)
        .map(Leg::preferred_codecs)
        .unwrap_or_default();
    cx.introduce(caller, winner);
    cx.with(caller, |caller, stack| caller.answer(stack, &codecs));
    if dial::is_by_station(call, cx) {
        return dial::answered(call, cx, winner);
    }
    call.phase = Phase::Talking { with: winner };
}

/// A phone refused or failed. When it was the last, the fork has failed.
pub(crate) fn refused(
    call: &mut Call,
    cx: &mut Cx<'_>,
    leg: LegId,
    status: StatusCode,
    cause: Cause,
) {
    call.drop_leg(leg);
    cx.stack.release(leg);
    let in_queue = matches!(call.phase, Phase::Queued(_));
    let Some(fork) = call.phase.fork_mut() else {
        return;
    };
    fork.remove(leg);
    fork.note(status, cause.clone());
    if in_queue {
        return queue::refused(call, cx, leg);
    }
    if forward::refused(call, cx, leg, &cause) {
        return;
    }
    let Some(fork) = call.phase.fork_mut() else {
        return;
    };
    // A global refusal ends the search at once (RFC 3261 21.6).
    if (600..700).contains(&status.0) {
        for other in std::mem::take(&mut fork.legs) {
            call.dismiss(cx, other, Cause::Declined);
        }
    }
    if call.phase.fork().is_some_and(|fork| fork.legs.is_empty()) {
        failed(call, cx);
    }
}

/// It rang long enough: all that still ring are cancelled.
pub(crate) fn timeout(call: &mut Call, cx: &mut Cx<'_>) {
    if forward::at_last(call, cx) {
        return;
    }
    if let Some(fork) = call.phase.fork_mut() {
        fork.timed_out = true;
    }
    failed(call, cx);
}

/// Cancels all that ring, without deciding what comes next.
pub(crate) fn withdraw(call: &mut Call, cx: &mut Cx<'_>, cause: Cause) {
    cx.stack
        .deadlines
        .cancel(Timer::Call(call.id, CallTimer::Ring));
    let legs = call
        .phase
        .fork_mut()
        .map(|fork| std::mem::take(&mut fork.legs))
        .unwrap_or_default();
    for leg in legs {
        call.dismiss(cx, leg, cause.clone());
    }
}

/// Nobody is left who could answer.
pub(crate) fn failed(call: &mut Call, cx: &mut Cx<'_>) {
    cx.stack
        .deadlines
        .cancel(Timer::Call(call.id, CallTimer::Ring));
    let Some(fork) = call.phase.fork() else {
        return;
    };
    let (status, cause) = fork.outcome();
    match fork.why.clone() {
        Why::Dialled => super::farewell::unanswered(call, cx, status, cause),
        Why::Plan => plan::ring_failed(call, cx, &cause),
        Why::External => plan::external_failed(call, cx, &cause),
        Why::Transfer(back) => transfer::came_back(call, cx, *back, status, &cause),
        Why::Recall(_) => transfer::nobody_took_back(call, cx, cause),
        Why::Consult => super::consult::third_failed(call, cx, &cause),
        // Stand in no phase: see `reminder` and `beside`.
        Why::Remind(_) | Why::Beside => {}
        Why::CallBack(called) => emergency::call_back_failed(call, cx, &called),
    }
}
