//! Spoken advice before a refusal (CMP-1): no way out for an emergency call must not be a silent 503.

use std::sync::Arc;

use media::{SoundId, Source};
use sip::StatusCode;

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::farewell;
use crate::deadlines::{CallTimer, Timer};
use crate::journal::Cause;
use crate::limits;

/// No way out for an emergency call: the advice is spoken in the site's languages as early sound, then 503.
pub(crate) fn emergency(call: &mut Call, cx: &mut Cx<'_>) {
    let settings = Arc::clone(&cx.stack.snapshot.settings);
    cx.stack.error(
        "emergency",
        None,
        format!(
            "an emergency call found no way out at {}",
            settings.site_name
        ),
    );
    let sounds: Vec<SoundId> = settings
        .languages
        .iter()
        .map(|language| SoundId::from(format!("{language}/{}", settings.no_route_advice)))
        .collect();
    call.record(cx.stack, "border", "emergency-no-route", &[], "advice");
    speak(call, cx, sounds, StatusCode::SERVICE_UNAVAILABLE);
}

/// Speaks to a caller who was not answered, then refuses.
fn speak(call: &mut Call, cx: &mut Cx<'_>, sounds: Vec<SoundId>, status: StatusCode) {
    let caller = call.caller;
    call.phase = Phase::Advice(status);
    cx.with(caller, |leg, stack| {
        leg.ring(stack, true);
        leg.hear_anew(
            stack,
            Source::Play {
                sounds: Arc::from(sounds),
                repeat: false,
            },
        );
    });
    // A media plane that never reports the end must not leave the caller in silence.
    cx.stack
        .after(Timer::Call(call.id, CallTimer::Ring), limits::ADVICE);
    // A caller whose offer gave no sound cannot hear advice: the status alone must do.
    if !call.caller_has_sound(cx) {
        played(call, cx);
    }
}

/// The advice was heard: now the refusal.
pub(crate) fn played(call: &mut Call, cx: &mut Cx<'_>) {
    let Phase::Advice(status) = call.phase else {
        return;
    };
    farewell::refuse(call, cx, status, Cause::TrunkFailed(0));
}
