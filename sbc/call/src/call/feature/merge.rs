//! A merged conversation (CON-13): a station that talks with one caller brings in another whom it holds, and all three hear
//! each other. Both calls stay, each with its own caller, record and note; the station's leg is in one of them, the *host*,
//! and the other is the *guest*. Each knows the other by a [`Bond`], and what changes in one is told to the other.
//!
//! The station leaves and the callers go on (they become one call); holds both, and has both again; separates them, and the
//! guest is on hold again; or hangs up, which ends it for everybody. A caller who hangs up leaves the other with the station.
//! A station that is lost leaves them to each other: nobody is in silence, and no conversation is cut.

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::transfer::{self, Back};
use super::{Done, hold, plan, queue, station};
use crate::command::Refusal;
use crate::deadlines::{CallTimer, Timer};
use crate::effect::{CallEvent, Effect};
use crate::id::{CallId, LegId};
use crate::journal::Cause;
use crate::leg::Leg;

/// What one of two merged calls knows of the other.
#[derive(Clone, Debug)]
pub(crate) struct Bond {
    /// The other call.
    pub(crate) other: CallId,
    /// Its caller.
    pub(crate) leg: LegId,
    /// The station's leg, or one that stands in for it.
    pub(crate) with: LegId,
    /// Where the station rests.
    pub(crate) home: CallId,
    /// Whether the station's leg is in this call.
    here: bool,
}

impl Bond {
    /// The station's leg, in the call where it is.
    pub(crate) fn station_here(&self) -> Option<LegId> {
        self.here.then_some(self.with)
    }
}

/// How a merged conversation ends in one of its calls, as the other tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Apart {
    /// The station goes on with the host's caller alone.
    Separate,
    /// The station holds both.
    Held,
    /// It is over for everybody.
    Over,
}

/// What one of two merged calls is told by the other, or by the core about both.
#[derive(Debug)]
pub(crate) enum News {
    /// The station that talks here has the first of two again whom it held together: this leg's party comes too.
    Merges(LegId),
    /// The station that holds the caller has brought them into its conversation.
    Merged(Bond),
    /// Who takes part beside this call's own caller, or that the sound of one of them changed.
    Bonded {
        /// The other caller.
        leg: LegId,
        /// The station, told by the call where its leg is.
        with: Option<LegId>,
    },
    /// The merged conversation is none any more.
    Parted(Apart),
    /// The other call gave up its caller, or could not.
    United(Option<LegId>),
}

/// The party of this leg, whom the station holds in another call, comes in. The core has asked that call.
pub(crate) fn begin(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) -> Done {
    let Phase::Talking { with } = call.phase else {
        return Err(Refusal::NotNow);
    };
    let guest = cx.legs.get(&leg).and_then(|leg| leg.call);
    let guest = guest.ok_or(Refusal::Gone)?;
    let home = cx.legs.get(&with).and_then(|leg| leg.home);
    let home = home.ok_or(Refusal::NotNow)?;
    let bond = Bond {
        other: guest,
        leg,
        with,
        home,
        here: true,
    };
    let theirs = Bond {
        other: call.id,
        leg: call.caller,
        here: false,
        ..bond.clone()
    };
    on_record(call, cx, leg);
    call.phase = Phase::Merged(bond);
    tell(cx, guest, News::Merged(theirs));
    Ok(None)
}

/// The caller comes into the station's conversation, and waits no longer.
pub(crate) fn merged(call: &mut Call, cx: &mut Cx<'_>, bond: Bond) {
    for timer in [CallTimer::Park, CallTimer::Hold] {
        cx.stack.deadlines.cancel(Timer::Call(call.id, timer));
    }
    (call.recalled, call.returned) = (false, None);
    on_record(call, cx, bond.leg);
    call.phase = Phase::Merged(bond);
}

fn on_record(call: &mut Call, cx: &mut Cx<'_>, other: LegId) {
    let party = cx.legs.get(&other).map(|leg| leg.identity().number.clone());
    let inputs = [("with", party.unwrap_or_default())];
    call.record(cx.stack, "desk", "merge", &inputs, "joined");
    call.speaks(cx, other);
}

fn tell(cx: &mut Cx<'_>, other: CallId, news: News) {
    let told = Effect::Tell(other, CallEvent::Merge(news));
    cx.stack.effects.push_back(told);
}

/// After each event: the other call learns who takes part here, and looks again at what they hear. `told`: this was what the
/// other said, and is not said back.
pub(crate) fn keep_watch(call: &mut Call, cx: &mut Cx<'_>, told: bool) {
    if !matches!(call.phase, Phase::Held { .. }) {
        call.together = None;
    }
    if let Phase::Merged(bond) = &call.phase
        && !told
    {
        let (leg, with) = (call.caller, bond.station_here());
        let news = News::Bonded { leg, with };
        tell(cx, bond.other, news);
    }
}

/// Somebody else takes part.
pub(crate) fn changed(call: &mut Call, leg: LegId, with: Option<LegId>) {
    if let Phase::Merged(bond) = &mut call.phase {
        bond.leg = leg;
        bond.with = with.unwrap_or(bond.with);
    }
}

/// The bond, from now on broken. Where the station's leg is, it goes on with the caller alone, else the caller is on hold
/// with nobody until more is said.
fn take(call: &mut Call, cx: &Cx<'_>) -> Option<Bond> {
    let Phase::Merged(bond) = &call.phase else {
        return None;
    };
    let bond = bond.clone();
    call.phase = match bond.station_here() {
        Some(with) => Phase::Talking { with },
        None => Phase::Held {
            with: None,
            back: Back {
                station: Some(bond.home),
                ..Back::of(cx, bond.with)
            },
        },
    };
    Some(bond)
}

/// One of them is on hold again: the guest.
pub(crate) fn separate(call: &mut Call, cx: &mut Cx<'_>) -> Done {
    part(call, cx, Apart::Separate)
}

/// Both hear music, and the station is free.
pub(crate) fn hold(call: &mut Call, cx: &mut Cx<'_>) -> Done {
    part(call, cx, Apart::Held)
}

fn part(call: &mut Call, cx: &mut Cx<'_>, how: Apart) -> Done {
    let Phase::Merged(bond) = &call.phase else {
        return Err(Refusal::NotNow);
    };
    tell(cx, bond.other, News::Parted(how));
    parted(call, cx, how);
    Ok(None)
}

/// The merged conversation is none any more.
pub(crate) fn parted(call: &mut Call, cx: &mut Cx<'_>, how: Apart) {
    let Some(bond) = take(call, cx) else { return };
    let result = match how {
        Apart::Separate => "separated",
        Apart::Held => "held",
        Apart::Over => return call.finish(cx, Cause::Desk),
    };
    call.record(cx.stack, "desk", "merge", &[], result);
    if how == Apart::Held {
        if bond.here {
            let _ = hold::hold(call, cx);
        }
        call.together = Some(bond.other);
    }
    if !bond.here {
        hold::begins(call, cx);
    }
}

/// The station hangs up: the other caller is told goodbye, too.
pub(crate) fn end(call: &mut Call, cx: &mut Cx<'_>) {
    if let Some(bond) = take(call, cx) {
        tell(cx, bond.other, News::Parted(Apart::Over));
    }
}

/// This call ends, and not for everybody: the station goes on with the other caller.
pub(crate) fn leave_behind(call: &mut Call, cx: &mut Cx<'_>) {
    let Some(bond) = take(call, cx) else { return };
    if !bond.here {
        return tell(cx, bond.other, News::Parted(Apart::Separate));
    }
    call.drop_leg(bond.with);
    cx.stack.effects.push_back(Effect::Move {
        leg: bond.with,
        to: bond.other,
    });
}

/// The station has one of two again whom it held together: the other comes too, if they still wait.
pub(crate) fn again(call: &mut Call, cx: &mut Cx<'_>) {
    if let Some(guest) = call.together.take() {
        let host = call.id;
        cx.stack.effects.push_back(Effect::Regroup { host, guest });
    }
}

/// The station leaves; the callers go on with each other.
pub(crate) fn leave(call: &mut Call, cx: &mut Cx<'_>) -> Done {
    let Phase::Merged(bond) = &call.phase else {
        return Err(Refusal::NotNow);
    };
    let (host, guest) = match bond.here {
        true => (call.id, bond.other),
        false => (bond.other, call.id),
    };
    cx.stack.effects.push_back(Effect::Unite { host, guest });
    Ok(None)
}

/// The station hung up its phone, or is lost: the callers have each other.
pub(crate) fn station_gone(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) {
    call.drop_leg(leg);
    station::forget(cx, leg);
    cx.stack.release(leg);
    let _ = leave(call, cx);
}

/// The guest gives up its caller to the host.
pub(crate) fn give(call: &mut Call, cx: &mut Cx<'_>) -> Option<LegId> {
    take(call, cx)?;
    call.record(cx.stack, "desk", "merge", &[], "given");
    let caller = call.caller;
    call.drop_leg(caller);
    call.phase = Phase::Idle;
    Some(caller)
}

/// The guest's caller is here now, in the station's place; or could not come.
pub(crate) fn united(call: &mut Call, cx: &mut Cx<'_>, leg: Option<LegId>) {
    let Some(bond) = take(call, cx) else { return };
    let here = call.legs.contains(&bond.with);
    let Some(leg) = leg else {
        if !here {
            alone(call, cx, &bond);
        }
        return;
    };
    if here && !station::send_home(call, cx, bond.with) {
        call.dismiss(cx, bond.with, Cause::Transferred);
    }
    call.record(cx.stack, "desk", "attended-transfer", &[], "joined");
    call.phase = Phase::Talking { with: leg };
}

/// Neither the station nor the other caller is there any more: the first free operator has the caller.
fn alone(call: &mut Call, cx: &mut Cx<'_>, bond: &Bond) {
    let party = cx.legs.get(&bond.with).map(Leg::party);
    let party = party.unwrap_or_default().to_owned();
    transfer::returns(call, cx, party, Cause::MediaSilent);
    if !queue::line_up_first(call, cx) && !plan::begin_again(call, cx) {
        call.finish(cx, Cause::MediaSilent);
    }
}
