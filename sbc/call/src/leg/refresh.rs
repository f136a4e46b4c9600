//! Session timers on a leg (RFC 4028): the headers of requests and answers, the running timer, and its two deadlines.

use bytes::Bytes;
use sip::session_timer::{self, Answer, Due, Party, Policy, Said};
use sip::{HeaderName, Message, Method, Writer};

use super::{Leg, State};
use crate::deadlines::{LegTimer, Timer};
use crate::journal::Cause;
use crate::limits;
use crate::stack::Stack;

/// What we want of every session.
pub(crate) const POLICY: Policy = Policy {
    interval: limits::SESSION_INTERVAL,
    min_se: limits::SESSION_MIN,
};

/// Adds the session headers of a 2xx.
pub(super) fn answer_headers(writer: Writer, answer: &Answer) -> Writer {
    match answer {
        Answer::Timed {
            session_expires,
            require,
        } => {
            let writer = writer.header(HeaderName::SessionExpires, session_expires);
            if *require {
                writer.header(HeaderName::Require, "timer")
            } else {
                writer
            }
        }
        Answer::TooSmall { min_se } => writer.header(HeaderName::MinSe, min_se),
    }
}

/// Adds the session headers of a request.
pub(super) fn ask_headers(writer: Writer, policy: &Policy, refresher: Option<Party>) -> Writer {
    let (session_expires, min_se) = session_timer::ask(policy, refresher);
    writer
        .header(HeaderName::SessionExpires, session_expires)
        .header(HeaderName::MinSe, min_se)
}

/// The same INVITE once more, with another Via, CSeq and session interval. `alone`: only this description goes along, and
/// not where the caller is (RFC 6442).
pub(super) fn rewrite_invite(
    request: &Message,
    via: &str,
    cseq: u32,
    policy: &Policy,
    alone: Option<&Bytes>,
) -> Bytes {
    let mut writer =
        Writer::request(&Method::Invite, request.request_uri()).header(HeaderName::Via, via);
    for (name, value) in request.headers() {
        match name {
            HeaderName::Via
            | HeaderName::CSeq
            | HeaderName::SessionExpires
            | HeaderName::MinSe
            | HeaderName::ContentType
            | HeaderName::ContentLength => {}
            HeaderName::Geolocation | HeaderName::GeolocationRouting if alone.is_some() => {}
            other => writer = writer.raw(other.as_str(), value),
        }
    }
    writer = writer.header(HeaderName::CSeq, (cseq, " INVITE"));
    let writer = ask_headers(writer, policy, None);
    match alone {
        Some(sdp) => writer.body("application/sdp", sdp),
        None => {
            let kind = request.header(&HeaderName::ContentType).unwrap_or_default();
            writer.body(&kind, request.body())
        }
    }
}

impl Leg {
    /// A 2xx to a request of ours that asked for a session interval starts the timer anew.
    pub(super) fn start_session(&mut self, stack: &mut Stack, asked: u32, response: &Message) {
        self.session = Some(session_timer::accepted(
            stack.now.monotonic,
            asked,
            &Said::by(response),
        ));
        self.schedule_refresh(stack);
    }

    /// Sets the deadline of the session timer.
    pub(super) fn schedule_refresh(&mut self, stack: &mut Stack) {
        if let Some(session) = &self.session {
            stack.deadlines.set(
                Timer::Leg(self.id, LegTimer::Refresh),
                session.next_deadline(),
            );
        }
    }

    /// The session timer's deadline: refresh, or end what nobody refreshed.
    pub(crate) fn session_due(&mut self, stack: &mut Stack) {
        let Some(session) = &mut self.session else {
            return;
        };
        match session.expire(stack.now.monotonic) {
            Due::Nothing => self.schedule_refresh(stack),
            Due::Refresh => {
                self.schedule_refresh(stack);
                if self.state == State::Up {
                    self.refresh(stack);
                }
            }
            Due::Expired => self.lost(stack, Cause::PeerLost),
        }
    }
}
