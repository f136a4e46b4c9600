//! What people chose for the desk: kept under their names, told to every page of theirs.

use super::deeds::{Deed, INVALID, Refused};
use super::hub::{Desk, TabKey};
use super::records::{Told, said};
use crate::protocol::{AckDone, Chosen, Event};

impl Desk {
    /// Tells a page that begins what its person chose.
    pub(super) fn ask_choices(&self, key: &TabKey) {
        let directory = self.ground.directory.clone();
        let user = key.user.clone();
        self.aside(async move {
            let row = said("choices", directory.preferences(&user).await).flatten();
            row.map_or(Told::Nothing, |row| Told::Chosen { user, row })
        });
    }

    /// A person chose.
    pub(super) fn choose(&self, deed: Deed, prefs: &serde_json::Value) -> Result<(), Refused> {
        let chosen = Chosen::read(prefs).ok_or(INVALID)?;
        let text = serde_json::to_string(&chosen).map_err(|_| INVALID)?;
        let directory = self.ground.directory.clone();
        let later = self.later.clone();
        self.aside(async move {
            let user = deed.by.clone();
            let row = match directory.keep_preferences(&user, &text, deed.at).await {
                Ok(row) => row,
                Err(why) => return deed.failed(&why),
            };
            if let Some(hub) = later.upgrade() {
                // The hub has ended: nobody shows it any more.
                let told = Told::Chosen { user, row };
                let _ = hub.send(super::hub::Inbox::Told(told)).await;
            }
            deed.done(AckDone::default(), false)
        });
        Ok(())
    }

    /// The records told what a person chose. Older than what a page knows already is old news.
    pub(super) fn tell_choices(&mut self, user: &str, row: &directory::Preferences) {
        let chosen = serde_json::from_str(&row.chosen).ok();
        let Some(chosen) = chosen.as_ref().and_then(Chosen::read) else {
            tracing::warn!(kind = "console", "what {user} chose is of another program");
            return;
        };
        for (_, tab) in self.tabs.iter_mut().filter(|(key, _)| key.user == user) {
            tab.chosen = tab.chosen.max(row.version);
        }
        self.tell_those(&Event::Prefs(chosen), |tab, _| {
            tab.who.user == user && tab.chosen == row.version
        });
    }
}
