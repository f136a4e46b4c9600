//! Reliable provisional responses of ours (RFC 3262): repetition, PRACK, and giving up.

use sip::accept::Repeat;
use sip::reliable::Prack;
use sip::transaction::ServerTx;
use sip::{Message, StatusCode};

use super::{Leg, State};
use crate::deadlines::{LegTimer, Timer};
use crate::effect::LegEvent;
use crate::journal::Cause;
use crate::stack::Stack;

impl Leg {
    /// Sets the deadline of the response that waits for its PRACK.
    pub(super) fn schedule_reliable(&mut self, stack: &mut Stack) {
        let timer = Timer::Leg(self.id, LegTimer::Reliable);
        match self
            .uas
            .as_ref()
            .and_then(|uas| uas.reliable.next_deadline())
        {
            Some(at) => stack.deadlines.set(timer, at),
            None => stack.deadlines.cancel(timer),
        }
    }

    /// Time to repeat, or to give up with a 5xx (RFC 3262 section 3).
    pub(crate) fn repeat_reliable(&mut self, stack: &mut Stack) {
        let Some(uas) = &mut self.uas else { return };
        match uas.reliable.expire(stack.now.monotonic) {
            Repeat::Send(bytes) => stack.transmit(self.peer, bytes),
            Repeat::Wait => {}
            Repeat::GiveUp => {
                if self.state == State::Inviting {
                    self.reject(stack, StatusCode::SERVER_TIMEOUT, Cause::PeerLost);
                    return stack.tell(self.id, LegEvent::Gone(Cause::PeerLost));
                }
            }
        }
        self.schedule_reliable(stack);
    }

    /// The peer acknowledges a provisional response; its PRACK may carry the answer to our offer, or an offer.
    pub(super) fn prack(&mut self, stack: &mut Stack, tx: ServerTx, request: &Message) {
        let fits = match (&mut self.uas, request.rack()) {
            (Some(uas), Some(rack)) => uas.reliable.prack(&rack),
            _ => Prack::Unknown,
        };
        let late = request.rack().is_some_and(|rack| self.was_overtaken(&rack));
        if fits == Prack::Unknown && late {
            return self.refuse(stack, tx, request, StatusCode::OK);
        }
        if fits == Prack::Unknown {
            let status = StatusCode::CALL_DOES_NOT_EXIST;
            let bytes = self.response(request, status).finish();
            return stack.respond(tx, status, bytes);
        }
        self.schedule_reliable(stack);
        if self.sound.awaits_answer() {
            self.take_body(stack, request);
            let bytes = self.response(request, StatusCode::OK).finish();
            stack.respond(tx, StatusCode::OK, bytes);
        } else {
            self.answer_offer(stack, tx, request);
        }
        self.answer_now(stack);
        self.ring_now(stack);
    }
}
