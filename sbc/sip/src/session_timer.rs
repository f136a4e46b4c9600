//! Session timers: RFC 4028. A dialog that nobody refreshes ends, so a dead peer does not leave a call for ever.
//!
//! The negotiation is pure ([`answer`], [`ask`], [`accepted`], [`ask_again`]); the outcome is a [`SessionTimer`].

use std::time::{Duration, Instant};

use crate::headers::{Refresher, SessionExpires};
use crate::message::Message;

/// The least Min-SE a user agent may insist on, in seconds (section 5).
pub const MIN_SE_FLOOR: u32 = 90;
/// A Min-SE above one day is no session timer but a way to keep ghosts; we do not follow it.
pub const MIN_SE_CEILING: u32 = 86_400;

/// What we want, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The session interval we propose.
    pub interval: u32,
    /// The shortest one we accept, at least [`MIN_SE_FLOOR`].
    pub min_se: u32,
}

impl Default for Policy {
    /// 1800 s (recommended in section 4) and 90 s.
    fn default() -> Policy {
        Policy {
            interval: 1800,
            min_se: MIN_SE_FLOOR,
        }
    }
}

/// What a request (INVITE or UPDATE) or the 2xx to it says about session timers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Said {
    /// `Supported` (or `Require`) holds `timer`.
    pub supported: bool,
    /// `Session-Expires`.
    pub session_expires: Option<SessionExpires>,
    /// `Min-SE`, seconds.
    pub min_se: Option<u32>,
}

impl Said {
    /// Reads these headers of a message.
    pub fn by(message: &Message) -> Said {
        Said {
            supported: message.supports("timer"),
            session_expires: message.session_expires(),
            min_se: message.min_se(),
        }
    }
}

/// Which of the two parties of a dialog refreshes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// This side.
    Us,
    /// The peer.
    Peer,
}

impl Party {
    /// The same party as the roles of a request that we send.
    pub fn in_our_request(self) -> Refresher {
        match self {
            Party::Us => Refresher::Uac,
            Party::Peer => Refresher::Uas,
        }
    }
}

/// The UAS's decision (section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Refuse with 422 and this `Min-SE`.
    TooSmall {
        /// Seconds.
        min_se: u32,
    },
    /// Accept, and put these into the 2xx.
    Timed {
        /// `Session-Expires`, always with its refresher.
        session_expires: SessionExpires,
        /// Whether the 2xx has `Require: timer`.
        require: bool,
    },
}

impl Answer {
    /// The timer of a dialog whose 2xx we sent at `now`.
    pub fn timer(&self, now: Instant) -> Option<SessionTimer> {
        match self {
            Answer::TooSmall { .. } => None,
            Answer::Timed {
                session_expires, ..
            } => {
                let who = match session_expires.refresher {
                    Some(Refresher::Uac) => Party::Peer,
                    Some(Refresher::Uas) | None => Party::Us,
                };
                Some(SessionTimer::new(now, session_expires.delta, who))
            }
        }
    }
}

/// Section 9: the UAS side. The peer's choice of refresher is kept; without one we refresh ourselves, for then
/// a dead peer is found by our own request.
pub fn answer(policy: &Policy, request: &Said) -> Answer {
    let least = policy.min_se.max(MIN_SE_FLOOR);
    let asked = request.session_expires;
    if let Some(asked) = asked
        && request.supported
        && asked.delta < least
    {
        return Answer::TooSmall { min_se: least };
    }
    // The UAS may shorten what was asked, not below the request's Min-SE, and never lengthens it; only a header
    // that a proxy added for a caller without timers can be below our minimum here, and then we alone refresh.
    let floor = least.max(request.min_se.unwrap_or(0).min(MIN_SE_CEILING));
    let wanted = policy.interval.max(floor);
    let delta = match asked {
        Some(asked) => asked.delta.min(wanted).max(least),
        None => wanted,
    };
    // Table 2 of section 9.
    let refresher = match asked.and_then(|asked| asked.refresher) {
        Some(chosen) if request.supported => chosen,
        _ => Refresher::Uas,
    };
    Answer::Timed {
        session_expires: SessionExpires {
            delta,
            refresher: Some(refresher),
        },
        require: request.supported,
    }
}

/// Section 7.1: the headers of our INVITE, re-INVITE or UPDATE: `Session-Expires` and `Min-SE`.
///
/// In a dialog with a running timer its refresher is named again (section 7.4), in the roles of this very request.
pub fn ask(policy: &Policy, refresher: Option<Party>) -> (SessionExpires, u32) {
    let min_se = policy.min_se.max(MIN_SE_FLOOR);
    let delta = policy.interval.max(min_se);
    let refresher = refresher.map(Party::in_our_request);
    (SessionExpires { delta, refresher }, min_se)
}

/// Section 7.2: the timer of a dialog whose 2xx arrived at `now`, for a request that asked `asked` seconds.
///
/// A peer without session timers leaves them to us: we refresh, and its answers show that it lives.
pub fn accepted(now: Instant, asked: u32, response: &Said) -> SessionTimer {
    match response.session_expires {
        Some(said) => {
            let who = match said.refresher {
                Some(Refresher::Uas) => Party::Peer,
                Some(Refresher::Uac) | None => Party::Us,
            };
            // No response may lengthen what was asked or make us refresh without pause.
            let most = asked.max(MIN_SE_FLOOR);
            SessionTimer::new(now, said.delta.clamp(MIN_SE_FLOOR, most), who)
        }
        None => SessionTimer::new(now, asked, Party::Us),
    }
}

/// Section 7.3: after a 422, the policy to ask again with; `None` when its Min-SE is missing, not above what we
/// asked, or absurd, so that no peer can make us ask for ever.
pub fn ask_again(policy: &Policy, min_se: Option<u32>) -> Option<Policy> {
    let (asked, _) = ask(policy, None);
    let least = min_se.filter(|least| *least > asked.delta && *least <= MIN_SE_CEILING)?;
    Some(Policy {
        interval: least,
        min_se: least,
    })
}

/// The running timer of one dialog (section 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimer {
    interval: Duration,
    refresher: Party,
    since: Instant,
    asked: bool,
}

/// What a session timer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing before the deadline.
    Nothing,
    /// Send a refresh (re-INVITE or UPDATE).
    Refresh,
    /// Send BYE: nobody refreshed.
    Expired,
}

impl SessionTimer {
    /// A session of `interval` seconds that began, or was refreshed, at `now`.
    pub fn new(now: Instant, interval: u32, refresher: Party) -> SessionTimer {
        SessionTimer {
            interval: Duration::from_secs(u64::from(interval)),
            refresher,
            since: now,
            asked: false,
        }
    }

    /// Who refreshes.
    pub fn refresher(&self) -> Party {
        self.refresher
    }

    /// The session interval.
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// When [`SessionTimer::expire`] has something to say.
    pub fn next_deadline(&self) -> Instant {
        let wait = if self.refresher == Party::Us && !self.asked {
            self.refresh_after()
        } else {
            self.end_after()
        };
        self.since.checked_add(wait).unwrap_or(self.since)
    }

    /// What is due at `now`. `Refresh` is said once; a refresh that succeeds starts a new timer ([`accepted`] or
    /// [`Answer::timer`]), and one that fails leaves this one to expire.
    pub fn expire(&mut self, now: Instant) -> Due {
        let passed = now.saturating_duration_since(self.since);
        if passed >= self.end_after() {
            Due::Expired
        } else if self.refresher == Party::Us && !self.asked && passed >= self.refresh_after() {
            self.asked = true;
            Due::Refresh
        } else {
            Due::Nothing
        }
    }

    /// Section 7.4: half the interval.
    fn refresh_after(&self) -> Duration {
        self.interval.checked_div(2).unwrap_or_default()
    }

    /// Section 10: the lesser of 32 s and a third of the interval before the end.
    fn end_after(&self) -> Duration {
        let margin = self.interval.checked_div(3).unwrap_or_default();
        self.interval
            .saturating_sub(margin.min(Duration::from_secs(32)))
    }
}

#[cfg(test)]
mod tests;
