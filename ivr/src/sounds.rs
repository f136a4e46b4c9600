//! Everything a caller of a flow may hear: for the check, and to load sounds before the first call.

use crate::flow::{Flow, Said, Service, StepId, StepKind};
use crate::lang::{Lang, Prompt};
use crate::library::Library;
use crate::simulate::render::text;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Prompts the evaluator says by itself.
pub(crate) const SAID_BY_ITSELF: [&str; 4] = [
    "invalid-key",
    "no-key",
    "too-many-tries",
    "technical-problem",
];

/// Prompts of a language step that remembers.
pub(crate) const ABOUT_REMEMBERING: [&str; 2] = ["language-remembered", "remember-language"];

/// The last place in a line that has a prompt.
const POSITIONS: u32 = 6;
/// Waits that have a prompt, in minutes.
const WAITS: [u64; 6] = [1, 2, 3, 5, 10, 15];

/// The prompt that tells a place in the line, counted from 1; none far behind.
pub fn position(place: u32) -> Option<Arc<str>> {
    (1..=POSITIONS)
        .contains(&place)
        .then(|| format!("queue-position-{place}").into())
}

/// The prompt that tells a wait, never a shorter one than it is; none for a wait that no prompt is long enough for.
pub fn wait_of(wait: Duration) -> Option<Arc<str>> {
    let minutes = WAITS
        .iter()
        .find(|minutes| **minutes * 60 >= wait.as_secs());
    minutes.map(|minutes| format!("queue-wait-{minutes}").into())
}

impl Flow {
    /// What is said, in words, to who wants a service that somebody closed by hand; empty where no text is known.
    pub fn closed_words(&self, service: &Service, lang: Lang, library: &Library) -> String {
        let step = service.closed.and_then(|closed| self.step(closed));
        let said = step.into_iter().flat_map(|step| &step.say);
        let texts = said.filter_map(|said| {
            let name = said.name.clone();
            text(&Prompt { name, lang }, self, library)
        });
        texts.collect::<Vec<_>>().join(" ")
    }

    /// Whether a step remembers languages.
    pub(crate) fn remembers(&self) -> bool {
        let remembers = |kind: &StepKind| matches!(kind, StepKind::Language { remember: true, .. });
        self.steps.iter().any(|step| remembers(&step.kind))
    }

    /// Every prompt a caller may hear, in every language of the flow.
    pub fn sounds(&self) -> BTreeSet<Prompt> {
        let names = self
            .said()
            .map(|s| s.name.clone())
            .chain(SAID_BY_ITSELF.map(Into::into))
            .chain(
                ABOUT_REMEMBERING
                    .into_iter()
                    .filter(|_| self.remembers())
                    .map(Into::into),
            )
            .chain(self.told_in_queues());
        names
            .flat_map(|name| {
                self.languages.iter().map(move |lang| Prompt {
                    name: name.clone(),
                    lang: *lang,
                })
            })
            .collect()
    }

    /// The places and waits that queues of the flow tell.
    fn told_in_queues(&self) -> impl Iterator<Item = Arc<str>> {
        let tells = |kind: &StepKind| match kind {
            StepKind::Queue {
                tell_position,
                tell_wait,
                ..
            } => (*tell_position, *tell_wait),
            _ => (false, false),
        };
        let all = self.steps.iter().map(|step| tells(&step.kind));
        let (place, wait) = all.fold((false, false), |a, b| (a.0 || b.0, a.1 || b.1));
        let places = (1..=POSITIONS).filter(move |_| place).filter_map(position);
        let waits = WAITS.iter().filter(move |_| wait);
        let waits = waits.filter_map(|minutes| wait_of(Duration::from_secs(minutes * 60)));
        places.chain(waits)
    }

    /// What a caller hears first, up to the first question, and the music: worth having ready before the first call.
    pub fn first_heard(&self) -> BTreeSet<Prompt> {
        let mut ahead: Vec<StepId> = self.numbers.iter().map(|number| number.to).collect();
        let retired = self.numbers.iter().filter_map(|n| n.retired.as_ref());
        let mut names: BTreeSet<_> = retired.map(|said| said.name.clone()).collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = ahead.pop() {
            let Some(step) = self.step(id).filter(|_| seen.insert(id)) else {
                continue;
            };
            names.extend(step.say.iter().map(|said| said.name.clone()));
            match &step.kind {
                StepKind::Greet { then }
                | StepKind::Language { then, .. }
                | StepKind::Bulletin { then, .. } => ahead.push(*then),
                StepKind::Hours { open, .. } => ahead.push(*open),
                _ => {}
            }
        }
        let prompts = names.iter().flat_map(|name| {
            self.languages.iter().map(|lang| Prompt {
                name: name.clone(),
                lang: *lang,
            })
        });
        prompts.collect()
    }

    /// All music that the flow names.
    pub fn all_music(&self) -> impl Iterator<Item = &str> {
        let of_services = self.services.values().filter_map(|one| one.music.as_ref());
        self.music.iter().chain(of_services).map(|said| &*said.name)
    }

    /// Every place where a prompt is written.
    pub(crate) fn said(&self) -> impl Iterator<Item = &Said> {
        let steps = self.steps.iter().flat_map(|s| {
            let comfort: &[Said] = match &s.kind {
                StepKind::Queue { comfort, .. } => comfort,
                _ => &[],
            };
            s.say.iter().chain(comfort)
        });
        let bulletins = self.bulletins.values().flat_map(|b| &b.say);
        steps
            .chain(bulletins)
            .chain(self.numbers.iter().filter_map(|n| n.retired.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_closed_service_says_is_told_in_words_in_each_language_of_the_flow() {
        let text = include_str!("../../dialplans/demo.toml");
        let flow = crate::parse(text, "demo.toml").unwrap();
        let texts = include_str!("../../dialplans/prompts/texts.toml");
        let library = Library::parse(texts, "texts.toml").unwrap();
        let service = &flow.services["population"];
        for lang in [Lang::NL, Lang::FR] {
            let text = |name| library.text(name, lang).unwrap();
            assert_eq!(
                flow.closed_words(service, lang, &library),
                format!("{} {}", text("closed"), text("call-back-later"))
            );
        }
        let silent = Library::default();
        assert_eq!(flow.closed_words(service, Lang::NL, &silent), "");
    }
}
