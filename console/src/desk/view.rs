//! The exchange's views in the page's words.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use call::desk::{
    DeviceKind, EmergencyView as CoreEmergency, Pause as CorePause, PresenceView as CorePresence,
    QueueView as CoreQueue, StationMedia, StationView as CoreStation,
};
use call::journal::JourneyId;

use super::names::Names;
use super::reason;
use super::text::{LINE, line};
use super::world::Known;
use crate::protocol::{
    Audio, AwayView, CallState, CallView, EmergencyView, Pause, PresenceState, PresenceView,
    QueueView, ReasonView, ReturnedView, StationState, StationView,
};

/// Inputs of a decision that are shown.
const INPUTS: usize = 12;

/// Milliseconds since 1970; what lies before is 0.
pub(super) fn ms(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    whole_ms(since)
}

/// A duration in milliseconds.
fn whole_ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The moment so many milliseconds after 1970.
pub(super) fn moment(ms: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(ms.min(i64::MAX.unsigned_abs()))
}

/// A journey as the page names it.
pub(super) fn journey_text(journey: JourneyId) -> String {
    format!("{:032x}", journey.0)
}

/// The journey that the page names; `None` for what is no name of one.
pub(super) fn journey_of(text: &str) -> Option<JourneyId> {
    let hexadecimal = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    hexadecimal
        .then(|| u128::from_str_radix(text, 16).ok().map(JourneyId))
        .flatten()
}

/// One call, with what the records know of its caller.
pub(super) fn call(known: &Known, names: &Names) -> CallView {
    let view = &known.view;
    let shown = |text: &str| line(text, LINE);
    let named = |target: &String| names.of(target).map(shown);
    CallView {
        id: journey_text(view.journey),
        v: view.version,
        state: call_state(view.state),
        since_ms: ms(view.since),
        began_ms: ms(view.began),
        caller: names.caller(&view.caller),
        dialled: view.dialled.as_deref().map(shown),
        label: label(names.entity(&view.entity), &view.label),
        lang: view.language.map(|lang| lang.as_str().to_owned()),
        ivr: view.path.iter().map(|step| choice(step, names)).collect(),
        service: view.service.as_deref().map(shown),
        waiting_since_ms: view.waiting_since.map(ms),
        waited_ms: known.waited.map(whole_ms),
        position: view.position,
        station: view.station.as_deref().map(shown),
        target: view.target.as_deref().map(shown),
        target_name: view.target.as_ref().and_then(named),
        slot: view.slot,
        returned: view.returned.as_ref().map(|back| ReturnedView {
            from: names
                .of(&back.from)
                .map_or_else(|| shown(&back.from), shown),
            why: back.why.code().to_owned(),
            after_ms: whole_ms(back.after),
        }),
        emergency: view.emergency,
        reattach_until_ms: view.reattach_until.map(ms),
        reason: view.reason.as_ref().map(|reason| ReasonView {
            node: shown(&reason.node),
            rule: shown(&reason.rule),
            inputs: reason
                .inputs
                .iter()
                .take(INPUTS)
                .map(|(name, value)| (shown(name), shown(value)))
                .collect(),
            result: shown(&reason.result),
            text: reason::sentences(
                &reason.node,
                &reason.rule,
                reason
                    .inputs
                    .iter()
                    .map(|(name, value)| (name.as_str(), reason::named(name, value, names))),
                &reason.result,
            ),
        }),
        history: known.history.clone(),
        earlier_today: known.earlier_today,
        due_ms: known.due.map(ms),
        note: known.note.clone(),
    }
}

fn label(entity: &str, label: &str) -> String {
    let parts = [entity, label].map(|part| line(part, LINE));
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

/// A menu choice `step=next step`: where the caller went is what people want to know, by its name when it is a service.
fn choice(step: &str, names: &Names) -> String {
    match step.split_once('=') {
        Some((at, to)) => format!("{}: {}", line(at, LINE), line(names.service(to), LINE)),
        None => line(step, LINE),
    }
}

fn call_state(state: call::desk::CallState) -> CallState {
    use call::desk::CallState as Core;
    match state {
        Core::Menu => CallState::Menu,
        Core::Ringing => CallState::Ringing,
        Core::Queued => CallState::Queued,
        Core::Talking => CallState::Talking,
        Core::Held => CallState::Held,
        Core::Parked => CallState::Parked,
        Core::ConsultRinging => CallState::ConsultRinging,
        Core::ConsultTalking => CallState::ConsultTalking,
        Core::ConsultSwapped => CallState::ConsultSwapped,
        Core::Merged => CallState::Merged,
        Core::Transferring => CallState::Transferring,
        Core::Advice => CallState::Advice,
        Core::Reattaching => CallState::Reattaching,
    }
}

/// One queue.
pub(super) fn queue(view: &CoreQueue) -> QueueView {
    QueueView {
        queue: line(&view.queue, LINE),
        waiting: view.waiting,
        longest_since_ms: view.longest_since.map(ms),
        ready: view.ready,
        talking: view.talking,
        estimate_ms: view.estimate.map(whole_ms),
        open: view.open,
    }
}

/// One station and the person there.
pub(super) fn station(view: &CoreStation, user: Option<&str>) -> StationView {
    use call::desk::StationState as Core;
    let reason = match &view.state {
        Core::Paused(CorePause::Asked(word)) => pause(word),
        _ => None,
    };
    let unanswered = match &view.state {
        Core::Paused(CorePause::Unanswered(offers)) => Some(*offers),
        _ => None,
    };
    StationView {
        station: line(&view.station, LINE),
        user: user.map(str::to_owned),
        state: match view.state {
            Core::Out => StationState::Out,
            Core::Calling => StationState::Calling,
            Core::Ready => StationState::Ready,
            Core::Ringing => StationState::Ringing,
            Core::Talking => StationState::Talking,
            Core::WrapUp => StationState::WrapUp,
            Core::Paused(_) => StationState::Paused,
        },
        reason,
        unanswered,
        since_ms: ms(view.since),
        audio: audio(&view.device),
        call: view.journey.map(journey_text),
        media: view.media == StationMedia::Up,
    }
}

/// What the operator speaks through.
pub(super) fn audio(device: &DeviceKind) -> Audio {
    match device {
        DeviceKind::Browser => Audio::Browser,
        DeviceKind::Phone(_) => Audio::Desk,
        DeviceKind::Mobile(_) => Audio::Mobile,
    }
}

/// The word of a pause on record.
pub(super) fn pause_word(reason: Pause) -> &'static str {
    match reason {
        Pause::Break => "break",
        Pause::Counter => "counter",
        Pause::Work => "work",
    }
}

fn pause(word: &str) -> Option<Pause> {
    [Pause::Break, Pause::Counter, Pause::Work]
        .into_iter()
        .find(|reason| pause_word(*reason) == word)
}

/// One colleague's line, and what is said of the colleague.
pub(super) fn presence(view: &CorePresence, names: &Names, away: Option<AwayView>) -> PresenceView {
    use call::desk::PresenceState as Core;
    let with = view.with.as_ref();
    PresenceView {
        account: line(&view.account, LINE),
        state: match view.state {
            Core::Free => PresenceState::Free,
            Core::Busy => PresenceState::Busy,
            Core::Ringing => PresenceState::Ringing,
            Core::Unreachable => PresenceState::Unreachable,
        },
        since_ms: ms(view.since),
        with: with
            .map(|number| {
                names
                    .of(number)
                    .map_or_else(|| names.near(number), |n| line(n, LINE))
            })
            .filter(|with| !with.is_empty()),
        away,
        forwards: Vec::new(),
    }
}

/// Somebody dialled an emergency number.
pub(super) fn emergency(view: &CoreEmergency) -> EmergencyView {
    let some = |text: &str| Some(line(text, LINE)).filter(|text| !text.is_empty());
    EmergencyView {
        call: journey_text(view.journey),
        account: view
            .account
            .as_deref()
            .map_or_else(String::new, |account| line(account, LINE)),
        number: line(&view.number, LINE),
        site: some(&view.site),
        room: some(&view.room),
        at_ms: ms(view.at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journey_is_named_by_32_digits_and_nothing_else() {
        let journey = JourneyId(0x0192_f3a1_7b1c_7d3e_8f00_a1b2_c3d4_e5f6);
        let text = journey_text(journey);
        assert_eq!(text, "0192f3a17b1c7d3e8f00a1b2c3d4e5f6");
        assert_eq!(journey_of(&text), Some(journey));
        for wrong in [
            "",
            "0192",
            "+192f3a17b1c7d3e8f00a1b2c3d4e5f6",
            &format!("{text}0"),
        ] {
            assert_eq!(journey_of(wrong), None, "{wrong}");
        }
    }
}
