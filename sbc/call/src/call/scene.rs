//! Who hears what. The one place that compares what each leg should hear with what the media plane was last told.

use std::sync::Arc;

use media::{SoundId, Source};

use super::feature::fork::Fork;
use super::feature::merge::Bond;
use super::feature::queue::{Hears, question};
use super::feature::{beside, gap};
use super::phase::{Phase, Third};
use super::{Call, Cx, Rests};
use crate::id::LegId;
use crate::leg::Leg;

/// Tells the media plane whatever differs from the wanted scene. Legs without sound yet remember it for later.
pub(crate) fn apply(call: &Call, cx: &mut Cx<'_>) {
    let mut scene = wanted(call, cx);
    gap::heard(call, cx, &mut scene);
    beside::heard(call, cx, &mut scene);
    for (id, source) in scene {
        // A station that is away hears the call it is in, not the one it rests in.
        let here = |leg: &Leg| leg.call == Some(call.id);
        if cx.legs.get(&id).is_some_and(here) {
            cx.with(id, |leg, stack| leg.hear(stack, source));
        }
    }
}

/// What each leg of the call should hear.
fn wanted(call: &Call, cx: &Cx<'_>) -> Vec<(LegId, Source)> {
    let caller = call.caller;
    match &call.phase {
        Phase::Plan(speaking) => vec![(caller, speaking.source.clone())],
        Phase::Ringing(fork) => {
            let mut scene = match fork.early {
                Some(early) => pair(call, cx, caller, early),
                None => vec![(caller, meanwhile(call, cx, fork))],
            };
            scene.extend(call.referrer.map(|leg| (leg, Source::Silence)));
            scene.extend(asked(fork, cx));
            scene
        }
        Phase::Talking { with } => pair(call, cx, caller, *with),
        Phase::Held { with, .. } => {
            let mut scene = vec![(caller, call.music(cx.stack))];
            scene.extend(with.map(|leg| (leg, Source::Silence)));
            scene
        }
        Phase::Parked { .. } => vec![(caller, call.music(cx.stack))],
        Phase::Consulting { with, third } => {
            let mut scene = vec![(caller, call.music(cx.stack))];
            match third {
                Third::Waiting(third) => {
                    scene = pair(call, cx, caller, *with);
                    scene.push((*third, call.music(cx.stack)));
                }
                Third::Up(third) => scene.extend(pair(call, cx, *with, *third)),
                Third::Ringing(fork) => {
                    match fork.early {
                        Some(early) => scene.extend(pair(call, cx, *with, early)),
                        None => scene.push((*with, ringback(cx))),
                    }
                    scene.extend(asked(fork, cx));
                }
            }
            scene
        }
        Phase::Merged(bond) => three(call, cx, bond),
        Phase::Queued(place) => {
            let heard = match &place.hears {
                Hears::Music => call.music(cx.stack),
                Hears::Comfort(sounds) => Source::Play {
                    sounds: Arc::clone(sounds),
                    repeat: false,
                },
            };
            let asked = place.fork.iter().flat_map(|fork| asked(fork, cx));
            std::iter::once((caller, heard)).chain(asked).collect()
        }
        Phase::Advice(_) => cx
            .legs
            .get(&caller)
            .and_then(Leg::hears)
            .map(|source| (caller, source))
            .into_iter()
            .collect(),
        Phase::Idle => match call.rests {
            Rests::Silence => vec![(caller, Source::Silence)],
            Rests::Sign => vec![(caller, waiting())],
            Rests::Echo => vec![(caller, hears_of(call, cx, caller))],
        },
        Phase::Over => Vec::new(),
    }
}

/// Those who answered and are to press 1.
fn asked(fork: &Fork, cx: &Cx<'_>) -> Vec<(LegId, Source)> {
    let asked = fork.asked();
    asked.map(|leg| (leg, question(cx.stack))).collect()
}

/// Two legs that hear each other; one that is held by its peer does not count: the other hears music.
fn pair(call: &Call, cx: &Cx<'_>, a: LegId, b: LegId) -> Vec<(LegId, Source)> {
    vec![(a, hears_of(call, cx, b)), (b, hears_of(call, cx, a))]
}

/// A merged conversation: each hears both others. Whoever is in the other call is told there.
fn three(call: &Call, cx: &Cx<'_>, bond: &Bond) -> Vec<(LegId, Source)> {
    let (caller, with, other) = (call.caller, bond.with, bond.leg);
    vec![
        (caller, among(call, cx, [with, other])),
        (with, among(call, cx, [caller, other])),
    ]
}

/// What someone in conversation with two hears: whoever of them is there.
fn among(call: &Call, cx: &Cx<'_>, others: [LegId; 2]) -> Source {
    let there = |id: LegId| cx.legs.get(&id).filter(|leg| !leg.holds_us());
    match others.map(there) {
        [Some(one), Some(two)] => {
            Source::Mix(one.endpoint().into_iter().chain(two.endpoint()).collect())
        }
        [Some(one), None] => hears_of(call, cx, one.id),
        [None, Some(two)] => hears_of(call, cx, two.id),
        [None, None] => call.music(cx.stack),
    }
}

/// What someone connected to this leg hears.
fn hears_of(call: &Call, cx: &Cx<'_>, id: LegId) -> Source {
    match cx.legs.get(&id) {
        Some(leg) if leg.holds_us() => call.music(cx.stack),
        Some(leg) => leg.endpoint().map_or(Source::Silence, Source::Endpoint),
        None => Source::Silence,
    }
}

/// What a caller hears while phones ring. Whoever was transferred keeps the music, and hears in it when it rings.
fn meanwhile(call: &Call, cx: &Cx<'_>, fork: &Fork) -> Source {
    let country = cx.stack.snapshot.settings.country.tones();
    match call.music(cx.stack) {
        music if fork.hears_music() => music,
        Source::Play { sounds, .. } if fork.is_transfer() => {
            Source::RingbackOver { country, sounds }
        }
        _ => Source::Ringback(country),
    }
}

/// The sign that somebody waits on hold.
fn waiting() -> Source {
    Source::Play {
        sounds: Arc::from([SoundId::from("signals/waiting")]),
        repeat: false,
    }
}

fn ringback(cx: &Cx<'_>) -> Source {
    Source::Ringback(cx.stack.snapshot.settings.country.tones())
}
