//! A page begins, or comes back: who it is, which station it has, and what it missed.

use std::collections::BTreeSet;
use std::time::SystemTime;

use tokio::sync::mpsc::Sender;
use tokio::time::Instant;

use super::hub::{Desk, Hello, Tab, TabKey};
use super::station::{Claim, Wish};
use super::stream::{Out, Stream};
use super::view::ms;
use crate::protocol::{Event, ServerMsg, Welcome};
use crate::rights;
use crate::sign_in::SignedIn;

impl Desk {
    /// A page says who it is.
    pub(super) fn join(
        &mut self,
        who: SignedIn,
        key: TabKey,
        hello: &Hello,
        connection: u64,
        out: Sender<Out>,
    ) {
        let station = self.station_for(&who, hello.station.as_deref());
        let now = Instant::now();
        let known = self.tabs.contains_key(&key);
        if self.tabs.is_empty() {
            // While nobody was here, nothing was read.
            self.fetch_lists();
            self.ask_all_records();
            self.plan_all();
        }
        let tab = self.tabs.entry(key.clone()).or_insert_with(|| Tab {
            who: who.clone(),
            station: station.clone(),
            audio: hello.audio,
            stream: Stream::default(),
            sub: BTreeSet::new(),
            stale: BTreeSet::new(),
            chosen: 0,
            seen: now,
        });
        tab.who = who;
        tab.station.clone_from(&station);
        tab.audio = hello.audio;
        tab.seen = now;
        tab.stream.connect(connection, out);
        let replay = known
            && hello.epoch == Some(self.epoch)
            && hello.since.is_some_and(|since| tab.stream.reaches(since));
        let how = match (hello.take, known) {
            (true, _) => Wish::Take,
            (false, true) => Wish::Again,
            (false, false) => Wish::New,
        };
        self.claim(&key, &station, how);
        self.welcome(&key, replay);
        self.ask_choices(&key);
        match hello.since.filter(|_| replay) {
            Some(since) => {
                if let Some(tab) = self.tabs.get_mut(&key) {
                    tab.stream.replay(since);
                }
            }
            // Until the exchange has told everything there is nothing to show: the snapshot follows then.
            None if self.complete => self.snapshot(&key),
            None => {}
        }
    }

    /// The user's own station, or another for those who may sit anywhere.
    fn station_for(&self, who: &SignedIn, asked: Option<&str>) -> String {
        match asked {
            Some(asked) if asked == who.station || Desk::supervises(who) => asked.to_owned(),
            _ => who.station.clone(),
        }
    }

    fn claim(&mut self, key: &TabKey, station: &str, how: Wish) {
        let Some(tab) = self.tabs.get(key) else {
            return;
        };
        if !rights::allows(&tab.who.roles, "media") {
            // Who only looks on has no station.
            return;
        }
        let display = tab.who.display.clone();
        let now = Instant::now();
        let claim = self.stations.claim(now, station, (key, &display), how);
        if let Claim::Taken(before) = claim {
            if let Some(before) = before
                && let Some(me) = self.me(&before)
            {
                self.tell_one(&before, &Event::Me(me));
            }
            if self.world.stations.contains_key(station) {
                self.tell_station(station);
            }
        }
    }

    /// A tab is gone; what it had goes to the page that its person has just opened, if there is one.
    pub(super) fn bequeath(&mut self, key: &TabKey) {
        for (station, heir) in self.stations.left(key, Instant::now()) {
            if !self
                .tabs
                .get(&heir)
                .is_some_and(|tab| tab.stream.is_connected())
            {
                continue;
            }
            self.claim(&heir, &station, Wish::New);
            if let Some(me) = self.me(&heir) {
                self.tell_one(&heir, &Event::Me(me));
            }
        }
    }

    fn welcome(&mut self, key: &TabKey, replay: bool) {
        let Some(me) = self.me(key) else {
            return;
        };
        let Some(tab) = self.tabs.get_mut(key) else {
            return;
        };
        let welcome = Welcome {
            epoch: self.epoch,
            seq: tab.stream.seq(),
            server_ms: ms(SystemTime::now()),
            replay,
            me,
            caps: rights::caps(&tab.who.roles),
            demo: self.ground.settings.demo,
        };
        tab.stream.say(&ServerMsg::Welcome(welcome));
    }
}
