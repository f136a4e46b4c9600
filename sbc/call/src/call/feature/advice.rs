//! What is said to a caller before the end: why a call for help found no way out (CMP-1: never a silent 503), why a phone
//! may not call outside, or what a call for help would have done.

use std::sync::Arc;

use media::{SoundId, Source};
use sip::StatusCode;

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::farewell;
use crate::border::emergency::plan::Plan;
use crate::border::number;
use crate::deadlines::{CallTimer, Timer};
use crate::journal::Cause;
use crate::limits;
use crate::snapshot::NumberFormat;

/// What comes after the advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// The caller, who was never answered, is refused.
    Refuse(StatusCode, Cause),
    /// The caller, who was answered, is hung up on.
    HangUp,
}

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
    call.record(cx.stack, "border", "emergency-no-route", &[], "advice");
    let sounds = in_all_languages(cx, std::slice::from_ref(&settings.no_route_advice));
    let cause = Cause::TrunkFailed(0);
    speak(
        call,
        cx,
        sounds,
        Then::Refuse(StatusCode::SERVICE_UNAVAILABLE, cause),
    );
}

/// The phone may only call inside, and is told so before the 403.
pub(crate) fn no_right(call: &mut Call, cx: &mut Cx<'_>) {
    let sounds = in_all_languages(cx, &["inside-only".to_owned()]);
    let refusal = Then::Refuse(StatusCode::FORBIDDEN, Cause::Forbidden);
    speak(call, cx, sounds, refusal);
}

/// A test of an emergency number: which number would be called, which number shown, and whether the place is known. The
/// caller is answered, for some phones let nothing be heard before.
pub(crate) fn trial(call: &mut Call, cx: &mut Cx<'_>, plan: &Plan) {
    let country = cx.stack.settings().country;
    let shown = number::write(country, NumberFormat::National, &plan.presented);
    let mut words = vec!["emergency-test".to_owned()];
    words.extend(digits(&plan.number));
    words.push("emergency-test-shown".to_owned());
    words.extend(digits(&shown));
    let place = match (plan.ways.is_empty(), plan.place.is_empty()) {
        (true, _) => "emergency-test-no-line",
        (false, true) => "emergency-test-no-place",
        (false, false) => "emergency-test-place",
    };
    words.push(place.to_owned());
    let sounds = in_all_languages(cx, &words);
    cx.with(call.caller, |leg, stack| leg.answer(stack, &[]));
    speak(call, cx, sounds, Then::HangUp);
}

fn digits(number: &str) -> impl Iterator<Item = String> {
    let digits = number.chars().filter(char::is_ascii_digit);
    digits.map(|digit| format!("digit-{digit}"))
}

/// The same words in each of the site's languages, one after the other: nobody knows yet which one the caller speaks.
fn in_all_languages(cx: &Cx<'_>, words: &[String]) -> Vec<SoundId> {
    let languages = cx.stack.settings().languages.iter();
    languages
        .flat_map(|language| {
            let sound = move |word: &String| SoundId::from(format!("{language}/{word}"));
            words.iter().map(sound)
        })
        .collect()
}

fn speak(call: &mut Call, cx: &mut Cx<'_>, sounds: Vec<SoundId>, then: Then) {
    let caller = call.caller;
    let time = match then {
        Then::Refuse(..) => limits::ADVICE,
        Then::HangUp => limits::TRIAL,
    };
    call.phase = Phase::Advice(then);
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
    cx.stack.after(Timer::Call(call.id, CallTimer::Ring), time);
    // A caller whose offer gave no sound cannot hear advice: the status alone must do. One who was answered may have it
    // with the ACK.
    if matches!(call.phase, Phase::Advice(Then::Refuse(..))) && !call.caller_has_sound(cx) {
        played(call, cx);
    }
}

/// The advice was heard: now what comes after it.
pub(crate) fn played(call: &mut Call, cx: &mut Cx<'_>) {
    let Phase::Advice(then) = &call.phase else {
        return;
    };
    match then.clone() {
        Then::Refuse(status, cause) => farewell::refuse(call, cx, status, cause),
        Then::HangUp => call.finish(cx, Cause::Finished),
    }
}
