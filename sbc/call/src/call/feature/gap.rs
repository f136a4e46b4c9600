//! An operator who is not heard any more, and whoever spoke with her (CON-15): a sign and a word at once, then music; after
//! ten seconds her other device rings; a sign for both when she is back. What comes when she stays away is
//! [`super::station::lost_in_call`].

use std::sync::Arc;

use media::{SoundId, Source};

use super::super::phase::{Phase, Third};
use super::super::{Call, Cx};
use super::beside;
use crate::deadlines::{CallTimer, Timer};
use crate::id::LegId;
use crate::limits;

/// Says that a voice is lost.
const LOST: &str = "signals/lost";
/// Says that it is back.
const BACK: &str = "signals/back";
/// The word for who waits.
const WORD: &str = "one-moment";

/// The silence of a station in a conversation.
#[derive(Debug)]
pub(crate) struct Gap {
    /// The station's leg.
    leg: LegId,
    /// Who spoke with it.
    other: Option<LegId>,
    stage: Stage,
}

#[derive(Debug, PartialEq, Eq)]
enum Stage {
    /// Who waits hears the sign and the word.
    Told,
    /// Who waits hears music.
    Waits,
    /// It is over; these have not heard the sign yet.
    Back(Vec<LegId>),
}

impl Gap {
    /// Whether the station is still away.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Back(_))
    }
}

/// After each event: a gap begins when a station is missed, and ends when it is heard or gone.
pub(crate) fn keep_watch(call: &mut Call, cx: &mut Cx<'_>) {
    let missed = station_in(call, cx).filter(|leg| cx.legs.get(leg).is_some_and(|l| l.is_missed()));
    let open = call.gap.as_ref().filter(|gap| gap.is_open());
    match (open.map(|gap| gap.leg), missed) {
        (None, Some(leg)) => begin(call, cx, leg),
        (Some(away), Some(leg)) if away != leg => begin(call, cx, leg),
        (Some(_), Some(leg)) => {
            let other = speaks_with(call, leg);
            if let Some(gap) = &mut call.gap {
                gap.other = other;
            }
        }
        (Some(away), None) => {
            beside::withdraw_instead(call, cx);
            match station_in(call, cx) {
                Some(leg) if leg == away => back(call, cx, leg),
                _ => end(call, cx),
            }
        }
        (None, None) => {}
    }
}

/// The station's leg that takes part in the conversation.
fn station_in(call: &Call, cx: &Cx<'_>) -> Option<LegId> {
    let with = match call.phase {
        Phase::Talking { with } | Phase::Consulting { with, .. } => with,
        // Whoever is there meanwhile is not alone: the two go on with each other.
        Phase::Merged(ref bond) => bond.station_here()?,
        _ => return None,
    };
    let is_station = |leg: &LegId| cx.stack.stations.of_leg(*leg).is_some();
    [with, call.caller].into_iter().find(is_station)
}

/// Whom this leg speaks with.
fn speaks_with(call: &Call, leg: LegId) -> Option<LegId> {
    match &call.phase {
        Phase::Talking { with } if *with == leg => Some(call.caller),
        Phase::Talking { with } => Some(*with),
        Phase::Consulting { third, .. } => match third {
            Third::Up(third) => Some(*third),
            Third::Waiting(_) => Some(call.caller),
            Third::Ringing(_) => None,
        },
        _ => None,
    }
}

fn begin(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) {
    let other = speaks_with(call, leg);
    call.record(cx.stack, "desk", "station-missed", &[], "music");
    call.gap = Some(Gap {
        leg,
        other,
        stage: Stage::Told,
    });
    let left = limits::OTHER_DEVICE.saturating_sub(limits::MISSED);
    cx.stack.after(Timer::Call(call.id, CallTimer::Gap), left);
}

/// It is heard again: the conversation goes on after a sign for both.
fn back(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) {
    call.record(cx.stack, "desk", "station-back", &[], "talking");
    let other = speaks_with(call, leg);
    if let Some(gap) = &mut call.gap {
        let both = [Some(leg), other].into_iter().flatten();
        gap.other = other;
        gap.stage = Stage::Back(both.collect());
    }
    cx.stack
        .after(Timer::Call(call.id, CallTimer::Gap), limits::SIGN);
}

fn end(call: &mut Call, cx: &mut Cx<'_>) {
    call.gap = None;
    cx.stack
        .deadlines
        .cancel(Timer::Call(call.id, CallTimer::Gap));
}

/// It has been away for long: its other device rings. Or the sign must have been heard by now.
pub(crate) fn due(call: &mut Call, cx: &mut Cx<'_>) {
    let Some(gap) = &call.gap else { return };
    if !gap.is_open() {
        return end(call, cx);
    }
    let leg = gap.leg;
    let name = cx.stack.stations.of_leg(leg).map(str::to_owned);
    let station = name.as_ref().and_then(|name| cx.stack.stations.get(name));
    let other = station.and_then(|station| station.fallback.clone());
    if let (Some(name), Some(device)) = (name, other) {
        let rings = beside::ring(call, cx, name, &device, beside::Why::Instead(leg));
        let result = if rings { "rings" } else { "unreachable" };
        call.record(cx.stack, "desk", "other-device", &[], result);
    }
}

/// Somebody heard it to the end.
pub(crate) fn played(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) {
    let Some(gap) = &mut call.gap else { return };
    match &mut gap.stage {
        Stage::Told if gap.other == Some(leg) => gap.stage = Stage::Waits,
        Stage::Back(waiting) => {
            waiting.retain(|other| *other != leg);
            if waiting.is_empty() {
                end(call, cx);
            }
        }
        Stage::Told | Stage::Waits => {}
    }
}

/// What the two hear instead of each other.
pub(crate) fn heard(call: &Call, cx: &Cx<'_>, scene: &mut [(LegId, Source)]) {
    let Some(gap) = &call.gap else { return };
    for (leg, source) in scene {
        match &gap.stage {
            Stage::Told if gap.other == Some(*leg) => *source = once(said(call, cx)),
            Stage::Back(waiting) if waiting.contains(leg) => *source = once(vec![BACK.into()]),
            _ => {}
        }
    }
}

fn once(sounds: Vec<SoundId>) -> Source {
    Source::Play {
        sounds: Arc::from(sounds),
        repeat: false,
    }
}

/// The sign, and the word in the caller's language, or in those of the site.
fn said(call: &Call, cx: &Cx<'_>) -> Vec<SoundId> {
    let languages = match call.language {
        Some(language) => vec![language],
        None => cx.stack.settings().languages.clone(),
    };
    let words = languages
        .iter()
        .map(|language| format!("{language}/{WORD}"));
    let words = words.map(SoundId::from);
    std::iter::once(SoundId::from(LOST)).chain(words).collect()
}
