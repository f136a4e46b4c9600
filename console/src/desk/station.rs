//! Who has which station: one tab at a time, known by a lease that rises with each owner.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::hub::TabKey;
use crate::protocol::MediaState;

/// So long a station waits for the tab whose connection ended: a reload is back by then.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(10);

/// A page that was opened so long before the station's own went crossed its end: it is what the person opened instead.
pub(super) const CROSSED: Duration = Duration::from_secs(3);

/// A station that somebody has.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// The tab that has it.
    pub(super) key: TabKey,
    /// The person there.
    pub(super) display: String,
    /// Rises with each owner.
    pub(super) lease: u64,
    /// Since when its tab is not connected.
    left: Option<Instant>,
    /// A page that the same person opened while another had it, and when.
    opened: Option<(TabKey, Instant)>,
    /// What its page was told of its sound last.
    told: Option<MediaState>,
    /// The queues its people chose to serve.
    serves: Option<Vec<String>>,
}

/// How a tab asks for a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// It was here before: whoever is away for a moment keeps the station.
    Again,
    /// It was just opened: the same person's page that is gone was closed, or died, and this one comes in its place.
    New,
    /// Its person asked for it, whoever has it.
    Take,
}

/// What became of a wish to have a station.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// It had it before, and has it.
    Kept,
    /// It has it now; this tab had it before.
    Taken(Option<TabKey>),
    /// Another tab has it.
    Refused,
}

/// All stations that somebody has or had.
#[derive(Debug, Default)]
pub(super) struct Stations {
    held: BTreeMap<String, Held>,
}

impl Stations {
    /// Who has it.
    pub(super) fn held(&self, station: &str) -> Option<&Held> {
        self.held.get(station)
    }

    /// The person at it.
    pub(super) fn user(&self, station: &str) -> Option<&str> {
        self.held.get(station).map(|held| held.display.as_str())
    }

    /// Whether that tab has it.
    pub(super) fn has(&self, key: &TabKey, station: &str) -> bool {
        self.held(station).is_some_and(|held| held.key == *key)
    }

    /// A tab wants it.
    pub(super) fn claim(
        &mut self,
        now: Instant,
        station: &str,
        (key, display): (&TabKey, &str),
        how: Wish,
    ) -> Claim {
        let Some(held) = self.held.get_mut(station) else {
            let held = Held {
                key: key.clone(),
                display: display.to_owned(),
                lease: 1,
                left: None,
                opened: None,
                told: None,
                serves: None,
            };
            self.held.insert(station.to_owned(), held);
            return Claim::Taken(None);
        };
        if held.key == *key {
            held.left = None;
            held.told = None;
            return Claim::Kept;
        }
        let gone_for = held.left.map(|since| now - since);
        let granted = match how {
            Wish::Take => true,
            Wish::New if held.key.user == key.user => gone_for.is_some(),
            Wish::New | Wish::Again => gone_for.is_some_and(|time| time >= KEPT_FOR),
        };
        if !granted {
            if how == Wish::New && held.key.user == key.user {
                held.opened = Some((key.clone(), now));
            }
            return Claim::Refused;
        }
        held.opened = None;
        let before = std::mem::replace(&mut held.key, key.clone());
        held.display = display.to_owned();
        held.lease = held.lease.saturating_add(1);
        held.left = None;
        held.told = None;
        Claim::Taken(Some(before))
    }

    /// What is known of its sound. `true` when its page has not been told so yet.
    pub(super) fn heard(&mut self, station: &str, state: &MediaState) -> bool {
        let Some(held) = self.held.get_mut(station) else {
            return false;
        };
        let is_news = held.told.as_ref() != Some(state);
        held.told = Some(state.clone());
        is_news
    }

    /// Stations whose tab has been gone for so long, with the tab.
    pub(super) fn deserted(&self, now: Instant, time: Duration) -> Vec<(String, TabKey)> {
        let gone = |held: &Held| held.left.is_some_and(|since| now - since >= time);
        let deserted = self.held.iter().filter(|(_, held)| gone(held));
        deserted
            .map(|(station, held)| (station.clone(), held.key.clone()))
            .collect()
    }

    /// Its people serve these queues from now on, also on their next shift.
    pub(super) fn choose(&mut self, station: &str, queues: &[String]) {
        if let Some(held) = self.held.get_mut(station) {
            held.serves = Some(queues.to_vec());
        }
    }

    /// The queues its people chose.
    pub(super) fn serves(&self, station: &str) -> Option<Vec<String>> {
        self.held.get(station)?.serves.clone()
    }

    /// A tab's connection ended. The stations that were its own and for which another page has just been opened, with that page:
    /// the end of one browser and the beginning of the next arrive in either order.
    pub(super) fn left(&mut self, key: &TabKey, now: Instant) -> Vec<(String, TabKey)> {
        let mut heirs = Vec::new();
        for (station, held) in &mut self.held {
            if held.opened.as_ref().is_some_and(|(tab, _)| tab == key) {
                held.opened = None;
            }
            if held.key != *key {
                continue;
            }
            held.left = Some(now);
            if let Some((heir, since)) = held.opened.take()
                && now - since < CROSSED
            {
                heirs.push((station.clone(), heir));
            }
        }
        heirs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(tab: &str) -> TabKey {
        TabKey {
            user: "reception1".into(),
            tab: tab.into(),
        }
    }

    #[test]
    fn one_tab_has_a_station_until_it_goes_or_is_relieved() {
        let mut stations = Stations::default();
        let now = Instant::now();
        let claim = |stations: &mut Stations, at: Instant, tab: &str, how| {
            stations.claim(at, "reception1", (&key(tab), "R"), how)
        };
        assert_eq!(
            claim(&mut stations, now, "a", Wish::Again),
            Claim::Taken(None)
        );
        assert_eq!(
            claim(&mut stations, now, "a", Wish::Again),
            Claim::Kept,
            "a reload"
        );
        assert_eq!(claim(&mut stations, now, "b", Wish::New), Claim::Refused);
        let taken = claim(&mut stations, now, "b", Wish::Take);
        assert_eq!(taken, Claim::Taken(Some(key("a"))));
        assert!(stations.has(&key("b"), "reception1"));
        assert_eq!(stations.held("reception1").unwrap().lease, 2);
        assert_eq!(stations.left(&key("b"), now), []);
        let soon = now + KEPT_FOR - Duration::from_secs(1);
        assert_eq!(
            claim(&mut stations, soon, "a", Wish::Again),
            Claim::Refused,
            "it may come back"
        );
        let taken = claim(&mut stations, now + KEPT_FOR, "a", Wish::Again);
        assert_eq!(taken, Claim::Taken(Some(key("b"))));

        assert_eq!(stations.left(&key("a"), now + KEPT_FOR), []);
        let other = TabKey {
            user: "supervisor".into(),
            tab: "s".into(),
        };
        let by_another = stations.claim(now + KEPT_FOR, "reception1", (&other, "S"), Wish::New);
        assert_eq!(by_another, Claim::Refused, "another person waits");
        let opened = claim(&mut stations, now + KEPT_FOR, "c", Wish::New);
        assert_eq!(opened, Claim::Taken(Some(key("a"))), "opened anew");
    }

    #[test]
    fn a_page_opened_a_moment_before_the_last_one_ended_is_its_heir() {
        let now = Instant::now();
        let open = |after: Duration| {
            let mut stations = Stations::default();
            stations.claim(now, "reception1", (&key("a"), "R"), Wish::New);
            let refused = stations.claim(now, "reception1", (&key("b"), "R"), Wish::New);
            assert_eq!(refused, Claim::Refused);
            assert_eq!(stations.left(&key("z"), now), [], "a stranger");
            (stations.left(&key("a"), now + after), stations)
        };
        let (heirs, mut stations) = open(Duration::from_millis(50));
        assert_eq!(heirs, [("reception1".to_owned(), key("b"))]);
        let claim = stations.claim(now, "reception1", (&key("b"), "R"), Wish::New);
        assert_eq!(claim, Claim::Taken(Some(key("a"))));
        assert_eq!(open(CROSSED).0, [], "it only looked on");
    }
}
