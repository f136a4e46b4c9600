//! Sentences of decisions in English.

use super::Words;
use crate::decision::Rule;

pub(super) const WORDS: Words = Words {
    template,
    open: "open",
    closed: "closed",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
};

#[rustfmt::skip]
fn template(rule: Rule) -> &'static str {
    match rule {
        Rule::Number => "{number} ({label}) begins at {result}",
        Rule::NumberUnknown => "{number} is not a number of this dialplan",
        Rule::NumberRetired => "{number} ({label}) is an old number: its message is heard, then {result}",
        Rule::LanguageChosen => "the caller pressed {key} and chose {language}, on to {result}",
        Rule::LanguageKnown => "the language is already known ({language}), on to {result}",
        Rule::LanguageRemembered => "the language is remembered from an earlier call ({language}), on to {result}",
        Rule::LanguageKept => "the caller pressed {key}: {language} is remembered, on to {result}",
        Rule::LanguageNotKept => "the caller did not agree: {language} is not remembered, on to {result}",
        Rule::LanguageAskedAgain => "the caller pressed {key} and wants another language than {language}",
        Rule::Key => "the caller pressed {key} in {node}, on to {result}",
        Rule::KeyInvalid => "key {key} has no meaning in {node}: explained and asked again (time {times})",
        Rule::TooManyTries => "{times} keys without meaning in {node} (last {key}), on to {result}",
        Rule::Silence => "no key was pressed in {node}: asked again",
        Rule::SilenceTwice => "no key was pressed in {node}, {times} times, on to {result}",
        Rule::Repeat => "the caller asked to hear {node} again",
        Rule::Reception => "the caller pressed 0 in {node}: reception ({result})",
        Rule::Open => "open: {service} at {at} (calendar {hours})",
        Rule::OpenHoliday => "open: {service} at {at}, by its hours for the holiday {date}, {holiday} (calendar {hours})",
        Rule::OpenExceptionally => "open: {service} at {at}, exceptionally ({closure})",
        Rule::Closed => "closed: {service} at {at} (calendar {hours}), sent to {result}",
        Rule::ClosedHoliday => "closed: {service}, holiday {date}, {holiday} (calendar {hours}), sent to {result}",
        Rule::ClosedExceptionally => "closed: {service} at {at}, exceptionally ({closure}), sent to {result}",
        Rule::HoursUnsure => "ALARM: the hours of {service} cannot be evaluated ({problem}; {hours}); treated as {branch}, the declared safe branch",
        Rule::BulletinOn => "bulletin {bulletin} is on: it is heard, then {result}",
        Rule::BulletinOff => "bulletin {bulletin} is off, on to {result}",
        Rule::Answered => "{by} answered",
        Rule::NoAnswer => "nobody answered at {phones}, on to {result}",
        Rule::Busy => "all phones are busy ({phones}), on to {result}",
        Rule::Unreachable => "no phone can be reached ({phones}), on to {result}",
        Rule::QueueWait => "waits in the queue {queue} ({waiting} before)",
        Rule::QueueFull => "the queue {queue} is full ({waiting} of {limit}), on to {result}",
        Rule::QueueTooLong => "waited {limit} in the queue {queue}, on to {result}",
        Rule::QueueNobody => "nobody serves the queue {queue}, on to {result}",
        Rule::ExternalNoAnswer => "{number} did not answer, on to {result}",
        Rule::ExternalBusy => "{number} is busy, on to {result}",
        Rule::ExternalFailed => "{number} cannot be reached, on to {result}",
        Rule::Said => "the call ends at {node}",
        Rule::Endless => "ALARM: the dialplan runs in a circle at {node} ({steps} steps); the call is ended",
        Rule::Nowhere => "ALARM: the dialplan leads nowhere at {node} ({problem}); the call is ended",
    }
}
