//! The ICE-lite agent (RFC 8445 sections 2.5 and 8.2): it answers checks, believes whom they prove, and sends where the browser
//! nominated. It never checks itself; the browser's own checks every few seconds are its consent (RFC 7675).

use super::{keys::Credentials, stun};
use smallvec::SmallVec;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Sources remembered at a time: a browser has a few interfaces, an attacker without the password none.
const MAX_SOURCES: usize = 8;
/// A source that was not checked for so long is forgotten (RFC 7675 section 5.1).
const CONSENT: Duration = Duration::from_secs(30);

/// One attachment's agent.
#[derive(Debug)]
pub(super) struct Agent {
    local: Credentials,
    username: String,
    sources: SmallVec<[Source; MAX_SOURCES]>,
    path: Option<Path>,
}

/// Where we send.
#[derive(Clone, Copy, Debug)]
struct Path {
    to: SocketAddr,
    /// The browser chose it under the credentials that are in force.
    nominated: bool,
}

/// An address that proved to know the password.
#[derive(Clone, Copy, Debug)]
struct Source {
    from: SocketAddr,
    checked: Instant,
    /// It knew the password before the restart, and has not shown that it knows the new one.
    former: bool,
}

impl Agent {
    pub(super) fn new(local: Credentials, remote_ufrag: &str) -> Agent {
        Agent {
            username: format!("{}:{remote_ufrag}", local.ufrag),
            local,
            sources: SmallVec::new(),
            path: None,
        }
    }

    /// Takes the credentials of an ICE restart; the proven sources hold until the new ones are (RFC 8445 section 9).
    pub(super) fn restart(&mut self, local: Credentials, remote_ufrag: &str) {
        let before = std::mem::replace(self, Agent::new(local, remote_ufrag));
        self.sources = before.sources;
        self.path = before.path;
        for source in &mut self.sources {
            source.former = true;
        }
        if let Some(path) = &mut self.path {
            path.nominated = false;
        }
    }

    /// A datagram that looks like STUN; gives the answer to a check that is one.
    pub(super) fn take(&mut self, now: Instant, from: SocketAddr, bytes: &[u8]) -> Option<Vec<u8>> {
        let check = stun::check(bytes, &self.username, &self.local.password)?;
        self.sources.retain(|source| source.from != from);
        if self.sources.len() == MAX_SOURCES {
            self.sources.remove(0);
        }
        self.sources.push(Source {
            from,
            checked: now,
            former: false,
        });
        if check.nominates || self.path(now).is_none() {
            self.path = Some(Path {
                to: from,
                nominated: check.nominates,
            });
        }
        Some(stun::answer(&check, from, &self.local.password))
    }

    /// Sound that the keys opened came from a source. A browser speaks from the socket that it listens at, and may nominate seconds
    /// later: after a restart its old socket is closed by then, and whoever still sends there is not heard.
    pub(super) fn heard(&mut self, from: SocketAddr) {
        let chosen = self
            .path
            .is_some_and(|path| path.nominated || path.to == from);
        let proven = |source: &Source| source.from == from && !source.former;
        if !chosen && self.sources.iter().any(proven) {
            self.path = Some(Path {
                to: from,
                nominated: false,
            });
        }
    }

    /// Whether a source has proven itself.
    pub(super) fn knows(&self, now: Instant, from: SocketAddr) -> bool {
        self.sources.iter().any(|source| {
            source.from == from && now.saturating_duration_since(source.checked) < CONSENT
        })
    }

    /// Where to send: the newest nominated source; until there is one, the source of sound, else the first; `None` without consent.
    pub(super) fn path(&self, now: Instant) -> Option<SocketAddr> {
        self.path
            .map(|path| path.to)
            .filter(|to| self.knows(now, *to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent() -> Agent {
        let local = Credentials {
            ufrag: "ours".into(),
            password: "a password of ours, long".into(),
        };
        Agent::new(local, "theirs")
    }

    fn check(nominates: bool) -> Vec<u8> {
        stun::request("ours:theirs", "a password of ours, long", nominates)
    }

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn the_nominated_source_is_the_path_and_a_later_one_takes_over() {
        let (mut agent, now) = (agent(), Instant::now());
        assert_eq!(agent.path(now), None);
        assert!(agent.take(now, at(1), &check(false)).is_some());
        assert_eq!(agent.path(now), Some(at(1)), "better than nothing");
        assert!(agent.take(now, at(2), &check(true)).is_some());
        assert!(agent.take(now, at(3), &check(false)).is_some());
        assert_eq!(agent.path(now), Some(at(2)));
        assert!(agent.knows(now, at(3)) && !agent.knows(now, at(4)));
    }

    #[test]
    fn consent_ends_after_thirty_seconds_without_a_check() {
        let (mut agent, start) = (agent(), Instant::now());
        agent.take(start, at(1), &check(true));
        agent.take(start + Duration::from_secs(20), at(1), &check(false));
        assert_eq!(agent.path(start + Duration::from_secs(49)), Some(at(1)));
        assert_eq!(agent.path(start + Duration::from_secs(50)), None);
    }

    #[test]
    fn sources_are_bounded_and_a_stranger_is_none() {
        let (mut agent, now) = (agent(), Instant::now());
        let forged = stun::request("ours:theirs", "guessed", true);
        assert_eq!(agent.take(now, at(9), &forged), None);
        assert!(!agent.knows(now, at(9)));
        (1..=100).for_each(|port| assert!(agent.take(now, at(port), &check(true)).is_some()));
        assert_eq!(agent.sources.len(), MAX_SOURCES);
        assert_eq!(agent.path(now), Some(at(100)));
    }

    #[test]
    fn until_a_source_is_nominated_sound_shows_the_path_and_only_from_a_source_that_is_proven() {
        let (mut agent, now) = (agent(), Instant::now());
        agent.take(now, at(1), &check(false));
        agent.take(now, at(2), &check(false));
        agent.heard(at(2));
        assert_eq!(agent.path(now), Some(at(2)), "not nominated yet");
        agent.heard(at(9));
        assert_eq!(agent.path(now), Some(at(2)), "a stranger");
        agent.take(now, at(1), &check(true));
        agent.heard(at(2));
        assert_eq!(agent.path(now), Some(at(1)), "the browser chose");
        let local = Credentials {
            ufrag: "new".into(),
            password: "another password of ours".into(),
        };
        agent.restart(local, "newer");
        agent.heard(at(2));
        assert_eq!(agent.path(now), Some(at(1)), "proven before it only");
    }

    #[test]
    fn a_restart_keeps_the_path_until_the_new_one_is_nominated() {
        let (mut agent, now) = (agent(), Instant::now());
        agent.take(now, at(1), &check(true));
        let local = Credentials {
            ufrag: "new".into(),
            password: "another password of ours".into(),
        };
        agent.restart(local, "newer");
        assert_eq!(agent.path(now), Some(at(1)));
        assert_eq!(agent.take(now, at(2), &check(true)), None, "of before");
        let check = stun::request("new:newer", "another password of ours", true);
        assert!(agent.take(now, at(2), &check).is_some());
        assert_eq!(agent.path(now), Some(at(2)));
    }
}
