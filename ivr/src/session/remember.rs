//! The language of an earlier call (IVR-13): used without asking, changed with the star, kept only with the caller's leave.

use super::turn::Turn;
use super::{After, Session, Waiting};
use crate::act::Act;
use crate::decision::Rule;
use crate::flow::{Flow, StepId, StepKind};
use std::time::Duration;

/// The key that gives leave to remember.
const YES: char = '1';

/// How long leave is waited for; silence is a no.
const PATIENCE: Duration = Duration::from_secs(5);

impl Session {
    /// Whether the caller's language is known from an earlier call, at a step that remembers.
    pub(super) fn is_remembered(&self, flow: &Flow) -> bool {
        match self.kind(flow) {
            Some(StepKind::Language { keys, remember, .. }) => {
                *remember
                    && self.typed.is_none()
                    && keys
                        .values()
                        .any(|lang| Some(*lang) == self.facts.remembered)
            }
            _ => false,
        }
    }

    /// Speaks the remembered language, and tells how to have another.
    pub(super) fn greet_again(&mut self, turn: &mut Turn<'_>, then: StepId) {
        let Some(language) = self.facts.remembered else {
            return self.choose(turn);
        };
        turn.decided(
            self.node(),
            Rule::LanguageRemembered,
            &[("language", language.as_str())],
            &self.flow.name(then),
        );
        self.speak(turn, language);
        self.asked = true;
        let prompts = self.prompts(["language-remembered"]);
        self.say(turn, prompts, true, After::Greeted(then));
    }

    fn spoken(&self) -> String {
        self.language
            .map(|language| language.to_string())
            .unwrap_or_default()
    }

    /// The star: this caller wants another language.
    pub(super) fn another_language(&mut self, turn: &mut Turn<'_>) {
        let old = self.spoken();
        let inputs = [("key", "*"), ("language", old.as_str())];
        turn.decided(self.node(), Rule::LanguageAskedAgain, &inputs, "again");
        self.ask(turn, None, 0, 0);
    }

    /// A language was chosen: goes on, or asks first whether it may be remembered.
    pub(super) fn go_or_ask_leave(&mut self, turn: &mut Turn<'_>, then: StepId) {
        let flow = self.flow.clone();
        let remembers = matches!(
            self.kind(&flow),
            Some(StepKind::Language { remember: true, .. })
        );
        let known = self.facts.from.is_some();
        if !remembers || !known || self.facts.remembered == self.language {
            return self.go(turn, then);
        }
        let prompts = self.prompts(["remember-language"]);
        self.waiting = Waiting::Consent;
        turn.acts.push(Act::Play {
            prompts,
            interruptible: true,
        });
        turn.acts.push(Act::Collect { timeout: PATIENCE });
    }

    /// Leave was given with 1; any other key, or silence, is a no. Another key counts in the next step.
    pub(super) fn consented(&mut self, turn: &mut Turn<'_>, key: Option<char>) {
        let flow = self.flow.clone();
        let Some(StepKind::Language { then, .. }) = self.kind(&flow) else {
            return;
        };
        let spoken = self.spoken();
        let language = spoken.as_str();
        let next = flow.name(*then);
        if key == Some(YES) {
            let inputs = [("key", "1"), ("language", language)];
            turn.decided(self.node(), Rule::LanguageKept, &inputs, &next);
            turn.acts.push(Act::Remember(self.language));
            self.facts.remembered = self.language;
        } else {
            let inputs = [("language", language)];
            turn.decided(self.node(), Rule::LanguageNotKept, &inputs, &next);
            if self.facts.remembered.take().is_some() {
                turn.acts.push(Act::Remember(None));
            }
            self.typed = key.filter(|key| *key != '*');
        }
        self.go(turn, *then);
    }
}
