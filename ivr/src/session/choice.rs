//! Keys and silence: what a caller can do in a menu, and everywhere (IVR-12).

use super::turn::Turn;
use super::{After, Session, Waiting};
use crate::act::Act;
use crate::decision::Rule;
use crate::flow::{Patience, StepId, StepKind};
use crate::lang::{Lang, Prompt};

/// Silences in one menu before the caller is helped.
const SILENCES: u8 = 2;

impl Session {
    /// A key. 0 is reception everywhere; the star says things again; others count where something is asked.
    pub(super) fn key(&mut self, turn: &mut Turn<'_>, key: char) {
        self.passed = 0;
        if key == '0' && self.call_reception(turn) {
            return;
        }
        match self.waiting {
            Waiting::Key { wrong, silent } => self.chosen(turn, key, wrong, silent),
            Waiting::Consent => self.consented(turn, Some(key)),
            Waiting::Said {
                after: After::Greeted(_),
                ..
            } if key == '*' => self.another_language(turn),
            Waiting::Said {
                interruptible: true,
                after,
            } => {
                if key != '*' {
                    self.typed = Some(key);
                    return self.after(turn, after);
                }
                self.say_again(turn);
            }
            Waiting::Said {
                interruptible: false,
                after,
            } => match (key, after) {
                ('*', After::Hangup | After::Go(_)) => self.say_again(turn),
                // Typed ahead while a bulletin is heard to its end.
                (_, After::Go(_)) => self.typed = Some(key),
                _ => {}
            },
            Waiting::Ring | Waiting::Queue | Waiting::External | Waiting::Over => {}
        }
    }

    /// Goes to reception, unless the flow has none or the caller is already there.
    fn call_reception(&mut self, turn: &mut Turn<'_>) -> bool {
        let Some(reception) = self.flow.reception else {
            return false;
        };
        if self.at == Some(reception) {
            return true;
        }
        let name = self.flow.name(reception);
        turn.decided(self.node(), Rule::Reception, &[("key", "0")], &name);
        self.typed = None;
        self.go(turn, reception);
        true
    }

    /// A key where a key is asked.
    pub(super) fn chosen(&mut self, turn: &mut Turn<'_>, key: char, wrong: u8, silent: u8) {
        let flow = self.flow.clone();
        let mut text = [0; 4];
        let pressed: &str = key.encode_utf8(&mut text);
        match self.kind(&flow) {
            Some(StepKind::Menu { keys, .. }) if keys.contains_key(&key) => {
                let Some(next) = keys.get(&key) else { return };
                turn.decided(
                    self.node(),
                    Rule::Key,
                    &[("key", pressed)],
                    &flow.name(*next),
                );
                self.go(turn, *next);
            }
            Some(StepKind::Language { keys, then, .. }) if keys.contains_key(&key) => {
                let Some(language) = keys.get(&key) else {
                    return;
                };
                turn.decided(
                    self.node(),
                    Rule::LanguageChosen,
                    &[("key", pressed), ("language", language.as_str())],
                    &flow.name(*then),
                );
                self.speak(turn, *language);
                self.asked = true;
                self.go_or_ask_leave(turn, *then);
            }
            Some(StepKind::Menu { patience, .. } | StepKind::Language { patience, .. }) => {
                if key == '*' {
                    turn.decided(self.node(), Rule::Repeat, &[("key", "*")], "again");
                    return self.ask(turn, None, wrong, silent);
                }
                self.wrong_key(turn, pressed, wrong.saturating_add(1), silent, patience);
            }
            _ => {}
        }
    }

    fn wrong_key(
        &mut self,
        turn: &mut Turn<'_>,
        key: &str,
        wrong: u8,
        silent: u8,
        patience: &Patience,
    ) {
        let times = wrong.to_string();
        let inputs = [("key", key), ("times", times.as_str())];
        if wrong < patience.tries {
            turn.decided(self.node(), Rule::KeyInvalid, &inputs, "again");
            return self.ask(turn, Some("invalid-key"), wrong, silent);
        }
        self.help(turn, Rule::TooManyTries, &inputs, patience.invalid);
    }

    pub(super) fn silence(&mut self, turn: &mut Turn<'_>, wrong: u8, silent: u8) {
        let flow = self.flow.clone();
        let Some(StepKind::Menu { patience, .. } | StepKind::Language { patience, .. }) =
            self.kind(&flow)
        else {
            return;
        };
        let silent = silent.saturating_add(1);
        let times = silent.to_string();
        let inputs = [("times", times.as_str())];
        if silent < SILENCES {
            turn.decided(self.node(), Rule::Silence, &inputs, "again");
            return self.ask(turn, Some("no-key"), wrong, silent);
        }
        self.help(turn, Rule::SilenceTwice, &inputs, patience.silence);
    }

    /// The caller cannot choose: the step's own exit, else reception.
    fn help(
        &mut self,
        turn: &mut Turn<'_>,
        rule: Rule,
        inputs: &[(&str, &str)],
        exit: Option<StepId>,
    ) {
        let Some(next) = exit.or(self.flow.reception) else {
            return self.nowhere(
                turn,
                "no reception and no exit for a caller who cannot choose",
            );
        };
        turn.decided(self.node(), rule, inputs, &self.flow.name(next));
        let prompts = self.prompts_for_choice("too-many-tries");
        self.say(turn, prompts, true, After::Go(next));
    }

    /// Says the choices (after an explanation, if any) and waits for a key.
    pub(super) fn ask(&mut self, turn: &mut Turn<'_>, first: Option<&str>, wrong: u8, silent: u8) {
        let flow = self.flow.clone();
        let Some(step) = self.at.and_then(|id| flow.step(id)) else {
            return;
        };
        let mut prompts: Vec<Prompt> = first
            .map(|name| self.prompts_for_choice(name))
            .unwrap_or_default();
        let patience = match &step.kind {
            StepKind::Language { patience, .. } => {
                // Each language is offered in itself.
                let name = step.say.iter().map(|s| s.name.clone());
                let offered: Vec<_> = name.collect();
                for lang in &self.offered() {
                    prompts.extend(offered.iter().map(|name| Prompt {
                        name: name.clone(),
                        lang: *lang,
                    }));
                }
                patience
            }
            StepKind::Menu { patience, .. } => {
                prompts.extend(self.prompts(step.say.iter().map(|s| &*s.name)));
                patience
            }
            _ => return,
        };
        self.waiting = Waiting::Key { wrong, silent };
        if !prompts.is_empty() {
            turn.acts.push(Act::Play {
                prompts,
                interruptible: true,
            });
        }
        turn.acts.push(Act::Collect {
            timeout: patience.timeout,
        });
    }

    /// Prompts about a choice: in every offered language while the language itself is asked.
    fn prompts_for_choice(&self, name: &str) -> Vec<Prompt> {
        let flow = self.flow.clone();
        match self.kind(&flow) {
            Some(StepKind::Language { .. }) => self
                .offered()
                .into_iter()
                .map(|lang| Prompt {
                    name: name.into(),
                    lang,
                })
                .collect(),
            _ => self.prompts([name]),
        }
    }

    /// The languages of a language step, in the order of the flow.
    fn offered(&self) -> Vec<Lang> {
        let flow = self.flow.clone();
        let Some(StepKind::Language { keys, .. }) = self.kind(&flow) else {
            return Vec::new();
        };
        flow.languages
            .iter()
            .copied()
            .filter(|l| keys.values().any(|k| k == l))
            .collect()
    }

    /// Says again what is being said.
    fn say_again(&mut self, turn: &mut Turn<'_>) {
        let Waiting::Said {
            interruptible,
            after,
        } = self.waiting
        else {
            return;
        };
        let flow = self.flow.clone();
        // A retirement message is heard before any step; an exit's explanation belongs to the step that is left.
        let Some(step) = self.at.and_then(|id| flow.step(id)) else {
            return self.after(turn, after);
        };
        let names: Vec<&str> = match &step.kind {
            StepKind::Bulletin { bulletin, .. } => flow
                .bulletins
                .get(bulletin)
                .map(|b| b.say.iter().map(|s| &*s.name).collect())
                .unwrap_or_default(),
            StepKind::Menu { .. } | StepKind::Language { .. } => return self.after(turn, after),
            _ => step.say.iter().map(|s| &*s.name).collect(),
        };
        let prompts = self.prompts(names);
        turn.decided(self.node(), Rule::Repeat, &[("key", "*")], "again");
        self.say(turn, prompts, interruptible, after);
    }
}
