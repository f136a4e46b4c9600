//! An emergency call on its way out (CMP-1): every trunk in order until one takes it; none is cut short while the
//! other side rings, for who answers there may have a queue of their own. And the way back for an hour.

use std::collections::VecDeque;
use std::sync::Arc;

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::advice;
use super::fork::{self, Why};
use super::plan;
use crate::border::destination::{self, Outgoing};
use crate::border::emergency::plan::{Plan, Told, Way};
use crate::border::location::{Location, Record};
use crate::border::{callback, number};
use crate::deadlines::{CallTimer, Timer};
use crate::desk::EmergencyView;
use crate::id::LegId;
use crate::journal::{Callback, Fact, Origin};
use crate::limits;

/// Says that a call is a call back of an emergency centre.
const PRIORITY: &str = "Priority";

/// What a call for help carries beside what every call does.
#[derive(Debug, Default)]
pub(crate) struct Help {
    /// The trunks that were not tried yet.
    ways: VecDeque<Outgoing>,
    /// The number that is shown.
    presented: String,
    /// Where the phone says that it is.
    location: Option<Arc<Location>>,
    /// What the desks are told, for those that come while the call goes on.
    pub(crate) alarm: Option<Box<EmergencyView>>,
}

impl Help {
    /// Of a caller whose phone says this of where it is.
    pub(crate) fn at(location: Option<Arc<Location>>) -> Help {
        Help {
            location,
            ..Help::default()
        }
    }
}

/// Whether the phone says where it is.
pub(crate) fn says_place(call: &Call) -> bool {
    call.help.location.is_some()
}

/// Begins with the first trunk. `origin`: where a call back goes.
pub(crate) fn begin(call: &mut Call, cx: &mut Cx<'_>, plan: &Plan, origin: Option<Origin>) {
    let ways = plan.ways.iter();
    call.help.ways = ways
        .filter_map(|way| outgoing(call, cx, plan, way))
        .collect();
    call.help.presented.clone_from(&plan.presented);
    if let Some(origin) = origin {
        let until = cx.stack.now.wall.checked_add(limits::CALLBACK);
        remember(
            cx,
            Callback {
                number: plan.presented.clone(),
                origin,
                until: until.unwrap_or(cx.stack.now.wall),
                centre: None,
            },
        );
    }
    next_way(call, cx);
}

fn outgoing(call: &Call, cx: &mut Cx<'_>, plan: &Plan, way: &Way) -> Option<Outgoing> {
    let mut target = destination::by_trunk(cx.stack, &way.trunk, &plan.number)?;
    target.presented = Some(plan.presented.clone());
    target.location = match way.place {
        Told::Nothing => None,
        Told::Said => call.help.location.clone(),
        Told::Recorded => {
            let settings = Arc::clone(&cx.stack.snapshot.settings);
            let record = Record {
                country: settings.country,
                site: &plan.site,
                place: &plan.place,
                presented: &plan.presented,
                host: &settings.realm,
            };
            let now = cx.stack.now.wall;
            Some(Arc::new(Location::recorded(
                &record,
                now,
                &mut cx.stack.random,
            )))
        }
    };
    Some(target)
}

/// The next trunk that was not tried; without one there is advice.
pub(crate) fn next_way(call: &mut Call, cx: &mut Cx<'_>) {
    let Some(way) = call.help.ways.pop_front() else {
        return advice::emergency(call, cx);
    };
    let ringing = fork::ring(call, cx, vec![way], Why::Dialled);
    call.phase = Phase::Ringing(ringing);
    wait(call, cx, limits::EMERGENCY_TAKEN);
}

/// The other side rings: now it has time.
pub(crate) fn rings(call: &Call, cx: &mut Cx<'_>) {
    wait(call, cx, limits::EMERGENCY_RING);
}

fn wait(call: &Call, cx: &mut Cx<'_>, time: std::time::Duration) {
    cx.stack.after(Timer::Call(call.id, CallTimer::Ring), time);
}

/// The centre answered. The number that it says it has is believed when it calls back.
pub(crate) fn answered(call: &Call, cx: &mut Cx<'_>, centre: LegId) {
    let Some(said) = cx.legs.get(&centre).and_then(|leg| leg.answered_as()) else {
        return;
    };
    let country = cx.stack.settings().country;
    let said = number::to_e164(country, said).unwrap_or_else(|| said.to_owned());
    let row = cx.stack.callbacks.get(&call.help.presented).cloned();
    if let Some(row) = row.filter(|_| said != call.help.presented) {
        remember(
            cx,
            Callback {
                centre: Some(said),
                ..row
            },
        );
    }
}

fn remember(cx: &mut Cx<'_>, callback: Callback) {
    let now = cx.stack.now;
    cx.stack.callbacks.set(callback.clone(), now);
    cx.stack.journal(Fact::CalledForHelp(callback));
}

/// The centre calls back: the very phone rings before anything else, dialplan and limits included.
pub(crate) fn call_back(call: &mut Call, cx: &mut Cx<'_>, callback: &Callback, called: String) {
    let who = match &callback.origin {
        Origin::Phone { account, .. } => account.clone(),
        Origin::Line { digits, .. } => Some(digits.clone()),
    };
    let who = who.unwrap_or_else(|| "the phone".to_owned());
    cx.stack.error(
        "emergency",
        None,
        format!("a call back after an emergency call: {who} rings"),
    );
    let inputs = [("number", called.clone())];
    call.record(cx.stack, "border", "emergency-callback", &inputs, &who);
    // The phone may set its own rules aside, do-not-disturb for one (RFC 7090).
    call.relayed
        .push((PRIORITY.to_owned(), "psap-callback".to_owned()));
    let phones = callback::devices(cx.stack, callback);
    let ringing = fork::ring(call, cx, phones, Why::CallBack(called));
    let nobody = ringing.legs.is_empty();
    call.phase = Phase::Ringing(ringing);
    let limit = cx.stack.settings().ring;
    fork::limit(call, cx, limit);
    if nobody {
        fork::failed(call, cx);
    }
}

/// The phone did not answer the call back: the dialplan of the number takes it; a number that has none is the site's.
pub(crate) fn call_back_failed(call: &mut Call, cx: &mut Cx<'_>, called: &str) {
    cx.stack.error(
        "emergency",
        None,
        "a call back after an emergency call was not answered: it goes to the dialplan".to_owned(),
    );
    call.relayed.retain(|(name, _)| name != PRIORITY);
    let result = "dialplan";
    call.record(
        cx.stack,
        "border",
        "emergency-callback-unanswered",
        &[],
        result,
    );
    let site = cx.stack.settings().site_number.clone();
    let numbers = [called.to_owned(), site];
    let flow = numbers.into_iter().find_map(|number| {
        let flow = destination::own_number(cx.stack, &number)?;
        Some((flow, number))
    });
    plan::enter(call, cx, flow);
}
