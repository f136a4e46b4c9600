//! What comes from the network, until it is known whose it is: datagrams and streams become messages, messages find
//! their transaction, dialog or nobody.

use bytes::Bytes;
use sip::framing::Frame;
use sip::transaction::{Arrival, ClientTx, Incoming};
use sip::{FlowId, HeaderName, Message, Method, Peer, StatusCode, Writer};

use super::Core;
use crate::border::{access, emergency};
use crate::deadlines::Timer;
use crate::leg;
use crate::limits;
use crate::stack::Asker;

impl Core {
    /// One datagram: a message, a keep-alive, or noise.
    pub(super) fn datagram(&mut self, peer: Peer, bytes: Bytes) {
        // CRLF keep-alives and NAT pings of phones (RFC 5626 section 3.5.1): nothing to say.
        if bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return;
        }
        self.message(peer, bytes);
    }

    /// One whole message.
    fn message(&mut self, peer: Peer, bytes: Bytes) {
        match Message::parse(bytes.clone()) {
            Ok(message) if message.is_request() => self.request(peer, &message),
            Ok(message) => self.response(peer, &message),
            Err(defect) => {
                let text = format!("a malformed message was refused: {}", defect.reason);
                self.stack.warn("malformed", Some(peer.remote), text);
                let tag = self.stack.random.tag_of(&bytes);
                if let Some(reply) = defect.reply(peer.remote, &tag) {
                    self.stack.transmit(peer, reply);
                }
            }
        }
    }

    /// Bytes of a connection.
    pub(super) fn stream(&mut self, id: FlowId, bytes: &[u8]) {
        let Some(flow) = self.stack.flows.get_mut(id) else {
            return;
        };
        flow.framer.push(bytes);
        loop {
            let Some(flow) = self.stack.flows.get_mut(id) else {
                return;
            };
            let peer = flow.peer;
            match flow.framer.next() {
                None => return,
                Some(Ok(Frame::Message(bytes))) => {
                    flow.spoke = true;
                    self.stack.after(Timer::Flow(id), limits::IDLE_FLOW);
                    self.message(peer, bytes);
                    self.settle();
                }
                Some(Ok(Frame::Ping)) => {
                    self.keep_alive(id);
                    self.stack.transmit(peer, Bytes::from_static(b"\r\n"));
                }
                Some(Ok(Frame::Pong)) => self.keep_alive(id),
                Some(Err(error)) => {
                    // The framing is lost: what was readable is answered, then the connection ends.
                    if let Some(message) = error.head {
                        self.message(peer, message);
                        self.settle();
                    }
                    return self.stack.close(id);
                }
            }
        }
    }

    /// A keep-alive prolongs a connection that has said something; the first message stays due (RELIABILITY S23).
    fn keep_alive(&mut self, id: FlowId) {
        if self.stack.flows.get_mut(id).is_some_and(|flow| flow.spoke) {
            self.stack.after(Timer::Flow(id), limits::IDLE_FLOW);
        }
    }

    /// A connection is there.
    pub(super) fn opened(&mut self, peer: Peer) {
        let Some(id) = peer.flow else { return };
        let Some(waiting) = self.stack.flows.opened(peer) else {
            self.stack.warn(
                "flows",
                Some(peer.remote),
                "too many connections: one more was closed".to_owned(),
            );
            return self
                .stack
                .out
                .push_back(crate::io::Output::Close { flow: id });
        };
        self.stack.after(Timer::Flow(id), limits::FIRST_MESSAGE);
        for bytes in waiting {
            self.stack.transmit(peer, bytes);
        }
    }

    /// A connection said nothing for too long. One that a phone registered over, or that a call uses, stays.
    pub(super) fn flow_due(&mut self, id: FlowId) {
        let used = self.stack.registrar.uses(id) || self.stack.riders.uses(id);
        let spoke = self.stack.flows.get_mut(id).is_some_and(|flow| flow.spoke);
        if used && spoke {
            self.stack.after(Timer::Flow(id), limits::IDLE_FLOW);
        } else {
            self.stack.close(id);
        }
    }

    /// A response finds the request of ours that it answers; a stray one is dropped.
    fn response(&mut self, peer: Peer, response: &Message) {
        let Incoming::Matched(tx) =
            self.stack
                .tx
                .response(self.stack.now.monotonic, response, &peer)
        else {
            return;
        };
        let Some(asker) = self.stack.askers.get(&tx).copied() else {
            return;
        };
        match asker {
            Asker::Invite(_) if self.stack.late.contains_key(&tx) => self.late(tx, peer, response),
            Asker::Invite(id) if self.legs.contains_key(&id) => {
                self.with_leg(id, |leg, stack| leg.invite_response(stack, response));
            }
            Asker::Invite(_) if response.status().is_success() => {
                leg::dismiss_stray(&mut self.stack, response, peer);
            }
            Asker::Invite(_) => {}
            Asker::Modify(id) => {
                self.with_leg(id, |leg, stack| leg.modify_response(stack, response));
            }
            Asker::Minor(id) => {
                self.with_leg(id, |leg, stack| leg.minor_response(stack, response));
            }
            Asker::Report(id) => {
                let status = response.status();
                self.with_leg(id, |leg, stack| leg.report_answered(stack, status));
            }
            Asker::Nobody => {}
        }
    }

    /// An answer that nobody waits for any more: what rings is told to stop, who answers is sent away.
    fn late(&mut self, tx: ClientTx, peer: Peer, response: &Message) {
        if response.status().is_success() {
            return leg::dismiss_stray(&mut self.stack, response, peer);
        }
        if let Some(late) = self.stack.late.remove(&tx)
            && response.status().is_provisional()
        {
            late.cancel(&mut self.stack);
        }
    }

    /// A request finds its transaction first: what was seen before is absorbed there.
    fn request(&mut self, peer: Peer, request: &Message) {
        let now = self.stack.now.monotonic;
        let urgent = *request.method() == Method::Invite && self.is_emergency(request);
        let arrival = if urgent {
            self.stack.tx.urgent_request(now, request, &peer)
        } else {
            self.stack.tx.request(now, request, &peer)
        };
        match arrival {
            Arrival::Absorbed => {}
            Arrival::Full => {
                self.stack.warn(
                    "overload",
                    Some(peer.remote),
                    "too many transactions: a request was dropped".to_owned(),
                );
            }
            Arrival::Ack => {
                if let Some(id) = self.leg_of(request) {
                    self.with_leg(id, |leg, stack| leg.acknowledged(stack, request));
                }
            }
            Arrival::Cancel { tx, invite } => {
                if invite.is_none() {
                    let status = StatusCode::CALL_DOES_NOT_EXIST;
                    return self.answer_stranger(tx, request, &peer, status);
                }
                let id = invite.and_then(|tx| self.stack.invites.get(&tx).copied());
                self.answer_cancel(tx, id, request, &peer);
                if let Some(id) = id {
                    self.with_leg(id, |leg, stack| leg.cancelled(stack, request));
                }
            }
            Arrival::New(tx) => match request.to_tag() {
                Some(_) => self.in_dialog(tx, request, peer),
                None => self.out_of_dialog(tx, request, peer, urgent),
            },
        }
    }

    /// Says 200 to a CANCEL. Its tag is that of the answers to the INVITE (RFC 3261 9.2), also when the call was answered
    /// first: some callers take the dialog from what they hear last.
    fn answer_cancel(
        &mut self,
        tx: sip::transaction::ServerTx,
        ringing: Option<crate::id::LegId>,
        request: &Message,
        peer: &Peer,
    ) {
        let leg = match ringing {
            Some(id) => self.legs.get(&id),
            None => self.legs.values().find(|leg| leg.owns(request)),
        };
        match leg {
            Some(leg) => {
                let answer = leg
                    .response_to(request, peer.remote, StatusCode::OK)
                    .finish();
                self.stack.respond(tx, StatusCode::OK, answer);
            }
            None => self.answer(tx, request, peer, StatusCode::OK),
        }
    }

    pub(super) fn is_emergency(&self, request: &Message) -> bool {
        let snapshot = &self.stack.snapshot;
        emergency::called(
            &snapshot.emergency,
            snapshot.settings.country,
            request.request_uri(),
        )
        .is_some()
    }

    /// The leg whose dialog this request belongs to: our tag, Call-ID and the peer's tag must all fit.
    fn leg_of(&self, request: &Message) -> Option<crate::id::LegId> {
        let id = *self.stack.dialogs.get(request.to_tag()?)?;
        self.legs
            .get(&id)
            .filter(|leg| leg.owns(request))
            .map(|leg| leg.id)
    }

    fn in_dialog(&mut self, tx: sip::transaction::ServerTx, request: &Message, peer: Peer) {
        match self.leg_of(request) {
            Some(id) => {
                // Whatever struck: the request gets an answer, or its transaction would wait for one for ever.
                if !self.with_leg(id, |leg, stack| leg.request(stack, tx, request, peer)) {
                    self.answer(tx, request, &peer, StatusCode::SERVER_INTERNAL_ERROR);
                }
            }
            None => {
                if *request.method() == Method::Bye {
                    self.note_early_bye(request);
                }
                let status = match request.method() {
                    Method::Other(_) => StatusCode::NOT_IMPLEMENTED,
                    _ => StatusCode::CALL_DOES_NOT_EXIST,
                };
                self.answer_stranger(tx, request, &peer, status);
            }
        }
    }

    /// A BYE in a dialog that the 2xx still has to make: whoever waits for that 2xx must know.
    fn note_early_bye(&mut self, request: &Message) {
        let leg = request.to_tag().and_then(|tag| self.stack.dialogs.get(tag));
        if let Some(id) = leg.copied() {
            self.with_leg(id, |leg, _| leg.note_early_bye(request));
        }
    }

    /// The same to somebody who proved nothing: its transaction is forgotten, so that a flood of such requests costs no
    /// memory (RFC 3261 8.2.7, RELIABILITY fault 4). A repetition is answered again.
    pub(super) fn answer_stranger(
        &mut self,
        tx: sip::transaction::ServerTx,
        request: &Message,
        peer: &Peer,
        status: StatusCode,
    ) {
        let bytes = self.plain(request, peer, status).finish();
        self.forget_and_send(tx, peer, bytes);
    }

    /// A final answer that is not kept for repetition.
    pub(super) fn forget_and_send(
        &mut self,
        tx: sip::transaction::ServerTx,
        peer: &Peer,
        bytes: Bytes,
    ) {
        self.stack.tx.forget_server(tx);
        self.stack.transmit(*peer, bytes);
    }

    /// A plain answer outside of any dialog.
    pub(super) fn answer(
        &mut self,
        tx: sip::transaction::ServerTx,
        request: &Message,
        peer: &Peer,
        status: StatusCode,
    ) {
        let writer = self.plain(request, peer, status);
        self.stack.respond(tx, status, writer.finish());
    }

    /// The beginning of a plain answer, with what the status demands (RFC 3261 21.4.6, 21.4.13, 20.33).
    pub(super) fn plain(&mut self, request: &Message, peer: &Peer, status: StatusCode) -> Writer {
        let tag = self.stack.random.tag_for(request);
        let tag = request.to_tag().is_none().then_some(tag);
        let writer = Writer::response(request, peer.remote, status, None, tag.as_deref());
        match status {
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => {
                writer.header(HeaderName::Allow, super::outside::ALLOW)
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => writer.header(HeaderName::Accept, leg::ACCEPT),
            StatusCode::SERVICE_UNAVAILABLE => writer.header(HeaderName::RetryAfter, 10),
            _ => writer,
        }
    }

    /// Challenges a request, and forgets its transaction: the challenge costs no memory (RELIABILITY fault 4).
    pub(super) fn challenge(
        &mut self,
        tx: sip::transaction::ServerTx,
        request: &Message,
        peer: &Peer,
        stale: bool,
    ) {
        let bytes = access::challenge(&mut self.stack, request, peer, stale).finish();
        self.forget_and_send(tx, peer, bytes);
    }
}
