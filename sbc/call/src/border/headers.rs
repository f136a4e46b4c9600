//! Header policy (SBC-3, RELIABILITY S7): an allow-list. Nothing passes from one leg to the other but what it names.

use sip::{HeaderName, Message};

use crate::snapshot::Settings;

/// More relayed headers than this of one message are not passed on.
const MOST: usize = 16;
/// A longer value is not passed on, bytes.
const LONGEST: usize = 1_024;

/// The headers of `message` that policy lets through, with their values as they came. Names are compared whole, after
/// parsing: `X-Header :` with a space or a compact form is the same header, and a name that only looks alike is not.
pub(crate) fn relayed(settings: &Settings, message: &Message) -> Vec<(String, String)> {
    if settings.relay_headers.is_empty() {
        return Vec::new();
    }
    message
        .headers()
        .filter(|(name, value)| !ours_alone(name, value))
        .filter(|(name, value)| {
            value.len() <= LONGEST
                && settings
                    .relay_headers
                    .iter()
                    .any(|allowed| allowed.eq_ignore_ascii_case(name.as_str()))
        })
        .filter_map(|(name, value)| {
            Some((
                name.as_str().to_owned(),
                std::str::from_utf8(value).ok()?.to_owned(),
            ))
        })
        .filter(|(_, value)| !value.chars().any(char::is_control))
        .take(MOST)
        .collect()
}

/// What no policy lets through: where a caller is goes with calls for help alone, and together with its body; and nobody but an
/// operator's own desk may open a phone's microphone (RFC 5373: who asks must be authorized).
fn ours_alone(name: &HeaderName, value: &[u8]) -> bool {
    match name {
        HeaderName::Geolocation
        | HeaderName::GeolocationRouting
        | HeaderName::AnswerMode
        | HeaderName::PrivAnswerMode => true,
        HeaderName::AlertInfo | HeaderName::CallInfo => asks_to_answer(value),
        _ => false,
    }
}

/// Phones look for words like `alert-autoanswer`, `Auto Answer`, `intercom` and `answer-after`.
fn asks_to_answer(value: &[u8]) -> bool {
    let value = String::from_utf8_lossy(value).to_ascii_lowercase();
    ["answer", "intercom"]
        .iter()
        .any(|word| value.contains(word))
}
