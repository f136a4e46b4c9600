//! Giving up an INVITE of ours: CANCEL once it may go, and what follows when the peer never ends it (RFC 3261 9.1).

use sip::{HeaderName, Method, StatusCode, Writer};

use super::{Leg, State, farewell};
use crate::deadlines::{LegTimer, Timer};
use crate::effect::LegEvent;
use crate::journal::Cause;
use crate::limits;
use crate::stack::{Asker, Stack};

impl Leg {
    /// The trunk did not even say 100 in time: it is unreachable. A late 2xx is acknowledged and ended.
    pub(crate) fn first_answer_missing(&mut self, stack: &mut Stack) {
        if self.state == State::Inviting && !self.send_next(stack) {
            self.state = State::Cancelling;
            if let Some(uac) = &mut self.uac {
                uac.cancel = Some(Cause::TrunkFailed(0));
            }
            stack.after(Timer::Leg(self.id, LegTimer::Cancel), limits::CANCEL);
            let status = StatusCode::SERVICE_UNAVAILABLE;
            stack.tell(
                self.id,
                LegEvent::Refused {
                    status,
                    cause: Cause::TrunkFailed(0),
                },
            );
        }
    }

    /// Cancels our INVITE. Before a provisional response came, CANCEL waits for it (RFC 3261 9.1).
    pub(super) fn cancel(&mut self, stack: &mut Stack, cause: Cause) {
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
        let via = stack.via_with(&self.peer, &uac.branch);
        let request = &uac.request;
        let mut writer = Writer::request(&Method::Cancel, request.request_uri())
            .header(HeaderName::Via, via)
            .header(HeaderName::MaxForwards, 70);
        writer = writer
            .copy(request, &HeaderName::Route)
            .copy(request, &HeaderName::From);
        writer = writer
            .copy(request, &HeaderName::To)
            .copy(request, &HeaderName::CallId);
        writer = writer
            .header(
                HeaderName::CSeq,
                format_args!("{} CANCEL", request.cseq().seq),
            )
            .copy(request, &HeaderName::SessionId);
        let bytes = farewell::with_reason(writer, &cause).finish();
        let branch = uac.branch.clone();
        stack.request(Asker::Nobody, &Method::Cancel, &branch, bytes, self.peer);
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
