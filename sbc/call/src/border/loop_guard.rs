//! Loops (SBC-16): Max-Forwards, Max-Breadth (RFC 5393), and a call of ours that comes back to us (RFC 7332).

use sip::{Message, StatusCode};

use crate::stack::Stack;

/// Hops for a request that carries none (RFC 3261 20.22).
const MAX_FORWARDS: u8 = 70;

/// The hops left for what we send on, or the status to refuse with.
///
/// A call of ours comes back when one of its Via values has a branch that this process minted (a proxy brought it), or
/// when its Session-ID is that of a call that is still up and whose other side we called (another B2BUA brought it), and
/// it is no honest forward of a number outside.
pub(crate) fn check(stack: &Stack, request: &Message, own_session: bool) -> Result<u8, StatusCode> {
    let hops = request.max_forwards().unwrap_or(MAX_FORWARDS);
    if hops == 0 {
        return Err(StatusCode::TOO_MANY_HOPS);
    }
    if request.vias().flatten().any(|via| {
        via.branch()
            .is_some_and(|branch| stack.random.minted(branch))
    }) || own_session
    {
        return Err(StatusCode::LOOP_DETECTED);
    }
    if breadth(request) == Some(0) {
        return Err(StatusCode::MAX_BREADTH_EXCEEDED);
    }
    Ok(hops.min(MAX_FORWARDS).saturating_sub(1))
}

fn breadth(request: &Message) -> Option<u32> {
    request
        .header(&sip::HeaderName::from_name("Max-Breadth"))?
        .trim()
        .parse()
        .ok()
}
