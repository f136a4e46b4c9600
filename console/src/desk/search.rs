//! Search for the page: the directory's one ranking, asked with what is known of the caller, of the operator and of who is free.

use std::collections::{BTreeMap, VecDeque};
use std::time::SystemTime;

use call::desk::{CallView, PresenceState as CoreState};
use directory::search::{Also, Context, Entry, EntryKind, Hit, NumberKind, Presence, typed_number};

use super::hub::{Desk, TabKey};
use super::records::{Told, said};
use super::text::{LINE, line};
use super::view::{journey_of, ms};
use crate::clock;
use crate::protocol::{ItemKind, ResultItem, ResultNumber};

/// Rows of one answer, at most.
const ROWS: u8 = 50;
/// Longest question to a caller, characters.
const ASK: usize = 400;
/// Longest text that is searched for, characters.
const TEXT: usize = 200;
/// Entries of late that are remembered for an operator and a service.
const RECENT: usize = 20;
/// Operators and services for which they are; a town has some hundred.
const REMEMBERED: usize = 5_000;

/// Whom operators connected callers to.
#[derive(Debug, Default)]
pub(super) struct Choices {
    /// By operator and service (empty: none), the newest first.
    recent: BTreeMap<(String, String), VecDeque<String>>,
    /// By entry, how often all together in the last seven days.
    pub(super) weekly: BTreeMap<String, u32>,
}

impl Choices {
    /// Somebody was chosen.
    fn chose(&mut self, operator: &str, service: &str, entry: &str) {
        let weekly = self.weekly.entry(entry.to_owned()).or_default();
        *weekly = weekly.saturating_add(1);
        let Some(recent) = self.of(operator, service) else {
            return;
        };
        recent.retain(|known| known != entry);
        recent.push_front(entry.to_owned());
        recent.truncate(RECENT);
    }

    fn of(&mut self, operator: &str, service: &str) -> Option<&mut VecDeque<String>> {
        let key = (operator.to_owned(), service.to_owned());
        if self.recent.len() >= REMEMBERED && !self.recent.contains_key(&key) {
            return None;
        }
        Some(self.recent.entry(key).or_default())
    }

    /// What the records remembered of earlier days.
    pub(super) fn remembered(&mut self, operator: &str, service: &str, entries: Vec<String>) {
        if let Some(recent) = self.of(operator, service) {
            for entry in entries {
                if recent.len() < RECENT && !recent.contains(&entry) {
                    recent.push_back(entry);
                }
            }
        }
    }
}

impl Desk {
    /// The rows for a text as typed.
    pub(super) fn search(
        &mut self,
        key: &TabKey,
        text: &str,
        n: u8,
        call: Option<&str>,
    ) -> Vec<ResultItem> {
        let text = line(text, TEXT);
        let journey = call.and_then(journey_of);
        let known = journey.and_then(|journey| self.world.calls.get(&journey));
        let service = known.and_then(|known| known.view.service.as_deref().map(str::to_owned));
        let recent = self.recent(&key.user, service.as_deref().unwrap_or(""));
        let known = journey.and_then(|journey| self.world.calls.get(&journey));
        let presence = |account: &str| self.reachable(account);
        let contacts = known.map_or(&[][..], |known| &known.spoke_to);
        let language = known.and_then(|known| known.view.language);
        let context = Context {
            service: service.as_deref(),
            contacts,
            recent: &recent,
            weekly: Some(&self.choices.weekly),
            presence: Some(&presence),
            language: language.as_ref().map(|lang| lang.as_str()),
        };
        let n = usize::from(n.clamp(1, ROWS));
        let hits = self.lookup.index.search(&text, &context, n);
        let mut items: Vec<ResultItem> = hits.iter().map(|hit| self.item(hit)).collect();
        // What is typed as a number is always a target: last where the directory knows better, alone where it knows nothing.
        if let Some(number) = typed_number(&text)
            && !items
                .iter()
                .any(|item| item.numbers.iter().any(|known| known.target == number))
        {
            items.truncate(n.saturating_sub(1));
            items.push(typed(&number, self.lookup.names.near(&number)));
        }
        if items.is_empty() && !text.is_empty() {
            self.count_miss(text);
        }
        items
    }

    fn count_miss(&self, text: String) {
        let directory = self.ground.directory.clone();
        self.aside(async move {
            said(
                "searches",
                directory.count_search_miss(&text, clock::now()).await,
            );
            Told::Nothing
        });
    }

    /// Whom this operator connected callers of this service to; the records are asked the first time.
    fn recent(&mut self, operator: &str, service: &str) -> Vec<String> {
        let key = (operator.to_owned(), service.to_owned());
        if let Some(recent) = self.choices.recent.get(&key) {
            return recent.iter().cloned().collect();
        }
        if self.choices.of(operator, service).is_some() {
            let directory = self.ground.directory.clone();
            self.aside(async move {
                let entries = directory.recent_choices(&key.0, &key.1).await;
                Told::Choices {
                    operator: key.0,
                    service: key.1,
                    entries: said("choices", entries).unwrap_or_default(),
                }
            });
        }
        Vec::new()
    }

    /// An operator connected a caller to a target: the ranking learns from it.
    pub(super) fn chose(&mut self, operator: &str, call: Option<&CallView>, target: &str) {
        let Some(entry) = self
            .lookup
            .index
            .owner(target)
            .map(|entry| entry.id.clone())
        else {
            return;
        };
        let service = call
            .and_then(|call| call.service.as_deref())
            .unwrap_or("")
            .to_owned();
        self.choices.chose(operator, &service, &entry);
        let directory = self.ground.directory.clone();
        let operator = operator.to_owned();
        self.aside(async move {
            let counted = directory.count_choice(&operator, &service, &entry, clock::now());
            said("choices", counted.await);
            Told::Nothing
        });
    }

    fn reachable(&self, account: &str) -> Presence {
        if self.kept.away(account).is_some() {
            return Presence::Away;
        }
        match self.world.presence.get(account).map(|view| view.state) {
            Some(CoreState::Free) => Presence::Free,
            Some(CoreState::Busy | CoreState::Ringing) => Presence::Busy,
            Some(CoreState::Unreachable) => Presence::Away,
            None => Presence::Unknown,
        }
    }

    /// When a service is open on its next day, by the one calendar.
    fn hours_of(&self, entry: &Entry) -> Vec<(u64, u64)> {
        if entry.kind != EntryKind::Service {
            return Vec::new();
        }
        let hours = self
            .ground
            .house
            .next_day(Some(&entry.id), SystemTime::now());
        hours.iter().map(|at| (ms(at.start), ms(at.end))).collect()
    }

    fn item(&self, hit: &Hit<'_>) -> ResultItem {
        let entry = hit.entry;
        let names = &self.lookup.names;
        let numbers = hit.numbers().into_iter().map(|number| ResultNumber {
            near: number
                .shown
                .map_or_else(String::new, |shown| names.near(shown)),
            target: number.target,
            kind: number_kind(number.kind).to_owned(),
        });
        ResultItem {
            id: entry.id.clone(),
            kind: kind(entry.kind),
            // The marks count from the first letter: the name is shown as it is found.
            name: entry.name().to_owned(),
            detail: line(&entry.detail(), LINE),
            numbers: numbers.collect(),
            account: entry.account.clone(),
            presence: entry
                .account
                .as_deref()
                .and_then(|account| self.presence_of(account)),
            deputy: hit.deputy.map(|deputy| line(deputy.name(), LINE)),
            marks: hit.marks.clone(),
            also: hit.also.as_ref().map(|also| match also {
                Also::Text(text) => line(text, LINE),
                Also::Sound => "sound".to_owned(),
            }),
            hours: self.hours_of(entry),
            ask: line(&entry.ask, ASK),
            words: match entry.kind {
                EntryKind::Service => entry.words.clone(),
                _ => Vec::new(),
            },
        }
    }
}

fn typed(number: &str, near: String) -> ResultItem {
    ResultItem {
        id: format!("number:{number}"),
        kind: ItemKind::Number,
        name: near.clone(),
        detail: String::new(),
        numbers: vec![ResultNumber {
            target: number.to_owned(),
            near,
            kind: "outside".to_owned(),
        }],
        account: None,
        presence: None,
        deputy: None,
        marks: Vec::new(),
        also: None,
        hours: Vec::new(),
        ask: String::new(),
        words: Vec::new(),
    }
}

fn kind(kind: EntryKind) -> ItemKind {
    match kind {
        EntryKind::Person => ItemKind::Person,
        EntryKind::Function => ItemKind::Function,
        EntryKind::Service => ItemKind::Service,
        EntryKind::Place => ItemKind::Place,
        EntryKind::Partner => ItemKind::Partner,
    }
}

fn number_kind(kind: NumberKind) -> &'static str {
    match kind {
        NumberKind::Desk => "desk",
        NumberKind::Mobile => "mobile",
        NumberKind::Service => "service",
        NumberKind::Deputy => "deputy",
        NumberKind::Outside => "outside",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_choice_is_first_and_each_stands_once() {
        let mut choices = Choices::default();
        for entry in ["a", "b", "a"] {
            choices.chose("reception1", "population", entry);
        }
        choices.remembered("reception1", "population", vec!["b".into(), "c".into()]);
        let key = ("reception1".to_owned(), "population".to_owned());
        assert_eq!(choices.recent[&key], ["a", "b", "c"]);
        assert_eq!(choices.weekly["a"], 2);
        for number in 0..RECENT * 2 {
            choices.chose("reception1", "population", &number.to_string());
        }
        assert_eq!(choices.recent[&key].len(), RECENT);
    }
}
