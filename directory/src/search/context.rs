//! What beside the typed text decides the order: the call that is up, and who is there. It orders rows that fit equally well, and never
//! lifts one over another whose name fits clearly better.
use super::entry::Entry;
use std::collections::BTreeMap;

/// What all of the context together can add or take: less than lies between two ways of fitting (`matching.rs`).
pub(super) const CAP: i32 = 60;

/// Whether somebody can be reached at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presence {
    /// Registered and not speaking.
    Free,
    /// Speaking or ringing.
    Busy,
    /// Absent, or no telephone is registered. Never left out.
    Away,
    /// Nothing is known.
    #[default]
    Unknown,
}

/// What is known when the search is made. [`Context::default`] knows nothing.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// The service that the caller chose, by id.
    pub service: Option<&'a str>,
    /// Entries that this caller spoke to, by id, newest first.
    pub contacts: &'a [String],
    /// Entries that this operator connected lately, by id, newest first.
    pub recent: &'a [String],
    /// How often the town connected each entry this week, by id.
    pub weekly: Option<&'a BTreeMap<String, u32>>,
    /// Who is there, asked by account.
    pub presence: Option<&'a dyn Fn(&str) -> Presence>,
    /// The caller's language, ISO 639-1.
    pub language: Option<&'a str>,
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("service", &self.service)
            .field("contacts", &self.contacts)
            .field("recent", &self.recent)
            .field("weekly", &self.weekly)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// How many of a list of entries count.
const LISTED: usize = 24;

impl Context<'_> {
    /// Points of the entries that the context names by id: contacts, recent targets, the week's favourites.
    pub(super) fn named(&self, place: impl Fn(&str) -> Option<u32>) -> BTreeMap<u32, i32> {
        let mut points: BTreeMap<u32, i32> = BTreeMap::new();
        let mut add = |id: &str, more: i32| {
            if let Some(entry) = place(id) {
                let sum = points.entry(entry).or_default();
                *sum = sum.saturating_add(more);
            }
        };
        // Newest first, each a little less than the one before.
        for (id, less) in self.contacts.iter().take(LISTED).zip(0..) {
            add(id, (30 - less).max(10));
        }
        for (id, less) in self.recent.iter().take(LISTED).zip(0..) {
            add(id, (14 - less).max(4));
        }
        for (id, times) in self.weekly.into_iter().flatten() {
            // 1, 2, 4, 8 … times are 2, 4, 6, 8 … points.
            let doublings = i32::try_from(times.checked_ilog2().map_or(0, |log| log + 1));
            add(id, doublings.unwrap_or(0).saturating_mul(2).min(12));
        }
        points
    }

    /// Points for belonging to the chosen service and for speaking the caller's language.
    pub(super) fn fitting(&self, entry: &Entry) -> i32 {
        let of_service = self.service.is_some() && entry.service.as_deref() == self.service;
        let speaks = self
            .language
            .and_then(|language| entry.languages.iter().position(|spoken| spoken == language));
        let speaks = match speaks {
            Some(0) => 6,
            Some(_) => 4,
            None => 0,
        };
        speaks + if of_service { 20 } else { 0 }
    }

    /// Points for who is there.
    pub(super) fn present(&self, entry: &Entry) -> i32 {
        let (Some(presence), Some(account)) = (self.presence, &entry.account) else {
            return 0;
        };
        match presence(account) {
            Presence::Free => 5,
            Presence::Away => -5,
            Presence::Busy | Presence::Unknown => 0,
        }
    }
}
