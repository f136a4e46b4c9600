//! How a leg ends: BYE, CANCEL or a refusal by us, BYE or loss by the peer, and what goes on record.

use media::Source;
use sip::dialog::Dialog;
use sip::value::text;
use sip::{HeaderName, Message, Method, Peer, StatusCode, Writer};

use super::{Leg, State};
use crate::deadlines::{LegTimer, Timer};
use crate::effect::{Effect, LegEvent};
use crate::journal::{Cause, Fact, GhostDialog, Quality};
use crate::limits;
use crate::stack::{Asker, Stack};

/// Adds the Reason (RFC 3326) that the peer's phone may show: above all that another device answered, so that it
/// counts no missed call.
pub(super) fn with_reason(writer: Writer, cause: &Cause) -> Writer {
    let reason = match cause {
        Cause::AnsweredElsewhere => "SIP;cause=200;text=\"Call completed elsewhere\"",
        Cause::NoAnswer => "SIP;cause=480;text=\"No answer\"",
        Cause::Cancelled => "SIP;cause=487;text=\"Request terminated\"",
        Cause::NoMedia => "SIP;cause=488;text=\"No common codec\"",
        Cause::Shutdown | Cause::Restart | Cause::Overload => {
            "SIP;cause=503;text=\"Service unavailable\""
        }
        Cause::NoAck | Cause::PeerLost => "SIP;cause=408;text=\"Request timeout\"",
        Cause::MediaSilent => "SIP;cause=408;text=\"RTP timeout\"",
        Cause::Transferred => "SIP;cause=200;text=\"Transferred\"",
        Cause::Internal => "SIP;cause=500;text=\"Internal error\"",
        _ => "Q.850;cause=16;text=\"Normal call clearing\"",
    };
    writer.header(HeaderName::Reason, reason)
}

/// Another fork of an INVITE of ours answered after its leg was gone: it is thanked and sent away all the same, or that
/// party would talk to nobody (RFC 3261 13.2.2.4). The response alone names the dialog.
pub(crate) fn dismiss_stray(stack: &mut Stack, response: &Message, peer: Peer) {
    let Ok(mut dialog) = Dialog::uac(response, response) else {
        return;
    };
    if dialog.target().is_empty() {
        return;
    }
    let (via, _) = stack.via(&peer);
    let ack = dialog.ack(response.cseq().seq, via).finish();
    stack.transmit(peer, ack);
    let (via, branch) = stack.via(&peer);
    let bye = with_reason(
        dialog.next_request(&Method::Bye, via),
        &Cause::AnsweredElsewhere,
    );
    stack.request(Asker::Nobody, &Method::Bye, &branch, bye.finish(), peer);
}

/// The status for a caller who is refused because the call ends so.
fn refusal(cause: &Cause) -> StatusCode {
    match cause {
        Cause::Busy => StatusCode::BUSY_HERE,
        Cause::Declined | Cause::Desk | Cause::Finished => StatusCode::DECLINE,
        Cause::UnknownNumber => StatusCode::NOT_FOUND,
        Cause::Forbidden => StatusCode::FORBIDDEN,
        Cause::NoMedia => StatusCode::NOT_ACCEPTABLE_HERE,
        Cause::Overload | Cause::Shutdown | Cause::Restart | Cause::TrunkFailed(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Cause::Internal => StatusCode::SERVER_INTERNAL_ERROR,
        Cause::Cancelled | Cause::Transferred => StatusCode::REQUEST_TERMINATED,
        _ => StatusCode::TEMPORARILY_UNAVAILABLE,
    }
}

impl Leg {
    /// Ends the party's side, whatever it is doing: refuse, cancel or BYE.
    pub(crate) fn hang_up(&mut self, stack: &mut Stack, cause: Cause) {
        match (self.state, self.inbound) {
            (State::Inviting, true) => {
                let status = refusal(&cause);
                self.reject(stack, status, cause);
            }
            (State::Inviting, false) => self.cancel(stack, cause),
            // Until the ACK is there no BYE may go (RFC 3261 section 15), unless there is no time left for one.
            (State::Accepted, _) if self.awaits_ack() && cause != Cause::Shutdown => {
                self.state = State::Leaving;
                self.cause = Some(cause);
                self.hear(stack, Source::Silence);
            }
            (State::Leaving, _) if cause == Cause::Shutdown => self.leave(stack),
            (State::Accepted | State::Up, _) => {
                self.end_referral(stack, Some(StatusCode::REQUEST_TERMINATED));
                self.send_bye(stack, &cause);
                self.over(stack, cause);
            }
            (State::Leaving | State::Cancelling | State::Over, _) => {}
        }
    }

    /// The BYE that waited for an ACK.
    pub(super) fn leave(&mut self, stack: &mut Stack) {
        let cause = self.cause.clone().unwrap_or(Cause::Internal);
        self.send_bye(stack, &cause);
        self.over(stack, cause);
    }

    fn send_bye(&mut self, stack: &mut Stack, cause: &Cause) {
        let Some((writer, branch, hop)) = self.begin_request(stack, &Method::Bye) else {
            return;
        };
        let bytes = with_reason(writer, cause).finish();
        stack.request(Asker::Nobody, &Method::Bye, &branch, bytes, hop);
    }

    /// The peer hung up.
    pub(super) fn bye(&mut self, stack: &mut Stack) {
        let cause = if self.inbound {
            Cause::CallerHungUp
        } else {
            Cause::CalleeHungUp
        };
        self.end_pending_invite(stack);
        if self.state == State::Leaving {
            let cause = self.cause.clone().unwrap_or(cause);
            return self.over(stack, cause);
        }
        self.over(stack, cause.clone());
        stack.tell(self.id, LegEvent::Gone(cause));
    }

    /// A BYE that crosses an INVITE we have not answered ends it (RFC 3261 15.1.2).
    fn end_pending_invite(&mut self, stack: &mut Stack) {
        if let (State::Inviting, Some(uas)) = (self.state, &self.uas) {
            let (tx, request) = (uas.tx, uas.request.clone());
            let bytes = self
                .response(&request, StatusCode::REQUEST_TERMINATED)
                .finish();
            stack.respond(tx, StatusCode::REQUEST_TERMINATED, bytes);
        }
    }

    /// The peer is lost, or the session cannot go on: BYE in case it still hears us, and the call is told.
    pub(super) fn lost(&mut self, stack: &mut Stack, cause: Cause) {
        if matches!(self.state, State::Leaving | State::Over) {
            return;
        }
        self.hang_up(stack, cause.clone());
        stack.tell(self.id, LegEvent::Gone(cause));
    }

    /// Neither sound nor reports came for too long. A phone that is muted and suppresses silence is no lost phone: it is
    /// asked, and only one that does not answer is given up.
    pub(crate) fn silent(&mut self, stack: &mut Stack) {
        if self.state == State::Up && !self.holds_us() {
            self.refresh(stack);
            stack.after(Timer::Leg(self.id, LegTimer::Probe), limits::PROBE);
        }
    }

    /// Something of the party was heard: it lives.
    pub(crate) fn heard(&mut self, stack: &mut Stack) {
        stack.deadlines.cancel(Timer::Leg(self.id, LegTimer::Probe));
    }

    /// A silent party that was asked said nothing.
    pub(crate) fn probe_unanswered(&mut self, stack: &mut Stack) {
        if self.state == State::Up {
            self.lost(stack, Cause::MediaSilent);
        }
    }

    /// Nothing more is said on this leg: every table forgets it, the media endpoint closes, and when its report is there
    /// the end goes on record.
    pub(super) fn over(&mut self, stack: &mut Stack, cause: Cause) {
        if self.state == State::Over {
            return;
        }
        self.end_referral(stack, None);
        self.state = State::Over;
        self.cause = Some(cause);
        stack.sweep_leg(self.id, &self.tag);
        stack.riders.follow(self.id, Some(self.peer), None);
        if let Some(uas) = &self.uas {
            stack.invites.remove(&uas.tx);
        }
        stack.channels.free(self.id);
        self.sound.close(stack);
        if self.sound.is_reporting() {
            stack.after(Timer::Leg(self.id, LegTimer::Report), limits::REPORT);
        } else {
            self.record_end(stack, None);
        }
    }

    /// The media plane reported, or will not: the end goes on record.
    pub(crate) fn media_closed(&mut self, stack: &mut Stack, quality: Option<Quality>) {
        if self.sound.is_reporting() {
            stack
                .deadlines
                .cancel(Timer::Leg(self.id, LegTimer::Report));
            self.sound.closed(stack);
            self.record_end(stack, quality);
        }
    }

    fn record_end(&mut self, stack: &mut Stack, quality: Option<Quality>) {
        let cause = self.cause.clone().unwrap_or(Cause::Internal);
        stack.journal(Fact::LegEnded {
            journey: self.journey,
            leg: self.number,
            cause,
            quality,
        });
        stack.effects.push_back(Effect::Recorded {
            leg: self.id,
            call: self.recorded_in,
        });
    }

    /// The party answered: what a BYE after a restart would need goes on record.
    pub(super) fn record_answer(&mut self, stack: &mut Stack) {
        let Some(dialog) = self.ghost() else { return };
        self.on_record = Some((dialog.target.clone(), dialog.peer.remote));
        stack.journal(Fact::LegAnswered {
            journey: self.journey,
            leg: self.number,
            dialog,
        });
    }

    /// A message of the peer may have changed where a BYE goes: then that goes on record too.
    pub(super) fn record_change(&mut self, stack: &mut Stack) {
        let (Some((target, remote)), Some(dialog)) = (&self.on_record, &self.dialog) else {
            return;
        };
        if self.state == State::Over
            || (dialog.request_uri() == target && self.next_hop().remote == *remote)
        {
            return;
        }
        let Some(dialog) = self.ghost() else { return };
        self.on_record = Some((dialog.target.clone(), dialog.peer.remote));
        stack.journal(Fact::LegDialog {
            journey: self.journey,
            leg: self.number,
            dialog,
        });
    }

    /// What a BYE needs.
    fn ghost(&self) -> Option<GhostDialog> {
        let peer = self.next_hop();
        let dialog = self.dialog.as_ref()?;
        let id = dialog.id();
        let mark = match id.remote.as_str() {
            "" => "",
            _ => ";tag=",
        };
        Some(GhostDialog {
            journey: self.journey,
            call_id: id.call_id.to_string(),
            local: text((dialog.local(), ";tag=", &id.local)),
            remote: text((dialog.remote(), mark, &id.remote)),
            target: dialog.request_uri().to_owned(),
            routes: dialog.routes(),
            cseq: dialog.local_seq(),
            peer,
        })
    }

    /// The response to a small request of ours (PRACK, INFO, OPTIONS): only a dialog that is gone matters.
    pub(crate) fn minor_response(&mut self, stack: &mut Stack, response: &Message) {
        if response.status() == StatusCode::CALL_DOES_NOT_EXIST && self.state == State::Up {
            self.lost(stack, Cause::PeerLost);
        }
    }

    /// Where the leg's record stands, for a move to another call.
    pub(crate) fn record_place(&self) -> (crate::journal::JourneyId, crate::journal::LegRef) {
        (self.journey, self.number)
    }
}
