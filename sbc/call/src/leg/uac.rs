//! The UAC side of a leg's INVITE: sending it, its forks, provisional and final responses, CANCEL and its crossing
//! with a 2xx (RFC 3261 sections 9.1, 13.2, 16.7; RFC 6026).

use std::collections::VecDeque;

use bytes::Bytes;
use media::Codec;
use sip::dialog::{Dialog, RemoteTag};
use sip::reliable::ReliableReceiver;
use sip::session_timer::Policy;
use sip::transaction::ClientTx;
use sip::{HeaderName, Message, Method, StatusCode, Writer};

use super::large::Written;
use super::session_id::SessionId;
use super::sound::Sound;
use super::{
    Identity, Leg, Screened, State, auto_answer, connected, farewell, modify, refer, refresh,
    screen,
};
use crate::border::destination::{self, Outgoing};
use crate::deadlines::{LegTimer, Timer};
use crate::effect::LegEvent;
use crate::id::{CallId, LegId};
use crate::journal::{Cause, JourneyId, LegRef};
use crate::limits;
use crate::stack::{Asker, Stack};

/// Our INVITE while it is answered, and what its later responses need.
#[derive(Debug)]
pub(super) struct Uac {
    pub(super) request: Message,
    pub(super) branch: String,
    pub(super) tx: Option<ClientTx>,
    /// What goes out instead while the line says nothing.
    pub(super) instead: VecDeque<Written>,
    pub(super) early: Vec<Early>,
    /// A provisional response came: CANCEL may be sent (RFC 3261 9.1).
    pub(super) proceeding: bool,
    /// What CANCEL will say, once it may.
    pub(super) cancel: Option<Cause>,
    /// CANCEL went out; a further provisional response must not send another.
    pub(super) cancel_sent: bool,
    /// Forks that answered too late and were sent away: their repeated 2xx gets an ACK and no further BYE.
    dismissed: Vec<RemoteTag>,
    /// Forks whose BYE came before their 2xx: the 2xx begins nothing.
    left: Vec<RemoteTag>,
    /// The ACK of our 2xx, to answer its repetitions.
    ack: Option<(RemoteTag, Bytes)>,
    pub(super) policy: Policy,
    pub(super) retried: bool,
}

impl Uac {
    /// The early dialogs that forks of our INVITE made.
    pub(super) fn early_dialogs(&self) -> impl Iterator<Item = &Dialog> {
        self.early.iter().map(|early| &early.dialog)
    }

    /// The early dialog with this tag of the peer.
    pub(super) fn early_dialog(&mut self, tag: &str) -> Option<&mut Dialog> {
        let mut dialogs = self.early.iter_mut().map(|early| &mut early.dialog);
        dialogs.find(|dialog| dialog.id().remote.as_str() == tag)
    }
}

/// One early dialog: a fork of our INVITE that sent a tag.
#[derive(Debug)]
pub(super) struct Early {
    dialog: Dialog,
    reliable: ReliableReceiver,
}

/// What a new leg begins with when we call the party.
pub(crate) struct Outbound {
    pub(crate) id: LegId,
    pub(crate) number: LegRef,
    pub(crate) journey: JourneyId,
    pub(crate) call: CallId,
    /// In whose name it is called.
    pub(crate) identity: Identity,
    /// Who it is, as another party shall see it.
    pub(crate) called: Identity,
    /// Who transfers the caller to it (RFC 3892), told to phones alone.
    pub(crate) referred_by: Option<Identity>,
    /// Codecs offered first: what the other party speaks.
    pub(crate) prefer: Vec<Codec>,
    pub(crate) max_forwards: u8,
    /// The caller's half of Session-ID.
    pub(crate) session_id: u128,
    pub(crate) relayed: Vec<(String, String)>,
    pub(crate) emergency: bool,
    pub(crate) target: Outgoing,
}

impl Leg {
    /// Calls the party. A leg that cannot even begin tells so as an event, like any refusal.
    pub(crate) fn invite(stack: &mut Stack, mut new: Outbound) -> Leg {
        let peer = stack.connect(new.target.peer);
        let tag = stack.random.tag();
        let mut leg = Leg::calling(&new, peer, tag);
        stack.riders.follow(leg.id, None, Some(peer));
        if !leg.take_resources(stack, &new) {
            leg.over(stack, Cause::Overload);
            stack.tell(
                leg.id,
                LegEvent::Refused {
                    status: StatusCode::SERVICE_UNAVAILABLE,
                    cause: Cause::Overload,
                },
            );
            return leg;
        }
        let sdp = leg.sound.make_offer(stack, &new.prefer);
        let policy = Policy {
            interval: limits::SESSION_INTERVAL,
            min_se: limits::SESSION_MIN,
        };
        let ways = leg.write(stack, &mut new, &policy, &sdp);
        let Some(first) = ways.front() else {
            // Only a number or name that no header can hold brings us here: the party cannot be called.
            leg.over(stack, Cause::Internal);
            stack.tell(
                leg.id,
                LegEvent::Refused {
                    status: StatusCode::SERVER_INTERNAL_ERROR,
                    cause: Cause::Internal,
                },
            );
            return leg;
        };
        leg.uac = Some(Box::new(Uac {
            request: first.request.clone(),
            branch: first.branch.clone(),
            tx: None,
            instead: ways,
            early: Vec::new(),
            proceeding: false,
            cancel: None,
            cancel_sent: false,
            dismissed: Vec::new(),
            left: Vec::new(),
            ack: None,
            policy,
            retried: false,
        }));
        stack.dialogs.insert(leg.tag.clone(), leg.id);
        leg.send_next(stack);
        leg
    }

    fn calling(new: &Outbound, peer: sip::Peer, tag: String) -> Leg {
        Leg {
            id: new.id,
            number: new.number,
            journey: new.journey,
            recorded_in: new.call,
            call: Some(new.call),
            home: None,
            state: State::Inviting,
            inbound: false,
            party: new.target.party.clone(),
            identity: new.called.clone(),
            account: new.target.account.clone(),
            trunk: new.target.trunk.is_some(),
            habits: new.target.habits,
            emergency: new.emergency,
            peer,
            heard_from: peer.remote,
            tag,
            dialog: None,
            sound: Sound::default(),
            uas: None,
            uac: None,
            modify: modify::Modify::default(),
            refers: refer::Refers::default(),
            connected: connected::Connected::with(&new.identity),
            session: None,
            session_id: SessionId {
                party: 0,
                other: new.session_id,
            },
            takes_update: false,
            digits: media::dtmf::Once::default(),
            page: None,
            pages: 0,
            answered_as: None,
            cause: None,
            on_record: None,
        }
    }

    /// A channel of the trunk and a media port.
    fn take_resources(&mut self, stack: &mut Stack, new: &Outbound) -> bool {
        let told = stack.media_address(&self.peer);
        self.sound = Sound::of(&[], told);
        if let Some(name) = &new.target.trunk {
            let trunks = std::sync::Arc::clone(&stack.snapshot.trunks);
            let trunk = trunks.iter().find(|trunk| &trunk.name == name);
            let Some(trunk) = trunk else { return false };
            if !stack.channels.take(trunk, self.id, new.emergency) {
                return false;
            }
            self.sound = Sound::of(&trunk.codecs, told);
        }
        self.sound.open(stack, self.id, new.emergency)
    }

    pub(super) fn write_invite(
        &self,
        stack: &mut Stack,
        new: &Outbound,
        via: &str,
        policy: &Policy,
        sdp: &Bytes,
        (call_id, cseq): (&str, u32),
    ) -> Bytes {
        let target = &new.target;
        let (from, asserted) = destination::shown(stack, &new.identity, target);
        let mut writer = Writer::request(&Method::Invite, &target.uri)
            .header(HeaderName::Via, via)
            .header(HeaderName::MaxForwards, new.max_forwards);
        for route in &target.routes {
            writer = writer.header(HeaderName::Route, route);
        }
        writer = writer
            .header(HeaderName::From, (from, ";tag=", &self.tag))
            .header(HeaderName::To, ("<", &target.to, ">"))
            .header(HeaderName::CallId, call_id)
            .header(HeaderName::CSeq, (cseq, " INVITE"));
        writer = self.introduce(stack, writer);
        writer = refresh::ask_headers(writer, policy, None);
        writer = writer.header(HeaderName::SessionId, self.session_id.value());
        if let Some(identity) = asserted {
            writer = writer.header(HeaderName::PAssertedIdentity, identity);
        }
        if let Some(by) = new.referred_by.as_ref().filter(|_| !self.trunk) {
            writer = writer.header(HeaderName::ReferredBy, destination::address(stack, by));
        }
        if target.answers {
            writer = auto_answer::ask(writer, stack.advertised(&self.peer));
        }
        for (name, value) in &new.relayed {
            writer = writer.raw(name, value.as_bytes());
        }
        let Some(location) = &target.location else {
            return writer.body("application/sdp", sdp);
        };
        let (content_type, body) = location.body(sdp, &mut stack.random);
        location.headers(writer).body(&content_type, &body)
    }

    /// A response to our INVITE arrived (17.1.1.2 passes 2xx again and again).
    pub(crate) fn invite_response(&mut self, stack: &mut Stack, response: &Message) {
        let status = response.status();
        stack
            .deadlines
            .cancel(Timer::Leg(self.id, LegTimer::FirstAnswer));
        if let Some(uac) = &mut self.uac {
            uac.instead = VecDeque::new();
        }
        if status.is_provisional() {
            self.invite_progress(stack, response);
        } else if status.is_success() {
            self.invite_success(stack, response);
        } else {
            self.invite_failure(stack, response);
        }
    }

    fn invite_progress(&mut self, stack: &mut Stack, response: &Message) {
        let Some(uac) = &mut self.uac else { return };
        uac.proceeding = true;
        if self.state == State::Cancelling {
            return self.send_cancel(stack);
        }
        if self.state != State::Inviting || response.status() == StatusCode::TRYING {
            return;
        }
        if !self.take_provisional(stack, response) {
            return;
        }
        self.session_id.learn(response);
        let early = match screen(response, false) {
            Ok(Screened::Sdp(_)) => self.take_body(stack, response),
            _ => false,
        };
        stack.tell(self.id, LegEvent::Ringing { early });
    }

    /// Files a provisional response under its early dialog and acknowledges a reliable one (RFC 3262 section 4).
    /// `false`: it came before, or out of order, or there are too many forks.
    fn take_provisional(&mut self, stack: &mut Stack, response: &Message) -> bool {
        let Some(uac) = &mut self.uac else {
            return false;
        };
        let Some(tag) = response.to_tag() else {
            return true;
        };
        let known = uac
            .early
            .iter()
            .position(|early| early.dialog.id().remote.as_str() == tag);
        let index = match known {
            Some(index) => index,
            None => {
                let Ok(dialog) = Dialog::uac(&uac.request, response) else {
                    return true;
                };
                if uac.early.len() >= limits::EARLY_DIALOGS {
                    return false;
                }
                uac.early.push(Early {
                    dialog,
                    reliable: ReliableReceiver::default(),
                });
                uac.early.len().saturating_sub(1)
            }
        };
        let Some(early) = uac.early.get_mut(index) else {
            return false;
        };
        let _ = early.dialog.answered(response);
        let reliable = response.require().any(|option| option == "100rel");
        let Some(rseq) = response.rseq().filter(|_| reliable) else {
            return true;
        };
        let cseq = response.cseq().seq;
        match early.reliable.receive(rseq) {
            sip::reliable::Provisional::Next => {
                self.send_prack(stack, index, rseq, cseq);
                true
            }
            sip::reliable::Provisional::Repeated | sip::reliable::Provisional::OutOfOrder => false,
        }
    }

    fn send_prack(&mut self, stack: &mut Stack, index: usize, rseq: u32, cseq: u32) {
        let early = self.uac.as_ref().and_then(|uac| uac.early.get(index));
        let Some(hop) = early.map(|early| self.hop_in(&early.dialog)) else {
            return;
        };
        let peer = stack.connect(hop);
        let (via, branch) = stack.via(&peer);
        let session_id = self.session_id.value();
        let Some(early) = self.uac.as_mut().and_then(|uac| uac.early.get_mut(index)) else {
            return;
        };
        let bytes = early
            .dialog
            .next_request(&Method::Prack, via)
            .header(HeaderName::SessionId, session_id)
            .header(HeaderName::RAck, (rseq, " ", cseq, " INVITE"))
            .finish();
        stack.request(Asker::Minor(self.id), &Method::Prack, &branch, bytes, peer);
    }

    fn invite_success(&mut self, stack: &mut Stack, response: &Message) {
        let Some(uac) = &mut self.uac else { return };
        uac.tx = None;
        let tag: RemoteTag = response.to_tag().unwrap_or_default().into();
        if let Some((confirmed, ack)) = &uac.ack {
            if *confirmed == tag {
                let (ack, hop) = (ack.clone(), self.next_hop());
                return stack.transmit(hop, ack);
            }
            // A second fork answered too: it is thanked and sent away (RFC 3261 13.2.2.4).
            return self.dismiss_fork(stack, response, Cause::AnsweredElsewhere);
        }
        let left = uac.left.contains(&tag);
        match self.state {
            State::Inviting if left => self.answered_and_left(stack, response),
            State::Inviting => self.confirm(stack, response),
            State::Cancelling | State::Over | State::Accepted | State::Leaving | State::Up => {
                let cause = uac.cancel.clone().unwrap_or(Cause::Cancelled);
                self.dismiss_fork(stack, response, cause.clone());
                if self.state == State::Cancelling {
                    self.over(stack, cause);
                }
            }
        }
    }

    /// A BYE before the 2xx, which it overtook or which was lost: refused then (RFC 3261 15.1.2), for there was no session,
    /// and remembered, for the peer has left.
    pub(crate) fn note_early_bye(&mut self, bye: &Message) {
        let waits = matches!(self.state, State::Inviting | State::Cancelling);
        let Some(uac) = self.uac.as_mut().filter(|_| waits) else {
            return;
        };
        let tag: RemoteTag = bye.from_tag().unwrap_or_default().into();
        let ours = uac.request.call_id() == bye.call_id();
        if ours && uac.left.len() < limits::EARLY_DIALOGS && !uac.left.contains(&tag) {
            uac.left.push(tag);
        }
    }

    /// The 2xx of a party that has already said BYE: it is thanked, and there is nobody to talk to.
    fn answered_and_left(&mut self, stack: &mut Stack, response: &Message) {
        let cause = Cause::CalleeHungUp;
        self.dismiss_fork(stack, response, cause.clone());
        self.over(stack, cause.clone());
        let status = StatusCode::TEMPORARILY_UNAVAILABLE;
        stack.tell(self.id, LegEvent::Refused { status, cause });
    }

    /// The first 2xx: the session stands, if its answer can be used.
    fn confirm(&mut self, stack: &mut Stack, response: &Message) {
        let Some(uac) = &mut self.uac else { return };
        let tag = response.to_tag().unwrap_or_default();
        let early = uac
            .early
            .iter()
            .position(|early| early.dialog.id().remote.as_str() == tag);
        let dialog = match early {
            Some(index) => {
                let mut dialog = uac.early.swap_remove(index).dialog;
                dialog.answered(response).map(|()| dialog)
            }
            None => Dialog::uac(&uac.request, response),
        };
        uac.early.clear();
        let Ok(dialog) = dialog else {
            // A 2xx that makes no dialog cannot even be acknowledged: the peer's fault, and the end of the leg.
            self.over(stack, Cause::Failed(StatusCode::BAD_GATEWAY.0));
            let cause = Cause::Failed(StatusCode::BAD_GATEWAY.0);
            return stack.tell(
                self.id,
                LegEvent::Refused {
                    status: StatusCode::BAD_GATEWAY,
                    cause,
                },
            );
        };
        let policy = uac.policy;
        self.dialog = Some(dialog);
        self.answered_as = connected::answered_as(response).filter(|_| self.trunk);
        self.learn(response);
        self.session_id.complete(&mut stack.random);
        self.acknowledge_first(stack, response);
        self.state = State::Up;
        let agreed = self.take_body(stack, response) || self.sound.is_connected();
        if !agreed {
            self.hang_up(stack, Cause::NoMedia);
            let status = StatusCode::NOT_ACCEPTABLE_HERE;
            return stack.tell(
                self.id,
                LegEvent::Refused {
                    status,
                    cause: Cause::NoMedia,
                },
            );
        }
        self.start_session(stack, policy.interval, response);
        self.record_answer(stack);
        stack.tell(self.id, LegEvent::Answered);
    }

    fn acknowledge_first(&mut self, stack: &mut Stack, response: &Message) {
        let Some((bytes, hop)) = self.write_ack(stack, response.cseq().seq) else {
            return;
        };
        let tag: RemoteTag = response.to_tag().unwrap_or_default().into();
        if let Some(uac) = &mut self.uac {
            uac.ack = Some((tag, bytes.clone()));
        }
        stack.transmit(hop, bytes);
    }

    /// ACK, then BYE, on a dialog that nobody wants: the crossing of CANCEL and 2xx, or one fork too many.
    fn dismiss_fork(&mut self, stack: &mut Stack, response: &Message, cause: Cause) {
        let Some(uac) = &mut self.uac else { return };
        let Ok(mut dialog) = Dialog::uac(&uac.request, response) else {
            return;
        };
        let tag = dialog.id().remote.clone();
        let again = uac.dismissed.contains(&tag);
        let left = uac.left.contains(&tag);
        if !again && uac.dismissed.len() < limits::EARLY_DIALOGS {
            uac.dismissed.push(tag);
        }
        let peer = stack.connect(self.hop_in(&dialog));
        let (via, _) = stack.via(&peer);
        let ack = dialog.ack(response.cseq().seq, via).finish();
        stack.transmit(peer, ack);
        if again || left {
            return;
        }
        let (via, branch) = stack.via(&peer);
        let bye = farewell::with_reason(dialog.next_request(&Method::Bye, via), &cause).finish();
        stack.request(Asker::Nobody, &Method::Bye, &branch, bye, peer);
    }

    fn invite_failure(&mut self, stack: &mut Stack, response: &Message) {
        let status = response.status();
        let Some(uac) = &mut self.uac else { return };
        uac.tx = None;
        match self.state {
            State::Cancelling => {
                let cause = uac.cancel.clone().unwrap_or(Cause::Cancelled);
                self.over(stack, cause);
            }
            State::Inviting => {
                if self.may_ask_again(status) && self.invite_again(stack, response) {
                    return;
                }
                let cause = self.cause_of(status);
                self.over(stack, cause.clone());
                stack.tell(
                    self.id,
                    LegEvent::Refused {
                        status: presentable(status),
                        cause,
                    },
                );
            }
            State::Accepted | State::Leaving | State::Up | State::Over => {}
        }
    }

    /// No final response came (timer B), or the request could not be sent.
    pub(crate) fn invite_unanswered(&mut self, stack: &mut Stack, status: StatusCode) {
        let cause = if self.trunk {
            Cause::TrunkFailed(0)
        } else {
            Cause::Failed(status.0)
        };
        if self.state == State::Inviting && self.send_next(stack) {
            return;
        }
        match self.state {
            State::Inviting => {
                self.over(stack, cause.clone());
                stack.tell(self.id, LegEvent::Refused { status, cause });
            }
            State::Cancelling => {
                let cause = self
                    .uac
                    .as_ref()
                    .and_then(|uac| uac.cancel.clone())
                    .unwrap_or(cause);
                self.over(stack, cause);
            }
            State::Accepted | State::Leaving | State::Up | State::Over => {}
        }
    }

    fn cause_of(&self, status: StatusCode) -> Cause {
        match status.0 {
            486 | 600 => Cause::Busy,
            603 => Cause::Declined,
            480 | 408 if !self.trunk => Cause::NotRegistered,
            status if self.trunk => Cause::TrunkFailed(status),
            status => Cause::Failed(status),
        }
    }
}

/// What the other side is told: a challenge, a redirection or an extension that the peer wanted from us is our own
/// business, and the caller must not try to answer it.
fn presentable(status: StatusCode) -> StatusCode {
    match status.0 {
        300..=399 => StatusCode::TEMPORARILY_UNAVAILABLE,
        401 | 407 => StatusCode::FORBIDDEN,
        420 | 421 | 422 | 494 => StatusCode::SERVER_INTERNAL_ERROR,
        503 => StatusCode::SERVICE_UNAVAILABLE,
        _ => status,
    }
}
