//! The receptionist: verbs through `Input::Command`, as a console sends them.

use std::time::Duration;

use call::journal::{Fact, JourneyId};
use call::{Command, CommandId, CommandResult, Device, Input, Verb};

use crate::world::World;

impl World {
    /// Orders something and waits for the reply.
    pub fn order(&mut self, verb: Verb) -> CommandResult {
        self.commands += 1;
        let id = self.commands;
        self.note(&format!("desk: {}", verb.name()));
        let command = Command {
            id: CommandId(id),
            actor: "anna".to_owned(),
            at: self.wall_now(),
            if_version: None,
            verb,
        };
        self.core_later(Duration::from_millis(1), Input::Command(command));
        self.until("the reply to a command", |world| {
            world.replies.contains_key(&id)
        });
        self.replies[&id].clone()
    }

    /// Orders all of this at the same moment; what became of each.
    pub fn order_at_once(&mut self, verbs: Vec<Verb>) -> Vec<CommandResult> {
        let first = self.commands + 1;
        for verb in verbs {
            self.commands += 1;
            let command = Command {
                id: CommandId(self.commands),
                actor: "everybody".to_owned(),
                at: self.wall_now(),
                if_version: None,
                verb,
            };
            self.core_later(Duration::from_millis(1), Input::Command(command));
        }
        let last = self.commands;
        self.until("the last reply", |world| world.replies.contains_key(&last));
        (first..=last).map(|id| self.replies[&id].clone()).collect()
    }

    /// Attaches a station that serves these queues.
    pub fn on_duty(&mut self, name: &str, queues: &[&str]) -> crate::Line {
        let line = self.attach(name);
        self.serve(name, queues);
        line
    }

    /// The station serves these queues from now on.
    pub fn serve(&mut self, name: &str, queues: &[&str]) {
        self.must(Verb::Serve {
            station: name.to_owned(),
            queues: queues.iter().map(|queue| (*queue).into()).collect(),
        });
    }

    /// Orders something that must be done.
    pub fn must(&mut self, verb: Verb) {
        let name = verb.name();
        let result = self.order(verb);
        assert!(
            !matches!(result, CommandResult::Refused(_)),
            "{name}: {result:?}\n{}",
            self.drawing()
        );
    }

    /// The nth journey that began, counted from 0.
    pub fn journey(&self, index: usize) -> JourneyId {
        let mut began = self.facts.iter().filter_map(|entry| match entry.fact {
            Fact::JourneyBegan { journey, .. } => Some(journey),
            _ => None,
        });
        began.nth(index).expect("such a journey began")
    }

    /// What is going on in a journey's call, in one word.
    pub fn phase(&self, journey: JourneyId) -> &'static str {
        let calls = self.core.glance();
        calls
            .iter()
            .find(|call| call.journey == journey)
            .map_or("over", |call| call.phase)
    }

    /// Attaches a station: its device is called and answers.
    pub fn attach(&mut self, name: &str) -> crate::Line {
        let device = self.phone(name);
        self.with(device, |habits| {
            habits.answers_after = Some(Duration::from_millis(50))
        });
        self.must(Verb::AttachStation {
            station: name.to_owned(),
            device: Device::Phone(name.to_owned()),
        });
        let line = self.ringing_or_up(device);
        self.until("the station's device is up", |world| world.is_up(line));
        self.run(100);
        line
    }
}
