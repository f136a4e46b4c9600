//! Commands of people: idempotent by id, checked for age and version, then told to the call they are for.

use std::collections::{BTreeMap, VecDeque};

use super::Core;
use crate::border::destination;
use crate::call::feature::{fork, station};
use crate::call::{Call, Opening, Owner};
use crate::command::{Command, CommandId, CommandResult, Refusal, Verb};
use crate::effect::CallEvent;
use crate::id::{CallId, LegId};
use crate::io::Output;
use crate::journal::{Fact, JourneyId};
use crate::leg::Identity;
use crate::limits;

/// Results by command id, the oldest forgotten first.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    results: BTreeMap<CommandId, CommandResult>,
    order: VecDeque<CommandId>,
}

impl Remembered {
    fn get(&self, id: CommandId) -> Option<&CommandResult> {
        self.results.get(&id)
    }

    fn keep(&mut self, id: CommandId, result: CommandResult) {
        if self.results.insert(id, result).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > limits::COMMANDS_REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.results.remove(&oldest);
        }
    }
}

impl Core {
    pub(super) fn command(&mut self, command: Command) {
        let id = command.id;
        if let Some(result) = self.commands.get(id).cloned() {
            return self.stack.reply(id, result);
        }
        let before = self.stack.out.len();
        if let Err(refusal) = self.carry_out(command) {
            self.stack.reply(id, CommandResult::Refused(refusal));
        }
        self.settle();
        let result = self
            .stack
            .out
            .iter()
            .skip(before)
            .find_map(|output| match output {
                Output::Reply { command, result } if *command == id => Some(result.clone()),
                _ => None,
            });
        // A call that a fault of ours struck says nothing: whoever ordered is told that it is gone.
        let result = result.unwrap_or_else(|| {
            let gone = CommandResult::Refused(Refusal::Gone);
            self.stack.reply(id, gone.clone());
            gone
        });
        self.commands.keep(id, result);
    }

    fn carry_out(&mut self, command: Command) -> Result<(), Refusal> {
        let age = self
            .stack
            .now
            .wall
            .duration_since(command.at)
            .unwrap_or_default();
        if age > limits::COMMAND_AGE {
            return Err(Refusal::Stale);
        }
        let (call, station) = match &command.verb {
            Verb::AttachStation { station } => {
                return self.attach(command.id, &command.actor, station.clone());
            }
            Verb::DetachStation { station } => (self.resting_place(station)?, None),
            Verb::Answer { station, journey } | Verb::Retrieve { station, journey } => {
                (self.call_of(*journey)?, Some(self.station_leg(station)?))
            }
            Verb::HangUp { journey }
            | Verb::Hold { journey }
            | Verb::Park { journey }
            | Verb::BlindTransfer { journey, .. }
            | Verb::Consult { journey, .. }
            | Verb::CompleteTransfer { journey }
            | Verb::CancelTransfer { journey } => (self.call_of(*journey)?, None),
        };
        let version = self.calls.get(&call).map(|call| call.version);
        if command.if_version.is_some() && command.if_version != version {
            return Err(Refusal::Version);
        }
        let event = CallEvent::Verb {
            command: command.id,
            actor: command.actor,
            verb: command.verb,
            station,
        };
        self.deliver(call, event);
        Ok(())
    }

    pub(super) fn call_of(&self, journey: JourneyId) -> Result<CallId, Refusal> {
        self.calls
            .values()
            .find(|call| call.journey == journey)
            .map(|call| call.id)
            .ok_or(Refusal::Gone)
    }

    fn resting_place(&self, station: &str) -> Result<CallId, Refusal> {
        self.stack
            .stations
            .get(station)
            .map(|(_, call)| *call)
            .ok_or(Refusal::NoStation)
    }

    fn station_leg(&self, station: &str) -> Result<LegId, Refusal> {
        self.stack
            .stations
            .get(station)
            .map(|(leg, _)| *leg)
            .ok_or(Refusal::NoStation)
    }

    /// Calls the station's device; its leg then rests in a call of its own for the shift.
    fn attach(&mut self, command: CommandId, actor: &str, name: String) -> Result<(), Refusal> {
        if self.stack.stations.contains_key(&name) {
            return Err(Refusal::NotNow);
        }
        let devices = destination::devices(&self.stack, &name);
        let Some(device) = devices.into_iter().next() else {
            return Err(Refusal::NoStation);
        };
        let id = self.stack.next_call();
        let journey = JourneyId(self.stack.random.u128());
        let settings = std::sync::Arc::clone(&self.stack.snapshot.settings);
        let session_id = self.stack.random.u128();
        let mut call = Call::new(Opening {
            id,
            journey,
            owner: Owner::Station(name.clone()),
            caller: LegId(0),
            identity: Identity {
                number: name.clone(),
                display: settings.site_name.clone(),
            },
            emergency: false,
            max_forwards: 70,
            session_id,
            relayed: Vec::new(),
            began: self.stack.now.wall,
        });
        let to = name.clone();
        let by = actor.to_owned();
        self.stack.journal(Fact::JourneyBegan {
            journey,
            from: name,
            to,
            by,
            session_id: format!("{session_id:032x}"),
            emergency: false,
        });
        let mut cx = crate::call::Cx {
            stack: &mut self.stack,
            legs: &mut self.legs,
        };
        let ringing = fork::ring(&mut call, &mut cx, vec![device], fork::Why::Consult);
        station::calling(&mut call, &mut cx, ringing.legs);
        let version = call.version;
        self.sessions.insert((session_id, id));
        self.calls.insert(id, call);
        self.stack.journal(Fact::Commanded {
            journey: Some(journey),
            actor: actor.to_owned(),
            verb: "attach-station".to_owned(),
            result: "calling".to_owned(),
        });
        self.stack.reply(command, CommandResult::Done { version });
        Ok(())
    }
}
