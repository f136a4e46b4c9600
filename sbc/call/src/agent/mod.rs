//! An agent: whoever is rung for queues, a station on duty or a phone that the dialplan names (QUE-4). What it does follows
//! from what is true of it, so that no state can be left behind: only offers and work after a call have a time of their own.

use std::time::{Duration, Instant};

use crate::desk::{Pause, StationState};
use crate::id::CallId;
use crate::limits;

/// What kind of agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A station: an operator who says when.
    Station,
    /// A phone of the dialplan: there whenever it can be reached, and never paused.
    Phone,
}

/// What happens to an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Its device can be reached, or not.
    Reach(bool),
    /// Its device is in a call, or not any more.
    Engaged(bool),
    /// The operator takes offers; work after a call is done.
    Ready,
    /// The operator takes none.
    Pause(Pause),
    /// A caller is offered until then.
    Offered(CallId, Instant),
    /// The offer is withdrawn: somebody else has the caller.
    Withdrawn,
    /// The offer was refused.
    Declined,
    /// The offer stayed unanswered.
    Missed,
    /// The caller was taken; when that call is over, this much work follows.
    Took(Duration),
    /// Time has passed.
    Tick,
}

/// One agent.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    kind: Kind,
    reached: bool,
    engaged: bool,
    pause: Option<Pause>,
    offer: Option<(CallId, Instant)>,
    /// Not rung before then: work after a call, or a breath after silence.
    rest_until: Option<Instant>,
    /// Work that follows the call it is in.
    wrap_up: Duration,
    /// Work that it is doing: a call in the midst of it, a caller who was taken back for instance, has it follow again.
    work: Duration,
    /// Offers unanswered in a row.
    missed: u32,
    /// Since when it has had no call.
    idle_since: Instant,
    /// Since when its state is what it is.
    pub(crate) since: Instant,
}

impl Agent {
    /// One that comes on duty.
    pub(crate) fn new(kind: Kind, now: Instant) -> Agent {
        Agent {
            kind,
            reached: false,
            engaged: false,
            pause: None,
            offer: None,
            rest_until: None,
            wrap_up: Duration::ZERO,
            work: Duration::ZERO,
            missed: 0,
            idle_since: now,
            since: now,
        }
    }

    /// One event. Says whether it was paused by its own silence.
    pub(crate) fn handle(&mut self, now: Instant, event: Event) -> bool {
        let before = self.state();
        let paused = self.note(now, event);
        if self.state() != before {
            self.since = now;
        }
        paused
    }

    fn note(&mut self, now: Instant, event: Event) -> bool {
        match event {
            Event::Reach(reached) => self.reached = reached,
            Event::Engaged(true) => {
                self.engaged = true;
                self.offer = None;
                self.rest_until = None;
                self.wrap_up = self.wrap_up.max(std::mem::take(&mut self.work));
                self.missed = 0;
            }
            Event::Engaged(false) if self.engaged => {
                self.engaged = false;
                self.idle_since = now;
                self.work = std::mem::take(&mut self.wrap_up);
                let until = now.checked_add(self.work);
                self.rest_until = until.filter(|_| !self.work.is_zero());
            }
            Event::Engaged(false) => {}
            Event::Ready => {
                self.pause = None;
                self.rest_until = None;
                self.work = Duration::ZERO;
                self.missed = 0;
            }
            Event::Pause(why) => self.pause = Some(why),
            Event::Offered(call, until) => self.offer = Some((call, until)),
            Event::Withdrawn => self.offer = None,
            Event::Declined => {
                self.offer = None;
                self.missed = 0;
            }
            Event::Missed => return self.missed_one(now),
            Event::Took(work) => {
                self.offer = None;
                self.missed = 0;
                self.wrap_up = work;
            }
            Event::Tick => {
                self.rest_until = self.rest_until.filter(|until| *until > now);
                if self.rest_until.is_none() {
                    self.work = Duration::ZERO;
                }
            }
        }
        false
    }

    fn missed_one(&mut self, now: Instant) -> bool {
        self.offer = None;
        self.missed = self.missed.saturating_add(1);
        if self.kind == Kind::Phone {
            self.rest_until = now.checked_add(limits::PHONE_BREATH);
            return false;
        }
        let paused = self.missed >= limits::UNANSWERED_OFFERS && self.pause.is_none();
        if paused {
            self.pause = Some(Pause::Unanswered(self.missed));
        }
        paused
    }

    /// What it does.
    pub(crate) fn state(&self) -> StationState {
        if self.engaged {
            StationState::Talking
        } else if !self.reached {
            StationState::Calling
        } else if self.offer.is_some() {
            StationState::Ringing
        } else if let Some(why) = &self.pause {
            StationState::Paused(why.clone())
        } else if self.rest_until.is_some() {
            StationState::WrapUp
        } else {
            StationState::Ready
        }
    }

    /// Whether it may be rung.
    pub(crate) fn is_ready(&self) -> bool {
        self.state() == StationState::Ready
    }

    /// Whether a caller may hope for it: somebody who left without a word is not there.
    pub(crate) fn is_there(&self) -> bool {
        let silent = matches!(self.pause, Some(Pause::Unanswered(_)));
        (self.reached || self.engaged || self.kind == Kind::Station) && !silent
    }

    /// Whom it is offered.
    pub(crate) fn offered(&self) -> Option<CallId> {
        self.offer.map(|(call, _)| call)
    }

    /// Whether its offer has run out.
    pub(crate) fn offer_is_over(&self, now: Instant) -> bool {
        self.offer.is_some_and(|(_, until)| until <= now)
    }

    /// How it is placed among those who are free: who has been free for longest comes first.
    pub(crate) fn idle_since(&self) -> Instant {
        self.idle_since
    }

    /// Whether its device can be reached.
    pub(crate) fn is_reached(&self) -> bool {
        self.reached
    }

    /// What kind it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// When its time brings something.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let offer = self.offer.map(|(_, until)| until);
        offer.into_iter().chain(self.rest_until).min()
    }
}

#[cfg(test)]
mod tests;
