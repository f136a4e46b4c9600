//! Our INVITE once more, when its refusal says what another one can mend: the session interval (RFC 4028), or the place of a
//! caller for help (RFC 6442).

use sip::session_timer;
use sip::{HeaderName, Message, Method, StatusCode};

use super::{Leg, refresh};
use crate::deadlines::{LegTimer, Timer};
use crate::limits;
use crate::stack::{Asker, Stack};

impl Leg {
    /// What another INVITE can mend: a session interval, or a place that the peer cannot read or does not believe.
    pub(super) fn may_ask_again(&self, status: StatusCode) -> bool {
        status == StatusCode::SESSION_INTERVAL_TOO_SMALL
            || (matches!(status.0, 400 | 415 | 424 | 488) && self.told_place())
    }

    /// Our INVITE says where the caller is.
    fn told_place(&self) -> bool {
        let uac = self.uac.as_ref();
        uac.is_some_and(|uac| uac.request.has(&HeaderName::Geolocation))
    }

    /// 422: once more with the interval that the peer wants (RFC 4028 section 7.3). A call for help that a line refuses
    /// because of the place in it: once more without (RFC 6442 section 4.3).
    pub(super) fn invite_again(&mut self, stack: &mut Stack, response: &Message) -> bool {
        let alone = Some(self.sound.sent_sdp())
            .filter(|_| response.status() != StatusCode::SESSION_INTERVAL_TOO_SMALL);
        let Some(uac) = &mut self.uac else {
            return false;
        };
        let policy = match &alone {
            Some(_) => Some(uac.policy),
            None => {
                session_timer::ask_again(&uac.policy, response.min_se()).filter(|_| !uac.retried)
            }
        };
        let Some(policy) = policy else {
            return false;
        };
        let (via, branch) = stack.via(&self.peer);
        let cseq = uac.request.cseq().seq.saturating_add(1);
        let bytes = refresh::rewrite_invite(&uac.request, &via, cseq, &policy, alone.as_ref());
        let Ok(request) = Message::parse(bytes.clone()) else {
            return false;
        };
        uac.request = request;
        uac.branch.clone_from(&branch);
        uac.policy = policy;
        uac.retried |= alone.is_none();
        uac.early.clear();
        uac.proceeding = false;
        uac.cancel_sent = false;
        let tx = stack.request(
            Asker::Invite(self.id),
            &Method::Invite,
            &branch,
            bytes,
            self.peer,
        );
        uac.tx = Some(tx);
        if self.trunk {
            stack.after(
                Timer::Leg(self.id, LegTimer::FirstAnswer),
                limits::TRUNK_FIRST_ANSWER,
            );
        }
        true
    }
}
