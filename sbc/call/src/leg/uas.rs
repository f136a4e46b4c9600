//! The UAS side of a leg's INVITE: provisional responses, the answer and its ACK, refusal and CANCEL (RFC 3261
//! section 13.3, RFC 3262, RFC 6337).

use std::net::SocketAddr;

use bytes::Bytes;
use media::Codec;
use sip::accept::{Repeat, Repeat2xx};
use sip::dialog::Dialog;
use sip::headers::RAck;
use sip::reliable::ReliableSender;
use sip::session_timer;
use sip::transaction::ServerTx;
use sip::{HeaderName, Message, Peer, StatusCode};

use super::session_id::SessionId;
use super::sound::{Link, Sound};
use super::{Leg, Screened, State, connected, modify, refer, refresh, screen, sound};
use crate::deadlines::{LegTimer, Timer};
use crate::effect::LegEvent;
use crate::id::{CallId, LegId};
use crate::journal::{Cause, JourneyId, LegRef};
use crate::limits;
use crate::snapshot::Habits;
use crate::stack::Stack;

/// The INVITE that made the leg, while it is answered.
#[derive(Debug)]
pub(super) struct Uas {
    pub(super) tx: ServerTx,
    pub(super) request: Message,
    /// Where it came from.
    pub(super) source: SocketAddr,
    /// Repeats our 2xx until the ACK.
    pub(super) accepting: Option<Repeat2xx>,
    pub(super) reliable: ReliableSender,
    /// The peer takes reliable provisional responses; with `true` inside it insists on them.
    pub(super) hundred_rel: Option<bool>,
    /// The last 1xx status sent, and its bytes for the minute's repetition.
    last: Option<(StatusCode, Bytes)>,
    /// Our description already travelled in a provisional response.
    early_sdp: bool,
    /// The RSeq of the last reliable one.
    last_rseq: Option<u32>,
    /// A ringing that waits for the PRACK of the one before; with `true` it brings sound.
    ring_waits: Option<bool>,
    /// The answer waits for a PRACK (RFC 3262 section 3); what the answer prefers.
    answer_waits: Option<Vec<Codec>>,
    /// Session-Expires and Require of our 2xx.
    session: session_timer::Answer,
}

impl Uas {
    /// A re-INVITE that was accepted at once and waits for its ACK.
    pub(super) fn accepted(
        tx: ServerTx,
        (request, source): (Message, SocketAddr),
        accepting: Repeat2xx,
        reliable: ReliableSender,
    ) -> Uas {
        Uas {
            tx,
            request,
            source,
            accepting: Some(accepting),
            reliable,
            hundred_rel: None,
            last: None,
            early_sdp: false,
            last_rseq: None,
            ring_waits: None,
            answer_waits: None,
            session: session_timer::Answer::TooSmall { min_se: 0 },
        }
    }
}

/// What a new leg begins with when the party called us.
pub(crate) struct Inbound {
    pub(crate) id: LegId,
    pub(crate) number: LegRef,
    pub(crate) journey: JourneyId,
    pub(crate) call: CallId,
    pub(crate) party: String,
    /// Who it is, as another party shall see it.
    pub(crate) identity: super::Identity,
    pub(crate) account: Option<String>,
    pub(crate) trunk: bool,
    /// The only codecs the line takes; empty: all.
    pub(crate) codecs: Vec<Codec>,
    pub(crate) habits: Habits,
    pub(crate) emergency: bool,
    pub(crate) peer: Peer,
    pub(crate) tx: ServerTx,
    pub(crate) request: Message,
    pub(crate) body: Screened,
    pub(crate) session: session_timer::Answer,
    pub(crate) session_id: SessionId,
}

impl Leg {
    /// A party called. The INVITE was screened; nothing is sent yet but 100.
    pub(crate) fn invited(stack: &mut Stack, new: Inbound) -> Result<Leg, StatusCode> {
        let tag = stack.random.tag();
        let dialog =
            Dialog::uas(&new.request, tag.as_str().into()).map_err(|_| StatusCode::BAD_REQUEST)?;
        let mut sound = Sound::of(&new.codecs, stack.media_address(&new.peer));
        if let Screened::Sdp(offer) = new.body {
            sound.take_offer(offer);
        }
        let requires = new.request.require().any(|option| option == "100rel");
        let supports = new.request.supported().any(|option| option == "100rel");
        let first_rseq = stack.random.u32();
        let uas = Uas {
            tx: new.tx,
            accepting: None,
            reliable: ReliableSender::new(new.request.cseq().seq, first_rseq),
            hundred_rel: (requires || supports).then_some(requires),
            last: None,
            early_sdp: false,
            last_rseq: None,
            ring_waits: None,
            answer_waits: None,
            session: new.session,
            request: new.request,
            source: new.peer.remote,
        };
        stack.dialogs.insert(tag.clone(), new.id);
        stack.invites.insert(new.tx, new.id);
        stack.riders.follow(new.id, None, Some(new.peer));
        let mut leg = Leg {
            id: new.id,
            number: new.number,
            journey: new.journey,
            recorded_in: new.call,
            call: Some(new.call),
            home: None,
            state: State::Inviting,
            inbound: true,
            party: new.party,
            identity: new.identity,
            account: new.account,
            trunk: new.trunk,
            habits: new.habits,
            emergency: new.emergency,
            peer: new.peer,
            heard_from: new.peer.remote,
            tag,
            dialog: Some(dialog),
            sound,
            uas: Some(Box::new(uas)),
            uac: None,
            modify: modify::Modify::default(),
            refers: refer::Refers::default(),
            connected: connected::Connected::default(),
            session: None,
            session_id: new.session_id,
            takes_update: false,
            digits: media::dtmf::Once::default(),
            page: None,
            pages: 0,
            answered_as: None,
            cause: None,
            on_record: None,
        };
        leg.learn_invite();
        Ok(leg)
    }

    fn learn_invite(&mut self) {
        if let Some(request) = self.uas.as_ref().map(|uas| uas.request.clone()) {
            self.learn(&request);
        }
    }

    /// The party called rings; with `early`, sound goes to the caller before the answer.
    pub(crate) fn ring(&mut self, stack: &mut Stack, early: bool) {
        if !self.inbound || self.state != State::Inviting {
            return;
        }
        let status = if early {
            StatusCode::SESSION_PROGRESS
        } else {
            StatusCode::RINGING
        };
        let Some(uas) = &mut self.uas else { return };
        let told = uas.last.as_ref().map(|(status, _)| *status);
        if told == Some(status) {
            return;
        }
        if uas.reliable.is_waiting() {
            // One reliable response at a time (RFC 3262 section 3): this one goes when the PRACK is there.
            uas.ring_waits = Some(early);
            return;
        }
        let offerless = !self.sound.has_offer() && !self.sound.is_connected();
        let insists = uas.hundred_rel == Some(true);
        let wants_sdp = early && !offerless || insists && offerless && !uas.early_sdp;
        let body = if wants_sdp {
            self.early_body(stack, offerless)
        } else {
            None
        };
        self.send_provisional(stack, status, body);
    }

    /// Our description for a provisional response: the answer, or an offer for a peer that insists on 100rel.
    fn early_body(&mut self, stack: &mut Stack, offerless: bool) -> Option<Bytes> {
        if !self.sound.open(stack, self.id, self.emergency) {
            return None;
        }
        let link = Link::of(self);
        let body = if offerless {
            Some(self.sound.make_offer(stack, &[]))
        } else {
            self.sound.make_answer(stack, &[], link).ok()
        };
        if let (Some(uas), Some(_)) = (&mut self.uas, &body) {
            uas.early_sdp = true;
        }
        body
    }

    fn send_provisional(&mut self, stack: &mut Stack, status: StatusCode, body: Option<Bytes>) {
        let Some(uas) = &self.uas else { return };
        let (tx, request) = (uas.tx, uas.request.clone());
        let reliably = match uas.hundred_rel {
            Some(true) => true,
            Some(false) => body.is_some(),
            None => false,
        };
        let rseq = if reliably {
            uas.reliable.next_rseq()
        } else {
            None
        };
        let mut writer = self
            .introduce(stack, self.response(&request, status))
            .copy(&request, &HeaderName::RecordRoute);
        if let Some(rseq) = rseq {
            writer = writer
                .header(HeaderName::Require, "100rel")
                .header(HeaderName::RSeq, rseq);
        }
        let bytes = match body {
            Some(sdp) => writer.body("application/sdp", &sdp),
            None => writer.finish(),
        };
        let timers = stack.timers;
        if let Some(uas) = &mut self.uas {
            uas.last = Some((status, bytes.clone()));
            if rseq.is_some() {
                uas.last_rseq = rseq;
                uas.reliable
                    .sent(stack.now.monotonic, &timers, bytes.clone());
            }
        }
        stack.respond(tx, status, bytes);
        stack.after(Timer::Leg(self.id, LegTimer::Progress), limits::PROGRESS);
        self.schedule_reliable(stack);
    }

    /// A minute went by: the last provisional response again, so that no proxy gives up (RFC 3261 13.3.1.1).
    pub(crate) fn progress(&mut self, stack: &mut Stack) {
        if let (State::Inviting, Some(uas)) = (self.state, &self.uas)
            && let Some((status, bytes)) = uas.last.clone()
        {
            let tx = uas.tx;
            stack.respond(tx, status, bytes);
            stack.after(Timer::Leg(self.id, LegTimer::Progress), limits::PROGRESS);
        }
    }

    /// Answers the caller, with these codecs first. Does nothing on a leg that is answered already.
    pub(crate) fn answer(&mut self, stack: &mut Stack, prefer: &[Codec]) {
        if !self.inbound || self.state != State::Inviting {
            return;
        }
        let Some(uas) = &mut self.uas else { return };
        if uas.reliable.is_waiting() && uas.early_sdp {
            uas.answer_waits = Some(prefer.to_vec());
            return;
        }
        let early_reliable = uas.early_sdp && uas.hundred_rel.is_some();
        let body = match self.final_body(stack, prefer) {
            Ok(body) => body,
            Err((status, cause)) => {
                self.reject(stack, status, cause.clone());
                stack.tell(self.id, LegEvent::Gone(cause));
                return;
            }
        };
        self.send_2xx(stack, if early_reliable { None } else { Some(body) });
    }

    /// Our description for the 2xx: the answer that waits, the one already given, or an offer.
    fn final_body(
        &mut self,
        stack: &mut Stack,
        prefer: &[Codec],
    ) -> Result<Bytes, (StatusCode, Cause)> {
        if !self.sound.open(stack, self.id, self.emergency) {
            return Err((StatusCode::SERVICE_UNAVAILABLE, Cause::Overload));
        }
        let link = Link::of(self);
        if self.sound.has_offer() || self.sound.is_connected() {
            let answer = self.sound.make_answer(stack, prefer, link);
            return answer.map_err(|refusal| (sound::refusal_status(refusal), Cause::NoMedia));
        }
        Ok(self.sound.make_offer(stack, prefer))
    }

    fn send_2xx(&mut self, stack: &mut Stack, body: Option<Bytes>) {
        let Some(uas) = &self.uas else { return };
        let (tx, request, session) = (uas.tx, uas.request.clone(), uas.session);
        let mut writer = self
            .introduce(stack, self.response(&request, StatusCode::OK))
            .copy(&request, &HeaderName::RecordRoute);
        writer = refresh::answer_headers(writer, &session);
        let bytes = match body {
            Some(sdp) => writer.body("application/sdp", &sdp),
            None => writer.finish(),
        };
        let now = stack.now.monotonic;
        let repeat = Repeat2xx::new(now, &stack.timers, bytes.clone());
        stack.deadlines.set(
            Timer::Leg(self.id, LegTimer::Accept),
            repeat.next_deadline(),
        );
        stack
            .deadlines
            .cancel(Timer::Leg(self.id, LegTimer::Progress));
        stack
            .deadlines
            .cancel(Timer::Leg(self.id, LegTimer::Reliable));
        if let Some(uas) = &mut self.uas {
            uas.accepting = Some(repeat);
            uas.reliable.finish();
        }
        stack.respond(tx, StatusCode::OK, bytes);
        if let Some(dialog) = &mut self.dialog {
            dialog.confirm();
        }
        self.state = State::Accepted;
        self.session = session.timer(now);
        self.schedule_refresh(stack);
        self.record_answer(stack);
    }

    /// Time to repeat the 2xx, or to give up on its ACK (RFC 3261 13.3.1.4).
    pub(crate) fn repeat_2xx(&mut self, stack: &mut Stack) {
        let Some(repeat) = self.uas.as_mut().and_then(|uas| uas.accepting.as_mut()) else {
            return;
        };
        match repeat.expire(stack.now.monotonic) {
            Repeat::Send(bytes) => {
                let next = repeat.next_deadline();
                stack.transmit(self.peer, bytes);
                stack
                    .deadlines
                    .set(Timer::Leg(self.id, LegTimer::Accept), next);
            }
            Repeat::Wait => {
                let next = repeat.next_deadline();
                stack
                    .deadlines
                    .set(Timer::Leg(self.id, LegTimer::Accept), next);
            }
            Repeat::GiveUp => {
                if let Some(uas) = &mut self.uas {
                    uas.accepting = None;
                }
                if self.state == State::Leaving {
                    return self.leave(stack);
                }
                self.lost(stack, Cause::NoAck);
            }
        }
    }

    /// An ACK for a 2xx of ours arrived (the first or a re-INVITE's).
    pub(crate) fn acknowledged(&mut self, stack: &mut Stack, ack: &Message) {
        let Some(uas) = &mut self.uas else { return };
        if uas.accepting.is_none() || ack.cseq().seq != uas.request.cseq().seq {
            return;
        }
        uas.accepting = None;
        stack
            .deadlines
            .cancel(Timer::Leg(self.id, LegTimer::Accept));
        if self.state == State::Leaving {
            return self.leave(stack);
        }
        if self.sound.awaits_answer() && !self.take_body(stack, ack) {
            return self.lost(stack, Cause::NoMedia);
        }
        if self.state == State::Accepted {
            self.state = State::Up;
        }
        self.change_again(stack);
    }

    /// Whether our 2xx waits for its ACK.
    pub(super) fn awaits_ack(&self) -> bool {
        self.uas.as_ref().is_some_and(|uas| uas.accepting.is_some())
    }

    /// Takes an answer from a message's body. `false`: there is none, or it cannot be used.
    pub(super) fn take_body(&mut self, stack: &mut Stack, message: &Message) -> bool {
        let Ok(Screened::Sdp(answer)) = screen(message, self.emergency) else {
            return false;
        };
        let link = Link::of(self);
        let agreed = self.sound.take_answer(stack, &answer, link).is_ok();
        if agreed {
            stack.tell(self.id, LegEvent::Renegotiated);
        }
        agreed
    }

    /// Why this caller's offer can never be answered, if so.
    pub(crate) fn hopeless(&self, stack: &Stack) -> Option<media::offer_answer::Refusal> {
        self.sound.hopeless(stack)
    }

    /// Refuses the caller.
    pub(crate) fn reject(&mut self, stack: &mut Stack, status: StatusCode, cause: Cause) {
        if !self.inbound || self.state != State::Inviting {
            return self.hang_up(stack, cause);
        }
        if let Some(uas) = &self.uas {
            let (tx, request) = (uas.tx, uas.request.clone());
            let mut writer = self.response(&request, status);
            if status == StatusCode::SERVICE_UNAVAILABLE {
                writer = writer.header(HeaderName::RetryAfter, 10);
            }
            let refusal = self.hopeless(stack);
            if let Some(refusal) = refusal.filter(|_| status == StatusCode::NOT_ACCEPTABLE_HERE) {
                writer = writer.header(HeaderName::Warning, sound::warning(stack, refusal));
            }
            stack.respond(tx, status, writer.finish());
        }
        self.over(stack, cause);
    }

    /// The caller cancelled (RFC 3261 9.2). A CANCEL that crosses our 2xx has no effect.
    pub(crate) fn cancelled(&mut self, stack: &mut Stack, cancel: &Message) {
        if self.inbound && self.state == State::Inviting {
            // Who forked the call to us says that another took it: our phones must not count it as missed (RFC 3326).
            let elsewhere = cancel.reason().any(|reason| {
                reason.protocol.eq_ignore_ascii_case("SIP") && reason.cause == Some(200)
            });
            let cause = if elsewhere {
                Cause::AnsweredElsewhere
            } else {
                Cause::Cancelled
            };
            self.reject(stack, StatusCode::REQUEST_TERMINATED, cause.clone());
            stack.tell(self.id, LegEvent::Cancelled(cause));
        }
    }

    /// Whether this PRACK is for a reliable response that our 2xx overtook (RFC 3262 section 3 lets it).
    pub(super) fn was_overtaken(&self, prack: &RAck) -> bool {
        self.state != State::Inviting
            && self.uas.as_ref().is_some_and(|uas| {
                uas.last_rseq == Some(prack.rseq) && uas.request.cseq().seq == prack.seq
            })
    }

    /// The PRACK that a further ringing waited for came.
    pub(super) fn ring_now(&mut self, stack: &mut Stack) {
        if let Some(early) = self.uas.as_mut().and_then(|uas| uas.ring_waits.take()) {
            self.ring(stack, early);
        }
    }

    /// The PRACK that the answer waited for came.
    pub(super) fn answer_now(&mut self, stack: &mut Stack) {
        if let Some(prefer) = self.uas.as_mut().and_then(|uas| uas.answer_waits.take()) {
            self.answer(stack, &prefer);
        }
    }
}
