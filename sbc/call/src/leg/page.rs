//! A leg whose party is a web page: no SIP dialog, its offer and answer come by a command, and its end is a command or a long
//! silence. The page may be reloaded or replaced at any time; the leg, and whatever it is connected to, stays (WEB-2, CON-15).

use media::offer_answer::{self, LocalBrowser};
use media::sdp::SessionDescription;
use media::webrtc::NOWHERE;
use sip::{Peer, Transport};

use super::session_id::SessionId;
use super::sound::{Sound, Unanswered};
use super::{Identity, Leg, State, connected, modify, refer};
use crate::deadlines::{LegTimer, Timer};
use crate::effect::LegEvent;
use crate::id::{CallId, LegId};
use crate::journal::{Cause, JourneyId, LegRef};
use crate::limits;
use crate::snapshot::Habits;
use crate::stack::Stack;
use std::time::SystemTime;

/// What a new leg begins with when a page connects.
pub(crate) struct Page {
    pub(crate) id: LegId,
    pub(crate) number: LegRef,
    pub(crate) journey: JourneyId,
    pub(crate) call: CallId,
    pub(crate) identity: Identity,
    pub(crate) session_id: SessionId,
}

impl Leg {
    /// A page connects: the leg is up at once, and the answer is the page's.
    pub(crate) fn of_page(
        stack: &mut Stack,
        new: Page,
        offer: &SessionDescription,
    ) -> Result<(Leg, String), Unanswered> {
        let mut leg = Leg {
            id: new.id,
            number: new.number,
            journey: new.journey,
            recorded_in: new.call,
            call: Some(new.call),
            home: None,
            state: State::Up,
            inbound: true,
            party: new.identity.number.clone(),
            identity: new.identity,
            account: None,
            trunk: false,
            habits: Habits::default(),
            emergency: false,
            peer: Peer {
                transport: Transport::Udp,
                local: NOWHERE,
                remote: NOWHERE,
                flow: None,
            },
            heard_from: NOWHERE,
            tag: stack.random.tag(),
            dialog: None,
            sound: Sound::default(),
            uas: None,
            uac: None,
            modify: modify::Modify::default(),
            refers: refer::Refers::default(),
            connected: connected::Connected::default(),
            session: None,
            session_id: new.session_id,
            takes_update: false,
            digits: media::dtmf::Once::default(),
            page: Some(Presence::Awaited),
            pages: 0,
            answered_as: None,
            cause: None,
            on_record: None,
        };
        let answer = leg.sound.answer_page(stack, new.id, offer)?;
        stack.after(Timer::Leg(new.id, LegTimer::Page), limits::REATTACH);
        Ok((leg, answer))
    }

    /// Another page takes the place, or the same one comes from another network.
    pub(crate) fn reattach(
        &mut self,
        stack: &mut Stack,
        offer: &SessionDescription,
    ) -> Result<String, Unanswered> {
        self.sound.answer_page(stack, self.id, offer)
    }

    /// Whether the party is a page.
    pub(crate) fn is_page(&self) -> bool {
        self.page.is_some()
    }

    /// How often a page has proven itself here.
    pub(crate) fn pages(&self) -> u32 {
        self.pages
    }

    /// Whether the page's sound is missed: whoever is connected to it hears music.
    pub(crate) fn is_missed(&self) -> bool {
        self.missed_until().is_some()
    }

    /// When the page's sound has been missed for too long.
    pub(crate) fn missed_until(&self) -> Option<SystemTime> {
        match self.page {
            Some(Presence::Missed { until }) => Some(until),
            _ => None,
        }
    }

    /// The page has proven itself and its sound can flow.
    pub(crate) fn page_attached(&mut self, stack: &mut Stack) {
        self.pages = self.pages.saturating_add(1);
        if let Some(call) = self.call {
            stack.watch.call(call);
        }
        if self.page == Some(Presence::Awaited) {
            self.page_back(stack);
        }
    }

    /// No sound of the page for two seconds: who speaks to it hears music, and so many seconds are left.
    pub(crate) fn page_missed(&mut self, stack: &mut Stack) {
        if self.state != State::Up || self.page.is_none() {
            return;
        }
        let left = limits::REATTACH.saturating_sub(limits::MISSED);
        let until = stack.now.wall + left;
        self.page = Some(Presence::Missed { until });
        stack.after(Timer::Leg(self.id, LegTimer::Page), left);
        stack.tell(self.id, LegEvent::Direction);
    }

    /// The page is heard.
    pub(crate) fn page_back(&mut self, stack: &mut Stack) {
        if self.page.is_none() {
            return;
        }
        self.page = Some(Presence::There);
        stack.deadlines.cancel(Timer::Leg(self.id, LegTimer::Page));
        stack.tell(self.id, LegEvent::Direction);
    }

    /// It never came, or did not come back in time.
    pub(crate) fn page_gone(&mut self, stack: &mut Stack) {
        self.lost(stack, Cause::MediaSilent);
    }
}

/// Whether a page is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// Answered, and not heard yet.
    Awaited,
    /// Its sound flows.
    There,
    /// Its sound stopped.
    Missed {
        /// When it must be back.
        until: SystemTime,
    },
}

impl Sound {
    /// Answers a page's offer, the first one or a later: the endpoint gets it as its browser.
    pub(super) fn answer_page(
        &mut self,
        stack: &mut Stack,
        leg: LegId,
        offer: &SessionDescription,
    ) -> Result<String, Unanswered> {
        let Some(identity) = stack.browsers.clone() else {
            return Err(Unanswered::Closed);
        };
        let fresh = self.endpoint().is_none();
        if !self.open(stack, leg, false) {
            return Err(Unanswered::Full);
        }
        let local = LocalBrowser {
            session_id: self.session_id(),
            address: stack.settings().media_address,
            port: self.port(),
            ssrc: self.ssrc(),
            credentials: stack.random.credentials(),
            identity,
        };
        match offer_answer::answer_browser(offer, &local) {
            Ok((answer, agreement)) => {
                self.take_page(stack, agreement);
                Ok(String::from_utf8_lossy(&answer).into_owned())
            }
            Err(_) => {
                if fresh {
                    self.lost(stack);
                }
                Err(Unanswered::Offer)
            }
        }
    }
}
