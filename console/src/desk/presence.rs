//! Whose lines a page shows.

use std::time::Duration;

use tokio::time::Instant;

use super::hub::{Desk, TabKey};
use super::view;
use crate::protocol::PresenceView;

/// How often every line is compared with what the pages were told of it (CON-9).
const REVIEW: Duration = Duration::from_secs(60);
/// Lines that one page may show.
const LINES: usize = 200;

impl Desk {
    /// Once a minute, while somebody looks, the exchange compares.
    pub(super) fn keep_lines_true(&mut self) {
        let now = Instant::now();
        if self.tabs.is_empty() || self.reviewed.is_some_and(|at| now - at < REVIEW) {
            return;
        }
        self.reviewed = Some(now);
        // An exchange that takes no order now is asked again in a minute.
        let _ = self.ground.exchange.review();
    }

    /// The page shows these lines from now on; the next event `presence` holds all of them.
    pub(super) fn subscribe(&mut self, key: &TabKey, accounts: Vec<String>) {
        let known = &self.world.presence;
        let shown = accounts.into_iter().take(LINES);
        let shown = shown
            .filter(|account| known.contains_key(account))
            .collect();
        if let Some(tab) = self.tabs.get_mut(key) {
            tab.sub = shown;
            tab.stale.clone_from(&tab.sub);
        }
        self.tell_presence();
    }

    /// One line as it is.
    pub(super) fn presence_of(&self, account: &str) -> Option<PresenceView> {
        let view = self.world.presence.get(account)?;
        let mut shown = view::presence(view, &self.lookup.names, self.kept.away(account));
        shown.forwards = self.kept.forwards(account);
        Some(shown)
    }
}
