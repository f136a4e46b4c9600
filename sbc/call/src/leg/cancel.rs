//! Giving up an INVITE of ours: CANCEL once it may go, and what follows when the peer never ends it (RFC 3261 9.1).

use sip::dialog::HOPS;
use sip::{HeaderName, Message, Method, Peer, StatusCode, Writer};

use super::{Leg, State, farewell};
use crate::deadlines::{LegTimer, Timer};
use crate::effect::LegEvent;
use crate::journal::Cause;
use crate::limits;
use crate::stack::{Asker, Stack};

/// An INVITE of ours that nobody waits for any more.
#[derive(Debug)]
pub(crate) struct Late {
    request: Message,
    branch: String,
    peer: Peer,
    cause: Cause,
}

impl Late {
    /// The peer has it: CANCEL.
    pub(crate) fn cancel(self, stack: &mut Stack) {
        let via = stack.via_with(&self.peer, &self.branch);
        let request = &self.request;
        let mut writer = Writer::request(&Method::Cancel, request.request_uri())
            .header(HeaderName::Via, via)
            .header(HeaderName::MaxForwards, HOPS);
        writer = writer
            .copy(request, &HeaderName::Route)
            .copy(request, &HeaderName::From);
        writer = writer
            .copy(request, &HeaderName::To)
            .copy(request, &HeaderName::CallId);
        writer = writer
            .header(HeaderName::CSeq, (request.cseq().seq, " CANCEL"))
            .copy(request, &HeaderName::SessionId);
        let bytes = farewell::with_reason(writer, &self.cause).finish();
        stack.request(
            Asker::Nobody,
            &Method::Cancel,
            &self.branch,
            bytes,
            self.peer,
        );
    }
}

impl Leg {
    /// The trunk did not even say 100 in time: it is unreachable. A late 2xx is acknowledged and ended.
    pub(crate) fn first_answer_missing(&mut self, stack: &mut Stack) {
        if self.state == State::Inviting && !self.send_next(stack) {
            let (status, cause) = (StatusCode::SERVICE_UNAVAILABLE, Cause::TrunkFailed(0));
            let refused = LegEvent::Refused {
                status,
                cause: cause.clone(),
            };
            stack.tell(self.id, refused);
            self.cancel(stack, cause);
        }
    }

    /// Cancels our INVITE. Before a provisional response came, CANCEL waits for it (RFC 3261 9.1), and the leg does not: who
    /// said nothing at all has no channel and no line of ours any more, and the call need not wait for them.
    pub(super) fn cancel(&mut self, stack: &mut Stack, cause: Cause) {
        let silent = self.uac.as_mut().filter(|uac| !uac.proceeding);
        if let Some(uac) = silent
            && let Some(tx) = uac.tx.take()
        {
            let late = Late {
                request: uac.request.clone(),
                branch: uac.branch.clone(),
                peer: self.peer,
                cause: cause.clone(),
            };
            stack.late.insert(tx, late);
            return self.over(stack, cause);
        }
        self.state = State::Cancelling;
        if let Some(uac) = &mut self.uac {
            uac.cancel.get_or_insert(cause);
        }
        stack.after(Timer::Leg(self.id, LegTimer::Cancel), limits::CANCEL);
        self.send_cancel(stack);
    }

    pub(super) fn send_cancel(&mut self, stack: &mut Stack) {
        let Some(uac) = &mut self.uac else { return };
        if !uac.proceeding || uac.cancel_sent || uac.tx.is_none() {
            return;
        }
        let Some(cause) = uac.cancel.clone() else {
            return;
        };
        uac.cancel_sent = true;
        let late = Late {
            request: uac.request.clone(),
            branch: uac.branch.clone(),
            peer: self.peer,
            cause,
        };
        late.cancel(stack);
    }

    /// The cancelled INVITE never ended: 64*T1 are enough.
    pub(crate) fn cancel_unanswered(&mut self, stack: &mut Stack) {
        if self.state == State::Cancelling {
            let cause = self
                .uac
                .as_ref()
                .and_then(|uac| uac.cancel.clone())
                .unwrap_or(Cause::PeerLost);
            if let Some(tx) = self.uac.as_mut().and_then(|uac| uac.tx.take()) {
                stack.tx.forget_client(tx);
                stack.askers.remove(&tx);
            }
            self.over(stack, cause);
        }
    }
}
