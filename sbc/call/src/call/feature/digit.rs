//! A key pressed while people talk: passed on in the other party's own way (SBC-13). RFC 4733 to RFC 4733 and in-band
//! stay in the media plane; only INFO, on either side, comes here.

use media::Digit;

use super::super::phase::{Phase, Third};
use super::super::{Call, Cx};
use super::Done;
use crate::command::Refusal;
use crate::id::LegId;

/// Passes the key to whoever hears this leg.
pub(crate) fn across(call: &mut Call, cx: &mut Cx<'_>, from: LegId, digit: Digit) {
    let to = match &call.phase {
        Phase::Talking { with } if *with == from => call.caller,
        Phase::Talking { with } => *with,
        Phase::Consulting {
            with,
            third: Third::Up(third),
        } if *third == from => *with,
        Phase::Consulting {
            third: Third::Up(third),
            ..
        } => *third,
        Phase::Consulting {
            with,
            third: Third::Waiting(_),
        } if *with == from => call.caller,
        Phase::Consulting {
            with,
            third: Third::Waiting(_),
        } => *with,
        // A key of the station is for both callers, a caller's for the station.
        Phase::Merged(bond) if bond.with == from => {
            let by_info = cx.legs.get(&from).is_some_and(|leg| leg.digits_by_info());
            for to in [call.caller, bond.leg] {
                cx.with(to, |leg, stack| leg.press(stack, digit, by_info));
            }
            return;
        }
        Phase::Merged(bond) => bond.with,
        _ => return,
    };
    let by_info = cx.legs.get(&from).is_some_and(|leg| leg.digits_by_info());
    cx.with(to, |leg, stack| leg.press(stack, digit, by_info));
}

/// A key by command, for whoever the partner speaks to.
pub(crate) fn ordered(call: &Call, cx: &mut Cx<'_>, key: char) -> Done {
    let digit = Digit::from_char(key).ok_or(Refusal::NotNow)?;
    let to = match &call.phase {
        Phase::Consulting {
            third: Third::Up(third),
            ..
        } => *third,
        Phase::Merged(bond) => {
            cx.with(bond.leg, |leg, stack| leg.press(stack, digit, true));
            call.caller
        }
        _ => call.caller,
    };
    cx.with(to, |leg, stack| leg.press(stack, digit, true));
    Ok(None)
}
