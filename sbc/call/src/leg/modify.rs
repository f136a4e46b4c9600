//! Changing a session that stands: re-INVITE (RFC 3261 section 14, RFC 6141) and UPDATE (RFC 3311) from either side,
//! offerless re-INVITE, and glare (491).

use media::plane::Generation;
use sip::accept::Repeat2xx;
use sip::dialog::Dialog;
use sip::session_timer::{self, Answer, Party, Policy, Said, SessionTimer};
use sip::transaction::ServerTx;
use sip::{HeaderName, Message, Method, StatusCode};

use super::sound::Link;
use super::{Leg, Screened, State, refresh, screen, sound};
use crate::deadlines::{LegTimer, Timer};
use crate::effect::LegEvent;
use crate::journal::Cause;
use crate::stack::{Asker, Stack};

/// Our own change of the session, while it is under way.
#[derive(Debug, Default)]
pub(super) struct Modify {
    /// The re-INVITE or UPDATE whose final response is awaited.
    pending: Option<Pending>,
    /// What is to be tried again after glare.
    again: bool,
    /// A new port was already tried once (DESIGN: once, then BYE).
    repaired: bool,
    /// The session interval that the peer wants since its 422; asked for once.
    wanted: Option<Policy>,
}

#[derive(Debug)]
struct Pending {
    cseq: u32,
    invite: bool,
    offers: bool,
    asked: Policy,
}

/// Which request changes the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// Only the session timer is refreshed.
    Refresh,
    /// Our sound moved: a new offer.
    Offer,
}

impl Leg {
    /// The session timer asks for a refresh: UPDATE without a body where the peer takes it, else a re-INVITE that
    /// offers what stands.
    pub(super) fn refresh(&mut self, stack: &mut Stack) {
        self.change(stack, Change::Refresh);
    }

    /// The peer's partner changed: said by the same request that refreshes the session. Our 2xx may still wait for its
    /// ACK; then the request waits with it.
    pub(super) fn tell_connected(&mut self, stack: &mut Stack) {
        if self.state == State::Accepted {
            self.modify.again = true;
        }
        self.change(stack, Change::Refresh);
    }

    fn change(&mut self, stack: &mut Stack, change: Change) {
        if self.state != State::Up {
            return;
        }
        if self.modify.pending.is_some() || self.sound.awaits_answer() || self.sound.has_offer() {
            self.modify.again = true;
            return;
        }
        let update = change == Change::Refresh && self.takes_update;
        let method = if update {
            Method::Update
        } else {
            Method::Invite
        };
        let body = (!update).then(|| {
            let prefer = self.sound.codecs();
            self.sound.make_offer(stack, &prefer)
        });
        let Some((writer, branch, hop)) = self.begin_request(stack, &method) else {
            return;
        };
        let cseq = self.dialog.as_ref().map_or(0, Dialog::local_seq);
        let writer = self.introduce(stack, writer);
        let (asked, refresher) = self.interval_to_ask();
        let mut writer = refresh::ask_headers(writer, &asked, refresher);
        if let Some(identity) = self.asserted() {
            writer = writer.header(HeaderName::PAssertedIdentity, identity);
        }
        let bytes = match &body {
            Some(sdp) => writer.body("application/sdp", sdp),
            None => writer.finish(),
        };
        stack.request(Asker::Modify(self.id), &method, &branch, bytes, hop);
        self.modify.pending = Some(Pending {
            cseq,
            invite: !update,
            offers: body.is_some(),
            asked,
        });
    }

    /// The interval that runs goes on (RFC 4028 section 7.4), with who refreshes it, unless the peer wanted a longer one.
    fn interval_to_ask(&self) -> (Policy, Option<Party>) {
        let running = self.session.as_ref();
        let seconds = running.map(|session| session.interval().as_secs());
        let interval = seconds.and_then(|seconds| u32::try_from(seconds).ok());
        let policy = Policy {
            interval: interval.unwrap_or(refresh::POLICY.interval),
            ..refresh::POLICY
        };
        let refresher = running.map_or(Party::Us, SessionTimer::refresher);
        (self.modify.wanted.unwrap_or(policy), Some(refresher))
    }

    /// A change that had to wait for another is tried again.
    pub(super) fn change_again(&mut self, stack: &mut Stack) {
        if std::mem::take(&mut self.modify.again) {
            self.wait_after_glare(stack);
        }
    }

    /// The media plane lost our endpoint: a new port and a re-INVITE, once; then the leg is given up.
    pub(crate) fn media_failed(&mut self, stack: &mut Stack) {
        // A page has no dialog to offer in: it comes again by itself.
        let repairable = self.state == State::Up && !self.modify.repaired && !self.is_page();
        self.modify.repaired = true;
        self.sound.lost(stack);
        if repairable && self.sound.open(stack, self.id, true) {
            self.change(stack, Change::Offer);
        } else {
            self.lost(stack, Cause::Internal);
        }
    }

    /// Whether the event speaks of what the party hears now.
    pub(crate) fn is_current(&self, generation: Generation) -> bool {
        self.sound.is_current(generation)
    }

    /// The response to our re-INVITE or UPDATE.
    pub(crate) fn modify_response(&mut self, stack: &mut Stack, response: &Message) {
        let status = response.status();
        if status.is_provisional() {
            return;
        }
        self.heard(stack);
        let Some(pending) = self.modify.pending.take() else {
            // A repeated 2xx to a re-INVITE: the ACK was lost.
            if status.is_success() && *response.method() == Method::Invite {
                self.acknowledge(stack, response.cseq().seq);
            }
            return;
        };
        match status.0 {
            200..=299 => self.modified(stack, response, &pending),
            491 => {
                if pending.offers {
                    self.sound.offer_refused();
                }
                self.wait_after_glare(stack);
            }
            408 | 481 => self.lost(stack, Cause::PeerLost),
            422 => {
                self.refused_change(&pending);
                if self.modify.wanted.is_none() {
                    self.modify.wanted =
                        session_timer::ask_again(&pending.asked, response.min_se());
                    self.modify.again = self.modify.again || self.modify.wanted.is_some();
                }
            }
            _ => {
                self.refused_change(&pending);
                // A refresh that is refused while the peer answers at all shows that it lives.
                self.learn(response);
            }
        }
        self.change_again(stack);
    }

    fn refused_change(&mut self, pending: &Pending) {
        if pending.offers {
            self.sound.offer_refused();
        }
    }

    fn modified(&mut self, stack: &mut Stack, response: &Message, pending: &Pending) {
        if let Some(dialog) = &mut self.dialog {
            let _ = dialog.answered(response);
        }
        self.learn(response);
        self.record_change(stack);
        if pending.invite {
            self.acknowledge(stack, pending.cseq);
        }
        if pending.offers && !self.take_body(stack, response) {
            return self.lost(stack, Cause::NoMedia);
        }
        self.modify.wanted = None;
        self.start_session(stack, pending.asked.interval, response);
    }

    /// ACK of a 2xx to a re-INVITE of ours.
    fn acknowledge(&mut self, stack: &mut Stack, cseq: u32) {
        if let Some((bytes, hop)) = self.write_ack(stack, cseq) {
            stack.transmit(hop, bytes);
        }
    }

    /// 491: the owner of the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in steps of 10 ms (RFC 3261 14.1).
    fn wait_after_glare(&mut self, stack: &mut Stack) {
        let (low, high) = if self.inbound { (0, 200) } else { (210, 400) };
        let wait = stack.random.between(low, high).saturating_mul(10);
        stack.after(Timer::Leg(self.id, LegTimer::Glare), wait);
    }

    /// Glare is over: once more.
    pub(crate) fn try_again(&mut self, stack: &mut Stack) {
        let change = if self.modify.repaired {
            Change::Offer
        } else {
            Change::Refresh
        };
        self.change(stack, change);
    }

    /// Our re-INVITE or UPDATE got no answer: the dialog is dead (RFC 3261 12.2.1.2).
    pub(crate) fn modify_unanswered(&mut self, stack: &mut Stack) {
        self.modify.pending = None;
        self.lost(stack, Cause::PeerLost);
    }

    /// The peer's re-INVITE.
    pub(super) fn reinvite(&mut self, stack: &mut Stack, tx: ServerTx, request: &Message) {
        let busy_with_theirs = self.awaits_ack();
        if self
            .modify
            .pending
            .as_ref()
            .is_some_and(|pending| pending.invite)
            || self.sound.awaits_answer()
        {
            return self.refuse(stack, tx, request, StatusCode::REQUEST_PENDING);
        }
        if busy_with_theirs || !matches!(self.state, State::Up) {
            return self.refuse_for_now(stack, tx, request);
        }
        let session = match session_timer::answer(&refresh::POLICY, &Said::by(request)) {
            Answer::TooSmall { min_se } => return self.refuse_interval(stack, tx, request, min_se),
            timed => timed,
        };
        let body = match self.body_for_reinvite(stack, request) {
            Ok(body) => body,
            Err(status) => return self.refuse(stack, tx, request, status),
        };
        self.refresh_target(request);
        let writer = self.introduce(stack, self.response(request, StatusCode::OK));
        let bytes = refresh::answer_headers(writer, &session).body("application/sdp", &body);
        self.await_ack(stack, tx, request, bytes, session);
        self.took_back();
        stack.tell(self.id, LegEvent::Direction);
    }

    fn body_for_reinvite(
        &mut self,
        stack: &mut Stack,
        request: &Message,
    ) -> Result<bytes::Bytes, StatusCode> {
        match screen(request, self.emergency)? {
            Screened::Empty => {
                let prefer = self.sound.codecs();
                Ok(self.sound.make_offer(stack, &prefer))
            }
            Screened::Sdp(offer) => {
                self.sound.take_offer(offer);
                let link = Link::of(self);
                self.sound.make_answer(stack, &[], link).map_err(|refusal| {
                    self.sound.refuse_offer();
                    sound::refusal_status(refusal)
                })
            }
        }
    }

    /// Our 2xx to a re-INVITE is repeated until its ACK, like the first.
    fn await_ack(
        &mut self,
        stack: &mut Stack,
        tx: ServerTx,
        request: &Message,
        bytes: bytes::Bytes,
        session: Answer,
    ) {
        let now = stack.now.monotonic;
        let repeat = Repeat2xx::new(now, &stack.timers, bytes.clone());
        stack.deadlines.set(
            Timer::Leg(self.id, LegTimer::Accept),
            repeat.next_deadline(),
        );
        self.take_over_invite(tx, request.clone(), repeat, stack.random.u32());
        stack.respond(tx, StatusCode::OK, bytes);
        self.session = session.timer(now);
        self.schedule_refresh(stack);
    }

    /// The peer's UPDATE.
    pub(super) fn update(&mut self, stack: &mut Stack, tx: ServerTx, request: &Message) {
        let offers = !request.body().is_empty();
        if offers
            && (self
                .modify
                .pending
                .as_ref()
                .is_some_and(|pending| pending.offers)
                || self.sound.awaits_answer())
        {
            return self.refuse(stack, tx, request, StatusCode::REQUEST_PENDING);
        }
        if offers && self.sound.has_offer() {
            return self.refuse_for_now(stack, tx, request);
        }
        let session = match session_timer::answer(&refresh::POLICY, &Said::by(request)) {
            Answer::TooSmall { min_se } => return self.refuse_interval(stack, tx, request, min_se),
            timed => timed,
        };
        if offers {
            return self.answer_offer_with(stack, tx, request, Some(session));
        }
        self.refresh_target(request);
        let writer = self.introduce(stack, self.response(request, StatusCode::OK));
        let bytes = refresh::answer_headers(writer, &session).finish();
        stack.respond(tx, StatusCode::OK, bytes);
        self.restart_session(stack, session);
    }

    /// Answers an offer in PRACK.
    pub(super) fn answer_offer(&mut self, stack: &mut Stack, tx: ServerTx, request: &Message) {
        self.answer_offer_with(stack, tx, request, None);
    }

    fn answer_offer_with(
        &mut self,
        stack: &mut Stack,
        tx: ServerTx,
        request: &Message,
        session: Option<Answer>,
    ) {
        let answer = match screen(request, self.emergency) {
            Ok(Screened::Empty) => None,
            Ok(Screened::Sdp(offer)) => {
                self.sound.take_offer(offer);
                let link = Link::of(self);
                let opened = self.sound.open(stack, self.id, self.emergency);
                match self.sound.make_answer(stack, &[], link) {
                    Ok(sdp) if opened => Some(sdp),
                    _ => {
                        self.sound.refuse_offer();
                        return self.refuse(stack, tx, request, StatusCode::NOT_ACCEPTABLE_HERE);
                    }
                }
            }
            Err(status) => return self.refuse(stack, tx, request, status),
        };
        self.refresh_target(request);
        let mut writer = self.introduce(stack, self.response(request, StatusCode::OK));
        if let Some(session) = &session {
            writer = refresh::answer_headers(writer, session);
        }
        let bytes = match &answer {
            Some(sdp) => writer.body("application/sdp", sdp),
            None => writer.finish(),
        };
        stack.respond(tx, StatusCode::OK, bytes);
        if let Some(session) = session {
            self.restart_session(stack, session);
        }
        if answer.is_some() {
            self.took_back();
            stack.tell(self.id, LegEvent::Direction);
        }
    }

    fn restart_session(&mut self, stack: &mut Stack, session: Answer) {
        if matches!(self.state, State::Accepted | State::Up) {
            self.session = session.timer(stack.now.monotonic);
            self.schedule_refresh(stack);
        }
    }

    fn refresh_target(&mut self, request: &Message) {
        if let Some(dialog) = &mut self.dialog {
            dialog.refresh_target(request);
        }
        self.learn(request);
    }

    /// Another request of the peer is not finished: 500 with Retry-After 0 to 10 s (RFC 3261 14.2, RFC 3311 5.2).
    pub(super) fn refuse_for_now(&mut self, stack: &mut Stack, tx: ServerTx, request: &Message) {
        let wait = stack.random.between(0, 10).as_millis();
        let status = StatusCode::SERVER_INTERNAL_ERROR;
        let bytes = self
            .response(request, status)
            .header(HeaderName::RetryAfter, wait)
            .finish();
        stack.respond(tx, status, bytes);
    }

    fn refuse_interval(&mut self, stack: &mut Stack, tx: ServerTx, request: &Message, min_se: u32) {
        let status = StatusCode::SESSION_INTERVAL_TOO_SMALL;
        let bytes = self
            .response(request, status)
            .header(HeaderName::MinSe, min_se)
            .finish();
        stack.respond(tx, status, bytes);
    }
}
