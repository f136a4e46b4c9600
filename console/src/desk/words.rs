//! The words citizens use for a service, which reception adds to, and what was searched for in vain (FEATURES DIR-5).

use super::deeds::{Deed, in_force};
use super::hub::Desk;
use crate::protocol::{AckDone, MissView, Nack};

/// Misses that are told.
const MISSES: usize = 100;

/// What is otherwise: words that came, and words that went.
fn changes(before: &[String], after: &[String]) -> String {
    let came = after.iter().filter(|word| !before.contains(word));
    let went = before.iter().filter(|word| !after.contains(word));
    let came = came.map(|word| format!("+ {word}"));
    let changes: Vec<String> = came.chain(went.map(|word| format!("- {word}"))).collect();
    changes.join(", ")
}

impl Desk {
    /// Other words for a service; who gave it which stands in the audit.
    pub(super) fn set_words(&self, deed: Deed, service: String, words: Vec<String>) {
        let (directory, house) = (self.ground.directory.clone(), self.ground.house.clone());
        let audit = self.ground.audit.clone();
        self.aside(async move {
            match directory.set_words(&service, &words).await {
                Ok(Some(before)) => {
                    let what = format!("{service}: {}", changes(&before, &words));
                    audit.note(&deed.by, "words", &what, "done", "");
                    in_force(deed, house, AckDone::default()).await
                }
                Ok(None) => deed.refused(Nack::Invalid, "nack.no_service"),
                Err(why) => deed.failed(&why),
            }
        });
    }

    /// What was searched for in vain, for who asks.
    pub(super) fn tell_misses(&self, deed: Deed) {
        let directory = self.ground.directory.clone();
        self.aside(async move {
            let misses = match directory.search_misses().await {
                Ok(misses) => misses,
                Err(why) => return deed.failed(&why),
            };
            let misses = misses.into_iter().take(MISSES).map(|miss| MissView {
                text: miss.text,
                times: u32::try_from(miss.times).unwrap_or(u32::MAX),
                at_ms: u64::try_from(miss.last_at.0).unwrap_or(0),
            });
            let done = AckDone {
                misses: Some(misses.collect()),
                ..AckDone::default()
            };
            deed.done(done, false)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::changes;

    #[test]
    fn the_audit_tells_what_came_and_what_went() {
        let words = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        let (before, after) = (words(&["eID", "paspoort"]), words(&["paspoort", "kids-ID"]));
        assert_eq!(changes(&before, &after), "+ kids-ID, - eID");
        assert_eq!(changes(&after, &after), "");
    }
}
