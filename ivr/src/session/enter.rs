//! What each step does when a caller comes to it.

use super::opening::Answer;
use super::turn::Turn;
use super::{After, STEP_LIMIT, Session, Waiting};
use crate::act::{Act, Cause, QueueOrder};
use crate::decision::Rule;
use crate::flow::{Flow, Said, Step, StepId, StepKind};
use crate::lang::{Lang, Prompt};
use std::sync::Arc;

impl Session {
    /// Walks on from a step until something must be waited for.
    pub(super) fn go(&mut self, turn: &mut Turn<'_>, first: StepId) {
        let flow = self.flow.clone();
        let mut next = Some(first);
        while let Some(id) = next {
            self.at = Some(id);
            self.trail.push(id);
            self.passed = self.passed.saturating_add(1);
            if self.passed > STEP_LIMIT {
                let steps = STEP_LIMIT.to_string();
                turn.decided(self.node(), Rule::Endless, &[("steps", &steps)], "end");
                return self.apologise(turn);
            }
            let Some(step) = flow.step(id) else {
                return self.nowhere(turn, "a step that does not exist");
            };
            next = self.enter(turn, &flow, step);
        }
    }

    /// One step: the next one, or nothing when there is something to wait for.
    fn enter(&mut self, turn: &mut Turn<'_>, flow: &Flow, step: &Step) -> Option<StepId> {
        match &step.kind {
            // A caller who already pressed a key wants no greeting.
            StepKind::Greet { then } if self.typed.is_some() => return Some(*then),
            StepKind::Greet { then } => self.say_step(turn, &step.say, true, After::Go(*then)),
            StepKind::Language { then, .. } => match self.language {
                Some(language) if self.asked => {
                    turn.decided(
                        step.name.clone(),
                        Rule::LanguageKnown,
                        &[("language", language.as_str())],
                        &flow.name(*then),
                    );
                    return Some(*then);
                }
                _ if self.is_remembered(flow) => self.greet_again(turn, *then),
                _ => self.choose(turn),
            },
            StepKind::Menu { .. } => self.choose(turn),
            StepKind::Hours {
                service,
                open,
                closed,
            } => match self.opening(turn, service, *closed, Some(*open)) {
                Answer::Open => return Some(*open),
                Answer::Closed(next) => return next.or_else(|| self.closed_nowhere(turn)),
            },
            StepKind::Bulletin { bulletin, then } => {
                return self.bulletin(turn, step, bulletin, *then);
            }
            StepKind::Ring { service, .. } | StepKind::Queue { service, .. } => {
                if let Some(service) = service
                    && let Answer::Closed(next) = self.opening(turn, service, None, None)
                {
                    return next.or_else(|| self.closed_nowhere(turn));
                }
                if matches!(step.kind, StepKind::Queue { .. }) {
                    return self.line_up(turn, step);
                }
                self.say_step(turn, &step.say, false, After::Ring);
            }
            StepKind::Message { then } => {
                if then.is_none() {
                    turn.decided(step.name.clone(), Rule::Said, &[], "end");
                }
                self.say_step(
                    turn,
                    &step.say,
                    false,
                    then.map_or(After::Hangup, After::Go),
                );
            }
            StepKind::External { .. } => self.say_step(turn, &step.say, false, After::External),
            StepKind::Hangup => {
                turn.decided(step.name.clone(), Rule::Said, &[], "end");
                self.hang_up(turn, self.cause);
            }
        }
        None
    }

    /// Says a bulletin to its end when it is on: switched by hand, else as the flow declares it.
    fn bulletin(
        &mut self,
        turn: &mut Turn<'_>,
        step: &Step,
        name: &Arc<str>,
        then: StepId,
    ) -> Option<StepId> {
        let flow = self.flow.clone();
        let declared = flow.bulletins.get(name);
        let switched = turn.situation.bulletins.get(name).copied();
        let on = switched.or(declared.map(|b| b.active)).unwrap_or(false);
        let rule = if on {
            Rule::BulletinOn
        } else {
            Rule::BulletinOff
        };
        turn.decided(
            step.name.clone(),
            rule,
            &[("bulletin", name)],
            &flow.name(then),
        );
        let Some(bulletin) = declared.filter(|_| on) else {
            return Some(then);
        };
        self.say_step(turn, &bulletin.say, false, After::Go(then));
        None
    }

    /// Asks for a key, or takes the one that was typed ahead.
    pub(super) fn choose(&mut self, turn: &mut Turn<'_>) {
        match self.typed.take() {
            Some(key) => {
                self.waiting = Waiting::Key {
                    wrong: 0,
                    silent: 0,
                };
                self.chosen(turn, key, 0, 0);
            }
            None => self.ask(turn, None, 0, 0),
        }
    }

    /// Before a queue: full, or nobody there, is told at once.
    fn line_up(&mut self, turn: &mut Turn<'_>, step: &Step) -> Option<StepId> {
        let StepKind::Queue {
            max_length,
            line,
            full,
            nobody,
            ..
        } = &step.kind
        else {
            return None;
        };
        let queue = line.as_ref().unwrap_or(&step.name);
        let state = turn.situation.queues.get(queue);
        let waiting = state.map_or(0, |s| s.waiting).to_string();
        let limit = max_length.to_string();
        let inputs = [
            ("queue", &**queue),
            ("waiting", waiting.as_str()),
            ("limit", limit.as_str()),
        ];
        if let Some(state) = state {
            let refused = if state.agents == 0 {
                Some((Rule::QueueNobody, *nobody))
            } else {
                (state.waiting >= *max_length).then_some((Rule::QueueFull, *full))
            };
            if let Some((rule, next)) = refused {
                self.cause = Cause::NobodyThere;
                turn.decided(step.name.clone(), rule, &inputs, &self.flow.name(next));
                return Some(next);
            }
        }
        let [queue, waiting, _] = inputs;
        turn.decided(step.name.clone(), Rule::QueueWait, &[queue, waiting], "on");
        self.say_step(turn, &step.say, false, After::Queue);
        None
    }

    pub(super) fn ring(&mut self, turn: &mut Turn<'_>) {
        let flow = self.flow.clone();
        let Some(StepKind::Ring {
            service,
            targets,
            time,
            ..
        }) = self.kind(&flow)
        else {
            return;
        };
        self.waiting = Waiting::Ring;
        self.typed = None;
        turn.acts.push(Act::Ring {
            targets: targets.clone(),
            timeout: *time,
            service: service.clone(),
        });
    }

    pub(super) fn queue(&mut self, turn: &mut Turn<'_>) {
        let flow = self.flow.clone();
        let Some(StepKind::Queue {
            service,
            targets,
            time,
            comfort,
            comfort_every,
            max_wait,
            max_length,
            line,
            strategy,
            wrap_up,
            tell_position,
            tell_wait,
            ..
        }) = self.kind(&flow)
        else {
            return;
        };
        self.waiting = Waiting::Queue;
        self.typed = None;
        turn.acts.push(Act::Queue(QueueOrder {
            queue: line.clone().unwrap_or_else(|| self.node()),
            service: service.clone(),
            targets: targets.clone(),
            ring: *time,
            comfort: self.prompts(comfort.iter().map(|s| &*s.name)),
            comfort_every: *comfort_every,
            max_wait: *max_wait,
            max_length: *max_length,
            strategy: *strategy,
            wrap_up: *wrap_up,
            tell_position: *tell_position,
            tell_wait: *tell_wait,
        }));
    }

    pub(super) fn external(&mut self, turn: &mut Turn<'_>) {
        let flow = self.flow.clone();
        let Some(StepKind::External { number, time, .. }) = self.kind(&flow) else {
            return;
        };
        self.waiting = Waiting::External;
        self.typed = None;
        turn.acts.push(Act::External {
            number: number.clone(),
            timeout: *time,
        });
    }

    fn say_step(&mut self, turn: &mut Turn<'_>, say: &[Said], interruptible: bool, after: After) {
        let prompts = self.prompts(say.iter().map(|s| &*s.name));
        self.say(turn, prompts, interruptible, after);
    }

    /// Says something; with nothing to say it goes on at once.
    pub(super) fn say(
        &mut self,
        turn: &mut Turn<'_>,
        prompts: Vec<Prompt>,
        interruptible: bool,
        after: After,
    ) {
        self.waiting = Waiting::Said {
            interruptible,
            after,
        };
        if prompts.is_empty() {
            return self.after(turn, after);
        }
        turn.acts.push(Act::Play {
            prompts,
            interruptible,
        });
    }

    /// Names in the caller's language; before one is chosen, all of them in each language of the flow in turn.
    pub(super) fn prompts<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Vec<Prompt> {
        let names: Vec<Arc<str>> = names.into_iter().map(Arc::from).collect();
        let languages: &[Lang] = match &self.language {
            Some(language) => std::slice::from_ref(language),
            None => &self.flow.languages,
        };
        let each = languages.iter().flat_map(|lang| {
            names.iter().map(|name| Prompt {
                name: name.clone(),
                lang: *lang,
            })
        });
        each.collect()
    }

    pub(super) fn speak(&mut self, turn: &mut Turn<'_>, language: Lang) {
        self.language = Some(language);
        turn.acts.push(Act::Language(language));
    }

    /// The flow leads nowhere: loud, and a way out for the caller.
    pub(super) fn nowhere(&mut self, turn: &mut Turn<'_>, problem: &str) {
        turn.decided(self.node(), Rule::Nowhere, &[("problem", problem)], "end");
        self.apologise(turn);
    }

    fn closed_nowhere(&mut self, turn: &mut Turn<'_>) -> Option<StepId> {
        self.nowhere(turn, "closed, and no step for closed");
        None
    }

    fn apologise(&mut self, turn: &mut Turn<'_>) {
        self.cause = Cause::Fault;
        let prompts = self.prompts(["technical-problem"]);
        self.say(turn, prompts, false, After::Hangup);
    }

    pub(super) fn kind<'f>(&self, flow: &'f Flow) -> Option<&'f StepKind> {
        self.at.and_then(|id| flow.step(id)).map(|s| &s.kind)
    }

    pub(super) fn node(&self) -> Arc<str> {
        self.at
            .map_or_else(|| self.facts.to.as_str().into(), |id| self.flow.name(id))
    }
}
