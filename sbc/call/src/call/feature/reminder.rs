//! Reminding who holds (CALL-5): a phone that holds by re-INVITE hears nothing of us, so after a while the phones of its
//! account ring in the name of the party that waits. Whoever answers goes on with that party; who resumes stops the
//! ringing; and nothing is lost when nobody does either: it rings again later.

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::{fork, replaces};
use crate::border::destination;
use crate::deadlines::{CallTimer, Timer};
use crate::id::LegId;
use crate::journal::Cause;
use crate::leg::Leg;
use crate::limits;

/// A phone that holds.
#[derive(Debug)]
pub(crate) struct Holder {
    leg: LegId,
    /// Phones that ring to remind of it.
    ringing: Vec<LegId>,
}

impl Holder {
    /// Whether this leg rings to remind.
    pub(crate) fn rings(&self, leg: LegId) -> bool {
        self.ringing.contains(&leg)
    }
}

/// The phone that holds the other party of a conversation. A trunk that holds has its own manners, and a station its desk.
fn holding(call: &Call, cx: &Cx<'_>) -> Option<LegId> {
    let Phase::Talking { with } = call.phase else {
        return None;
    };
    let holds = |id: &LegId| {
        let leg = cx.legs.get(id);
        leg.is_some_and(|leg| leg.holds_us() && leg.account().is_some() && leg.home.is_none())
    };
    [with, call.caller].into_iter().find(holds)
}

/// After each event: who begins to hold is reminded in time, who resumes or has left is not.
pub(crate) fn keep_watch(call: &mut Call, cx: &mut Cx<'_>) {
    let now = holding(call, cx);
    if now == call.holder.as_ref().map(|holder| holder.leg) {
        return;
    }
    for leg in call.holder.take().into_iter().flat_map(|old| old.ringing) {
        call.dismiss(cx, leg, Cause::Cancelled);
    }
    let timer = Timer::Call(call.id, CallTimer::Hold);
    cx.stack.deadlines.cancel(timer);
    if let Some(leg) = now {
        let ringing = Vec::new();
        call.holder = Some(Holder { leg, ringing });
        let hold = cx.stack.settings().hold;
        cx.stack.after(timer, hold);
    }
}

/// It holds for long: the phones of its account ring. When they have rung long enough, they rest for the same time.
pub(crate) fn held_long(call: &mut Call, cx: &mut Cx<'_>) {
    let Some(holder) = &mut call.holder else {
        return;
    };
    let timer = Timer::Call(call.id, CallTimer::Hold);
    let (leg, rang) = (holder.leg, std::mem::take(&mut holder.ringing));
    if !rang.is_empty() {
        for leg in rang {
            call.dismiss(cx, leg, Cause::NoAnswer);
        }
        let hold = cx.stack.settings().hold;
        return cx.stack.after(timer, hold);
    }
    let account = cx.legs.get(&leg).and_then(Leg::account);
    let account = account.unwrap_or_default().to_owned();
    let phones = destination::devices(cx.stack, &account);
    call.record(cx.stack, "phone", "held-long", &[], "reminded");
    let ringing = fork::ring(call, cx, phones, fork::Why::Remind(leg)).legs;
    if let Some(holder) = &mut call.holder {
        holder.ringing = ringing;
    }
    cx.stack.after(timer, limits::TRANSFER_RING);
}

/// A reminded phone answered: it goes on with the party that waits, in the place of the one that held.
pub(crate) fn answered(call: &mut Call, cx: &mut Cx<'_>, new: LegId) {
    let Some(holder) = call.holder.take() else {
        return call.dismiss(cx, new, Cause::AnsweredElsewhere);
    };
    let timer = Timer::Call(call.id, CallTimer::Hold);
    cx.stack.deadlines.cancel(timer);
    for leg in holder.ringing.into_iter().filter(|leg| *leg != new) {
        call.dismiss(cx, leg, Cause::AnsweredElsewhere);
    }
    replaces::take_over(call, holder.leg, new);
    call.dismiss(cx, holder.leg, Cause::Transferred);
}

/// A reminded phone refused, or is in use: the others ring on. When none is left all rest before they ring again.
pub(crate) fn refused(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) {
    if let Some(holder) = &mut call.holder {
        holder.ringing.retain(|other| *other != leg);
        if holder.ringing.is_empty() {
            let hold = cx.stack.settings().hold;
            cx.stack.after(Timer::Call(call.id, CallTimer::Hold), hold);
        }
    }
    call.drop_leg(leg);
    cx.stack.release(leg);
}
